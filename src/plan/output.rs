//! Where a run writes, and what it may spend: both are a shard's own.

use std::path::Path;

use super::OutputPlan;
use super::names::plain;
use super::shard::Shard;
use crate::spec::types::{BudgetSpec, Spec};

/// The part of a budget that a shard may spend. Time passes for all of them alike.
pub(super) fn budget(mut budget: BudgetSpec, shard: Option<Shard>) -> BudgetSpec {
    if let Some(shard) = shard {
        budget.max_cost = budget.max_cost.map(|cost| cost / f64::from(shard.count()));
        budget.max_requests = budget.max_requests.map(|requests| shard.part(requests));
    }
    budget
}

/// Where results and responses go; a shard has both for itself, so that shards of one folder do not meet.
pub(super) fn output(spec: &Spec, folder: &Path, shard: Option<Shard>) -> OutputPlan {
    let chosen = spec.output.dir.clone().unwrap_or_else(|| Path::new("outputs").join(&spec.name));
    let mut out = plain(&folder.join(chosen));
    let own = |name: &str| shard.map_or_else(|| name.to_owned(), |shard| shard.name(name));
    if let Some(name) = out.file_name().map(|name| name.to_string_lossy().into_owned()) {
        out.set_file_name(own(&name));
    }
    let outer = out.parent().filter(|outer| !outer.as_os_str().is_empty()).unwrap_or(Path::new("."));
    OutputPlan {
        store: outer.join(own("store")).with_extension("sqlite"),
        folder: out.clone(),
        formats: spec.output.formats.clone(),
        medium: spec.output.medium,
        chart_data: spec.output.chart_data,
        report: spec.output.report,
    }
}
