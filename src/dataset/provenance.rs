//! The origin of a dataset: which files of which commit, and what they held.

/// The origin of a dataset, for the lock file and the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Repository or path.
    pub source: String,
    /// Commit of the repository.
    pub revision: Option<String>,
    /// Commit of the converted Parquet branch, if files come from there.
    pub converted_revision: Option<String>,
    /// The files that hold the rows, those of the examples last; a limit may leave the later ones unread.
    pub files: Vec<FileProvenance>,
    /// Rows in the source before filter and limit, without the examples; unknown if a limit left some unread.
    pub rows: Option<usize>,
}

impl Provenance {
    /// The origin of what is made.
    pub(super) fn of_generator(source: String) -> Self {
        Self { source, revision: None, converted_revision: None, files: Vec::new(), rows: None }
    }
}

/// One file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProvenance {
    /// Path in the repository, or on this machine.
    pub path: String,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Number of rows; unknown if a limit left some unread and the file has no count.
    pub rows: Option<usize>,
}
