//! Checks of what was asked and how: known errors of a dataset, and scores that are one draw.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::check::CheckStatus;
use super::found::Found;
use crate::dataset::{Dataset, SourcePlan, SplitUse};
use crate::format::counted;
use crate::id::ModelId;
use crate::plan::{ModelPlan, Plan};
use crate::spec::preset;

/// Datasets with label errors that are known, by the end of the repository's name, with what was found.
///
/// Source: A. P. Gema et al., "Are We Done with MMLU?", NAACL 2025 (MMLU-Redux).
const ERRORS: [(&str, &str); 1] =
    [("/mmlu", "about 6.5 % of the questions of MMLU have a wrong or unclear key, in virology 57 % (MMLU-Redux)")];

/// Datasets whose labels are known to be wrong in part: no score can be trusted more closely than that.
pub(super) fn label_errors(plan: &Plan) -> Found {
    let known = plan.datasets.iter().filter(|dataset| !dataset.is_unjudged).find_map(|dataset| {
        let SourcePlan::Hub { repo, .. } = &dataset.source else { return None };
        let repo = repo.to_lowercase();
        ERRORS.into_iter().find(|(end, _)| repo.ends_with(end)).map(|(_, found)| found)
    });
    known.map_or_else(Found::default, |found| Found::note(found.to_owned()))
}

/// Datasets of which another split than that for tests is asked: models are trained on one, and chosen by another. A benchmark
/// whose own preset asks it so has no other split with answers.
pub(super) fn split(plan: &Plan) -> Found {
    let asked = plan.datasets.iter().filter_map(|dataset| {
        let SourcePlan::Hub { repo, split, .. } = &dataset.source else { return None };
        let named = SplitUse::named(split).filter(|_| !preset::asks(repo, split))?;
        let problem = match named {
            SplitUse::Training => format!(
                "split `{split}` is what models are trained on, so its score says little of new questions; ask a test split"
            ),
            SplitUse::Validation => format!(
                "split `{split}` is what models are tuned and chosen by, so its score is no score of the test split; ask \
                 that one if it has answers, and name the split beside the score"
            ),
        };
        Some((dataset.name.clone(), Some(problem)))
    });
    Found::of(asked, CheckStatus::Warned)
}

/// Models that draw their answers at random and are asked once: another run would give another score.
pub(super) fn one_draw(plan: &Plan) -> Found {
    if !plan.is_judged() || plan.generation.repeats > 1 {
        return Found::default();
    }
    let drawn = plan.models.iter().filter_map(|model| {
        let temperatures = model.all_parameters().filter_map(|parameters| parameters.temperature);
        let temperature = temperatures.fold(0.0, f64::max);
        if temperature <= 0.0 {
            return None;
        }
        let problem = format!(
            "the temperature is {temperature} and each question is asked once, so the score is one draw; set \
             `generation.repeats`, or a temperature of 0"
        );
        Some((model.name.clone(), Some(problem)))
    });
    Found::of(drawn, CheckStatus::Warned)
}

/// Rows that repeat the id of another, or its question with another right answer.
pub(super) fn repeated_rows(datasets: &[Dataset]) -> Found {
    let told =
        |dataset: &Dataset| dataset.repeated.iter().map(|told| (dataset.name.clone(), Some(told.clone()))).collect();
    Found::of(datasets.iter().flat_map(|dataset| -> Vec<_> { told(dataset) }), CheckStatus::Warned)
}

/// What asks for several answers to one request, in the words of each API.
const SEVERAL: [&str; 4] = ["n", "best_of", "num_return_sequences", "candidate_count"];

/// Models that are asked for several answers at a time, or give them, with how often: one is read, and all are paid for.
pub(super) fn several_answers(plan: &Plan, given: &BTreeMap<ModelId, u64>) -> Found {
    Found::of(several_wanted(plan).chain(several_unasked(plan, given)), CheckStatus::Warned)
}

fn several_wanted(plan: &Plan) -> impl Iterator<Item = (String, Option<String>)> {
    plan.models.iter().filter_map(|model| {
        let (name, count) = several_asked(model)?;
        let problem = format!(
            "`extra_body: {{ {name}: {count} }}` asks for {count} answers to each request; the first is read, and the tokens, cost and \
             time are those of all; set `generation.repeats: {count}` to read each"
        );
        Some((model.name.clone(), Some(problem)))
    })
}

/// What asks a model for several answers, and for how many.
fn several_asked(model: &ModelPlan) -> Option<(&'static str, u64)> {
    let mut bodies = model.all_parameters().filter_map(|parameters| parameters.options.extra_body.as_ref());
    let several =
        |body: &Json| SEVERAL.iter().find_map(|name| Some((*name, body.get(name)?.as_u64().filter(|n| *n > 1)?)));
    bodies.find_map(several)
}

/// Models that gave several answers to a request of this run, which nobody had asked them for, with how often.
fn several_unasked(plan: &Plan, counts: &BTreeMap<ModelId, u64>) -> impl Iterator<Item = (String, Option<String>)> {
    let unasked = plan.models.with_ids().filter(|(_, model)| several_asked(model).is_none());
    unasked.filter_map(|(id, model)| {
        let count = counts.get(&id).copied().filter(|count| *count > 0)?;
        let held = if count == 1 { "held" } else { "each held" };
        let problem = format!(
            "{} of this run {held} several answers, though one was asked for; the first is read, and the tokens, cost and time may be \
             those of all; `extra_body: {{ n: 1 }}` may ask for one",
            counted(count, "response")
        );
        Some((model.name.clone(), Some(problem)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::fixture::statuses;
    use crate::id::Id;
    use crate::tables::fixture::Fixture;

    #[test]
    fn other_splits_than_that_for_tests_are_named() {
        for (repo, split, is_warned) in [
            ("cais/mmlu", "test", false),
            ("cais/mmlu", "validation", true),
            ("cais/mmlu", "train", true),
            ("someone/own", "questions", false),
            // The test split of HellaSwag has no answers, and its preset asks the other.
            ("Rowan/hellaswag", "validation", false),
            ("Rowan/hellaswag", "train", true),
        ] {
            let mut fixture = Fixture::new(1);
            let (repo, split, subsets) = (repo.to_owned(), split.to_owned(), None);
            fixture.plan.datasets[Id::at(0)].source =
                SourcePlan::Hub { repo, subsets, split, revision: "main".into(), pinned: None };
            assert_eq!(
                !statuses(&fixture, "split").is_empty(),
                is_warned,
                "{:?}",
                fixture.plan.datasets[Id::at(0)].source
            );
        }
    }
}
