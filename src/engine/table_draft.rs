//! `results.csv` and `results.parquet` while they are written, in a stream: the texts of a few responses are in memory at a
//! time.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use polars::prelude::{DataFrame, ParquetWriter, PolarsResult};
use polars_io::parquet::write::BatchedWriter;

use crate::error::Error;
use crate::files::WholeFile;
use crate::tables::figures::Figures;
use crate::tables::results::Piece;
use crate::tables::row::Row;

/// Pieces that may wait for a file to be written.
const WAITING: usize = 4;

/// Bytes of a row group of the Parquet file, roughly: the larger, the better it is compressed.
const ROW_GROUP: usize = 8 << 20;

/// Some rows of the table, in the shapes in which they are written.
pub(super) struct Lines {
    pub(super) csv: Vec<u8>,
    frame: DataFrame,
}

impl Lines {
    /// Puts rows and their figures together.
    pub(super) fn of(rows: &[Row<'_>], figures: &Figures) -> PolarsResult<Self> {
        let piece = Piece::new(rows, figures);
        Ok(Self { csv: piece.csv()?, frame: piece.frame()? })
    }
}

/// Both files, each written by a thread of its own beside its place. Without [`TableDraft::finish`] nothing is left of them.
pub(super) struct TableDraft {
    /// Where both threads take their lines; none once there are no more.
    lines: Option<(SyncSender<Vec<u8>>, SyncSender<DataFrame>)>,
    csv: Option<Writing>,
    parquet: Option<Writing>,
}

/// A thread that writes a file, which is still to be moved into its place.
type Writing = JoinHandle<Result<WholeFile, Error>>;

impl TableDraft {
    /// Begins both files in a folder.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(super) fn begin(folder: &Path) -> Result<Self, Error> {
        let (lines, lines_made) = sync_channel(WAITING);
        let (frames, frames_made) = sync_channel(WAITING);
        let (csv, parquet) = (folder.join("results.csv"), folder.join("results.parquet"));
        let mut draft = Self { lines: Some((lines, frames)), csv: None, parquet: None };
        draft.csv = Some(beside(move || written_lines(&csv, lines_made))?);
        draft.parquet = Some(beside(move || written_frames(&parquet, frames_made))?);
        Ok(draft)
    }

    /// Adds rows, which come in the order of the table. Nobody takes them once a file cannot be written, which
    /// [`TableDraft::finish`] says.
    pub(super) fn add(&mut self, Lines { csv, frame }: Lines) {
        if self.lines.as_ref().is_some_and(|(lines, frames)| lines.send(csv).is_err() || frames.send(frame).is_err()) {
            self.lines = None;
        }
    }

    /// Moves both files into a folder.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(super) fn finish(mut self, folder: &Path) -> Result<(), Error> {
        self.lines = None;
        let written: Vec<Result<WholeFile, Error>> =
            [self.csv.take(), self.parquet.take()].into_iter().flatten().map(joined).collect();
        let files = written.into_iter().collect::<Result<Vec<WholeFile>, Error>>()?;
        Ok(files.into_iter().try_for_each(|file| file.finish_in(folder))?)
    }
}

impl Drop for TableDraft {
    /// Waits for the threads, which remove their drafts.
    fn drop(&mut self) {
        self.lines = None;
        [self.csv.take(), self.parquet.take()].into_iter().flatten().for_each(|thread| drop(thread.join()));
    }
}

fn beside(write: impl FnOnce() -> Result<WholeFile, Error> + Send + 'static) -> Result<Writing, Error> {
    let no_thread = |error: std::io::Error| Error::Internal(format!("cannot start a thread: {error}"));
    thread::Builder::new().spawn(write).map_err(no_thread)
}

fn joined(thread: Writing) -> Result<WholeFile, Error> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn written_lines(path: &Path, pieces: Receiver<Vec<u8>>) -> Result<WholeFile, Error> {
    let file = WholeFile::create(path)?;
    let mut csv = BufWriter::new(file.writer()?);
    csv.write_all(&Piece::csv_header().map_err(in_memory)?).map_err(Error::io(path))?;
    pieces.into_iter().try_for_each(|piece| csv.write_all(&piece)).map_err(Error::io(path))?;
    csv.flush().map_err(Error::io(path))?;
    Ok(file)
}

fn written_frames(path: &Path, pieces: Receiver<DataFrame>) -> Result<WholeFile, Error> {
    let file = WholeFile::create(path)?;
    let empty = Piece::empty_frame()?;
    let buffered = BufWriter::new(file.writer()?);
    let mut parquet =
        RowGroups { writer: ParquetWriter::new(buffered).batched(empty.schema())?, pending: empty, bytes: 0 };
    pieces.into_iter().try_for_each(|piece| parquet.add(&piece))?;
    parquet.finish()?;
    Ok(file)
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
