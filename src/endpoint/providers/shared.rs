//! Parts of requests that several APIs write alike.

use serde_json::{Value as Json, json};

use crate::image::Image;
use crate::message::{Message, Role};
use crate::request::{Parameters, Prompt, RequestOptions};
use crate::tool::Tool;

/// Writes a message with images.
pub(super) type WithImages = fn(Message, &[Image]) -> Json;

/// The messages of a chat: that of the system, if there is one, and the others.
pub(super) fn messages(prompt: &Prompt, with_images: WithImages) -> Json {
    let system = prompt.system.iter().map(|system| json!({ "role": Role::System.word(), "content": **system }));
    system.chain(each_turn(prompt, with_images)).collect()
}

/// The messages of a chat without that of the system.
pub(super) fn turns(prompt: &Prompt, with_images: WithImages) -> Json {
    each_turn(prompt, with_images).collect()
}

fn each_turn(prompt: &Prompt, with_images: WithImages) -> impl Iterator<Item = Json> {
    prompt.turns().into_iter().enumerate().map(move |(turn, message)| match &prompt.attached {
        Some(attached) if attached.turn == turn => with_images(message, &attached.images),
        _ => as_json(message),
    })
}

fn as_json(message: Message) -> Json {
    json!({ "role": message.role.word(), "content": message.content })
}

/// Sets a member of an object, if it has a value.
pub(super) fn set(object: &mut Json, name: &str, value: Option<impl Into<Json>>) {
    if let Some(value) = value {
        object[name] = value.into();
    }
}

/// Sets the parameters of sampling, which all APIs call by the same names.
pub(super) fn set_sampling(object: &mut Json, parameters: &Parameters) {
    set(object, "temperature", parameters.temperature);
    set(object, "top_p", parameters.top_p);
    set(object, "top_k", parameters.top_k);
}

/// Sets the penalties, which the APIs that have them call by the same names.
pub(super) fn set_penalties(object: &mut Json, options: &RequestOptions) {
    set(object, "min_p", options.min_p);
    set(object, "presence_penalty", options.presence_penalty);
    set(object, "frequency_penalty", options.frequency_penalty);
}

/// Tools in the shape of the OpenAI API, which Ollama shares; `None` if there are none.
pub(super) fn tools(options: &RequestOptions) -> Option<Json> {
    let function = |tool: &Tool| json!({ "type": "function", "function": tool });
    (!options.tools.is_empty()).then(|| options.tools.iter().map(function).collect())
}

/// The texts that end an answer; `None` if there are none.
pub(super) fn stop(parameters: &Parameters) -> Option<Json> {
    (!parameters.stop.is_empty()).then(|| parameters.stop.clone().into())
}

/// Settings of a request to the model `m`.
#[cfg(test)]
pub(super) fn settings(parameters: Parameters) -> crate::request::Settings {
    crate::request::Settings {
        endpoint: String::new(),
        model: "m".into(),
        digest: None,
        parameters,
        repeat: 0,
        level: crate::level::Level::Concurrency(std::num::NonZeroU32::MIN),
    }
}
