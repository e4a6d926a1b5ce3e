//! What a score is held against: cost, latency, speed, each with its interval.

use crate::checks::{Check, CheckStatus};
use crate::tables::group::Group;
use crate::tables::spending::per_answer_interval;

/// Cost of 1,000 answers; none where they cost nothing.
pub(super) fn cost(group: &Group) -> Option<f64> {
    let answers = group.summary.answers;
    group.summary.spending.cost.filter(|cost| answers > 0 && *cost > 0.0).map(|cost| cost / answers as f64 * 1000.0)
}

/// The interval of [`cost`].
pub(super) fn cost_interval(group: &Group) -> Option<(f64, f64)> {
    cost(group)?;
    per_answer_interval(&group.figures).map(|(low, high)| (low * 1000.0, high * 1000.0))
}

/// Output tokens per second, as the server counts them or else the client.
pub(super) fn rate(group: &Group) -> Option<f64> {
    group.summary.server_tokens_per_s.or(group.summary.client_tokens_per_s)
}

/// The interval of [`rate`].
pub(super) fn rate_interval(group: &Group) -> Option<(f64, f64)> {
    let summary = &group.summary;
    if summary.server_tokens_per_s.is_some() {
        summary.server_tokens_per_s_interval
    } else {
        summary.client_tokens_per_s_interval
    }
}

/// Median latency.
pub(super) fn latency(group: &Group) -> Option<f64> {
    group.summary.latency().median
}

/// The interval of [`latency`].
pub(super) fn latency_interval(group: &Group) -> Option<(f64, f64)> {
    group.summary.latency().named("p50").map(|known| (known.low, known.high))
}

/// True if a check of the model failed.
pub(super) fn is_doubtful(checks: &[Check], group: &Group) -> bool {
    checks.iter().any(|check| check.status == CheckStatus::Failed && check.batch == Some(group.batch.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;

    #[test]
    fn a_check_of_an_endpoint_that_is_called_as_a_model_says_nothing_of_the_model() {
        let group = &Fixture::new(2).groups()[0];
        let check = |batch| Check {
            name: "client".to_owned(),
            status: CheckStatus::Failed,
            subject: group.batch.name(),
            batch,
            message: String::new(),
        };
        assert!(is_doubtful(&[check(Some(group.batch.id))], group));
        assert!(!is_doubtful(&[check(None)], group));
    }
}
