//! Assembles samples from files; only rows that are asked must be valid.
//!
//! With a limit, no more is read than the samples depend on: once there are enough, further rows
//! only determine the reading of the answers.

use std::collections::BTreeMap;
use std::path::Path;

use super::FileProvenance;
use super::answer::Common;
use super::columns::{Draft, Origin};
use super::drafted::{Drafted, Drafting, found};
use super::error::DatasetError;
use super::fault::Fault;
use super::format::{self, Format};
use super::lines;
use super::locate::Part;
use super::open::Opened;
use super::pieces::Pieces;
use super::readings::without_answers;
use super::roles::Roles;
use super::rows::{MOST_ROWS, Table};
use super::select::Filter;
use crate::sample::RowPlace;
use crate::spec::scalar::OneOrMany;
use crate::spec::types::{BadRow, ColumnsSpec, TextEncoding};

/// Maximum memory for the rows of a dataset, in bytes.
const MOST_BYTES: usize = 1 << 30;

/// Maximum number of rows of a file that are sampled before all are read.
const MOST_LOOKED_AT: usize = 1 << 17;

/// Growth factor of the number of first rows read when they do not suffice.
const GROWTH: usize = 16;

/// What is wanted of the files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub columns: &'a ColumnsSpec,
    pub filter: &'a BTreeMap<String, OneOrMany<String>>,
    pub on_bad_row: BadRow,
    /// True if rows need no right answer.
    pub is_unjudged: bool,
    /// Encoding of texts.
    pub encoding: TextEncoding,
    /// Seed of the shuffle of each row's choices.
    pub shuffle_choices: Option<u64>,
    /// True if images may be files beside those of the rows.
    pub has_files: bool,
    /// Number of leading rows that may be asked; the others only determine the reading of the answers.
    pub most: usize,
}

/// The rows of all files that pass the filter and may be asked.
pub(super) struct Drafts<'a> {
    pub entries: Pieces<AssembledRow>,
    pub wanted: Wanted<'a>,
    pub common: Common,
    /// True if there are enough rows, and unread rows cannot change them.
    is_closed: bool,
    bytes: usize,
    pub parts: &'a [Part],
    /// The names of the answer columns, if a file has one.
    pub answers: Vec<String>,
    /// A column that may say whether answers are right ones.
    pub verdict: Option<String>,
    /// Another column that may hold right answers.
    pub spare: Option<String>,
    /// A column of pictures that nobody asked for.
    pub unseen: Option<String>,
    /// Rows read, before the filter.
    rows: usize,
    /// Invalid rows that were left out.
    pub skipped: Vec<(usize, RowPlace)>,
    /// The columns of passages.
    pub passage: Vec<String>,
    /// The files, with their numbers of rows if known.
    pub files: Vec<FileProvenance>,
}

/// A row that may not be asked; its errors count only if it is.
pub(super) struct AssembledRow {
    pub row: usize,
    pub place: RowPlace,
    pub draft: Result<Draft, Flaw>,
}

/// What is wrong with a row.
pub(super) enum Flaw {
    /// Its values.
    Row(Fault),
    /// It cannot be read.
    Content(DatasetError),
}

/// Reads all files and keeps the first rows; `place` names the source in errors.
pub(super) fn draft<'a>(place: &str, parts: &'a [Part], wanted: Wanted<'a>) -> Result<Drafts<'a>, DatasetError> {
    let mut filter = Filter::new(wanted.filter);
    // At least one, to distinguish a filter that no row passes from a limit of zero.
    let most = match wanted.on_bad_row {
        BadRow::Refuse => wanted.most.max(1),
        // Which rows are left out is known when all are read.
        BadRow::Skip => usize::MAX,
    };
    let mut drafts = Drafts {
        entries: Pieces::default(),
        wanted: Wanted { most, ..wanted },
        common: Common::new(),
        is_closed: false,
        bytes: 0,
        parts,
        answers: Vec::new(),
        verdict: None,
        spare: None,
        unseen: None,
        rows: 0,
        skipped: Vec::new(),
        passage: Vec::new(),
        files: Vec::new(),
    };
    for part in 0..parts.len() {
        drafts.read(part, &mut filter)?;
    }
    if drafts.rows == 0 {
        return Err(DatasetError::Empty { place: place.to_owned() });
    }
    if drafts.entries.is_empty() && drafts.skipped.is_empty() {
        return Err(filter.nothing_passed(place, drafts.rows));
    }
    Ok(drafts)
}

