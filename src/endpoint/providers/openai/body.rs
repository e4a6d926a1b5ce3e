//! Requests of OpenAI's APIs.

use serde_json::{Value as Json, json};

use super::super::shared::{messages, set, set_penalties, set_sampling, stop, tools};
use super::form::Form;
use crate::answer_form::{ResponseFormat, Think};
use crate::image::Image;
use crate::message::Message;
use crate::request::{Prompt, RequestOptions, Settings};
use crate::spec::types::MaxTokensField;

fn limit_name(field: MaxTokensField) -> &'static str {
    match field {
        MaxTokensField::MaxTokens => "max_tokens",
        MaxTokensField::MaxCompletionTokens => "max_completion_tokens",
    }
}

/// Body of a request.
pub(super) fn body(form: Form, field: MaxTokensField, settings: &Settings, prompt: &Prompt) -> Json {
    let parameters = &settings.parameters;
    let mut body = json!({ "model": settings.model, "stream": parameters.stream });
    match form {
        Form::Chat => body["messages"] = messages(prompt, with_images),
        Form::Text => body["prompt"] = plain(prompt).into(),
    }
    if parameters.stream {
        body["stream_options"] = json!({ "include_usage": true });
    }
    set(&mut body, limit_name(field), parameters.max_tokens);
    set_sampling(&mut body, parameters);
    set(&mut body, "seed", parameters.seed);
    set(&mut body, "stop", stop(parameters));
    set_options(&mut body, &parameters.options);
    set_logprobs(&mut body, form, parameters.options.top_logprobs);
    body
}

fn set_options(body: &mut Json, options: &RequestOptions) {
    set_penalties(body, options);
    // By the name that vLLM, SGLang and OpenRouter know, and by that of llama-server.
    set(body, "repetition_penalty", options.repeat_penalty);
    set(body, "repeat_penalty", options.repeat_penalty);
    let effort = options.think.map(|think| think.level().unwrap_or("none"));
    set(body, "reasoning_effort", effort);
    set(body, "tools", tools(options));
    set(body, "response_format", options.response_format.as_ref().map(response_format));
}

/// Completions take the number where chat takes a flag beside it.
fn set_logprobs(body: &mut Json, form: Form, number: Option<u32>) {
    match form {
        Form::Chat => {
            set(body, "logprobs", number.map(|_| true));
            set(body, "top_logprobs", number);
        }
        Form::Text => set(body, "logprobs", number),
    }
}

fn response_format(format: &ResponseFormat) -> Json {
    match format {
        ResponseFormat::Json => json!({ "type": "json_object" }),
        ResponseFormat::JsonSchema(schema) => {
            json!({ "type": "json_schema", "json_schema": { "name": "answer", "schema": schema, "strict": true } })
        }
    }
}

/// Why options cannot be sent, and what to do.
pub(super) fn refuse(form: Form, options: &RequestOptions) -> Option<String> {
    if form == Form::Text && !options.tools.is_empty() {
        return Some("completions have no tools: use `api: chat`, or remove `generation.tools`".to_owned());
    }
    match (form, options.think) {
        (_, None) | (Form::Chat, Some(Think::Off | Think::Low | Think::Medium | Think::High)) => None,
        (Form::Text, _) => Some(
            "completions have no option to reason: use `api: chat`, or write what the server understands into `generation.extra_body`".to_owned(),
        ),
        (Form::Chat, Some(Think::On)) => Some(
            "the OpenAI API has levels: write `low`, `medium` or `high`, or what the server understands into \
             `generation.extra_body`, such as `chat_template_kwargs: { enable_thinking: true }`"
                .to_owned(),
        ),
    }
}

/// A message as a list of its text and its images.
fn with_images(message: Message, images: &[Image]) -> Json {
    let part = |image: &Image| json!({ "type": "image_url", "image_url": { "url": image.url() } });
    let text = std::iter::once(json!({ "type": "text", "text": message.content }));
    json!({ "role": message.role.word(), "content": text.chain(images.iter().map(part)).collect::<Json>() })
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
        let body = body(Form::Chat, MaxTokensField::MaxTokens, &settings(true), &prompt).to_string();
        let messages = r#"[{"content":"be brief","role":"system"},{"content":"q","role":"user"}]"#;
        let rest = r#""model":"m","seed":42,"stream":true,"stream_options":{"include_usage":true},"temperature":0.0"#;
        assert_eq!(body, format!(r#"{{"max_tokens":128,"messages":{messages},{rest}}}"#));
    }

    #[test]
    fn completions_are_asked_with_one_text() {
        let field = MaxTokensField::MaxTokens;
        let asked = |system: Option<&str>| {
            let prompt = Prompt::new(system.map(str::to_owned), "q".into());
            body(Form::Text, field, &settings(false), &prompt)
        };
        let rest = json!({ "max_tokens": 128, "temperature": 0.0, "seed": 42 });
        let mut expected = json!({ "model": "m", "prompt": "be brief\n\nq", "stream": false });
        expected.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        assert_eq!(asked(Some("be brief")), expected);
        assert_eq!(asked(None)["prompt"], "q");
    }

    #[test]
    fn options_are_sent_where_they_are_set() {
        let options = RequestOptions {
            min_p: Some(0.5),
            repeat_penalty: Some(1.5),
            think: Some(Think::Low),
            response_format: Some(ResponseFormat::JsonSchema(serde_json::Map::new())),
            ..RequestOptions::default()
        };
        let mut body = json!({});
        set_options(&mut body, &options);
        let schema = json!({ "name": "answer", "schema": {}, "strict": true });
        assert_eq!(
            body,
            json!({
                "min_p": 0.5, "repetition_penalty": 1.5, "repeat_penalty": 1.5, "reasoning_effort": "low",
                "response_format": { "type": "json_schema", "json_schema": schema },
            })
        );
        let off = RequestOptions { think: Some(Think::Off), ..RequestOptions::default() };
        let mut body = json!({});
        set_options(&mut body, &off);
        assert_eq!(body, json!({ "reasoning_effort": "none" }));
        let on = RequestOptions { think: Some(Think::On), ..RequestOptions::default() };
        assert!(refuse(Form::Chat, &on).unwrap().contains("extra_body"));
        assert!(refuse(Form::Text, &off).is_some() && refuse(Form::Chat, &off).is_none());
    }
}
