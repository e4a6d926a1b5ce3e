//! What can go wrong with a store, and what to do then.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

use super::postgres_error::PostgresError;
use crate::files::folder_of;

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened, read or written.
    #[error("the store {}: {message}", path.display())]
    Database {
        /// The store's file.
        path: PathBuf,
        /// What kept it from that.
        cause: Cause,
        /// What SQLite or the system said.
        message: String,
    },
    /// The file is no store of this program.
    #[error("{} is not a smallbench store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file that was to be recovered is no store of this program.
    #[error("{} is not a smallbench store; it has no responses to recover", path.display())]
    NothingOfOurs {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version of this program.
    #[error("the store {} has format {found}; this version of smallbench reads formats up to {known}", path.display())]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// The file's format.
        found: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// Responses that are not as they were written.
    #[error("the store {} is damaged: {}", path.display(), differing(*responses))]
    Damaged {
        /// The store's file.
        path: PathBuf,
        /// How many of those that were read.
        responses: usize,
    },
    /// A damaged store of which nothing can be saved.
    #[error("cannot recover the store {}: {why}", path.display())]
    Unreadable {
        /// The store's file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A log without its store, which could not be moved aside.
    #[error("{}-wal is the log of a missing store and cannot be renamed: {message}", path.display())]
    Orphan {
        /// Where the store would be.
        path: PathBuf,
        /// The error of the system.
        message: String,
    },
    /// The file was removed or replaced while it was open.
    #[error("the store {} was removed or replaced during the run; sending stopped", path.display())]
    Gone {
        /// The store's file.
        path: PathBuf,
        /// Where all it held was saved to, or why it could not be.
        saved: Result<PathBuf, String>,
    },
    /// There is no store.
    #[error("there is no store {}", path.display())]
    Absent {
        /// Where it would be.
        path: PathBuf,
    },
    /// The file is of another program.
    #[error("{} is not a smallbench store", path.display())]
    NoStore {
        /// The file.
        path: PathBuf,
    },
    /// A run uses the store.
    #[error("the store {} is in use by a run", path.display())]
    InUse {
        /// The store's file.
        path: PathBuf,
    },
    /// A request of a load level was measured in two stores that were to be merged.
    #[error("{store} has other times for requests of level {level} than a store that is merged with it")]
    MeasuredTwice {
        /// The second store.
        store: String,
        /// The level.
        level: String,
    },
    /// Models that are others in stores that were to be merged, with the digests.
    #[error("the stores know different models under one name: {}", models.join(", "))]
    OtherModels {
        /// The models.
        models: Vec<String>,
    },
    /// A store in a database.
    #[error("{0}")]
    Postgres(#[from] PostgresError),
    /// The writer stopped after an earlier error.
    #[error("the store {} stopped writing", path.display())]
    Closed {
        /// The store's file.
        path: PathBuf,
    },
}

/// What kept a store from being opened, read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Its file or folder cannot be opened or written.
    Unwritable,
    /// The disk is full.
    Full,
    /// Its content is not what was written.
    Damaged,
    /// Something else.
    Other,
}

impl Cause {
    fn of_sqlite(error: &rusqlite::Error) -> Self {
        match error {
            // The statements are our own and right: the tables, or the values in them, are not what they were.
            rusqlite::Error::SqlInputError { .. }
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => Self::Damaged,
            // The index of the log could not grow, which SQLite does not call a full disk.
            rusqlite::Error::SqliteFailure(failure, _) if failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE => {
                Self::Full
            }
            other => match other.sqlite_error_code() {
                Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::Unwritable,
                Some(ErrorCode::DiskFull) => Self::Full,
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
                _ => Self::Other,
            },
        }
    }
}

impl StoreError {
    /// What SQLite said of the store in this place.
    pub(super) fn sqlite(path: &Path, source: &rusqlite::Error) -> Self {
        let message = match source {
            rusqlite::Error::SqlInputError { msg, .. } => format!("malformed: {msg}"),
            other => other.to_string(),
        };
        Self::Database { path: path.to_owned(), cause: Cause::of_sqlite(source), message }
    }

    /// What the system said when `what` was tried, such as "unable to open its folder".
    pub(super) fn system(path: &Path, what: &str, source: &io::Error) -> Self {
        let cause = if source.kind() == io::ErrorKind::StorageFull { Cause::Full } else { Cause::Unwritable };
        Self::Database { path: path.to_owned(), cause, message: format!("{what}: {source}") }
    }

    /// A file whose content cannot be what was written.
    pub(super) fn malformed(path: &Path, what: &str) -> Self {
        Self::Database { path: path.to_owned(), cause: Cause::Damaged, message: format!("malformed: {what}") }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Database { path, cause: Cause::Unwritable, .. } => {
                format!("check that {} can be written", folder_of(path).display())
            }
            Self::Database { cause: Cause::Full, .. } => {
                "free some disk space and rerun the command; all committed responses are kept".into()
            }
            Self::Database { path, cause: Cause::Damaged, .. } => {
                format!("the file is damaged; {}", recovery(path))
            }
            Self::Damaged { path, .. } => recovery(path),
            Self::Unreadable { path, .. } => {
                format!(
                    "the file was not changed; move {0}, {0}-wal and {0}-shm away to start a new store",
                    path.display()
                )
            }
            Self::Orphan { path, .. } => {
                format!("restore the store as {0}, or move {0}-wal and {0}-shm away", path.display())
            }
            Self::Gone { path, saved: Ok(saved) } if saved == path => {
                "its responses were saved there again; rerun the command to continue".into()
            }
            Self::Gone { path, saved: Ok(saved) } => format!(
                "its responses were saved to {0}; move {1}, {1}-wal and {1}-shm away, rename {0} to {1}, and rerun \
                 the command to continue",
                saved.display(),
                path.display()
            ),
            Self::Gone { saved: Err(why), .. } => {
                format!(
                    "its responses could not be saved ({why}); restore the store, or the next run sends all requests again"
                )
            }
            Self::Database { cause: Cause::Other, .. } | Self::Closed { .. } => {
                "rerun the command; all committed responses are kept".into()
            }
            Self::Foreign { path } => {
                format!("choose another output folder, or move {} away; the file was not changed", path.display())
            }
            Self::NothingOfOurs { .. } | Self::NoStore { .. } => {
                "give the path of a store, such as `outputs/store.sqlite`; the file was not changed".into()
            }
            Self::Absent { .. } => "give the path of a store, such as `outputs/store.sqlite`".into(),
            Self::MeasuredTwice { .. } => {
                "a load level is one measurement: merge the stores without this one, or measure the level anew; nothing was \
                 changed"
                    .into()
            }
            Self::OtherModels { .. } => {
                "their runs had other lock files: run them with the same one, or add `--other-models`, which keeps each \
                 answer with the model that gave it; nothing was changed"
                    .into()
            }
            Self::InUse { .. } => "repeat the command when the run has ended; nothing was changed".into(),
            Self::Postgres(error) => error.hint(),
            Self::Newer { .. } => {
                "use the version of smallbench that wrote it, or a newer one; the file was not changed".into()
            }
        }
    }
}

