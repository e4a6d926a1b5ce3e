//! Files: read only as far as they may go, and written whole or not at all.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// The system's error.
    pub source: io::Error,
}

impl FileError {
    /// Adds the path to a system's error.
    pub fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self { path, source }
    }
}

/// How the name of a draft begins.
const DRAFT: &str = ".smallbench-";

/// How the names of files end that a database keeps beside its own.
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Opens what must be a file. A pipe or a device in its place could block for ever or never end, and
/// is refused before it is opened and again once it is.
///
/// # Errors
/// There is no such file, it cannot be opened, or it is none.
pub fn open_file(path: &Path) -> io::Result<File> {
    let check = |metadata: std::fs::Metadata| match metadata.is_file() {
        true => Ok(metadata.len()),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {}, not a file", kind_of(&metadata)))),
    };
    check(std::fs::metadata(path)?)?;
    let file = open(path)?;
    check(file.metadata()?)?;
    Ok(file)
}

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// As [`open_file`], and for a file that is longer, which is not read.
pub fn read_bounded(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open_file(path)?;
    let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {}", in_units(limit)));
    if file.metadata()?.len() > limit {
        return Err(too_long());
    }
    // It may grow while it is read, and some files do not tell how long they are.
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) { Err(too_long()) } else { Ok(bytes) }
}

/// Bytes in the largest unit that leaves a whole number.
pub fn in_units(bytes: u64) -> String {
    let units = [(30, "GB"), (20, "MB"), (10, "kB")];
    let whole = units.into_iter().find(|(shift, _)| bytes >> shift > 0 && bytes.is_multiple_of(1 << shift));
    whole.map_or_else(|| format!("{bytes} bytes"), |(shift, unit)| format!("{} {unit}", bytes >> shift))
}

fn kind_of(metadata: &std::fs::Metadata) -> &'static str {
    if metadata.is_dir() { "a folder" } else { "a pipe, socket or device" }
}

/// A pipe that took the file's place in between must not block.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    Ok(File::from(rustix::fs::open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

/// Writes a file beside its place and moves it there when it is complete, so that a reader never
/// sees half of it. Its folder is made where there is none.
///
/// # Errors
/// The folder or the file cannot be written; an older file of that name is then still there.
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), FileError> {
    let mut draft = WholeFile::create(path)?;
    fill(draft.file.as_file_mut()).map_err(FileError::at(path))?;
    draft.finish()
}

/// A file that is written beside its place, piece by piece, and is not there until it is finished.
pub struct WholeFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl WholeFile {
    /// Begins a file. Its folder is made where there is none.
    ///
    /// # Errors
    /// The folder or the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, FileError> {
        let folder = folder_of(path);
        let file = std::fs::create_dir_all(folder).and_then(|()| draft(folder));
        Ok(Self { path: path.to_owned(), file: file.map_err(FileError::at(path))? })
    }

    /// What to write into.
    ///
    /// # Errors
    /// The system gives no further handle of it.
    pub fn writer(&self) -> Result<File, FileError> {
        self.file.as_file().try_clone().map_err(FileError::at(&self.path))
    }

    /// Moves it into its place.
    ///
    /// # Errors
    /// It cannot be moved; an older file of that name is then still there.
    pub fn finish(self) -> Result<(), FileError> {
        self.file.persist(&self.path).map_err(|error| error.error).map_err(FileError::at(self.path))?;
        Ok(())
    }

    /// Moves it into a folder, which is made where there is none, under the name that it was begun with.
    ///
    /// # Errors
    /// As [`WholeFile::finish`].
    pub fn finish_in(mut self, folder: &Path) -> Result<(), FileError> {
        std::fs::create_dir_all(folder).map_err(FileError::at(folder))?;
        self.path = folder.join(self.path.file_name().unwrap_or_default());
        self.finish()
    }
}

/// Writes bytes whole.
///
/// # Errors
/// As [`write_whole`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    use std::io::Write;
    write_whole(path, |file| file.write_all(bytes))
}

/// Fails where no file can be written into a folder, which is made where there is none.
///
/// # Errors
/// The folder or a file in it cannot be made.
pub fn check_writable(folder: &Path) -> Result<(), FileError> {
    let attempt = || {
        std::fs::create_dir_all(folder)?;
        draft(folder).map(drop)
    };
    attempt().map_err(FileError::at(folder))
}

/// Checks that a folder can be written, or can be made where it does not exist; leaves nothing behind.
///
/// # Errors
/// [`check_writable`] would fail.
pub fn check_could_be_written(folder: &Path) -> Result<(), FileError> {
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    draft(there).map(drop).map_err(FileError::at(folder))
}

/// Removes the drafts that killed programs left in a folder, files and folders of files; those of running ones stay.
pub fn remove_abandoned_drafts(folder: &Path) {
    // A folder that cannot be listed has no drafts that could be removed.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(DRAFT)) {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => remove_abandoned_folder(&entry.path()),
            Ok(kind) if kind.is_file() && is_abandoned(&entry.path()) => {
                // Another program that starts now may have been faster.
                let _ = std::fs::remove_file(entry.path());
            }
            _ => {}
        }
    }
}

