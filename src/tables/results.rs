//! The results table, piece by piece: what is a figure comes from the figures, every other column from the responses.

use std::sync::Arc;

use polars::prelude::{Column as PolarsColumn, DataFrame, DataType, NamedFrom, PolarsResult, Series, UInt32Chunked};

use super::columns::{COLUMNS, Kind, Value, spreadsheet_safe};
use super::digits::{add_count, add_number};
use super::figures::Figures;
use super::row::Row;
use super::words::Words;

/// Room for most lines of CSV, in bytes.
const LINE: usize = 1024;

/// A piece of the results table: some rows, and the figures of just these.
pub struct Piece<'p> {
    rows: usize,
    /// The values of each column.
    columns: Vec<Vec<Value<'p>>>,
}

impl<'p> Piece<'p> {
    /// Puts both together.
    ///
    /// # Errors
    /// A figure is not of its declared type.
    pub fn new(rows: &'p [Row<'p>], figures: &'p Figures) -> PolarsResult<Self> {
        let columns = COLUMNS.iter().map(|column| match figures.frame().column(column.name) {
            Ok(held) => values(figures, held),
            Err(_) => Ok(rows.iter().map(column.value).collect()),
        });
        Ok(Self { rows: rows.len(), columns: columns.collect::<PolarsResult<_>>()? })
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
        Piece::new(&[], &none)?.frame()
    }

    /// The rows as lines of CSV.
    pub fn csv(&self) -> Vec<u8> {
        let mut lines = Vec::with_capacity(self.rows * LINE);
        for place in 0..self.rows {
            for (column, values) in self.columns.iter().enumerate() {
                if column > 0 {
                    lines.push(b',');
                }
                add_field(&mut lines, &values[place]);
            }
            lines.push(b'\n');
        }
        lines
    }

    /// The rows as a frame, as the Parquet file holds them.
    ///
    /// # Errors
    /// polars refuses the columns.
    pub fn frame(&self) -> PolarsResult<DataFrame> {
        let columns = COLUMNS.iter().zip(&self.columns).map(|(column, values)| {
            let (name, values) = (column.name.into(), values.iter());
            let series = match column.kind {
                Kind::Text => Series::new(name, values.map(Value::text).collect::<Vec<_>>()),
                Kind::Count => Series::new(name, values.map(Value::count).collect::<Vec<_>>()),
                Kind::Number => Series::new(name, values.map(Value::number).collect::<Vec<_>>()),
            };
            series.into()
        });
        DataFrame::new(self.rows, columns.collect())
    }
}

/// Adds a value as a field of CSV, as [`Value::field`] gives it.
fn add_field(line: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::Empty => {}
        Value::Text(text) => add_text(line, &spreadsheet_safe(text)),
        Value::Word(word) => add_text(line, &spreadsheet_safe(word)),
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

/// The values of a column that is a figure.
fn values<'p>(figures: &Figures, held: &'p PolarsColumn) -> PolarsResult<Vec<Value<'p>>> {
    Ok(match held.dtype() {
        DataType::UInt32 => words(figures, held.u32()?),
        DataType::Boolean => {
            held.bool()?.iter().map(|flag| flag.map_or(Value::Empty, |is| Value::Count(is.into()))).collect()
        }
        DataType::Int64 => held.i64()?.iter().map(|count| count.map_or(Value::Empty, Value::Count)).collect(),
        DataType::String => {
            held.str()?.iter().map(|text| text.map_or(Value::Empty, |text| Value::Text(text.into()))).collect()
        }
        _ => held.f64()?.iter().map(|number| number.map_or(Value::Empty, Value::Number)).collect(),
    })
}

/// Looks a word up only where it is another than that of the row before.
fn words<'p>(figures: &Figures, numbers: &UInt32Chunked) -> Vec<Value<'p>> {
    let mut last: (Option<u32>, Option<Arc<str>>) = (None, None);
    let value = |number: Option<u32>| {
        if number != last.0 {
            last = (number, figures.word(number));
        }
        last.1.as_ref().map_or(Value::Empty, |word| Value::Word(Arc::clone(word)))
    };
    numbers.iter().map(value).collect()
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
        let piece = Piece::new(&rows, &figures).unwrap();
        let frame = piece.frame().unwrap();
        assert_eq!(frame.width(), COLUMNS.len());
        assert_eq!(frame.column("latency_sec").unwrap().f64().unwrap().get(1), Some(0.25));
        assert_eq!(frame.column("verdict").unwrap().str().unwrap().get(1), Some("correct"));
        let mut text = Piece::csv_header().unwrap();
        text.extend(piece.csv());
        let mut reader = csv::Reader::from_reader(&*text);
        let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!((lines.len(), &lines[1][4], &lines[1][6]), (2, "a, \"b\"", "0.25"));
    }
}
