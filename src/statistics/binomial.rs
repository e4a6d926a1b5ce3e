//! Ranks of order statistics between which a quantile lies, by the binomial distribution.

/// Share of the distribution that an interval leaves out at each side.
const TAIL: f64 = 0.025;

/// Weights so far below the largest one add nothing that a float could hold.
const NEGLIGIBLE: f64 = 1e-20;

/// Ranks (from 1) of the order statistics that hold the quantile of `share` between them with at least
/// 95 %, each side leaving out at most 2.5 %: the largest `l` with `P(B < l) ≤ 0.025` and the smallest
/// `u` with `P(B ≥ u) ≤ 0.025`, where `B` is binomial with `n` trials of `share`. A side is `None` where
/// no value of so few can bound the quantile.
///
/// Source: W. J. Conover, "Practical Nonparametric Statistics", 3rd ed. (1999), section 3.2. It holds for
/// every continuous distribution of the values.
pub fn ranks(n: u64, share: f64) -> (Option<u64>, Option<u64>) {
    let (first, weights) = weights(n, share);
    let total: f64 = weights.iter().sum();
    let mut low = first;
    let mut below = 0.0;
    for weight in &weights {
        below += weight / total;
        if below > TAIL {
            break;
        }
        low += 1;
    }
    let mut high = first + weights.len() as u64;
    let mut above = 0.0;
    for weight in weights.iter().rev() {
        above += weight / total;
        if above > TAIL {
            break;
        }
        high -= 1;
    }
    (Some(low).filter(|low| *low > 0), Some(high).filter(|high| *high <= n))
}

/// The binomial distribution around its mode, which has weight 1, and the number that its first weight is
/// for. Each weight follows from its neighbour, so nothing overflows and no logarithm rounds.
pub(super) fn weights(n: u64, share: f64) -> (u64, Vec<f64>) {
    let odds = share / (1.0 - share);
    let mode = (((n + 1) as f64 * share) as u64).min(n);
    let mut weights = vec![1.0];
    let mut weight = 1.0;
    let mut first = mode;
    while first > 0 && weight > NEGLIGIBLE {
        weight *= first as f64 / ((n - first + 1) as f64 * odds);
        first -= 1;
        weights.push(weight);
    }
    weights.reverse();
    weight = 1.0;
    let mut last = mode;
    while last < n && weight > NEGLIGIBLE {
        weight *= (n - last) as f64 * odds / (last + 1) as f64;
        last += 1;
        weights.push(weight);
    }
    (first, weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_match_another_implementation() {
        // scipy 1.17: binom.ppf(0.025, n, p) and binom.ppf(0.975, n, p) + 1; (40, 61) is also in Conover.
        for (n, share, low, high) in [
            (20, 0.5, 6, 15),
            (30, 0.5, 10, 21),
            (100, 0.5, 40, 61),
            (100, 0.9, 84, 96),
            (200, 0.95, 184, 197),
            (1000, 0.5, 469, 532),
            (1000, 0.99, 983, 997),
            (14_042, 0.95, 13_289, 13_391),
            (14_042, 0.99, 13_878, 13_925),
            (200_000, 0.5, 99_562, 100_439),
            (200_000, 0.99, 197_912, 198_088),
        ] {
            assert_eq!(ranks(n, share), (Some(low), Some(high)), "n = {n}, p = {share}");
        }
    }

    #[test]
    fn too_few_values_bound_nothing() {
        assert_eq!(ranks(10, 0.9), (Some(7), None));
        assert_eq!(ranks(3, 0.5), (None, None));
        // Six values are the fewest that bound a median: 2 · 0.5⁶ = 3.1 %.
        assert_eq!(ranks(6, 0.5), (Some(1), Some(6)));
        assert_eq!(ranks(5, 0.5), (None, None));
    }

    proptest::proptest! {
        #[test]
        fn a_quantile_lies_between_its_ranks(n in 1_u64..5000, percent in 1_u32..100) {
            let share = f64::from(percent) / 100.0;
            let (low, high) = ranks(n, share);
            let at = n as f64 * share;
            proptest::prop_assert!(low.is_none_or(|low| 1 <= low && low as f64 <= at + 1.0));
            proptest::prop_assert!(high.is_none_or(|high| high <= n && high as f64 >= at));
        }
    }
}
