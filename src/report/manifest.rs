//! The manifest: the inputs of a run and its files. The only file of its folder that contains the time.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::checksum::sha256;
use crate::clients::ClientPart;
use crate::compare::source::MOST_MANIFEST;
use crate::endpoint::throttle::Change;
use crate::error::Error;
use crate::files::read_bounded;
use crate::host::Host;
use crate::id::{ModelId, Per};
use crate::plan::{ModelPlan, Plan};
use crate::report::origin::Origin;
use crate::store::{ModelFacts, SeenModel};
use crate::tables::group::Group;
use crate::work::Work;
use crate::work::batch::Batch;

/// Name of the file.
pub const FILE: &str = "manifest.json";
/// Folder of the values that charts draw, beside the pictures.
pub const CHART_DATA: &str = "chart_data";

/// The manifest of a run.
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
    /// The machine of this run; unknown in manifests of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Host>,
    /// Where the spec and the store are; unknown in manifests of older versions.
    #[serde(default)]
    pub origin: Origin,
    /// Requests of the plan, and what became of them.
    pub requests: Counts,
    /// The datasets.
    pub datasets: Vec<DatasetEntry>,
    /// The models.
    pub models: Vec<ModelEntry>,
    /// The models that judge.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judges: Vec<ModelEntry>,
    /// The files that the commands of `serve` name: programs and models.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub served: Vec<ServedFile>,
    /// Levels of each model, in the order in which they are measured.
    #[serde(default)]
    pub levels: Vec<String>,
    /// The clients that sent load levels together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<ClientEntry>,
    /// How often and how far each endpoint was throttled.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub throttling: BTreeMap<String, Vec<Change>>,
    /// The checks.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The files that belong to this run.
    pub files: Vec<FileEntry>,
}

/// Requests of the plan, and what became of them.
#[derive(Debug, Serialize, Deserialize)]
pub struct Counts {
    /// Number of requests in the plan.
    pub planned: usize,
    /// Requests with an answer; unknown in manifests of older versions.
    #[serde(default)]
    pub answered: Option<usize>,
    /// Cached from earlier runs.
    pub kept: usize,
    /// Sent by this run.
    pub sent: usize,
    /// Not sent, because the run was stopped or the model was given up.
    pub unsent: usize,
    /// Attempts sent by this run, including failures and warm-ups.
    #[serde(default)]
    pub attempts: Option<u64>,
    /// Their cost, if there are prices; an upper bound if the server reports no token counts.
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
    /// Rows in the source; unknown if a limit left some unread.
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
    /// Name on the endpoint.
    pub model: String,
    /// Digest.
    pub digest: Option<String>,
    /// Version of its server.
    #[serde(default)]
    pub server_version: Option<String>,
    /// Properties that its server reports.
    #[serde(default)]
    pub facts: ModelFacts,
}

impl ModelEntry {
    fn new(plan: &Plan, model: &ModelPlan, seen: Option<&SeenModel>) -> Self {
        Self {
            name: model.name.clone(),
            endpoint: plan.endpoint_of(model).identity(),
            model: model.model.clone(),
            digest: seen.and_then(|seen| seen.digest.clone()),
            server_version: seen.and_then(|seen| seen.server_version.clone()),
            facts: seen.map(|seen| seen.facts.clone()).unwrap_or_default(),
        }
    }
}

