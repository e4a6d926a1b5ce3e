//! Answers of Ollama's API: lines of JSON.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::endpoint::answer::{Answer, Piece};
use crate::endpoint::calls;
use crate::endpoint::content::Content;
use crate::endpoint::error_body;
use crate::endpoint::fault::Fault;
use crate::endpoint::finish;
use crate::endpoint::flawed_json;
use crate::endpoint::lenient::{Number, Objects, Text, Truth};
use crate::endpoint::thinking::Added;

/// A line of a stream, or a whole answer: both have the same members. Durations are nanoseconds;
/// a member that is absent is unknown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line<'frame> {
    #[serde(borrow)]
    response: Option<Content<'frame>>,
    #[serde(borrow)]
    thinking: Content<'frame>,
    #[serde(borrow)]
    message: Objects<Message<'frame>>,
    logprobs: Option<Json>,
    done: Truth,
    #[serde(borrow)]
    done_reason: Text<'frame>,
    prompt_eval_count: Number,
    prompt_eval_cached_count: Number,
    prompt_cached_count: Number,
    cached_prompt_eval_count: Number,
    cached_tokens: Number,
    eval_count: Number,
    reasoning_eval_count: Number,
    thinking_eval_count: Number,
    total_duration: Number,
    load_duration: Number,
    prompt_eval_duration: Number,
    eval_duration: Number,
    error: Option<Json>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'frame> {
    #[serde(borrow)]
    content: Content<'frame>,
    #[serde(borrow)]
    thinking: Content<'frame>,
    #[serde(borrow)]
    reasoning: Content<'frame>,
    tool_calls: Option<Json>,
}

impl Line<'_> {
    fn is_answer(&self) -> bool {
        self.response.is_some() || self.message.is_there || self.done.0
    }
}

/// Reads one line.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.finished || frame.trim_ascii() == b"[DONE]" {
        // What comes after the end is not part of the answer.
        return Ok(Added::default());
    }
    let malformed = |detail: &str| Fault::malformed("Ollama's API", detail, frame);
    let mut spare = Vec::new();
    let line = match flawed_json::from_slice::<Line<'_>>(frame, &mut spare) {
        Ok(line) if line.is_answer() && !line.error.as_ref().is_some_and(error_body::is_error) => line,
        outcome => {
            let json: Option<Json> = flawed_json::from_slice(frame, &mut Vec::new()).ok();
            let told = json.as_ref().and_then(|json| error_body::find(json).map(|error| Fault::told(error, json)));
            let detail = outcome.err().map(|error| error.to_string());
            let detail = detail.as_deref().unwrap_or("neither `response` nor `message`");
            return Err(told.unwrap_or_else(|| malformed(detail)));
        }
    };
    Ok(take(line, answer))
}

fn take(line: Line<'_>, answer: &mut Answer) -> Added {
    let message = line.message.first.unwrap_or_default();
    let mut piece = Piece::from(line.response.unwrap_or(message.content));
    piece.calls.extend(message.tool_calls.iter().flat_map(calls::parts));
    for thought in [line.thinking, message.thinking, message.reasoning] {
        if piece.reasoning.is_empty() {
            piece.reasoning = thought.into_words();
        }
    }
    let added = answer.take_with(piece, line.logprobs.as_ref());
    if line.done.0 {
        answer.finish();
        answer.over = true;
        if !finish::is_none(&line.done_reason) {
            answer.finish_reason = Some(line.done_reason.into_owned());
        }
        let first = |names: &[Number]| names.iter().find_map(|name| name.count());
        answer.usage.prompt_tokens = line.prompt_eval_count.count();
        answer.usage.output_tokens = line.eval_count.count();
        answer.usage.cached_prompt_tokens = first(&[
            line.prompt_eval_cached_count,
            line.prompt_cached_count,
            line.cached_prompt_eval_count,
            line.cached_tokens,
        ]);
        answer.usage.reasoning_tokens = first(&[line.reasoning_eval_count, line.thinking_eval_count]);
        answer.server.total = line.total_duration.nanoseconds();
        answer.server.load = line.load_duration.nanoseconds();
        answer.server.prompt_eval = line.prompt_eval_duration.nanoseconds();
        answer.server.eval = line.eval_duration.nanoseconds();
    }
    added
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::response::Status;

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
        for frame in [&b"{}"[..], b"[]", b"<html>", b"{\"response\":null}", b"\xff", b""] {
            assert_eq!(read(frame, &mut answer).unwrap_err().status, Status::Malformed);
        }
    }

    #[test]
    fn members_of_another_type_leave_the_rest_of_a_line_as_it_is() {
        let mut answer = Answer::default();
        let line = br#"{"model":7,"response":"B","thinking":[],"done":"true","done_reason":1,"error":null,"extra":[{}],
            "prompt_eval_count":100.0,"prompt_eval_cached_count":"90","eval_count":-1,"eval_duration":"x"}"#;
        assert!(read(line, &mut answer).unwrap().content);
        assert_eq!((answer.text.as_str(), answer.finished, answer.finish_reason), ("B", true, None));
        let usage = answer.usage;
        assert_eq!((usage.prompt_tokens, usage.cached_prompt_tokens), (Some(100), Some(90)));
        assert_eq!((usage.output_tokens, answer.server.eval), (None, None));
    }

    #[test]
    fn a_call_of_a_tool_is_seen() {
        let mut answer = Answer::default();
        let call =
            br#"{"message":{"content":"","tool_calls":[{"function":{"name":"f"}}]},"done":true,"done_reason":"stop"}"#;
        read(call, &mut answer).unwrap();
        assert_eq!((!answer.calls.is_empty(), answer.word_for_the_end()), (true, Some("tool_calls")));
    }
}
