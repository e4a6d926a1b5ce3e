//! What servers say of their models.

use serde::{Deserialize, Serialize};

use crate::host::Host;

/// What a server said of a model when it was last reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenModel {
    /// Digest of the model's files.
    pub digest: Option<String>,
    /// Version of the server.
    pub server_version: Option<String>,
    /// What else it said of the model.
    pub facts: ModelFacts,
}

/// What a server says of a model that is no part of any key: for the manifest, the lock file and the checks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelFacts {
    /// Its family, such as `llama`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Its number of parameters as people say it, such as `1.5B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_size: Option<String>,
    /// How its weights are rounded, such as `Q4_0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// Size of its files in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The longest context it was made for, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u64>,
    /// The context that the server had made room for when it was last seen in memory, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded_context: Option<u64>,
    /// Bytes it took in memory then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded_bytes: Option<u64>,
    /// Bytes of them in the memory of a GPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vram_bytes: Option<u64>,
    /// The machine of the site where it was seen, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Box<Host>>,
}

impl ModelFacts {
    /// How many tokens prompt and answer may have together.
    pub fn context(&self) -> Option<u64> {
        self.loaded_context.or(self.context_length)
    }
}
