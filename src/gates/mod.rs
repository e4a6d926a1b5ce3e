//! Gates: whether the figures of a run hold their limits, judged on the interval and not on the estimate.
//!
//! A gate is passed if the whole interval holds the limit, failed if none of it does, and cannot be told in between. A bound
//! alone decides on its side, where answers are too few for an interval.

mod baseline;
mod figure;
mod junit;
mod outcome;
mod percentile;
mod recommend;
pub mod until;

use crate::compare::Pair;
use crate::compare::source::Source;
use crate::spec::gate::Gate;
use crate::tables::group::Group;
use baseline::against;
use figure::figure;

pub use junit::junit;
pub use outcome::{GateOutcome, Ruling};
pub use recommend::{Recommendation, recommendations};

/// Holds each gate against each model.
pub fn outcomes(gates: &[Gate], groups: &[Group], baseline: Option<&Source>) -> Vec<GateOutcome> {
    let is_alone = groups.len() == 1;
    let baseline = baseline.filter(|_| gates.iter().any(Gate::needs_baseline));
    let against = |group: &Group| against(group, baseline?, is_alone);
    let compared: Vec<(&Group, Option<Pair>)> = groups.iter().map(|group| (group, against(group))).collect();
    let each = gates.iter().flat_map(|gate| {
        compared.iter().map(move |(group, pair)| {
            let found = figure(gate, group, pair.as_ref());
            let (ruling, message) = match found {
                Ok(figure) => (figure.ruling(gate), figure.message(gate)),
                Err(missing) => (Ruling::CannotTell, missing),
            };
            GateOutcome { gate: gate.to_string(), subject: group.batch.name(), batch: group.batch.id, ruling, message }
        })
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, ms, verdict};
    use crate::tables::pairs::side;

    /// 200 answers of 100 ms, of which `right` are right.
    fn groups(right: usize) -> Vec<Group> {
        let mut fixture = Fixture::new(200);
        for index in right..200 {
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        fixture.groups()
    }

    fn ruled(gate: &str, groups: &[Group]) -> (Ruling, String) {
        let mut found = outcomes(&[Gate::parse(gate).unwrap()], groups, None);
        let outcome = found.pop().unwrap();
        (outcome.ruling, outcome.message)
    }

    #[test]
    fn the_bound_of_the_interval_decides() {
        let groups = groups(120);
        assert_eq!(ruled("score >= 0.5", &groups).0, Ruling::Passed);
        assert_eq!(ruled("score >= 0.7", &groups).0, Ruling::Failed);
        let (ruling, message) = ruled("score >= 0.58", &groups);
        assert_eq!(
            (ruling, &*message),
            (
                Ruling::CannotTell,
                "60.0 % [53.1 %, 66.5 %]; about 2,200 more questions would settle it, if the figure stays"
            )
        );
        assert_eq!(
            ruled("score >= 0.6", &groups).1,
            "60.0 % [53.1 %, 66.5 %]; the limit is too close to the figure for any number of questions"
        );
        assert_eq!(ruled("fault_rate <= 5 %", &groups).0, Ruling::Passed);
        assert_eq!(ruled("p95_latency <= 200ms", &groups).0, Ruling::Passed);
        assert_eq!(ruled("p95_latency <= 50ms", &groups).0, Ruling::Failed);
    }

    #[test]
    fn what_is_not_known_cannot_be_told() {
        let groups = groups(0);
        for (gate, why) in [
            ("cost_per_correct <= 1", "the cost is not known"),
            (
                "p99_latency <= 1s",
                "at least 100 ms with 200 warm answers; it takes 368 of them to bound p99 from above",
            ),
            ("score >= baseline", "the baseline has no answer"),
        ] {
            let (ruling, message) = ruled(gate, &groups);
            assert!(ruling == Ruling::CannotTell && message.contains(why), "{gate}: {message}");
        }
    }

    /// What is said of `p95_latency <= 50ms` with these numbers of answers below and above the limit.
    fn p95(below: usize, above: usize) -> (Ruling, String) {
        let mut fixture = Fixture::new(below + above);
        for response in &mut fixture.responses[..below] {
            response.stamps.last_token = Some(ms(20));
        }
        ruled("p95_latency <= 50ms", &fixture.groups())
    }

    #[test]
    fn a_bound_on_one_side_decides_where_there_is_no_interval() {
        // All over: the lower bound fails them, from two answers on.
        for over in [2, 5, 20, 100, 200] {
            assert_eq!(p95(0, over).0, Ruling::Failed, "{over}");
        }
        // All under: the upper bound passes them, from 72 answers on.
        for (under, ruling) in [
            (5, Ruling::CannotTell),
            (20, Ruling::CannotTell),
            (71, Ruling::CannotTell),
            (72, Ruling::Passed),
            (100, Ruling::Passed),
        ] {
            assert_eq!(p95(under, 0).0, ruling, "{under}");
        }
        // Mixed: the rank of the lower bound is 4 of 5, 17 of 20, 90 of 100; that of the upper one 100 of 100.
        for (below, above, ruling) in [
            (3, 2, Ruling::Failed),
            (4, 1, Ruling::CannotTell),
            (16, 4, Ruling::Failed),
            (17, 3, Ruling::CannotTell),
            (89, 11, Ruling::Failed),
            (90, 10, Ruling::CannotTell),
            (99, 1, Ruling::CannotTell),
        ] {
            assert_eq!(p95(below, above).0, ruling, "{below} below, {above} above");
        }
        assert_eq!(p95(0, 20).1, "at least 100 ms with 20 warm answers");
        assert_eq!(p95(100, 0).1, "20.0 ms – 20.0 ms with 100 warm answers");
        assert_eq!(p95(20, 0).1, "at least 20.0 ms with 20 warm answers; it takes 72 of them to bound p95 from above");
        assert_eq!(p95(95, 5).1, "20.0 ms – 100 ms with 100 warm answers; more of them narrow it");
        assert_eq!(p95(0, 1).1, "p95 has no bound with 1 warm answer; it takes 72 of them to bound p95 from above");
    }

    #[test]
    fn a_model_is_held_against_its_own_answers() {
        let now = groups(120);
        let mut before = crate::compare::source::Source::default();
        let own = side(&now[0].batch, &now[0].figures);
        for (place, (question, item)) in own.items.iter().enumerate() {
            before.answers.push(crate::compare::source::Answer {
                model: "a".into(),
                hash: Some(question.to_string()),
                item: crate::compare::Item { score: Some(f64::from(u8::from(place % 2 == 0))), ..*item },
                ..crate::compare::source::Answer::default()
            });
        }
        before.answers.push(crate::compare::source::Answer { model: "a c=1".into(), ..before.answers[0].clone() });
        let rule = |gate: &str| outcomes(&[Gate::parse(gate).unwrap()], &now, Some(&before))[0].ruling;
        assert_eq!(rule("score >= baseline - 0.2"), Ruling::Passed);
        assert_eq!(rule("score >= baseline + 0.5"), Ruling::Failed);
        assert_eq!(rule("latency <= baseline * 1.05"), Ruling::Passed);
    }
}
