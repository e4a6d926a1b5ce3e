//! What a request asks for. One pass over its body, which keeps no text.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;

/// A request of any API, as far as the answer depends on it.
#[derive(serde::Deserialize)]
pub(super) struct MockRequest<'a> {
    /// The model.
    #[serde(borrow, default, alias = "name")]
    pub(super) model: Cow<'a, str>,
    /// How it wants its answer; each API has its own default.
    pub(super) stream: Option<bool>,
    /// How long the model stays in memory.
    pub(super) keep_alive: Option<Json>,
    system: Option<Text>,
    prompt: Option<Text>,
    #[serde(alias = "input")]
    messages: Option<Text>,
    max_tokens: Option<i64>,
    #[serde(alias = "max_output_tokens")]
    max_completion_tokens: Option<i64>,
    options: Option<Options>,
    stream_options: Option<StreamOptions>,
}

#[derive(serde::Deserialize)]
struct Options {
    num_predict: Option<i64>,
    num_ctx: Option<u32>,
}

#[derive(serde::Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

impl MockRequest<'_> {
    /// The prompt with its system message: the same for every API that it is put to.
    pub(super) fn prompt(&self) -> Text {
        let parts = [self.system, self.prompt, self.messages];
        parts.into_iter().flatten().fold(Text::default(), Text::then)
    }

    /// The most tokens that are wanted, if there is a limit.
    pub(super) fn limit(&self) -> Option<u32> {
        let predict = self.options.as_ref().and_then(|options| options.num_predict);
        let limit = self.max_completion_tokens.or(self.max_tokens).or(predict)?;
        // Ollama's -1 and -2 stand for no limit.
        u32::try_from(limit).ok().filter(|limit| *limit > 0)
    }

    /// The context that Ollama is asked to reserve.
    pub(super) fn context(&self) -> Option<u32> {
        self.options.as_ref().and_then(|options| options.num_ctx)
    }

    /// True if the stream is to end with its token counts.
    pub(super) fn wants_usage(&self) -> bool {
        self.stream_options.as_ref().and_then(|options| options.include_usage).unwrap_or(false)
    }

    /// True if the model is to leave memory after this.
    pub(super) fn unloads(&self) -> bool {
        let zero = |text: &str| text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse() == Ok(0.0);
        self.keep_alive.as_ref().is_some_and(|time| time.as_f64() == Some(0.0) || time.as_str().is_some_and(zero))
    }
}

/// A text of which only its digest and its length are kept. A message, a list of messages or of
/// parts is the text of all of them in turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Text {
    digest: u64,
    /// Length in bytes.
    pub(super) bytes: usize,
}

/// An odd number with its bits well spread.
const MIX: u64 = 0x517c_c1b7_2722_0a95;

impl Text {
    /// Long prompts are many: eight bytes at a time, the same on every machine.
    fn of(text: &[u8]) -> Self {
        let (words, rest) = text.as_chunks::<8>();
        let words = words.iter().map(|word| u64::from_le_bytes(*word));
        let digest = words.chain(rest.iter().map(|byte| u64::from(*byte))).fold(0, mix);
        Self { digest, bytes: text.len() }
    }

    fn then(self, other: Self) -> Self {
        match (self.bytes, other.bytes) {
            (0, _) => other,
            (_, 0) => self,
            _ => Self { digest: mix(self.digest, other.digest), bytes: self.bytes + other.bytes },
        }
    }

    /// The letter that answers it, from A to D.
    pub(super) fn letter(self) -> char {
        let spread = (self.digest ^ (self.digest >> 32)).wrapping_mul(MIX);
        ['A', 'B', 'C', 'D'][usize::from(spread.to_be_bytes()[0] >> 6)]
    }
}

fn mix(digest: u64, word: u64) -> u64 {
    (digest.rotate_left(5) ^ word).wrapping_mul(MIX)
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

/// A member of a message or of a part of one.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "lowercase")]
enum Member {
    #[serde(alias = "text")]
    Content,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a message, or a list of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::of(text.as_bytes()))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text::default())
    }

    /// A token by its number.
    fn visit_u64<E: Error>(self, token: u64) -> Result<Text, E> {
        Ok(Text { digest: mix(0, token), bytes: 4 })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Text, A::Error> {
        let mut all = Text::default();
        while let Some(text) = seq.next_element()? {
            all = all.then(text);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Text, A::Error> {
        let mut all = Text::default();
        while let Some(member) = map.next_key()? {
            match member {
                Member::Content => all = all.then(map.next_value()?),
                Member::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn asked(body: &str) -> MockRequest<'_> {
        serde_json::from_str(body).unwrap()
    }

    #[test]
    fn a_prompt_is_the_same_for_every_api() {
        let bodies = [
            r#"{"model":"m","system":"Be brief.","prompt":"Why\n?"}"#,
            r#"{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Why\u000a?"}]}"#,
            r#"{"model":"m","system":[{"type":"text","text":"Be brief."}],"messages":[{"role":"user","content":[{"type":"text","text":"Why\n?"}]}]}"#,
        ];
        let texts: HashSet<(u64, usize)> =
            bodies.iter().map(|body| asked(body).prompt()).map(|text| (text.digest, text.bytes)).collect();
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert_eq!(asked(bodies[0]).prompt().bytes, 14);
    }

    #[test]
    fn limits_and_wishes_are_read_from_each_api() {
        let limits = [
            (r#"{"max_tokens":7}"#, Some(7)),
            (r#"{"max_completion_tokens":8}"#, Some(8)),
            (r#"{"options":{"num_predict":9}}"#, Some(9)),
            (r#"{"options":{"num_predict":-1}}"#, None),
            (r#"{"max_tokens":null}"#, None),
        ];
        for (body, limit) in limits {
            assert_eq!(asked(body).limit(), limit, "{body}");
        }
        for (keep_alive, unloads) in [("0", true), ("\"0s\"", true), ("\"5m\"", false), ("-1", false), ("null", false)]
        {
            let body = format!("{{\"keep_alive\":{keep_alive}}}");
            assert_eq!(asked(&body).unloads(), unloads, "{body}");
        }
        assert!(asked(r#"{"stream_options":{"include_usage":true}}"#).wants_usage());
    }

    #[test]
    fn letters_are_spread_evenly_and_stay_what_they_are() {
        let letter = |text: &str| Text::of(text.as_bytes()).letter();
        let mut counts = [0; 4];
        (0..4000).for_each(|index| counts[letter(&format!("number {index}?")) as usize - 'A' as usize] += 1);
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
        let first: String = (0..12).map(|index| letter(&format!("number {index}?"))).collect();
        assert_eq!(first, "CAABBBCBBACB");
    }

    #[test]
    fn nonsense_is_no_request() {
        for body in ["", "[]", "1", "{\"model\":1}", "{\"prompt\":true}", "{\"messages\":{\"content\":1.5}}"] {
            assert!(serde_json::from_str::<MockRequest>(body).is_err(), "{body}");
        }
    }
}