/// A file that a command of `serve` names.
#[derive(Debug, Serialize, Deserialize)]
pub struct ServedFile {
    /// Its path, as the command has it.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// One client's part in a load level.
#[derive(Debug, Serialize, Deserialize)]
pub struct ClientEntry {
    /// The model, with the level where there are several.
    pub batch: String,
    /// Which client, such as `2/4`.
    pub client: String,
    /// Its run.
    pub run: String,
    /// When the level was to begin on the clock of all clients, RFC 3339.
    pub start: String,
    /// How much later it began for this client, in seconds.
    pub late_s: f64,
    /// How far the clock of all is ahead of that of its machine, in seconds; unknown where nobody compared them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset_s: Option<f64>,
    /// It may be as much more or less, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_uncertainty_s: Option<f64>,
}

impl ClientEntry {
    fn new(batch: &Batch, part: &ClientPart) -> Self {
        let start = DateTime::from_timestamp_nanos(part.start_ns).to_rfc3339_opts(SecondsFormat::Millis, true);
        Self {
            batch: batch.name(),
            client: part.name(),
            run: part.run.clone(),
            start,
            late_s: part.lateness().as_secs_f64(),
            clock_offset_s: part.offset.map(|offset| offset.ahead_s),
            clock_uncertainty_s: part.offset.map(|offset| offset.uncertainty_s),
        }
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Name in the output folder.
    pub name: String,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Name and times of a run.
pub struct RunIdentity<'i> {
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
        (work, seen): (&Work, &Per<ModelId, Option<SeenModel>>),
        requests: Counts,
        identity: &RunIdentity<'_>,
        files: Vec<FileEntry>,
    ) -> Self {
        let datasets = work.datasets.iter().map(|dataset| DatasetEntry {
            name: dataset.name.clone(),
            source: dataset.provenance.source.clone(),
            commit: dataset.provenance.revision.clone(),
            rows: dataset.provenance.rows,
            samples: dataset.questions(),
        });
        let models = plan.models.with_ids().map(|(id, model)| ModelEntry::new(plan, model, seen[id].as_ref()));
        Self {
            smallbench: env!("CARGO_PKG_VERSION").to_owned(),
            experiment: plan.name.clone(),
            run: identity.run.to_owned(),
            started: identity.started.to_owned(),
            finished: identity.finished.to_owned(),
            spec_sha256: sha256(plan.document.text().as_bytes()),
            machine: Some(Host::look()),
            origin: Origin::default(),
            requests,
            datasets: datasets.collect(),
            models: models.collect(),
            judges: Vec::new(),
            served: Vec::new(),
            levels: plan.levels.iter().map(ToString::to_string).collect(),
            clients: Vec::new(),
            throttling: BTreeMap::new(),
            checks: Vec::new(),
            files,
        }
    }

    /// Adds where the spec and the store are.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Adds the files that served models.
    #[must_use]
    pub fn with_served(mut self, served: Vec<ServedFile>) -> Self {
        self.served = served;
        self
    }

    /// Adds the models that judge.
    #[must_use]
    pub fn with_judges<'j>(
        mut self,
        plan: &Plan,
        judges: impl Iterator<Item = (&'j ModelPlan, Option<&'j SeenModel>)>,
    ) -> Self {
        self.judges = judges.map(|(model, seen)| ModelEntry::new(plan, model, seen)).collect();
        self
    }

    /// Adds the clients that sent the levels of these groups together.
    #[must_use]
    pub fn with_clients(mut self, groups: &[Group]) -> Self {
        let parts = |group: &Group| {
            let runs: HashSet<Arc<str>> = group.figures.runs().into_iter().collect();
            let own = group.figures.clocks().parts().into_iter().filter(|part| runs.contains(&*part.run));
            own.map(|part| ClientEntry::new(&group.batch, part)).collect::<Vec<_>>()
        };
        self.clients = groups.iter().flat_map(parts).collect();
        self
    }

    /// Adds the throttling of endpoints.
    #[must_use]
    pub fn with_throttling(mut self, throttling: BTreeMap<String, Vec<Change>>) -> Self {
        self.throttling = throttling;
        self
    }

    /// Adds the checks.
    #[must_use]
    pub fn with_checks(mut self, checks: Vec<Check>) -> Self {
        self.checks = checks;
        self
    }

    /// The manifest as JSON.
    ///
    /// # Errors
    /// It cannot be serialized.
    pub fn text(&self) -> Result<String, Error> {
        let text = serde_json::to_string_pretty(self);
        text.map(|text| text + "\n").map_err(|error| Error::Internal(format!("cannot serialize the manifest: {error}")))
    }

    /// The manifest in a folder, if it exists and is readable.
    pub fn load(folder: &Path) -> Option<Self> {
        let bytes = read_bounded(&folder.join(FILE), MOST_MANIFEST).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// The files of the run.
    pub fn file_names(&self) -> impl Iterator<Item = String> {
        let names = self.files.iter().map(|file| &file.name);
        names.filter(|name| is_inside(name)).cloned()
    }
}

/// True for a name of a file in the folder of a run, or in that of its charts' values: a manifest that was tampered with must
/// not lead out of it.
fn is_inside(name: &str) -> bool {
    let own = name.strip_prefix(CHART_DATA).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
    Path::new(own).components().count() == 1 && !own.contains(['/', '\\']) && own != ".."
}
