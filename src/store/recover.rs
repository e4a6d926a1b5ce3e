//! Saving what can be read: of a damaged store, and of one whose file was taken away while it was open.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::StoreError;
use super::schema::{self, CHECKED};
use super::{check, names, place, rows};
use crate::files::{DraftFolder, folder_of, remove_abandoned_drafts};
use crate::request::Prompt;

/// Bytes that a response takes at least: no file holds more of them than this allows for.
const LEAST_BYTES: u64 = 64;

/// Numbers without a row after which none is looked for any more, in tables whose rows are numbered one by one.
const MOST_ABSENT: u32 = 10_000;

/// What was saved of a damaged store.
#[derive(Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Responses that are in the store again.
    pub saved: u64,
    /// Responses that it is known to have held besides; a request of theirs is asked again.
    pub lost: u64,
    /// Where the old files are now.
    pub aside: Vec<PathBuf>,
}

/// Makes a new store of all that can be read of one, row by row, in its place; the old files are moved aside.
///
/// # Errors
/// There is no store, nothing of it can be read, or the new one cannot be written. The old one is then as it was.
pub fn recover(path: &Path) -> Result<Recovered, StoreError> {
    let database = |source: rusqlite::Error| StoreError::sqlite(path, &source);
    let file = |source: std::io::Error| StoreError::system(path, "unable to open its folder", &source);
    let _guard = place::guard(path);
    remove_abandoned_drafts(folder_of(path));
    // A copy: opening a damaged file can change it, and it may be all there is.
    let scratch = DraftFolder::new(folder_of(path)).map_err(file)?;
    let copy = scratch.path().join("copy.sqlite");
    if place::length(path) == 0 && place::length(&place::log(path)) > 0 {
        // A log holds whole pages, and those that it lacks are as they were in the beginning or, where the store had
        // been closed since, lost.
        schema::fill(&copy).map_err(database)?;
    }
    let pairs = place::files(path).into_iter().zip(place::files(&copy)).take(2);
    for (from, to) in pairs.filter(|(from, _)| place::length(from) > 0) {
        std::fs::copy(from, to).map_err(file)?;
    }
    place::check_first_page(&copy).map_err(|_| unreadable(path, "its first page is missing"))?;
    place::fill_up(&copy).map_err(file)?;
    let new = scratch.path().join("new.sqlite");
    schema::fill(&new).map_err(database)?;
    let target = Connection::open(&new).map_err(database)?;
    let source = schema::open_damaged(&copy, path, |damaged| {
        // Where the names cannot be put right, what they name is read as far as it goes.
        let _ = names::restore(damaged, &target);
    });
    let source = source.map_err(|error| match error {
        StoreError::Foreign { path } => StoreError::NothingOfOurs { path },
        other => other,
    })?;
    let bound = place::size(&copy) / LEAST_BYTES;
    let bound = i64::try_from(bound).unwrap_or(i64::MAX);
    let (saved, lost) = Salvage { source, target }.run(bound).map_err(database)?;
    if saved == 0 && lost == 0 {
        return Err(unreadable(path, "no response is readable"));
    }
    let aside = place::move_aside(&place::files(path), "damaged").map_err(file)?;
    std::fs::rename(&new, path).map_err(file)?;
    Ok(Recovered { saved, lost, aside })
}

fn unreadable(path: &Path, why: &str) -> StoreError {
    StoreError::Unreadable { path: path.to_owned(), why: why.to_owned() }
}

/// From a damaged store into a new one.
struct Salvage {
    source: Connection,
    target: Connection,
}

