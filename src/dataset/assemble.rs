//! Assembles samples from files; only rows that are asked must be valid.
//!
//! With a limit, no more is read than the samples depend on: once there are enough, further rows
//! only determine the reading of the answers.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::FileProvenance;
use super::answer::Common;
use super::columns::{Draft, Origin, Roles};
use super::error::{DatasetError, Fault};
use super::format::{self, Format};
use super::locate::Part;
use super::rows::{MOST_ROWS, Row, Table, weight};
use super::select::{Filter, shuffle};
use crate::sample::Sample;
use crate::spec::scalar::OneOrMany;
use crate::spec::types::ColumnsSpec;

/// Maximum memory for the rows of a dataset, in bytes.
const MOST_BYTES: usize = 1 << 30;

/// Maximum number of rows of a file that are sampled before all are read.
const MOST_LOOKED_AT: usize = 1 << 17;

/// Growth factor of the number of first rows read when they do not suffice.
const GROWTH: usize = 16;

/// The rows of all files that pass the filter and may be asked.
pub(super) struct Drafts<'a> {
    entries: Vec<Entry>,
    /// Number of leading rows that may be asked; the others only determine the reading of the answers.
    most: usize,
    common: Common,
    /// True if there are enough rows, and unread rows cannot change them.
    is_closed: bool,
    bytes: usize,
    parts: &'a [Part],
    /// The name of the answer column, if a file has one.
    answer: Option<String>,
    /// Rows read, before the filter.
    rows: usize,
    /// The files, with their numbers of rows if known.
    pub files: Vec<FileProvenance>,
}

/// A row that may not be asked; its errors count only if it is.
struct Entry {
    row: usize,
    part: usize,
    draft: Result<Draft, Fault>,
}

/// Reads all files and keeps the first `most` rows; `place` names the source in errors.
pub(super) fn draft<'a>(
    place: &str,
    parts: &'a [Part],
    columns: &ColumnsSpec,
    wanted: &BTreeMap<String, OneOrMany<String>>,
    most: usize,
) -> Result<Drafts<'a>, DatasetError> {
    let mut filter = Filter::new(wanted);
    // At least one, to distinguish a filter that no row passes from a limit of zero.
    let most = most.max(1);
    let mut drafts = Drafts {
        entries: Vec::new(),
        most,
        common: Common::new(),
        is_closed: false,
        bytes: 0,
        parts,
        answer: None,
        rows: 0,
        files: Vec::new(),
    };
    for part in 0..parts.len() {
        drafts.read(part, columns, &mut filter)?;
    }
    if drafts.rows == 0 {
        return Err(DatasetError::Empty { place: place.to_owned() });
    }
    if drafts.entries.is_empty() {
        return Err(filter.nothing_passed(place, drafts.rows));
    }
    Ok(drafts)
}

