//! What a server says of itself and its models, asked once before anything is sent.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

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
    /// Models that the server names without having to name all that it answers for.
    pub mentioned: Vec<KnownModel>,
}

/// A model that a server has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownModel {
    /// Its name.
    pub name: String,
    /// Digest of its files.
    pub digest: Option<String>,
    /// Size of its files in bytes.
    pub size_bytes: Option<u64>,
    /// Its family, such as `llama`.
    pub family: Option<String>,
    /// Its number of parameters as people say it, such as `1.5B`.
    pub parameter_size: Option<String>,
    /// How its weights are rounded, such as `Q4_0`.
    pub quantization: Option<String>,
    /// The longest context it was made for, or that the server gives it, in tokens.
    pub context_length: Option<u64>,
}

/// A model that is in a server's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedModel {
    /// Its name.
    pub name: String,
    /// Bytes it takes in all.
    pub size_bytes: Option<u64>,
    /// Bytes of them in the memory of a GPU.
    pub vram_bytes: Option<u64>,
    /// Context that was made room for, in tokens.
    pub context_length: Option<u64>,
}

impl Probe {
    /// The model of a name, which may leave out `:latest`.
    pub fn model(&self, name: &str) -> Option<&KnownModel> {
        let mut models = self.models.iter().flatten().chain(&self.mentioned);
        models.find(|model| is_called(&model.name, name))
    }
}

impl LoadedModel {
    /// True if this is the model of a name, which may leave out `:latest`.
    pub fn is(&self, name: &str) -> bool {
        is_called(&self.name, name)
    }
}

fn is_called(full: &str, name: &str) -> bool {
    full == name || full.strip_suffix(":latest") == Some(name)
}

/// Asks a server what it is.
///
/// # Errors
/// There is no connection, the key is refused, or (Ollama) what answers is not the server it should be.
pub async fn probe(client: &Client) -> Result<Probe, Fault> {
    match client.dialect {
        Dialect::Ollama { .. } => probe_ollama(client).await,
        Dialect::OpenAi { .. } => probe_list(client, "/models").await,
        Dialect::Anthropic { .. } => probe_list(client, "/v1/models").await,
    }
}

async fn probe_ollama(client: &Client) -> Result<Probe, Fault> {
    let models = read_tags(&client.get("/api/tags").await?)?;
    let version = client.get("/api/version").await.ok();
    let version = version.and_then(|body| serde_json::from_slice::<Version>(&body).ok());
    let server_version = version.map(|version| version.version);
    Ok(Probe { server_version, models: Some(models), mentioned: Vec::new() })
}

/// The list of models is a courtesy: servers without one, or with another model than they list, are
/// asked all the same.
async fn probe_list(client: &Client, path: &'static str) -> Result<Probe, Fault> {
    match client.get(path).await {
        Ok(body) => Ok(Probe { mentioned: read_list(&body), ..Probe::default() }),
        Err(fault) if matches!(fault.status, Status::Connect | Status::TimedOut | Status::Unauthorized) => Err(fault),
        Err(_) => Ok(Probe::default()),
    }
}

/// Adds what the server only says of one model at a time. That it says nothing is no fault.
pub async fn describe(client: &Client, probe: &mut Probe, wanted: &[&str]) {
    if !matches!(client.dialect, Dialect::Ollama { .. }) {
        return;
    }
    for model in probe.models.iter_mut().flatten() {
        if wanted.iter().any(|name| is_called(&model.name, name))
            && let Ok(body) = client.post("/api/show", json!({ "model": model.name })).await
        {
            take_description(model, &body);
        }
    }
}

/// The models that are in memory now; none where the API does not tell.
///
/// # Errors
/// There is no connection, or what answers is not the server it should be.
pub async fn loaded(client: &Client) -> Result<Vec<LoadedModel>, Fault> {
    match client.dialect {
        Dialect::Ollama { .. } => read_loaded(&client.get("/api/ps").await?),
        Dialect::OpenAi { .. } | Dialect::Anthropic { .. } => Ok(Vec::new()),
    }
}

