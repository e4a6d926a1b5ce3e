//! Requests of OpenAI's APIs.

use serde_json::{Value as Json, json};

use super::super::shared::{messages, set, set_sampling, stop};
use crate::request::{Prompt, Settings};
use crate::spec::types::{MaxTokensField, OpenAiApi};

fn limit_name(field: MaxTokensField) -> &'static str {
    match field {
        MaxTokensField::MaxTokens => "max_tokens",
        MaxTokensField::MaxCompletionTokens => "max_completion_tokens",
    }
}

/// Body of a request.
pub(super) fn body(api: OpenAiApi, field: MaxTokensField, settings: &Settings, prompt: &Prompt) -> Json {
    let parameters = &settings.parameters;
    let mut body = json!({ "model": settings.model, "stream": parameters.stream });
    match api {
        OpenAiApi::Chat => body["messages"] = messages(prompt),
        OpenAiApi::Completions => body["prompt"] = plain(prompt).into(),
    }
    if parameters.stream {
        body["stream_options"] = json!({ "include_usage": true });
    }
    set(&mut body, limit_name(field), parameters.max_tokens);
    set_sampling(&mut body, parameters);
    set(&mut body, "seed", parameters.seed);
    set(&mut body, "stop", stop(parameters));
    body
}

/// Completions take a single text: the system message goes in front of it.
fn plain(prompt: &Prompt) -> String {
    match &prompt.system {
        Some(system) => format!("{system}\n\n{}", prompt.text),
        None => prompt.text.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::providers::shared;
    use crate::request::Parameters;

    fn settings(stream: bool) -> Settings {
        let parameters = Parameters {
            max_tokens: Some(128),
            temperature: Some(0.0),
            seed: Some(42),
            stream,
            ..Parameters::default()
        };
        shared::settings(parameters)
    }

    #[test]
    fn the_chat_body_is_the_one_that_recordings_hold() {
        let prompt = Prompt::new(Some("be brief".into()), "q".into());
        let body = body(OpenAiApi::Chat, MaxTokensField::MaxTokens, &settings(true), &prompt).to_string();
        let messages = r#"[{"content":"be brief","role":"system"},{"content":"q","role":"user"}]"#;
        let rest = r#""model":"m","seed":42,"stream":true,"stream_options":{"include_usage":true},"temperature":0.0"#;
        assert_eq!(body, format!(r#"{{"max_tokens":128,"messages":{messages},{rest}}}"#));
    }

    #[test]
    fn completions_are_asked_with_one_text() {
        let field = MaxTokensField::MaxTokens;
        let asked = |system: Option<&str>| {
            let prompt = Prompt::new(system.map(str::to_owned), "q".into());
            body(OpenAiApi::Completions, field, &settings(false), &prompt)
        };
        let rest = json!({ "max_tokens": 128, "temperature": 0.0, "seed": 42 });
        let mut expected = json!({ "model": "m", "prompt": "be brief\n\nq", "stream": false });
        expected.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        assert_eq!(asked(Some("be brief")), expected);
        assert_eq!(asked(None)["prompt"], "q");
    }
}
