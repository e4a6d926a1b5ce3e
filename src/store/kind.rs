//! The kind of a database: whether it is a store of this program, that of another one, or ours and damaged.

use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::error::StoreError;

/// `application_id` of the file: "smbe" in ASCII.
pub(super) const APPLICATION_ID: i64 = 0x736d_6265;

/// Format of the tables.
pub(super) const FORMAT: i64 = 3;

/// Tables of each store since the first format. A flipped bit in one of their names leaves the others.
const OURS: &str = "'settings', 'prompts', 'responses', 'models'";

/// Number of its tables that is no coincidence.
const MANY: i64 = 3;

/// What a database shows of where it comes from.
struct Marks {
    /// Bytes of its number that are not those of ours.
    differing: usize,
    tables: i64,
    ours: i64,
}

impl Marks {
    fn of(connection: &Connection, path: &Path) -> Result<Self, StoreError> {
        let id = number(connection, "PRAGMA application_id").map_err(|source| match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => StoreError::Foreign { path: path.to_owned() },
            _ => StoreError::sqlite(path, &source),
        })?;
        let count = |filter: &str| {
            let sql = format!("SELECT count(*) FROM sqlite_master WHERE type='table' {filter}");
            // A list of tables that cannot be read tells nothing; the read of a table says why.
            number(connection, &sql).unwrap_or_default()
        };
        let ours = count(&format!("AND name IN ({OURS})"));
        let (found, wanted) = (id.to_le_bytes(), APPLICATION_ID.to_le_bytes());
        let differing = found.iter().zip(wanted).filter(|(one, other)| **one != *other).count();
        Ok(Self { differing, tables: count(""), ours })
    }

    fn is_foreign(&self) -> bool {
        match self.differing {
            0 => self.tables > 0 && self.ours == 0,
            // Damaged, and not that of another program, where the tables say so.
            1 => self.ours < MANY,
            _ => true,
        }
    }
}

/// Refuses a file that is not a store of ours, or of a newer format.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    if marks_of_ours(connection, path)?.differing > 0 {
        return Err(StoreError::malformed(path, "its application id is not that of a store, and its tables are"));
    }
    Ok(())
}

/// Refuses a file that is no store of ours even if it is damaged, or of a newer format.
pub(super) fn check_damaged(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    marks_of_ours(connection, path).map(|_| ())
}

fn marks_of_ours(connection: &Connection, path: &Path) -> Result<Marks, StoreError> {
    let marks = Marks::of(connection, path)?;
    if marks.is_foreign() {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    let found = number(connection, "PRAGMA user_version").map_err(|source| StoreError::sqlite(path, &source))?;
    if found > FORMAT {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: FORMAT });
    }
    Ok(marks)
}

fn number(connection: &Connection, sql: &str) -> rusqlite::Result<i64> {
    connection.query_row(sql, [], |row| row.get(0))
}
