//! Parquet and Arrow files as tables of a dataset.

use std::io::{self, Read};
use std::path::Path;

use super::error::DatasetError;
use super::open::{Opened, check_packing, is_compressed, unpacked};
use super::path::root;
use super::rows::{MOST_ROWS, Numbered, Table};
use crate::columnar::{ColumnarContent, ColumnarError, Rows, Wanted};
use crate::files::open_file;
use crate::spec::types::ColumnsSpec;

/// Maximum size of a compressed file in bytes, unpacked; it is held in memory.
const MOST_UNPACKED: usize = 1 << 30;

/// A reader of one of the formats.
pub(super) type Reader = fn(ColumnarContent, &Wanted<'_>) -> Result<Rows, ColumnarError>;

/// Opens a file of which the first `most` rows are wanted; columns of pictures, sounds and other binary content are left
/// out, unless the spec names them as images.
pub(super) fn read(
    Opened { path, shown, .. }: Opened<'_>,
    rows_of: Reader,
    (most, columns): (usize, &ColumnsSpec),
) -> Result<Table, DatasetError> {
    let content = content(path, shown).map_err(|source| DatasetError::Io { path: shown.to_owned(), source })?;
    let is_image =
        |name: &str| columns.images().any(|image| root(std::slice::from_ref(&name.to_owned()), image).is_some());
    let file =
        rows_of(content, &Wanted { first: most, has_binary: &is_image }).map_err(|error| unreadable(shown, error))?;
    if file.count > MOST_ROWS {
        let reason = format!("it has {} rows, but the maximum is {MOST_ROWS}; use a part of it", file.count);
        return Err(DatasetError::Content { path: shown.to_owned(), line: None, reason });
    }
    let named = shown.to_owned();
    let rows = file.rows.map(move |row| row.map(Numbered::from).map_err(|error| unreadable(&named, error)));
    Ok(Table {
        columns: file.columns,
        skipped: file.skipped,
        labels: file.labels,
        count: Some(file.count),
        is_part: false,
        rows: Box::new(rows),
    })
}

/// A file, or what it unpacks to, as the end of it is read first.
fn content(path: &Path, shown: &str) -> io::Result<ColumnarContent> {
    if !is_compressed(shown) {
        check_packing(path, shown)?;
        return open_file(path).map(ColumnarContent::File);
    }
    let mut bytes = Vec::new();
    unpacked(path, shown)?.take(MOST_UNPACKED as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MOST_UNPACKED {
        let reason = format!("it unpacks to more than {} MB; unpack it", MOST_UNPACKED >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(ColumnarContent::Unpacked(bytes.into()))
}

fn unreadable(shown: &str, error: ColumnarError) -> DatasetError {
    DatasetError::Content { path: shown.to_owned(), line: None, reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{ParquetWriter, df};

    use super::*;
    use crate::columnar::parquet;
    use crate::spec::types::TextEncoding;

    #[test]
    fn a_compressed_file_is_unpacked() {
        let (mut frame, mut bytes) = (df!("q" => ["one", "two"]).unwrap(), Vec::new());
        ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet.zst");
        std::fs::write(&path, zstd::encode_all(&bytes[..], 0).unwrap()).unwrap();
        let opened = Opened { path: &path, shown: "a.parquet.zst", encoding: TextEncoding::Utf8 };
        let table = read(opened, parquet::read, (usize::MAX, &ColumnsSpec::default())).unwrap();
        assert_eq!(table.rows.map(|row| row.unwrap().row["q"].clone()).collect::<Vec<_>>(), ["one", "two"]);
    }
}
