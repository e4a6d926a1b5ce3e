//! Answers of the Responses API: events of a stream, or whole.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::super::usage::UsageObject;
use crate::endpoint::answer::{Answer, Piece};
use crate::endpoint::calls;
use crate::endpoint::content::Content;
use crate::endpoint::error_body;
use crate::endpoint::fault::Fault;
use crate::endpoint::flawed_json;
use crate::endpoint::lenient::{Number, Objects, Text};
use crate::endpoint::thinking::Added;

/// An event of a stream. A whole answer is a [`Response`] itself, and has no type.
#[derive(Deserialize)]
struct Event<'frame> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'frame>,
    #[serde(borrow, default)]
    delta: Content<'frame>,
    logprobs: Option<Json>,
    #[serde(default)]
    output_index: Number,
    item: Option<Json>,
}

/// The response as it stands at the end of a stream, or a whole answer.
#[derive(Deserialize)]
struct Response<'frame> {
    #[serde(borrow, default)]
    status: Text<'frame>,
    #[serde(default)]
    output: Json,
    #[serde(default)]
    usage: Objects<UsageObject>,
    #[serde(borrow, default)]
    incomplete_details: Objects<Incomplete<'frame>>,
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Incomplete<'frame> {
    #[serde(borrow, default)]
    reason: Text<'frame>,
}

/// The last event of a stream.
#[derive(Deserialize)]
struct Ended<'frame> {
    #[serde(borrow, default)]
    response: Objects<Response<'frame>>,
}

/// Reads the data of one event, or a whole body.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.over {
        // What comes after the end is not part of the answer.
        return Ok(Added::default());
    }
    let mut spare = Vec::new();
    match flawed_json::from_slice::<Event<'_>>(frame, &mut spare) {
        Ok(event) if !event.kind.is_empty() && &*event.kind != "error" => take_event(event, frame, answer),
        _ => read_whole(frame, answer),
    }
}

fn malformed(detail: &str, frame: &[u8]) -> Fault {
    Fault::malformed("the Responses API", detail, frame)
}

fn take_event(event: Event<'_>, frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    let kind = event.kind.strip_prefix("response.").unwrap_or(&event.kind);
    let numbered = |members: Json| {
        let mut call = members;
        call["index"] = event.output_index.count().into();
        Piece { calls: calls::parts(&call), ..Piece::default() }
    };
    let piece = match kind {
        "output_text.delta" => return Ok(answer.take_with(event.delta.into(), event.logprobs.as_ref())),
        "refusal.delta" => Piece { refusal: event.delta.into_words(), ..Piece::default() },
        // Servers name the reasoning itself and its summary apart.
        kind if kind.starts_with("reasoning") && kind.ends_with(".delta") => {
            Piece { reasoning: event.delta.into_words(), ..Piece::default() }
        }
        "function_call_arguments.delta" | "custom_tool_call_input.delta" => {
            numbered(json!({ "arguments": event.delta.into_words() }))
        }
        "output_item.added" => match event.item.as_ref().filter(|item| is_call(item)) {
            Some(item) => numbered(json!({ "name": item["name"], "arguments": item["arguments"] })),
            None => return Ok(Added::default()),
        },
        "completed" | "incomplete" | "failed" | "cancelled" | "done" => {
            let mut spare = Vec::new();
            let ended: Option<Ended<'_>> = flawed_json::from_slice(frame, &mut spare).ok();
            return match ended.and_then(|ended| ended.response.first) {
                Some(response) => take_end(response, answer),
                None => end_without_response(kind, answer),
            };
        }
        // A part begins or ends, a tool of the server's own is at work, or the API has a new event: no token.
        _ => return Ok(Added::default()),
    };
    Ok(answer.take(piece))
}

fn is_call(item: &Json) -> bool {
    matches!(item["type"].as_str(), Some("function_call" | "custom_tool_call"))
}

/// A server that says how it ended, and nothing else.
fn end_without_response(kind: &str, answer: &mut Answer) -> Result<Added, Fault> {
    if kind != "done" {
        answer.finish_reason = Some(kind.to_owned());
    }
    answer.finish();
    answer.over = true;
    Ok(Added::default())
}

