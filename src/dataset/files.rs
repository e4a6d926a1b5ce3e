//! Local files of rows: by name, in a folder, by a pattern.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::DatasetError;
use super::format::Format;
use super::layout::{is_about_rows, of_one_format};
use super::saved;

/// Usual names of splits in those of files.
const SPLITS: [&str; 6] = ["train", "test", "validation", "valid", "val", "dev"];

/// The files that paths, folders and patterns name, in this order, those of a folder or pattern by name.
pub(super) fn found(paths: &[PathBuf]) -> Result<Vec<PathBuf>, DatasetError> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let named = match path.is_dir() {
            true => in_folder(path)?,
            false if is_pattern(path) => matching(path)?,
            false => vec![path.clone()],
        };
        for file in named {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

/// True if a path is a pattern; a file with such a name is a file.
pub fn is_pattern(path: &Path) -> bool {
    !path.exists() && path.to_string_lossy().contains(['*', '?', '['])
}

/// A warning if files are of several splits, as those of a folder may be.
pub(super) fn several_splits(place: &str, files: &[PathBuf]) -> Option<String> {
    let splits: BTreeSet<&str> = files.iter().filter_map(|file| split_of(file)).collect();
    (splits.len() > 1).then(|| {
        let names = splits.into_iter().collect::<Vec<_>>().join("`, `");
        format!(
            "`{place}` holds several splits (`{names}`), all of which are asked; name one in `path`, such as `*test*`"
        )
    })
}

fn split_of(file: &Path) -> Option<&'static str> {
    let name = file.file_name()?.to_string_lossy().to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.find_map(|word| SPLITS.into_iter().find(|split| *split == word))
}

fn in_folder(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    if let Some(files) = saved::files(folder)? {
        return Ok(files);
    }
    let io = |source| DatasetError::Io { path: folder.display().to_string(), source };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let name = entry.map_err(io)?.path();
        names.push(name);
    }
    chosen(folder, names)
}

fn matching(pattern: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let invalid =
        |error: glob::PatternError| DatasetError::Glob { pattern: pattern.to_owned(), reason: error.to_string() };
    let names = glob::glob(&pattern.to_string_lossy()).map_err(invalid)?;
    chosen(pattern, names.filter_map(Result::ok).collect())
}

/// The files of rows among others, one format of those that are there in several.
fn chosen(place: &Path, names: Vec<PathBuf>) -> Result<Vec<PathBuf>, DatasetError> {
    let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '_']));
    let texts = names.iter().filter(|path| path.is_file() && !is_hidden(path)).filter_map(|path| path.to_str());
    let has_rows = |text: &&str| Format::of(text).is_some() && !is_about_rows(text);
    let readable: Vec<String> = texts.filter(has_rows).map(str::to_owned).collect();
    if readable.is_empty() {
        return Err(DatasetError::NoLocalFiles { place: place.to_owned() });
    }
    Ok(of_one_format(readable).into_iter().map(PathBuf::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_patterns_name_their_files_of_rows() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.jsonl.gz", "a.jsonl", "notes.md", ".hidden.csv", "c.csv", "c.parquet"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let names = |path: &str| {
            let found = found(&[folder.path().join(path)])?;
            let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
            Ok::<_, DatasetError>(found.iter().map(name).collect::<Vec<_>>())
        };
        assert_eq!(names("").unwrap(), ["a.jsonl", "b.jsonl.gz", "c.parquet"]);
        assert_eq!(names("*.jsonl*").unwrap(), ["a.jsonl", "b.jsonl.gz"]);
        assert_eq!(names("[ab].jsonl").unwrap(), ["a.jsonl"]);
        assert!(names("*.xlsx").unwrap_err().to_string().contains("no Parquet, Arrow, CSV, TSV, JSONL or JSON file"));
        assert_eq!(names("a.jsonl").unwrap(), ["a.jsonl"]);
    }

    #[test]
    fn several_splits_are_told_of() {
        let files = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        let warning = several_splits("s", &files(&["s/train-0.jsonl", "s/test.jsonl", "s/a.jsonl"])).unwrap();
        assert!(warning.contains("(`test`, `train`)"), "{warning}");
        for names in
            [&["test-00000-of-00002.jsonl", "test-00001-of-00002.jsonl"][..], &["training.jsonl", "test.jsonl"]]
        {
            assert_eq!(several_splits("s", &files(names)), None);
        }
    }
}
