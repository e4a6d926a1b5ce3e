//! Several stores become one: the responses that runs on several machines brought.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::error::StoreError;
use super::schema::{self, CHECKED};
use super::{beside, place, rows, upkeep};

/// The level at which requests do not compete, so that a time says nothing about others.
const ALONE: &str = "c=1";

/// What was merged.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Responses that the store did not have.
    pub added: u64,
    /// Answers that took the place of a fault.
    pub answered: u64,
    /// Responses that the store had already, the same to the last time stamp.
    pub same: u64,
    /// Requests that were asked twice, by model; the first answer stays.
    pub twice: BTreeMap<String, u64>,
    /// Models that servers described in different ways under one name, with the digests.
    pub models: Vec<String>,
}

impl Merged {
    /// Counts what became of a response.
    pub(super) fn count(&mut self, added: rows::Added, asked: &ModelAtLevel, donor: &Donor) -> Result<(), StoreError> {
        match added {
            rows::Added::New => self.added += 1,
            rows::Added::InPlaceOfAFault => self.answered += 1,
            rows::Added::Same => self.same += 1,
            rows::Added::Kept { warmup: true } => {}
            rows::Added::Kept { .. } if asked.level.is_empty() || asked.level == ALONE => {
                *self.twice.entry(asked.model.clone()).or_default() += 1;
            }
            rows::Added::Kept { .. } => {
                return Err(StoreError::MeasuredTwice { store: donor.name.clone(), level: asked.level.clone() });
            }
        }
        Ok(())
    }

    /// Names a model that has another digest than the one that is known.
    pub(super) fn compare(&mut self, model: &str, known: Option<&str>, digest: Option<&str>) {
        if let (Some(known), Some(digest)) = (known, digest)
            && digest != known
        {
            self.models.push(format!("{model} ({} and {})", short(known), short(digest)));
        }
    }
}

/// A store whose rows another one gets.
pub(super) struct Donor {
    /// Its file.
    pub(super) path: PathBuf,
    /// What it is called.
    pub(super) name: String,
}

impl Donor {
    /// Opens it, if no run uses it and its rows are as they were written; those of responses are checked one by one.
    pub(super) fn open(&self) -> Result<Connection, StoreError> {
        let source = upkeep::open(&self.path)?;
        upkeep::refuse_if_used(&source, &self.path)?;
        match schema::damaged_table(&source).map_err(|error| StoreError::sqlite(&self.path, &error))? {
            Some(table) => Err(schema::damaged_row(&self.path, table)),
            None => Ok(source),
        }
    }
}

/// Adds the responses of files to a file, which is made if there is none, and left again if nothing comes into it.
pub(super) fn merge_files(into: &Path, from: &[Donor], takes_other_models: bool) -> Result<Merged, StoreError> {
    let is_new = place::length(into) == 0;
    let merged = add_files(into, from, takes_other_models);
    if is_new && merged.is_err() {
        place::remove(into);
    }
    merged
}

fn add_files(into: &Path, from: &[Donor], takes_other_models: bool) -> Result<Merged, StoreError> {
    let error = |source: rusqlite::Error| StoreError::sqlite(into, &source);
    let (mut target, _) = schema::open(into)?;
    upkeep::refuse_if_used(&target, into)?;
    target.execute_batch(ROOM).map_err(error)?;
    let transaction = target.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error)?;
    let mut merged = Merged::default();
    for donor in from {
        let source = donor.open()?;
        Giving { donor, source: &source, target: &transaction }.give(&mut merged)?;
    }
    if !merged.models.is_empty() && !takes_other_models {
        return Err(StoreError::OtherModels { models: merged.models });
    }
    transaction.commit().map_err(error)?;
    Ok(merged)
}

/// Keys and hashes come in no order: where the upper pages of their indices do not fit into memory, each row is a page
/// read and a page written. 256 MiB hold those of some millions of rows; less is taken where less is needed.
const ROOM: &str = "PRAGMA cache_size=-262144;";

/// The rows of one store on their way into another.
struct Giving<'d> {
    donor: &'d Donor,
    source: &'d Connection,
    target: &'d Transaction<'d>,
}

/// What was asked, and at which level.
#[derive(Debug, Clone, Default)]
pub(super) struct ModelAtLevel {
    pub(super) model: String,
    pub(super) level: String,
}

/// The number that a row has in the target, by that in the source; zero for one that is not there.
type Numbers = Vec<i64>;

