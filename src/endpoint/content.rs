//! The content of a message: a text, or blocks of text, reasoning, refusals and calls of tools.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

use super::calls::{self, CallPart};
use super::lenient::{Text, Truth};

/// Kinds of blocks that hold reasoning.
const REASONING: [&str; 9] = [
    "thinking",
    "thinking_delta",
    "redacted_thinking",
    "reasoning",
    "reasoning_text",
    "reasoning.text",
    "reasoning.summary",
    "summary_text",
    "thought",
];

/// Kinds of blocks in which the model calls a tool.
const CALLS: [&str; 7] =
    ["tool_use", "tool_call", "tool_calls", "function", "function_call", "custom_tool_call", "input_json_delta"];

/// What a message or a piece of one holds.
#[derive(Debug, Default)]
pub(super) struct Content<'frame> {
    /// Text of the answer.
    pub(super) text: Cow<'frame, str>,
    /// Reasoning.
    pub(super) reasoning: Cow<'frame, str>,
    /// The words with which the model refuses.
    pub(super) refusal: Cow<'frame, str>,
    /// Calls of tools, or parts of them.
    pub(super) calls: Vec<CallPart>,
}

impl<'frame> Content<'frame> {
    fn of_text(text: Cow<'frame, str>) -> Self {
        Self { text, ..Self::default() }
    }

    /// All that it says, whatever it is.
    pub(super) fn into_words(self) -> Cow<'frame, str> {
        let mut words = self.text;
        append(&mut words, self.reasoning);
        append(&mut words, self.refusal);
        words
    }

    fn add(&mut self, other: Self) {
        append(&mut self.text, other.text);
        append(&mut self.reasoning, other.reasoning);
        append(&mut self.refusal, other.refusal);
        self.calls.extend(other.calls);
    }
}

fn append<'frame>(text: &mut Cow<'frame, str>, more: Cow<'frame, str>) {
    if text.is_empty() {
        *text = more;
    } else if !more.is_empty() {
        text.to_mut().push_str(&more);
    }
}

/// The members of a block, of which each has some.
#[derive(serde::Deserialize)]
struct Block<'frame> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'frame>,
    #[serde(borrow, default)]
    text: Content<'frame>,
    #[serde(borrow, default)]
    value: Content<'frame>,
    #[serde(borrow, default)]
    content: Content<'frame>,
    #[serde(borrow, default)]
    thinking: Content<'frame>,
    #[serde(borrow, default)]
    reasoning: Content<'frame>,
    #[serde(borrow, default)]
    summary: Content<'frame>,
    #[serde(borrow, default)]
    refusal: Content<'frame>,
    #[serde(default)]
    thought: Truth,
    name: Option<Json>,
    function: Option<Json>,
    arguments: Option<Json>,
    input: Option<Json>,
    partial_json: Option<Json>,
}

impl Block<'_> {
    /// The call of a tool that it holds.
    fn call(self) -> Vec<CallPart> {
        let Self { name, function, arguments, input, partial_json, .. } = self;
        let members = [
            ("name", name),
            ("function", function),
            ("arguments", arguments),
            ("input", input),
            ("partial_json", partial_json),
        ];
        let members = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        let parts = calls::parts(&Json::Object(members.collect()));
        // A call of which nothing is said is one all the same.
        if parts.is_empty() { vec![CallPart::default()] } else { parts }
    }
}

impl<'frame> From<Block<'frame>> for Content<'frame> {
    fn from(block: Block<'frame>) -> Self {
        if CALLS.contains(&&*block.kind) {
            return Self { calls: block.call(), ..Self::default() };
        }
        if block.kind.ends_with("_result") {
            // What a tool of the provider brought is not the model's answer.
            return Self::default();
        }
        let is_reasoning = block.thought.0 || REASONING.contains(&&*block.kind);
        let is_refusal = &*block.kind == "refusal";
        let mut found = Self { refusal: block.refusal.into_words(), ..Self::default() };
        for thought in [block.thinking, block.reasoning, block.summary] {
            append(&mut found.reasoning, thought.into_words());
        }
        for said in [block.text, block.value, block.content] {
            match (is_reasoning, is_refusal) {
                (true, _) => append(&mut found.reasoning, said.into_words()),
                (false, true) => append(&mut found.refusal, said.into_words()),
                (false, false) => found.add(said),
            }
        }
        found
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or blocks")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Content::of_text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Content::of_text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<Self::Value, A::Error> {
        let mut all = Content::default();
        while let Some(block) = blocks.next_element::<Content<'de>>()? {
            all.add(block);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, block: A) -> Result<Self::Value, A::Error> {
        Block::deserialize(MapAccessDeserializer::new(block)).map(Into::into)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Content::default())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Content::of_text(Cow::Borrowed(if value { "true" } else { "false" })))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Content::of_text(Cow::Owned(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Content::of_text(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Content::of_text(Cow::Owned(value.to_string())))
    }
}

impl<'de: 'frame, 'frame> Deserialize<'de> for Content<'frame> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(ContentVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_a_text_or_blocks_of_any_kind() {
        for (json, text, reasoning, refusal, calls_tool) in [
            (r#""B""#, "B", "", "", false),
            ("null", "", "", "", false),
            ("42", "42", "", "", false),
            (r#"[{"type":"text","text":"B"},{"type":"text","text":"."}]"#, "B.", "", "", false),
            (r#"["B","."]"#, "B.", "", "", false),
            (r#"{"type":"text","text":"B"}"#, "B", "", "", false),
            (r#"[{"type":"output_text","text":{"value":"B","annotations":[]}}]"#, "B", "", "", false),
            (
                r#"[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"B"}]"#,
                "B",
                "hm",
                "",
                false,
            ),
            (r#"[{"type":"thinking","thinking":"hm","signature":"x"},"B"]"#, "B", "hm", "", false),
            (r#"[{"type":"reasoning","text":"hm"}]"#, "", "hm", "", false),
            (r#"[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}]"#, "", "hm", "", false),
            (r#"[{"type":"reasoning.text","text":"hm"}]"#, "", "hm", "", false),
            (r#"[{"text":"hm","thought":true},{"text":"B"}]"#, "B", "hm", "", false),
            (r#"[{"type":"refusal","refusal":"no"}]"#, "", "", "no", false),
            (r#"[{"type":"tool_use","name":"f","input":{"text":"no"}}]"#, "", "", "", true),
            (r#"[{"type":"function","function":{"name":"f"}}]"#, "", "", "", true),
            (
                r#"[{"type":"web_search_tool_result","content":[{"text":"no"}]},{"type":"text","text":"B"}]"#,
                "B",
                "",
                "",
                false,
            ),
            (
                r#"[{"type":"image_url","image_url":{"url":"x"}},null,[],{"type":"text","text":"B"}]"#,
                "B",
                "",
                "",
                false,
            ),
        ] {
            let found: Content<'_> = serde_json::from_str(json).unwrap();
            let (found_calls, words) = (!found.calls.is_empty(), (&*found.text, &*found.reasoning, &*found.refusal));
            assert_eq!((words, found_calls), ((text, reasoning, refusal), calls_tool), "{json}");
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            assert_eq!(Content::deserialize(&value).unwrap().text, text, "{json}");
        }
    }

    #[test]
    fn a_plain_text_costs_no_copy() {
        let found: Content<'_> = serde_json::from_str(r#""plain é""#).unwrap();
        assert!(matches!(found.text, Cow::Borrowed(_)));
    }
}
