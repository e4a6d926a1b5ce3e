//! The lock file beside the spec: pins the versions of datasets and models.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::dataset::{Dataset, SourcePlan};
use crate::error::Error;
use crate::files::{read_bounded, write_bytes};
use crate::plan::Plan;
use crate::store::SeenModel;

/// Version of the format.
const FORMAT: u32 = 1;

/// Maximum size of a lock file in bytes.
const MOST_BYTES: u64 = 16 << 20;

/// The part that all versions of the format share.
#[derive(Deserialize)]
struct Header {
    version: u32,
}

/// The datasets and models of the first run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    version: u32,
    #[serde(default, rename = "dataset")]
    datasets: Vec<LockedDataset>,
    #[serde(default, rename = "model", skip_serializing_if = "Vec::is_empty")]
    models: Vec<LockedModel>,
    /// The models that judge.
    #[serde(default, rename = "judge", skip_serializing_if = "Vec::is_empty")]
    judges: Vec<LockedModel>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedDataset {
    name: String,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    /// Unknown if a limit left some unread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<usize>,
    files: Vec<LockedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedFile {
    path: String,
    sha256: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedModel {
    name: String,
    digest: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quantization: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parameter_size: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context_length: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server_version: Option<String>,
}

impl LockedModel {
    /// A model whose server reports a digest; others cannot be pinned.
    fn of(name: &str, seen: &SeenModel) -> Option<Self> {
        Some(Self {
            name: name.to_owned(),
            digest: seen.digest.clone()?,
            quantization: seen.facts.quantization.clone(),
            parameter_size: seen.facts.parameter_size.clone(),
            context_length: seen.facts.context_length,
            server_version: seen.server_version.clone(),
        })
    }

    /// The differences of the model, which is called `what`. A value that an older lock file lacks is not a difference.
    fn differences(&self, what: &str, now: &Self) -> Vec<String> {
        let context = |model: &Self| model.context_length.map(|length| length.to_string());
        let digest = |model: &Self| Some(model.digest.clone());
        let parts = [
            ("digest", digest(self), digest(now)),
            ("quantization", self.quantization.clone(), now.quantization.clone()),
            ("size", self.parameter_size.clone(), now.parameter_size.clone()),
            ("context length", context(self), context(now)),
            ("server version", self.server_version.clone(), now.server_version.clone()),
        ];
        let changed = parts.into_iter().filter(|(_, old, now)| old.is_some() && now.is_some() && old != now);
        changed
            .map(|(part, old, now)| {
                let (old, now) = (old.unwrap_or_default(), now.unwrap_or_default());
                format!("{what} `{}`: {part} changed from {old} to {now}", self.name)
            })
            .collect()
    }
}

/// How the lock file is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Policy {
    /// Written if missing, else verified; a difference is a warning.
    #[default]
    Verify,
    /// A difference or a missing lock file is an error.
    Locked,
    /// The current state is accepted and written.
    Update,
    /// Verified, not written.
    Look,
}

impl Lock {
    /// Reads the lock file, if it exists. With [`Policy::Update`] it need not be readable.
    ///
    /// # Errors
    /// The file exists and cannot be read.
    pub fn load(path: &Path, policy: Policy) -> Result<Option<Self>, Error> {
        let bytes = match read_bounded(path, MOST_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            // A folder cannot be replaced by a file.
            Err(error) if path.is_dir() => return Err(Error::io(path)(error)),
            Err(_) if policy == Policy::Update => return Ok(None),
            Err(error) => return Err(Error::Lock(format!("cannot read the lock file {}: {error}", path.display()))),
        };
        match Self::parse(&bytes) {
            Ok(lock) => Ok(Some(lock)),
            Err(_) if policy == Policy::Update => Ok(None),
            Err(reason) => Err(Error::Lock(format!("the lock file {} {reason}", path.display()))),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "is not valid UTF-8".to_owned())?;
        if text.trim().is_empty() {
            return Err("is empty".to_owned());
        }
        if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
            return Err("has merge conflict markers".to_owned());
        }
        let unreadable = |error: toml::de::Error| format!("is not valid: {}", error.message());
        // A newer version may have keys that are unknown here.
        let Header { version } = toml::from_str(text).map_err(unreadable)?;
        if version > FORMAT {
            return Err(format!("has format {version}; this version of smallbench reads formats up to {FORMAT}"));
        }
        toml::from_str(text).map_err(unreadable)
    }

    /// Pins the plan's Hub datasets to the commits in the lock file.
    pub fn pin(&self, plan: &mut Plan) {
        for dataset in plan.datasets.iter_mut() {
            let SourcePlan::Hub { repo, revision, pinned, .. } = &mut dataset.source else { continue };
            let locked = self.datasets.iter().find(|locked| {
                locked.name == dataset.name && locked.source == *repo && locked.revision.as_ref() == Some(revision)
            });
            *pinned = locked.and_then(|locked| locked.commit.clone());
        }
    }

    /// The current datasets and models.
    pub fn of(plan: &Plan, datasets: &[Dataset], seen: &[Option<SeenModel>]) -> Self {
        let folder = plan.document.path.parent().unwrap_or(Path::new(""));
        let datasets = plan.datasets.iter().zip(datasets).map(|(wanted, dataset)| LockedDataset {
            name: dataset.name.clone(),
            source: match &wanted.source {
                SourcePlan::Hub { repo, .. } => repo.clone(),
                SourcePlan::File { paths, .. } => {
                    paths.iter().map(|path| relative(path, folder)).collect::<Vec<_>>().join(", ")
                }
                SourcePlan::Synthetic(_) => dataset.provenance.source.clone(),
                SourcePlan::Trace(_) => relative(Path::new(&dataset.provenance.source), folder),
            },
            revision: match &wanted.source {
                SourcePlan::Hub { revision, .. } => Some(revision.clone()),
                SourcePlan::File { .. } | SourcePlan::Synthetic(_) | SourcePlan::Trace(_) => None,
            },
            commit: dataset.provenance.revision.clone(),
            rows: dataset.provenance.rows,
            files: (dataset.provenance.files.iter())
                .map(|file| LockedFile { path: relative(Path::new(&file.path), folder), sha256: file.sha256.clone() })
                .collect(),
        });
        let models =
            plan.models.iter().zip(seen).filter_map(|(model, seen)| LockedModel::of(&model.name, seen.as_ref()?));
        Self { version: FORMAT, datasets: datasets.collect(), models: models.collect(), judges: Vec::new() }
    }

    /// The same with the models that judge, each by its name.
    #[must_use]
    pub fn with_judges<'s>(mut self, judges: impl Iterator<Item = (&'s str, &'s SeenModel)>) -> Self {
        self.judges = judges.filter_map(|(name, seen)| LockedModel::of(name, seen)).collect();
        self
    }

    /// The differences between this lock file and the current state, one per line.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for dataset in &now.datasets {
            let Some(old) =
                self.datasets.iter().find(|old| (&old.name, &old.source) == (&dataset.name, &dataset.source))
            else {
                continue;
            };
            if old.commit != dataset.commit {
                lines.push(format!(
                    "dataset `{}`: commit changed from {} to {}",
                    dataset.name,
                    shown(&old.commit),
                    shown(&dataset.commit)
                ));
            }
            for file in &dataset.files {
                let before = old.files.iter().find(|before| before.path == file.path);
                if let Some(before) = before.filter(|before| before.sha256 != file.sha256) {
                    lines.push(format!(
                        "dataset `{}`: {} changed, sha256 from {} to {}",
                        dataset.name, file.path, before.sha256, file.sha256
                    ));
                }
            }
        }
        for (what, known, models) in [("model", &self.models, &now.models), ("judge", &self.judges, &now.judges)] {
            for model in models {
                let old = known.iter().find(|old| old.name == model.name);
                lines.extend(old.map(|old| old.differences(what, model)).unwrap_or_default());
            }
        }
        lines
    }

    /// True if a dataset or model of the plan is missing from the lock file.
    fn is_incomplete(&self, now: &Self) -> bool {
        now.datasets
            .iter()
            .any(|dataset| self.datasets.iter().all(|old| (&old.name, &old.source) != (&dataset.name, &dataset.source)))
            || lacks(&self.models, &now.models)
            || lacks(&self.judges, &now.judges)
    }

    /// The same with unknown numbers of rows taken from another lock of the same files.
    fn with_rows_of(mut self, other: &Self) -> Self {
        for dataset in &mut self.datasets {
            let same = |other: &&LockedDataset| other.name == dataset.name && other.files == dataset.files;
            let known = other.datasets.iter().find(same).and_then(|other| other.rows);
            dataset.rows = dataset.rows.or(known);
        }
        self
    }

    /// The new content of the file: the verified pins and the new entries.
    fn merged(self, now: &Self) -> Self {
        let mut merged = now.clone();
        for dataset in &mut merged.datasets {
            let old = self.datasets.iter().find(|old| {
                (&old.name, &old.source, &old.revision) == (&dataset.name, &dataset.source, &dataset.revision)
            });
            if let Some(old) = old {
                *dataset = old.clone();
            }
        }
        for (known, models) in [(&self.models, &mut merged.models), (&self.judges, &mut merged.judges)] {
            for model in models {
                if let Some(old) = known.iter().find(|old| old.name == model.name) {
                    *model = old.clone();
                }
            }
        }
        merged
    }
}

