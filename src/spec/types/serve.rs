//! The key `serve` of an endpoint.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec::scalar::HumanDuration;

/// A server that a run starts before the first request to it, and ends.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeSpec {
    /// Program and arguments, such as `[llama-server, -m, "{model}", --port, "{port}"]`. No shell reads them. `{port}` stands for a free port, here and in the `url`; `{model}` for the name of the model at the endpoint, and then each model has a server of its own. The working directory is the folder of the spec; a program with a `/` in its path is relative to it.
    #[schemars(length(min = 1))]
    pub command: Vec<String>,
    /// Path on the server that answers with success once it can be asked.
    #[serde(default = "default_health")]
    pub health: String,
    /// Time that it has until then.
    #[serde(default = "default_start_timeout")]
    pub start_timeout: HumanDuration,
    /// File that its output is added to, in the output folder; by default `server-ENDPOINT.log`.
    pub log: Option<PathBuf>,
}

fn default_health() -> String {
    "/health".into()
}

fn default_start_timeout() -> HumanDuration {
    HumanDuration::from_secs(60)
}
