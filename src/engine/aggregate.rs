//! The stage aggregate: rows become tables.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::Context;
use super::generate::Surplus;
use crate::checks::{Check, Outcome, checks, surplus_check};
use crate::error::Error;
use crate::event::Stage;
use crate::plan::Plan;
use crate::tables::frame::frame;
use crate::tables::row::Row;
use crate::tables::summary::{Grouping, Summary, summaries};

/// The tables of a run.
pub struct Tables {
    /// One row per response.
    pub results: DataFrame,
    /// Per model and level.
    pub models: Vec<Summary>,
    /// Per model, dataset and level.
    pub cells: Vec<Summary>,
    /// Per model, subject and level.
    pub subjects: Vec<Summary>,
    /// How far the figures can be trusted.
    pub checks: Vec<Check>,
}

/// Aggregates and checks the rows of a run. `contexts` holds the context length of each model in tokens, where
/// the server tells it; `surplus` the endpoints that answered what nobody asked.
///
/// # Errors
/// A table that cannot be made.
pub fn aggregate(
    plan: &Plan,
    rows: &[Row<'_>],
    contexts: &[Option<u64>],
    surplus: &BTreeMap<String, Surplus>,
    context: &Context<'_>,
) -> Result<Tables, Error> {
    let results = frame(rows)?;
    let models = summaries(&results, rows, Grouping::Model)?;
    let spoilt = surplus.iter().map(|(endpoint, found)| surplus_check(endpoint, found.connections, found.forgotten));
    let tables = Tables {
        cells: summaries(&results, rows, Grouping::Cell)?,
        subjects: summaries(&results, rows, Grouping::Subject)?,
        checks: spoilt.chain(checks(plan, rows, &models, contexts)).collect(),
        models,
        results,
    };
    let found = |outcome| tables.checks.iter().filter(|check| check.outcome == outcome).count();
    let line = format!(
        "{} responses in {} cells; checks: {} failed, {} warned",
        tables.results.height(),
        tables.cells.len(),
        found(Outcome::Failed),
        found(Outcome::Warned),
    );
    context.finished(Stage::Aggregate, line);
    Ok(tables)
}
