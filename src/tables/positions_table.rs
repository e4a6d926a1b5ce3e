//! `position_bias.csv`: how often each place among the choices is chosen, and how often it is right.

use std::path::Path;

use super::columns::{Value, number};
use super::positions::{Position, Positions};
use super::summary::Summary;
use super::write::{write_csv, write_lines};
use crate::files::FileError;
use crate::prompt::letter;

/// The columns of `position_bias.csv`.
const COLUMNS: [&str; 14] = [
    "model",
    "dataset",
    "level",
    "position",
    "answers",
    "chosen",
    "right",
    "chosen_share",
    "right_share",
    "difference",
    "difference_low",
    "difference_high",
    "score",
    "questions",
];

/// Writes `position_bias.csv`: a line per cell and place.
///
/// # Errors
/// The file cannot be written.
pub fn positions_csv(path: &Path, cells: &[Summary]) -> Result<(), FileError> {
    write_csv(path, |writer| {
        writer.write_record(COLUMNS)?;
        let cells = cells.iter().filter_map(|cell| Some((cell, cell.positions.as_ref()?)));
        let places =
            cells.flat_map(|(cell, positions)| positions.places.iter().map(move |place| (cell, positions, place)));
        write_lines(writer, places.map(|(cell, positions, place)| line(cell, positions, place)))
    })
}

fn line<'s>(cell: &'s Summary, positions: &Positions, position: &Position) -> [Value<'s>; COLUMNS.len()] {
    let text = |text: &'s str| Value::Text(text.into());
    let whole = |count: u64| Value::Count(i64::try_from(count).unwrap_or(i64::MAX));
    [
        text(&cell.model),
        text(cell.dataset.as_deref().unwrap_or_default()),
        text(&cell.level),
        Value::Text(letter(position.place).into()),
        whole(position.answers),
        whole(position.chosen),
        whole(position.right),
        number(Some(position.chosen_share())),
        number(Some(position.right_share())),
        number(Some(position.difference())),
        number(position.interval.map(|ends| ends.0)),
        number(position.interval.map(|ends| ends.1)),
        number(position.score()),
        whole(positions.questions),
    ]
}
