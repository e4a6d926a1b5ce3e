//! Checks: named tests of validity, which say how far the figures of a run can be trusted.
//!
//! | check | failed or warned about |
//! | --- | --- |
//! | `client` | the client sent late, so the figures are its own (failed) |
//! | `surplus` | the server answered what nobody asked, so answers may belong to other questions (failed) |
//! | `clock` | the client stood still while answers were on their way, so their times are unknown |
//! | `context` | answers that reached the end of the context, or prompts that were refused for their length (failed) |
//! | `prefix_cache` | prompts that the server may have had in its cache |
//! | `capped` | more than 5 % of the answers cut at the token limit |
//! | `faults` | requests that failed |
//! | `steady` | the level was held for less than half of the run |
//! | `one_run` | a level that was measured in several runs |
//! | `tokens_source` | output tokens that nobody counted |
//! | `cycled` | samples that were asked more than once; passed, with a note |
//! | `connections` | under 90 % of requests on connections that were there already |
//! | `throttled` | answers that came while their endpoint was being spared |
//!
//! A check changes no exit code and no figure. One that cannot be made, because nothing is known of what it
//! looks at, is left out.

mod answers;
mod load;
mod prompts;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::plan::{Extent, Plan};
use crate::report::quantity::counted;
use crate::request::Prompt;
use crate::tables::group::Group;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nothing is wrong.
    Passed,
    /// Read the figures with care.
    Warned,
    /// The figures do not mean what they seem to.
    Failed,
}

impl Outcome {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warned => "warned",
            Self::Failed => "failed",
        }
    }
}

/// A named test of validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What it speaks of: a model, where there are several levels with its level, or a dataset; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// What was found and what to do; empty where there is nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

/// Name, subject and message, without the outcome.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.subject.is_empty() { String::new() } else { format!(" ({})", self.subject) };
        write!(f, "{}{subject}: {}", self.name, self.message)
    }
}

/// The names of the checks that passed, with what they have to say, in one line.
pub fn passed(checks: &[Check]) -> String {
    let passed = checks.iter().filter(|check| check.outcome == Outcome::Passed);
    let words = passed.map(|check| match check.message.as_str() {
        "" => check.name.clone(),
        note => format!("{} ({note})", check.name),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What checks look at besides the groups.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The plan.
    pub plan: &'g Plan,
    /// The context length of each model in tokens, where the server tells it.
    pub contexts: &'g [Option<u64>],
    /// The prompt of a request, by its place among those of the plan.
    pub prompt: &'g (dyn Fn(usize) -> Option<&'g Prompt> + Sync),
}

/// Makes every check of a run, in the order of the table above, and within one by model and level.
pub fn checks(ground: Ground<'_>, groups: &[Group]) -> Vec<Check> {
    let plan = ground.plan;
    let found = [
        ("client", load::client(groups)),
        ("clock", load::clock(groups)),
        ("context", answers::context(ground, groups)),
        ("prefix_cache", prompts::prefix_cache(ground, groups)),
        ("capped", answers::capped(groups)),
        ("faults", answers::faults(groups)),
        ("steady", if is_load_test(plan) { load::steady(groups) } else { Found::default() }),
        ("one_run", if is_load_test(plan) { load::one_run(groups) } else { Found::default() }),
        ("tokens_source", answers::tokens_source(groups)),
        ("cycled", prompts::cycled(plan, groups)),
        ("connections", load::connections(groups)),
        ("throttled", load::throttled(groups)),
    ];
    found.into_iter().flat_map(|(name, found)| found.into_checks(name)).collect()
}

/// The check of an endpoint of which so many connections brought an answer that nobody asked for.
pub fn surplus_check(endpoint: &str, connections: usize, forgotten: usize) -> Check {
    let connections = format!("{} brought an answer that nobody asked for", counted(connections, "connection"));
    let dropped = match forgotten {
        0 => "no other answer came on it".to_owned(),
        1 => {
            "1 answer that may belong to another question was dropped; run the same command again to ask it".to_owned()
        }
        _ => format!(
            "{forgotten} answers that may belong to other questions were dropped; run the same command again to ask them"
        ),
    };
    Check {
        name: "surplus".to_owned(),
        outcome: Outcome::Failed,
        subject: endpoint.to_owned(),
        message: format!("{connections}; {dropped}; each connection is used once from then on"),
    }
}

/// True if the run is about load and not only about answers: then clocks and repetition matter.
fn is_load_test(plan: &Plan) -> bool {
    plan.load.extent != Extent::Dataset || plan.levels.len() > 1 || plan.levels.iter().any(|level| level.is_open())
}

/// What one check found.
#[derive(Default)]
struct Found {
    /// True if there was anything to look at.
    is_made: bool,
    problems: Vec<(Outcome, String, String)>,
}

impl Found {
    /// Looks at each group: nothing where nothing is known, `Some(None)` where nothing is wrong.
    fn each(groups: &[Group], outcome: Outcome, test: impl Fn(&Group) -> Option<Option<String>>) -> Self {
        let mut found = Self::default();
        for group in groups {
            let Some(problem) = test(group) else { continue };
            found.is_made = true;
            found.problems.extend(problem.map(|message| (outcome, group.batch.name(), message)));
        }
        found
    }

    fn into_checks(self, name: &str) -> Vec<Check> {
        if self.is_made && self.problems.is_empty() {
            return vec![Check {
                name: name.to_owned(),
                outcome: Outcome::Passed,
                subject: String::new(),
                message: String::new(),
            }];
        }
        let check = |(outcome, subject, message)| Check { name: name.to_owned(), outcome, subject, message };
        self.problems.into_iter().map(check).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;

    /// The checks of a fixture.
    pub(crate) fn of(fixture: &Fixture, contexts: &[Option<u64>]) -> Vec<Check> {
        let prompt = |place: usize| fixture.prompts.get(place);
        checks(Ground { plan: &fixture.plan, contexts, prompt: &prompt }, &fixture.groups())
    }

    /// How the check of a name came out, by subject.
    pub(crate) fn outcomes(fixture: &Fixture, name: &str) -> Vec<(Outcome, String)> {
        let own = of(fixture, &[]).into_iter().filter(|check| check.name == name);
        own.map(|check| (check.outcome, check.subject)).collect()
    }

    #[test]
    fn a_plain_run_passes_what_can_be_checked() {
        let mut fixture = Fixture::new(20);
        fixture.back_to_back(1);
        let found = of(&fixture, &[]);
        assert!(found.iter().all(|check| check.outcome == Outcome::Passed), "{found:?}");
        let names: Vec<&str> = found.iter().map(|check| &*check.name).collect();
        let expected = ["client", "prefix_cache", "capped", "faults", "tokens_source", "connections", "throttled"];
        assert_eq!(names, expected);
    }

    #[test]
    fn of_what_was_recorded_without_a_clock_nothing_is_said_about_clocks() {
        let names: Vec<String> = of(&Fixture::new(3), &[]).into_iter().map(|check| check.name).collect();
        assert_eq!(names, ["prefix_cache", "capped", "faults", "tokens_source", "throttled"]);
    }
}