/// What brings back all that can be read.
fn recovery(path: &Path) -> String {
    format!(
        "`smallbench store recover {0}` saves every readable response and renames {0}, {0}-wal and {0}-shm; the \
         next run requests the others",
        path.display()
    )
}

fn differing(responses: usize) -> String {
    match responses {
        1 => "1 response does not match its checksum".into(),
        many => format!("{many} responses do not match their checksums"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(code: i32) -> String {
        let source = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
        StoreError::sqlite(Path::new("o/store.sqlite"), &source).hint()
    }

    #[test]
    fn a_code_of_sqlite_tells_what_to_do() {
        for code in [ffi::SQLITE_READONLY, ffi::SQLITE_CANTOPEN, ffi::SQLITE_READONLY_DBMOVED, ffi::SQLITE_PERM] {
            assert_eq!(hint(code), "check that o can be written", "{code}");
        }
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_SHMSIZE] {
            assert!(hint(code).starts_with("free some disk space and rerun"), "{code}");
        }
        for code in [ffi::SQLITE_CORRUPT, ffi::SQLITE_CORRUPT_INDEX, ffi::SQLITE_NOTADB] {
            assert!(hint(code).starts_with("the file is damaged; `smallbench store recover o/store.sqlite`"), "{code}");
        }
        assert!(hint(ffi::SQLITE_BUSY).starts_with("rerun the command"));
    }

    #[test]
    fn a_value_of_another_type_is_damage() {
        let source = rusqlite::Error::InvalidColumnType(0, "text".into(), rusqlite::types::Type::Integer);
        assert!(StoreError::sqlite(Path::new("store.sqlite"), &source).hint().starts_with("the file is damaged"));
    }
}
