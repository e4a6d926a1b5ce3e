//! Errors as servers write them: a text, an object, a list of either, under the names of many APIs.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use super::waits;

/// What an error says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ErrorBody {
    /// Its words, with its code where there is one.
    pub(super) message: String,
    /// Its codes and types, in lower case.
    pub(super) marks: String,
    /// The parameter that it is about.
    pub(super) parameter: Option<String>,
    /// The HTTP status that it names.
    pub(super) status: Option<u16>,
    /// How long it asks to wait.
    pub(super) wait: Option<Duration>,
}

/// Members that hold an error, in the order in which they are looked at.
const HOLDERS: [&str; 4] = ["error", "errors", "detail", "base_resp"];

/// Members that hold the words of an error.
const WORDS: [&str; 7] = ["message", "msg", "detail", "error_description", "description", "status_msg", "reason"];

/// Members that hold a code.
const CODES: [&str; 6] = ["code", "type", "status", "error_code", "status_code", "error_type"];

impl ErrorBody {
    /// The error of a whole body that is not an answer.
    pub(super) fn of_body(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        match serde_json::from_str::<Json>(&text) {
            Ok(json) => match find(&json) {
                Some(error) => Self::of(error, &json),
                None => Self { wait: waits::in_body(&json), ..Self::plain(text.trim()) },
            },
            Err(_) => Self::plain(text.trim()),
        }
    }

    /// An error that was found in a body.
    pub(super) fn of(error: &Json, body: &Json) -> Self {
        let mut found = match error {
            Json::String(text) => Self::plain(text),
            Json::Object(object) => Self::of_object(object),
            Json::Array(list) => Self::of_list(list),
            other => Self::plain(&other.to_string()),
        };
        if let (Json::Object(around), None) = (body, &found.status) {
            found.status = ["code", "status_code", "status"].iter().find_map(|name| http_status(around.get(*name)?));
        }
        // Ollama says where to sign in.
        if let Some(address) = body.get("signin_url").and_then(text_in) {
            found.message = format!("{}: {address}", found.message);
        }
        found.wait = found.wait.max(waits::in_body(body)).max(waits::in_words(&found.message));
        found
    }

    fn plain(text: &str) -> Self {
        let message = if text.is_empty() { "no explanation" } else { text };
        Self { message: message.to_owned(), wait: waits::in_words(text), ..Self::default() }
    }

    fn of_object(object: &Map<String, Json>) -> Self {
        if let Some(inner) = object.get("error").filter(|inner| is_error(inner) && !inner.is_string()) {
            return Self::of(inner, &Json::Null);
        }
        let words = WORDS.iter().find_map(|name| text_in(object.get(*name)?)).or_else(|| text_in(object.get("error")?));
        let codes: Vec<&str> = CODES.iter().filter_map(|name| object.get(*name)?.as_str()).collect();
        let mut message = words.unwrap_or_else(|| Json::Object(object.clone()).to_string());
        if let Some(raw) = object.get("metadata").and_then(|metadata| text_in(metadata.get("raw")?)) {
            // A gateway passes on what the provider behind it said.
            message = format!("{message}: {raw}");
        }
        if let Some(code) = codes.first().filter(|code| !code.is_empty()) {
            message = format!("{message} ({code})");
        }
        Self {
            message,
            marks: codes.join(" ").to_lowercase(),
            parameter: ["param", "parameter", "field"].iter().find_map(|name| text_in(object.get(*name)?)),
            status: CODES.iter().find_map(|name| http_status(object.get(*name)?)),
            wait: None,
        }
    }

    /// Each with its place, as validators list them; the first one gives the parameter.
    fn of_list(list: &[Json]) -> Self {
        let mut all = Self::default();
        for item in list.iter().filter(|item| is_error(item)) {
            let mut one = Self::of(item, &Json::Null);
            let place = item.get("loc").and_then(Json::as_array).and_then(|place| place.last()?.as_str());
            if let Some(place) = place {
                one.message = format!("{place}: {}", one.message);
                one.parameter = Some(place.to_owned());
            }
            let separator = if all.message.is_empty() { "" } else { "; " };
            all.message = format!("{}{separator}{}", all.message, one.message);
            all.marks = format!("{} {}", all.marks, one.marks).trim().to_owned();
            all.parameter = all.parameter.or(one.parameter);
            all.status = all.status.or(one.status);
        }
        all
    }
}

/// The error in a body, if it holds one.
pub(super) fn find(body: &Json) -> Option<&Json> {
    match body {
        Json::Array(items) => items.iter().find_map(find),
        Json::Object(object) => {
            let held = HOLDERS.iter().find_map(|name| object.get(*name).filter(|error| is_error(error)));
            let is_own = || {
                let is_named =
                    |name: &str| object.get(name).and_then(Json::as_str).is_some_and(|kind| kind.contains("error"));
                is_named("object") || is_named("type") || is_named("status") || object.contains_key("code")
            };
            let has_words = || WORDS.iter().any(|name| object.get(*name).is_some_and(Json::is_string));
            held.or_else(|| (has_words() && is_own()).then_some(body))
        }
        _ => None,
    }
}

