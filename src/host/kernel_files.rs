//! Files of the system that say what a machine has.

use std::path::{Path, PathBuf};

/// Most parts of a kind that are looked for.
pub(super) const MOST: usize = 64;

/// The text of a file; empty if there is none.
pub(super) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// The entries of a folder by name.
pub(super) fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).take(MOST).collect();
    paths.sort();
    paths
}

/// What a file of the kernel says, if it says anything.
pub(super) fn line(path: &Path) -> Option<String> {
    let text = text(path);
    Some(text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()).filter(|line| !line.is_empty())
}

/// The value of the first line `name: value` of a file of Linux; systems without such files have none.
pub(super) fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(known, _)| known.trim() == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}
