//! Where a run came from, as its manifest says it: paths that lead from the output folder to spec and store.

use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::secret::Secrets;
use crate::spec::OVERRIDE;

/// What it takes to find what a run was made from. Nothing is absolute, so that a folder tree can be moved as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// The spec, relative to the output folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<String>,
    /// The store, relative to the output folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Overrides of the command line (`--set`), without secrets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
    /// The limit of the command line (`--limit`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The part of the experiment that was asked (`--shard`), such as `3/8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// Which of the clients that sent load levels together it was (`--client`), such as `2/4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}

impl Origin {
    /// The origin of a plan whose results are in a folder.
    pub fn of(plan: &Plan, folder: &Path, secrets: &Secrets) -> Self {
        let overrides = plan.document.sources.iter().filter(|source| source.name == OVERRIDE);
        Self {
            spec: relative(folder, &plan.document.path),
            store: plan.output.store.file().and_then(|store| relative(folder, store)),
            overrides: overrides.map(|source| secrets.redact(&source.text).into_owned()).collect(),
            limit: plan.limit,
            shard: plan.shard.filter(|shard| !shard.is_client()).map(|shard| shard.to_string()),
            client: plan.shard.filter(|shard| shard.is_client()).map(|client| client.to_string()),
        }
    }
}

/// The way from a folder to a file, with links followed; none if there is none, as between two drives.
fn relative(folder: &Path, file: &Path) -> Option<String> {
    let (folder, file) = (folder.canonicalize().ok()?, file.canonicalize().ok()?);
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    let is_rooted = |parts: &[Component<'_>]| parts.iter().any(|part| !matches!(part, Component::Normal(_)));
    if is_rooted(&from[shared..]) || is_rooted(&to[shared..]) {
        return None;
    }
    let up = from[shared..].iter().map(|_| Some(".."));
    let down = to[shared..].iter().map(|part| part.as_os_str().to_str());
    Some(up.chain(down).collect::<Option<Vec<&str>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_up_and_down() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("outputs/trial");
        std::fs::create_dir_all(&out).unwrap();
        std::fs::create_dir(folder.path().join("experiments")).unwrap();
        for name in ["experiments/a b.yaml", "outputs/store.sqlite", "outputs/trial/own.yaml"] {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let way = |name: &str| relative(&out, &folder.path().join(name));
        assert_eq!(way("experiments/a b.yaml").as_deref(), Some("../../experiments/a b.yaml"));
        assert_eq!(way("outputs/store.sqlite").as_deref(), Some("../store.sqlite"));
        assert_eq!(way("outputs/trial/own.yaml").as_deref(), Some("own.yaml"));
        assert_eq!(way("gone.yaml"), None);
    }
}
