//! Answers of OpenAI's APIs: chunks of a stream, or whole.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::endpoint::answer::Answer;
use crate::endpoint::fault::{Fault, error_text, text_of_error};
use crate::endpoint::surrogates;
use crate::endpoint::text::Text;
use crate::endpoint::thinking::Added;
use crate::response::Status;

/// A chunk of a stream, or a whole answer: one has `delta` where the other has `message`, and
/// completions have `text` where chat has either.
#[derive(Deserialize)]
struct Chunk<'frame> {
    #[serde(borrow)]
    choices: Option<Vec<Choice<'frame>>>,
    usage: Option<UsageObject>,
    timings: Option<Timings>,
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Choice<'frame> {
    #[serde(borrow)]
    delta: Option<Message<'frame>>,
    #[serde(borrow)]
    message: Option<Message<'frame>>,
    #[serde(borrow)]
    text: Option<Text<'frame>>,
    #[serde(borrow)]
    finish_reason: Option<Text<'frame>>,
}

#[derive(Deserialize)]
struct Message<'frame> {
    #[serde(borrow)]
    content: Option<Text<'frame>>,
    #[serde(borrow)]
    refusal: Option<Text<'frame>>,
    #[serde(borrow)]
    reasoning_content: Option<Text<'frame>>,
    #[serde(borrow)]
    reasoning: Option<Text<'frame>>,
}

#[derive(Deserialize)]
struct UsageObject {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    completion_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
    reasoning_tokens: Option<u64>,
}

/// llama-server's own measurements: milliseconds, and tokens; those from its cache are not in `prompt_n`.
#[derive(Deserialize)]
struct Timings {
    prompt_n: Option<u64>,
    prompt_ms: Option<f64>,
    predicted_n: Option<u64>,
    predicted_ms: Option<f64>,
    cache_n: Option<u64>,
}

/// Reads the data of one event, or a whole body.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.over {
        // What comes after the end is not part of the answer.
        return Ok(Added::default());
    }
    let mut spare = Vec::new();
    match surrogates::from_slice::<Chunk<'_>>(frame, &mut spare) {
        Ok(Chunk { error: Some(error), .. }) => Err(Fault::new(Status::StreamError, text_of_error(&error))),
        Ok(chunk) if chunk.choices.is_some() => Ok(take(chunk, answer)),
        _ => read_oddity(frame, answer),
    }
}

/// Reads a frame that is not a usual chunk: the end, an error, a chunk without choices.
fn read_oddity(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if frame.trim_ascii() == b"[DONE]" {
        answer.over = true;
        return Ok(Added::default());
    }
    let malformed =
        |detail: String| Fault::new(Status::Malformed, format!("not an answer of the OpenAI API: {detail}"));
    let json: Json = surrogates::from_slice(frame, &mut Vec::new()).map_err(|error| malformed(error.to_string()))?;
    if let Some(text) = error_text(&json) {
        return Err(Fault::new(Status::StreamError, text));
    }
    if !["choices", "usage", "timings"].iter().any(|member| json.get(member).is_some()) {
        return Err(malformed("no `choices`".to_owned()));
    }
    let chunk = Chunk::deserialize(&json).map_err(|error| malformed(error.to_string()))?;
    Ok(take(chunk, answer))
}

fn take(chunk: Chunk<'_>, answer: &mut Answer) -> Added {
    let mut added = Added::default();
    if let Some(choice) = chunk.choices.unwrap_or_default().into_iter().next() {
        added = match choice.delta.or(choice.message) {
            Some(message) => {
                let reasoning = message.reasoning_content.or(message.reasoning);
                answer.add(message.content.or(message.refusal).as_deref(), reasoning.as_deref())
            }
            None => answer.add(choice.text.as_deref(), None),
        };
        if choice.finish_reason.is_some() {
            answer.finish_reason = choice.finish_reason.map(Text::into_owned);
            answer.finish();
        }
    }
    take_counts(answer, chunk.usage, chunk.timings.as_ref());
    added
}

