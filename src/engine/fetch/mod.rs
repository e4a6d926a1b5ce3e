//! The stage fetch: datasets become samples.

mod left_out;

use crate::dataset::{self, Dataset, SourcePlan};
use crate::engine::Context;
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::id::{DatasetId, Per};
use crate::plan::Plan;
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
        dataset.warnings.extend(left_out::warnings(plan, id, &dataset));
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

/// The number of rows asked and, if known, of all rows; and in how many orders the choices are asked, or in how many turns.
fn rows_of(dataset: &Dataset) -> String {
    let (asked, all) = (dataset.questions(), dataset.samples.len());
    let orders = dataset.samples.iter().filter(|sample| sample.replies() == 0).count();
    let rows = match dataset.provenance.rows {
        Some(rows) => format!("{asked} of {}", counted(rows, "row")),
        None => counted(asked, "row"),
    };
    let rows = if orders > asked { format!("{rows} in {orders} orders of their choices") } else { rows };
    if all > orders { format!("{rows} in {all} turns") } else { rows }
}
