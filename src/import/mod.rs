//! Import: results of other tools in the tables of an output folder.
//!
//! Nothing is judged anew and nothing is made up: a score is that of the tool, whose name and scorer stand in the column
//! `rule`, and what a tool does not say stays empty. The bytes follow from the results alone.

mod question;
mod results;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::checksum::sha256_of;
use crate::compare::ModelName;
use crate::compare::source::{OWN, Source, SourceError, load};

pub use question::question;
pub use summary::Measured;

/// Name of the file that says where the answers of a folder come from.
pub const FILE: &str = "imported.json";

/// What was made of results.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The files of the folder, by their names.
    pub files: Vec<(&'static str, String)>,
    /// What was measured of each model on each dataset.
    pub measured: Vec<Measured>,
    /// The same by subject, of questions that have one.
    pub by_subject: Vec<Measured>,
    /// What was read.
    pub sources: Vec<Source>,
}

impl Imported {
    /// True if a source has means alone, without answers.
    pub fn has_means(&self) -> bool {
        self.sources.iter().any(|source| !source.means.is_empty())
    }
}

/// Reads results and makes the files of an output folder of them.
///
/// # Errors
/// Results cannot be read, are those of smallbench, or two of them hold answers of one model to one dataset.
pub fn import(paths: &[PathBuf]) -> Result<Imported, SourceError> {
    let sources = paths.iter().map(|path| foreign(path)).collect::<Result<Vec<_>, _>>()?;
    check_apart(&sources, paths)?;
    let described = sources.iter().zip(paths).map(|(source, path)| described(source, path));
    let origin = json!({
        "smallbench": env!("CARGO_PKG_VERSION"), "imported": described.collect::<Result<Vec<_>, _>>()?,
    });
    let first = paths.first().map(PathBuf::as_path).unwrap_or(Path::new(""));
    let failed = |error| SourceError::unknown(first, format!("its answers cannot be written as a table: {error}"));
    let results = results::table(&sources).map_err(failed)?;
    let models = summary::table(&sources).map_err(failed)?;
    let files = vec![("results.csv", results), ("model_summary.csv", models), (FILE, format!("{origin:#}\n"))];
    let means = sources.iter().flat_map(|source| &source.means).map(summary::of_mean);
    let measured = summary::measured(&sources, |_| String::new()).into_iter().chain(means).collect();
    let by_subject = summary::measured(&sources, |answer| answer.subject.clone());
    let by_subject = by_subject.into_iter().filter(|part| !part.subject.is_empty()).collect();
    Ok(Imported { files, measured, by_subject, sources })
}

/// Results of another tool.
fn foreign(path: &Path) -> Result<Source, SourceError> {
    let source = load(path)?;
    if source.format == OWN {
        let message = "it holds results of smallbench, which need no import";
        return Err(SourceError::unknown(path, message).or("name the folder to `compare` or `export`"));
    }
    Ok(source)
}

/// Refuses a second source for a model and dataset: its answers would count as further ones to the same questions.
fn check_apart(sources: &[Source], paths: &[PathBuf]) -> Result<(), SourceError> {
    let mut known: BTreeMap<(&ModelName, &str), &Path> = BTreeMap::new();
    for (source, path) in sources.iter().zip(paths) {
        let answered = source.answers.iter().map(|answer| (&answer.model, answer.dataset.as_str()));
        let own: BTreeSet<(&ModelName, &str)> =
            answered.chain(source.means.iter().map(|mean| (&mean.model, mean.dataset.as_str()))).collect();
        for (model, dataset) in own {
            if let Some(earlier) = known.insert((model, dataset), path) {
                let dataset = if dataset.is_empty() { "the same dataset" } else { dataset };
                let message = format!("it holds answers of {model} to {dataset}, as {} does", earlier.display());
                return Err(SourceError::unknown(path, message).or("import it into a folder of its own"));
            }
        }
    }
    Ok(())
}

