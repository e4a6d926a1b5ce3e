//! Data files: their formats, selected by file name, and the reader of each.

use super::error::DatasetError;
use super::open::{Opened, without_compression};
use super::rows::Table;
use super::{columnar, json, separated, text};
use crate::columnar::{arrow, parquet};
use crate::spec::types::ColumnsSpec;

/// A file format that holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    Arrow,
    JsonLines,
    Json,
    Csv,
    Tsv,
}

impl Format {
    /// All of them, the preferred first.
    pub(super) const ALL: [Self; 6] = [Self::Parquet, Self::Arrow, Self::JsonLines, Self::Json, Self::Csv, Self::Tsv];

    /// The format of a file name, also if it is compressed.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.rsplit('/').next()?;
        let plain = without_compression(name);
        let (_, extension) = plain.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "parquet" | "pq" => Some(Self::Parquet),
            "arrow" | "feather" => Some(Self::Arrow),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            _ => None,
        }
    }
}

impl Format {
    /// True if the first line may be a row already.
    pub(super) fn may_lack_names(self) -> bool {
        matches!(self, Self::Csv | Self::Tsv)
    }
}

/// Endings of files that hold rows, or pack files that do, in a form that is not read.
const PACKED: [&str; 9] = [".bz2", ".xz", ".lz4", ".br", ".zip", ".7z", ".tar", ".tgz", ".avro"];

/// True if a file that cannot be read holds rows.
pub(super) fn is_packed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PACKED.iter().any(|ending| name.ends_with(ending))
}

/// The name of what a packed file holds.
pub(super) fn without_packing(name: &str) -> &str {
    let ending = PACKED.iter().find(|ending| name.to_ascii_lowercase().ends_with(*ending));
    ending.map_or(name, |ending| &name[..name.len() - ending.len()])
}

/// Opens a file for about its first `most` rows.
///
/// If the columns are not known before the rows, the table ends after `most` rows, or before one that
/// cannot be read; otherwise it is complete, and rows that are not taken are not read.
pub(super) fn read(
    opened: Opened<'_>,
    format: Format,
    (most, columns): (usize, &ColumnsSpec),
) -> Result<Table, DatasetError> {
    match format {
        Format::Parquet => columnar::read(opened, parquet::read, (most, columns)),
        Format::Arrow => columnar::read(opened, arrow::read, (most, columns)),
        Format::JsonLines if json::is_list(opened) => json::read(opened, most),
        Format::JsonLines => text::json_lines(opened, most),
        Format::Json => json::read(opened, most),
        Format::Csv => separated::read(opened, b',', columns),
        Format::Tsv => separated::read(opened, b'\t', columns),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_format() {
        for (name, format) in [
            ("a/b.jsonl", Some(Format::JsonLines)),
            ("b.JSONL.GZ", Some(Format::JsonLines)),
            ("b.csv.zst", Some(Format::Csv)),
            ("b.json.gz", Some(Format::Json)),
            ("b.tsv", Some(Format::Tsv)),
            ("b.parquet", Some(Format::Parquet)),
            ("b.parquet.gz", Some(Format::Parquet)),
            ("b.arrow", Some(Format::Arrow)),
            ("b.feather.zst", Some(Format::Arrow)),
            ("b.parquet.bz2", None),
            ("b.gz", None),
            ("b.csv.bz2", None),
            ("csv", None),
        ] {
            assert_eq!(Format::of(name), format, "{name}");
        }
    }
}