/// The last usage object counts: some servers send an empty one in every chunk.
fn take_counts(answer: &mut Answer, usage: Option<UsageObject>, timings: Option<&Timings>) {
    if let Some(usage) = usage {
        answer.usage.prompt_tokens = usage.prompt_tokens;
        answer.usage.output_tokens = usage.completion_tokens;
        let details = usage.prompt_tokens_details.as_ref();
        answer.usage.cached_prompt_tokens = details.and_then(|details| details.cached_tokens);
        answer.usage.cache_write_tokens = details.and_then(|details| details.cache_write_tokens);
        answer.usage.reasoning_tokens = usage.completion_tokens_details.and_then(|details| details.reasoning_tokens);
    }
    if let Some(timings) = timings {
        let milliseconds = |value: Option<f64>| value.and_then(|value| Duration::try_from_secs_f64(value / 1e3).ok());
        answer.server.prompt_eval = milliseconds(timings.prompt_ms);
        answer.server.eval = milliseconds(timings.predicted_ms);
        answer.server.total = match (answer.server.prompt_eval, answer.server.eval) {
            (Some(prompt), Some(eval)) => Some(prompt + eval),
            _ => None,
        };
        let prompt = timings.prompt_n.map(|count| count.saturating_add(timings.cache_n.unwrap_or(0)));
        answer.usage.prompt_tokens = answer.usage.prompt_tokens.or(prompt);
        // Timings of every chunk count up; a usage object, where there is one, has the final count.
        answer.usage.output_tokens = answer.usage.output_tokens.max(timings.predicted_n);
        answer.usage.cached_prompt_tokens = answer.usage.cached_prompt_tokens.or(timings.cache_n);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_all(frames: &[&str]) -> Result<Answer, Fault> {
        let mut answer = Answer::default();
        for frame in frames {
            read(frame.as_bytes(), &mut answer)?;
        }
        Ok(answer)
    }

    #[test]
    fn a_stream_is_read_with_its_usage() {
        let answer = read_all(&[
            r#"{"choices":[{"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
            r#"{"choices":[{"delta":{"content":"B"},"finish_reason":null}]}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4}},
                "timings":{"prompt_n":5,"prompt_ms":10.5,"predicted_ms":2.0,"cache_n":4}}"#,
            "[DONE]",
        ])
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.finished), ("B", true));
        assert_eq!(answer.usage.cached_prompt_tokens, Some(4));
        assert_eq!(answer.server.total, Some(Duration::from_micros(12_500)));
        assert_eq!(answer.server.load, None);
    }

    #[test]
    fn a_whole_answer_is_read() {
        let answer = read_all(&[
            r#"{"choices":[{"message":{"role":"assistant","content":"B","reasoning_content":"hm"},"finish_reason":"length"}],
                "usage":{"prompt_tokens":9,"completion_tokens":1}}"#,
        ])
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("B", "hm"));
        assert_eq!(answer.finish_reason.as_deref(), Some("length"));
    }

    #[test]
    fn completions_are_read() {
        let answer = read_all(&[
            r#"{"choices":[{"text":"B","index":0,"logprobs":null,"finish_reason":null}]}"#,
            r#"{"choices":[{"text":".","index":0,"logprobs":null,"finish_reason":"stop"}]}"#,
            "[DONE]",
        ])
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.finished), ("B.", true));
    }

    #[test]
    fn timings_count_where_no_usage_does() {
        let counts = |frames: &[&str]| {
            let usage = read_all(frames).unwrap().usage;
            (usage.prompt_tokens, usage.output_tokens, usage.cached_prompt_tokens)
        };
        let [first, last] = [1, 2].map(|predicted| {
            let timings = json!({ "prompt_n": 5, "predicted_n": predicted, "cache_n": 4 });
            json!({ "choices": [], "timings": timings }).to_string()
        });
        assert_eq!(counts(&[&first, &last]), (Some(9), Some(2), Some(4)));
        let usage = r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":3}}"#;
        assert_eq!(counts(&[usage, &last]), (Some(10), Some(3), Some(4)));
    }

    #[test]
    fn a_member_that_comes_twice_or_beside_an_error_is_no_trouble() {
        let answer = read_all(&[r#"{"choices":[],"choices":[{"delta":{"content":"\ud83d"},"finish_reason":"stop"}]}"#]);
        assert_eq!(answer.unwrap().text, "\u{fffd}");
        let error = read_all(&[r#"{"choices":1,"error":"no \ud83d"}"#]).unwrap_err();
        assert_eq!((error.status, error.message.as_str()), (Status::StreamError, "no \u{fffd}"));
    }

    #[test]
    fn odd_but_lawful_chunks_are_read() {
        for frame in [r#"{"choices":null,"usage":null}"#, r#"{"choices":[]}"#, " [DONE] "] {
            assert!(read_all(&[frame]).is_ok(), "{frame}");
        }
    }

    #[test]
    fn errors_and_nonsense_are_faults() {
        let error = read_all(&[r#"{"error":{"message":"overloaded"}}"#]).unwrap_err();
        assert_eq!((error.status, error.message.as_str()), (Status::StreamError, "overloaded"));
        for frame in ["{}", "[]", "null", "<html>", r#"{"choices":1}"#, ""] {
            assert_eq!(read_all(&[frame]).unwrap_err().status, Status::Malformed, "{frame}");
        }
    }
}
