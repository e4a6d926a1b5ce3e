//! Sequential use: which specs allow it, and after how many questions answers are looked at.

use super::found::{Found, key};
use crate::spec::diagnostic::Problem;
use crate::spec::gate::Gate;
use crate::spec::tree::PathSegment;
use crate::spec::types::{JudgeSpec, Rotate, Spec};

/// Fewest questions between two looks.
const FEWEST: usize = 20;

/// The numbers of questions after which answers are looked at: at least [`FEWEST`] and an eighth more than before, and
/// enough of them that what is in flight seldom runs dry. The last look is at all of them.
pub fn looks(questions: usize, in_flight: usize) -> Vec<usize> {
    let mut looks = Vec::new();
    let mut seen = 0_usize;
    while seen < questions {
        seen = seen.saturating_add((seen / 8).max(FEWEST).max(in_flight.saturating_mul(2))).min(questions);
        looks.push(seen);
    }
    looks
}

/// What cannot be combined with a run that stops early, and what is missing for it.
pub(super) fn check(spec: &Spec) -> Found {
    let Some(until) = &spec.until else { return Found::new() };
    let at = |field: &str| vec![key("until"), key(field)];
    let mut found = Found::new();
    if until.width.is_none() && !until.gates {
        let problem = Problem::new("`until` names no end");
        found.push((vec![key("until")], problem.help("write `until: { width: 0.06 }` or `until: { gates: true }`")));
    }
    if let Some(width) = until.width.filter(|width| !(*width > 0.0 && *width < 1.0)) {
        let problem = Problem::new(format!("no interval of a score is {width} wide"));
        found.push((at("width"), problem.help("write a number above 0 and below 1, such as `0.06`")));
    }
    if until.gates && !spec.gates.iter().any(Gate::is_sequential) {
        let problem = Problem::new("no gate of `gates` can end the questions");
        let help = "gates of `score` and `no_answer_rate` can, such as `score >= 0.6`; others are judged at the end";
        found.push((at("gates"), problem.help(help)));
    }
    found.extend(load(spec));
    found.extend(judges(spec));
    found
}

/// Loads that set the number of requests themselves.
fn load(spec: &Spec) -> Found {
    let load = &spec.load;
    let given = [
        ("find", load.find.is_some(), "a search counts the responses of each level itself"),
        ("duration", load.duration.is_some(), "a timed level ends by the clock"),
        ("requests", load.requests.is_some(), "a level with a number of requests asks questions again"),
        ("rate", load.rate.is_some(), "an open loop sends whether or not answers are there to be looked at"),
    ];
    let given = given.into_iter().filter(|(_, is_given, _)| *is_given);
    given
        .map(|(name, _, why)| {
            let problem = Problem::new(format!("`load.{name}` cannot be combined with `until`: {why}"));
            (vec![key("load"), key(name)], problem.help("remove one of them"))
        })
        .collect()
}

/// Judges that have to be asked, and questions that are asked in several orders.
fn judges(spec: &Spec) -> Found {
    let mut found = Found::new();
    for (index, dataset) in spec.datasets.iter().enumerate() {
        let judge = dataset.judge_or(&spec.judge);
        let path = if dataset.judge.is_some() || dataset.judge_or(&spec.judge) != &spec.judge {
            vec![key("datasets"), PathSegment::Index(index)]
        } else {
            vec![key("judge")]
        };
        let why = match judge {
            JudgeSpec::None => "answers without a judge have no score",
            JudgeSpec::Model(_) | JudgeSpec::Command(_) => {
                "it looks at scores while it asks, and this judge has to be asked itself"
            }
            JudgeSpec::Choice(choice) if choice.rotate != Rotate::Off => {
                "the rotations of a question are one observation, and are asked far from each other"
            }
            _ => continue,
        };
        let problem = Problem::new(format!("`until` cannot be combined with this judge: {why}"));
        let help = "remove `until`, or use a judge that reads answers by itself, in one order of their choices";
        found.push((path, problem.help(help)));
    }
    found.dedup_by(|later, earlier| later.0 == earlier.0);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_grow_with_what_is_seen() {
        assert_eq!(looks(70, 1), [20, 40, 60, 70]);
        assert_eq!(looks(0, 1), [0; 0]);
        assert_eq!(looks(100, 32), [64, 100]);
        let looks = looks(14_042, 1);
        assert!(looks.len() < 60 && looks.last() == Some(&14_042), "{looks:?}");
        assert!(looks.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
