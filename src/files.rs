//! Files that appear whole or not at all.

use std::fs::File;
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::error::Error;

/// How the name of a draft begins.
const DRAFT: &str = ".smallbench-";

/// How the names of files end that a database keeps beside its own.
const SIDE_FILES: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Writes a file beside its place and moves it there when it is complete, so that a reader never
/// sees half of it. Its folder is made where there is none.
///
/// # Errors
/// The folder or the file cannot be written; an older file of that name is then still there.
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
    let write = || {
        let folder = folder_of(path);
        std::fs::create_dir_all(folder)?;
        let mut draft = draft(folder)?;
        fill(draft.as_file_mut())?;
        draft.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(Error::io(path))
}

/// Writes bytes whole.
///
/// # Errors
/// As [`write_whole`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    use std::io::Write;
    write_whole(path, |file| file.write_all(bytes))
}

/// Fails where no file can be written into a folder, which is made where there is none.
///
/// # Errors
/// The folder or a file in it cannot be made.
pub fn check_writable(folder: &Path) -> Result<(), Error> {
    let attempt = || {
        std::fs::create_dir_all(folder)?;
        draft(folder).map(drop)
    };
    attempt().map_err(Error::io(folder))
}

/// Removes the drafts that killed programs left in a folder; those of running ones stay.
pub fn remove_abandoned_drafts(folder: &Path) {
    // A folder that cannot be listed has no drafts that could be removed.
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let names = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(DRAFT));
    for entry in names.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
        if is_abandoned(&entry.path()) {
            // Another program that starts now may have been faster.
            let _ = std::fs::remove_file(entry.path());
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
    fn a_new_file_has_the_rights_of_any_other() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        std::fs::write(folder.path().join("other"), "").unwrap();
        write_bytes(&folder.path().join("own"), b"").unwrap();
        assert_eq!(mode("own"), mode("other"));
    }
}
