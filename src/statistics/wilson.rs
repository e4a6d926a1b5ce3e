//! The Wilson interval of a proportion.

use super::special::NORMAL_DEVIATE as Z;

/// Wilson score interval of a proportion, 95 %:
/// `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`.
///
/// Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
/// JASA 22 (1927). Unlike the normal approximation it stays inside 0 and 1 and is honest for few
/// samples. `None` without samples.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn wilson(proportion: f64, n: u64) -> Option<(f64, f64)> {
    wilson_at(proportion, n as f64)
}

/// [`wilson`] for an effective number of samples, which need not be whole. `None` unless there are some.
pub fn wilson_at(proportion: f64, n: f64) -> Option<(f64, f64)> {
    if !n.is_finite() || n <= 0.0 {
        return None;
    }
    let z2 = Z * Z;
    let center = proportion + z2 / (2.0 * n);
    let spread = Z * (proportion * (1.0 - proportion) / n + z2 / (4.0 * n * n)).max(0.0).sqrt();
    let scale = 1.0 + z2 / n;
    // At the ends the interval reaches the end exactly; rounding would miss it by a hair.
    let low = if proportion <= 0.0 { 0.0 } else { ((center - spread) / scale).max(0.0) };
    let high = if proportion >= 1.0 { 1.0 } else { ((center + spread) / scale).min(1.0) };
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_match_published_values() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
        for (k, n, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (found_low, found_high) = wilson(f64::from(k) / f64::from(n), u64::try_from(n).unwrap()).unwrap();
            assert!(
                (found_low - low).abs() < 5e-5 && (found_high - high).abs() < 5e-5,
                "{k}/{n}: {found_low} {found_high}"
            );
        }
        assert_eq!(wilson(0.5, 0), None);
    }

    proptest::proptest! {
        #[test]
        fn an_interval_holds_its_proportion(k in 0u32..1000, more in 0u32..1000) {
            let n = k + more + 1;
            let p = f64::from(k) / f64::from(n);
            let (low, high) = wilson(p, u64::from(n)).unwrap();
            proptest::prop_assert!(0.0 <= low && low <= p + 1e-12 && p <= high + 1e-12 && high <= 1.0);
        }
    }
}
