//! Why results could not be read.

use std::path::{Path, PathBuf};

/// Why results could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// A file is not what its name says.
    #[error("{path}, {place}: {message}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line or row.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A path that holds no results that can be read.
    #[error("{path}: {message}")]
    Unknown {
        /// The path.
        path: PathBuf,
        /// What is missing.
        message: String,
        /// What to do; empty where nothing is known.
        hint: String,
    },
}

impl SourceError {
    /// The same, said of another path, of which the file was a copy.
    #[must_use]
    pub fn of(self, path: &Path) -> Self {
        let path = path.to_owned();
        match self {
            Self::Unreadable { source, .. } => Self::Unreadable { path, source },
            Self::Malformed { place, message, .. } => Self::Malformed { path, place, message },
            Self::Unknown { message, hint, .. } => Self::Unknown { path, message, hint },
        }
    }

    /// A path that holds no results that can be read, of which nothing is known that would help.
    pub fn unknown(path: &Path, message: impl Into<String>) -> Self {
        Self::Unknown { path: path.to_owned(), message: message.into(), hint: String::new() }
    }

    /// The same with what to do.
    #[must_use]
    pub fn or(self, advice: impl Into<String>) -> Self {
        match self {
            Self::Unknown { path, message, .. } => Self::Unknown { path, message, hint: advice.into() },
            other => other,
        }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { hint, .. } if !hint.is_empty() => Some(hint.clone()),
            _ => None,
        }
    }
}

/// A file that cannot be read, from the error of the system.
pub(super) fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> SourceError {
    let path = path.to_owned();
    |source| SourceError::Unreadable { path, source }
}

/// A file that is not what its name says.
pub(super) fn malformed(path: &Path, place: String, message: String) -> SourceError {
    SourceError::Malformed { path: path.to_owned(), place, message }
}
