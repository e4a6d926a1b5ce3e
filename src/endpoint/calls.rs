//! Calls of tools as servers write them: whole, or in the pieces of a stream.

use serde_json::Value as Json;

use crate::tool::ToolCall;

/// What a piece of an answer says of a call.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct CallPart {
    /// The server's number for the call, by which the pieces of a stream belong together.
    index: Option<u64>,
    /// Name of the tool, in the first piece.
    name: String,
    /// Arguments, or the next part of their text.
    arguments: String,
    /// True if the arguments are all there.
    is_whole: bool,
}

impl CallPart {
    /// A call that is all there.
    pub(super) fn whole(name: String, arguments: String) -> Self {
        Self { index: None, name, arguments, is_whole: true }
    }
}

/// The members that hold arguments: of the OpenAI and Ollama APIs, of Anthropic's, and of pieces of its streams.
const ARGUMENTS: [&str; 4] = ["arguments", "input", "partial_json", "parameters"];

/// Reads a member that holds one call or a list of them. What is of another form is a call that nobody understands.
pub(super) fn parts(json: &Json) -> Vec<CallPart> {
    match json {
        Json::Array(calls) => calls.iter().flat_map(parts).collect(),
        Json::Object(members) if members.is_empty() => Vec::new(),
        Json::Object(_) => vec![part(json)],
        Json::String(text) if !text.is_empty() => vec![CallPart { arguments: text.clone(), ..CallPart::default() }],
        _ => Vec::new(),
    }
}

fn part(call: &Json) -> CallPart {
    // A function is a member of its own, but for the form that came before and that of Anthropic.
    let function = call.get("function").filter(|function| function.is_object()).unwrap_or(call);
    let index = [call, function].into_iter().find_map(|place| place.get("index").and_then(Json::as_u64));
    let name = function.get("name").and_then(Json::as_str).unwrap_or_default().to_owned();
    let mut held = ARGUMENTS.iter().filter_map(|member| function.get(*member));
    let (arguments, is_whole) = match held.find(|arguments| !arguments.is_null()) {
        Some(Json::String(text)) => (text.clone(), false),
        // Streams of Anthropic begin with an empty object, and its members come later.
        Some(Json::Object(members)) if members.is_empty() => (String::new(), false),
        Some(arguments) => (arguments.to_string(), true),
        None => (String::new(), false),
    };
    CallPart { index, name, arguments, is_whole }
}

/// The calls of an answer as it grows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Calls {
    calls: Vec<(Option<u64>, ToolCall)>,
}

impl Calls {
    /// True without a call.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Bytes of names and arguments.
    pub(super) fn bytes(&self) -> usize {
        self.calls.iter().map(|(_, call)| call.name.len() + call.arguments.len()).sum()
    }

    /// Takes in a piece: it begins a call, or continues the one of its number, else with the last.
    pub(super) fn add(&mut self, part: CallPart) {
        let CallPart { index, name, arguments, is_whole } = part;
        let same = index.and_then(|index| self.calls.iter().rposition(|(known, _)| *known == Some(index)));
        let last = self.calls.len().checked_sub(1).filter(|_| index.is_none());
        let known = same.or(last).and_then(|place| self.calls.get_mut(place)).map(|(_, call)| call);
        match known {
            // Some servers repeat the name in every piece.
            Some(call)
                if !is_whole && (name.is_empty() || index.is_some() && (call.name.is_empty() || call.name == name)) =>
            {
                if call.name.is_empty() {
                    call.name = name;
                }
                call.arguments.push_str(&arguments);
            }
            _ => self.calls.push((index, ToolCall { name, arguments })),
        }
    }

    /// The calls, in the order in which they began.
    pub(super) fn into_list(self) -> Vec<ToolCall> {
        self.calls.into_iter().map(|(_, call)| call).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(pieces: &[Json]) -> Vec<(String, String)> {
        let mut calls = Calls::default();
        pieces.iter().flat_map(parts).for_each(|part| calls.add(part));
        calls.into_list().into_iter().map(|call| (call.name, call.arguments)).collect()
    }

    fn expected(calls: &[(&str, &str)]) -> Vec<(String, String)> {
        calls.iter().map(|(name, arguments)| ((*name).to_owned(), (*arguments).to_owned())).collect()
    }

    #[test]
    fn whole_calls_are_read_in_every_form() {
        for (call, arguments) in [
            (
                json!([{ "id": "1", "type": "function", "function": { "name": "f", "arguments": "{\"a\":1}" } }]),
                "{\"a\":1}",
            ),
            (json!([{ "function": { "name": "f", "arguments": { "a": 1 } } }]), "{\"a\":1}"),
            (json!({ "name": "f", "arguments": "{\"a\":1}" }), "{\"a\":1}"),
            (json!([{ "type": "tool_use", "id": "1", "name": "f", "input": { "a": 1 } }]), "{\"a\":1}"),
            (json!([{ "function": { "name": "f", "arguments": null } }]), ""),
            (json!([{ "function": { "name": "f" } }]), ""),
        ] {
            assert_eq!(read(std::slice::from_ref(&call)), expected(&[("f", arguments)]), "{call}");
        }
        assert_eq!(read(&[json!([]), json!({}), json!(null), json!(""), json!(7)]), expected(&[]));
        assert_eq!(read(&[json!("f(1)")]), expected(&[("", "f(1)")]));
    }

    #[test]
    fn pieces_of_a_stream_belong_to_the_call_of_their_number() {
        let piece = |index: u64, name: Option<&str>, arguments: &str| json!([{ "index": index, "function": { "name": name, "arguments": arguments } }]);
        let interleaved = [
            piece(0, Some("f"), ""),
            piece(1, Some("g"), "{"),
            piece(0, None, "{\"a\""),
            piece(1, None, "}"),
            piece(0, Some("f"), ":1}"),
        ];
        assert_eq!(read(&interleaved), expected(&[("f", "{\"a\":1}"), ("g", "{}")]));
        let without_numbers = [
            json!({ "type": "tool_use", "name": "f", "input": {} }),
            json!({ "type": "input_json_delta", "partial_json": "{\"a\"" }),
            json!({ "type": "input_json_delta", "partial_json": ":1}" }),
            json!({ "type": "tool_use", "name": "f", "input": {} }),
        ];
        assert_eq!(read(&without_numbers), expected(&[("f", "{\"a\":1}"), ("f", "")]));
    }

    #[test]
    fn whole_calls_of_one_number_are_several() {
        let call = |value: u64| json!([{ "function": { "index": 0, "name": "f", "arguments": { "a": value } } }]);
        assert_eq!(read(&[call(1), call(2)]), expected(&[("f", "{\"a\":1}"), ("f", "{\"a\":2}")]));
    }
}
