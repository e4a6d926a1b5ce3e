//! The results table, piece by piece: what is a figure comes from the figures, every other column from the responses.

use std::sync::Arc;

use polars::prelude::{
    Column as PolarsColumn, DataFrame, DataType, Float64Chunked, Int64Chunked, IntoSeries, NamedFrom, NewChunkedArray,
    PolarsResult, Series, StringChunked, UInt32Chunked,
};

use super::columns::{COLUMNS, Column, Kind, Value, spreadsheet_safe};
use super::digits::{add_count, add_number};
use super::figures::Figures;
use super::row::Row;
use super::words::Words;

/// Room for most lines of CSV, in bytes.
const LINE: usize = 1024;

/// A piece of the results table: some rows, and the figures of just these.
pub struct Piece<'p> {
    figures: &'p Figures,
    columns: Vec<Cells<'p>>,
}

/// The values of a column.
enum Cells<'p> {
    /// Those of a figure.
    Figure(&'p PolarsColumn),
    /// What is read of the rows.
    Read(Vec<Value<'p>>),
}

/// Adds the next value of a column to a line of CSV.
type NextField<'p> = Box<dyn FnMut(&mut Vec<u8>) + 'p>;

impl<'p> Piece<'p> {
    /// Puts both together.
    pub fn new(rows: &'p [Row<'p>], figures: &'p Figures) -> Self {
        let columns = COLUMNS.iter().map(|column| match figures.frame().column(column.name) {
            Ok(held) => Cells::Figure(held),
            Err(_) => Cells::Read(rows.iter().map(column.value).collect()),
        });
        Self { figures, columns: columns.collect() }
    }

    /// The names of the columns as a line of CSV.
    ///
    /// # Errors
    /// Never: it is written into memory.
    pub fn csv_header() -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS.iter().map(|column| column.name))?;
        writer.into_inner().map_err(|error| error.into_error().into())
    }

    /// The columns without a row.
    ///
    /// # Errors
    /// polars refuses the columns.
    pub fn empty_frame() -> PolarsResult<DataFrame> {
        let none = Figures::new(Figures::frame_of(&[], &Words::default())?, Arc::default())?;
        Piece::new(&[], &none).frame()
    }

    /// The rows as lines of CSV.
    ///
    /// # Errors
    /// A figure is not of its declared type.
    pub fn csv(&self) -> PolarsResult<Vec<u8>> {
        let fields = self.columns.iter().map(|cells| match cells {
            Cells::Figure(held) => fields_of(self.figures, held),
            Cells::Read(values) => Ok(each(values.iter().map(Some), add_field)),
        });
        let mut fields = fields.collect::<PolarsResult<Vec<NextField<'_>>>>()?;
        let mut lines = Vec::with_capacity(self.figures.len() * LINE);
        for _ in 0..self.figures.len() {
            for (column, add_next) in fields.iter_mut().enumerate() {
                if column > 0 {
                    lines.push(b',');
                }
                add_next(&mut lines);
            }
            lines.push(b'\n');
        }
        Ok(lines)
    }

    /// The rows as a frame, as the Parquet file holds them.
    ///
    /// # Errors
    /// polars refuses the columns.
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        let columns = COLUMNS.iter().zip(&self.columns).map(|(column, cells)| match cells {
            Cells::Figure(held) => written_out(self.figures, held),
            Cells::Read(values) => Ok(series_of(column, values).into()),
        });
        DataFrame::new(self.figures.len(), columns.collect::<PolarsResult<_>>()?)
    }
}

/// The fields of a figure, which are those that [`Value::field`] gives.
fn fields_of<'p>(figures: &'p Figures, held: &'p PolarsColumn) -> PolarsResult<NextField<'p>> {
    if held.null_count() == held.len() {
        return Ok(Box::new(|_| {}));
    }
    Ok(match held.dtype() {
        DataType::UInt32 => each(words(figures, held.u32()?), |line, word| add_text(line, &spreadsheet_safe(&word))),
        DataType::Boolean => each(held.bool()?.iter(), |line, is| add_count(line, i64::from(is))),
        DataType::Int64 => each(held.i64()?.iter(), add_count),
        DataType::String => each(held.str()?.iter(), |line, text| add_text(line, &spreadsheet_safe(text))),
        _ => each(held.f64()?.iter(), add_number),
    })
}

/// Adds one value after the other; nothing for one that is empty.
fn each<'p, T: 'p>(
    mut values: impl Iterator<Item = Option<T>> + 'p,
    add: impl Fn(&mut Vec<u8>, T) + 'p,
) -> NextField<'p> {
    Box::new(move |line| {
        if let Some(value) = values.next().flatten() {
            add(line, value);
        }
    })
}

