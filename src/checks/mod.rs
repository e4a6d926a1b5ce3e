//! Checks: named tests of the validity of a run's figures.
//!
//! [`CHECKS`] says what each asks and what to do about it.
//!
//! Checks of scores and verdicts are left out where nobody judges. A check changes neither the exit code nor a figure.
//! A check without data is left out, such as `answer_format` where no form was asked for, and so are `no_text`, `finish`,
//! `reload`, `outliers`, `letter_bias`, `recited`, `split`, `repeated_rows`, `several_answers`, `same_answers` and `unlike_sites`
//! where they find nothing.

mod answers;
mod batch_api;
mod clients;
mod ends;
mod lengths;
mod letters;
mod load;
mod meaning;
mod positions;
mod prompts;
mod server;
mod setting;
mod sites;
mod verdicts;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::format::counted;
use crate::id::{ModelId, Per};
use crate::plan::Plan;
use crate::request::Prompt;
use crate::tables::group::Group;

pub use meaning::CHECKS;
pub use setting::several_unasked;
pub use sites::unlike_sites;
pub use verdicts::{agreement, order_decided};

/// The status of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// No problem was found.
    Passed,
    /// The figures need care.
    Warned,
    /// The figures are misleading.
    Failed,
}

impl CheckStatus {
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
    /// Its status; its name in JSON is older.
    #[serde(rename = "outcome")]
    pub status: CheckStatus,
    /// Its subject: a model (with its level, if there are several) or a dataset; empty for all.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The finding and what to do; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
}

impl Check {
    /// True if it says the same of another subject.
    fn is_alike(&self, other: &Self) -> bool {
        let have_subjects = !self.subject.is_empty() && !other.subject.is_empty();
        have_subjects && (&self.name, self.status, &self.message) == (&other.name, other.status, &other.message)
    }
}

/// Name, subject and message, without the status.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subject = if self.subject.is_empty() { String::new() } else { format!(" ({})", self.subject) };
        write!(f, "{}{subject}: {}", self.name, self.message)
    }
}

/// The checks that did not pass, in their order; what is said of several subjects in the same words is said once of them all.
pub fn problems(checks: &[Check]) -> Vec<Check> {
    let mut found: Vec<Check> = Vec::new();
    for check in checks.iter().filter(|check| check.status != CheckStatus::Passed) {
        match found.iter_mut().find(|other| check.is_alike(other)) {
            Some(same) => same.subject = format!("{}, {}", same.subject, check.subject),
            None => found.push(check.clone()),
        }
    }
    found
}

