//! Checks of what was asked and how: known errors of a dataset, and scores that are one draw.

use super::{CheckStatus, Found};
use crate::dataset::SourcePlan;
use crate::plan::Plan;

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

/// Models that draw their answers at random and are asked once: another run would give another score.
pub(super) fn one_draw(plan: &Plan) -> Found {
    if plan.generation.repeats > 1 {
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
