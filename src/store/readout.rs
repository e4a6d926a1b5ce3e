//! Every answer of a store, for what compares stores without knowing the experiments behind them.

use std::path::Path;
use std::sync::LazyLock;

use rusqlite::Row;

use super::error::StoreError;
use super::rows::{self, COUNT, IS_FAULT};
use super::upkeep;
use crate::response::Response;

/// An answer with what it was asked with.
#[derive(Debug)]
pub struct Stored {
    /// The model's name at its endpoint.
    pub model: String,
    /// What the server said of the model's version; empty where it said nothing.
    pub digest: String,
    /// The load level.
    pub level: String,
    /// The system message.
    pub system: Option<String>,
    /// The prompt, or the messages.
    pub prompt: String,
    /// The answer.
    pub response: Response,
}

static ALL: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, s.model, s.digest, s.level, p.system, p.text FROM responses r \
         JOIN settings s ON s.id = r.settings JOIN prompts p ON p.id = r.prompt \
         WHERE NOT r.warmup AND NOT (r.{IS_FAULT}) ORDER BY r.key",
        *rows::COLUMNS
    )
});

/// Reads every answer of a store, in the order of their keys; neither failed requests nor warm-ups.
///
/// # Errors
/// There is no store, it cannot be read, or a response is not as it was written.
pub(super) fn each_answer(path: &Path, mut take: impl FnMut(Stored)) -> Result<(), StoreError> {
    let connection = upkeep::open(path)?;
    let mut read = || -> rusqlite::Result<usize> {
        let mut damaged = 0;
        let mut statement = connection.prepare(&ALL)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            match stored(row)? {
                Some(stored) => take(stored),
                None => damaged += 1,
            }
        }
        Ok(damaged)
    };
    match read().map_err(|source| StoreError::sqlite(path, &source))? {
        0 => Ok(()),
        responses => Err(StoreError::Damaged { path: path.to_owned(), responses }),
    }
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Option<Stored>> {
    let Some(response) = rows::read(row)? else { return Ok(None) };
    Ok(Some(Stored {
        response,
        model: row.get(COUNT)?,
        digest: row.get(COUNT + 1)?,
        level: row.get(COUNT + 2)?,
        system: row.get(COUNT + 3)?,
        prompt: row.get(COUNT + 4)?,
    }))
}