/// The names of the passed checks, with their notes, in one line.
pub fn passed(checks: &[Check]) -> String {
    let passed = checks.iter().filter(|check| check.status == CheckStatus::Passed);
    let words = passed.map(|check| match check.message.as_str() {
        "" => check.name.clone(),
        note => format!("{} ({note})", check.name),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// Input of checks besides the groups.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The plan.
    pub plan: &'g Plan,
    /// The datasets that are asked.
    pub datasets: &'g [Dataset],
    /// The context size of each model in tokens, if the server reports it.
    pub contexts: &'g Per<ModelId, Option<u64>>,
    /// The prompt of a request, by its index in the plan.
    pub prompt: &'g (dyn Fn(usize) -> Option<&'g Prompt> + Sync),
}

/// Runs all checks, in the order of [`CHECKS`]; within a check by model and level.
pub fn checks(ground: Ground<'_>, groups: &[Group]) -> Vec<Check> {
    findings(ground, groups).into_iter().flat_map(|(name, found)| found.into_checks(name)).collect()
}

/// What each check found.
fn findings(ground: Ground<'_>, groups: &[Group]) -> [(&'static str, Found); 42] {
    let plan = ground.plan;
    [
        ("client", load::client(groups)),
        ("clients", clients::clients(plan, groups)),
        ("clock", load::clock(groups)),
        ("batch_api", batch_api::batch_api(groups)),
        ("outliers", load::outliers(groups).if_found()),
        ("context", answers::context(ground, groups)),
        ("context_room", answers::context_room(ground, groups).if_found()),
        ("prefix_cache", prompts::prefix_cache(ground, groups)),
        ("input_length", lengths::input_length(plan, groups)),
        ("capped", answers::capped(plan, groups)),
        ("unread", verdicts::unread(groups)),
        ("unjudged", verdicts::unjudged(groups)),
        ("guessing", verdicts::guessing(groups)),
        ("letter_bias", letters::bias(groups).if_found()),
        ("position_bias", positions::bias(groups)),
        ("same_answers", letters::alike(groups).if_found()),
        ("one_draw", if plan.is_judged() { setting::one_draw(plan) } else { Found::default() }),
        ("recited", answers::recited(groups).if_found()),
        ("split", setting::split(plan)),
        ("label_errors", setting::label_errors(plan)),
        ("repeated_rows", setting::repeated_rows(ground.datasets)),
        ("evidence", verdicts::evidence(groups)),
        ("judge_family", verdicts::family(plan)),
        ("calibration", verdicts::calibration(plan, groups)),
        ("no_text", ends::no_text(groups)),
        ("several_answers", setting::several_answers(plan)),
        ("answer_format", ends::answer_format(groups)),
        ("finish", ends::odd_ends(groups)),
        ("faults", answers::faults(groups)),
        ("steady", if plan.is_load_test() { load::steady(groups) } else { Found::default() }),
        ("one_run", if plan.is_load_test() { load::one_run(groups) } else { Found::default() }),
        ("tokens_source", answers::tokens_source(groups)),
        ("cycled", prompts::cycled(plan, groups)),
        ("connections", load::connections(groups)),
        ("throttled", load::throttled(groups)),
        ("reload", load::reload(groups)),
        ("server_readings", server::readings(groups)),
        ("server_queue", server::queue(groups)),
        ("other_traffic", server::other_traffic(groups)),
        ("prefix_cache_hits", server::prefix_hits(groups)),
        ("server_tokens", server::tokens(groups)),
        ("energy", server::energy(groups)),
    ]
}

/// The check of an endpoint that sent responses without a request.
pub fn surplus_check(endpoint: &str, connections: usize, forgotten: usize) -> Check {
    let connections = format!("{} received a response that was not requested", counted(connections, "connection"));
    let dropped = match forgotten {
        0 => "no other answer is affected".to_owned(),
        1 => "1 answer that may belong to another question was dropped; rerun the command to ask it again".to_owned(),
        _ => format!(
            "{forgotten} answers that may belong to other questions were dropped; rerun the command to ask them again"
        ),
    };
    Check {
        name: "surplus".to_owned(),
        status: CheckStatus::Failed,
        subject: endpoint.to_owned(),
        message: format!("{connections}; {dropped}; connections are no longer reused"),
    }
}

/// What one check found.
#[derive(Default)]
struct Found {
    /// True if there was data.
    is_made: bool,
    problems: Vec<(CheckStatus, String, String)>,
}

impl Found {
    /// Checks each group: `None` without data, `Some(None)` without a problem.
    fn each(groups: &[Group], status: CheckStatus, test: impl Fn(&Group) -> Option<Option<String>>) -> Self {
        let mut found = Self::default();
        for group in groups {
            let Some(problem) = test(group) else { continue };
            found.is_made = true;
            found.problems.extend(problem.map(|message| (status, group.batch.name(), message)));
        }
        found
    }

    /// Checks each subject; a message is a problem.
    fn of(subjects: impl Iterator<Item = (String, Option<String>)>, status: CheckStatus) -> Self {
        let mut found = Self::default();
        for (subject, problem) in subjects {
            found.is_made = true;
            found.problems.extend(problem.map(|message| (status, subject, message)));
        }
        found
    }

    /// The check where it found something; a check that seldom does is not listed as passed.
    fn if_found(self) -> Self {
        if self.problems.is_empty() { Self::default() } else { self }
    }

