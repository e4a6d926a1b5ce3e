//! Rows of a Parquet file as JSON, read one row group at a time.
//!
//! A file of a few kilobytes can unpack to terabytes, so the sizes of the footer are checked
//! before anything is unpacked, and at most one row group is held at a time; if only the first rows
//! are needed, only these are unpacked.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::{
    ArrowDataType, ArrowSchema, DataFrame, FileMetadataRef, ParallelStrategy, ParquetReader, PolarsResult, SerReader,
};
use polars_io::mmap::MmapBytesReader;
use polars_parquet::read::infer_schema;

use super::types::{BINARY, as_stored, as_text, is_plain, json, labels, unfit, without_arrow};
use super::{ColumnarContent, ColumnarError, MOST_BYTES, Row, Rows, Wanted};

/// Rows that are looked at to tell whether bytes are a text.
const LOOK: usize = 100;

/// The longest values, in bytes on average, that may be a text without a type that says so; pictures are longer.
const LONGEST_TEXT: usize = 64 << 10;

impl ColumnarContent {
    fn reader(&self) -> PolarsResult<ParquetReader<Box<dyn MmapBytesReader>>> {
        let bytes: Box<dyn MmapBytesReader> = match self {
            Self::File(file) => Box::new(file.try_clone()?),
            Self::Unpacked(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        };
        Ok(ParquetReader::new(bytes))
    }
}

/// Reads the rows of a file.
///
/// # Errors
/// It is damaged, or has a row group that unpacks to too much.
pub fn read(content: ColumnarContent, wanted: &Wanted<'_>) -> Result<Rows, ColumnarError> {
    let (groups, skipped) = guarded(|| Groups::open(content, wanted.has_binary))?.map_err(damaged)?;
    groups.check(MOST_BYTES)?;
    let (columns, count) = (groups.columns.clone(), groups.metadata.num_rows);
    let kinds = Arc::clone(&groups.kinds);
    let labels = groups.labels.clone();
    let mut slices = groups.slices(wanted.first).into_iter();
    // The first is read at once: a file that is damaged is refused before its columns are judged.
    let first = groups.frame(slices.next().unwrap_or_default())?;
    let others = slices.map(move |slice| groups.frame(slice));
    let rows = std::iter::once(Ok(first)).chain(others).flat_map(move |frame| -> Box<dyn Iterator<Item = _>> {
        let kinds = Arc::clone(&kinds);
        match frame {
            Ok(frame) => {
                let height = frame.height();
                let one = move |at| guarded(|| row(&frame, at, &kinds))?.map_err(damaged);
                Box::new((0..height).map(one))
            }
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    });
    Ok(Rows { columns, skipped, labels, count, rows: Box::new(rows) })
}

/// Columns of unsupported types, each with the name of the type.
type Skipped = Vec<(String, String)>;

/// The row groups of an open file.
struct Groups {
    content: ColumnarContent,
    /// The metadata, with the types as they are stored.
    metadata: FileMetadataRef,
    /// The types as they are declared.
    kinds: Arc<ArrowSchema>,
    /// The names that numbers stand for.
    labels: BTreeMap<String, Vec<String>>,
    columns: Vec<String>,
}

impl Groups {
    fn open(content: ColumnarContent, has_binary: &dyn Fn(&str) -> bool) -> PolarsResult<(Self, Skipped)> {
        let written = content.reader()?.get_metadata()?.clone();
        let mut kinds = infer_schema(&without_arrow(&written))?;
        let metadata = Arc::new(as_stored(&written));
        name_texts((&content, &metadata), &mut kinds, has_binary);
        let mut columns = Vec::new();
        let mut skipped = Vec::new();
        for (name, field) in kinds.iter() {
            match unfit(&field.dtype).filter(|kind| *kind != BINARY || !has_binary(name)) {
                Some(kind) => skipped.push((name.to_string(), kind.to_owned())),
                None => columns.push(name.to_string()),
            }
        }
        Ok((Self { content, metadata, kinds: Arc::new(kinds), labels: labels(&written), columns }, skipped))
    }

    /// Rejects a file whose footer exceeds the limits.
    fn check(&self, most: usize) -> Result<(), ColumnarError> {
        let mut rows = 0_usize;
        for (at, group) in self.metadata.row_groups.iter().enumerate() {
            rows = rows.saturating_add(group.num_rows());
            let parts = self.columns.iter().filter_map(|name| group.columns_under_root_iter(name)).flatten();
            let sizes = parts.map(|part| usize::try_from(part.uncompressed_size()).unwrap_or(usize::MAX));
            let bytes = sizes.fold(0, usize::saturating_add);
            if bytes > most {
                return Err(ColumnarError::TooLarge(format!(
                    "row group {at} unpacks to {} MB, but the maximum is {} MB; write the file with smaller row groups",
                    bytes >> 20,
                    most >> 20
                )));
            }
        }
        if rows != self.metadata.num_rows {
            let stated = self.metadata.num_rows;
            return Err(damaged(format!(
                "its row groups and its footer differ in the number of rows: {rows} and {stated}"
            )));
        }
        Ok(())
    }

    /// What is read at a time, as the first row and the number of rows: a row group, which is parted after
    /// the first `most` rows of the file.
    fn slices(&self, most: usize) -> Vec<(usize, usize)> {
        let mut slices = Vec::with_capacity(self.metadata.row_groups.len() + 1);
        let mut before = 0;
        for rows in self.metadata.row_groups.iter().map(|group| group.num_rows()) {
            let wanted = most.saturating_sub(before).min(rows);
            slices
                .extend([(before, wanted), (before + wanted, rows - wanted)].into_iter().filter(|(_, rows)| *rows > 0));
            before += rows;
        }
        slices
    }

    /// Reads the rows of one row group or a part of it.
    fn frame(&self, slice: (usize, usize)) -> Result<DataFrame, ColumnarError> {
        let read = || part(&self.content, &self.metadata, &self.columns, slice);
        guarded(read)?.map_err(damaged)
    }
}

/// Some rows of some columns.
fn part(
    content: &ColumnarContent,
    metadata: &FileMetadataRef,
    columns: &[String],
    slice: (usize, usize),
) -> PolarsResult<DataFrame> {
    let mut reader = content.reader()?.read_parallel(ParallelStrategy::None);
    reader.set_metadata(metadata.clone());
    reader.with_columns(Some(columns.to_vec())).with_slice(Some(slice)).finish()
}

/// Calls columns of bytes texts, if the first of them are: some writers leave out the type that says so.
fn name_texts(
    (content, metadata): (&ColumnarContent, &FileMetadataRef),
    kinds: &mut ArrowSchema,
    has_binary: &dyn Fn(&str) -> bool,
) {
    let Some(group) = metadata.row_groups.first() else { return };
    let size = |name: &str| -> usize {
        let parts = group.columns_under_root_iter(name).into_iter().flatten();
        parts.map(|part| usize::try_from(part.uncompressed_size()).unwrap_or(usize::MAX)).fold(0, usize::saturating_add)
    };
    for (name, field) in kinds.iter_mut() {
        let is_short = size(name) / group.num_rows().max(1) <= LONGEST_TEXT;
        if !is_short || unfit(&field.dtype) != Some(BINARY) || has_binary(name) {
            continue;
        }
        let kind = as_text(&field.dtype);
        let look = || part(content, metadata, &[name.to_string()], (0, LOOK.min(group.num_rows())));
        let Ok(Ok(frame)) = guarded(look) else { continue };
        let is_text = |at: usize| {
            let value = frame.columns().first().and_then(|column| column.get(at).ok());
            value.and_then(|value| json(&value, &kind).ok()).is_some_and(|value| is_plain(&value))
        };
        if (0..frame.height()).all(is_text) {
            field.dtype = kind;
        }
    }
}

/// polars panics where a column's type was not compiled in, and on some damaged files.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, ColumnarError> {
    super::guarded(work).map_err(damaged)
}

fn damaged(reason: impl std::fmt::Display) -> ColumnarError {
    ColumnarError::Damaged("Parquet", reason.to_string())
}

fn row(frame: &DataFrame, at: usize, kinds: &ArrowSchema) -> Result<Row, String> {
    let cell = |column: &polars::prelude::Column| {
        let value = column.get(at).map_err(|error| error.to_string())?;
        let kind = kinds.get(column.name()).map_or(&ArrowDataType::Null, |field| &field.dtype);
        Ok((column.name().to_string(), json(&value, kind)?))
    };
    frame.columns().iter().map(cell).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use polars::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn written(frame: &mut DataFrame) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        ParquetWriter::new(File::create(file.path()).unwrap()).finish(frame).unwrap();
        file
    }

