//! Parameters that a server refuses and that a request can do without: left out from then on, with a warning.
//!
//! A default that nobody asked for must not keep a model from being measured; a value that somebody chose is left out
//! only if the server does not know the parameter at all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value as Json;

use super::fault::{ErrorKind, Fault};

/// What can be left out, by its name in a request: its default in a spec, if it has one.
const OPTIONAL: [(&str, Option<f64>); 6] = [
    ("stream_options", None),
    ("seed", Some(42.0)),
    ("temperature", Some(0.0)),
    ("top_p", None),
    ("top_k", None),
    ("stop", None),
];

/// The two names of the limit of the output, each in place of the other.
const LIMITS: [(&str, &str); 2] = [("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens")];

/// What holds an answer to a form, by the name of it in the requests of each API.
const FORMATS: [&str; 2] = ["response_format", "format"];

/// What servers call it in their refusals.
const NAMES_OF_FORMATS: [&str; 8] = [
    "response_format",
    "response format",
    "format",
    "json_schema",
    "json schema",
    "structured output",
    "structured outputs",
    "grammar",
];

/// Words that say that a parameter is not known, rather than that its value is wrong.
const NOT_KNOWN: [&str; 20] = [
    "unknown",
    "unrecognized",
    "unrecognised",
    "unsupported",
    "not supported",
    "not support",
    "not permitted",
    "not allowed",
    "not accepted",
    "unexpected",
    "extra",
    "additional propert",
    "cannot find field",
    "no such option",
    "not a valid",
    "cannot both",
    "deprecated",
    "not compatible",
    "not available",
    "only the default",
];

/// What servers refused, by model.
#[derive(Debug, Default)]
pub struct Dropped {
    state: Mutex<State>,
    /// True if an answer is also read without the form that the request asks for.
    may_lose_format: AtomicBool,
    /// True once something was refused: until then no request takes the lock.
    is_any: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    by_model: BTreeMap<String, Vec<Change>>,
    news: Vec<String>,
}

/// What is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    LeaveOut(&'static str),
    Rename(&'static str, &'static str),
}

impl Dropped {
    /// Does to a request of a model what its server has taught.
    pub fn apply(&self, model: &str, body: &mut Json) {
        if !self.is_any.load(Ordering::Acquire) {
            return;
        }
        for change in self.state().by_model.get(model).into_iter().flatten() {
            change.apply(body);
        }
    }

    /// Lets requests go on without the form of their answers where a server refuses it. Otherwise it is what was asked for, and
    /// such a request fails.
    pub fn may_lose_format(&self) {
        self.may_lose_format.store(true, Ordering::Release);
    }

    /// Removes from a request what the server has just refused; true if it can be sent again without.
    pub fn learn(&self, model: &str, body: &mut Json, fault: &Fault) -> bool {
        let format = || self.may_lose_format.load(Ordering::Acquire).then(|| refused_format(body, fault)).flatten();
        let Some(change) = format().or_else(|| refused(body, fault)) else { return false };
        let value = change.apply(body);
        let mut state = self.state();
        let known = state.by_model.entry(model.to_owned()).or_default();
        if !known.contains(&change) {
            known.push(change);
            if let Some(news) = change.news(&value) {
                state.news.push(format!("`{model}`: {news} ({})", fault.line()));
            }
        }
        self.is_any.store(true, Ordering::Release);
        true
    }

