//! Data files: their formats, selected by file name, and the reader of each.

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

    /// The format of a file name.
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

/// Opens a file for about its first `most` rows; `shown` is its name in errors.
///
/// If the columns are not known before the rows, the table ends after `most` rows, or before one that
/// cannot be read; otherwise it is complete, and rows that are not taken are not read.
pub(super) fn read(path: &Path, format: Format, shown: &str, most: usize) -> Result<Table, DatasetError> {
    match format {
        Format::Parquet => parquet::read(path, shown, most),
        Format::JsonLines => text::json_lines(path, shown, most),
        Format::Json => json::read(path, shown, most),
        Format::Csv => text::separated(path, shown, b','),
        Format::Tsv => text::separated(path, shown, b'\t'),
    }
}
