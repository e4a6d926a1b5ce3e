//! The check of answers that came by a provider's batch API, and so without times.

use super::check::CheckStatus;
use super::found::{Finding, Found};
use crate::format::counted;
use crate::tables::group::Group;

/// A note where a model was asked so; a warning where its answers came in different ways, because then its times are those of
/// some of them. Left out if there are none.
pub(super) fn batch_api(groups: &[Group]) -> Found {
    let mut found = Found::default();
    for group in groups {
        let (answers, by_batch) = (group.summary.answers, group.by_batch());
        if by_batch == 0 {
            continue;
        }
        found.is_made = true;
        if by_batch < answers || !group.batch.model.is_by_batch {
            let came = counted(usize::try_from(by_batch).unwrap_or(usize::MAX), "answer");
            let text = format!(
                "{came} of {answers} came by a batch API: their times are not measured (batch API), and latency and \
                 throughput are those of the others; `apply --fresh` without `batch` measures them"
            );
            found.problems.push(Finding::of_batch(CheckStatus::Warned, &group.batch, text));
        }
    }
    if found.is_made && found.problems.is_empty() {
        return Found::note("latency, TTFT and throughput: not measured (batch API)".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::checks::CheckStatus;
    use crate::checks::fixture::{of, statuses};
    use crate::id::Id;
    use crate::tables::fixture::Fixture;

    #[test]
    fn answers_without_times_are_named() {
        let mut fixture = Fixture::new(3);
        assert_eq!(statuses(&fixture, "batch_api"), []);
        fixture.plan.models[Id::at(0)].is_by_batch = true;
        for response in &mut fixture.responses {
            *response = response.clone().by_batch("batch_1");
        }
        assert_eq!(statuses(&fixture, "batch_api"), [(CheckStatus::Passed, String::new())]);
        assert_eq!(statuses(&fixture, "clock"), [], "nobody stood still");
        fixture.responses[0].run = "run-1".into();
        assert_eq!(statuses(&fixture, "batch_api"), [(CheckStatus::Warned, "a".to_owned())]);
        let message = of(&fixture, &[]).into_iter().find(|check| check.name == "batch_api").unwrap().message;
        assert!(message.starts_with("2 answers of 3 came by a batch API"), "{message}");
    }
}
