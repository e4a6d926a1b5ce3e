//! The Hub's cache folder, in the layout that Python's tools use.
//!
//! In addition, `.smallbench/COMMIT.json` holds the list of a commit's files: without it a
//! partial snapshot cannot be distinguished from a complete one, and a pinned commit could
//! not be resolved without asking the Hub.

use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::checksum::{BlobState, verify};
use crate::files::read_bounded;

/// Maximum size of one file in bytes: far beyond any dataset of questions, and a bound on what a mirror sends.
const MOST_BYTES: u64 = 4 << 30;

/// Maximum size of a record in bytes, a little more than the longest list.
const MOST_RECORD: u64 = 80 << 20;

/// One repository's part of the cache.
pub(super) struct Cache {
    folder: PathBuf,
}

/// The record of a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// All files of the commit.
    pub files: Vec<String>,
    /// The commit of the converted Parquet branch, if it was used instead of files in other formats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converted: Option<String>,
}

/// A cached file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cached {
    Absent,
    Sound {
        path: PathBuf,
        sha256: String,
    },
    /// Its content did not match its hash; it was removed.
    Removed,
}

impl Cache {
    pub(super) fn new(cache: &Path, repo: &str) -> Self {
        Self { folder: cache.join(format!("datasets--{}", repo.replace('/', "--"))) }
    }

    /// The commit that a branch or tag was last seen at.
    pub(super) fn commit_of(&self, revision: &str) -> Option<String> {
        let bytes = read_bounded(&self.folder.join("refs").join(revision), MOST_RECORD).ok()?;
        Some(String::from_utf8(bytes).ok()?.trim().to_owned()).filter(|commit| is_commit(commit))
    }

    /// Records the commit of a branch or tag, for offline use.
    pub(super) fn remember_commit(&self, revision: &str, commit: &str) {
        if !is_commit(revision) && self.commit_of(revision).as_deref() != Some(commit) {
            write_quietly(&self.folder.join("refs").join(revision), commit.as_bytes());
        }
    }

    /// The record of a commit, if its files were listed before.
    pub(super) fn record(&self, commit: &str) -> Option<Record> {
        let bytes = read_bounded(&self.record_path(commit), MOST_RECORD).ok()?;
        let mut record: Record = serde_json::from_slice(&bytes).ok()?;
        record.files.retain(|file| is_inside(file));
        Some(record)
    }

    pub(super) fn remember(&self, commit: &str, record: &Record) {
        if self.record(commit).as_ref() != Some(record)
            && let Ok(bytes) = serde_json::to_vec(record)
        {
            write_quietly(&self.record_path(commit), &bytes);
        }
    }

