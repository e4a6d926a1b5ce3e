//! What a server says of itself and its models, asked once before anything is sent.

use serde::Deserialize;

use super::client::Client;
use super::dialect::Dialect;
use super::fault::Fault;
use crate::response::Status;

/// What a server said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// The server's version.
    pub server_version: Option<String>,
    /// The models that are there; `None` if the server does not list them.
    pub models: Option<Vec<KnownModel>>,
}

/// A model that a server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownModel {
    /// Its name.
    pub name: String,
    /// Digest of its files.
    pub digest: Option<String>,
}

impl Probe {
    /// The model of a name, which may leave out `:latest`.
    pub fn model(&self, name: &str) -> Option<&KnownModel> {
        let models = self.models.as_deref()?;
        models.iter().find(|model| model.name == name || model.name.strip_suffix(":latest") == Some(name))
    }
}

#[derive(Deserialize)]
struct Tags {
    models: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    digest: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

/// Asks a server what it is.
///
/// # Errors
/// There is no connection, the key is refused, or (Ollama) what answers is not the server it should be.
pub async fn probe(client: &Client) -> Result<Probe, Fault> {
    match client.dialect {
        Dialect::Ollama { .. } => probe_ollama(client).await,
        Dialect::OpenAi { .. } => probe_openai(client).await,
    }
}

async fn probe_ollama(client: &Client) -> Result<Probe, Fault> {
    let body = client.get("/api/tags").await?;
    let tags: Tags = serde_json::from_slice(&body)
        .map_err(|error| Fault::new(Status::Malformed, format!("this is no Ollama server: {error}")))?;
    let models = tags.models.unwrap_or_default().into_iter();
    let models = models.map(|tag| KnownModel { name: tag.name, digest: tag.digest }).collect();
    let version = client.get("/api/version").await.ok();
    let version = version.and_then(|body| serde_json::from_slice::<Version>(&body).ok());
    Ok(Probe { server_version: version.map(|version| version.version), models: Some(models) })
}

/// The list of models is a courtesy: servers without one are asked all the same.
async fn probe_openai(client: &Client) -> Result<Probe, Fault> {
    match client.get("/models").await {
        Ok(_) => Ok(Probe::default()),
        Err(fault) if matches!(fault.status, Status::Connect | Status::TimedOut | Status::Unauthorized) => Err(fault),
        Err(_) => Ok(Probe::default()),
    }
}

/// True if a server says that it has to load a model first.
pub async fn is_cold(_client: &Client, _model: &str) -> bool {
    false
}