    /// Messages since the last call.
    pub fn news(&self) -> Vec<String> {
        if self.is_any.load(Ordering::Acquire) { std::mem::take(&mut self.state().news) } else { Vec::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Change {
    /// Changes a request; returns what the parameter was.
    fn apply(self, body: &mut Json) -> Json {
        let (Self::LeaveOut(name) | Self::Rename(name, _)) = self;
        let value = holder(body, name).and_then(|holder| holder.as_object_mut()?.remove(name)).unwrap_or_default();
        if let (Self::Rename(_, new), false) = (self, value.is_null()) {
            body[new] = value.clone();
        }
        value
    }

    /// What a user has to know of it.
    fn news(self, value: &Json) -> Option<String> {
        match self {
            // It changes neither an answer nor a time, and the check of the token counts says what is missing.
            Self::LeaveOut("stream_options") => None,
            Self::LeaveOut(name) if FORMATS.contains(&name) => Some(format!(
                "the server refuses the JSON schema in `{name}`; it is left out, and verdicts are read from what the judge writes"
            )),
            Self::LeaveOut(name) => {
                Some(format!("the server refuses `{name}: {value}`; it is left out, so the server's own value applies"))
            }
            Self::Rename(old, new) => {
                Some(format!("the server refuses `{old}`; `{new}` is sent instead, set `max_tokens_field: {new}`"))
            }
        }
    }
}

/// True if a server refused something in the request, and not the prompt.
fn is_of_a_parameter(fault: &Fault) -> bool {
    matches!(fault.told_status(), Some(400 | 422))
        && !fault.kind.is_of_the_prompt()
        && matches!(fault.kind, ErrorKind::Parameter | ErrorKind::ByHttpStatus | ErrorKind::NoModel)
}

/// The change if the server refuses the form of an answer, in any words: the form is ours, and is well-formed.
fn refused_format(body: &Json, fault: &Fault) -> Option<Change> {
    let format = FORMATS.into_iter().find(|name| body.get(name).is_some())?;
    let told = format!("{} {}", fault.parameter.as_deref().unwrap_or_default(), fault.message).to_lowercase();
    let is_named = NAMES_OF_FORMATS.iter().any(|name| is_named(&told, name));
    (is_of_a_parameter(fault) && is_named).then_some(Change::LeaveOut(format))
}

/// The change that the server asks for by refusing a request.
fn refused(body: &mut Json, fault: &Fault) -> Option<Change> {
    if !is_of_a_parameter(fault) {
        return None;
    }
    let words = fault.message.to_lowercase();
    let is_not_known = NOT_KNOWN.iter().any(|word| words.contains(word) || fault.marks.contains(word));
    let names =
        |name: &str| fault.parameter.as_deref().map_or_else(|| is_named(&words, name), |known| is_named(known, name));
    for (old, new) in LIMITS {
        if names(old) && is_not_known && holder(body, old).is_some() && holder(body, new).is_none() {
            return Some(Change::Rename(old, new));
        }
    }
    OPTIONAL.into_iter().find_map(|(name, default)| {
        let value = holder(body, name)?.get(name)?.clone();
        let is_default = default.is_some() && value.as_f64() == default;
        (names(name) && (is_default || is_not_known)).then_some(Change::LeaveOut(name))
    })
}

/// The object of a request that holds a parameter.
fn holder<'b>(body: &'b mut Json, name: &str) -> Option<&'b mut Json> {
    if body.get(name).is_some() {
        return Some(body);
    }
    body.get_mut("options").filter(|options| options.get(name).is_some())
}

/// True if a text holds a name as a word of its own.
fn is_named(text: &str, name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_letter) && !text[at + name.len()..].starts_with(is_letter))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn understood(http_status: u16, body: &str) -> Fault {
        let fault = Fault::of_http(http_status, body.as_bytes(), None);
        let kind = super::super::kind::classify(fault.as_told());
        fault.classified(kind)
    }

    fn full() -> Json {
        json!({
            "model": "m", "max_tokens": 128, "temperature": 0.0, "top_p": 0.9, "top_k": 40, "seed": 42, "stop": ["END"],
            "stream": true, "stream_options": { "include_usage": true }, "messages": [],
        })
    }

    #[test]
    fn what_is_refused_is_left_out() {
        for (http_status, body, left_out) in [
            (
                400,
                r#"[{"error":{"code":400,"message":"Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#,
                "seed",
            ),
            (
                400,
                r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0","param":"temperature","code":"unsupported_value"}}"#,
                "temperature",
            ),
            (
                422,
                r#"{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#,
                "seed",
            ),
            (422, r#"{"error":"`temperature` must be strictly positive"}"#, "temperature"),
            (400, r#"{"error":{"message":"Unrecognized request argument supplied: top_k"}}"#, "top_k"),
            (400, r#"{"error":{"message":"property 'top_k' is unsupported"}}"#, "top_k"),
            (400, r#"{"error":"unknown field `stream_options`"}"#, "stream_options"),
            (
                400,
                r#"{"error":{"message":"`temperature` and `top_p` cannot both be specified for this model."}}"#,
                "temperature",
            ),
        ] {
            let (mut request, mut expected, dropped) = (full(), full(), Dropped::default());
            expected.as_object_mut().unwrap().remove(left_out);
            assert!(dropped.learn("m", &mut request, &understood(http_status, body)), "{body}");
            assert_eq!(request, expected, "{body}");
            let (mut next, mut other) = (full(), full());
            dropped.apply("m", &mut next);
            dropped.apply("other", &mut other);
            assert_eq!((next, other), (expected, full()));
            assert_eq!(dropped.news().len(), usize::from(left_out != "stream_options"));
            assert!(dropped.news().is_empty());
        }
    }

    #[test]
    fn the_form_of_an_answer_is_left_out_only_where_it_may_be() {
        for (name, body) in [
            (
                "response_format",
                r#"{"error":{"message":"This response_format type is unavailable now","type":"invalid_request_error"}}"#,
            ),
            (
                "response_format",
                r#"{"error":{"message":"Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.","param":null}}"#,
            ),
            (
                "response_format",
                r#"{"error":{"message":"This model does not support response format `json_schema`.","param":"response_format"}}"#,
            ),
            ("response_format", r#"{"error":{"message":"'response_format.type' must be 'text'"}}"#),
            (
                "format",
                r#"{"error":"json: cannot unmarshal object into Go struct field GenerateRequest.format of type string"}"#,
            ),
        ] {
            let with_format = || json!({ "model": "m", name: { "type": "json_schema" }, "messages": [] });
            let mut request = with_format();
            assert!(!Dropped::default().learn("m", &mut request, &understood(400, body)), "{body}");
            let dropped = Dropped::default();
            dropped.may_lose_format();
            assert!(dropped.learn("m", &mut request, &understood(400, body)), "{body}");
            assert_eq!(request, json!({ "model": "m", "messages": [] }));
            assert!(dropped.news()[0].contains("verdicts are read from what the judge writes"));
            for (http_status, other) in [(400, r#"{"error":"no"}"#), (500, body), (401, body)] {
                assert!(!dropped.learn("m", &mut with_format(), &understood(http_status, other)), "{other}");
            }
        }
    }

    #[test]
    fn the_limit_of_the_output_has_two_names() {
        let body = r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}"#;
        let (mut request, dropped) = (full(), Dropped::default());
        assert!(dropped.learn("m", &mut request, &understood(400, body)));
        assert_eq!((request.get("max_tokens"), &request["max_completion_tokens"]), (None, &json!(128)));
        assert!(!dropped.learn("m", &mut request, &understood(400, body)), "once");
    }

    #[test]
    fn options_of_ollama_are_left_out_where_they_are() {
        let (mut request, dropped) = (json!({ "options": { "seed": 42, "num_ctx": 8 } }), Dropped::default());
        assert!(dropped.learn("m", &mut request, &understood(400, r#"{"error":"unknown option: seed"}"#)));
        assert_eq!(request, json!({ "options": { "num_ctx": 8 } }));
    }

    #[test]
    fn what_was_chosen_or_cannot_be_done_without_stays() {
        for (http_status, body) in [
            (400, r#"{"error":{"message":"top_p must be between 0 and 1","param":"top_p"}}"#),
            (400, r#"{"error":{"message":"max_tokens is too large: 128","param":"max_tokens"}}"#),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8 tokens; reduce max_tokens or seed"}}"#,
            ),
            (400, r#"{"error":{"message":"unknown field messages","param":"messages"}}"#),
            (400, "no such option"),
            (500, r#"{"error":"unknown option seed"}"#),
            (401, r#"{"error":"unknown seed"}"#),
        ] {
            let mut request = full();
            assert!(!Dropped::default().learn("m", &mut request, &understood(http_status, body)), "{body}");
            assert_eq!(request, full(), "{body}");
        }
    }
}
