//! A mean score that a source states, and its interval.

use chrono::NaiveDate;

use super::model_name::ModelName;
use crate::statistics::wilson_at;

/// A mean score.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mean {
    /// The model.
    pub model: ModelName,
    /// The dataset or benchmark.
    pub dataset: String,
    /// The metric; empty where it has no name.
    pub scored_by: String,
    /// The mean, from 0 to 1.
    pub score: f64,
    /// Its standard error; none where the source does not say.
    pub standard_error: Option<f64>,
    /// The questions that it is of; none where the source does not say.
    pub questions: Option<u64>,
    /// The day of which it is; none where the source does not say.
    pub measured: Option<NaiveDate>,
}

impl Mean {
    /// The 95 % interval: Wilson's for as many questions as would have this standard error, `score·(1 − score) / error²`. An error of
    /// zero says only that all scores are alike, so that the questions count. None where no error is known: a metric need not be a mean
    /// over questions.
    ///
    /// Source: E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small expected number of positive counts
    /// estimated from survey data", Survey Methodology 24 (1998), for the effective number.
    pub fn interval(&self) -> Option<(f64, f64)> {
        let error = self.standard_error?;
        let effective = self.score * (1.0 - self.score) / (error * error);
        let of_all = || wilson_at(self.score, self.questions? as f64);
        if error > 0.0 { wilson_at(self.score, effective).or_else(of_all) } else { of_all() }
    }

    /// The 95 % interval of what this has above another that is independent of it, from both intervals.
    ///
    /// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
    /// Statistics in Medicine 17 (1998), method 10.
    pub(super) fn above(&self, other: &Self) -> Option<(f64, f64)> {
        let ((low, high), (other_low, other_high)) = (self.interval()?, other.interval()?);
        let difference = self.score - other.score;
        let below = libm::hypot(self.score - low, other_high - other.score);
        let above = libm::hypot(high - self.score, other.score - other_low);
        Some((difference - below, difference + above))
    }
}

/// A metric that cannot stand among scores: it is no share, or less of it is better.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The dataset.
    pub dataset: String,
    /// The metric.
    pub scored_by: String,
}

impl LeftOut {
    /// Both.
    pub fn name(&self) -> String {
        format!("{} {}", self.dataset, self.scored_by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_independent_proportions_match_published_values() {
        // Newcombe (1998), table II, method 10: 56/70 against 48/80, and 9/10 against 3/10; 10/10 against 0/10.
        for ((a, m), (b, n), (low, high)) in [
            ((56.0, 70.0), (48.0, 80.0), (0.0524, 0.3339)),
            ((9.0, 10.0), (3.0, 10.0), (0.1705, 0.8090)),
            ((10.0, 10.0), (0.0, 10.0), (0.6075, 1.0)),
        ] {
            let mean = |right: f64, all: f64| {
                let score: f64 = right / all;
                let error = (score * (1.0 - score) / all).sqrt();
                Mean { score, standard_error: Some(error), questions: Some(all as u64), ..Mean::default() }
            };
            let (found_low, found_high) = mean(a, m).above(&mean(b, n)).unwrap();
            assert!((found_low - low).abs() < 6e-5 && (found_high - high).abs() < 6e-5, "{found_low} {found_high}");
        }
    }

    #[test]
    fn without_an_error_there_is_no_interval() {
        let mean = Mean { score: 0.5, questions: Some(100), ..Mean::default() };
        assert_eq!((mean.interval(), mean.above(&mean)), (None, None));
        let alike = Mean { standard_error: Some(0.0), ..mean };
        assert!(alike.interval().is_some_and(|(low, high)| low < 0.41 && high > 0.59));
    }
}
