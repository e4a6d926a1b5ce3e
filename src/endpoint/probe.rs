//! What a server says about itself and its models, asked once before anything is sent.

use super::client::Client;
use super::fault::Fault;
use super::models::{KnownModel, LoadedModel};
use crate::response::Status;

/// What a server said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// The server's version.
    pub server_version: Option<String>,
    /// The models that are there; `None` if the server may have others than it lists.
    pub models: Option<Vec<KnownModel>>,
    /// Models that the server lists although it may have others.
    pub mentioned: Vec<KnownModel>,
}

impl Probe {
    /// The model of a name, which may omit `:latest`.
    pub fn model(&self, name: &str) -> Option<&KnownModel> {
        self.models.iter().flatten().chain(&self.mentioned).find(|model| model.is(name))
    }
}

/// Asks a server what it is.
///
/// # Errors
/// There is no connection, the key is refused, or a server that lists all its models does not list them.
pub async fn probe(client: &Client) -> Result<Probe, Fault> {
    let inspection = client.provider.inspection();
    let models = client.get(inspection.models.path).await.and_then(|body| (inspection.models.read)(&body));
    if !inspection.lists_all {
        return partial(models);
    }
    let models = Some(models?);
    let server_version = match inspection.version {
        Some(page) => client.get(page.path).await.and_then(|body| (page.read)(&body)).ok(),
        None => None,
    };
    Ok(Probe { server_version, models, mentioned: Vec::new() })
}

/// A list that need not be complete is a courtesy: servers without one, or with another model than they list, are
/// asked all the same.
fn partial(models: Result<Vec<KnownModel>, Fault>) -> Result<Probe, Fault> {
    match models {
        Ok(mentioned) => Ok(Probe { mentioned, ..Probe::default() }),
        Err(fault) if matches!(fault.status, Status::Connect | Status::TimedOut | Status::Unauthorized) => Err(fault),
        Err(_) => Ok(Probe::default()),
    }
}

/// Adds what the server only says of one model at a time. That it says nothing is no fault.
pub async fn describe(client: &Client, probe: &mut Probe, wanted: &[&str]) {
    let Some(details) = client.provider.inspection().details else { return };
    for model in probe.models.iter_mut().flatten() {
        if wanted.iter().any(|name| model.is(name))
            && let Ok(body) = client.post(details.path, (details.body)(&model.name)).await
        {
            (details.add)(model, &body);
        }
    }
}

/// The models that are in memory now; none if the API does not tell.
///
/// # Errors
/// There is no connection, or what answers is not the server it should be.
pub async fn loaded(client: &Client) -> Result<Vec<LoadedModel>, Fault> {
    match client.provider.inspection().loaded {
        Some(page) => (page.read)(&client.get(page.path).await?),
        None => Ok(Vec::new()),
    }
}

/// True if a server says that it has to load a model first.
pub async fn is_cold(client: &Client, model: &str) -> bool {
    let tells = client.provider.inspection().loaded.is_some();
    tells && loaded(client).await.is_ok_and(|loaded| loaded.iter().all(|loaded| !loaded.is(model)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::{Value as Json, json};

    use super::super::breaker::Breaker;
    use super::super::client::Patience;
    use super::super::providers;
    use super::super::replay::cassette::Cassette;
    use super::super::throttle::Throttle;
    use super::super::transport::Transport;
    use super::*;

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
            throttle: Arc::new(Throttle::new(1)),
            breaker: Arc::new(Breaker::new(1, second)),
            refusals: Arc::default(),
            dropped: Arc::default(),
            several: Arc::default(),
            transport: Transport::Cassette(Arc::new(Cassette::load(file.path()).unwrap())),
            provider: providers::api(api).unwrap(),
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
}