/// Where answers come from: by its name alone, as the folder may be passed on.
fn described(source: &Source, path: &Path) -> Result<Value, SourceError> {
    let unreadable = |error| SourceError::Unreadable { path: path.to_owned(), source: error };
    let sha256 = if path.is_file() { Some(sha256_of(path).map_err(unreadable)?) } else { None };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(json!({
        "name": name, "format": source.format, "sha256": sha256, "answers": source.answers.len(),
        "means": source.means.len(), "scored_by": source.scored_by(), "facts": source.facts,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(model: &str) -> String {
        json!({
            "eval": { "model": model, "task": "sums", "created": "2026-03-04T10:00:00+00:00" }, "status": "success",
            "samples": [
                { "id": "a", "epoch": 1, "input": "1 + 1?", "target": "2", "output": { "completion": "It is 2.", "time": 0.5,
                    "usage": { "input_tokens": 7, "output_tokens": 4 } }, "scores": { "match": { "value": "C", "answer": "2" } } },
                { "id": "a", "epoch": 2, "input": "1 + 1?", "target": "2", "scores": { "match": { "value": 0.25 } } },
                { "id": "b", "epoch": 1, "input": "1 + 2?", "target": "3", "error": { "message": "gone" } },
            ],
        })
        .to_string()
    }

    fn written(texts: &[(&str, String)]) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let path = |(name, text): &(&str, String)| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let paths = texts.iter().map(path).collect();
        (folder, paths)
    }

    #[test]
    fn scores_are_kept_with_the_name_of_the_tool_and_unknowns_stay_empty() {
        let (_folder, paths) = written(&[("log.json", log("m"))]);
        let imported = import(&paths).unwrap();
        let mut table = csv::Reader::from_reader(imported.files[0].1.as_bytes());
        let header = table.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
        let of =
            |row: usize, column: &str| rows[row][header.iter().position(|name| name == column).unwrap()].to_owned();
        let shown = |row: usize| -> Vec<String> {
            ["prompt_id", "repeat", "score", "verdict", "extracted_answer", "rule", "status", "fault", "latency_sec"]
                .map(|column| of(row, column))
                .into()
        };
        assert_eq!(shown(0), ["0", "0", "1", "correct", "2", "inspect: match", "ok", "", "0.5"]);
        assert_eq!(shown(1), ["0", "1", "0.25", "", "", "inspect: match", "ok", "", ""]);
        assert_eq!(shown(2), ["1", "0", "", "", "", "", "failed", "failed", ""]);
        assert_eq!(
            (of(0, "measured_by"), of(0, "level"), of(0, "ttft_s")),
            ("recorded 2026-03-04".into(), String::new(), String::new())
        );
        assert_eq!(
            (of(0, "prompt_tokens"), of(0, "output_tokens"), of(0, "dataset")),
            ("7".into(), "4".into(), "sums".into())
        );
        let [measured] = imported.measured.as_slice() else { panic!("{:?}", imported.measured) };
        assert_eq!(
            (measured.answers, measured.questions, measured.score, measured.interval),
            (3, 1, Some(0.625), None)
        );
    }

    #[test]
    fn the_same_results_give_the_same_bytes() {
        let (_folder, paths) = written(&[("one.json", log("m")), ("two.json", log("n"))]);
        assert_eq!(import(&paths).unwrap().files, import(&paths).unwrap().files);
        let origin: Value = serde_json::from_str(&import(&paths).unwrap().files[2].1).unwrap();
        assert_eq!(
            (&origin["imported"][1]["name"], &origin["imported"][1]["answers"]),
            (&json!("two.json"), &json!(3))
        );
    }

    #[test]
    fn two_results_of_one_model_are_not_mixed() {
        let (_folder, paths) = written(&[("one.json", log("m")), ("two.json", log("m"))]);
        let error = import(&paths).unwrap_err().to_string();
        assert!(
            error.contains("two.json: it holds answers of m to sums, as ") && error.contains("one.json does"),
            "{error}"
        );
    }
}