    /// The files of a commit that are in the cache, possibly not all of them.
    pub(super) fn present(&self, commit: &str) -> Vec<String> {
        let top = self.snapshot(commit);
        let mut files = Vec::new();
        let mut folders = vec![top.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.exists()
                    && let Some(name) = relative_name(&top, &path)
                {
                    files.push(name);
                }
            }
        }
        files.sort();
        files
    }

    /// Looks up a file and checks it; a damaged file is removed from the cache.
    pub(super) fn look_up(&self, commit: &str, file: &str) -> io::Result<Cached> {
        let link = self.snapshot(commit).join(file);
        let blob = match fs::canonicalize(&link) {
            Ok(blob) => blob,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Cached::Absent),
            Err(error) => return Err(error),
        };
        let name = blob.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match verify(&blob, name)? {
            BlobState::Sound { sha256 } => Ok(Cached::Sound { path: link, sha256 }),
            BlobState::Damaged => {
                fs::remove_file(&link)?;
                // Only files inside the cache may be removed.
                let blobs = fs::canonicalize(self.blobs());
                if blob.exists() && blobs.is_ok_and(|blobs| blob.starts_with(blobs)) {
                    fs::remove_file(&blob)?;
                }
                Ok(Cached::Removed)
            }
        }
    }

    /// Links a file to its content if that is in the cache, as for a file that a commit did not change.
    pub(super) fn link_known(&self, commit: &str, file: &str, promise: &Promise) -> io::Result<bool> {
        let blob = self.blobs().join(&promise.blob);
        let is_sound = blob.is_file() && matches!(verify(&blob, &promise.blob)?, BlobState::Sound { .. });
        if is_sound {
            self.link(commit, file, &promise.blob)?;
        }
        Ok(is_sound)
    }

    /// Starts to receive a file. It is kept apart until its content is verified.
    pub(super) fn arrival(&self, promise: Promise) -> io::Result<Arrival> {
        let folder = self.folder.join(".smallbench");
        fs::create_dir_all(&folder)?;
        Ok(Arrival { draft: tempfile::NamedTempFile::new_in(folder)?, promise, length: 0 })
    }

    fn link(&self, commit: &str, file: &str, blob: &str) -> io::Result<()> {
        let link = self.snapshot(commit).join(file);
        if let Some(folder) = link.parent() {
            fs::create_dir_all(folder)?;
        }
        match fs::remove_file(&link) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // Out of the folders of the file, out of the commit's, out of `snapshots`.
        let up = "../".repeat(Path::new(file).components().count() + 1);
        match point(&link, &format!("{up}blobs/{blob}"), &self.blobs().join(blob)) {
            // Another run created it first.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            outcome => outcome,
        }
    }

    fn blobs(&self) -> PathBuf {
        self.folder.join("blobs")
    }

    fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }

    fn record_path(&self, commit: &str) -> PathBuf {
        self.folder.join(".smallbench").join(format!("{commit}.json"))
    }
}

/// The Hub's description of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Promise {
    /// The hash of its content, its name in the cache.
    blob: String,
    /// Its length, if known.
    size: Option<u64>,
}

impl Promise {
    /// `None` if the tag is not a hash; an untrusted tag must not name a file.
    pub(super) fn new(tag: &str, size: u64) -> Option<Self> {
        let is_hash = matches!(tag.len(), 40 | 64) && tag.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hash.then(|| Self { blob: tag.to_ascii_lowercase(), size: Some(size).filter(|size| *size > 0) })
    }
}

/// A file being received into the cache.
pub(super) struct Arrival {
    draft: tempfile::NamedTempFile,
    promise: Promise,
    length: u64,
}

impl Arrival {
    /// Receives a chunk; false if the file exceeds its announced or the maximum size.
    pub(super) fn add(&mut self, piece: &[u8]) -> io::Result<bool> {
        self.length = self.length.saturating_add(piece.len() as u64);
        let fits = self.length <= self.most();
        if fits {
            self.draft.write_all(piece)?;
        }
        Ok(fits)
    }

    fn most(&self) -> u64 {
        self.promise.size.unwrap_or(MOST_BYTES).min(MOST_BYTES)
    }

    /// Why a file was refused.
    pub(super) fn excess(&self) -> String {
        match self.promise.size {
            Some(size) if size <= MOST_BYTES => format!("it exceeds its announced size of {size} bytes"),
            _ => format!("it is larger than {} GB", MOST_BYTES >> 30),
        }
    }

    /// Moves the file into the cache; false if its content does not match its hash.
    pub(super) fn keep(self, cache: &Cache, commit: &str, file: &str) -> io::Result<bool> {
        let Self { mut draft, promise, .. } = self;
        draft.flush()?;
        if verify(draft.path(), &promise.blob)? == BlobState::Damaged {
            return Ok(false);
        }
        make_readable(draft.path())?;
        fs::create_dir_all(cache.blobs())?;
        draft.persist(cache.blobs().join(&promise.blob)).map_err(|error| error.error)?;
        cache.link(commit, file, &promise.blob)?;
        Ok(true)
    }
}