impl Drafts<'_> {
    fn read(&mut self, part: usize, columns: &ColumnsSpec, filter: &mut Filter<'_>) -> Result<(), DatasetError> {
        let Part { subset, shown, stored } = &self.parts[part];
        let origin = Origin { path: shown, subset: subset.as_deref() };
        let rows = if self.is_closed { None } else { self.rows_of(part, columns, origin, filter)? };
        self.files.push(FileProvenance { path: shown.clone(), sha256: stored.sha256.clone(), rows });
        Ok(())
    }

    /// Reads the rows of a file; returns their number, if known.
    fn rows_of(
        &mut self,
        part: usize,
        columns: &ColumnsSpec,
        origin: Origin<'_>,
        filter: &mut Filter<'_>,
    ) -> Result<Option<usize>, DatasetError> {
        let format =
            Format::of(origin.path).ok_or_else(|| DatasetError::Format { path: Path::new(origin.path).to_owned() })?;
        // One more than needed, to detect the end of the file.
        let mut look = (self.most - self.entries.len()).saturating_add(1);
        loop {
            let table = format::read(&self.parts[part].stored.path, format, origin.path, look)?;
            let is_part = table.is_part;
            if table.columns.is_empty() && !is_part {
                return Ok(Some(0));
            }
            let Some(roles) = found(columns, &table, origin, filter)? else {
                look = usize::MAX;
                continue;
            };
            let (kept, rows, bytes, common) = (self.entries.len(), self.rows, self.bytes, self.common.clone());
            let count = self.take(part, table, roles, origin, filter)?;
            if self.is_closed || !is_part {
                return Ok(count);
            }
            self.entries.truncate(kept);
            (self.rows, self.bytes, self.common) = (rows, bytes, common);
            look = look.checked_mul(GROWTH).filter(|look| *look <= MOST_LOOKED_AT).unwrap_or(usize::MAX);
        }
    }

    /// Reads rows until the rest cannot change the samples; returns their number, if known.
    fn take(
        &mut self,
        part: usize,
        mut table: Table,
        roles: Roles,
        origin: Origin<'_>,
        filter: &mut Filter<'_>,
    ) -> Result<Option<usize>, DatasetError> {
        let before = self.rows;
        let has_no_answers = roles.answer.is_none() && !table.is_part;
        let mut is_enough = false;
        while !is_enough {
            let Some(row) = table.rows.next() else { break };
            let (row, index) = (row?, self.rows);
            self.rows += 1;
            if self.rows > MOST_ROWS {
                return Err(too_large(&origin, format!("more than {MOST_ROWS} rows exceed the limit of one run")));
            }
            if filter.passes(&row, &roles, origin.subset) {
                self.weigh(&row, &origin)?;
                self.add(Entry { row: index, part, draft: roles.draft(row, index, origin.subset) });
            }
            is_enough = self.is_closed || (has_no_answers && self.is_full());
        }
        self.answer = self.answer.take().or(roles.answer);
        let read = self.rows - before;
        let is_whole = |table: &mut Table| !is_enough || (!table.is_part && table.rows.next().is_none());
        Ok(table.count.or_else(|| is_whole(&mut table).then_some(read)))
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= self.most
    }

    fn weigh(&mut self, row: &Row, origin: &Origin<'_>) -> Result<(), DatasetError> {
        if !self.is_full() {
            self.bytes += row.values().map(weight).sum::<usize>() + size_of::<Entry>();
        }
        if self.bytes > MOST_BYTES {
            let reason = format!("its rows take more than {} MB; set `limit` or `filter`", MOST_BYTES >> 20);
            return Err(too_large(origin, reason));
        }
        Ok(())
    }

    fn add(&mut self, entry: Entry) {
        let is_kept = !self.is_full();
        let is_news = entry.draft.as_ref().is_ok_and(|draft| self.common.add(&draft.key));
        if is_kept {
            self.entries.push(entry);
        }
        if self.is_full() && (is_kept || is_news) {
            // The error of a row is final.
            let is_settled = |entry: &Entry| entry.draft.as_ref().map_or(true, |draft| self.common.settles(&draft.key));
            self.is_closed = self.common.has_answers && self.entries.iter().all(is_settled);
        }
    }

    /// Total number of rows before the filter, if known for each file.
    pub(super) fn count(&self) -> Option<usize> {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// The samples, and warnings about their answers.
    pub(super) fn asked(
        mut self,
        seed: Option<u64>,
        limit: Option<usize>,
        split: &str,
    ) -> Result<(Vec<Sample>, Option<String>), DatasetError> {
        let (common, has_answers) = (self.common.reading(), self.common.has_answers);
        let warning = (!has_answers).then(|| match &self.answer {
            Some(column) => {
                format!("{split} has no answers (`{column}` is empty or hidden in every row); answers cannot be scored")
            }
            None => format!("{split} has no answer column; answers cannot be scored"),
        });
        if let Some(seed) = seed {
            shuffle(&mut self.entries, seed);
        }
        self.entries.truncate(limit.unwrap_or(usize::MAX));
        let missing = has_answers.then_some(Fault::NoAnswer as fn(String) -> Fault);
        Ok((self.settled(common, missing)?, warning))
    }

    /// All rows as worked examples, each with its answer.
    pub(super) fn examples(self) -> Result<Vec<Sample>, DatasetError> {
        let common = self.common.reading();
        self.settled(common, Some(Fault::NoExampleAnswer))
    }

    fn settled(self, common: Option<usize>, missing: Option<fn(String) -> Fault>) -> Result<Vec<Sample>, DatasetError> {
        let column = self.answer.unwrap_or_else(|| "answer".to_owned());
        let settle = |Entry { row, part, draft }| {
            let settled = draft.and_then(|Draft { mut sample, key }| {
                sample.answer = key.settle(common, sample.choices.len())?;
                match (&sample.answer, missing) {
                    (None, Some(fault)) => Err(fault(column.clone())),
                    _ => Ok(sample),
                }
            });
            settled.map_err(|fault| DatasetError::Row { path: self.parts[part].shown.clone(), row, fault })
        };
        self.entries.into_iter().map(settle).collect()
    }
}

/// The roles of the columns; `None` if unread rows may change them.
fn found(
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

fn too_large(origin: &Origin<'_>, reason: String) -> DatasetError {
    DatasetError::Content { path: origin.path.to_owned(), line: None, reason }
}

/// Number of examples that are also asked.
pub(super) fn shared(samples: &[Sample], examples: &[Sample]) -> usize {
    let print = |sample: &Sample| {
        let mut hasher = DefaultHasher::new();
        (&sample.question, &sample.choices).hash(&mut hasher);
        hasher.finish()
    };
    let shown: std::collections::HashSet<u64> = examples.iter().map(print).collect();
    samples.iter().filter(|sample| shown.contains(&print(sample))).count()
}
