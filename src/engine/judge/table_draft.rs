//! `results.csv` and `results.parquet` while they are written, in a stream: the texts of a few responses are in memory at a
//! time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use polars::prelude::{DataFrame, ParquetCompression, ParquetWriter, PolarsResult};
use polars_io::parquet::write::BatchedWriter;
use polars_parquet::write::ZstdLevel;

use crate::checksum::Hashing;
use crate::error::Error;
use crate::files::WholeFile;
use crate::report::manifest::FileEntry;
use crate::tables::figures::Figures;
use crate::tables::results::Piece;
use crate::tables::row::Row;

const CSV: &str = "results.csv";
const PARQUET: &str = "results.parquet";

/// Pieces that may wait for a file to be written: about what comes while a row group is compressed.
const WAITING: usize = 16;

/// Bytes of a row group of the Parquet file, roughly: the larger, the better it is compressed.
const ROW_GROUP: usize = 8 << 20;

/// Some rows of the table, in the shapes in which they are written.
pub(in crate::engine) struct Lines {
    pub(in crate::engine) csv: Vec<u8>,
    frame: DataFrame,
}

impl Lines {
    /// Puts rows and their figures together.
    pub(in crate::engine) fn of(rows: &[Row<'_>], figures: &Figures) -> PolarsResult<Self> {
        let piece = Piece::new(rows, figures);
        Ok(Self { csv: piece.csv()?, frame: piece.frame()? })
    }
}

/// Both files, each written by a thread of its own beside its place. Without [`TableDraft::finish`] nothing is left of them.
pub(in crate::engine) struct TableDraft {
    /// Where both threads take their lines; none once there are no more.
    lines: Option<(SyncSender<Vec<u8>>, SyncSender<DataFrame>)>,
    csv: Option<Writing>,
    parquet: Option<Writing>,
}

/// A thread that writes a file, which is still to be moved into its place.
type Writing = JoinHandle<Result<Written, Error>>;

/// A file that is still to be moved into its place, and its line in the manifest.
struct Written {
    file: WholeFile,
    entry: FileEntry,
}

impl TableDraft {
    /// Begins both files in a folder.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(in crate::engine) fn begin(folder: &Path) -> Result<Self, Error> {
        let (lines, lines_made) = sync_channel(WAITING);
        let (frames, frames_made) = sync_channel(WAITING);
        let (of_csv, of_parquet) = (folder.to_owned(), folder.to_owned());
        let mut draft = Self { lines: Some((lines, frames)), csv: None, parquet: None };
        draft.csv = Some(beside(move || written_lines(&of_csv, lines_made))?);
        draft.parquet = Some(beside(move || written_frames(&of_parquet, frames_made))?);
        Ok(draft)
    }

    /// Adds rows, which come in the order of the table. Nobody takes them once a file cannot be written, which
    /// [`TableDraft::finish`] says.
    pub(in crate::engine) fn add(&mut self, Lines { csv, frame }: Lines) {
        if self.lines.as_ref().is_some_and(|(lines, frames)| lines.send(csv).is_err() || frames.send(frame).is_err()) {
            self.lines = None;
        }
    }

    /// Moves both files into a folder.
    ///
    /// # Errors
    /// A file cannot be written.
    pub(in crate::engine) fn finish(mut self, folder: &Path) -> Result<Vec<FileEntry>, Error> {
        self.lines = None;
        let written: Vec<Result<Written, Error>> =
            [self.csv.take(), self.parquet.take()].into_iter().flatten().map(joined).collect();
        let written = written.into_iter().collect::<Result<Vec<Written>, Error>>()?;
        written
            .into_iter()
            .map(|Written { file, entry }| file.finish_in(folder).map(|()| entry))
            .map(|entry| Ok(entry?))
            .collect()
    }
}

impl Drop for TableDraft {
    /// Waits for the threads, which remove their drafts.
    fn drop(&mut self) {
        self.lines = None;
        [self.csv.take(), self.parquet.take()].into_iter().flatten().for_each(|thread| drop(thread.join()));
    }
}

fn beside(write: impl FnOnce() -> Result<Written, Error> + Send + 'static) -> Result<Writing, Error> {
    let no_thread = |error: std::io::Error| Error::Internal(format!("cannot start a thread: {error}"));
    thread::Builder::new().spawn(write).map_err(no_thread)
}

fn joined(thread: Writing) -> Result<Written, Error> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

fn written_lines(folder: &Path, pieces: Receiver<Vec<u8>>) -> Result<Written, Error> {
    written(folder.join(CSV), |file| {
        let mut csv = BufWriter::new(file);
        let header = Piece::csv_header().map_err(in_memory)?;
        let lines = iter::once(header).chain(pieces);
        let all = lines.into_iter().try_for_each(|lines| csv.write_all(&lines)).and_then(|()| csv.flush());
        all.map_err(Error::io(folder.join(CSV)))
    })
}

fn written_frames(folder: &Path, pieces: Receiver<DataFrame>) -> Result<Written, Error> {
    written(folder.join(PARQUET), |file| {
        let empty = Piece::empty_frame()?;
        let writer = ParquetWriter::new(BufWriter::new(file)).with_compression(compression()?);
        let mut parquet = RowGroups { writer: writer.batched(empty.schema())?, pending: empty, bytes: 0 };
        pieces.into_iter().try_for_each(|piece| parquet.add(&piece))?;
        parquet.finish()
    })
}

/// Begins a file, has it filled, and knows its checksum then.
fn written(path: PathBuf, fill: impl FnOnce(&mut Hashing<File>) -> Result<(), Error>) -> Result<Written, Error> {
    let file = WholeFile::create(&path)?;
    let mut writer = Hashing::new(file.writer()?);
    fill(&mut writer)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Written { file, entry: FileEntry { name, sha256: writer.sha256() } })
}

/// The quickest level, whose files are a few percent larger than those of the level that is usual.
fn compression() -> PolarsResult<ParquetCompression> {
    Ok(ParquetCompression::Zstd(Some(ZstdLevel::try_new(1)?)))
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

pub(in crate::engine) fn in_memory(error: csv::Error) -> Error {
    Error::Internal(format!("cannot write a line of CSV: {error}"))
}