    fn file(path: &Path) -> ColumnarContent {
        ColumnarContent::File(File::open(path).unwrap())
    }

    const ALL: Wanted<'_> = Wanted { first: usize::MAX, has_binary: &|_| false };

    fn rows_of(path: &Path) -> Vec<Value> {
        read(file(path), &ALL).unwrap().rows.map(|row| Value::Object(row.unwrap())).collect()
    }

    #[test]
    fn every_usual_type_is_read() {
        let list = Series::new("choices".into(), [Series::new("".into(), ["x", "y"]), Series::new("".into(), ["z"])]);
        let fields = [Series::new("text".into(), ["t", "u"]), Series::new("n".into(), [1_i64, 2])];
        let pair = StructChunked::from_series("pair".into(), 2, fields.iter()).unwrap().into_series();
        let blob = Series::new("picture".into(), [b"\xff".as_slice(), b"\x89"]);
        let small = Series::new("small".into(), [Some(0.1_f32), None]);
        let plain = Series::new("plain".into(), [Some(true), None]);
        let columns = [list, pair, blob, small, plain];
        let mut frame = DataFrame::new(2, columns.into_iter().map(Column::from).collect()).unwrap();
        let file = written(&mut frame);
        let table = read(self::file(file.path()), &ALL).unwrap();
        assert_eq!(table.skipped, [("picture".to_owned(), "binary content, such as a picture".to_owned())]);
        assert_eq!(table.columns, ["choices", "pair", "small", "plain"]);
        let expected = [
            json!({"choices": ["x", "y"], "pair": {"text": "t", "n": 1}, "small": 0.1, "plain": true}),
            json!({"choices": ["z"], "pair": {"text": "u", "n": 2}, "small": null, "plain": null}),
        ];
        assert_eq!(rows_of(file.path()), expected);
    }

