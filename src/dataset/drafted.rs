//! Rows of a file as drafts, by the roles of its columns: read some at a time, and converted on all cores.

use std::num::NonZeroU32;

use rayon::prelude::*;

use super::columns::{Draft, Origin};
use super::error::DatasetError;
use super::fault::Fault;
use super::roles::Roles;
use super::rows::{Numbered, Table, weight};
use super::select::Filter;
use crate::spec::types::ColumnsSpec;

/// Rows that are read together at first, and at most: of a dataset with a limit only the first ones may be needed.
const FEWEST: usize = 16;
const MOST: usize = 2048;

/// A row that was read.
pub(super) struct Drafted {
    /// True if it passes the filter.
    pub passes: bool,
    /// Its memory in bytes.
    pub weight: usize,
    pub line: Option<NonZeroU32>,
    pub draft: Result<Draft, Fault>,
}

/// The rows of a file, one after the other.
pub(super) struct Drafting<'d, 'f> {
    rows: Box<dyn Iterator<Item = Result<Numbered, DatasetError>>>,
    roles: &'d Roles,
    filter: &'d mut Filter<'f>,
    subset: Option<&'d str>,
    /// Number of the next row that is read.
    index: usize,
    together: usize,
    made: std::vec::IntoIter<Result<Drafted, DatasetError>>,
}

impl<'d, 'f> Drafting<'d, 'f> {
    /// The rows, of which the first has this number.
    pub(super) fn new(
        rows: Box<dyn Iterator<Item = Result<Numbered, DatasetError>>>,
        (roles, subset): (&'d Roles, Option<&'d str>),
        filter: &'d mut Filter<'f>,
        index: usize,
    ) -> Self {
        Self { rows, roles, filter, subset, index, together: FEWEST, made: Vec::new().into_iter() }
    }

    fn read(&mut self) {
        let (roles, subset, first) = (self.roles, self.subset, self.index);
        let rows = self.rows.by_ref().take(self.together).map(|row| {
            let mut row = row?;
            roles.name_subject(&mut row.row);
            Ok((self.filter.passes(&row.row, roles, subset), row))
        });
        let rows: Vec<Result<(bool, Numbered), DatasetError>> = rows.collect();
        self.index += rows.len();
        self.together = (self.together * 4).min(MOST);
        let drafted = |(place, row): (usize, Result<(bool, Numbered), DatasetError>)| {
            let (passes, Numbered { row, line }) = row?;
            let weight = row.values().map(weight).sum();
            Ok(Drafted { passes, weight, line, draft: roles.draft(row, first + place, subset) })
        };
        self.made = rows.into_par_iter().enumerate().map(drafted).collect::<Vec<_>>().into_iter();
    }
}

impl Iterator for Drafting<'_, '_> {
    type Item = Result<Drafted, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.made.len() == 0 {
            self.read();
        }
        self.made.next()
    }
}

/// The roles of the columns; `None` if unread rows may change them.
pub(super) fn found(
    columns: &ColumnsSpec,
    table: &Table,
    origin: Origin<'_>,
    filter: &Filter<'_>,
) -> Result<Option<Roles>, DatasetError> {
    let roles = Roles::find(columns, table, origin.path)
        .and_then(|roles| filter.check(&table.columns, &roles, &origin).map(|()| roles));
    match roles {
        Ok(roles) => Ok((!table.is_part || roles.are_final(columns)).then_some(roles)),
        Err(_) if table.is_part => Ok(None),
        Err(error) => Err(error),
    }
}
