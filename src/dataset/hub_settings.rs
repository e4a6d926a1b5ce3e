//! Settings of the Hub.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of the Hub. The caller reads the environment; this module does not.
#[derive(Clone)]
pub struct HubSettings {
    /// Address (`HF_ENDPOINT`); by default the public Hub.
    pub endpoint: Option<String>,
    /// Token (`HF_TOKEN`, or the file written by `hf auth login`).
    pub token: Option<String>,
    /// Cache folder (`HF_HUB_CACHE`, else `hub` below `HF_HOME`).
    pub cache_dir: PathBuf,
    /// Use only the cache (`HF_HUB_OFFLINE`).
    pub offline: bool,
    /// Time limit for the first byte and between two chunks of a file.
    pub timeout: Duration,
}

impl fmt::Debug for HubSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSettings")
            .field("endpoint", &self.endpoint)
            .field("has_token", &self.token.is_some())
            .field("cache_dir", &self.cache_dir)
            .field("offline", &self.offline)
            .field("timeout", &self.timeout)
            .finish()
    }
}
