//! The arguments of every command that reads a spec.

use std::path::PathBuf;

use clap::Args;

use super::sharding::Sharding;
use crate::format::shell_word;
use crate::plan::shard::Shard;
use crate::spec::expand::Environment;

/// A spec and its overrides.
#[derive(Debug, Args)]
pub(super) struct Spec {
    /// Experiment file, YAML or TOML.
    pub(super) spec: PathBuf,
    #[command(flatten)]
    pub(super) overrides: Overrides,
}

/// Overrides of a spec.
#[derive(Debug, Default, Args)]
pub(super) struct Overrides {
    /// Override a field of the spec: `--set load.timeout=60s`, `--set models[0].label=Gemma`.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub(super) sets: Vec<String>,
    /// Use at most N rows of each dataset.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,
    /// Ask only a part of the experiment, with a store of its own: `3/8` for the third of eight, `auto` for the task of a
    /// Slurm array, `auto/8` for the index of a Kubernetes job; `smallbench merge` puts the stores together.
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<Sharding>,
    /// Send each load level together with other clients: `2/4` for the second of four, `auto` as for `--shard`. Each sends its
    /// part of the requests in flight or of the arrivals, from the same moment on; questions are shared as by `--shard`.
    #[arg(long, value_name = "I/N", conflicts_with = "shard")]
    pub(super) client: Option<Sharding>,
    /// The site that this machine is, one of the experiment's `sites`; by default `SMALLBENCH_SITE`. An experiment without
    /// sites gets this one.
    #[arg(long, value_name = "NAME", value_parser = super::siting::parse)]
    pub(super) site: Option<String>,
}

impl Overrides {
    /// The part of the experiment that this run asks, and the variables that it was taken from, if it was.
    ///
    /// # Errors
    /// No scheduler says which it is; in words.
    pub(super) fn part(&self, environment: &Environment) -> Result<Option<(Shard, Option<String>)>, String> {
        match (self.shard, self.client) {
            (Some(sharding), _) => sharding.shard(environment).map(Some),
            (None, Some(sharding)) => {
                let (shard, source) = sharding.shard(environment)?;
                Ok(Some((shard.as_client(), source)))
            }
            (None, None) => Ok(None),
        }
    }
}

impl Spec {
    /// The command line of a command with these arguments.
    pub(super) fn command(&self, command: &str) -> String {
        let mut line = format!("smallbench {command} {}", shell_word(&self.spec.to_string_lossy()));
        for set in &self.overrides.sets {
            line.push_str(&format!(" --set {}", shell_word(set)));
        }
        if let Some(limit) = self.overrides.limit {
            line.push_str(&format!(" --limit {limit}"));
        }
        if let Some(shard) = self.overrides.shard {
            line.push_str(&format!(" --shard {shard}"));
        }
        if let Some(client) = self.overrides.client {
            line.push_str(&format!(" --client {client}"));
        }
        if let Some(site) = &self.overrides.site {
            line.push_str(&format!(" --site {site}"));
        }
        line
    }
}