    fn fixture(name: &str) -> (Vec<String>, Vec<Value>) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let table = read(file(&path), &ALL).unwrap();
        let skipped = table.skipped.into_iter().map(|(name, _)| name).collect();
        (skipped, table.rows.map(|row| Value::Object(row.unwrap())).collect())
    }

    #[test]
    fn every_type_that_has_a_text_is_read() {
        // Written by pyarrow.
        let (skipped, rows) = fixture("types.parquet");
        assert!(skipped.is_empty(), "{skipped:?}");
        let expected = [
            json!({
                "question": "Q?", "choices": ["a", "b"], "answer": 1, "year": 1999, "count": 200, "price": "3.50",
                "large": "12345678901234567890.5", "day": "2024-02-29", "at": "2024-01-31 12:30:00",
                "time": "01:02:03", "marks": [1, 0], "meta": {"born": "1900-01-01", "n": 7}, "text": "x", "half": null,
                "maps": [{"key": "k", "value": 1}]
            }),
            json!({
                "question": "R?", "choices": ["c", "d"], "answer": 0, "year": null, "count": 3, "price": "-0.05",
                "large": null, "day": "1969-12-31", "at": null, "time": null, "marks": [],
                "meta": {"born": null, "n": null}, "text": "y", "half": null, "maps": []
            }),
        ];
        assert_eq!(rows[0], expected[0]);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1]["price"], expected[1]["price"]);
        assert_eq!((&rows[1]["marks"], &rows[1]["day"]), (&expected[1]["marks"], &expected[1]["day"]));
    }

    #[test]
    fn binary_columns_that_are_wanted_are_read() {
        let fields =
            [Series::new("bytes".into(), [Some(b"a".as_slice()), None]), Series::new("path".into(), ["p", "q"])];
        let hub = StructChunked::from_series("hub".into(), 2, fields.iter()).unwrap().into_series();
        let plain = Series::new("plain".into(), [b"a".as_slice(), b"b"]);
        let other = Series::new("other".into(), [b"\xff".as_slice(), b"b"]);
        let columns = [hub, plain, other];
        let mut frame = DataFrame::new(2, columns.into_iter().map(Column::from).collect()).unwrap();
        let file = written(&mut frame);
        let wanted = Wanted { has_binary: &|name| ["hub", "plain"].contains(&name), ..ALL };
        let table = read(self::file(file.path()), &wanted).unwrap();
        assert_eq!(table.skipped.len(), 1);
        let rows: Vec<Value> = table.rows.map(|row| Value::Object(row.unwrap())).collect();
        let expected = [
            json!({"hub": {"bytes": {"bytes": "YQ=="}, "path": "p"}, "plain": {"bytes": "YQ=="}}),
            json!({"hub": {"bytes": null, "path": "q"}, "plain": {"bytes": "Yg=="}}),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn binary_columns_are_left_out_and_named() {
        // Written by pyarrow: a date, a time stamp, an 8-bit integer, a dictionary, a decimal, bytes, and a
        // struct that holds a date.
        let (skipped, rows) = fixture("rare_types.parquet");
        assert_eq!(skipped, ["blob"]);
        assert_eq!((&rows[0]["question"], &rows[1]["answer"]), (&json!("one?"), &json!(2)));
    }

    #[test]
    fn bytes_that_are_texts_are_read_as_such() {
        let texts = Series::new("question".into(), ["Où?".as_bytes(), b"two\nlines"]);
        let list = Series::new(
            "choices".into(),
            [Series::new("".into(), [b"x".as_slice()]), Series::new("".into(), [b"y".as_slice()])],
        );
        let bytes = Series::new("picture".into(), [b"\xff\xd8".as_slice(), b"text"]);
        let control = Series::new("packed".into(), [b"a\0b".as_slice(), b"text"]);
        let columns = [texts, list, bytes, control];
        let mut frame = DataFrame::new(2, columns.into_iter().map(Column::from).collect()).unwrap();
        let written = written(&mut frame);
        let table = read(file(written.path()), &ALL).unwrap();
        assert_eq!(table.skipped.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["picture", "packed"]);
        let rows: Vec<Value> = table.rows.map(|row| Value::Object(row.unwrap())).collect();
        let expected =
            [json!({"question": "Où?", "choices": ["x"]}), json!({"question": "two\nlines", "choices": ["y"]})];
        assert_eq!(rows, expected);
    }

    #[test]
    fn a_struct_of_lists_and_a_list_of_structs_are_read() {
        let list = |name: &str, items: [&str; 2]| Series::new(name.into(), [Series::new("".into(), items)]);
        let fields = [list("text", ["x", "y"]), list("label", ["A", "B"])];
        let choices = StructChunked::from_series("choices".into(), 1, fields.iter()).unwrap().into_series();
        let inner = [Series::new("label".into(), ["A", "B"]), Series::new("text".into(), ["x", "y"])];
        let inner = StructChunked::from_series("".into(), 2, inner.iter()).unwrap().into_series();
        let options = Series::new("options".into(), [inner]);
        let mut frame = DataFrame::new(1, vec![choices.into(), options.into()]).unwrap();
        let expected = json!({
            "choices": {"text": ["x", "y"], "label": ["A", "B"]},
            "options": [{"label": "A", "text": "x"}, {"label": "B", "text": "y"}],
        });
        assert_eq!(rows_of(written(&mut frame).path()), [expected]);
    }

    #[test]
    fn row_groups_are_read_one_by_one() {
        let mut frame = df!("q" => (0..1000).map(|n| format!("q{n}")).collect::<Vec<_>>()).unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = ParquetWriter::new(File::create(file.path()).unwrap()).with_row_group_size(Some(300));
        writer.finish(&mut frame).unwrap();
        let rows = rows_of(file.path());
        assert_eq!(
            (rows.len(), &rows[0]["q"], &rows[299]["q"], &rows[999]["q"]),
            (1000, &json!("q0"), &json!("q299"), &json!("q999"))
        );
        assert!(rows_of(written(&mut frame.clear()).path()).is_empty());
    }

    #[test]
    fn a_row_group_is_refused_by_the_size_that_the_footer_tells() {
        let mut frame = df!("q" => (0..1000).map(|n| format!("question {n}")).collect::<Vec<_>>()).unwrap();
        let file = written(&mut frame);
        let (groups, _) = Groups::open(self::file(file.path()), &|_| false).unwrap();
        groups.check(1 << 20).unwrap();
        let error = groups.check(1000).unwrap_err();
        assert!(error.to_string().starts_with("row group 0 unpacks to"), "{error}");
    }

    #[test]
    fn a_file_that_is_not_parquet_is_an_error() {
        let mut frame = df!("q" => ["some text"; 100], "n" => (0..100).collect::<Vec<i32>>()).unwrap();
        let bytes = std::fs::read(written(&mut frame).path()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.parquet");
        let half = bytes.len() / 2;
        let mut garbled = bytes.clone();
        garbled[8..half].fill(0xff);
        for content in [b"<Error>expired</Error>".as_slice(), b"", &bytes[..half], &bytes[half..], &garbled] {
            std::fs::write(&path, content).unwrap();
            let outcome = read(file(&path), &ALL).and_then(|mut table| table.rows.try_for_each(|row| row.map(|_| ())));
            let error = outcome.unwrap_err();
            assert!(error.to_string().starts_with("not a readable Parquet file"), "{error}");
        }
    }

    #[test]
    fn a_panic_of_the_reader_is_an_error() {
        let error = guarded(|| -> () { panic!("activate the feature {}", "dtype-time") }).unwrap_err();
        assert!(error.to_string().ends_with("activate the feature dtype-time"), "{error}");
    }
}
