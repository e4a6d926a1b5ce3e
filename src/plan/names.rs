//! Paths and names in a plain form, and names of what the spec leaves unnamed.

use std::path::{Path, PathBuf};

/// The characters of a plain name, for messages.
pub const PLAIN_NAME: &str = "letters, digits, `_`, `-` and `.`";

/// True if a name can be that of a file on every system, and a word on every command line.
pub fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The name of a file without its extensions, as `questions` of `questions.jsonl.gz`.
pub(super) fn short_name(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let is_compressed =
        path.extension().is_some_and(|ending| ["gz", "gzip", "zst", "zstd"].iter().any(|known| ending == *known));
    let stem = if is_compressed { stem.rsplit_once('.').map_or(&*stem, |(stem, _)| stem) } else { &stem };
    let name = stem.replace(['*', '?', '[', ']'], "");
    let name = name.trim_matches(['-', '_', '.']);
    if name.is_empty() { short_name(path.parent().unwrap_or(Path::new("dataset"))) } else { name.to_owned() }
}

/// A path without `.` and without a `..` that follows a name.
pub(super) fn plain(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            _ => out.push(part),
        }
    }
    out
}
