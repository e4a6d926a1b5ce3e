//! Tables as files: CSV and Parquet. A file appears whole or not at all.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::columns::Value;
use super::summary::{Grouping, Summary};
use super::summary_columns::summary_columns;
use crate::chart::{Cell, Table};
use crate::files::{FileError, write_whole};
use crate::plan::Plan;
use crate::work::Work;

/// Writes a summary. The first ten columns are those that the old scripts wrote.
///
/// # Errors
/// The file cannot be written.
pub fn summary_csv<'s>(
    path: &Path,
    summaries: impl Iterator<Item = &'s Summary>,
    grouping: Grouping,
) -> Result<(), FileError> {
    let columns = summary_columns(grouping);
    write_csv(path, |writer| {
        writer.write_record(columns.iter().map(|column| &column.name))?;
        write_lines(writer, summaries.map(|summary| columns.iter().map(|column| (column.value)(summary))))
    })
}

/// Writes values as lines, each as its field of CSV.
pub(super) fn write_lines<'v>(
    writer: &mut csv::Writer<&mut dyn Write>,
    lines: impl Iterator<Item = impl IntoIterator<Item = Value<'v>>>,
) -> Result<(), csv::Error> {
    let mut buffer = String::new();
    for line in lines {
        for value in line {
            writer.write_field(&*value.field(&mut buffer))?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// Writes the values that a chart draws.
///
/// # Errors
/// The file cannot be written.
pub fn chart_csv(path: &Path, table: &Table) -> Result<(), FileError> {
    let value = |cell| match cell {
        &Cell::Unknown => Value::Empty,
        Cell::Text(text) => Value::Text(text.into()),
        Cell::Count(count) => i64::try_from(*count).map_or(Value::Empty, Value::Count),
        Cell::Number(number) => Value::Number(*number),
        Cell::Flag(is) => Value::Flag(*is),
    };
    write_csv(path, |writer| {
        writer.write_record(&table.columns)?;
        write_lines(writer, table.rows.iter().map(|row| row.iter().map(value)))
    })
}

/// Writes `arrivals.csv`: when each request of an open loop is due, in seconds since its level's start.
///
/// # Errors
/// The file cannot be written.
pub fn arrivals_csv(path: &Path, plan: &Plan, work: &Work) -> Result<(), FileError> {
    write_csv(path, |writer| {
        writer.write_record(["level", "turn", "due_s"])?;
        for level in &plan.levels {
            for (turn, due) in work.schedule(*level).unwrap_or_default().iter().enumerate() {
                writer.write_record([level.to_string(), turn.to_string(), due.as_secs_f64().to_string()])?;
            }
        }
        Ok(())
    })
}

pub(super) fn write_csv(
    path: &Path,
    fill: impl FnOnce(&mut csv::Writer<&mut dyn Write>) -> Result<(), csv::Error>,
) -> Result<(), FileError> {
    write_whole(path, |file| {
        let mut buffered = BufWriter::new(file);
        let mut writer = csv::Writer::from_writer(&mut buffered as &mut dyn Write);
        fill(&mut writer).map_err(std::io::Error::other)?;
        writer.flush()?;
        drop(writer);
        buffered.flush()
    })
}
