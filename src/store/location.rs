//! Where a store is: in a file or in a database.

use std::fmt;
use std::path::{Path, PathBuf};

use super::postgres::Database;
use crate::secret::Secret;

/// Where a store is. Displayed without anything secret.
#[derive(Debug, Clone)]
pub enum Location {
    /// In a SQLite file.
    File(PathBuf),
    /// In a PostgreSQL database.
    Database(Database),
}

impl Location {
    /// Its file, if it has one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Database(_) => None,
        }
    }

    /// What of it is secret.
    pub fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::File(_) => Vec::new(),
            Self::Database(database) => database.secrets(),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Database(database) => f.write_str(&database.shown()),
        }
    }
}
