//! The names of a damaged store's tables and columns, put right.
//!
//! They stand in the file as text, like any answer: one flipped bit in them hides every row of a table. What is nearly the
//! text that a new store has, is that text.

use rusqlite::Connection;

/// Most bytes in which a damaged text differs from what it was.
const MOST_DIFFERING: usize = 8;

/// What a store says of one of its tables or indices.
struct Entry {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

/// Gives the tables and indices of a damaged store the names that they have in a new one.
///
/// # Errors
/// The list of tables itself cannot be read or written.
pub(super) fn restore(damaged: &Connection, new: &Connection) -> rusqlite::Result<()> {
    let wanted = entries(new)?;
    damaged.execute_batch("PRAGMA writable_schema=ON")?;
    let mut found = damaged.prepare("SELECT rowid, CAST(sql AS BLOB) FROM sqlite_master WHERE sql IS NOT NULL")?;
    let found: Vec<(i64, Vec<u8>)> = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.flatten().collect();
    for (id, sql) in found {
        let Some(entry) = wanted.iter().find(|entry| is_nearly(&sql, entry.sql.as_bytes())) else { continue };
        let update = "UPDATE sqlite_master SET type=?, name=?, tbl_name=?, sql=? WHERE rowid=?";
        damaged.execute(update, rusqlite::params![entry.kind, entry.name, entry.table, entry.sql, id])?;
    }
    damaged.execute_batch("PRAGMA writable_schema=RESET")
}

fn entries(new: &Connection) -> rusqlite::Result<Vec<Entry>> {
    let mut statement = new.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")?;
    let entries = statement.query_map([], |row| {
        Ok(Entry { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql: row.get(3)? })
    })?;
    entries.collect()
}

fn is_nearly(text: &[u8], other: &[u8]) -> bool {
    let differing = || text.iter().zip(other).filter(|(one, other)| one != other).count();
    text.len() == other.len() && differing() <= MOST_DIFFERING
}
