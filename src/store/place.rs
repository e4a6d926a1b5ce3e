//! The place of a store: its file and what SQLite lays beside it, and what may be done to them.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::error::StoreError;
use crate::files::folder_of;

/// What SQLite puts behind the name of a database, for its write-ahead log and the index of that.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// The store's file and the two that may lie beside it.
pub(super) fn files(path: &Path) -> [PathBuf; 3] {
    [path.to_owned(), with(path, BESIDE[0]), with(path, BESIDE[1])]
}

/// The store's write-ahead log.
pub(super) fn log(path: &Path) -> PathBuf {
    with(path, BESIDE[0])
}

/// Bytes of a file; none where there is none.
pub(super) fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Bytes of the store's file and of its log.
pub(super) fn size(path: &Path) -> u64 {
    length(path) + length(&log(path))
}

/// Copies a store with its log to another path.
pub(super) fn copy(path: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::copy(path, to)?;
    let (log, its_place) = (log(path), log(to));
    if log.exists() { std::fs::copy(log, its_place).map(drop) } else { Ok(()) }
}

/// Removes a store with what lies beside it, as far as it is there.
pub(super) fn remove(path: &Path) {
    files(path).iter().for_each(|file| drop(std::fs::remove_file(file)));
}

/// A path with something behind its name.
fn with(path: &Path, tail: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(tail);
    PathBuf::from(name)
}

/// Keeps others of this program from putting a store into its place or away from it, until it is dropped. Where a
/// folder cannot be locked, they are not kept.
pub(super) fn guard(path: &Path) -> Option<File> {
    let folder = File::open(folder_of(path)).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// The first name of the form `store.sqlite.WORD-N` that is free.
pub(super) fn free(path: &Path, word: &str) -> PathBuf {
    (1_u32..).map(|number| with(path, &format!(".{word}-{number}"))).find(|name| !name.exists()).unwrap_or_default()
}

/// Renames what there is of these files; their new names.
pub(super) fn move_aside(files: &[PathBuf], word: &str) -> std::io::Result<Vec<PathBuf>> {
    let mut moved = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        let aside = free(file, word);
        std::fs::rename(file, &aside)?;
        moved.push(aside);
    }
    Ok(moved)
}

/// A log whose store is gone would be replayed into a new one: it is moved aside. Gives its new name.
pub(super) fn move_orphan(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    let [_, log, index] = files(path);
    let failed = |source: std::io::Error| StoreError::Orphan { path: path.to_owned(), message: source.to_string() };
    // The index only repeats what is in the log, and that of another store must not be found either.
    if index.exists() {
        std::fs::remove_file(&index).map_err(failed)?;
    }
    if length(&log) == 0 {
        return Ok(None);
    }
    Ok(move_aside(&[log], "orphan").map_err(failed)?.pop())
}

/// Refuses what SQLite would take for an empty database and write over: a file that is shorter than a page.
pub(super) fn check_first_page(path: &Path) -> Result<(), StoreError> {
    let Ok(mut file) = File::open(path) else { return Ok(()) };
    let mut header = [0; 18];
    if length(path) == 0 {
        return Ok(());
    }
    if file.read_exact(&mut header).is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    // A page of 65,536 bytes is written as 1.
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    if length(path) < page { Err(cut(path, length(path), page)) } else { Ok(()) }
}

/// Refuses a file that was cut. With a log beside it, a file may be shorter than it will be: a program may be
/// copying the log into it, or was killed while it did. SQLite recovers that, and refuses real damage.
pub(super) fn check_length(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let look = || {
        // While it reads, nobody can bring a log home and take it away.
        let reading = connection.unchecked_transaction()?;
        let whole = number("PRAGMA page_count")?.saturating_mul(number("PRAGMA page_size")?);
        let whole = u64::try_from(whole).unwrap_or_default();
        let found = (length(&log(path)) == 0).then(|| length(path));
        reading.finish()?;
        Ok((whole, found))
    };
    let (whole, found) = look().map_err(|source| StoreError::sqlite(path, &source))?;
    match found.filter(|found| *found < whole) {
        Some(found) => Err(cut(path, found, whole)),
        None => Ok(()),
    }
}

/// Lengthens a file that was cut, with empty pages, so that SQLite reads what comes before them.
pub(super) fn fill_up(path: &Path) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path)?;
    let mut header = [0; 32];
    file.read_exact(&mut header)?;
    let page = u64::from(u16::from_be_bytes([header[16], header[17]]));
    let pages = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
    let (found, whole) = (file.metadata()?.len(), page * pages);
    // A header that asks for many times what is there is itself damaged.
    if found < whole && whole / 64 <= found { file.set_len(whole) } else { Ok(()) }
}

fn cut(path: &Path, found: u64, whole: u64) -> StoreError {
    StoreError::malformed(path, &format!("{found} bytes long, and {} are missing", whole - found))
}

/// Which file a path leads to: a store that is removed or replaced while it is open is another from then on.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Elsewhere an open file can be neither removed nor replaced.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<(u64, u64)> {
    path.exists().then_some((0, 0))
}