impl Drafts<'_> {
    fn read(&mut self, part: usize, filter: &mut Filter<'_>) -> Result<(), DatasetError> {
        let Part { subset, shown, stored, .. } = &self.parts[part];
        let origin = Origin { path: shown, subset: subset.as_deref() };
        let rows = if self.is_closed { None } else { self.rows_of(part, origin, filter)? };
        self.files.push(FileProvenance { path: shown.clone(), sha256: stored.sha256.clone(), rows });
        Ok(())
    }

    /// Reads the rows of a file; returns their number, if known.
    fn rows_of(
        &mut self,
        part: usize,
        origin: Origin<'_>,
        filter: &mut Filter<'_>,
    ) -> Result<Option<usize>, DatasetError> {
        let columns = self.wanted.columns;
        let format =
            Format::of(origin.path).ok_or_else(|| DatasetError::Format { path: Path::new(origin.path).to_owned() })?;
        // One more than needed, to detect the end of the file.
        let mut look = (self.wanted.most - self.entries.len()).saturating_add(1);
        loop {
            let path = &self.parts[part].stored.path;
            let opened = Opened { path, shown: origin.path, encoding: self.wanted.encoding };
            let mut table = format::read(opened, format, (look, columns))?;
            for (column, names) in &*self.parts[part].labels {
                table.labels.entry(column.clone()).or_insert_with(|| names.clone());
            }
            let is_part = table.is_part;
            if table.columns.is_empty() && !is_part {
                // Without a row that can be read, the first error is that of the file.
                return table.rows.next().map_or(Ok(Some(0)), |row| row.map(|_| Some(0)));
            }
            let Some(mut roles) = found(columns, &table, origin, filter)? else {
                look = usize::MAX;
                continue;
            };
            roles.reader.is_lenient = self.wanted.is_unjudged;
            let (kept, rows, bytes, common) = (self.entries.len(), self.rows, self.bytes, self.common.clone());
            let skipped = self.skipped.len();
            let count = self.take(part, table, roles, origin, filter)?;
            if self.is_closed || !is_part {
                return Ok(count);
            }
            self.entries.truncate(kept);
            self.skipped.truncate(skipped);
            (self.rows, self.bytes, self.common) = (rows, bytes, common);
            look = look.checked_mul(GROWTH).filter(|look| *look <= MOST_LOOKED_AT).unwrap_or(usize::MAX);
        }
    }

    /// Reads rows until the rest cannot change the samples; returns their number, if known.
    fn take(
        &mut self,
        part: usize,
        table: Table,
        roles: Roles,
        origin: Origin<'_>,
        filter: &mut Filter<'_>,
    ) -> Result<Option<usize>, DatasetError> {
        let before = self.rows;
        let has_no_answers = roles.answers.is_empty() && !table.is_part;
        let mut rows = Drafting::new(table.rows, (&roles, origin.subset), filter, self.rows);
        let mut is_enough = false;
        while !is_enough {
            let Some(row) = rows.next() else { break };
            let index = self.rows;
            self.rows += 1;
            let place = |line| RowPlace { file: u32::try_from(part).unwrap_or(u32::MAX), line };
            let Drafted { passes, weight, line, draft } = match row {
                Ok(row) => row,
                // A line of its own is a row; what follows it can be read.
                Err(error @ DatasetError::Content { line: Some(line), .. }) => {
                    self.add(AssembledRow {
                        row: index,
                        place: place(lines::number(line)),
                        draft: Err(Flaw::Content(error)),
                    });
                    is_enough = self.is_closed;
                    continue;
                }
                Err(error) => return Err(error),
            };
            if self.rows > MOST_ROWS {
                return Err(too_large(&origin, format!("more than {MOST_ROWS} rows exceed the limit of one run")));
            }
            if passes {
                self.weigh(weight, &origin)?;
                self.add(AssembledRow { row: index, place: place(line), draft: draft.map_err(Flaw::Row) });
            } else if let Ok(draft) = draft {
                // It may tell how the answers of the others are read.
                let is_news = self.common.add_other(&draft.key);
                self.close(is_news);
            }
            is_enough = self.is_closed || (has_no_answers && self.is_full());
        }
        let read = self.rows - before;
        let is_whole = !is_enough || (!table.is_part && rows.next().is_none());
        if self.answers.is_empty() {
            self.answers = roles.answers;
            self.spare = roles.spare;
            self.verdict = roles.verdict.filter(|column| !self.wanted.filter.contains_key(column));
        }
        self.unseen = self.unseen.take().or(roles.unseen);
        if self.passage.is_empty() {
            self.passage = roles.passage;
        }
        Ok(table.count.or_else(|| is_whole.then_some(read)))
    }

    fn is_full(&self) -> bool {
        self.entries.len() >= self.wanted.most
    }

    fn weigh(&mut self, weight: usize, origin: &Origin<'_>) -> Result<(), DatasetError> {
        if !self.is_full() {
            self.bytes += weight + size_of::<AssembledRow>();
        }
        if self.bytes > MOST_BYTES {
            let reason = format!("its rows take more than {} MB; set `limit` or `filter`", MOST_BYTES >> 20);
            return Err(too_large(origin, reason));
        }
        Ok(())
    }

    fn add(&mut self, entry: AssembledRow) {
        if entry.draft.is_err() && self.wanted.on_bad_row == BadRow::Skip {
            self.skipped.push((entry.row, entry.place));
            return;
        }
        let is_kept = !self.is_full();
        let is_news = entry.draft.as_ref().is_ok_and(|draft| self.common.add(&draft.key));
        if is_kept {
            self.entries.push(entry);
        }
        self.close(is_kept || is_news);
    }

    /// Ends the reading if there are enough rows, and no further one can change the meaning of their answers.
    fn close(&mut self, is_news: bool) {
        if self.is_full() && is_news {
            // The error of a row is final.
            let is_settled =
                |entry: &AssembledRow| entry.draft.as_ref().map_or(true, |draft| self.common.settles(&draft.key));
            let is_known = self.common.answers > 0 && self.entries.iter().all(is_settled);
            self.is_closed = self.wanted.is_unjudged || is_known;
        }
    }

    /// Total number of rows before the filter, if known for each file.
    pub(super) fn count(&self) -> Option<usize> {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// A warning if no row has an answer.
    pub(super) fn without_answers(&self, split: &str) -> Option<String> {
        let spare = self.spare.as_ref();
        (self.common.answers == 0).then(|| without_answers(split, self.answers.first(), spare))
    }

    /// The readings of the answers.
    pub(super) fn common(&self) -> Common {
        self.common.clone()
    }
}

fn too_large(origin: &Origin<'_>, reason: String) -> DatasetError {
    DatasetError::Content { path: origin.path.to_owned(), line: None, reason }
}
