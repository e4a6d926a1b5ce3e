//! Answers of Anthropic's API: events of a stream, or whole.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::endpoint::answer::Answer;
use crate::endpoint::content::Content;
use crate::endpoint::error_body;
use crate::endpoint::fault::Fault;
use crate::endpoint::finish;
use crate::endpoint::flawed_json;
use crate::endpoint::lenient::{Number, Objects, Text};
use crate::endpoint::thinking::Added;

/// An event of a stream, or a whole answer, which has the members of a message itself.
#[derive(Deserialize)]
struct Event<'frame> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'frame>,
    #[serde(default)]
    message: Objects<Started>,
    #[serde(borrow, default)]
    delta: Content<'frame>,
    #[serde(borrow, default)]
    content_block: Content<'frame>,
    #[serde(borrow, default)]
    content: Content<'frame>,
    #[serde(borrow, default)]
    stop_reason: Text<'frame>,
    #[serde(default)]
    usage: Objects<UsageObject>,
    error: Option<Json>,
}

/// The message of `message_start`: nothing but counts.
#[derive(Deserialize)]
struct Started {
    #[serde(default)]
    usage: Objects<UsageObject>,
}

/// What `message_delta` says of the end.
#[derive(Deserialize)]
struct Ended<'frame> {
    #[serde(borrow, default)]
    delta: Objects<Reason<'frame>>,
}

#[derive(Deserialize)]
struct Reason<'frame> {
    #[serde(borrow, default)]
    stop_reason: Text<'frame>,
}

/// Counts so far. `input_tokens` are neither read from a cache nor written into one.
#[derive(Default, Deserialize)]
#[serde(default)]
struct UsageObject {
    input_tokens: Number,
    cache_creation_input_tokens: Number,
    cache_read_input_tokens: Number,
    output_tokens: Number,
    output_tokens_details: Objects<Details>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    reasoning_tokens: Number,
    thinking_tokens: Number,
}

/// Reads the data of one event, or a whole body.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.over {
        // What comes after the end is not part of the answer.
        return Ok(Added::default());
    }
    let malformed = |detail: String| Fault::malformed("Anthropic's API", detail, frame);
    let mut spare = Vec::new();
    let event = match flawed_json::from_slice::<Event<'_>>(frame, &mut spare) {
        Ok(event) if event.error.is_none() && !event.kind.is_empty() => event,
        Ok(_) => return Err(read_error(frame).unwrap_or_else(|| malformed("no `type`".to_owned()))),
        Err(error) => return Err(read_error(frame).unwrap_or_else(|| malformed(error.to_string()))),
    };
    let mut added = Added::default();
    match &*event.kind {
        // Some servers put the first words into the start of a block.
        "content_block_start" => added = answer.take(event.content_block.into()),
        "content_block_delta" => added = answer.take(event.delta.into()),
        "message_start" => take_counts(answer, event.message.first.and_then(|message| message.usage.first)),
        "message_delta" => {
            let ended: Option<Ended<'_>> = serde_json::from_slice(frame).ok();
            let reason = ended.and_then(|ended| ended.delta.first).map(|reason| reason.stop_reason);
            if let Some(reason) = reason.filter(|reason| !finish::is_none(reason)) {
                // All of the answer has come; what may still follow is its end alone.
                answer.end_with(reason);
            }
            take_counts(answer, event.usage.first);
        }
        "message_stop" => {
            answer.finish();
            answer.over = true;
        }
        "message" => {
            added = answer.take(event.content.into());
            answer.end_with(event.stop_reason);
            take_counts(answer, event.usage.first);
            answer.finish();
        }
        // A ping, the end of a block, or an event that the API may add: no token.
        _ => {}
    }
    Ok(added)
}

/// The error that a frame reports, if it does.
fn read_error(frame: &[u8]) -> Option<Fault> {
    let json: Json = flawed_json::from_slice(frame, &mut Vec::new()).ok()?;
    error_body::find(&json).map(|error| Fault::told(error, &json))
}

