//! The mean of scores that come in clusters: repeats of a question, or questions that are one.

use super::bca::{RESAMPLES, ratio_interval, with_unseen};
use super::special::t_deviate;
use super::wilson::wilson_at;

/// A mean score with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanScore {
    /// The mean over all answers.
    pub mean: f64,
    /// Its interval.
    pub interval: (f64, f64),
    /// For answers that are right or wrong: how many independent answers would say as much.
    pub effective: Option<f64>,
}

/// The mean score over questions, each the sum of its scores and their number. The 95 % interval is
///
/// - [`wilson`](super::wilson()) where each question was asked once and answers are right or wrong;
/// - Wilson's with the [effective number](ClusteredMean::effective_answers) of answers where questions were asked several
///   times, because answers to one question are alike;
/// - for scores on a scale the BCa bootstrap by question.
///
/// `None` without questions, and for a single question with scores on a scale.
pub fn mean_score(questions: &[(f64, f64)], is_right_or_wrong: bool) -> Option<MeanScore> {
    let (sum, answers) = questions.iter().fold((0.0, 0.0), |sums, question| (sums.0 + question.0, sums.1 + question.1));
    let mean = Some(sum / answers).filter(|_| answers > 0.0)?;
    if !is_right_or_wrong {
        let interval =
            with_unseen(ratio_interval(questions, RESAMPLES)?, questions.len(), (mean.min(0.0), mean.max(1.0)));
        return Some(MeanScore { mean, interval, effective: None });
    }
    let effective = match clustered_mean(questions).filter(|_| answers > questions.len() as f64) {
        Some(found) => found.effective_answers(),
        None => questions.len() as f64,
    };
    Some(MeanScore { mean, interval: wilson_at(mean, effective)?, effective: Some(effective) })
}

/// A mean and what its clusters say about it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ClusteredMean {
    mean: f64,
    standard_error: f64,
    answers: f64,
    clusters: f64,
}

/// The mean over answers with its cluster-robust standard error: with `G` clusters of residual sums
/// `s_g = Σ (x − mean)`, `√(G/(G − 1) · Σ s_g²) / n`. It is the standard error of a ratio of sums over clusters, so
/// their sizes may differ. `None` with fewer than two clusters.
///
/// Source: K.-Y. Liang, S. L. Zeger, "Longitudinal data analysis using generalized linear models", Biometrika 73
/// (1986), with the factor for few clusters of A. C. Cameron, D. L. Miller, "A practitioner's guide to cluster-robust
/// inference", Journal of Human Resources 50 (2015), section II.
fn clustered_mean(clusters: &[(f64, f64)]) -> Option<ClusteredMean> {
    if clusters.len() < 2 {
        return None;
    }
    let (n, g) = (clusters.iter().map(|cluster| cluster.1).sum::<f64>(), clusters.len() as f64);
    let mean = clusters.iter().map(|cluster| cluster.0).sum::<f64>() / n;
    let squares: f64 = clusters.iter().map(|(sum, answers)| (sum - mean * answers).powi(2)).sum();
    let standard_error = (g / (g - 1.0) * squares).sqrt() / n;
    Some(ClusteredMean { mean, standard_error, answers: n, clusters: g })
}

