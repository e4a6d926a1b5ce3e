//! Tables of responses that are read for them: all of results where they could not be written before, those of judges, and warm-ups.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use crate::engine::aggregate::warmups::Warmups;
use crate::engine::judge::table_draft::{Lines, TableDraft, in_memory};
use crate::engine::stored::in_turn::in_turn;
use crate::engine::stored::responses::{Responses, pieces_of};
use crate::error::Error;
use crate::files::WholeFile;
use crate::id::{BatchId, DatasetId};
use crate::plan::Plan;
use crate::report::manifest::FileEntry;
use crate::tables::figures::Figures;
use crate::tables::group::{Group, Results};
use crate::tables::results::Piece;

/// Writes `results.csv` and `results.parquet` from responses that are read once more, because something in their rows was
/// not known when they were judged.
///
/// # Errors
/// The store cannot be read or a file cannot be written.
pub(super) fn write(responses: &Responses<'_>, results: &Results, folder: &Path) -> Result<Vec<FileEntry>, Error> {
    let mut table = TableDraft::begin(folder)?;
    let made = |(group, rows): &(&Group, Range<usize>)| piece(responses, group, rows.clone());
    let add = |lines| {
        table.add(lines);
        Ok(())
    };
    in_turn(&in_order(responses, results), made, add)?;
    table.finish(folder)
}

/// Writes a table with the columns of `results.csv`, part by part.
///
/// # Errors
/// The store cannot be read or the file cannot be written.
pub(super) fn write_csv(parts: &[(Responses<'_>, &Results)], path: &Path) -> Result<(), Error> {
    let file = WholeFile::create(path)?;
    let mut csv = BufWriter::new(file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(path))?;
    for (responses, results) in parts {
        for (group, rows) in in_order(responses, results) {
            csv.write_all(&piece(responses, group, rows)?.csv).map_err(Error::io(path))?;
        }
    }
    csv.flush().map_err(Error::io(path))?;
    Ok(file.finish()?)
}

/// Writes `warmups.csv`: the same columns, of requests that only warmed servers up.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write_warmups(
    plan: &Plan,
    warmups: &BTreeMap<BatchId, Warmups>,
    results: &Results,
    path: &Path,
) -> Result<(), Error> {
    let file = WholeFile::create(path)?;
    let mut csv = BufWriter::new(file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(path))?;
    for group in &results.groups {
        let Some(warmups) = warmups.get(&group.batch.id) else { continue };
        let lines = Piece::new(&warmups.rows(plan), &group.warmups).csv()?;
        csv.write_all(&lines).map_err(Error::io(path))?;
    }
    csv.flush().map_err(Error::io(path))?;
    Ok(file.finish()?)
}

/// Pieces of groups in the order of the table.
fn in_order<'r>(responses: &Responses<'_>, results: &'r Results) -> Vec<(&'r Group, Range<usize>)> {
    let mut parts: Vec<_> = results.groups.iter().flat_map(|group| by_dataset(responses, group)).collect();
    parts.sort_by_key(|(group, dataset, _)| (group.batch.model_id, *dataset, group.batch.level_id));
    parts.into_iter().flat_map(|(group, _, rows)| pieces_of(rows).map(move |rows| (group, rows))).collect()
}

/// The rows of a group that belong to each dataset, with that dataset.
fn by_dataset<'r>(responses: &Responses<'_>, group: &'r Group) -> Vec<(&'r Group, Option<DatasetId>, Range<usize>)> {
    let places = group.figures.place.iter().map(|place| place.and_then(|place| usize::try_from(place).ok()));
    let datasets: Vec<Option<DatasetId>> =
        places.map(|place| place.map(|place| responses.work.slots[place].dataset)).collect();
    let mut start = 0;
    let parts = datasets.chunk_by(|left, right| left == right).map(|part| {
        let rows = start..start + part.len();
        start = rows.end;
        (group, part[0], rows)
    });
    parts.collect()
}

/// Some rows of a group as they are written.
fn piece(responses: &Responses<'_>, group: &Group, rows: Range<usize>) -> Result<Lines, Error> {
    let figures: Figures = group.figures.slice(rows)?;
    let places: Vec<usize> = figures.place.iter().flatten().filter_map(|place| usize::try_from(place).ok()).collect();
    let found = responses.read(&places)?;
    if found.len() != places.len() {
        return Err(Error::Internal(
            "responses were removed from the store while tables were written; rerun the command".into(),
        ));
    }
    let rows: Vec<_> = found.iter().map(|(place, response)| responses.row(*place, response, None)).collect();
    Ok(Lines::of(&rows, &figures)?)
}
