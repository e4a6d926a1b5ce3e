//! Files: read only as far as they may go, and written whole or not at all.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::Error;

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

/// Reads a file that is to have at most so many bytes.
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
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut File) -> io::Result<()>) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || {
        std::fs::create_dir_all(folder)?;
        let mut draft = tempfile::Builder::new().prefix(".smallbench-").tempfile_in(folder)?;
        fill(draft.as_file_mut())?;
        make_readable(draft.as_file())?;
        draft.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(Error::io(path))
}

/// A draft is private to its owner; a result is a file like any other.
#[cfg(unix)]
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &File) -> io::Result<()> {
    Ok(())
}

/// Writes bytes whole.
///
/// # Errors
/// As [`write_whole`].
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    use std::io::Write;
    write_whole(path, |file| file.write_all(bytes))
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
}
