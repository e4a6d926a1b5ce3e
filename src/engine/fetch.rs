//! The stage fetch: datasets become samples.

use super::Context;
use crate::dataset::SourcePlan;
use crate::dataset::{self, Dataset};
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::id::{DatasetId, Per};
use crate::plan::Plan;
use crate::prompt;
use crate::sample::Sample;

/// Fetches every dataset of the plan, in order.
///
/// # Errors
/// A dataset cannot be fetched.
pub async fn fetch(plan: &Plan, context: &Context<'_>) -> Result<Per<DatasetId, Dataset>, Error> {
    let mut datasets = Vec::with_capacity(plan.datasets.len());
    for (id, wanted) in plan.datasets.with_ids() {
        let mut dataset = dataset::fetch(wanted, context.hub).await?;
        if matches!(wanted.source, SourcePlan::Hub { .. }) && context.hub.token.is_some() {
            let clean = |samples: Vec<Sample>| samples.into_iter().map(|sample| sample.redacted(&context.secrets));
            dataset.samples = clean(dataset.samples).collect();
            dataset.examples = clean(dataset.examples).collect();
        }
        dataset.warnings.extend(left_out(plan, id, &dataset));
        dataset.warnings.iter().for_each(|warning| context.warn(warning.clone()));
        let commit = dataset
            .provenance
            .revision
            .as_deref()
            .map_or(String::new(), |commit| format!(" at {}", commit.get(..12).unwrap_or(commit)));
        let line = format!("{}: {} from {}{commit}", dataset.name, rows_of(&dataset), dataset.provenance.source);
        context.finished(Stage::Fetch, line);
        datasets.push(dataset);
    }
    Ok(datasets.into())
}

/// A warning if the questions are about a passage that no template shows.
fn left_out(plan: &Plan, id: DatasetId, dataset: &Dataset) -> Option<String> {
    let has_passage = dataset.samples.iter().any(|sample| sample.passage.is_some());
    let mut names: Vec<&str> = dataset.passage.iter().map(|name| name.split('.').next().unwrap_or(name)).collect();
    names.push("passage");
    let templates = plan.models.iter().flat_map(|model| model.asking[id].form.templates());
    let mut templates = templates.collect::<std::collections::BTreeSet<_>>().into_iter();
    let mut is_shown = || templates.any(|text| prompt::uses(text, &names));
    (has_passage && !is_shown()).then(|| {
        format!(
            "the questions of `{}` are about a passage (`{}`), which the prompt leaves out; \
             put `{{{{ passage }}}}` into the template, or set `columns: {{ passage: [] }}`",
            dataset.name,
            dataset.passage.join("`, `")
        )
    })
}

/// The number of rows asked and, if known, of all rows; and in how many orders the choices are asked, or in how many turns.
fn rows_of(dataset: &Dataset) -> String {
    let (asked, all) = (dataset.questions(), dataset.samples.len());
    let orders = dataset.samples.iter().filter(|sample| sample.replies() == 0).count();
    let rows = match dataset.provenance.rows {
        Some(rows) => format!("{asked} of {rows} rows"),
        None => counted(asked, "row"),
    };
    let rows = if orders > asked { format!("{rows} in {orders} orders of their choices") } else { rows };
    if all > orders { format!("{rows} in {all} turns") } else { rows }
}