/// Reads a frame that is no event: a whole answer, an error, the end of servers that mark it as those of other APIs do.
fn read_whole(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if frame.trim_ascii().eq_ignore_ascii_case(b"[DONE]") {
        answer.finish();
        answer.over = true;
        return Ok(Added::default());
    }
    let json: Json =
        flawed_json::from_slice(frame, &mut Vec::new()).map_err(|error| malformed(&error.to_string(), frame))?;
    if let Some(error) = error_body::find(&json) {
        return Err(Fault::told(error, &json));
    }
    if json.get("output").is_none() {
        return Err(malformed("no `output`", frame));
    }
    let response = Response::deserialize(&json).map_err(|error| malformed(&error.to_string(), frame))?;
    if matches!(&*response.status, "queued" | "in_progress") {
        return Err(malformed(&format!("its status is `{}`", &*response.status), frame));
    }
    take_end(response, answer)
}

/// Takes in the response as it is at the end. What was streamed stays as it came.
fn take_end(response: Response<'_>, answer: &mut Answer) -> Result<Added, Fault> {
    if let Some(error) = response.error.filter(error_body::is_error) {
        return Err(Fault::told(&error, &Json::Null));
    }
    let added = match answer.bytes() {
        0 => take_output(&response.output, answer)?,
        _ => Added::default(),
    };
    if let Some(usage) = response.usage.first {
        answer.usage = usage.read();
    }
    let reason = response.incomplete_details.first.map(|incomplete| incomplete.reason);
    answer.end_with(reason.filter(|reason| !reason.is_empty()).unwrap_or(response.status));
    answer.finish();
    answer.over = true;
    Ok(added)
}

