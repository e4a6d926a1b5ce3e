//! Files in a folder and in those below it.

use std::path::{Path, PathBuf};

/// The files that are looked for in a folder, and in those below it as deep as `depth`, in the order of their paths.
pub(super) fn files_below(
    folder: &Path,
    depth: usize,
    is_wanted: &dyn Fn(&Path) -> bool,
) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && depth > 0 {
            found.extend(files_below(&path, depth - 1, is_wanted)?);
        } else if is_wanted(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