/// A figure as the table has it: words instead of their numbers, 1 and 0 instead of yes and no.
fn written_out(figures: &Figures, held: &PolarsColumn) -> PolarsResult<PolarsColumn> {
    match held.dtype() {
        DataType::UInt32 if held.null_count() == held.len() => {
            Ok(PolarsColumn::full_null(held.name().clone(), held.len(), &DataType::String))
        }
        DataType::UInt32 => {
            let words: Vec<Option<Arc<str>>> = words(figures, held.u32()?).collect();
            let words: Vec<Option<&str>> = words.iter().map(Option::as_deref).collect();
            Ok(Series::new(held.name().clone(), words).into())
        }
        DataType::Boolean => held.cast(&DataType::Int64),
        _ => Ok(held.clone()),
    }
}

/// What is read of the rows as a column of a frame.
fn series_of(column: &Column, values: &[Value<'_>]) -> Series {
    let name = column.name.into();
    if values.iter().all(|value| matches!(value, Value::Empty)) {
        return Series::full_null(name, values.len(), &column.kind.data_type());
    }
    let values = values.iter();
    match column.kind {
        Kind::Text => StringChunked::from_iter_options(name, values.map(Value::text)).into_series(),
        Kind::Count => Int64Chunked::from_iter_options(name, values.map(Value::count)).into_series(),
        Kind::Number => Float64Chunked::from_iter_options(name, values.map(Value::number)).into_series(),
    }
}

/// Adds a value as a field of CSV, as [`Value::field`] gives it.
fn add_field(line: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Empty => {}
        Value::Text(text) => add_text(line, &spreadsheet_safe(text)),
        Value::Count(count) => add_count(line, *count),
        Value::Number(number) => add_number(line, *number),
        Value::Flag(is) => add_count(line, i64::from(*is)),
    }
}

/// Adds a text as a field of CSV, in quotes where it needs them. The csv crate looks at each byte in turn, and a table has
/// millions of fields.
fn add_text(line: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    if memchr::memchr3(b',', b'"', b'\n', bytes).or_else(|| memchr::memchr(b'\r', bytes)).is_none() {
        line.extend_from_slice(bytes);
        return;
    }
    line.push(b'"');
    for (part, quoted) in text.split('"').enumerate() {
        if part > 0 {
            line.extend_from_slice(b"\"\"");
        }
        line.extend_from_slice(quoted.as_bytes());
    }
    line.push(b'"');
}

/// Words for their numbers; looks one up only where it is another than that of the row before.
fn words<'p>(figures: &'p Figures, numbers: &'p UInt32Chunked) -> impl Iterator<Item = Option<Arc<str>>> + 'p {
    let mut last: (Option<u32>, Option<Arc<str>>) = (None, None);
    numbers.iter().map(move |number| {
        if number != last.0 {
            last = (number, figures.word(number));
        }
        last.1.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::{Fixture, ms};

    #[test]
    fn a_field_is_quoted_as_the_csv_crate_quotes_it() {
        for text in ["", "a", " a ", "a,b", "a\"b", "\"", "\"\"a\"", "a\nb", "a\rb", "a\r\n", "ä;\tb", "'=1,\"x\""] {
            let (mut line, mut writer) = (b"first,".to_vec(), csv::Writer::from_writer(Vec::new()));
            add_text(&mut line, text);
            line.push(b'\n');
            writer.write_record(["first", text]).unwrap();
            assert_eq!(line, writer.into_inner().unwrap(), "{text:?}");
        }
    }

    #[test]
    fn figures_and_texts_stand_in_one_row() {
        let mut fixture = Fixture::new(2);
        fixture.responses[1].stamps.last_token = Some(ms(250));
        fixture.responses[1].text = "a, \"b\"".into();
        let (rows, figures) = (fixture.rows(), fixture.figures());
        let piece = Piece::new(&rows, &figures);
        let frame = piece.frame().unwrap();
        assert_eq!(frame.width(), COLUMNS.len());
        assert_eq!(frame.column("latency_sec").unwrap().f64().unwrap().get(1), Some(0.25));
        assert_eq!(frame.column("verdict").unwrap().str().unwrap().get(1), Some("correct"));
        let mut text = Piece::csv_header().unwrap();
        text.extend(piece.csv().unwrap());
        let mut reader = csv::Reader::from_reader(&*text);
        let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!((lines.len(), &lines[1][4], &lines[1][6]), (2, "a, \"b\"", "0.25"));
    }
}
