//! Checks of verdicts: answers that state nothing, scores that may be guessed, and weak evidence.

use super::check::CheckStatus;
use super::found::Found;
use crate::format::{counted, percent};
use crate::judge::{CLASSES, Class, Rank};
use crate::tables::group::Group;

/// Share of answers without a readable answer above which a score says more of the form than of the content.
const UNREAD: f64 = 0.1;

/// Share of verdicts on weak evidence above which a warning says so.
const WEAK: f64 = 0.1;

/// Fewest questions of which the check says anything.
const FEWEST: u64 = 10;

/// The strongest rank that counts as weak.
const WEAKEST_SOUND: Rank = Rank::Truth;

/// Answers in which nothing was read, by class.
pub(super) fn unread(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let summary = &group.summary;
        let share = (summary.samples > 0).then(|| summary.not_answers() as f64 / summary.samples as f64)?;
        let kinds =
            CLASSES.into_iter().filter(|class| !matches!(class, Class::Correct | Class::Wrong | Class::Unjudged));
        let kinds = kinds.map(|class| (summary.verdicts(class), class)).filter(|(count, _)| *count > 0);
        let kinds: Vec<String> =
            kinds.map(|(count, class)| format!("{count} {}", class.word().replace('_', " "))).collect();
        let problem = || {
            format!(
                "{} of the answers state no single answer and are scored 0: {}; `smallbench explain` shows one",
                percent(share),
                kinds.join(", ")
            )
        };
        Some((share > UNREAD).then(problem))
    })
}

/// Answers that count in no score.
pub(super) fn unjudged(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let count = group.summary.verdicts(Class::Unjudged);
        let problem = || format!("{} could not be judged and count in no score", counted(count, "answer"));
        (count > 0).then(|| Some(problem()))
    })
}

/// Scores that are not distinguishable from guessing; a handful of questions shows it neither way.
pub(super) fn guessing(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let summary = &group.summary;
        let (score, expected, p) = (summary.score?, summary.guessing?, summary.guessing_p?);
        let problem = || {
            format!(
                "the score of {} is not distinguishable from guessing, which scores {} on average (p = {p:.2}); ask more questions, \
                 or easier ones, before you rank it",
                percent(score),
                percent(expected)
            )
        };
        (summary.items >= FEWEST).then(|| summary.is_guessing().then(problem))
    })
}

/// Verdicts that rest on weak evidence.
pub(super) fn evidence(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let weak = crate::judge::RANKS.into_iter().filter(|rank| *rank > WEAKEST_SOUND);
        let share: f64 = weak.map(|rank| group.summary.evidence_share(rank)).sum::<Option<f64>>()?;
        let problem = || {
            format!(
                "{} of the verdicts rest on weak evidence (columns `evidence` and `rule`); the judge `choice` leaves it out \
                 with `least_evidence`",
                percent(share)
            )
        };
        Some((share > WEAK).then(problem))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::{of, statuses};
    use crate::tables::fixture::{Fixture, verdict};

    #[test]
    fn answers_that_state_nothing_are_named_by_kind() {
        let mut fixture = Fixture::new(10);
        assert_eq!(statuses(&fixture, "unread")[0].0, CheckStatus::Passed);
        fixture.verdicts[0] = Some(verdict(Class::Echo));
        fixture.verdicts[1] = Some(verdict(Class::NoAnswer));
        let found = of(&fixture, &[]).into_iter().find(|check| check.name == "unread").unwrap();
        assert!(found.message.contains("20.0 %") && found.message.contains("1 no answer, 1 echo"), "{}", found.message);
    }

    #[test]
    fn what_is_unjudged_is_counted() {
        let mut fixture = Fixture::new(3);
        assert_eq!(statuses(&fixture, "unjudged"), []);
        fixture.verdicts[0] = Some(verdict(Class::Unjudged));
        assert_eq!(statuses(&fixture, "unjudged")[0].0, CheckStatus::Warned);
    }
}
