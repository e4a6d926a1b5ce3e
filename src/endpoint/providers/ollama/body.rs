//! Requests of Ollama's API.

use serde_json::{Map, Value as Json, json};

use crate::request::{Parameters, Prompt, Settings};
use crate::spec::types::OllamaApi;

/// Body of a request.
pub(super) fn body(api: OllamaApi, keep_alive: Option<&str>, settings: &Settings, prompt: &Prompt) -> Json {
    let mut body = json!({
        "model": settings.model,
        "stream": settings.parameters.stream,
        "options": options(&settings.parameters),
        // A prompt that is longer than the context is an error; cut, it would be another question.
        "truncate": false,
    });
    match api {
        OllamaApi::Generate => {
            body["prompt"] = (*prompt.text).into();
            if let Some(system) = &prompt.system {
                body["system"] = (**system).into();
            }
        }
        OllamaApi::Chat => {
            let mut messages = Vec::new();
            if let Some(system) = &prompt.system {
                messages.push(json!({ "role": "system", "content": &**system }));
            }
            messages.push(json!({ "role": "user", "content": &*prompt.text }));
            body["messages"] = messages.into();
        }
    }
    if let Some(keep_alive) = keep_alive {
        body["keep_alive"] = keep_alive.into();
    }
    body
}

/// A request without a prompt and with a `keep_alive` of zero, which unloads the model.
pub(super) fn unload(api: OllamaApi, model: &str) -> Json {
    let mut body = json!({ "model": model, "stream": false, "keep_alive": 0 });
    if api == OllamaApi::Chat {
        body["messages"] = json!([]);
    }
    body
}

fn options(parameters: &Parameters) -> Json {
    let mut options = Map::new();
    let mut set = |name: &str, value: Option<Json>| {
        if let Some(value) = value {
            options.insert(name.to_owned(), value);
        }
    };
    set("num_predict", parameters.max_tokens.map(Json::from));
    set("temperature", parameters.temperature.map(Json::from));
    set("top_p", parameters.top_p.map(Json::from));
    set("top_k", parameters.top_k.map(Json::from));
    set("seed", parameters.seed.map(Json::from));
    set("num_ctx", parameters.num_ctx.map(Json::from));
    set("stop", (!parameters.stop.is_empty()).then(|| parameters.stop.clone().into()));
    options.into()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::level::Level;

    fn settings() -> Settings {
        let parameters =
            Parameters { max_tokens: Some(128), temperature: Some(0.0), seed: Some(42), ..Parameters::default() };
        Settings {
            endpoint: String::new(),
            model: "gemma:2b".into(),
            digest: None,
            parameters,
            repeat: 0,
            level: Level::Concurrency(NonZeroU32::MIN),
        }
    }

    #[test]
    fn requests_have_the_documented_shape() {
        let prompt = Prompt::new(Some("be brief".into()), "q".into());
        let options = json!({ "num_predict": 128, "temperature": 0.0, "seed": 42 });
        assert_eq!(
            body(OllamaApi::Generate, None, &settings(), &prompt),
            json!({ "model": "gemma:2b", "stream": false, "options": options, "truncate": false,
                "prompt": "q", "system": "be brief" })
        );
        assert_eq!(
            body(OllamaApi::Chat, Some("5m"), &settings(), &prompt),
            json!({ "model": "gemma:2b", "stream": false, "options": options, "truncate": false, "keep_alive": "5m", "messages": [
                { "role": "system", "content": "be brief" }, { "role": "user", "content": "q" },
            ] })
        );
    }

    #[test]
    fn a_model_is_unloaded_without_a_prompt() {
        assert_eq!(unload(OllamaApi::Generate, "m"), json!({ "model": "m", "stream": false, "keep_alive": 0 }));
        assert_eq!(
            unload(OllamaApi::Chat, "m"),
            json!({ "model": "m", "stream": false, "messages": [], "keep_alive": 0 })
        );
    }
}
