//! Rows of a Parquet file.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{
    AnyValue, ArrowDataType, ArrowField, DataFrame, ParallelStrategy, ParquetReader, PolarsResult, SerReader,
};
use serde_json::{Number, Value};

use super::error::DatasetError;
use super::rows::{Row, Table};

/// Opens a Parquet file; columns of pictures, sounds and other binary content are left out.
pub(super) fn read(path: &Path, shown: &str) -> Result<Table, DatasetError> {
    let file = File::open(path).map_err(|source| DatasetError::Io { path: shown.to_owned(), source })?;
    let (frame, skipped) = guarded(shown, || read_frame(file))?.map_err(|error| wrong(shown, error.to_string()))?;
    let columns: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    let shown = shown.to_owned();
    let rows = (0..frame.height()).map(move |at| guarded(&shown, || row(&frame, at))?.map_err(|e| wrong(&shown, e)));
    Ok(Table { columns, skipped, rows: Box::new(rows) })
}

/// polars panics where a column's type was not compiled in, and on some damaged files.
fn guarded<T>(shown: &str, work: impl FnOnce() -> T) -> Result<T, DatasetError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the reader gave up");
        wrong(shown, text)
    })
}

fn wrong(shown: &str, reason: impl std::fmt::Display) -> DatasetError {
    let reason = format!("not a readable Parquet file: {reason}");
    DatasetError::Content { path: shown.to_owned(), line: None, reason }
}

type Frame = (DataFrame, Vec<(String, String)>);

fn read_frame(file: File) -> PolarsResult<Frame> {
    let mut reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
    let schema = reader.schema()?;
    let mut kept = Vec::new();
    let mut skipped = Vec::new();
    for (name, field) in schema.iter() {
        match unfit(&field.dtype) {
            Some(kind) => skipped.push((name.to_string(), kind.to_owned())),
            None => kept.push(name.to_string()),
        }
    }
    let columns = (!skipped.is_empty()).then_some(kept);
    Ok((reader.with_columns(columns).finish()?, skipped))
}

/// What a type is, if no row can hold it.
fn unfit(kind: &ArrowDataType) -> Option<&'static str> {
    use ArrowDataType as Kind;
    let of_field = |field: &ArrowField| unfit(&field.dtype);
    match kind {
        Kind::Binary | Kind::LargeBinary | Kind::BinaryView | Kind::FixedSizeBinary(_) => {
            Some("binary content, such as a picture")
        }
        Kind::Struct(fields) => fields.iter().find_map(of_field),
        Kind::List(field) | Kind::LargeList(field) => of_field(field),
        Kind::Null
        | Kind::Boolean
        | Kind::Int32
        | Kind::Int64
        | Kind::UInt32
        | Kind::UInt64
        | Kind::Float32
        | Kind::Float64
        | Kind::Utf8
        | Kind::LargeUtf8
        | Kind::Utf8View => None,
        Kind::Timestamp(..) | Kind::Date32 | Kind::Date64 | Kind::Duration(_) => Some("dates or times"),
        // Each further type of polars costs every build; no known benchmark keeps its questions in these.
        _ => Some("a rare type"),
    }
}

fn row(frame: &DataFrame, at: usize) -> Result<Row, String> {
    let cell = |column: &polars::prelude::Column| {
        let value = column.get(at).map_err(|error| error.to_string())?;
        Ok((column.name().to_string(), json(&value)?))
    };
    frame.columns().iter().map(cell).collect()
}

