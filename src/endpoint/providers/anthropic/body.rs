//! Requests of Anthropic's API.

use serde_json::{Value as Json, json};

use super::super::shared::{set, set_sampling, stop};
use crate::request::{Prompt, Settings};

/// Body of a request. The API has no seed and no size of the context, so neither is sent.
pub(super) fn body(max_tokens: u32, settings: &Settings, prompt: &Prompt) -> Json {
    let parameters = &settings.parameters;
    let mut body = json!({
        "model": settings.model,
        "max_tokens": max_tokens,
        "messages": [{ "role": "user", "content": &*prompt.text }],
        "stream": parameters.stream,
    });
    set(&mut body, "system", prompt.system.as_deref());
    set_sampling(&mut body, parameters);
    set(&mut body, "stop_sequences", stop(parameters));
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::providers::shared::settings;
    use crate::request::Parameters;

    #[test]
    fn requests_have_the_documented_shape() {
        let parameters = Parameters {
            temperature: Some(0.0),
            top_k: Some(40),
            seed: Some(42),
            stop: vec!["END".into()],
            num_ctx: Some(2048),
            stream: true,
            ..Parameters::default()
        };
        let messages = json!([{ "role": "user", "content": "q" }]);
        assert_eq!(
            body(7, &settings(parameters), &Prompt::new(Some("be brief".into()), "q".into())),
            json!({
                "model": "m", "max_tokens": 7, "system": "be brief", "stream": true, "temperature": 0.0, "top_k": 40,
                "stop_sequences": ["END"], "messages": messages,
            })
        );
        assert_eq!(
            body(4096, &settings(Parameters::default()), &Prompt::new(None, "q".into())),
            json!({ "model": "m", "max_tokens": 4096, "stream": false, "messages": messages })
        );
    }
}
