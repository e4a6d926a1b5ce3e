//! The stage aggregate: rows become tables.

use polars::prelude::DataFrame;

use super::Context;
use crate::checks::{Check, Outcome, checks};
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
/// the server tells it.
///
/// # Errors
/// A table that cannot be made.
pub fn aggregate(
    plan: &Plan,
    rows: &[Row<'_>],
    contexts: &[Option<u64>],
    context: &Context<'_>,
) -> Result<Tables, Error> {
    let results = frame(rows)?;
    let models = summaries(&results, rows, Grouping::Model)?;
    let tables = Tables {
        cells: summaries(&results, rows, Grouping::Cell)?,
        subjects: summaries(&results, rows, Grouping::Subject)?,
        checks: checks(plan, rows, &models, contexts),
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