#[cfg(unix)]
fn point(link: &Path, target: &str, _: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Links need privileges there that few users have.
#[cfg(not(unix))]
fn point(link: &Path, _: &str, blob: &Path) -> io::Result<()> {
    fs::copy(blob, link).map(drop)
}

/// True if a text is a commit rather than a branch or tag.
pub(super) fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Maximum length of a file name, and of a path below the cache, that every system accepts.
const MOST_NAME: usize = 255;
const MOST_PATH: usize = 1024;

/// True if an untrusted name stays inside its parent folder.
pub(super) fn is_inside(name: &str) -> bool {
    let plain = |part| matches!(part, Component::Normal(part) if part.len() <= MOST_NAME);
    let is_odd = |c: char| c.is_control() || matches!(c, '\\' | ':');
    !name.is_empty()
        && name.len() <= MOST_PATH
        && !name.ends_with('/')
        && !name.contains(is_odd)
        && Path::new(name).components().all(plain)
}

fn relative_name(top: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(top).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// A cache that cannot be written, such as a shared one, only costs the next run a request.
fn write_quietly(path: &Path, content: &[u8]) {
    let Some(folder) = path.parent() else { return };
    let written = fs::create_dir_all(folder).and_then(|()| tempfile::NamedTempFile::new_in(folder)).and_then(|file| {
        fs::write(file.path(), content)?;
        make_readable(file.path())?;
        file.persist(path).map_err(|error| error.error)
    });
    drop(written);
}

/// Temporary files are private, but a cache may be shared.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMIT: &str = "0123456789012345678901234567890123456789";

    #[test]
    fn refs_and_records_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path(), "o/n");
        assert_eq!((cache.commit_of("main"), cache.record(COMMIT)), (None, None));
        cache.remember_commit("refs/convert/parquet", COMMIT);
        assert_eq!(cache.commit_of("refs/convert/parquet").as_deref(), Some(COMMIT));
        let record = Record { files: vec!["a.csv".into()], converted: Some(COMMIT.into()) };
        cache.remember(COMMIT, &record);
        assert_eq!(cache.record(COMMIT), Some(record));
        assert!(folder.path().join("datasets--o--n/refs/refs/convert/parquet").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_damaged_blob_is_removed_with_its_link() {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().join("datasets--o--n");
        let snapshot = top.join("snapshots").join(COMMIT).join("data");
        fs::create_dir_all(&snapshot).unwrap();
        fs::create_dir_all(top.join("blobs")).unwrap();
        let git_name = "ce013625030ba8dba906f756967f9e9ca394464a";
        let blob = top.join("blobs").join(git_name);
        fs::write(&blob, "hello\n").unwrap();
        std::os::unix::fs::symlink(format!("../../../blobs/{git_name}"), snapshot.join("a.csv")).unwrap();
        let cache = Cache::new(folder.path(), "o/n");
        assert!(matches!(cache.look_up(COMMIT, "data/a.csv").unwrap(), Cached::Sound { .. }));
        assert_eq!(cache.present(COMMIT), ["data/a.csv"]);
        fs::write(&blob, "<Error>").unwrap();
        assert_eq!(cache.look_up(COMMIT, "data/a.csv").unwrap(), Cached::Removed);
        assert!(!blob.exists());
        assert_eq!(cache.look_up(COMMIT, "data/a.csv").unwrap(), Cached::Absent);
        assert!(cache.present(COMMIT).is_empty());
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        assert!(is_inside("data/test-00000-of-00001.parquet"));
        for name in ["", "../x", "a/../../x", "/etc/passwd", "a\\..\\x", "C:x", "./x", "a\0b", "a\nb", "a/"] {
            assert!(!is_inside(name), "{name:?}");
        }
        assert!(!is_inside(&"x".repeat(256)) && !is_inside(&"x/".repeat(600)));
    }

    #[test]
    fn only_a_hash_names_a_content() {
        let sha1 = "CE013625030ba8dba906f756967f9e9ca394464a";
        assert_eq!(Promise::new(sha1, 6), Some(Promise { blob: sha1.to_lowercase(), size: Some(6) }));
        assert!(Promise::new(&"0".repeat(64), 0).is_some_and(|promise| promise.size.is_none()));
        for tag in ["", "../../owned", "/tmp/owned", "abc-2", &"0".repeat(41), &"g".repeat(40), &"../x".repeat(10)] {
            assert_eq!(Promise::new(tag, 1), None, "{tag}");
        }
    }
}
