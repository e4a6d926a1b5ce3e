//! The stage aggregate: rows become tables.

use polars::prelude::DataFrame;

use super::Context;
use crate::error::Error;
use crate::event::Stage;
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
}

/// Aggregates the rows of a run.
///
/// # Errors
/// A table that cannot be made.
pub fn aggregate(rows: &[Row<'_>], context: &Context<'_>) -> Result<Tables, Error> {
    let results = frame(rows)?;
    let tables = Tables {
        models: summaries(&results, Grouping::Model)?,
        cells: summaries(&results, Grouping::Cell)?,
        subjects: summaries(&results, Grouping::Subject)?,
        results,
    };
    let line = format!(
        "{} responses in {} cells of {} models",
        tables.results.height(),
        tables.cells.len(),
        tables.models.len()
    );
    context.finished(Stage::Aggregate, line);
    Ok(tables)
}