impl Giving<'_> {
    fn give(&self, merged: &mut Merged) -> Result<(), StoreError> {
        let sql = |source: rusqlite::Error| StoreError::sqlite(&self.donor.path, &source);
        let (settings, asked) = self.settings().map_err(sql)?;
        let prompts = self.prompts().map_err(sql)?;
        self.responses((&settings, &prompts), &asked, merged)?;
        for table in beside::TABLES.into_iter().chain(schema::COPIED) {
            self.copy(table).map_err(sql)?;
        }
        self.models(merged).map_err(sql)
    }

    /// The settings, and what was asked at which level by the number in the source.
    fn settings(&self) -> rusqlite::Result<(Numbers, Vec<ModelAtLevel>)> {
        let names = CHECKED[0].1.join(", ");
        let mut read = self.source.prepare(&format!("SELECT id, {names}, crc FROM settings"))?;
        let mut write =
            self.target.prepare(&format!("INSERT OR IGNORE INTO settings({names}, crc) VALUES(?,?,?,?,?,?,?)"))?;
        let mut find = self.target.prepare(
            "SELECT id FROM settings WHERE endpoint=? AND model=? AND digest=? AND parameters=? AND repeat=? AND level=?",
        )?;
        let (mut numbers, mut asked) = (Numbers::new(), Vec::new());
        let mut found = read.query([])?;
        while let Some(row) = found.next()? {
            let values: Vec<Value> = (1..8).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?;
            write.execute(rusqlite::params_from_iter(&values))?;
            let number = find.query_row(rusqlite::params_from_iter(&values[..6]), |row| row.get(0))?;
            put(&mut numbers, row.get(0)?, number);
            put(&mut asked, row.get(0)?, ModelAtLevel { model: row.get(2)?, level: row.get(6)? });
        }
        Ok((numbers, asked))
    }

    fn prompts(&self) -> rusqlite::Result<Numbers> {
        let mut read = self.source.prepare("SELECT id, hash, system, text FROM prompts")?;
        let mut write = self.target.prepare("INSERT OR IGNORE INTO prompts(hash, system, text) VALUES(?,?,?)")?;
        let mut find = self.target.prepare("SELECT id FROM prompts WHERE hash=?")?;
        let mut numbers = Numbers::new();
        let mut found = read.query([])?;
        while let Some(row) = found.next()? {
            let (hash, system, text): ([u8; 32], Option<String>, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let number = match write.execute(params![hash, system, text])? {
                0 => find.query_row([hash], |row| row.get(0))?,
                _ => self.target.last_insert_rowid(),
            };
            put(&mut numbers, row.get(0)?, number);
        }
        Ok(numbers)
    }

    fn responses(
        &self,
        (settings, prompts): (&Numbers, &Numbers),
        asked: &[ModelAtLevel],
        merged: &mut Merged,
    ) -> Result<(), StoreError> {
        let sql = |source: rusqlite::Error| StoreError::sqlite(&self.donor.path, &source);
        let mut read = self.source.prepare(&format!("SELECT {} FROM responses r", *rows::COLUMNS)).map_err(sql)?;
        let mut found = read.query([]).map_err(sql)?;
        let mut damaged = 0;
        while let Some(row) = found.next().map_err(sql)? {
            let Some(mut values) = rows::sound_values(row).map_err(sql)? else {
                damaged += 1;
                continue;
            };
            let nothing = ModelAtLevel::default();
            let asked = rows::settings_of(&values).and_then(|number| asked.get(number)).unwrap_or(&nothing);
            rows::renumber(&mut values, settings, prompts);
            merged.count(rows::add(self.target, &values).map_err(sql)?, asked, self.donor)?;
        }
        match damaged {
            0 => Ok(()),
            responses => Err(StoreError::Damaged { path: self.donor.path.clone(), responses }),
        }
    }

    /// Copies the rows of a table that the target has not.
    fn copy(&self, table: &str) -> rusqlite::Result<()> {
        let Some((_, columns)) = CHECKED.iter().find(|(name, _)| *name == table) else { return Ok(()) };
        let (names, places) = (columns.join(", "), "?, ".repeat(columns.len()));
        let mut read = self.source.prepare(&format!("SELECT {names}, crc FROM {table}"))?;
        let mut write =
            self.target.prepare(&format!("INSERT OR IGNORE INTO {table}({names}, crc) VALUES({places}?)"))?;
        let mut found = read.query([])?;
        while let Some(row) = found.next()? {
            let values = (0..=columns.len()).map(|column| row.get::<_, Value>(column));
            write.execute(rusqlite::params_from_iter(values.collect::<rusqlite::Result<Vec<_>>>()?))?;
        }
        Ok(())
    }

    /// What servers said of their models; where they differ, the first stays, and the difference is named.
    fn models(&self, merged: &mut Merged) -> rusqlite::Result<()> {
        let names = CHECKED[2].1.join(", ");
        let mut read = self.source.prepare(&format!("SELECT {names}, crc FROM models"))?;
        let mut write =
            self.target.prepare(&format!("INSERT OR IGNORE INTO models({names}, crc) VALUES(?,?,?,?,?,?)"))?;
        let mut find = self.target.prepare("SELECT digest FROM models WHERE endpoint=? AND model=?")?;
        let mut found = read.query([])?;
        while let Some(row) = found.next()? {
            let values: Vec<Value> = (0..6).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?;
            if write.execute(rusqlite::params_from_iter(&values))? > 0 {
                continue;
            }
            let digest: Option<String> = row.get(2)?;
            let known: Option<Option<String>> =
                find.query_row(rusqlite::params_from_iter(&values[..2]), |row| row.get(0)).optional()?;
            merged.compare(&row.get::<_, String>(1)?, known.flatten().as_deref(), digest.as_deref());
        }
        Ok(())
    }
}

/// The beginning of a digest.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Puts a value at the place of a number.
fn put<T: Default + Clone>(list: &mut Vec<T>, number: i64, value: T) {
    let Ok(place) = usize::try_from(number) else { return };
    if list.len() <= place {
        list.resize(place + 1, T::default());
    }
    list[place] = value;
}
