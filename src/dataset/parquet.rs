//! Rows of a Parquet file.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{
    AnyValue, ArrowDataType, ArrowField, DataFrame, ParallelStrategy, ParquetReader, PolarsResult, SerReader, TimeUnit,
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
        | Kind::Int8
        | Kind::Int16
        | Kind::Int32
        | Kind::Int64
        | Kind::UInt8
        | Kind::UInt16
        | Kind::UInt32
        | Kind::UInt64
        | Kind::Float32
        | Kind::Float64
        | Kind::Timestamp(..)
        | Kind::Date32
        | Kind::Date64
        | Kind::Duration(_)
        | Kind::Utf8
        | Kind::LargeUtf8
        | Kind::Utf8View
        | Kind::Dictionary(..) => None,
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
        AnyValue::Int8(number) => Value::from(*number),
        AnyValue::Int16(number) => Value::from(*number),
        AnyValue::Int32(number) => Value::from(*number),
        AnyValue::Int64(number) => Value::from(*number),
        AnyValue::UInt8(number) => Value::from(*number),
        AnyValue::UInt16(number) => Value::from(*number),
        AnyValue::UInt32(number) => Value::from(*number),
        AnyValue::UInt64(number) => Value::from(*number),
        // Through its shortest text, or 0.1 becomes 0.10000000149011612.
        AnyValue::Float32(number) => number.to_string().parse().ok().and_then(Number::from_f64).into(),
        AnyValue::Float64(number) => Number::from_f64(*number).into(),
        AnyValue::Date(days) => Value::String(date_text(i64::from(*days))),
        AnyValue::Datetime(time, unit, zone) => Value::String(time_text(*time, *unit, zone.is_some())),
        AnyValue::DatetimeOwned(time, unit, zone) => Value::String(time_text(*time, *unit, zone.is_some())),
        AnyValue::Duration(length, unit) => Value::String(duration_text(*length, *unit)),
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

fn per_second(unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => 1_000_000_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
    }
}

fn fraction_text(fraction: i64, unit: TimeUnit) -> String {
    let digits = per_second(unit).ilog10() as usize;
    let text = format!(".{fraction:0digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn time_text(time: i64, unit: TimeUnit, in_utc: bool) -> String {
    let (seconds, fraction) = (time.div_euclid(per_second(unit)), time.rem_euclid(per_second(unit)));
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let (date, fraction) = (date_text(days), fraction_text(fraction, unit));
    format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{}", if in_utc { "Z" } else { "" })
}

fn duration_text(length: i64, unit: TimeUnit) -> String {
    let sign = if length < 0 { "-" } else { "" };
    let magnitude = length.saturating_abs();
    format!("{sign}PT{}{}S", magnitude / per_second(unit), fraction_text(magnitude % per_second(unit), unit))
}

/// The day so many days after 1970-01-01, by the usual count of days in eras of 400 years.
fn date_text(days: i64) -> String {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
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
        let date = Series::new("date".into(), [0_i32, 19_782]).cast(&DataType::Date).unwrap();
        let time = Series::new("time".into(), [-1_i64, 1_709_210_096_007_000]);
        let time = time.cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
        let words = Series::new("word".into(), ["a", "b"]);
        let words = words.cast(&DataType::from_categories(Categories::global())).unwrap();
        let fields = [Series::new("text".into(), ["t", "u"]), Series::new("n".into(), [1_i8, 2])];
        let pair = StructChunked::from_series("pair".into(), 2, fields.iter()).unwrap().into_series();
        let blob = Series::new("picture".into(), [b"a".as_slice(), b"b"]);
        let small = Series::new("small".into(), [Some(0.1_f32), None]);
        let plain = Series::new("plain".into(), [Some(true), None]);
        let columns = [list, date, time, words, pair, blob, small, plain];
        let mut frame = DataFrame::new(2, columns.into_iter().map(Column::from).collect()).unwrap();
        let file = written(&mut frame);
        let table = read(file.path(), "a.parquet").unwrap();
        assert_eq!(table.skipped, [("picture".to_owned(), "binary content, such as a picture".to_owned())]);
        assert_eq!(table.columns, ["choices", "date", "time", "word", "pair", "small", "plain"]);
        let expected = [
            json!({"choices": ["x", "y"], "date": "1970-01-01", "time": "1969-12-31T23:59:59.999999", "word": "a",
                   "pair": {"text": "t", "n": 1}, "small": 0.1, "plain": true}),
            json!({"choices": ["z"], "date": "2024-02-29", "time": "2024-02-29T12:34:56.007", "word": "b",
                   "pair": {"text": "u", "n": 2}, "small": null, "plain": null}),
        ];
        assert_eq!(rows_of(file.path()), expected);
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

    #[test]
    fn days_and_spans_are_written_as_iso_text() {
        for (days, text) in [(0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (-719_468, "0000-03-01")] {
            assert_eq!(date_text(days), text);
        }
        assert_eq!(duration_text(-1500, TimeUnit::Milliseconds), "-PT1.5S");
        assert_eq!(time_text(0, TimeUnit::Nanoseconds, true), "1970-01-01T00:00:00Z");
    }
}