/// Counts are cumulative, and what a later event leaves out stays as it was.
fn take_counts(answer: &mut Answer, usage: Option<UsageObject>) {
    let Some(new) = usage else { return };
    let old = answer.usage;
    let cached = new.cache_read_input_tokens.count().or(old.cached_prompt_tokens);
    let written = new.cache_creation_input_tokens.count().or(old.cache_write_tokens);
    let sum = |cached: Option<u64>, written: Option<u64>| cached.unwrap_or(0).saturating_add(written.unwrap_or(0));
    let old_sum = sum(old.cached_prompt_tokens, old.cache_write_tokens);
    let fresh = new.input_tokens.count().or(old.prompt_tokens.map(|all| all.saturating_sub(old_sum)));
    answer.usage.prompt_tokens = fresh.map(|fresh| fresh.saturating_add(sum(cached, written)));
    answer.usage.cached_prompt_tokens = cached;
    answer.usage.cache_write_tokens = written;
    answer.usage.output_tokens = new.output_tokens.count().or(old.output_tokens);
    let details = new.output_tokens_details.first.unwrap_or_default();
    let reasoning = details.reasoning_tokens.count().or(details.thinking_tokens.count());
    answer.usage.reasoning_tokens = reasoning.or(old.reasoning_tokens);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;

    fn read_all(frames: &[&str]) -> Result<Answer, Fault> {
        let mut answer = Answer::default();
        for frame in frames {
            read(frame.as_bytes(), &mut answer)?;
        }
        Ok(answer)
    }

    const START: &str = r#"{"type":"message_start","message":{"type":"message","role":"assistant","content":[],
        "stop_reason":null,"usage":{"input_tokens":10,"cache_creation_input_tokens":3,"cache_read_input_tokens":4,
        "output_tokens":1}}}"#;

    #[test]
    fn a_stream_is_read_with_its_usage() {
        let frames = [
            START,
            r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
            r#"{"type":"ping"}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
            r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"abc"}}"#,
            r#"{"type":"content_block_stop","index":0}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"B"}}"#,
            r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}"#,
            r#"{"type":"message_stop"}"#,
            r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"more"}}"#,
        ];
        let mut answer = Answer::default();
        let added = frames.map(|frame| read(frame.as_bytes(), &mut answer).unwrap());
        let tokens: Vec<usize> = (0..frames.len()).filter(|at| added[*at].content || added[*at].reasoning).collect();
        assert_eq!(tokens, [3, 6]);
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str(), answer.finished), ("B", "hm", true));
        assert_eq!(answer.finish_reason.as_deref(), Some("end_turn"));
        let usage = answer.usage;
        assert_eq!((usage.prompt_tokens, usage.output_tokens), (Some(17), Some(15)));
        assert_eq!((usage.cached_prompt_tokens, usage.cache_write_tokens), (Some(4), Some(3)));
    }

    #[test]
    fn the_last_counts_are_the_counts() {
        let usage = r#"{"input_tokens":20,"cache_read_input_tokens":0,"output_tokens":2}"#;
        let last = format!(r#"{{"type":"message_delta","delta":{{}},"usage":{usage}}}"#);
        let usage = read_all(&[START, &last]).unwrap().usage;
        assert_eq!((usage.prompt_tokens, usage.output_tokens), (Some(23), Some(2)));
        assert_eq!((usage.cached_prompt_tokens, usage.cache_write_tokens), (Some(0), Some(3)));
        assert_eq!(read_all(&[START]).unwrap().usage.output_tokens, Some(1));
    }

    #[test]
    fn a_whole_answer_is_read() {
        let answer = read_all(&[r#"{"type":"message","role":"assistant","stop_reason":"max_tokens","content":[
                {"type":"thinking","thinking":"hm"},{"type":"text","text":"B"},{"type":"text","text":"."}],
                "usage":{"input_tokens":9,"output_tokens":3}}"#])
        .unwrap();
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("B.", "hm"));
        assert_eq!((answer.finished, answer.finish_reason.as_deref()), (true, Some("max_tokens")));
        assert_eq!((answer.usage.prompt_tokens, answer.usage.cached_prompt_tokens), (Some(9), None));
    }

    #[test]
    fn an_answer_is_finished_by_its_reason_and_over_with_its_last_event() {
        let end = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}"#;
        let answer = read_all(&[START, end]).unwrap();
        assert_eq!((answer.finished, answer.over), (true, false));
        assert!(!read_all(&[START]).unwrap().finished);
    }

    #[test]
    fn errors_and_nonsense_are_faults() {
        let error = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        let error = read_all(&[START, error]).unwrap_err();
        assert_eq!((error.status, error.message.as_str()), (Status::StreamError, "Overloaded (overloaded_error)"));
        for frame in ["{}", "[]", "null", "<html>", r#"{"type":1}"#, r#"{"type":null}"#, "", "[DONE]"] {
            assert_eq!(read_all(&[frame]).unwrap_err().status, Status::Malformed, "{frame}");
        }
        assert!(read_all(&[r#"{"type":"of_tomorrow"}"#]).is_ok());
    }
}
