//! Every answer of a store in a database, a part at a time.

use std::sync::LazyLock;

use rusqlite::types::Value;

use super::database::Database;
use super::opened::{Access, PostgresStore};
use super::rows;
use super::value::{Cell, cells};
use crate::store::error::StoreError;
use crate::store::readout::Stored;
use crate::store::rows::IS_FAULT;

static AFTER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, s.model, s.digest, s.level, p.system, p.text FROM responses r \
         JOIN settings s ON s.hash = r.settings JOIN prompts p ON p.hash = r.prompt \
         WHERE r.warmup = 0 AND NOT r.{IS_FAULT} AND r.key > $1 ORDER BY r.key LIMIT 4096",
        *rows::COLUMNS
    )
});

/// Reads every answer, in the order of their keys; neither failed requests nor warm-ups.
pub(in crate::store) fn each_answer(database: &Database, mut take: impl FnMut(Stored)) -> Result<(), StoreError> {
    let store = PostgresStore::open(database, Access::Look, Box::new(|_| ()))?;
    let (mut after, mut damaged) = (Vec::new(), 0);
    loop {
        let found = store.rows(&AFTER, vec![Box::new(Cell(Value::Blob(after)))])?;
        let Some(last) = found.last() else { break };
        after = last.try_get("key").map_err(|error| store.error(&error))?;
        for row in &found {
            match stored(row).map_err(|error| store.error(&error))? {
                Some(stored) => take(stored),
                None => damaged += 1,
            }
        }
    }
    store.undamaged("responses", damaged)
}

fn stored(row: &tokio_postgres::Row) -> Result<Option<Stored>, tokio_postgres::Error> {
    let Some(response) = rows::read(row)? else { return Ok(None) };
    let beside = cells(row, rows::WIDTH + 5)?.split_off(rows::WIDTH);
    let Ok([model, digest, level, system, prompt]) = <[Value; 5]>::try_from(beside) else { return Ok(None) };
    let text = |value: Value| if let Value::Text(text) = value { Some(text) } else { None };
    let named = (text(model), text(digest), text(level), text(prompt));
    let (Some(model), Some(digest), Some(level), Some(prompt)) = named else { return Ok(None) };
    Ok(Some(Stored { model, digest, level, system: text(system), prompt, response }))
}