/// True if a server says that it has to load a model first.
pub async fn is_cold(client: &Client, model: &str) -> bool {
    let tells = matches!(client.dialect, Dialect::Ollama { .. });
    tells && loaded(client).await.is_ok_and(|loaded| loaded.iter().all(|loaded| !loaded.is(model)))
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Tags {
    models: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    digest: Option<String>,
    size: Option<u64>,
    size_vram: Option<u64>,
    context_length: Option<u64>,
    details: Option<Details>,
}

#[derive(Default, Deserialize)]
struct Details {
    family: Option<String>,
    parameter_size: Option<String>,
    quantization_level: Option<String>,
}

#[derive(Deserialize)]
struct Description {
    details: Option<Details>,
    model_info: Option<Map<String, Json>>,
}

fn read_tags(body: &[u8]) -> Result<Vec<KnownModel>, Fault> {
    let models = tags(body)?.into_iter().map(|tag| {
        let details = tag.details.unwrap_or_default();
        KnownModel {
            name: tag.name,
            digest: tag.digest,
            size_bytes: tag.size,
            family: said(details.family),
            parameter_size: said(details.parameter_size),
            quantization: said(details.quantization_level),
            context_length: tag.context_length,
        }
    });
    Ok(models.collect())
}

fn read_loaded(body: &[u8]) -> Result<Vec<LoadedModel>, Fault> {
    let models = tags(body)?.into_iter().map(|tag| LoadedModel {
        name: tag.name,
        size_bytes: tag.size,
        // Ollama leaves out a zero: then all of it is in the machine's own memory.
        vram_bytes: tag.size.map(|_| tag.size_vram.unwrap_or(0)),
        context_length: tag.context_length,
    });
    Ok(models.collect())
}

fn tags(body: &[u8]) -> Result<Vec<Tag>, Fault> {
    let tags: Tags = serde_json::from_slice(body)
        .map_err(|error| Fault::new(Status::Malformed, format!("this is no Ollama server: {error}")))?;
    Ok(tags.models.unwrap_or_default())
}

fn take_description(model: &mut KnownModel, body: &[u8]) {
    let Ok(description) = serde_json::from_slice::<Description>(body) else { return };
    let details = description.details.unwrap_or_default();
    model.family = said(details.family).or(model.family.take());
    model.parameter_size = said(details.parameter_size).or(model.parameter_size.take());
    model.quantization = said(details.quantization_level).or(model.quantization.take());
    let architecture = description.model_info.unwrap_or_default();
    let name = architecture.get("general.architecture").and_then(Json::as_str).unwrap_or_default();
    let context_length = architecture.get(&format!("{name}.context_length")).and_then(Json::as_u64);
    model.context_length = context_length.or(model.context_length);
}

/// A list of models as the OpenAI API has it. vLLM and llama-server add the context.
fn read_list(body: &[u8]) -> Vec<KnownModel> {
    let list: Json = serde_json::from_slice(body).unwrap_or_default();
    let models = list["data"].as_array().into_iter().flatten().filter_map(|model| {
        let context = model["max_model_len"].as_u64().or_else(|| model["meta"]["n_ctx_train"].as_u64());
        Some(KnownModel {
            name: model["id"].as_str()?.to_owned(),
            size_bytes: model["meta"]["size"].as_u64(),
            context_length: context,
            ..KnownModel::default()
        })
    });
    models.collect()
}

/// What a server leaves empty it does not say.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::breaker::Breaker;
    use super::super::cassette::Cassette;
    use super::super::client::Patience;
    use super::super::pace::Pace;
    use super::super::transport::Transport;
    use super::*;

    #[test]
    fn ollamas_models_are_read_with_their_details() {
        let tags = json!({ "models": [
            { "name": "gemma:2b", "digest": "abc", "size": 1_700_000_000_u64,
              "details": { "family": "gemma", "parameter_size": "3B", "quantization_level": "" } },
            { "name": "bare:latest" },
        ] });
        let mut models = read_tags(tags.to_string().as_bytes()).unwrap();
        assert_eq!((models[0].size_bytes, models[0].quantization.as_deref()), (Some(1_700_000_000), None));
        let show = json!({
            "details": { "family": "gemma", "parameter_size": "2.5B", "quantization_level": "Q4_0" },
            "model_info": { "general.architecture": "gemma", "gemma.context_length": 8192, "x.context_length": 1 },
        });
        take_description(&mut models[0], show.to_string().as_bytes());
        let expected = KnownModel {
            name: "gemma:2b".into(),
            digest: Some("abc".into()),
            size_bytes: Some(1_700_000_000),
            family: Some("gemma".into()),
            parameter_size: Some("2.5B".into()),
            quantization: Some("Q4_0".into()),
            context_length: Some(8192),
        };
        assert_eq!(models[0], expected);
        for nothing in ["{}", "<html>", r#"{"model_info":{"general.architecture":1}}"#] {
            take_description(&mut models[0], nothing.as_bytes());
            assert_eq!(models[0], expected, "{nothing}");
        }
        let probe = Probe { models: Some(models), ..Probe::default() };
        assert!(probe.model("bare").is_some() && probe.model("gemma").is_none());
    }

    #[test]
    fn loaded_models_are_read() {
        let page = json!({ "models": [
            { "name": "small:latest", "size": 7, "size_vram": 3, "context_length": 4096, "expires_at": "soon" },
            { "name": "other", "size": 5 },
        ] });
        let loaded = read_loaded(page.to_string().as_bytes()).unwrap();
        assert!(loaded[0].is("small") && !loaded[1].is("small"));
        assert_eq!((loaded[0].vram_bytes, loaded[0].context_length), (Some(3), Some(4096)));
        assert_eq!((loaded[1].size_bytes, loaded[1].vram_bytes, loaded[1].context_length), (Some(5), Some(0), None));
        assert_eq!(read_loaded(b"<html>").unwrap_err().status, Status::Malformed);
    }

    /// A client that finds these answers on a recording.
    fn client(api: &str, answers: &[(&str, Json, Json)]) -> Client {
        let file = tempfile::NamedTempFile::new().unwrap();
        let exchange = |(path, body, answer): &(&str, Json, Json)| {
            json!({
                "path": path, "body": body, "http_status": 200, "content_type": "application/json",
                "headers_ns": 1, "chunks": [[1, answer.to_string()]], "end_ns": 1,
            })
        };
        let label = json!({ "cassette": 1, "api": api, "recorded": "2026-01-01" });
        let lines = std::iter::once(label).chain(answers.iter().map(exchange));
        std::fs::write(file.path(), lines.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        let second = Duration::from_secs(1);
        Client {
            pace: Arc::new(Pace::new(1)),
            breaker: Arc::new(Breaker::new(1, second)),
            refusals: Arc::default(),
            transport: Transport::Cassette(Arc::new(Cassette::load(file.path()).unwrap())),
            dialect: Dialect::from_name(api).unwrap(),
            patience: Patience {
                first_byte_timeout: second,
                timeout: second,
                stall_timeout: second,
                attempts: 1,
                deadline: second,
            },
            secrets: Default::default(),
            recorder: None,
            run: super::super::client::Run::start("test"),
        }
    }

    #[tokio::test]
    async fn a_model_that_is_wanted_is_described_and_the_others_are_left_alone() {
        let tags = json!({ "models": [{ "name": "small:latest" }, { "name": "odd" }, { "name": "other" }] });
        let details = json!({ "details": { "quantization_level": "Q4_0" } });
        let client = client(
            "ollama chat",
            &[
                ("/api/tags", Json::Null, tags.clone()),
                ("/api/version", Json::Null, json!({ "version": "0.13.5" })),
                ("/api/show", json!({ "model": "small:latest" }), details.clone()),
                ("/api/show", json!({ "model": "other" }), details),
                ("/api/ps", Json::Null, tags),
            ],
        );
        let mut found = probe(&client).await.unwrap();
        describe(&client, &mut found, &["small", "odd"]).await;
        let quantization = ["small", "odd", "other"].map(|name| found.model(name).unwrap().quantization.as_deref());
        assert_eq!(quantization, [Some("Q4_0"), None, None]);
        assert_eq!(found.server_version.as_deref(), Some("0.13.5"));
        assert_eq!(loaded(&client).await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn only_ollama_tells_what_is_loaded() {
        for (api, path) in [("openai chat", "/models"), ("anthropic messages", "/v1/models")] {
            let client = client(api, &[(path, Json::Null, json!({ "data": [{ "id": "m" }] }))]);
            let mut found = probe(&client).await.unwrap();
            let before = found.clone();
            describe(&client, &mut found, &["m"]).await;
            assert_eq!((&found, before.model("m").is_some()), (&before, true));
            assert_eq!(loaded(&client).await.unwrap(), []);
        }
    }

    #[test]
    fn a_list_of_models_is_a_courtesy() {
        let page = json!({ "data": [
            { "id": "served", "max_model_len": 4096 },
            { "id": "local", "meta": { "n_ctx_train": 2048, "size": 80 } },
            { "object": "model" },
        ] });
        let probe = Probe { mentioned: read_list(page.to_string().as_bytes()), ..Probe::default() };
        assert_eq!(probe.model("served").and_then(|model| model.context_length), Some(4096));
        assert_eq!(probe.model("local").and_then(|model| model.size_bytes), Some(80));
        assert_eq!((probe.mentioned.len(), &probe.models), (2, &None));
        for nothing in ["", "[]", "{}", r#"{"data":1}"#] {
            assert_eq!(read_list(nothing.as_bytes()), [], "{nothing}");
        }
    }
}
