//! The Hub's cache folder, in the layout that Python's tools and `hf-hub` share.
//!
//! Beside what they keep, `.smallbench/COMMIT.json` holds the list of a commit's files: without it a
//! snapshot that was downloaded in part cannot be told from a whole one, and a pinned commit could
//! not be resolved without asking the Hub.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::checksum::{Verdict, verify};

/// One repository's part of the cache.
pub(super) struct Cache {
    folder: PathBuf,
}

/// What is known about a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// All files of the commit.
    pub files: Vec<String>,
    /// The commit of the converted Parquet branch that stood in for files in other formats.
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
    /// It was not what its hash promises, and is gone now.
    Removed,
}

impl Cache {
    pub(super) fn new(cache: &Path, repo: &str) -> Self {
        Self { folder: cache.join(format!("datasets--{}", repo.replace('/', "--"))) }
    }

    /// The commit that a branch or tag was last seen at.
    pub(super) fn commit_of(&self, revision: &str) -> Option<String> {
        let text = fs::read_to_string(self.folder.join("refs").join(revision)).ok()?;
        Some(text.trim().to_owned()).filter(|commit| is_commit(commit))
    }

    /// Notes where a branch or tag stands, for the day when the Hub cannot be asked.
    pub(super) fn remember_commit(&self, revision: &str, commit: &str) {
        if !is_commit(revision) && self.commit_of(revision).as_deref() != Some(commit) {
            write_quietly(&self.folder.join("refs").join(revision), commit.as_bytes());
        }
    }

    /// What is known about a commit, if its files were ever listed.
    pub(super) fn record(&self, commit: &str) -> Option<Record> {
        serde_json::from_slice(&fs::read(self.record_path(commit)).ok()?).ok()
    }

    pub(super) fn remember(&self, commit: &str, record: &Record) {
        if self.record(commit).as_ref() != Some(record)
            && let Ok(bytes) = serde_json::to_vec(record)
        {
            write_quietly(&self.record_path(commit), &bytes);
        }
    }

    /// The files of a commit that are in the cache, which need not be all of them.
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

    /// Looks a file up and checks it; a damaged one is removed, or everyone would be served it for ever.
    pub(super) fn look_up(&self, commit: &str, file: &str) -> io::Result<Cached> {
        let link = self.snapshot(commit).join(file);
        let blob = match fs::canonicalize(&link) {
            Ok(blob) => blob,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Cached::Absent),
            Err(error) => return Err(error),
        };
        let name = blob.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        match verify(&blob, name)? {
            Verdict::Sound { sha256 } => Ok(Cached::Sound { path: link, sha256 }),
            Verdict::Damaged => {
                fs::remove_file(&link)?;
                if blob.exists() {
                    fs::remove_file(&blob)?;
                }
                Ok(Cached::Removed)
            }
        }
    }

    fn snapshot(&self, commit: &str) -> PathBuf {
        self.folder.join("snapshots").join(commit)
    }

    fn record_path(&self, commit: &str) -> PathBuf {
        self.folder.join(".smallbench").join(format!("{commit}.json"))
    }
}

/// Whether a text is a commit rather than a branch or tag.
pub(super) fn is_commit(revision: &str) -> bool {
    revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a name from outside stays inside the folder it is put under.
pub(super) fn is_inside(name: &str) -> bool {
    let plain = |part| matches!(part, Component::Normal(_));
    !name.is_empty() && !name.contains(['\\', ':', '\0']) && Path::new(name).components().all(plain)
}

fn relative_name(top: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.strip_prefix(top).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}

/// A cache that cannot be written, such as one shared by a team, only costs the next run a request.
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
        for name in ["", "../x", "a/../../x", "/etc/passwd", "a\\..\\x", "C:x", "./x"] {
            assert!(!is_inside(name), "{name}");
        }
    }
}