    /// A finding that is no problem.
    fn note(message: String) -> Self {
        Self { is_made: true, problems: vec![(CheckStatus::Passed, String::new(), message)] }
    }

    fn into_checks(self, name: &str) -> Vec<Check> {
        if self.is_made && self.problems.is_empty() {
            return vec![Check {
                name: name.to_owned(),
                status: CheckStatus::Passed,
                subject: String::new(),
                message: String::new(),
            }];
        }
        let check = |(status, subject, message)| Check { name: name.to_owned(), status, subject, message };
        self.problems.into_iter().map(check).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::id::Id;
    use crate::tables::fixture::Fixture;

    /// The checks of a fixture.
    pub(crate) fn of(fixture: &Fixture, contexts: &[Option<u64>]) -> Vec<Check> {
        let prompt = |place: usize| fixture.prompts.get(place);
        let contexts = fixture.plan.models.ids().map(|id| contexts.get(id.place()).copied().flatten()).collect();
        checks(Ground { plan: &fixture.plan, datasets: &[], contexts: &contexts, prompt: &prompt }, &fixture.groups())
    }

    #[test]
    fn every_check_has_a_meaning_in_the_order_of_reports() {
        let fixture = Fixture::new(1);
        let prompt = |place: usize| fixture.prompts.get(place);
        let contexts = fixture.plan.models.ids().map(|_| None).collect();
        let ground = Ground { plan: &fixture.plan, datasets: &[], contexts: &contexts, prompt: &prompt };
        let found = findings(ground, &fixture.groups());
        let elsewhere = ["surplus", "unlike_sites", "judge_agreement", "order_decided"];
        let listed: Vec<&str> =
            CHECKS.iter().map(|check| check.name).filter(|name| !elsewhere.contains(name)).collect();
        assert_eq!(listed, found.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }

    /// The status of a check, by subject.
    pub(crate) fn statuses(fixture: &Fixture, name: &str) -> Vec<(CheckStatus, String)> {
        let own = of(fixture, &[]).into_iter().filter(|check| check.name == name);
        own.map(|check| (check.status, check.subject)).collect()
    }

    #[test]
    fn what_is_said_of_several_subjects_in_the_same_words_is_said_once() {
        let check = |name: &str, status, subject: &str, message: &str| Check {
            name: name.to_owned(),
            status,
            subject: subject.to_owned(),
            message: message.to_owned(),
        };
        let checks = [
            check("client", CheckStatus::Failed, "a", "slow"),
            check("client", CheckStatus::Warned, "b", "slow"),
            check("unread", CheckStatus::Warned, "a", "1 %"),
            check("unread", CheckStatus::Warned, "b", "2 %"),
            check("unread", CheckStatus::Warned, "c", "1 %"),
            check("order", CheckStatus::Warned, "", "one"),
            check("order", CheckStatus::Warned, "", "one"),
            check("faults", CheckStatus::Passed, "a", ""),
        ];
        let told: Vec<String> = problems(&checks).iter().map(Check::to_string).collect();
        let expected = [
            "client (a): slow",
            "client (b): slow",
            "unread (a, c): 1 %",
            "unread (b): 2 %",
            "order: one",
            "order: one",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_plain_run_passes_what_can_be_checked() {
        let mut fixture = Fixture::new(20);
        fixture.back_to_back(1);
        let found = of(&fixture, &[]);
        assert!(found.iter().all(|check| check.status == CheckStatus::Passed), "{found:?}");
        let names: Vec<&str> = found.iter().map(|check| &*check.name).collect();
        let expected = ["client", "capped", "unread", "faults", "tokens_source", "connections", "throttled"];
        assert_eq!(names, expected);
    }

    #[test]
    fn of_what_was_recorded_without_a_clock_nothing_is_said_about_clocks() {
        let names: Vec<String> = of(&Fixture::new(3), &[]).into_iter().map(|check| check.name).collect();
        assert_eq!(names, ["capped", "unread", "faults", "tokens_source", "throttled"]);
    }
}
