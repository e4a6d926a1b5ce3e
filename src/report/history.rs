//! The history of the experiments that share a store: a line per run whose figures are others than those of the run before
//! it. Lines are added and never changed, while the manifest is that of the last run.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use crate::checksum::sha256;
use crate::error::Error;
use crate::files::read_bounded;
use crate::tables::group::Results;

/// Name of the file, beside the store.
pub const FILE: &str = "history.jsonl";

/// Maximum size of a history in bytes; a line has some hundred per model.
const MOST_BYTES: u64 = 64 << 20;

/// A run, as the history holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Name of the run.
    pub run: String,
    /// When it finished, RFC 3339.
    pub finished: String,
    /// What it was made with and what it measured.
    #[serde(flatten)]
    pub content: RunContent,
}

/// What a run was made with and what it measured: all but its name and its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunContent {
    /// Name of the experiment.
    pub experiment: String,
    /// Version of smallbench.
    pub smallbench: String,
    /// SHA-256 of the spec's text.
    pub spec_sha256: String,
    /// Overrides of the command line, without secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
    /// SHA-256 of names, sources, commits and sizes of the datasets.
    pub data_sha256: String,
    /// Models at their levels, in the order of tables.
    pub models: Vec<Measured>,
}

/// A model at a level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Its name in tables.
    pub model: String,
    /// The level.
    pub level: String,
    /// What the server said of its version.
    pub digest: Option<String>,
    /// Answers that count in the score.
    pub samples: u64,
    /// Mean score.
    pub score: Option<f64>,
    /// Its 95 % interval.
    pub score_interval: Option<(f64, f64)>,
    /// Whether the score is not distinguishable from guessing.
    #[serde(default)]
    pub is_guessing: bool,
    /// Median latency in seconds.
    pub latency_median_s: Option<f64>,
    /// Cost in the currency of the run.
    pub cost: Option<f64>,
}

impl HistoryEntry {
    /// The entry of a run.
    ///
    /// # Errors
    /// The datasets cannot be serialized.
    pub fn new(manifest: &Manifest, results: &Results) -> Result<Self, Error> {
        let models = results.groups.iter().map(|group| {
            let summary = &group.summary;
            let seen = manifest.models.iter().find(|model| model.name == summary.model);
            Measured {
                model: summary.model.clone(),
                level: summary.level.clone(),
                digest: seen.and_then(|model| model.digest.clone()),
                samples: summary.samples,
                score: summary.score,
                score_interval: summary.score_interval,
                is_guessing: summary.is_guessing(),
                latency_median_s: summary.latency().median,
                cost: summary.spending.cost,
            }
        });
        let content = RunContent {
            experiment: manifest.experiment.clone(),
            smallbench: manifest.smallbench.clone(),
            spec_sha256: manifest.spec_sha256.clone(),
            overrides: manifest.origin.overrides.clone(),
            data_sha256: sha256(line(&manifest.datasets)?.as_bytes()),
            models: models.collect(),
        };
        Ok(Self { run: manifest.run.clone(), finished: manifest.finished.clone(), content })
    }

    /// What differs from the run before, in words.
    pub fn changes(&self, before: &Self) -> Vec<&'static str> {
        let digests = |entry: &Self| -> Vec<_> {
            let digest = |measured: &Measured| (measured.model.clone(), measured.digest.clone());
            entry.content.models.iter().map(digest).collect()
        };
        let (now, then) = (&self.content, &before.content);
        let parts = [
            ("smallbench", now.smallbench != then.smallbench),
            ("spec", (&now.spec_sha256, &now.overrides) != (&then.spec_sha256, &then.overrides)),
            ("data", now.data_sha256 != then.data_sha256),
            ("models", digests(self) != digests(before)),
        ];
        parts.into_iter().filter(|(_, is_other)| *is_other).map(|(part, _)| part).collect()
    }
}

