//! Requests of Ollama's API.

use serde_json::{Value as Json, json};

use super::super::shared::{messages, set, set_penalties, set_sampling, stop, tools};
use crate::answer_form::{ResponseFormat, Think};
use crate::image::Image;
use crate::message::Message;
use crate::request::{Parameters, Prompt, RequestOptions, Settings};
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
            set(&mut body, "system", prompt.system.as_deref());
            set(&mut body, "images", prompt.attached.as_ref().map(|attached| in_base64(&attached.images)));
        }
        OllamaApi::Chat => body["messages"] = messages(prompt, with_images),
    }
    set(&mut body, "keep_alive", keep_alive);
    let more = &settings.parameters.options;
    set(&mut body, "think", more.think.map(Think::as_json));
    let format = more.response_format.as_ref().map(|format| match format {
        ResponseFormat::Json => "json".into(),
        ResponseFormat::JsonSchema(schema) => Json::Object(schema.clone()),
    });
    set(&mut body, "format", format);
    set(&mut body, "tools", tools(more));
    set(&mut body, "logprobs", more.top_logprobs.map(|_| true));
    set(&mut body, "top_logprobs", more.top_logprobs);
    body
}

/// A message with its images beside its text.
fn with_images(message: Message, images: &[Image]) -> Json {
    json!({ "role": message.role.word(), "content": message.content, "images": in_base64(images) })
}

/// Images by their bytes; of addresses the API knows nothing, so they are refused before.
fn in_base64(images: &[Image]) -> Json {
    let files = images.iter().filter_map(|image| match image {
        Image::File(file) => Some(file.base64()),
        Image::Address(_) => None,
    });
    files.collect()
}

/// Why options cannot be sent, and what to do.
pub(super) fn refuse(api: OllamaApi, options: &RequestOptions) -> Option<String> {
    let refused = api == OllamaApi::Generate && !options.tools.is_empty();
    refused.then(|| "Ollama takes tools in a chat only: use `api: chat`, or remove `generation.tools`".to_owned())
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
    let mut options = json!({});
    set(&mut options, "num_predict", parameters.max_tokens);
    set_sampling(&mut options, parameters);
    set(&mut options, "seed", parameters.seed);
    set(&mut options, "num_ctx", parameters.num_ctx);
    set(&mut options, "stop", stop(parameters));
    set_penalties(&mut options, &parameters.options);
    set(&mut options, "repeat_penalty", parameters.options.repeat_penalty);
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::providers::shared;

    fn settings() -> Settings {
        let parameters =
            Parameters { max_tokens: Some(128), temperature: Some(0.0), seed: Some(42), ..Parameters::default() };
        Settings { model: "gemma:2b".into(), ..shared::settings(parameters) }
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

    #[test]
    fn reasoning_and_the_form_of_the_answer_are_members_of_their_own() {
        use crate::answer_form::Think;
        for (think, format, expected) in [
            (Think::Off, ResponseFormat::Json, json!([false, "json"])),
            (Think::On, ResponseFormat::Json, json!([true, "json"])),
            (Think::High, ResponseFormat::JsonSchema(serde_json::Map::new()), json!(["high", {}])),
        ] {
            let options = RequestOptions {
                think: Some(think),
                response_format: Some(format),
                min_p: Some(0.5),
                repeat_penalty: Some(1.5),
                ..RequestOptions::default()
            };
            let settings = shared::settings(Parameters { options, ..Parameters::default() });
            let body = body(OllamaApi::Chat, None, &settings, &Prompt::new(None, "q".into()));
            assert_eq!(json!([body["think"], body["format"]]), expected);
            assert_eq!(body["options"], json!({ "min_p": 0.5, "repeat_penalty": 1.5 }));
        }
    }
}
