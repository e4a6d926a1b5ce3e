//! From files to samples: all rows are drafted, and those that are asked must be sound.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::FileProvenance;
use super::answer::Common;
use super::columns::{Draft, Origin, Roles};
use super::error::{DatasetError, Fault};
use super::locate::Part;
use super::rows::{self, Format, MOST_ROWS, Table, weight};
use super::select::{Filter, shuffle};
use crate::sample::Sample;
use crate::spec::scalar::OneOrMany;
use crate::spec::types::ColumnsSpec;

/// Most bytes of memory for the rows of a data set.
const MOST_BYTES: usize = 1 << 30;

/// The rows of all files, as far as the filter lets them through and they may be asked.
pub(super) struct Drafts<'a> {
    entries: Vec<Entry>,
    /// How many of them may be asked, from the first; the others only tell how answers are meant.
    most: usize,
    common: Common,
    bytes: usize,
    parts: &'a [Part],
    /// The name of the answer's column, where a file has one.
    answer: Option<String>,
    /// Rows before the filter.
    pub rows: usize,
    /// The files, with their rows.
    pub files: Vec<FileProvenance>,
}

/// A row that may turn out never to be asked: what is wrong with it only counts if it is.
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
    // One at least, or a filter that lets nothing through would not be told from a limit of nothing.
    let most = most.max(1);
    let mut drafts = Drafts {
        entries: Vec::new(),
        most,
        common: Common::new(),
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
        let format = Format::of(shown).ok_or_else(|| DatasetError::Format { path: Path::new(shown).to_owned() })?;
        let table = rows::read(&stored.path, format, shown)?;
        let before = self.rows;
        if !table.columns.is_empty() {
            let origin = Origin { path: shown, subset: subset.as_deref() };
            self.take(part, table, columns, origin, filter)?;
        }
        let rows = self.rows - before;
        self.files.push(FileProvenance { path: shown.clone(), sha256: stored.sha256.clone(), rows: Some(rows) });
        Ok(())
    }

    fn take(
        &mut self,
        part: usize,
        table: Table,
        columns: &ColumnsSpec,
        origin: Origin<'_>,
        filter: &mut Filter<'_>,
    ) -> Result<(), DatasetError> {
        let roles = Roles::find(columns, &table, origin.path)?;
        filter.check(&table.columns, &roles, &origin)?;
        for row in table.rows {
            let (row, index) = (row?, self.rows);
            self.rows += 1;
            if self.rows > MOST_ROWS {
                return Err(too_large(&origin, format!("more than {MOST_ROWS} rows are more than one run can hold")));
            }
            if filter.passes(&row, &roles, origin.subset) {
                let is_kept = self.entries.len() < self.most;
                if is_kept {
                    self.bytes += row.values().map(weight).sum::<usize>() + size_of::<Entry>();
                }
                if self.bytes > MOST_BYTES {
                    let reason = format!("its rows take more than {} MB; set `limit` or `filter`", MOST_BYTES >> 20);
                    return Err(too_large(&origin, reason));
                }
                let draft = roles.draft(row, index, origin.subset);
                if let Ok(draft) = &draft {
                    self.common.add(&draft.key);
                }
                if is_kept {
                    self.entries.push(Entry { row: index, part, draft });
                }
            }
        }
        self.answer = self.answer.take().or(roles.answer);
        Ok(())
    }

    /// The samples to ask, and what the user should know about their answers.
    pub(super) fn asked(
        mut self,
        seed: Option<u64>,
        limit: Option<usize>,
        split: &str,
    ) -> Result<(Vec<Sample>, Option<String>), DatasetError> {
        let (common, has_answers) = (self.common.reading(), self.common.has_answers);
        let warning = (!has_answers).then(|| match &self.answer {
            Some(column) => format!(
                "{split} carries no answers (`{column}` is empty or hidden in every row): nothing can be scored"
            ),
            None => format!("{split} has no column of answers: nothing can be scored"),
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

fn too_large(origin: &Origin<'_>, reason: String) -> DatasetError {
    DatasetError::Content { path: origin.path.to_owned(), line: None, reason }
}

/// How many of the examples are also asked.
pub(super) fn shared(samples: &[Sample], examples: &[Sample]) -> usize {
    let print = |sample: &Sample| {
        let mut hasher = DefaultHasher::new();
        (&sample.question, &sample.choices).hash(&mut hasher);
        hasher.finish()
    };
    let shown: std::collections::HashSet<u64> = examples.iter().map(print).collect();
    samples.iter().filter(|sample| shown.contains(&print(sample))).count()
}
