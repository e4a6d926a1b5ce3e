//! Whether two models give the same wrong answers more often than chance would have it.

use super::chance::Guessing;

/// How often two models that are both wrong chose the same option.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kinship {
    /// Items that both have wrong.
    pub items: u64,
    /// Of them, those with the same wrong option.
    pub same: u64,
    /// How many chance would give.
    pub expected: f64,
    /// Probability of at least that many, if each model chose evenly among the wrong options and on its own.
    pub p: f64,
}

/// Compares the answers to the items that both models have wrong: for each the number of options, and whether the two
/// chose the same. By chance they do for one in `options − 1`; the sum has a Poisson binomial distribution (see
/// [`Guessing`]). `None` without items, or where one has fewer than two options.
///
/// A wrong option that tempts everyone is chosen alike by models that share nothing: a small p value is a reason to
/// look, not yet a proof of kinship.
pub fn kinship(both_wrong: &[(u64, bool)]) -> Option<Kinship> {
    let wrong: Option<Vec<u64>> = both_wrong.iter().map(|(options, _)| options.checked_sub(1)).collect();
    let chance = Guessing::among(wrong?)?;
    let (items, same) = (both_wrong.len() as u64, both_wrong.iter().filter(|(_, same)| *same).count() as u64);
    Some(Kinship { items, same, expected: chance.expected * items as f64, p: chance.at_least(same as f64) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(items: usize, same: usize, options: u64) -> Kinship {
        kinship(&(0..items).map(|place| (options, place < same)).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn equal_options_agree_with_scipy() {
        // scipy.stats.binom.sf(same - 1, 40, 1 / 3)
        for (same, p) in [(20, 0.021440733529787072), (13, 0.6031228041675771)] {
            let found = of(40, same, 4);
            assert!((found.p - p).abs() < 1e-12 && (found.expected - 40.0 / 3.0).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn one_wrong_option_says_nothing() {
        assert_eq!(of(10, 10, 2).p, 1.0);
        assert_eq!((kinship(&[]), kinship(&[(1, true)]), kinship(&[(0, false)])), (None, None, None));
    }
}