fn take_output(output: &Json, answer: &mut Answer) -> Result<Added, Fault> {
    let content =
        Content::deserialize(output).map_err(|error| malformed(&error.to_string(), output.to_string().as_bytes()))?;
    let parts = output.as_array().into_iter().flatten().filter_map(|item| item.get("content")?.as_array()).flatten();
    let tokens: Vec<Json> = parts.filter_map(|part| part.get("logprobs")?.as_array()).flatten().cloned().collect();
    let logprobs = (!tokens.is_empty()).then_some(Json::Array(tokens));
    Ok(answer.take_with(content.into(), logprobs.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::finish;

    fn stream(events: &[Json]) -> Answer {
        let mut answer = Answer::default();
        for event in events {
            read(event.to_string().as_bytes(), &mut answer).unwrap();
        }
        answer
    }

    fn delta(kind: &str, text: &str) -> Json {
        json!({ "type": kind, "output_index": 1, "delta": text, "sequence_number": 3 })
    }

    fn usage() -> Json {
        json!({
            "input_tokens": 36, "input_tokens_details": { "cached_tokens": 4 }, "output_tokens": 87,
            "output_tokens_details": { "reasoning_tokens": 60 }, "total_tokens": 123,
        })
    }

    #[test]
    fn a_stream_is_read_event_by_event() {
        let answer = stream(&[
            json!({ "type": "response.created", "response": { "status": "in_progress", "output": [], "usage": null } }),
            json!({ "type": "response.output_item.added", "output_index": 0, "item": { "type": "reasoning" } }),
            delta("response.reasoning_summary_text.delta", "Let me"),
            delta("response.reasoning_text.delta", " see"),
            json!({ "type": "response.content_part.added", "part": { "type": "output_text", "text": "" } }),
            delta("response.output_text.delta", "The letter"),
            delta("response.output_text.delta", " is B"),
            json!({ "type": "response.output_text.done", "text": "The letter is B" }),
            json!({ "type": "response.completed", "response": { "status": "completed", "usage": usage(),
                "output": [{ "type": "message", "content": [{ "type": "output_text", "text": "The letter is B" }] }] } }),
            json!({ "type": "response.output_text.delta", "delta": "late" }),
        ]);
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("The letter is B", "Let me see"));
        assert!(answer.finished && answer.over);
        let usage = answer.usage;
        assert_eq!((usage.prompt_tokens, usage.output_tokens), (Some(36), Some(87)));
        assert_eq!((usage.cached_prompt_tokens, usage.reasoning_tokens), (Some(4), Some(60)));
        assert_eq!(finish::meaning(&[], answer.word_for_the_end().unwrap()), finish::Finish::Complete);
    }

    #[test]
    fn a_whole_answer_is_read_at_once() {
        let logprob = json!({ "token": "B", "logprob": -0.1, "top_logprobs": [{ "token": "C", "logprob": -2.5 }] });
        let output = json!([
            { "type": "reasoning", "summary": [{ "type": "summary_text", "text": "hm" }] },
            { "type": "web_search_call", "action": { "query": "?" } },
            { "type": "message", "role": "assistant", "content": [
                { "type": "output_text", "text": "B", "annotations": [], "logprobs": [logprob] }] },
        ]);
        let whole =
            json!({ "object": "response", "error": null, "status": "completed", "output": output, "usage": usage() });
        let answer = stream(&[whole]);
        assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("B", "hm"));
        assert_eq!(answer.alternatives.len(), 2);
        assert!(answer.finished);
    }

    #[test]
    fn an_answer_at_its_limit_is_capped_and_a_filtered_one_refused() {
        for (reason, expected) in
            [("max_output_tokens", finish::Finish::Capped), ("content_filter", finish::Finish::Refused)]
        {
            let response = json!({ "status": "incomplete", "incomplete_details": { "reason": reason } });
            let answer = stream(&[
                delta("response.output_text.delta", "The"),
                json!({ "type": "response.incomplete", "response": response }),
            ]);
            assert_eq!(finish::meaning(&[], answer.word_for_the_end().unwrap()), expected, "{reason}");
        }
        let answer = stream(&[delta("response.refusal.delta", "I cannot"), json!({ "type": "response.completed" })]);
        assert!(answer.is_refusal && answer.finished && answer.text == "I cannot");
    }

    #[test]
    fn calls_of_tools_come_whole_or_in_pieces() {
        let call = json!({ "type": "function_call", "name": "add", "arguments": "{\"a\":1}", "call_id": "c" });
        let whole = stream(&[json!({ "status": "completed", "output": [call] })]);
        let added = json!({ "type": "function_call", "name": "add", "arguments": "" });
        let streamed = stream(&[
            json!({ "type": "response.output_item.added", "output_index": 1, "item": added }),
            delta("response.function_call_arguments.delta", "{\"a\""),
            delta("response.function_call_arguments.delta", ":1}"),
            json!({ "type": "response.completed", "response": { "status": "completed", "output": [call] } }),
        ]);
        for answer in [whole, streamed] {
            assert_eq!(answer.word_for_the_end(), Some("tool_calls"));
            let calls = answer.calls.into_list();
            assert_eq!((calls[0].name.as_str(), calls[0].arguments.as_str(), calls.len()), ("add", "{\"a\":1}", 1));
        }
    }

    #[test]
    fn errors_are_told_in_the_words_of_the_server() {
        let fault = |frame: &Json| read(frame.to_string().as_bytes(), &mut Answer::default()).unwrap_err();
        let error = json!({ "code": "rate_limit_exceeded", "message": "slow down" });
        for frame in [
            json!({ "type": "error", "code": "rate_limit_exceeded", "message": "slow down" }),
            json!({ "type": "error", "error": error }),
            json!({ "type": "response.failed", "response": { "status": "failed", "error": error, "output": [] } }),
            json!({ "object": "response", "status": "failed", "error": error, "output": [] }),
        ] {
            assert!(fault(&frame).line().contains("slow down"), "{frame}: {}", fault(&frame).line());
        }
        assert!(fault(&json!({ "choices": [] })).line().contains("no `output`"));
        assert!(fault(&json!({ "output": [], "status": "queued" })).line().contains("`queued`"));
        assert!(read(b"{", &mut Answer::default()).is_err());
        let mut answer = Answer::default();
        read(b"[DONE]", &mut answer).unwrap();
        assert!(answer.finished);
    }
}
