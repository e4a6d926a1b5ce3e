//! Requests of Anthropic's API.

use serde_json::{Value as Json, json};

use super::super::shared::{set, set_sampling, stop, turns};
use crate::answer_form::{ResponseFormat, Think};
use crate::image::Image;
use crate::message::Message;
use crate::request::{Prompt, RequestOptions, Settings};
use crate::tool::Tool;

/// Fewest tokens of reasoning that the API accepts.
const LEAST_BUDGET: u32 = 1024;

/// Body of a request. The API has no seed and no size of the context, so neither is sent.
pub(super) fn body(max_tokens: u32, settings: &Settings, prompt: &Prompt) -> Json {
    let parameters = &settings.parameters;
    let mut body = json!({
        "model": settings.model,
        "max_tokens": max_tokens,
        "messages": turns(prompt, with_images),
        "stream": parameters.stream,
    });
    set(&mut body, "system", prompt.system.as_deref());
    set_sampling(&mut body, parameters);
    set(&mut body, "stop_sequences", stop(parameters));
    set(&mut body, "thinking", parameters.options.think.map(|think| thinking(think, max_tokens)));
    set(&mut body, "tools", tools(&parameters.options));
    if let Some(ResponseFormat::JsonSchema(schema)) = &parameters.options.response_format {
        body["output_config"] = json!({ "format": { "type": "json_schema", "schema": schema } });
    }
    body
}

/// A message as a list of its images and its text.
fn with_images(message: Message, images: &[Image]) -> Json {
    let block = |image: &Image| {
        let source = match image {
            Image::Address(address) => json!({ "type": "url", "url": **address }),
            Image::File(file) => json!({ "type": "base64", "media_type": file.media_type, "data": file.base64() }),
        };
        json!({ "type": "image", "source": source })
    };
    let text = std::iter::once(json!({ "type": "text", "text": message.content }));
    json!({ "role": message.role.word(), "content": images.iter().map(block).chain(text).collect::<Json>() })
}

/// Tools in the shape of this API; `None` if there are none.
fn tools(options: &RequestOptions) -> Option<Json> {
    let shaped = |tool: &Tool| {
        let mut shaped = json!({ "name": tool.name, "input_schema": tool.parameters });
        set(&mut shaped, "description", tool.description.as_deref());
        shaped
    };
    (!options.tools.is_empty()).then(|| options.tools.iter().map(shaped).collect())
}

/// Reasoning as a number of tokens, which has to be below the limit of the output.
fn thinking(think: Think, max_tokens: u32) -> Json {
    let budget = match think {
        Think::Off => return json!({ "type": "disabled" }),
        Think::Low => LEAST_BUDGET,
        Think::On | Think::Medium => 4 * LEAST_BUDGET,
        Think::High => 16 * LEAST_BUDGET,
    };
    json!({ "type": "enabled", "budget_tokens": budget.min(max_tokens.saturating_sub(1)).max(LEAST_BUDGET) })
}

/// Why options cannot be sent, and what to do.
pub(super) fn refuse(max_tokens: u32, options: &RequestOptions) -> Option<String> {
    let thinks = options.think.is_some_and(|think| think != Think::Off);
    if thinks && max_tokens <= LEAST_BUDGET {
        return Some(format!(
            "reasoning takes at least {LEAST_BUDGET} tokens here, which count as output: set `generation.max_tokens` above that"
        ));
    }
    if options.response_format == Some(ResponseFormat::Json) {
        return Some("Anthropic's API needs a schema: write `response_format: { json_schema: … }`".to_owned());
    }
    if options.top_logprobs.is_some() {
        return Some(
            "Anthropic's API gives no log-probabilities: remove `generation.top_logprobs`, judge by `choice: { method: evidence }`, or \
             measure its models in an experiment of their own"
                .to_owned(),
        );
    }
    let penalties = [
        ("min_p", options.min_p),
        ("presence_penalty", options.presence_penalty),
        ("frequency_penalty", options.frequency_penalty),
        ("repeat_penalty", options.repeat_penalty),
    ];
    let set = penalties.into_iter().find(|(_, value)| value.is_some());
    set.map(|(name, _)| {
        format!("Anthropic's API has no `{name}`: remove it, or measure its models in an experiment of their own")
    })
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

    #[test]
    fn reasoning_is_a_number_of_tokens_below_the_limit() {
        for (think, max_tokens, expected) in [
            (Think::Off, 128, json!({ "type": "disabled" })),
            (Think::Low, 4096, json!({ "type": "enabled", "budget_tokens": 1024 })),
            (Think::High, 4096, json!({ "type": "enabled", "budget_tokens": 4095 })),
        ] {
            let options = RequestOptions { think: Some(think), ..RequestOptions::default() };
            assert_eq!(refuse(max_tokens, &options), None);
            let settings = settings(Parameters { options, ..Parameters::default() });
            assert_eq!(body(max_tokens, &settings, &Prompt::new(None, "q".into()))["thinking"], expected);
        }
        let refused = |options| refuse(128, &options).unwrap();
        assert!(
            refused(RequestOptions { think: Some(Think::On), ..RequestOptions::default() })
                .contains("generation.max_tokens")
        );
        assert!(refused(RequestOptions { min_p: Some(0.1), ..RequestOptions::default() }).contains("no `min_p`"));
        assert!(
            refused(RequestOptions { response_format: Some(ResponseFormat::Json), ..RequestOptions::default() })
                .contains("schema")
        );
    }
}
