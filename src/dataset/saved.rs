//! Folders that `datasets.save_to_disk` writes: which of their files hold the rows.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::DatasetError;
use crate::files::read_bounded;

/// Maximum size of a file that describes a folder, in bytes.
const MOST_BYTES: u64 = 16 << 20;

/// `state.json` of a dataset. Files that the folder holds besides are caches of what was computed from it.
#[derive(Deserialize)]
struct State {
    #[serde(rename = "_data_files")]
    files: Vec<DataFile>,
}

#[derive(Deserialize)]
struct DataFile {
    filename: String,
}

/// `dataset_dict.json` of several splits.
#[derive(Deserialize)]
struct Splits {
    splits: Vec<String>,
}

/// The files of rows in their order; none of a folder that was not written so.
pub(super) fn files(folder: &Path) -> Result<Option<Vec<PathBuf>>, DatasetError> {
    if let Some(Splits { splits }) = described(&folder.join("dataset_dict.json")) {
        let splits = splits.iter().map(|split| format!("`{split}`")).collect::<Vec<_>>().join(", ");
        return Err(DatasetError::SavedSplits { place: folder.to_owned(), splits });
    }
    let Some(State { files }) = described(&folder.join("state.json")) else { return Ok(None) };
    // A name, never a path that leads elsewhere.
    let names = files.iter().filter_map(|file| Path::new(&file.filename).file_name());
    let files: Vec<PathBuf> = names.map(|name| folder.join(name)).collect();
    Ok(Some(files).filter(|files| !files.is_empty()))
}

fn described<T: for<'d> Deserialize<'d>>(path: &Path) -> Option<T> {
    serde_json::from_slice(&read_bounded(path, MOST_BYTES).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saved_dataset_names_its_files_and_one_of_several_splits_is_to_be_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(files(folder.path()).unwrap().is_none());
        let state = r#"{"_data_files": [{"filename": "data-00001.arrow"}, {"filename": "../x/data-00000.arrow"}], "_split": null}"#;
        std::fs::write(folder.path().join("state.json"), state).unwrap();
        let found = files(folder.path()).unwrap().unwrap();
        assert_eq!(found, ["data-00001.arrow", "data-00000.arrow"].map(|name| folder.path().join(name)));
        std::fs::write(folder.path().join("dataset_dict.json"), r#"{"splits": ["train", "test"]}"#).unwrap();
        let error = files(folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("the splits `train`, `test`") && error.hint().unwrap().contains("FOLDER/test")
        );
    }
}
