//! Requests of the Responses API.

use serde_json::{Value as Json, json};

use crate::answer_form::{ResponseFormat, Think};
use crate::endpoint::providers::shared::{messages, set, set_sampling};
use crate::image::Image;
use crate::message::Message;
use crate::request::{Parameters, Prompt, RequestOptions, Settings};
use crate::tool::Tool;

/// Body of a request. The API has no seed, so none is sent; nothing is to be kept for a next request.
pub(super) fn body(settings: &Settings, prompt: &Prompt) -> Json {
    let parameters = &settings.parameters;
    let options = &parameters.options;
    let mut body = json!({
        "model": settings.model,
        "input": messages(prompt, with_images),
        "stream": parameters.stream,
        "store": false,
    });
    set(&mut body, "max_output_tokens", parameters.max_tokens);
    set_sampling(&mut body, parameters);
    let effort = options.think.map(|think| json!({ "effort": think.level().unwrap_or("none") }));
    set(&mut body, "reasoning", effort);
    set(&mut body, "tools", tools(options));
    set(&mut body, "text", options.response_format.as_ref().map(|format| json!({ "format": response_format(format) })));
    if let Some(number) = options.top_logprobs {
        body["top_logprobs"] = number.into();
        body["include"] = json!(["message.output_text.logprobs"]);
    }
    body
}

/// Tools in the shape of this API; `None` if there are none.
fn tools(options: &RequestOptions) -> Option<Json> {
    let shaped = |tool: &Tool| {
        // Without a word of it the schema would be held to OpenAI's strict subset.
        let mut shaped =
            json!({ "type": "function", "name": tool.name, "parameters": tool.parameters, "strict": false });
        set(&mut shaped, "description", tool.description.as_deref());
        shaped
    };
    (!options.tools.is_empty()).then(|| options.tools.iter().map(shaped).collect())
}

fn response_format(format: &ResponseFormat) -> Json {
    match format {
        ResponseFormat::Json => json!({ "type": "json_object" }),
        ResponseFormat::JsonSchema(schema) => {
            json!({ "type": "json_schema", "name": "answer", "schema": schema, "strict": true })
        }
    }
}

/// A message as a list of its text and its images.
fn with_images(message: Message, images: &[Image]) -> Json {
    let part = |image: &Image| json!({ "type": "input_image", "image_url": image.url() });
    let text = std::iter::once(json!({ "type": "input_text", "text": message.content }));
    json!({ "role": message.role.word(), "content": text.chain(images.iter().map(part)).collect::<Json>() })
}

/// Why parameters cannot be sent, and what to do.
pub(super) fn refuse(parameters: &Parameters) -> Option<String> {
    let options = &parameters.options;
    if options.think == Some(Think::On) {
        return Some(
            "the Responses API has levels: write `low`, `medium` or `high`, or what the server understands into \
             `generation.extra_body`"
                .to_owned(),
        );
    }
    let unknown = [
        ("stop", !parameters.stop.is_empty()),
        ("min_p", options.min_p.is_some()),
        ("presence_penalty", options.presence_penalty.is_some()),
        ("frequency_penalty", options.frequency_penalty.is_some()),
        ("repeat_penalty", options.repeat_penalty.is_some()),
    ];
    let (name, _) = unknown.into_iter().find(|(_, is_set)| *is_set)?;
    Some(format!("the Responses API has no `{name}`: use `api: chat`, or remove it"))
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::endpoint::providers::shared;

    #[test]
    fn a_request_holds_what_the_api_knows() {
        let parameters =
            Parameters { max_tokens: Some(128), temperature: Some(0.0), seed: Some(42), ..Parameters::default() };
        let prompt = Prompt::new(Some("be brief".into()), "q".into());
        assert_eq!(
            body(&shared::settings(parameters), &prompt),
            json!({
                "model": "m", "stream": false, "store": false, "max_output_tokens": 128, "temperature": 0.0,
                "input": [{ "role": "system", "content": "be brief" }, { "role": "user", "content": "q" }],
            })
        );
    }

    #[test]
    fn options_have_places_of_their_own() {
        let options = RequestOptions {
            think: Some(Think::Off),
            top_logprobs: Some(5),
            response_format: Some(ResponseFormat::JsonSchema(Map::new())),
            ..RequestOptions::default()
        };
        let parameters = Parameters { options, ..Parameters::default() };
        let body = body(&shared::settings(parameters), &Prompt::new(None, "q".into()));
        assert_eq!(body["reasoning"], json!({ "effort": "none" }));
        assert_eq!(body["include"], json!(["message.output_text.logprobs"]));
        let format = json!({ "type": "json_schema", "name": "answer", "schema": {}, "strict": true });
        assert_eq!(body["text"], json!({ "format": format }));
    }

    #[test]
    fn what_the_api_has_not_is_refused_with_what_to_do() {
        let stop = Parameters { stop: vec!["\n".into()], ..Parameters::default() };
        assert_eq!(refuse(&stop).unwrap(), "the Responses API has no `stop`: use `api: chat`, or remove it");
        let options = RequestOptions { think: Some(Think::On), ..RequestOptions::default() };
        assert!(refuse(&Parameters { options, ..Parameters::default() }).unwrap().contains("levels"));
        assert_eq!(refuse(&Parameters::default()), None);
    }
}
