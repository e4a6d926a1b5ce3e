//! Files of rows, which may be compressed.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::encoding::as_utf8;
use crate::files::open_file;
use crate::spec::types::TextEncoding;

/// Endings of compressed files.
const COMPRESSED: [&str; 4] = [".gz", ".gzip", ".zst", ".zstd"];

/// A name without the ending of its compression.
pub(super) fn without_compression(name: &str) -> &str {
    let ending = COMPRESSED.iter().find(|ending| name.to_ascii_lowercase().ends_with(*ending));
    ending.map_or(name, |ending| &name[..name.len() - ending.len()])
}

/// True if the name of a file says that it is compressed.
pub(super) fn is_compressed(name: &str) -> bool {
    without_compression(name) != name
}

/// A file, and how it is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opened<'a> {
    pub path: &'a Path,
    /// Its name in errors.
    pub shown: &'a str,
    /// Encoding of a text.
    pub encoding: TextEncoding,
}

/// First bytes of files that are no plain text, with what they are and the endings of their names.
const PACKINGS: [(&[u8], &str, &[&str]); 7] = [
    (b"\x1f\x8b", "compressed with gzip", &[".gz", ".gzip"]),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", &[".zst", ".zstd"]),
    (b"PK\x03\x04", "a ZIP archive or a spreadsheet", &[]),
    (b"PAR1", "a Parquet file", &[".parquet", ".pq"]),
    (b"ARROW1", "an Arrow file", &[".arrow", ".feather"]),
    (b"FEA1", "a Feather file of version 1", &[]),
    (b"SQLite format 3", "a SQLite database", &[]),
];

/// First bytes of what was saved in the place of a file, and what to do.
const STAND_INS: [(&[u8], &str); 4] = [
    (b"version https:/", "it is a pointer of Git LFS; fetch the file itself with `git lfs pull`"),
    (b"<!DOCTYPE", WEB_PAGE),
    (b"<!doctype", WEB_PAGE),
    (b"<html", WEB_PAGE),
];
const WEB_PAGE: &str =
    "it is a web page; download the file itself, on the Hub by `resolve` in the place of `blob` in its address";

/// Checks that a file is what its name says.
pub(super) fn check_packing(path: &Path, shown: &str) -> io::Result<()> {
    let mut start = Vec::new();
    open_file(path)?.take(16).read_to_end(&mut start)?;
    if let Some((_, message)) = STAND_INS.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, *message));
    }
    let name = shown.to_ascii_lowercase();
    let found = PACKINGS.iter().find(|(magic, ..)| start.starts_with(magic));
    let is_named = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let message = match found {
        Some((_, _, endings)) if is_named(endings) => return Ok(()),
        Some((_, what, [])) => format!("it is {what}; save its rows as CSV, JSON lines or Parquet"),
        Some((_, what, endings)) => format!("it is {what}; its name must end in {}", endings[0]),
        None if is_compressed(shown) && !start.is_empty() => {
            let plain = without_compression(shown);
            format!("it is not compressed; remove `{}` from its name", &shown[plain.len()..])
        }
        None => return Ok(()),
    };
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
}

/// Opens a file of text, which is unpacked as it is read, and is UTF-8 whatever it was. A limit on what is read bounds what
/// it unpacks to.
pub(super) fn open_text(Opened { path, shown, encoding }: Opened<'_>) -> io::Result<Box<dyn Read>> {
    as_utf8(unpacked(path, shown)?, encoding)
}

/// Opens a file, which is unpacked as it is read.
pub(super) fn unpacked(path: &Path, shown: &str) -> io::Result<Box<dyn Read>> {
    let file: File = open_file(path)?;
    check_packing(path, shown)?;
    let name = shown.to_ascii_lowercase();
    Ok(match name.rsplit('.').next() {
        Some("gz" | "gzip") => Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file))),
        Some("zst" | "zstd") => Box::new(zstd::Decoder::new(file)?),
        _ => Box::new(file),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_what_its_name_says_is_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let opened = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let encoding = TextEncoding::Utf8;
            open_text(Opened { path: &path, shown: name, encoding }).err().map(|error| error.to_string())
        };
        for (name, bytes, expected) in [
            ("a.jsonl", b"\x1f\x8b\x08\x00".as_slice(), "its name must end in .gz"),
            ("a.csv", b"\x28\xb5\x2f\xfd", "its name must end in .zst"),
            ("a.csv", b"PK\x03\x04....", "a ZIP archive or a spreadsheet; save its rows as CSV"),
            ("a.jsonl", b"PAR1....", "its name must end in .parquet"),
            ("a.csv", b"version https://git-lfs.github.com/spec/v1", "git lfs pull"),
            ("a.jsonl", b"<!DOCTYPE html>", "it is a web page"),
            ("a.jsonl.gz", b"{}", "it is not compressed; remove `.gz` from its name"),
        ] {
            let error = opened(name, bytes).unwrap_or_default();
            assert!(error.contains(expected), "{name}: {error}");
        }
        assert_eq!(opened("a.jsonl", b"{}"), None);
        assert_eq!(opened("a.jsonl", b""), None);
    }
}
