//! Columns of numbers as text: bytes ordered by their significance, compressed, in base64. The page reads them into
//! typed arrays.

use std::io::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde::Serialize;

use crate::error::Error;

/// The type of a column, by the name of its array in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Kind {
    /// Bytes.
    U8,
    /// Whole numbers.
    U32,
    /// Numbers; unknown is NaN.
    F64,
}

/// Where a column is among the bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Entry {
    name: &'static str,
    kind: Kind,
    offset: usize,
    length: usize,
}

/// Columns that are packed together.
#[derive(Default)]
pub(super) struct Pack {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
}

impl Pack {
    /// Adds bytes.
    pub(super) fn u8(&mut self, name: &'static str, values: &[u8]) {
        self.add((name, Kind::U8), values.len(), 1, values.to_vec());
    }

    /// Adds whole numbers.
    pub(super) fn u32(&mut self, name: &'static str, values: &[u32]) {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.add((name, Kind::U32), values.len(), 4, bytes);
    }

    /// Adds numbers, of which some are unknown.
    pub(super) fn f64(&mut self, name: &'static str, values: &[Option<f64>]) {
        let bytes = values.iter().flat_map(|value| value.unwrap_or(f64::NAN).to_le_bytes()).collect();
        self.add((name, Kind::F64), values.len(), 8, bytes);
    }

    fn add(&mut self, (name, kind): (&'static str, Kind), length: usize, width: usize, bytes: Vec<u8>) {
        self.entries.push(Entry { name, kind, offset: self.bytes.len(), length });
        // Bytes of one significance are alike, and so compress better beside each other.
        for significance in 0..width {
            self.bytes.extend(bytes.iter().skip(significance).step_by(width));
        }
    }

    /// Where each column is, and all of them as text.
    ///
    /// # Errors
    /// They cannot be compressed.
    pub(super) fn finish(self) -> Result<(Vec<Entry>, String), Error> {
        Ok((self.entries, packed(&self.bytes)?))
    }
}

/// Bytes as text.
///
/// # Errors
/// They cannot be compressed.
pub(super) fn packed(bytes: &[u8]) -> Result<String, Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    let compressed =
        compressed.map_err(|error| Error::Internal(format!("cannot compress the report's data: {error}")))?;
    Ok(BASE64_STANDARD.encode(compressed))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn columns_come_out_as_they_went_in() {
        let mut pack = Pack::default();
        pack.u8("a", &[7, 8]);
        pack.u32("b", &[1, 1 << 24]);
        pack.f64("c", &[Some(0.1), None]);
        let (entries, text) = pack.finish().unwrap();
        let mut bytes = Vec::new();
        let compressed = BASE64_STANDARD.decode(text).unwrap();
        flate2::read::ZlibDecoder::new(&compressed[..]).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes[..10], [7, 8, 1, 0, 0, 0, 0, 0, 0, 1]);
        let value = |row: usize| {
            let start = entries[2].offset;
            f64::from_le_bytes(std::array::from_fn(|place| bytes[start + place * 2 + row]))
        };
        assert!((value(0) - 0.1).abs() < 1e-18 && value(1).is_nan());
        assert_eq!((entries[1].offset, entries[1].length, bytes.len()), (2, 2, 26));
    }
}
