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
pub(super) struct PackedColumn {
    name: &'static str,
    kind: Kind,
    offset: usize,
    length: usize,
}

/// Columns that are packed together. They are compressed as they come: those of a million rows take some hundred megabytes.
pub(super) struct Pack {
    compressed: std::io::Result<ZlibEncoder<Vec<u8>>>,
    /// How many bytes there are.
    length: usize,
    entries: Vec<PackedColumn>,
}

impl Default for Pack {
    fn default() -> Self {
        Self { compressed: Ok(encoder()), length: 0, entries: Vec::new() }
    }
}

impl Pack {
    /// Adds bytes.
    pub(super) fn u8(&mut self, name: &'static str, values: &[u8]) {
        self.add((name, Kind::U8), values.len(), values.iter().map(|value| [*value]));
    }

    /// Adds whole numbers.
    pub(super) fn u32(&mut self, name: &'static str, values: &[u32]) {
        self.add((name, Kind::U32), values.len(), values.iter().map(|value| value.to_le_bytes()));
    }

    /// Adds numbers, of which some are unknown.
    pub(super) fn f64(&mut self, name: &'static str, values: &[Option<f64>]) {
        let values_or_none = values.iter().map(|value| value.unwrap_or(f64::NAN).to_le_bytes());
        self.add((name, Kind::F64), values.len(), values_or_none);
    }

    fn add<const WIDTH: usize>(
        &mut self,
        (name, kind): (&'static str, Kind),
        length: usize,
        values: impl Iterator<Item = [u8; WIDTH]> + Clone,
    ) {
        self.entries.push(PackedColumn { name, kind, offset: self.length, length });
        self.length += length * WIDTH;
        // Bytes of one significance are alike, and so compress better beside each other.
        for significance in 0..WIDTH {
            let alike: Vec<u8> = values.clone().map(|bytes| bytes[significance]).collect();
            let written = self.compressed.as_mut().map(|encoder| encoder.write_all(&alike));
            if let Ok(Err(error)) = written {
                self.compressed = Err(error);
            }
        }
    }

    /// Where each column is, and all of them as text.
    ///
    /// # Errors
    /// They cannot be compressed.
    pub(super) fn finish(self) -> Result<(Vec<PackedColumn>, String), Error> {
        Ok((self.entries, text(self.compressed)?))
    }
}

/// Bytes as text.
///
/// # Errors
/// They cannot be compressed.
pub(super) fn packed(bytes: &[u8]) -> Result<String, Error> {
    let mut encoder = encoder();
    let written = encoder.write_all(bytes);
    text(written.map(|()| encoder))
}

fn encoder() -> ZlibEncoder<Vec<u8>> {
    ZlibEncoder::new(Vec::new(), Compression::default())
}

/// What was compressed, as text.
fn text(compressed: std::io::Result<ZlibEncoder<Vec<u8>>>) -> Result<String, Error> {
    let compressed = compressed.and_then(ZlibEncoder::finish);
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
