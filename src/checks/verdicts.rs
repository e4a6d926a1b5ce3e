//! Checks of verdicts: answers that state nothing, weak evidence, and judges that are models.

use std::collections::BTreeSet;

use super::{Check, CheckStatus, Found};
use crate::format::{counted, percent};
use crate::judge::{CLASSES, Class, Judge, Rank};
use crate::plan::{HumanLabel, Plan};
use crate::tables::agreement::{JudgeAgreement, kappa_of};
use crate::tables::comparisons::PairwiseLine;
use crate::tables::figures::Figures;
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

/// Scores that cannot be told from guessing; a handful of questions shows it neither way.
pub(super) fn guessing(groups: &[Group]) -> Found {
    Found::each(groups, CheckStatus::Warned, |group| {
        let summary = &group.summary;
        let (score, expected, p) = (summary.score?, summary.guessing?, summary.guessing_p?);
        let problem = || {
            format!(
                "the score of {} cannot be told from guessing, which scores {} on average (p = {p:.2}); ask more questions, \
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

/// Judges that are of one family with a model that they judge.
pub(super) fn family(plan: &Plan) -> Found {
    let judged: BTreeSet<&str> = plan.models.iter().map(|model| family_of(&model.model)).collect();
    let judges = plan.judges.iter().flat_map(|judges| {
        std::iter::once(&judges.score)
            .chain(judges.others.iter().map(|(_, judge)| judge))
            .flat_map(|judge| &judge.models)
    });
    let own: BTreeSet<&str> = judges.map(|judge| judge.model.as_str()).collect();
    let problem = |judge: &str| {
        format!(
            "`{judge}` judges answers of its own family, which models tend to prefer; use a judge of another family"
        )
    };
    let checks = own.into_iter().map(|judge| {
        let is_own = !family_of(judge).is_empty() && judged.contains(family_of(judge));
        (judge.to_owned(), is_own.then(|| problem(judge)))
    });
    Found::of(checks, CheckStatus::Warned)
}

/// The name of a model without its owner, version and size: `llama` of `meta/llama3.1:8b`.
fn family_of(model: &str) -> &str {
    let name = model.rsplit('/').next().unwrap_or(model);
    let end = name.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(name.len());
    &name[..end]
}

/// κ below which models that judge agree so little that a score says more of who judges.
const AGREEMENT: f64 = 0.4;

/// Fewest answers of which the check of agreement says anything.
const FEWEST_JUDGED: usize = 10;

/// How far the models of each judge agree with each other.
pub fn agreement(judges: &[&JudgeAgreement]) -> Vec<Check> {
    let made = judges.iter().filter_map(|judge| {
        let share = judge.all.alike.filter(|_| judge.all.answers >= FEWEST_JUDGED)?;
        let kappa = judge.all.kappa;
        let beyond = kappa.map_or_else(String::new, |kappa| {
            format!(", κ {:.2} [{:.2}, {:.2}]", kappa.kappa, kappa.interval.0, kappa.interval.1)
        });
        let (models, answers) = (judge.all.models.join(", "), counted(judge.all.answers, "answer"));
        let found = format!("{models} agree on {} of {answers} to {}{beyond}", percent(share), judge.dataset);
        let is_low = kappa.is_some_and(|kappa| kappa.kappa < AGREEMENT);
        let advice = "; look at answers on which they differ (`judge_answers.csv`), and make the rubric clearer";
        Some(Check {
            name: "judge_agreement".to_owned(),
            status: if is_low { CheckStatus::Warned } else { CheckStatus::Passed },
            subject: if is_low { judge.judge.clone() } else { String::new() },
            message: if is_low { found + advice } else { found },
        })
    });
    made.collect()
}

/// Share of comparisons that the order decides above which they say more of the judge than of the models. GPT-4 has 35 % in
/// Zheng et al. 2023, "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", table 2.
const ORDER_DECIDED: f64 = 0.4;

/// How often the two orders of a comparison disagreed.
pub fn order_decided<'l>(lines: impl Iterator<Item = &'l PairwiseLine>) -> Vec<Check> {
    let made = lines.filter(|line| line.both_orders >= FEWEST).filter_map(|line| {
        let share = line.order_decided?.mean;
        let [first, second] = line.places;
        let comparisons = counted(line.both_orders, "comparison");
        let found = format!(
            "the order decided {} of {comparisons} of {} and {}, {first} for the first place and {second} for the second",
            percent(share),
            line.labels[0],
            line.labels[1]
        );
        let is_high = share > ORDER_DECIDED;
        let advice = "; they count as ties, so use another judge or a clearer rubric to tell the models apart";
        Some(Check {
            name: "order_decided".to_owned(),
            status: if is_high { CheckStatus::Warned } else { CheckStatus::Passed },
            subject: if is_high { line.judge.clone() } else { String::new() },
            message: if is_high { found + advice } else { found },
        })
    });
    made.collect()
}

/// How far verdicts agree with what people say of the same answers.
pub(super) fn calibration(plan: &Plan, groups: &[Group]) -> Found {
    let labels: Vec<&HumanLabel> = plan.judges.iter().flat_map(|judges| &judges.score.calibration).collect();
    if labels.is_empty() {
        return Found::default();
    }
    let found = groups.iter().flat_map(|group| pairs_of(&labels, &group.batch.model.name, &group.figures));
    let (pairs, questions): (Vec<(String, String)>, Vec<u64>) = found.unzip();
    let scale = plan.judges.iter().find_map(|judges| match &*judges.score.judge {
        Judge::Model(judge) if !judges.score.calibration.is_empty() => judge.spec.scale,
        _ => None,
    });
    let words: Vec<(&str, &str)> = pairs.iter().map(|(judge, person)| (judge.as_str(), person.as_str())).collect();
    let note = match kappa_of(&words, scale, &questions) {
        None if pairs.is_empty() => "no answer has a human label; check the columns `model` and `prompt_id`".to_owned(),
        kappa => {
            let alike = pairs.iter().filter(|(judge, person)| judge == person).count();
            let beyond = kappa.map_or_else(String::new, |kappa| {
                format!(", κ {:.2} [{:.2}, {:.2}]", kappa.kappa, kappa.interval.0, kappa.interval.1)
            });
            let share = percent(alike as f64 / pairs.len() as f64);
            format!("the judge agrees with {share} of {}{beyond}", counted(pairs.len(), "human label"))
        }
    };
    Found::note(note)
}

/// What the judge and what people say of the same answers of a model, and to which question.
fn pairs_of(labels: &[&HumanLabel], model: &str, figures: &Figures) -> Vec<((String, String), u64)> {
    let own: Vec<&&HumanLabel> = labels.iter().filter(|label| label.model == model).collect();
    let judged = (0..figures.len()).filter_map(|row| {
        let sample = figures.sample.get(row)?;
        let label = own.iter().find(|label| i64::try_from(label.prompt_id) == Ok(sample))?;
        Some(((figures.extracted.get(row)?.to_owned(), label.label.clone()), label.prompt_id))
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::tests::{of, statuses};
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

    #[test]
    fn families_are_the_names_without_sizes_and_owners() {
        for (model, family) in [("meta/llama3.1:8b", "llama"), ("gemma:2b", "gemma"), ("qwen2", "qwen"), ("7b", "")] {
            assert_eq!(family_of(model), family);
        }
    }
}