fn json(value: &AnyValue<'_>) -> Result<Value, String> {
    Ok(match value {
        AnyValue::Null => Value::Null,
        AnyValue::Boolean(truth) => Value::Bool(*truth),
        AnyValue::Int32(number) => Value::from(*number),
        AnyValue::Int64(number) => Value::from(*number),
        AnyValue::UInt32(number) => Value::from(*number),
        AnyValue::UInt64(number) => Value::from(*number),
        // Through its shortest text, or 0.1 becomes 0.10000000149011612.
        AnyValue::Float32(number) => number.to_string().parse().ok().and_then(Number::from_f64).into(),
        AnyValue::Float64(number) => Number::from_f64(*number).into(),
        AnyValue::List(items) => Value::Array(items.iter().map(|item| json(&item)).collect::<Result<_, _>>()?),
        AnyValue::Struct(_, _, fields) => {
            let cells = fields.iter().zip(value._iter_struct_av());
            Value::Object(
                cells
                    .map(|(field, cell)| Ok((field.name().to_string(), json(&cell)?)))
                    .collect::<Result<_, String>>()?,
            )
        }
        AnyValue::StructOwned(cells) => {
            let cells = cells.1.iter().zip(&cells.0);
            Value::Object(
                cells
                    .map(|(field, cell)| Ok((field.name().to_string(), json(cell)?)))
                    .collect::<Result<_, String>>()?,
            )
        }
        other => match other.get_str() {
            Some(text) => Value::from(text),
            None => return Err(format!("a value of type {} is not understood", other.dtype())),
        },
    })
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;
    use serde_json::json;

    use super::*;

    fn written(frame: &mut DataFrame) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        ParquetWriter::new(File::create(file.path()).unwrap()).finish(frame).unwrap();
        file
    }

    fn rows_of(path: &Path) -> Vec<Value> {
        read(path, "a.parquet").unwrap().rows.map(|row| Value::Object(row.unwrap())).collect()
    }

    #[test]
    fn every_usual_type_is_read() {
        let list = Series::new("choices".into(), [Series::new("".into(), ["x", "y"]), Series::new("".into(), ["z"])]);
        let fields = [Series::new("text".into(), ["t", "u"]), Series::new("n".into(), [1_i64, 2])];
        let pair = StructChunked::from_series("pair".into(), 2, fields.iter()).unwrap().into_series();
        let blob = Series::new("picture".into(), [b"a".as_slice(), b"b"]);
        let small = Series::new("small".into(), [Some(0.1_f32), None]);
        let plain = Series::new("plain".into(), [Some(true), None]);
        let columns = [list, pair, blob, small, plain];
        let mut frame = DataFrame::new(2, columns.into_iter().map(Column::from).collect()).unwrap();
        let file = written(&mut frame);
        let table = read(file.path(), "a.parquet").unwrap();
        assert_eq!(table.skipped, [("picture".to_owned(), "binary content, such as a picture".to_owned())]);
        assert_eq!(table.columns, ["choices", "pair", "small", "plain"]);
        let expected = [
            json!({"choices": ["x", "y"], "pair": {"text": "t", "n": 1}, "small": 0.1, "plain": true}),
            json!({"choices": ["z"], "pair": {"text": "u", "n": 2}, "small": null, "plain": null}),
        ];
        assert_eq!(rows_of(file.path()), expected);
    }

    #[test]
    fn columns_of_rare_types_are_left_out_and_named() {
        // Written by pyarrow: a date, a time stamp, an 8-bit integer, a dictionary, a decimal, bytes, and a
        // struct that holds a date.
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rare_types.parquet");
        let table = read(&path, "a.parquet").unwrap();
        let skipped: Vec<&str> = table.skipped.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(skipped, ["day", "time", "small", "word", "price", "blob", "pair"]);
        let rows: Vec<Value> = table.rows.map(|row| Value::Object(row.unwrap())).collect();
        assert_eq!(rows, [json!({"question": "one?", "answer": 1}), json!({"question": "two?", "answer": 2})]);
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
            let outcome = read(&path, "a.parquet").and_then(|table| table.rows.collect::<Result<Vec<Row>, _>>());
            let error = outcome.unwrap_err();
            assert!(error.to_string().starts_with("`a.parquet`: not a readable Parquet file"), "{error}");
        }
    }

    #[test]
    fn a_panic_of_the_reader_is_an_error() {
        let error = guarded("a.parquet", || -> () { panic!("activate the feature {}", "dtype-time") }).unwrap_err();
        assert!(error.to_string().ends_with("activate the feature dtype-time"), "{error}");
    }
}
