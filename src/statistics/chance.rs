//! The score of guessing, and whether a score can be told from it.

use std::collections::BTreeMap;

use super::binomial::weights;

/// Guessing on questions with these numbers of choices: how many right answers it brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Guessing {
    /// Expected share of right answers: the mean of one over the number of choices.
    pub expected: f64,
    /// Probability of each number of right answers, from `first` on.
    probabilities: Vec<f64>,
    first: usize,
}

impl Guessing {
    /// Guessing among `choices` options, for each question. `None` without questions, or where one has no options.
    ///
    /// The number of right answers has a Poisson binomial distribution: the convolution of one binomial distribution
    /// for each number of options.
    ///
    /// Source: Y. H. Wang, "On the number of successes in independent trials", Statistica Sinica 3 (1993) 295–312.
    pub fn among(choices: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut kinds: BTreeMap<u64, u64> = BTreeMap::new();
        for options in choices {
            *kinds.entry(options).or_default() += 1;
        }
        if kinds.is_empty() || kinds.contains_key(&0) {
            return None;
        }
        let questions: u64 = kinds.values().sum();
        let right: f64 = kinds.iter().map(|(options, questions)| *questions as f64 / *options as f64).sum();
        let none = (0, vec![1.0]);
        let (first, probabilities) = kinds
            .into_iter()
            .map(|(options, n)| binomial(n, 1.0 / options as f64))
            .fold(none, |a, b| convolved(&a, &b));
        Some(Self { expected: right / questions as f64, probabilities, first })
    }

    /// Probability that guessing has at least this many right: the one-sided p value of a score that is no better.
    /// Fractions, as means over repeats bring them, are rounded down, which finds less.
    pub fn at_least(&self, right: f64) -> f64 {
        let skipped = (right.max(0.0).floor() as usize).saturating_sub(self.first);
        self.probabilities.iter().skip(skipped).rev().sum::<f64>().min(1.0)
    }
}

/// A distribution over counts: its first count, and the probabilities from there on.
type Distribution = (usize, Vec<f64>);

/// The binomial distribution, without what is negligible.
fn binomial(n: u64, p: f64) -> Distribution {
    if p >= 1.0 {
        return (n as usize, vec![1.0]);
    }
    let (first, weights) = weights(n, p);
    let sum: f64 = weights.iter().sum();
    (first as usize, weights.into_iter().map(|weight| weight / sum).collect())
}

/// The distribution of the sum of two counts.
fn convolved(a: &Distribution, b: &Distribution) -> Distribution {
    let mut sums = vec![0.0; a.1.len() + b.1.len() - 1];
    for (place, one) in a.1.iter().enumerate() {
        for (other_place, other) in b.1.iter().enumerate() {
            sums[place + other_place] += one * other;
        }
    }
    (a.0 + b.0, sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_options_agree_with_scipy() {
        // scipy.stats.binom.sf(right - 1, n, 1 / options)
        for (n, options, right, p) in [
            (100, 4, 29.0, 0.20753883086155653),
            (100, 4, 34.0, 0.027594564130094586),
            (300, 4, 80.0, 0.2719193949710569),
            (14042, 4, 3600.0, 0.041700005350404315),
            (20, 5, 0.0, 1.0),
            (80, 4, 14.0, 0.9579033013785474),
            (50, 2, 40.0, 1.1930665838377763e-05),
        ] {
            let found = Guessing::among(std::iter::repeat_n(options, n)).unwrap();
            let (expected, found) = (1.0 / options as f64, (found.expected, found.at_least(right)));
            assert!(
                (found.0 - expected).abs() < 1e-12 && (found.1 - p).abs() < 1e-9 * p.max(1e-6),
                "{n} {right} {found:?} {p}"
            );
        }
    }

    #[test]
    fn different_options_agree_with_enumeration() {
        // numpy.convolve of (1 - p, p) over the questions, summed from the score on.
        let choices = (0..30).map(|index| [2, 4, 5][index % 3]);
        let found = Guessing::among(choices).unwrap();
        assert!((found.expected - 0.3166666666666666).abs() < 1e-12);
        for (right, p) in [
            (0.0, 1.0000000000000004),
            (5.0, 0.9842822855804694),
            (10.0, 0.4912371639365428),
            (14.0, 0.053521482294187295),
            (20.0, 4.400217739429477e-05),
        ] {
            assert!((found.at_least(right) - p).abs() < 1e-12, "{right} {p}");
        }
    }

    #[test]
    fn open_questions_cannot_be_guessed() {
        assert_eq!((Guessing::among([4, 0]), Guessing::among([])), (None, None));
        let sure = Guessing::among([1, 1]).unwrap();
        assert_eq!((sure.expected, sure.at_least(2.0), sure.at_least(1.7)), (1.0, 1.0, 1.0));
    }
}
