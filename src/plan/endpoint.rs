//! An endpoint: a server or a recording that answers, and what its requests carry.

use std::path::PathBuf;
use std::sync::Arc;

use super::observing::Observing;
use super::serving::ServePlan;
use crate::endpoint::address;
use crate::endpoint::provider::Provider;
use crate::endpoint::wire::Trust;
use crate::secret::Secret;
use crate::spec::types::BatchApiSpec;

/// One endpoint.
#[derive(Debug, Clone)]
pub struct EndpointPlan {
    /// Its name in the spec.
    pub name: String,
    /// The API that it speaks.
    pub provider: Arc<dyn Provider>,
    /// Its target.
    pub target: Target,
    /// The machine that is asked, if its times are compared with those of others.
    pub site: Option<String>,
    /// Name of the environment variable that holds the key.
    pub key_variable: Option<String>,
    /// The key, if the variable is set.
    pub secret: Option<Secret>,
    /// Further headers of every request.
    pub headers: Vec<(String, String)>,
    /// Headers whose values are in environment variables.
    pub secret_headers: Vec<SecretHeader>,
    /// True if each model is unloaded before the next one is measured.
    pub unload: bool,
    /// Whose certificates are trusted.
    pub trust: Trust,
    /// Its server, if a run starts it.
    pub serve: Option<ServePlan>,
    /// What is read of it and its machine while requests are sent.
    pub observing: Observing,
    /// How its batch API is used, if requests are not asked one by one.
    pub batch: Option<BatchApiSpec>,
}

/// A header whose value is in an environment variable.
#[derive(Debug, Clone)]
pub struct SecretHeader {
    /// Its name.
    pub name: String,
    /// The variable.
    pub variable: String,
    /// Its value, if it is set.
    pub value: Option<Secret>,
}

/// The source of responses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A server.
    Url(String),
    /// A recording, and the digest of its file.
    Cassette {
        /// The file.
        path: PathBuf,
        /// SHA-256 of the file.
        sha256: String,
    },
}

impl EndpointPlan {
    /// Every key that it is asked with.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.secret.iter().chain(self.secret_headers.iter().filter_map(|header| header.value.as_ref()))
    }

    /// True if it is a server on another machine.
    pub fn is_elsewhere(&self) -> bool {
        matches!(&self.target, Target::Url(url) if self.serve.is_none() && address::machine(url) != address::LOOPBACK)
    }

    /// The first variable of a key that is not set.
    pub fn missing_variable(&self) -> Option<&str> {
        let own = self.key_variable.as_deref().filter(|_| self.secret.is_none());
        let header = || self.secret_headers.iter().find(|header| header.value.is_none());
        own.or_else(|| header().map(|header| header.variable.as_str()))
    }

    /// Kind, API, address, headers, the command of its server and its site as one text, as request keys hold it.
    pub fn identity(&self) -> String {
        let site = self.site.as_ref().map(|site| format!(" site {site:?}")).unwrap_or_default();
        format!("{}{site}", self.service())
    }

    /// What is asked, wherever it is.
    fn service(&self) -> String {
        // With the placeholder of the port, which is another each time, and the command that tells servers apart.
        let serve = self.serve.as_ref().map(|serve| format!(" serve {:?}", serve.command)).unwrap_or_default();
        match &self.target {
            Target::Url(url) if self.headers.is_empty() => format!("{} {url}{serve}", self.provider.name()),
            Target::Url(url) => format!("{} {url} {:?}{serve}", self.provider.name(), self.headers),
            Target::Cassette { sha256, .. } => format!("replay {} {sha256}", self.provider.name()),
        }
    }

    /// Its address, for display.
    pub fn place(&self) -> String {
        match &self.target {
            Target::Url(url) => url.clone(),
            Target::Cassette { path, .. } => path.display().to_string(),
        }
    }

    /// True if the key would be sent over a network unencrypted.
    pub fn sends_key_in_the_open(&self) -> bool {
        match &self.target {
            Target::Url(url) => {
                self.secrets().next().is_some() && url.starts_with("http://") && self.machine() != address::LOOPBACK
            }
            Target::Cassette { .. } => false,
        }
    }

    /// The machine that serves it; models on one machine are measured one after another.
    pub fn machine(&self) -> String {
        match &self.target {
            Target::Url(url) => address::machine(url),
            Target::Cassette { .. } => "replay".to_owned(),
        }
    }
}
