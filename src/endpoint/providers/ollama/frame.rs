//! Answers of Ollama's API: lines of JSON.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value as Json;

use crate::endpoint::answer::Answer;
use crate::endpoint::fault::Fault;
use crate::endpoint::surrogates;
use crate::endpoint::text::Text;
use crate::endpoint::thinking::Added;
use crate::response::Status;

/// A line of a stream, or a whole answer: both have the same members. Durations are nanoseconds;
/// a member that is absent is unknown.
#[derive(Deserialize)]
struct Line<'frame> {
    #[serde(borrow)]
    response: Option<Text<'frame>>,
    #[serde(borrow)]
    thinking: Option<Text<'frame>>,
    #[serde(borrow)]
    message: Option<Message<'frame>>,
    #[serde(default)]
    done: bool,
    #[serde(borrow)]
    done_reason: Option<Text<'frame>>,
    prompt_eval_count: Option<u64>,
    eval_count: Option<u64>,
    total_duration: Option<u64>,
    load_duration: Option<u64>,
    prompt_eval_duration: Option<u64>,
    eval_duration: Option<u64>,
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Message<'frame> {
    #[serde(borrow)]
    content: Option<Text<'frame>>,
    #[serde(borrow)]
    thinking: Option<Text<'frame>>,
}

/// Reads one line.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.finished {
        // What comes after the end is not part of the answer.
        return Ok(Added::default());
    }
    let mut spare = Vec::new();
    let line: Line<'_> = surrogates::from_slice(frame, &mut spare)
        .map_err(|error| Fault::new(Status::Malformed, format!("not an answer of Ollama's API: {error}")))?;
    if let Some(error) = line.error.filter(|error| !error.is_null()) {
        let text = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
        return Err(Fault::new(Status::StreamError, text));
    }
    if line.response.is_none() && line.message.is_none() && !line.done {
        return Err(Fault::new(Status::Malformed, "not an answer of Ollama's API: neither `response` nor `message`"));
    }
    let message = line.message.as_ref();
    let content = line.response.as_deref().or_else(|| message.and_then(|message| message.content.as_deref()));
    let thinking = line.thinking.as_deref().or_else(|| message.and_then(|message| message.thinking.as_deref()));
    let added = answer.add(content, thinking);
    if line.done {
        answer.finish();
        answer.over = true;
        answer.finish_reason = line.done_reason.map(Text::into_owned);
        answer.usage.prompt_tokens = line.prompt_eval_count;
        answer.usage.output_tokens = line.eval_count;
        answer.server.total = line.total_duration.map(Duration::from_nanos);
        answer.server.load = line.load_duration.map(Duration::from_nanos);
        answer.server.prompt_eval = line.prompt_eval_duration.map(Duration::from_nanos);
        answer.server.eval = line.eval_duration.map(Duration::from_nanos);
    }
    Ok(added)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_of_generate_is_read() {
        let mut answer = Answer::default();
        let lines: [&[u8]; 4] = [
            br#"{"model":"m","response":"","done":false}"#,
            br#"{"model":"m","response":" B","done":false}"#,
            br#"{"model":"m","response":".","done":false}"#,
            br#"{"model":"m","response":"","done":true,"done_reason":"stop","total_duration":5000000000,
                "prompt_eval_count":26,"eval_count":2,"eval_duration":4709213000,"context":[1]}"#,
        ];
        let added: Vec<bool> = lines.iter().map(|line| read(line, &mut answer).unwrap().content).collect();
        assert_eq!(added, [false, true, true, false]);
        assert_eq!((answer.text.as_str(), answer.finished), (" B.", true));
        assert_eq!(answer.usage.output_tokens, Some(2));
        assert_eq!(answer.server.total, Some(Duration::from_secs(5)));
        assert_eq!(answer.server.load, None);
    }

    #[test]
    fn thinking_is_kept_apart() {
        let mut answer = Answer::default();
        let added = read(br#"{"message":{"role":"assistant","content":"","thinking":"hm"},"done":false}"#, &mut answer);
        assert_eq!(added.unwrap(), Added { reasoning: true, ..Added::default() });
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("", "hm"));
    }

    #[test]
    fn errors_and_nonsense_are_faults() {
        let mut answer = Answer::default();
        let error = read(br#"{"error":"out of memory"}"#, &mut answer).unwrap_err();
        assert_eq!((error.status, error.message.as_str()), (Status::StreamError, "out of memory"));
        for frame in [&b"{}"[..], b"[]", b"<html>", b"{\"response\":1}", b"\xff", b""] {
            assert_eq!(read(frame, &mut answer).unwrap_err().status, Status::Malformed);
        }
    }
}
