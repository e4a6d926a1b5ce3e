//! Checks of judges: how far those that are models agree with each other and with people, and what the order decides.

use std::collections::BTreeSet;

use super::check::CheckStatus;
use super::found::{Finding, Found};
use crate::format::{counted, percent};
use crate::judge::Judge;
use crate::plan::{HumanLabel, Plan};
use crate::tables::agreement::{JudgeAgreement, kappa_of};
use crate::tables::comparisons::PairwiseLine;
use crate::tables::figures::Figures;
use crate::tables::group::Group;

/// Fewest comparisons of which the check of their order says anything.
const FEWEST_COMPARED: u64 = 10;

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
pub(super) fn agreement(judges: &[&JudgeAgreement]) -> Found {
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
        Some(match is_low {
            true => Finding::about(CheckStatus::Warned, judge.judge.clone(), found + advice),
            false => Finding::about(CheckStatus::Passed, String::new(), found),
        })
    });
    Found::any(made)
}

/// Share of comparisons that the order decides above which they say more of the judge than of the models. GPT-4 has 35 % in
/// Zheng et al. 2023, "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", table 2.
const ORDER_DECIDED: f64 = 0.4;

/// How often the two orders of a comparison disagreed.
pub(super) fn order_decided(lines: &[&PairwiseLine]) -> Found {
    let made = lines.iter().filter(|line| line.both_orders >= FEWEST_COMPARED).filter_map(|line| {
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
        Some(match is_high {
            true => Finding::about(CheckStatus::Warned, line.judge.clone(), found + advice),
            false => Finding::about(CheckStatus::Passed, String::new(), found),
        })
    });
    Found::any(made)
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

    #[test]
    fn families_are_the_names_without_sizes_and_owners() {
        for (model, family) in [("meta/llama3.1:8b", "llama"), ("gemma:2b", "gemma"), ("qwen2", "qwen"), ("7b", "")] {
            assert_eq!(family_of(model), family);
        }
    }
}
