//! Rows of an Arrow file as JSON, read one record batch at a time.
//!
//! Both forms are read: the stream, which the Hub's own tools write, and the file (Feather 2), which is a stream between
//! two marks with an index after it, which is not needed to read it from its beginning.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, SeekFrom};

use polars_arrow::array::Array;
use polars_arrow::io::ipc::read::{StreamMetadata, StreamReader, StreamState, read_stream_metadata};
use polars_arrow::record_batch::RecordBatchT;

use super::arrow_sizes::damaged;
use super::types::{BINARY, HUB, labels_in, unfit};
use super::{ColumnarContent, ColumnarError, MOST_BYTES, Row, Rows, Wanted, arrow_sizes, arrow_values, guarded};

/// The mark at both ends of a file that is no stream; at its beginning it is filled up to 8 bytes.
const MARK: &[u8; 6] = b"ARROW1";

trait Stream: Read + Seek {}
impl<S: Read + Seek> Stream for S {}

/// Reads the rows of a file.
///
/// # Errors
/// It is damaged, or has a record batch that unpacks to too much.
pub fn read(content: ColumnarContent, wanted: &Wanted<'_>) -> Result<Rows, ColumnarError> {
    let mut stream: Box<dyn Stream> = match content {
        ColumnarContent::File(file) => Box::new(file),
        ColumnarContent::Unpacked(bytes) => Box::new(Cursor::new(bytes)),
    };
    begin(&mut stream)?;
    let metadata = guarded(|| read_stream_metadata(&mut stream)).map_err(damaged)?.map_err(damaged)?;
    let start = stream.stream_position().map_err(damaged)?;
    let count = arrow_sizes::rows(&mut stream, MOST_BYTES)?;
    stream.seek(SeekFrom::Start(start)).map_err(damaged)?;
    let (mut columns, mut places, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (place, (name, field)) in metadata.schema.iter().enumerate() {
        match unfit(&field.dtype).filter(|kind| *kind != BINARY || !(wanted.has_binary)(name)) {
            Some(kind) => skipped.push((name.to_string(), kind.to_owned())),
            None => {
                columns.push(name.to_string());
                places.push(place);
            }
        }
    }
    let labels = labels(&metadata);
    let mut batches = Batches { reader: StreamReader::new(stream, metadata, Some(places)), has_failed: false };
    // The first is read at once: a file that is damaged is refused before its columns are judged.
    let first = batches.next().transpose()?;
    let batches = first.into_iter().map(Ok).chain(batches);
    let names = columns.clone();
    let rows = batches.flat_map(move |batch| -> Box<dyn Iterator<Item = _>> {
        let names = names.clone();
        match batch {
            Ok(batch) => Box::new((0..batch.len()).map(move |at| row(&batch, &names, at))),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    });
    Ok(Rows { columns, skipped, labels, count, rows: Box::new(rows) })
}

/// Goes to the beginning of the stream that a file is, or has between its marks.
fn begin(stream: &mut impl Stream) -> Result<(), ColumnarError> {
    let mut mark = [0; 6];
    let read = stream.read_exact(&mut mark);
    if read.is_err() || &mark != MARK {
        return stream.rewind().map_err(damaged);
    }
    stream.seek(SeekFrom::End(-6)).map_err(damaged)?;
    stream.read_exact(&mut mark).map_err(damaged)?;
    if &mark != MARK {
        return Err(damaged("it was not written to its end"));
    }
    stream.seek(SeekFrom::Start(8)).map(drop).map_err(damaged)
}

/// The names that the numbers of columns stand for.
fn labels(metadata: &StreamMetadata) -> BTreeMap<String, Vec<String>> {
    let written = metadata.custom_schema_metadata.as_ref().and_then(|written| written.get(HUB));
    written.map(|written| labels_in(written)).unwrap_or_default()
}

/// The record batches of a stream.
struct Batches {
    reader: StreamReader<Box<dyn Stream>>,
    has_failed: bool,
}

type Batch = RecordBatchT<Box<dyn Array>>;

impl Iterator for Batches {
    type Item = Result<Batch, ColumnarError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let batch = match guarded(|| self.reader.next()).map_err(damaged) {
            Ok(Some(Ok(StreamState::Some(batch)))) => Ok(batch),
            // A stream whose end is not marked is read to the end of the file.
            Ok(Some(Ok(StreamState::Waiting)) | None) => return None,
            Ok(Some(Err(error))) => Err(damaged(error)),
            Err(error) => Err(error),
        };
        self.has_failed = batch.is_err();
        Some(batch)
    }
}

fn row(batch: &Batch, names: &[String], at: usize) -> Result<Row, ColumnarError> {
    let cells = || {
        let named = names.iter().zip(batch.arrays());
        named
            .map(|(name, array)| Ok((name.clone(), arrow_values::json(&**array, at)?)))
            .collect::<Result<Row, String>>()
    };
    guarded(cells).and_then(|cells| cells).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::{Path, PathBuf};

    use serde_json::{Value, json};

    use super::*;

    const ALL: Wanted<'_> = Wanted { first: usize::MAX, has_binary: &|_| false };

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/arrow").join(name)
    }

    fn opened(name: &str) -> Rows {
        read(ColumnarContent::File(File::open(fixture(name)).unwrap()), &ALL).unwrap()
    }

    fn rows(table: Rows) -> Vec<Value> {
        table.rows.map(|row| Value::Object(row.unwrap())).collect()
    }

    #[test]
    fn every_type_that_has_a_text_is_read() {
        let table = opened("types.arrow");
        assert_eq!(table.count, 2);
        let skipped: Vec<&str> = table.skipped.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(skipped, ["picture", "span"]);
        let expected = [
            json!({
                "question": "Q?", "choices": ["a", "b"], "answer": 1, "year": 1999, "small": 0.1, "price": "3.50",
                "day": "2024-02-29", "at": "2024-01-31 12:30:00", "time": "01:02:03", "marks": [1, 0],
                "meta": {"born": "1900-01-01", "n": 7}, "maps": [{"key": "k", "value": 1}], "word": "x",
                "view": "a long text that is no part of its view", "large": "l", "yes": true, "none": null
            }),
            json!({
                "question": "R?", "choices": ["c", "d"], "answer": 0, "year": null, "small": null, "price": "-0.05",
                "day": "1969-12-31", "at": null, "time": null, "marks": [0, 1], "meta": null, "maps": [], "word": "y",
                "view": "short", "large": null, "yes": false, "none": null
            }),
        ];
        assert_eq!(rows(table), expected);
        let wanted = Wanted { first: usize::MAX, has_binary: &|name| name == "picture" };
        let mut pictures = read(ColumnarContent::File(File::open(fixture("types.arrow")).unwrap()), &wanted).unwrap();
        let first = pictures.rows.next().unwrap().unwrap();
        assert_eq!(first["picture"], json!({"bytes": {"bytes": "iVBORw=="}, "path": "a.png"}));
    }

    #[test]
    fn streams_and_files_are_read_however_they_are_compressed() {
        let expected: Vec<Value> = (0..5)
            .zip([0, 1, 2, 1, 0])
            .map(|(n, label)| json!({"question": format!("Question {n}?"), "label": label}))
            .collect();
        for name in ["lz4.arrow", "zstd.arrow", "lz4.feather"] {
            let table = opened(name);
            assert_eq!(
                (table.count, table.labels["label"].clone()),
                (5, ["yes", "no", "maybe"].map(str::to_owned).into())
            );
            assert_eq!(rows(table), expected, "{name}");
        }
    }

    #[test]
    fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
        let error = read(ColumnarContent::File(File::open(fixture("zeros.arrow")).unwrap()), &ALL).err().unwrap();
        assert!(error.to_string().contains("record batch 1 unpacks to 1100 MB"), "{error}");
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_refused_and_never_panics() {
        for name in ["types.arrow", "lz4.arrow", "lz4.feather"] {
            let whole = std::fs::read(fixture(name)).unwrap();
            let mut state = 7_u64;
            for turn in 0..400 {
                let mut bytes = whole.clone();
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let place = usize::try_from(state >> 33).unwrap() % bytes.len();
                if turn % 4 == 0 {
                    bytes.truncate(place);
                } else {
                    bytes[place] ^= 1 << (turn % 8);
                }
                if let Ok(table) = read(ColumnarContent::Unpacked(bytes.into()), &ALL) {
                    table.rows.take(10).for_each(drop);
                }
            }
        }
        let cut = |name: &str, left: usize| {
            let whole = std::fs::read(fixture(name)).unwrap();
            read(ColumnarContent::Unpacked(whole[..whole.len() - left].into()), &ALL)
                .err()
                .map(|error| error.to_string())
        };
        assert!(cut("lz4.feather", 3).unwrap().contains("not written to its end"));
        assert!(cut("lz4.arrow", 100).unwrap().contains("it ends within a record batch"));
    }
}