/// True unless the member says that there is no error.
pub(super) fn is_error(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
        Json::String(text) => !text.trim().is_empty(),
        Json::Array(items) => items.iter().any(is_error),
        // MiniMax has such an object in every answer.
        Json::Object(object) => !object.is_empty() && object.get("status_code").and_then(Json::as_i64) != Some(0),
    }
}

/// The text of a member, which may itself be an error in JSON.
fn text_in(value: &Json) -> Option<String> {
    match value {
        Json::String(text) if text.trim_start().starts_with(['{', '[']) => {
            let inner = serde_json::from_str::<Json>(text).ok();
            let inner = inner.as_ref().and_then(|inner| find(inner)).map(|error| ErrorBody::of(error, &Json::Null));
            Some(inner.map_or_else(|| text.clone(), |inner| inner.message))
        }
        Json::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Json::Array(_) | Json::Object(_) => Some(ErrorBody::of(value, &Json::Null).message),
        _ => None,
    }
}

/// A code that is an HTTP status, as a number or a text.
fn http_status(code: &Json) -> Option<u16> {
    let number = code.as_u64().or_else(|| code.as_str()?.trim().parse().ok())?;
    u16::try_from(number).ok().filter(|status| (400..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of shapes")]
    fn errors_are_read_in_each_shape() {
        let cases = [
            (r#"{"error":"model 'x' not found"}"#, "model 'x' not found", "", None, None),
            (
                r#"{"error":{"message":"slow down","code":"rate_limit"}}"#,
                "slow down (rate_limit)",
                "rate_limit",
                None,
                None,
            ),
            (
                r#"{"error":{"message":"pay","code":null,"type":"insufficient_quota","param":null}}"#,
                "pay (insufficient_quota)",
                "insufficient_quota",
                None,
                None,
            ),
            (
                r#"[{"error":{"code":400,"message":"Unknown name","status":"INVALID_ARGUMENT"}}]"#,
                "Unknown name (INVALID_ARGUMENT)",
                "invalid_argument",
                None,
                Some(400),
            ),
            (r#"{"error":["a","b"]}"#, "a; b", "", None, None),
            (r#"{"errors":[{"message":"a"}]}"#, "a", "", None, None),
            (
                r#"{"detail":[{"loc":["body","seed"],"msg":"Extra inputs","type":"extra_forbidden"}]}"#,
                "seed: Extra inputs (extra_forbidden)",
                "extra_forbidden",
                Some("seed"),
                None,
            ),
            (r#"{"detail":"Not Found"}"#, "Not Found", "", None, None),
            (
                r#"{"object":"error","message":"no such","type":"BadRequestError","param":"top_k","code":400}"#,
                "no such (BadRequestError)",
                "badrequesterror",
                Some("top_k"),
                Some(400),
            ),
            (
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                "Overloaded (overloaded_error)",
                "overloaded_error",
                None,
                None,
            ),
            (
                r#"{"error":{"message":"Provider returned error","code":"429","metadata":{"raw":"{\"error\":{\"message\":\"slow\"}}"}}}"#,
                "Provider returned error: slow (429)",
                "429",
                None,
                Some(429),
            ),
            (r#"{"base_resp":{"status_code":1008,"status_msg":"no balance"}}"#, "no balance", "", None, None),
            (r#"{"error":{"error":{"message":"deep"}}}"#, "deep", "", None, None),
            ("<html>bad</html>", "<html>bad</html>", "", None, None),
            ("", "no explanation", "", None, None),
            ("{}", "{}", "", None, None),
        ];
        for (body, message, marks, parameter, status) in cases {
            let found = ErrorBody::of_body(body.as_bytes());
            let words = (found.message.as_str(), found.marks.as_str(), found.parameter.as_deref(), found.status);
            assert_eq!(words, (message, marks, parameter, status), "{body}");
        }
    }

    #[test]
    fn what_says_that_there_is_no_error_is_none() {
        for body in [
            r#"{"error":null}"#,
            r#"{"error":false}"#,
            r#"{"error":""}"#,
            r#"{"error":{}}"#,
            r#"{"errors":[]}"#,
            r#"{"error":0}"#,
            r#"{"base_resp":{"status_code":0,"status_msg":"success"}}"#,
            r#"{"choices":[]}"#,
            "7",
        ] {
            assert_eq!(find(&serde_json::from_str(body).unwrap()), None, "{body}");
        }
    }
}