/// Its writer holds a lock on a draft, and the system releases it however that writer ends.
fn is_abandoned(path: &Path) -> bool {
    let name = path.to_string_lossy();
    match SIDE_FILES.iter().find_map(|ending| name.strip_suffix(ending)) {
        Some(draft) => !Path::new(draft).exists(),
        None => File::open(path).is_ok_and(|file| file.try_lock().is_ok()),
    }
}

/// Ours hold nothing but files: one with a folder in it was made by somebody else.
fn remove_abandoned_folder(folder: &Path) {
    let Ok(lock) = File::open(folder) else { return };
    let Ok(entries) = std::fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) else { return };
    let is_flat = entries.iter().all(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    if is_flat && lock.try_lock().is_ok() {
        // As above.
        let _ = std::fs::remove_dir_all(folder);
    }
}

/// The folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A new draft in a folder, with the rights that any new file gets there, locked for as long as it is written.
///
/// # Errors
/// No file can be made there.
pub fn draft(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let mut builder = tempfile::Builder::new();
        builder.prefix(DRAFT);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let draft = builder.tempfile_in(folder)?;
        // Some file systems know no locks: a draft that nobody can lock is never taken for an abandoned one either.
        let _ = draft.as_file().try_lock();
        if is_linked(draft.as_file())? {
            return Ok(draft);
        }
    }
}

/// A folder of drafts; it is removed when it is dropped, or as an abandoned draft when its program was killed.
#[derive(Debug)]
pub struct DraftFolder {
    folder: TempDir,
    /// Released after the folder is gone.
    _lock: Option<File>,
}

impl DraftFolder {
    /// A new folder in another one, locked for as long as it is there. It is for files only.
    ///
    /// # Errors
    /// No folder can be made there.
    pub fn new(parent: &Path) -> io::Result<Self> {
        loop {
            let folder = tempfile::Builder::new().prefix(DRAFT).tempdir_in(parent)?;
            let lock = File::open(folder.path()).ok();
            // Where a folder cannot be locked, it is never taken for an abandoned one either.
            let _ = lock.as_ref().map(File::try_lock);
            // It may have been taken for one before it was locked.
            if folder.path().exists() {
                return Ok(Self { folder, _lock: lock });
            }
        }
    }

    /// Its target.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// False if the file was removed between its making and its locking.
#[cfg(unix)]
fn is_linked(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(file.metadata()?.nlink() > 0)
}

#[cfg(not(unix))]
fn is_linked(_: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"12345");
        assert_eq!(read_bounded(&path, 4).unwrap_err().to_string(), "it is larger than 4 bytes");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read_bounded(&path, 4 << 20).unwrap_err().to_string(), "it is larger than 4 MB");
        assert_eq!(read_bounded(folder.path(), 5).unwrap_err().to_string(), "it is a folder, not a file");
        assert_eq!(read_bounded(&folder.path().join("no"), 5).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn pipes_and_devices_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [pipe.as_path(), Path::new("/dev/zero"), Path::new("/dev/null")] {
            let error = read_bounded(path, 5).unwrap_err();
            assert_eq!(error.to_string(), "it is a pipe, socket or device, not a file", "{}", path.display());
        }
    }

    #[test]
    fn a_failed_write_leaves_the_older_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a.txt");
        write_bytes(&path, b"one").unwrap();
        assert!(write_whole(&path, |_| Err(io::Error::other("full"))).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn only_abandoned_drafts_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".smallbench-left"), "half").unwrap();
        std::fs::write(folder.path().join(".smallbench-left-wal"), "").unwrap();
        std::fs::write(folder.path().join("results.csv"), "whole").unwrap();
        let written = draft(folder.path()).unwrap();
        remove_abandoned_drafts(folder.path());
        let side = written.path().with_file_name(format!("{}-wal", written.path().file_name().unwrap().display()));
        std::fs::write(&side, "").unwrap();
        remove_abandoned_drafts(folder.path());
        assert!(written.path().exists() && side.exists() && folder.path().join("results.csv").exists());
        assert!(!folder.path().join(".smallbench-left").exists());
        drop(written);
        remove_abandoned_drafts(folder.path());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    #[cfg(unix)]
    fn only_abandoned_folders_of_drafts_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for name in [".smallbench-left", ".smallbench-notes/deep", "other"] {
            std::fs::create_dir_all(path(name)).unwrap();
        }
        std::fs::write(path(".smallbench-left/copy.sqlite"), "half").unwrap();
        std::os::unix::fs::symlink(path("other"), path(".smallbench-link")).unwrap();
        let used = DraftFolder::new(folder.path()).unwrap();
        std::fs::write(used.path().join("copy.sqlite"), "half").unwrap();
        remove_abandoned_drafts(folder.path());
        assert!(!path(".smallbench-left").exists());
        assert!(used.path().join("copy.sqlite").exists() && path(".smallbench-notes/deep").exists());
        assert!(path("other").exists() && path(".smallbench-link").exists());
        let place = used.path().to_owned();
        drop(used);
        assert!(!place.exists());
    }

    #[test]
    #[cfg(unix)]
    fn a_new_file_has_the_rights_of_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        std::fs::write(folder.path().join("other"), "").unwrap();
        write_bytes(&folder.path().join("own"), b"").unwrap();
        assert_eq!(mode("own"), mode("other"));
    }
}
