//! The results table as CSV and Parquet, written in a stream: the texts of a few responses are in memory at a time.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use polars::prelude::{DataFrame, ParquetWriter};
use polars_io::parquet::write::BatchedWriter;
use rayon::prelude::*;

use super::responses::{Responses, TOGETHER};
use super::warmups::Warmups;
use crate::error::Error;
use crate::files::WholeFile;
use crate::id::DatasetId;
use crate::plan::Plan;
use crate::tables::figures::Figures;
use crate::tables::group::{Group, Results};
use crate::tables::results::Piece;

/// Pieces that are made at once before they are written: some for each core.
const PIECES: usize = 16;

/// Bytes of a row group of the Parquet file, roughly: the larger, the better it is compressed.
const ROW_GROUP: usize = 16 << 20;

/// Writes `results.csv` and `results.parquet`: the same rows, by model, dataset, level, sample and repeat.
///
/// # Errors
/// The store cannot be read or a file cannot be written.
pub(super) fn write(responses: &Responses<'_>, results: &Results, folder: &Path) -> Result<(), Error> {
    let (csv_path, parquet_path) = (folder.join("results.csv"), folder.join("results.parquet"));
    let (csv_file, parquet_file) = (WholeFile::create(&csv_path)?, WholeFile::create(&parquet_path)?);
    let mut csv = std::io::BufWriter::new(csv_file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(&csv_path))?;
    let empty = Piece::empty_frame()?;
    let buffered = std::io::BufWriter::new(parquet_file.writer()?);
    let mut parquet =
        RowGroups { writer: ParquetWriter::new(buffered).batched(empty.schema())?, pending: empty, bytes: 0 };
    for pieces in in_order(responses, results).chunks(PIECES) {
        let made = pieces.par_iter().map(|(group, rows)| piece(responses, group, rows.clone()));
        for (lines, frame) in made.collect::<Result<Vec<_>, Error>>()? {
            csv.write_all(&lines).map_err(Error::io(&csv_path))?;
            parquet.add(&frame)?;
        }
    }
    csv.flush().map_err(Error::io(&csv_path))?;
    parquet.finish()?;
    csv_file.finish()?;
    Ok(parquet_file.finish()?)
}

/// Writes a table with the columns of `results.csv`, part by part.
///
/// # Errors
/// The store cannot be read or the file cannot be written.
pub(super) fn write_csv(parts: &[(Responses<'_>, &Results)], path: &Path) -> Result<(), Error> {
    let file = WholeFile::create(path)?;
    let mut csv = std::io::BufWriter::new(file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(path))?;
    for (responses, results) in parts {
        for (group, rows) in in_order(responses, results) {
            csv.write_all(&piece(responses, group, rows)?.0).map_err(Error::io(path))?;
        }
    }
    csv.flush().map_err(Error::io(path))?;
    Ok(file.finish()?)
}

/// Writes `warmups.csv`: the same columns, of requests that only warmed servers up.
///
/// # Errors
/// The file cannot be written.
pub(super) fn write_warmups(plan: &Plan, warmups: &[Warmups], results: &Results, path: &Path) -> Result<(), Error> {
    let file = WholeFile::create(path)?;
    let mut csv = std::io::BufWriter::new(file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(path))?;
    for (warmups, group) in warmups.iter().zip(&results.groups) {
        let lines = Piece::new(&warmups.rows(plan), &group.warmups)?.csv();
        csv.write_all(&lines).map_err(Error::io(path))?;
    }
    csv.flush().map_err(Error::io(path))?;
    Ok(file.finish()?)
}

/// Pieces of groups in the order of the table.
fn in_order<'r>(responses: &Responses<'_>, results: &'r Results) -> Vec<(&'r Group, Range<usize>)> {
    let mut parts: Vec<_> = results.groups.iter().flat_map(|group| by_dataset(responses, group)).collect();
    parts.sort_by_key(|(group, dataset, _)| (group.batch.model_id, *dataset, group.batch.level_id));
    let pieces = parts.into_iter().flat_map(|(group, _, rows)| {
        let end = rows.end;
        rows.step_by(TOGETHER).map(move |start| (group, start..(start + TOGETHER).min(end)))
    });
    pieces.collect()
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

/// Some rows of a group as lines of CSV and as a frame.
fn piece(responses: &Responses<'_>, group: &Group, rows: Range<usize>) -> Result<(Vec<u8>, DataFrame), Error> {
    let figures: Figures = group.figures.slice(rows)?;
    let places: Vec<usize> = figures.place.iter().flatten().filter_map(|place| usize::try_from(place).ok()).collect();
    let found = responses.read(&places)?;
    if found.len() != places.len() {
        return Err(Error::Internal(
            "responses were removed from the store while tables were written; rerun the command".into(),
        ));
    }
    let rows: Vec<_> = found.iter().map(|(place, response)| responses.row(*place, response, None)).collect();
    let piece = Piece::new(&rows, &figures)?;
    Ok((piece.csv(), piece.frame()?))
}

/// A Parquet file that takes pieces and writes them in larger groups.
struct RowGroups<W: Write> {
    writer: BatchedWriter<W>,
    pending: DataFrame,
    bytes: usize,
}

impl<W: Write> RowGroups<W> {
    fn add(&mut self, piece: &DataFrame) -> Result<(), Error> {
        self.bytes += piece.estimated_size();
        self.pending.vstack_mut(piece)?;
        if self.bytes >= ROW_GROUP { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Error> {
        let rest = self.pending.clear();
        let mut group = std::mem::replace(&mut self.pending, rest);
        group.rechunk_mut_par();
        self.bytes = 0;
        Ok(self.writer.write_batch(&group)?)
    }

    fn finish(mut self) -> Result<(), Error> {
        if self.pending.height() > 0 {
            self.write()?;
        }
        self.writer.finish()?;
        Ok(())
    }
}

pub(super) fn in_memory(error: csv::Error) -> Error {
    Error::Internal(format!("cannot write a line of CSV: {error}"))
}
