//! The manifest: what this run was, and which files are its own. The only output that holds a clock.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::checksum::sha256;
use crate::endpoint::throttle::Change;
use crate::error::Error;
use crate::files::read_bounded;
use crate::plan::Plan;
use crate::store::{ModelFacts, SeenModel};
use crate::work::Work;

/// Name of the file.
pub const FILE: &str = "manifest.json";

/// Most bytes of a manifest.
const MOST_BYTES: u64 = 64 << 20;

/// What a run was.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of smallbench.
    pub smallbench: String,
    /// Name of the experiment.
    pub experiment: String,
    /// Name of the run.
    pub run: String,
    /// When it started, RFC 3339.
    pub started: String,
    /// When it finished, RFC 3339.
    pub finished: String,
    /// SHA-256 of the spec's text.
    pub spec_sha256: String,
    /// Requests of the plan, and what became of them.
    pub requests: Counts,
    /// The datasets.
    pub datasets: Vec<DatasetEntry>,
    /// The models.
    pub models: Vec<ModelEntry>,
    /// Levels of each model, in the order in which they are measured.
    #[serde(default)]
    pub levels: Vec<String>,
    /// How the pace of endpoints was cut because they asked to be spared.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub throttling: BTreeMap<String, Vec<Change>>,
    /// How far its figures can be trusted.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The files that belong to this run.
    pub files: Vec<FileEntry>,
}

/// Requests of the plan, and what became of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub planned: usize,
    /// Those that have an answer; unknown where an older version wrote the manifest.
    #[serde(default)]
    pub answered: Option<usize>,
    /// Kept from earlier runs.
    pub kept: usize,
    /// Sent by this run.
    pub sent: usize,
    /// Not sent, because the run was stopped or a model given up.
    pub unsent: usize,
    /// Attempts that this run sent, failed ones and warm-ups included.
    #[serde(default)]
    pub attempts: Option<u64>,
    /// What they cost, where there are prices; where the server does not say, what they may have cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<f64>,
}

/// One dataset.
#[derive(Debug, Serialize, Deserialize)]
pub struct DatasetEntry {
    /// Name.
    pub name: String,
    /// Repository or path.
    pub source: String,
    /// Commit.
    pub commit: Option<String>,
    /// Rows in the source; unknown where a limit left some unread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<usize>,
    /// Rows that were asked.
    pub samples: usize,
}

/// One model.
#[derive(Debug, Serialize, Deserialize)]
pub struct ModelEntry {
    /// Name in the tables.
    pub name: String,
    /// Endpoint, as request keys hold it.
    pub endpoint: String,
    /// Name at the endpoint.
    pub model: String,
    /// Digest.
    pub digest: Option<String>,
    /// Version of its server.
    #[serde(default)]
    pub server_version: Option<String>,
    /// What its server says of it.
    #[serde(default)]
    pub facts: ModelFacts,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Name in the output folder.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// When and as what a run ran.
pub struct Identity<'i> {
    /// Its name.
    pub run: &'i str,
    /// When it started.
    pub started: &'i str,
    /// When it finished.
    pub finished: &'i str,
}

impl Manifest {
    /// The manifest of a run.
    pub fn new(
        plan: &Plan,
        (work, seen): (&Work, &[Option<SeenModel>]),
        requests: Counts,
        identity: &Identity<'_>,
        files: Vec<FileEntry>,
    ) -> Self {
        let datasets = work.datasets.iter().map(|dataset| DatasetEntry {
            name: dataset.name.clone(),
            source: dataset.provenance.source.clone(),
            commit: dataset.provenance.revision.clone(),
            rows: dataset.provenance.rows,
            samples: dataset.samples.len(),
        });
        let models = plan.models.iter().zip(seen).map(|(model, seen)| ModelEntry {
            name: model.name.clone(),
            endpoint: plan.endpoint_of(model).identity(),
            model: model.model.clone(),
            digest: seen.as_ref().and_then(|seen| seen.digest.clone()),
            server_version: seen.as_ref().and_then(|seen| seen.server_version.clone()),
            facts: seen.as_ref().map(|seen| seen.facts.clone()).unwrap_or_default(),
        });
        Self {
            smallbench: env!("CARGO_PKG_VERSION").to_owned(),
            experiment: plan.name.clone(),
            run: identity.run.to_owned(),
            started: identity.started.to_owned(),
            finished: identity.finished.to_owned(),
            spec_sha256: sha256(plan.document.sources[0].text.as_bytes()),
            requests,
            datasets: datasets.collect(),
            models: models.collect(),
            levels: plan.levels.iter().map(ToString::to_string).collect(),
            throttling: BTreeMap::new(),
            checks: Vec::new(),
            files,
        }
    }

    /// Adds how the pace of endpoints was cut.
    #[must_use]
    pub fn with_throttling(mut self, throttling: BTreeMap<String, Vec<Change>>) -> Self {
        self.throttling = throttling;
        self
    }

    /// Adds how far its figures can be trusted.
    #[must_use]
    pub fn with_checks(mut self, checks: Vec<Check>) -> Self {
        self.checks = checks;
        self
    }

    /// The manifest as it is written.
    ///
    /// # Errors
    /// It cannot be told as JSON.
    pub fn text(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n")
            .map_err(|error| Error::Internal(format!("the manifest cannot be written: {error}")))
    }

    /// The manifest in a folder, if there is one that can be read.
    pub fn load(folder: &Path) -> Option<Self> {
        let bytes = read_bounded(&folder.join(FILE), MOST_BYTES).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The files of the run.
    pub fn file_names(&self) -> impl Iterator<Item = String> {
        let names = self.files.iter().map(|file| &file.name);
        // A manifest that was tampered with must not lead out of its folder.
        names.filter(|name| Path::new(name).components().count() == 1 && !name.contains(['/', '\\'])).cloned()
    }
}
