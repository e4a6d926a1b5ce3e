//! Files of text, which may be compressed.

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

/// True if the name of a file of text says that it is compressed.
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

/// Opens a file of text, which is unpacked as it is read, and is UTF-8 whatever it was. A limit on what is read bounds what
/// it unpacks to.
pub(super) fn open_text(Opened { path, shown, encoding }: Opened<'_>) -> io::Result<Box<dyn Read>> {
    let file: File = open_file(path)?;
    let name = shown.to_ascii_lowercase();
    let unpacked: Box<dyn Read> = match name.rsplit('.').next() {
        Some("gz" | "gzip") => Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(file))),
        Some("zst" | "zstd") => Box::new(zstd::Decoder::new(file)?),
        _ => Box::new(file),
    };
    as_utf8(unpacked, encoding)
}
