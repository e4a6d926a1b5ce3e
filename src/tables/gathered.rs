//! The figures of a batch while they are gathered, some rows at a time and in order.

use std::sync::Arc;

use polars::prelude::{Column, DataFrame, PolarsResult, Series};

use super::figures::Figures;
use super::words::Words;

/// A frame that grows by the rows of others, so that each of these is freed as soon as it was added.
pub struct Gathered {
    words: Arc<Words>,
    rows: usize,
    columns: Vec<Growing>,
}

/// Rows that are put together before they are added to the rest: polars counts what is null in a column anew each time that
/// it grows.
const TOGETHER: usize = 1 << 12;

/// A column that grows.
struct Growing {
    values: Series,
    /// The last values, still to be added to the others.
    recent: Series,
    /// Nulls behind these, still to be written. Many columns hold nothing else, and take no memory.
    nulls: usize,
}

impl Gathered {
    /// Begins without a row.
    ///
    /// # Errors
    /// polars refuses the columns.
    pub fn new(words: &Arc<Words>) -> PolarsResult<Self> {
        let empty = Figures::frame_of(&[], words)?;
        let columns = empty.columns().iter().map(|column| Growing::new(column.as_materialized_series().clone()));
        Ok(Self { words: Arc::clone(words), rows: 0, columns: columns.collect() })
    }

    /// Adds rows, as [`Figures::frame_of`] makes them.
    ///
    /// # Errors
    /// They have other columns.
    pub fn add(&mut self, more: &DataFrame) -> PolarsResult<()> {
        self.rows += more.height();
        let columns = self.columns.iter_mut().zip(more.columns());
        columns.into_iter().try_for_each(|(column, more)| column.add(more.as_materialized_series()))
    }

    /// All that was added.
    ///
    /// # Errors
    /// polars refuses the columns.
    pub fn figures(self) -> PolarsResult<Figures> {
        let columns = self.columns.into_iter().map(Growing::finish).collect::<PolarsResult<Vec<Column>>>()?;
        Figures::new(DataFrame::new(self.rows, columns)?, self.words)
    }
}

impl Growing {
    fn new(empty: Series) -> Self {
        Self { recent: empty.clone(), values: empty, nulls: 0 }
    }

    fn add(&mut self, more: &Series) -> PolarsResult<()> {
        if more.null_count() == more.len() {
            self.nulls += more.len();
            return Ok(());
        }
        self.write_nulls()?;
        self.recent.extend(more)?;
        if self.recent.len() >= TOGETHER { self.write_recent() } else { Ok(()) }
    }

    fn write_nulls(&mut self) -> PolarsResult<()> {
        if self.nulls == 0 {
            return Ok(());
        }
        let nulls = Series::full_null(self.values.name().clone(), std::mem::take(&mut self.nulls), self.values.dtype());
        if self.values.is_empty() && self.recent.is_empty() {
            // Memory of nothing but nulls is not touched until it is read.
            self.values = nulls;
            return Ok(());
        }
        if self.recent.len() + nulls.len() < TOGETHER {
            return self.recent.extend(&nulls).map(drop);
        }
        self.write_recent()?;
        self.values.extend(&nulls).map(drop)
    }

    fn write_recent(&mut self) -> PolarsResult<()> {
        let none = self.recent.clear();
        self.values.extend(&std::mem::replace(&mut self.recent, none)).map(drop)
    }

    fn finish(mut self) -> PolarsResult<Column> {
        self.write_nulls()?;
        self.write_recent()?;
        Ok(self.values.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::{Fixture, ms};

    #[test]
    fn rows_that_are_added_are_those_of_one_frame() {
        let mut fixture = Fixture::new(7);
        // Known in the middle, at the end and nowhere; a list and a text among them.
        fixture.responses[3].server.load = Some(ms(5));
        fixture.responses[6].stamps.first_token = Some(ms(40));
        fixture.responses[4].gaps = vec![ms(20), ms(30)];
        fixture.responses[2].fault = Some("no connection".into());
        let (rows, words) = (fixture.rows(), Arc::default());
        let mut gathered = Gathered::new(&words).unwrap();
        for rows in rows.chunks(2) {
            gathered.add(&Figures::frame_of(rows, &words).unwrap()).unwrap();
        }
        let whole = Figures::frame_of(&rows, &words).unwrap();
        assert!(gathered.figures().unwrap().frame().equals_missing(&whole));
        let none = Gathered::new(&words).unwrap().figures().unwrap();
        assert!(none.frame().equals_missing(&Figures::frame_of(&[], &words).unwrap()));
    }
}
