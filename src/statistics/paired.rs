//! Two proportions on the same items: difference, interval, exact test, and what more items would show.

use super::special::NORMAL_DEVIATE;
use super::wilson::wilson;

/// Fewest items with which an exact test can be significant: all six for one side have a p value of 2/64.
const FEWEST: u64 = 6;

/// The 80 % point of the normal distribution.
const Z_POWER: f64 = 0.841_621_233_572_914_4;

/// How two models did on the same items, each right or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcomes {
    /// Items that both have right.
    pub both: u64,
    /// Items that only the first has right.
    pub only_a: u64,
    /// Items that only the second has right.
    pub only_b: u64,
    /// Items that neither has right.
    pub neither: u64,
}

impl Outcomes {
    /// Counts the items; the scores are 0 or 1. `None` if one is neither.
    pub fn of(a: &[f64], b: &[f64]) -> Option<Self> {
        let mut found = Self::default();
        for scores in a.iter().zip(b) {
            let count = match scores {
                (1.0, 1.0) => &mut found.both,
                (1.0, 0.0) => &mut found.only_a,
                (0.0, 1.0) => &mut found.only_b,
                (0.0, 0.0) => &mut found.neither,
                _ => return None,
            };
            *count += 1;
        }
        Some(found)
    }

    /// How many items there are.
    pub fn items(self) -> u64 {
        self.both + self.only_a + self.only_b + self.neither
    }

    /// Newcombe's 95 % interval of the difference of the two proportions, `a − b`: the Wilson limits of both, squared
    /// and added, with the correlation `φ` of the pairs. `None` without items.
    ///
    /// Source: R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions based
    /// on paired data", Statistics in Medicine 17 (1998) 2635–2650, method 10.
    pub fn interval(self) -> Option<(f64, f64)> {
        let items = self.items();
        let n = items as f64;
        let (p, q) = ((self.both + self.only_a) as f64 / n, (self.both + self.only_b) as f64 / n);
        let ((p_low, p_high), (q_low, q_high)) = (wilson(p, items)?, wilson(q, items)?);
        let phi = self.correlation();
        let spread = |x: f64, y: f64| (x * x - 2.0 * phi * x * y + y * y).max(0.0).sqrt();
        let (below, above) = (spread(p - p_low, q_high - q), spread(p_high - p, q - q_low));
        Some(((p - q - below).max(-1.0), (p - q + above).min(1.0)))
    }

    /// The correlation of the pairs, with Newcombe's correction for continuity where it is positive.
    fn correlation(self) -> f64 {
        let [both, only_a, only_b, neither] =
            [self.both, self.only_a, self.only_b, self.neither].map(|count| count as f64);
        let margins = (both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither);
        if margins == 0.0 {
            return 0.0;
        }
        let product = both * neither - only_a * only_b;
        let product = if product > 0.0 { (product - self.items() as f64 / 2.0).max(0.0) } else { product };
        product / margins.sqrt()
    }

    /// McNemar's exact test, two-sided: the probability of a split of the items on which the two differ that is at
    /// least as uneven, if each were as likely to fall to either. 1 where they differ nowhere.
    ///
    /// Source: Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
    /// percentages", Psychometrika 12 (1947); exact form as the sign test.
    pub fn mcnemar(self) -> f64 {
        let differing = self.only_a + self.only_b;
        (2.0 * lower_half(differing, self.only_a.min(self.only_b))).min(1.0)
    }

    /// What more items would show, as the share of differing items stands; see [`Power`].
    pub fn power(self) -> Power {
        let n = self.items() as f64;
        Power { items: self.items(), variance: (self.only_a + self.only_b) as f64 / n }
    }
}

/// `P(X ≤ k)` for `n` throws of a fair coin.
fn lower_half(n: u64, k: u64) -> f64 {
    // Terms are summed from the largest down, relative to it, so that none underflows.
    let log_of_largest: f64 = (1..=k).map(|step| libm::log((n - k + step) as f64 / step as f64)).sum::<f64>()
        - n as f64 * std::f64::consts::LN_2;
    let (mut term, mut sum) = (1.0, 1.0);
    for below in (0..k).rev() {
        term *= (below + 1) as f64 / (n - below) as f64;
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
    }
    sum * libm::exp(log_of_largest)
}

