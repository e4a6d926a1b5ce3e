//! Human labels: what people say of answers that a model judges.

use std::path::Path;

use serde::Deserialize;

use crate::files::read_bounded;

/// Maximum size of a file of labels in bytes.
const MOST_BYTES: u64 = 64 << 20;

/// What a person says of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HumanLabel {
    /// Name of the model that answered.
    pub model: String,
    /// Number of the sample, as in `results.csv`.
    pub prompt_id: u64,
    /// The verdict, in the words of the judge.
    pub label: String,
}

/// Reads a CSV file of labels.
///
/// # Errors
/// The file cannot be read, lacks a column, or has a row that does not fit; in words.
pub(super) fn read(path: &Path) -> Result<Vec<HumanLabel>, String> {
    let bytes = read_bounded(path, MOST_BYTES).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let rows = csv::Reader::from_reader(bytes.as_slice()).into_deserialize();
    let labels: Result<Vec<HumanLabel>, csv::Error> = rows.collect();
    labels.map_err(|error| format!("{}: {error}; the columns are `model`, `prompt_id` and `label`", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Result<Vec<HumanLabel>, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path())
    }

    #[test]
    fn further_columns_do_not_matter_and_missing_ones_do() {
        let label = HumanLabel { model: "a".into(), prompt_id: 3, label: "wrong".into() };
        assert_eq!(labels("by,model,prompt_id,label\nme,a,3,wrong\n"), Ok(vec![label]));
        assert!(labels("model,label\na,wrong\n").unwrap_err().contains("missing field `prompt_id`"));
        assert!(labels("model,prompt_id,label\na,x,wrong\n").unwrap_err().contains("line: 2"));
        assert!(read(Path::new("absent.csv")).unwrap_err().contains("absent.csv"));
    }
}