impl Salvage {
    /// How many responses were saved, and how many more there were.
    fn run(self, bound: i64) -> rusqlite::Result<(u64, u64)> {
        // Whose settings or prompt are lost is still the answer to its key.
        self.target.execute_batch("PRAGMA foreign_keys=OFF; PRAGMA synchronous=NORMAL; BEGIN;")?;
        for (table, columns) in CHECKED {
            self.save_table(table, columns, bound)?;
        }
        self.save_prompts(bound)?;
        let (mut saved, mut last) = (0_u64, 0_i64);
        for id in 1..=bound {
            if self.save_response(id)? {
                (saved, last) = (saved + 1, id);
            }
        }
        let held = ["SELECT max(id) FROM responses", "SELECT count(*) FROM responses INDEXED BY responses_by_sample"]
            .into_iter()
            .filter_map(|sql| self.source.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).ok().flatten())
            .filter(|held| *held <= bound)
            .fold(last, i64::max);
        self.replace_lost()?;
        self.target.execute_batch("COMMIT")?;
        self.target.close().map_err(|(_, error)| error)?;
        let held = u64::try_from(held).unwrap_or_default();
        Ok((saved, held.saturating_sub(saved)))
    }

    /// A row by its number, as `take` makes something of it. What cannot be read is nothing.
    fn row<T>(&self, sql: &str, id: i64, take: impl FnOnce(&Row<'_>) -> rusqlite::Result<Option<T>>) -> Option<T> {
        let mut statement = self.source.prepare_cached(sql).ok()?;
        statement.query_row([id], take).optional().ok().flatten().flatten()
    }

    fn save_response(&self, id: i64) -> rusqlite::Result<bool> {
        let sql = format!("SELECT {} FROM responses r WHERE r.id=?", *rows::COLUMNS);
        match self.row(&sql, id, rows::sound_values) {
            Some(values) => rows::insert(&self.target, id, &values),
            None => Ok(false),
        }
    }

    fn save_table(&self, table: &str, columns: &[&str], bound: i64) -> rusqlite::Result<()> {
        let names = columns.join(", ");
        let sql = format!("SELECT {names}, crc FROM {table} WHERE rowid=?");
        let places = "?, ".repeat(columns.len());
        let insert = format!("INSERT OR IGNORE INTO {table}(rowid, {names}, crc) VALUES(?, {places}?)");
        let mut absent = 0;
        for id in 1..=bound {
            let Some(values) = self.row(&sql, id, |row| check::sound_values(row, columns.len())) else {
                absent += 1;
                if absent > MOST_ABSENT {
                    break;
                }
                continue;
            };
            absent = 0;
            check::insert(self.target.prepare_cached(&insert)?, id, &values)?;
        }
        Ok(())
    }

    fn save_prompts(&self, bound: i64) -> rusqlite::Result<()> {
        let take = |row: &Row<'_>| {
            let sound = schema::is_sound_prompt(row)?;
            if sound { Ok(Some((row.get(0)?, row.get(1)?, row.get(2)?))) } else { Ok(None) }
        };
        for id in 1..=bound {
            let found = self.row("SELECT hash, system, text FROM prompts WHERE id=?", id, take);
            let Some((hash, system, text)): Option<([u8; 32], Option<String>, String)> = found else { continue };
            let insert = "INSERT OR IGNORE INTO prompts(id, hash, system, text) VALUES(?,?,?,?)";
            self.target.prepare_cached(insert)?.execute(params![id, hash, system, text])?;
        }
        Ok(())
    }

    /// Rows that stand for lost settings and prompts, so that no later ones get their numbers.
    fn replace_lost(&self) -> rusqlite::Result<()> {
        let lost = |table: &str, column: &str| -> rusqlite::Result<Vec<i64>> {
            let sql = format!("SELECT DISTINCT {column} FROM responses WHERE {column} NOT IN (SELECT id FROM {table})");
            self.target.prepare(&sql)?.query_map([], |row| row.get(0))?.collect()
        };
        for id in lost("prompts", "prompt")? {
            let prompt = Prompt::new(None, format!("(lost: {id})"));
            let insert = "INSERT INTO prompts(id, hash, text) VALUES(?,?,?)";
            self.target.execute(insert, params![id, prompt.hash, &*prompt.text])?;
        }
        for id in lost("settings", "settings")? {
            let insert = "INSERT INTO settings(endpoint, model, digest, parameters, repeat, level, crc, id) \
                          VALUES('', '', '', '', ?, '', NULL, ?)";
            self.target.execute(insert, [id, id])?;
        }
        check::seal(&self.target, CHECKED[0].0, CHECKED[0].1)
    }
}

/// Lets the log lie when this connection is closed.
pub(super) fn leave_log(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map(|_| ())
}

/// Writes all that an open store holds to its place, or beside it if another file is there; gives where. The
/// connection stays of use for nothing but reading: it must not take away what lies in its old place by then.
pub(super) fn save(connection: &Connection, path: &Path) -> Result<PathBuf, String> {
    leave_log(connection).map_err(|error| error.to_string())?;
    let folder = folder_of(path);
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let _guard = place::guard(path);
    let scratch = DraftFolder::new(folder).map_err(|error| error.to_string())?;
    let draft = scratch.path().join("store.sqlite");
    copy(connection, &draft).map_err(|error| error.to_string())?;
    let is_free = place::length(path) == 0 && !path.is_dir();
    let place = if is_free { path.to_owned() } else { place::free(path, "saved") };
    if is_free {
        // Its own log, all of which is in the copy.
        place::move_orphan(path).map_err(|error| error.to_string())?;
    }
    std::fs::rename(&draft, &place).map_err(|error| error.to_string())?;
    Ok(place)
}

fn copy(connection: &Connection, draft: &Path) -> rusqlite::Result<()> {
    connection.pragma_update(None, "query_only", false)?;
    connection.execute("VACUUM INTO ?", [draft.to_string_lossy()])?;
    let draft = Connection::open(draft)?;
    draft.pragma_update(None, "journal_mode", "WAL")?;
    // Claims of this run end with it.
    draft.execute_batch("DELETE FROM claims; DELETE FROM runs;")?;
    draft.close().map_err(|(_, error)| error)
}