impl ClusteredMean {
    /// The answers that would say as much if each were to a question of its own: `p(1 − p)/se²`, which is `n / deff`,
    /// times the square of the ratio of Student's t for `n − 1` and `G − 1` degrees of freedom, and never more than the
    /// answers. Where all are equal the spread says nothing, and each cluster counts as one. With this number Wilson's
    /// interval never leaves 0 and 1.
    ///
    /// Source: E. L. Korn, B. I. Graubard, "Confidence intervals for proportions with small expected number of
    /// positive counts estimated from survey data", Survey Methodology 24 (1998), for the effective number and its
    /// degrees of freedom; N. Franco et al., "Comparative study of confidence intervals for proportions in complex
    /// sample surveys", Journal of Survey Statistics and Methodology 7 (2019), for Wilson's interval with it.
    fn effective_answers(self) -> f64 {
        let variance = self.mean * (1.0 - self.mean);
        if variance <= 0.0 {
            return self.clusters;
        }
        let effective = variance / self.standard_error.powi(2);
        let freedom = (t_deviate(self.answers - 1.0) / t_deviate(self.clusters - 1.0)).powi(2);
        (effective * freedom).min(self.answers)
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    use super::*;
    use crate::statistics::wilson;

    #[test]
    fn errors_agree_with_statsmodels() {
        // [1,0,1], [1,1], [0,0,0,1], [1], [0,1], [0], [1,1,1]:
        // OLS(x, ones).fit(cov_type="cluster", cov_kwds={"groups": g}).bse; statsmodels' proportion_confint(p * n, n,
        // method="wilson") with n = 8.324854365734646 by the formula, with scipy.stats.t.ppf(0.975, ...).
        let questions = [(2.0, 3.0), (2.0, 2.0), (1.0, 4.0), (1.0, 1.0), (1.0, 2.0), (0.0, 1.0), (3.0, 3.0)];
        let (clustered, found) = (clustered_mean(&questions).unwrap(), mean_score(&questions, true).unwrap());
        for (value, expected) in [
            (found.mean, 0.625),
            (clustered.standard_error, 0.14615849167085723),
            (found.effective.unwrap(), 8.324854365734646),
            (found.interval.0, 0.3106489392068978),
            (found.interval.1, 0.8604146820843255),
        ] {
            assert!((value - expected).abs() < 1e-9, "{value} {expected}");
        }
    }

    #[test]
    fn questions_that_were_asked_once_have_wilsons_interval() {
        let questions: Vec<(f64, f64)> = (0..20).map(|index| (f64::from(index % 4 / 3), 1.0)).collect();
        let found = mean_score(&questions, true).unwrap();
        assert_eq!((Some(found.interval), found.effective), (wilson(0.25, 20), Some(20.0)));
        assert_eq!(mean_score(&[(3.0, 4.0)], true).map(|found| found.interval), wilson(0.75, 1));
        assert_eq!(mean_score(&[], true), None);
    }

    #[test]
    fn equal_answers_count_by_question() {
        let found = mean_score(&[(2.0, 2.0), (2.0, 2.0), (1.0, 1.0), (1.0, 1.0)], true).unwrap();
        assert_eq!(Some(found.interval), wilson(1.0, 4));
    }

    #[test]
    fn scores_on_a_scale_are_resampled_by_question() {
        let questions: Vec<(f64, f64)> = (0..60).map(|index| (0.2 + f64::from(index % 3) / 10.0, 1.0)).collect();
        let once = mean_score(&questions, false).unwrap();
        let twice: Vec<(f64, f64)> = questions.iter().map(|(sum, _)| (sum * 2.0, 2.0)).collect();
        // The standard error is 0.0816 / √60 = 0.0105, and asking twice adds nothing.
        assert!((once.interval.1 - once.interval.0 - 0.0413).abs() < 0.003, "{once:?}");
        assert_eq!(mean_score(&twice, false).unwrap().interval, once.interval);
        let (low, high) = mean_score(&[(0.5, 1.0); 30], false).unwrap().interval;
        assert!((low - 0.4).abs() < 1e-9 && (high - 0.6).abs() < 1e-9);
    }

    #[test]
    fn repeats_make_no_interval_narrower_than_their_questions_do() {
        // 40 questions with five answers each, which are alike: the truth of 0.7 lies inside in about 95 %.
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let hits = (0..2000).filter(|_| {
            let questions: Vec<(f64, f64)> =
                (0..40).map(|_| (if random.next_u32() % 10 < 7 { 5.0 } else { 0.0 }, 5.0)).collect();
            mean_score(&questions, true).is_some_and(|found| found.interval.0 < 0.7 && 0.7 < found.interval.1)
        });
        let hits = hits.count();
        assert!((1860..=1960).contains(&hits), "{hits}");
    }
}