/// Adds a run to the history in a folder, unless it says what the last run of its experiment says: a run that sends nothing changes nothing.
///
/// # Errors
/// The history cannot be read or written.
pub fn add(folder: &Path, entry: &HistoryEntry) -> Result<(), Error> {
    let path = folder.join(FILE);
    let known = read(&path)?;
    if last_of(&known, &entry.content.experiment).is_some_and(|last| last.content == entry.content) {
        return Ok(());
    }
    // A line that a power failure tore must not swallow this one.
    let apart = if known.is_empty() || known.ends_with('\n') { "" } else { "\n" };
    let added = format!("{apart}{}\n", line(entry)?);
    let file = OpenOptions::new().append(true).create(true).open(&path);
    // In one write, so that lines of two runs do not mix.
    file.and_then(|mut file| file.write_all(added.as_bytes())).map_err(Error::io(&path))
}

/// The runs of an experiment in a folder, the oldest first. Lines that cannot be read are left out.
///
/// # Errors
/// The history cannot be read.
pub fn load(folder: &Path, experiment: &str) -> Result<Vec<HistoryEntry>, Error> {
    let text = read(&folder.join(FILE))?;
    Ok(entries(&text).filter(|entry| entry.content.experiment == experiment).collect())
}

fn last_of(text: &str, experiment: &str) -> Option<HistoryEntry> {
    entries(text).rfind(|entry| entry.content.experiment == experiment)
}

fn entries(text: &str) -> impl DoubleEndedIterator<Item = HistoryEntry> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok())
}

fn read(path: &Path) -> Result<String, Error> {
    match read_bounded(path, MOST_BYTES) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Error::io(path)(error)),
    }
}

fn line(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Internal(format!("cannot serialize the history: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(run: &str, score: f64) -> HistoryEntry {
        let measured = Measured {
            model: "m".into(),
            level: "c=1".into(),
            digest: Some("d1".into()),
            samples: 9,
            score: Some(score),
            score_interval: Some((0.1, 0.9)),
            is_guessing: false,
            latency_median_s: Some(0.1 + 0.2),
            cost: None,
        };
        let content = RunContent {
            experiment: "trial".into(),
            smallbench: "0.1.0".into(),
            spec_sha256: "s".into(),
            overrides: Vec::new(),
            data_sha256: "t".into(),
            models: vec![measured],
        };
        HistoryEntry { run: run.into(), finished: "2026-01-01T00:00:00Z".into(), content }
    }

    #[test]
    fn a_run_that_says_the_same_adds_no_line() {
        let folder = tempfile::tempdir().unwrap();
        for (run, score) in [("one", 1.0 / 3.0), ("two", 1.0 / 3.0), ("three", 0.5)] {
            add(folder.path(), &entry(run, score)).unwrap();
        }
        let runs = load(folder.path(), "trial").unwrap();
        assert_eq!(runs, [entry("one", 1.0 / 3.0), entry("three", 0.5)]);
        assert!(load(folder.path(), "other").unwrap().is_empty());
    }

    #[test]
    fn damaged_lines_stay_and_count_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "{\"run\": \"torn").unwrap();
        add(folder.path(), &entry("one", 0.5)).unwrap();
        assert_eq!(load(folder.path(), "trial").unwrap().len(), 1);
        assert!(std::fs::read_to_string(folder.path().join(FILE)).unwrap().starts_with("{\"run\": \"torn\n{"));
    }

    #[test]
    fn changes_are_named() {
        let (before, mut after) = (entry("one", 0.5), entry("two", 0.6));
        assert!(after.changes(&before).is_empty());
        after.content.spec_sha256 = "other".into();
        after.content.models[0].digest = None;
        assert_eq!(after.changes(&before), ["spec", "models"]);
        let mut overridden = entry("two", 0.6);
        overridden.content.overrides.push("prompt.system=Be brief.".into());
        assert_eq!(overridden.changes(&before), ["spec"]);
    }
}
