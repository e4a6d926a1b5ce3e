//! The stage fetch: datasets become samples.

use super::Context;
use crate::dataset::SourcePlan;
use crate::dataset::{self, Dataset};
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
    for wanted in &plan.datasets {
        let mut dataset = dataset::fetch(wanted, context.hub).await?;
        if matches!(wanted.source, SourcePlan::Hub { .. }) && context.hub.token.is_some() {
            let clean = |samples: Vec<Sample>| samples.into_iter().map(|sample| sample.redacted(&context.secrets));
            dataset.samples = clean(dataset.samples).collect();
            dataset.examples = clean(dataset.examples).collect();
        }
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

/// The number of rows asked and, if known, of all rows.
fn rows_of(dataset: &Dataset) -> String {
    match (dataset.samples.len(), dataset.provenance.rows) {
        (asked, Some(rows)) => format!("{asked} of {rows} rows"),
        (asked, None) => counted(asked, "row"),
    }
}