/// True if a model has no entry.
fn lacks(known: &[LockedModel], models: &[LockedModel]) -> bool {
    models.iter().any(|model| known.iter().all(|old| old.name != model.name))
}

/// Verifies the lock file against the current state, and writes it if the policy allows.
///
/// # Errors
/// A difference under [`Policy::Locked`], or a file that cannot be written under [`Policy::Update`].
pub fn settle(path: &Path, old: Option<Lock>, now: &Lock, policy: Policy) -> Result<Vec<String>, Error> {
    let differences = old.as_ref().map(|old| old.differences(now)).unwrap_or_default();
    let written = match (policy, old) {
        (Policy::Locked, None) => return Err(Error::Lock(format!("lock file {} does not exist", path.display()))),
        (Policy::Locked, Some(old)) => {
            if !differences.is_empty() {
                return Err(Error::Lock(format!(
                    "the experiment no longer matches its lock file {}:\n  {}",
                    path.display(),
                    differences.join("\n  ")
                )));
            }
            if old.is_incomplete(now) {
                return Err(Error::Lock(format!(
                    "the lock file {} does not cover all datasets, models and judges; `--update` adds them",
                    path.display()
                )));
            }
            return Ok(Vec::new());
        }
        (Policy::Update, old) => {
            let now = old.iter().fold(now.clone(), |now, old| now.with_rows_of(old));
            (old.as_ref() != Some(&now)).then_some(now)
        }
        (Policy::Look, _) => None,
        (Policy::Verify, None) => Some(now.clone()),
        (Policy::Verify, Some(old)) => {
            let merged = old.clone().with_rows_of(now).merged(now);
            (merged != old).then_some(merged)
        }
    };
    let mut warnings = Vec::new();
    if matches!(policy, Policy::Verify | Policy::Look) {
        warnings = differences
            .into_iter()
            .map(|line| format!("{line} (lock file {}; `--update` accepts the change)", path.display()))
            .collect();
    }
    if let Some(lock) = written
        && let Err(error) = render(&lock).and_then(|text| Ok(write_bytes(path, text.as_bytes())?))
    {
        if policy == Policy::Update {
            return Err(error);
        }
        warnings.push(format!("cannot write the lock file: {error}"));
    }
    Ok(warnings)
}

fn render(lock: &Lock) -> Result<String, Error> {
    let body = toml::to_string(lock);
    let body = body.map_err(|error| Error::Internal(format!("cannot serialize the lock file: {error}")))?;
    Ok(format!(
        "# Written by smallbench: what this experiment ran on. Keep it with the spec; `--update` renews it.\n{body}"
    ))
}

fn relative(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn shown(commit: &Option<String>) -> &str {
    commit.as_deref().unwrap_or("none")
}

#[cfg(test)]
mod tests;
