//! File formats that hold rows: told by the name of a file, each with its reader.

use std::path::Path;

use super::error::DatasetError;
use super::rows::Table;
use super::{json, parquet, text};

/// A file format that holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    JsonLines,
    Json,
    Csv,
    Tsv,
}

impl Format {
    /// All of them, the preferred first.
    pub(super) const ALL: [Self; 5] = [Self::Parquet, Self::JsonLines, Self::Json, Self::Csv, Self::Tsv];

    /// The format that a file name tells.
    pub(super) fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit('/').next()?.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "parquet" | "pq" => Some(Self::Parquet),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "tsv" => Some(Self::Tsv),
            _ => None,
        }
    }
}

/// Opens a file of which about the first `most` rows are wanted; `shown` is its name in errors.
///
/// Where the columns are not told before the rows, the table ends after `most` rows, or before one that
/// cannot be read; elsewhere it is whole, and what is not taken is not read.
pub(super) fn read(path: &Path, format: Format, shown: &str, most: usize) -> Result<Table, DatasetError> {
    match format {
        Format::Parquet => parquet::read(path, shown, most),
        Format::JsonLines => text::json_lines(path, shown, most),
        Format::Json => json::read(path, shown, most),
        Format::Csv => text::separated(path, shown, b','),
        Format::Tsv => text::separated(path, shown, b'\t'),
    }
}
