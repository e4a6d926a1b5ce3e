//! The results table as CSV and Parquet, written in a stream: the texts of a few responses are in memory at a time.

use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Scope, ScopedJoinHandle};

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

/// Pieces that are made at once: some for each core.
const PIECES: usize = 8;

/// Pieces that may wait for a file to be written.
const WAITING: usize = 4;

/// Bytes of a row group of the Parquet file, roughly: the larger, the better it is compressed.
const ROW_GROUP: usize = 16 << 20;

/// Writes `results.csv` and `results.parquet`: the same rows, by model, dataset, level, sample and repeat. Each file is
/// written by a thread of its own while further rows are made.
///
/// # Errors
/// The store cannot be read or a file cannot be written.
pub(super) fn write(responses: &Responses<'_>, results: &Results, folder: &Path) -> Result<(), Error> {
    let (csv_path, parquet_path) = (folder.join("results.csv"), folder.join("results.parquet"));
    let (lines, lines_made) = sync_channel(WAITING);
    let (frames, frames_made) = sync_channel(WAITING);
    let (csv, parquet) = thread::scope(|scope| {
        let csv = beside(scope, || written_lines(&csv_path, lines_made))?;
        let parquet = beside(scope, || written_frames(&parquet_path, frames_made))?;
        let made = make(responses, results, (lines, frames));
        // Before any other error: a file that cannot be written is why no more pieces were made.
        let (csv, parquet) = (joined(csv)?, joined(parquet)?);
        made.map(|()| (csv, parquet))
    })?;
    csv.finish()?;
    Ok(parquet.finish()?)
}

/// Makes the pieces of the table on all cores, and hands them over in order until there are no more or nobody takes them.
fn make(
    responses: &Responses<'_>,
    results: &Results,
    (lines, frames): (SyncSender<Vec<u8>>, SyncSender<DataFrame>),
) -> Result<(), Error> {
    for pieces in in_order(responses, results).chunks(PIECES) {
        let made = pieces.par_iter().map(|(group, rows)| piece(responses, group, rows.clone()));
        for (piece, frame) in made.collect::<Result<Vec<_>, Error>>()? {
            if lines.send(piece).is_err() || frames.send(frame).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Writes pieces into a CSV file, which is still to be moved into its place.
fn written_lines(path: &Path, pieces: Receiver<Vec<u8>>) -> Result<WholeFile<'_>, Error> {
    let file = WholeFile::create(path)?;
    let mut csv = BufWriter::new(file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(path))?;
    pieces.into_iter().try_for_each(|piece| csv.write_all(&piece)).map_err(Error::io(path))?;
    csv.flush().map_err(Error::io(path))?;
    Ok(file)
}

/// Writes pieces into a Parquet file, which is still to be moved into its place.
fn written_frames(path: &Path, pieces: Receiver<DataFrame>) -> Result<WholeFile<'_>, Error> {
    let file = WholeFile::create(path)?;
    let empty = Piece::empty_frame()?;
    let buffered = BufWriter::new(file.writer()?);
    let mut parquet =
        RowGroups { writer: ParquetWriter::new(buffered).batched(empty.schema())?, pending: empty, bytes: 0 };
    pieces.into_iter().try_for_each(|piece| parquet.add(&piece))?;
    parquet.finish()?;
    Ok(file)
}

/// What a thread of its own is to write.
type Writing<'s, 'p> = ScopedJoinHandle<'s, Result<WholeFile<'p>, Error>>;

fn beside<'s, 'p: 's>(
    scope: &'s Scope<'s, '_>,
    write: impl FnOnce() -> Result<WholeFile<'p>, Error> + Send + 's,
) -> Result<Writing<'s, 'p>, Error> {
    let no_thread = |error: std::io::Error| Error::Internal(format!("cannot start a thread: {error}"));
    thread::Builder::new().spawn_scoped(scope, write).map_err(no_thread)
}

fn joined<'p>(thread: Writing<'_, 'p>) -> Result<WholeFile<'p>, Error> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
    let mut csv = BufWriter::new(file.writer()?);
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