/// What a number of items can show at 5 % significance and 80 % power: four of five runs of that size find it.
///
/// `n = (z_α·√ψ + z_β·√(ψ − δ²))² / δ²` for a difference `δ`, where `ψ` is the mean square of the differences by item:
/// for right and wrong the share of items on which the two differ.
///
/// Source: R. J. Connor, "Sample size for testing differences in proportions for the paired-sample design",
/// Biometrics 43 (1987) 207–211.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Power {
    /// The items that there are.
    pub items: u64,
    /// Mean square of the differences by item.
    pub variance: f64,
}

impl Power {
    /// The items that would show a difference; none for no difference.
    pub fn needed(self, difference: f64) -> Option<u64> {
        let needed = self.exactly(difference.abs()).filter(|needed| needed.is_finite())?;
        Some((needed.ceil() as u64).max(FEWEST))
    }

    /// The smallest difference that the items would show; none where no item differs or even the largest would not.
    pub fn detectable(self) -> Option<f64> {
        let items = self.items as f64;
        let (mut low, mut high) = (0.0, self.variance.min(1.0).sqrt());
        if self.exactly(high).is_none_or(|needed| needed > items) {
            return None;
        }
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if self.exactly(middle).is_some_and(|needed| needed <= items) { high = middle } else { low = middle }
        }
        Some(high)
    }

    fn exactly(self, difference: f64) -> Option<f64> {
        let square = difference * difference;
        if square == 0.0 || self.variance <= 0.0 {
            return None;
        }
        let spread = NORMAL_DEVIATE * self.variance.sqrt() + Z_POWER * (self.variance - square).max(0.0).sqrt();
        Some(spread * spread / square)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcomes(both: u64, only_a: u64, only_b: u64, neither: u64) -> Outcomes {
        Outcomes { both, only_a, only_b, neither }
    }

    #[test]
    fn intervals_agree_with_an_independent_computation() {
        // Python, from statsmodels.stats.proportion.proportion_confint(method="wilson") and the formula of the paper.
        for (table, low, high) in [
            (outcomes(36, 12, 2, 0), 0.05692958400323875, 0.3404276029749408),
            (outcomes(20, 24, 12, 24), 0.0033175932528070606, 0.2874770460545504),
            (outcomes(43, 15, 2, 20), 0.06375135339175121, 0.2564750976123549),
            (outcomes(0, 0, 0, 30), -0.1135133931739688, 0.1135133931739688),
            (outcomes(10, 0, 0, 0), -0.27753279986288937, 0.27753279986288937),
            (outcomes(5000, 700, 610, 4000), 0.0018483428332164414, 0.015608256168677514),
        ] {
            let (found_low, found_high) = table.interval().unwrap();
            assert!(
                (found_low - low).abs() < 1e-9 && (found_high - high).abs() < 1e-9,
                "{table:?} {found_low} {found_high}"
            );
        }
        assert_eq!(outcomes(0, 0, 0, 0).interval(), None);
    }

    #[test]
    fn exact_tests_agree_with_scipy() {
        // scipy.stats.binomtest(min(b, c), b + c).pvalue
        for (only_a, only_b, p) in [
            (12, 2, 0.012939453125),
            (0, 0, 1.0),
            (5, 5, 1.0),
            (1, 0, 1.0),
            (30, 11, 0.00432400493446039),
            (700, 610, 0.013902723449447724),
            (3000, 2000, 1.3002310005205326e-45),
        ] {
            let found = outcomes(7, only_a, only_b, 9).mcnemar();
            assert!((found - p).abs() <= 1e-9 * p, "{only_a} {only_b}: {found} {p}");
        }
    }

    #[test]
    fn what_is_needed_shows_what_is_detectable() {
        // Connor (1987): a share of 0.3 that differ and a difference of 0.1 need 234 items by the formula.
        let power = Power { items: 100, variance: 0.3 };
        assert_eq!(power.needed(0.1), Some(234));
        let detectable = power.detectable().unwrap();
        assert_eq!(power.needed(detectable), Some(100));
        assert_eq!((power.needed(0.0), Power { items: 3, variance: 0.3 }.detectable()), (None, None));
        assert_eq!(Power { items: 50, variance: 0.0 }.detectable(), None);
    }
}
