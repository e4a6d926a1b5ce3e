//! Answers of OpenAI's APIs: chunks of a stream, or whole.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value as Json;

use super::usage::UsageObject;
use crate::endpoint::answer::{Answer, Piece};
use crate::endpoint::calls;
use crate::endpoint::content::Content;
use crate::endpoint::error_body;
use crate::endpoint::fault::Fault;
use crate::endpoint::finish::{self, Finish};
use crate::endpoint::flawed_json;
use crate::endpoint::lenient::{Number, Objects, Text};
use crate::endpoint::thinking::Added;

/// A chunk of a stream, or a whole answer: one has `delta` where the other has `message`, and
/// completions have `text` where chat has either.
#[derive(Deserialize)]
struct Chunk<'frame> {
    #[serde(borrow, default)]
    choices: Objects<Choice<'frame>>,
    #[serde(default)]
    usage: Objects<UsageObject>,
    /// Gemini's own place for the counts.
    #[serde(default, rename = "usageMetadata")]
    usage_metadata: Objects<UsageObject>,
    /// Groq's own place for the counts of a stream.
    #[serde(default)]
    x_groq: Objects<Groq>,
    #[serde(default)]
    timings: Objects<Timings>,
    prompt_feedback: Option<Json>,
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Groq {
    #[serde(default)]
    usage: Objects<UsageObject>,
}

#[derive(Deserialize)]
struct Choice<'frame> {
    #[serde(default)]
    index: Number,
    #[serde(borrow, default)]
    delta: Objects<Message<'frame>>,
    #[serde(borrow, default)]
    message: Objects<Message<'frame>>,
    #[serde(borrow, default)]
    text: Content<'frame>,
    /// A word; an object of SGLang also says what went wrong.
    finish_reason: Option<Json>,
    logprobs: Option<Json>,
    /// Moonshot's own place for the counts of a stream.
    #[serde(default)]
    usage: Objects<UsageObject>,
    error: Option<Json>,
}

#[derive(Deserialize)]
struct Message<'frame> {
    #[serde(borrow, default)]
    content: Content<'frame>,
    #[serde(borrow, default)]
    refusal: Content<'frame>,
    #[serde(borrow, default)]
    reasoning_content: Content<'frame>,
    #[serde(borrow, default)]
    reasoning: Content<'frame>,
    #[serde(borrow, default)]
    thinking: Content<'frame>,
    #[serde(borrow, default)]
    reasoning_details: Content<'frame>,
    #[serde(borrow, default)]
    reasoning_text: Content<'frame>,
    #[serde(borrow, default)]
    thinking_content: Content<'frame>,
    /// A spoken answer.
    #[serde(borrow, default)]
    audio: Objects<Audio<'frame>>,
    tool_calls: Option<Json>,
    function_call: Option<Json>,
}

#[derive(Deserialize)]
struct Audio<'frame> {
    #[serde(borrow, default)]
    transcript: Content<'frame>,
}

/// llama-server's own measurements: milliseconds, and tokens; those from its cache are not in `prompt_n`.
#[derive(Deserialize)]
struct Timings {
    #[serde(default)]
    prompt_n: Number,
    #[serde(default)]
    prompt_ms: Number,
    #[serde(default)]
    predicted_n: Number,
    #[serde(default)]
    predicted_ms: Number,
    #[serde(default)]
    cache_n: Number,
}

/// Reads the data of one event, or a whole body.
pub(super) fn read(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if answer.over {
        // What comes after the end is not part of the answer.
        return Ok(Added::default());
    }
    let mut spare = Vec::new();
    match flawed_json::from_slice::<Chunk<'_>>(frame, &mut spare) {
        Ok(chunk) if chunk.choices.is_there && !chunk.error.as_ref().is_some_and(error_body::is_error) => {
            take(chunk, answer)
        }
        _ => read_oddity(frame, answer),
    }
}

/// Reads a frame that is not a usual chunk: the end, an error, a chunk without choices.
fn read_oddity(frame: &[u8], answer: &mut Answer) -> Result<Added, Fault> {
    if frame.trim_ascii().eq_ignore_ascii_case(b"[DONE]") {
        answer.finish();
        answer.over = true;
        return Ok(Added::default());
    }
    let malformed = |detail: String| Fault::malformed("the OpenAI API", detail, frame);
    let json: Json = flawed_json::from_slice(frame, &mut Vec::new()).map_err(|error| malformed(error.to_string()))?;
    if let Some(error) = error_body::find(&json) {
        return Err(Fault::told(error, &json));
    }
    if is_sign_of_life(&json, answer) {
        return Ok(Added::default());
    }
    if let Json::Array(chunks) = &json
        && chunks.iter().any(|chunk| chunk.get("choices").is_some())
    {
        return read_list(chunks, answer);
    }
    let is_chunk = json.get("choices").is_some_and(|choices| !choices.is_number() && !choices.is_string());
    let is_of_others = TEXTS.iter().any(|member| json.get(member).is_some_and(|text| !text.is_null()));
    if !is_chunk && (is_of_others || !["usage", "timings"].iter().any(|member| json.get(member).is_some())) {
        return Err(malformed("no `choices`".to_owned()));
    }
    let chunk = Chunk::deserialize(&json).map_err(|error| malformed(error.to_string()))?;
    take(chunk, answer)
}

/// Reads a stream that comes as one list of its chunks.
fn read_list(chunks: &[Json], answer: &mut Answer) -> Result<Added, Fault> {
    let mut added = Added::default();
    for chunk in chunks {
        let one = read(chunk.to_string().as_bytes(), answer)?;
        added.content |= one.content;
        added.reasoning |= one.reasoning;
        added.call |= one.call;
    }
    // The list is whole, so the answer is.
    answer.finish();
    Ok(added)
}

/// True if the prompt was blocked before there was an answer, as Gemini says it.
fn is_blocked(feedback: &Json) -> bool {
    ["block_reason", "blockReason"].iter().any(|name| feedback.get(name).is_some_and(Json::is_string))
}

/// Words of events that say no more than that the server is there.
const SIGNS: [&str; 7] = ["ping", "heartbeat", "keepalive", "keep-alive", "keep_alive", "queue", "progress"];

/// True if an event of a stream says only that the server is there: by its name, or as an empty object within an answer.
fn is_sign_of_life(json: &Json, answer: &Answer) -> bool {
    let Some(object) = json.as_object().filter(|object| !object.contains_key("choices")) else { return false };
    let names = ["type", "object", "event"].iter().filter_map(|name| object.get(*name)?.as_str());
    let is_named = names.into_iter().any(|name| SIGNS.iter().any(|sign| name.to_lowercase().contains(sign)));
    is_named || (object.is_empty() && answer.bytes() > 0)
}

/// Members that hold the text of an answer in the APIs of others.
const TEXTS: [&str; 5] = ["output", "response", "generated_text", "message", "content"];

fn take(chunk: Chunk<'_>, answer: &mut Answer) -> Result<Added, Fault> {
    let mut added = Added::default();
    let mut usage = chunk.usage.first.or_else(|| chunk.x_groq.first.and_then(|groq| groq.usage.first));
    usage = usage.or(chunk.usage_metadata.first);
    if chunk.prompt_feedback.as_ref().is_some_and(is_blocked) {
        answer.end_with(Text::of("content_filter"));
    }
    for choice in chunk.choices.first.into_iter().chain(chunk.choices.others) {
        if !answer.reads(choice.index.count()) {
            continue;
        }
        if let Some(error) = choice.error.filter(error_body::is_error) {
            return Err(Fault::told(&error, &Json::Null));
        }
        usage = usage.or(choice.usage.first);
        added = match choice.delta.first.or(choice.message.first) {
            Some(message) => answer.take_with(message.into(), choice.logprobs.as_ref()),
            None => answer.take_with(choice.text.into(), choice.logprobs.as_ref()),
        };
        if let Some(reason) = &choice.finish_reason {
            take_end(reason, answer)?;
        }
    }
    take_counts(answer, usage, chunk.timings.first.as_ref());
    Ok(added)
}

/// Takes in why generation ended: a word, or an object that has one.
fn take_end(reason: &Json, answer: &mut Answer) -> Result<(), Fault> {
    let word = ["type", "reason", "finish_reason"].iter().find_map(|name| reason.get(name)?.as_str());
    let word = word.or(reason.as_str()).unwrap_or_default();
    let has_failed = finish::meaning(&[], word) == Finish::Failed;
    if has_failed && reason.get("message").is_some_and(error_body::is_error) {
        return Err(Fault::told(reason, &Json::Null));
    }
    answer.end_with(Text::of(word));
    Ok(())
}

impl<'frame> From<Message<'frame>> for Piece<'frame> {
    fn from(message: Message<'frame>) -> Self {
        // Some servers send the same reasoning under several names.
        let names = [
            message.reasoning_content,
            message.reasoning,
            message.thinking,
            message.reasoning_details,
            message.reasoning_text,
            message.thinking_content,
        ];
        let apart = names.into_iter().map(Content::into_words).find(|words| !words.is_empty());
        let mut piece = Self::from(message.content);
        for called in [message.tool_calls, message.function_call].iter().flatten() {
            piece.calls.extend(calls::parts(called));
        }
        if piece.reasoning.is_empty() {
            piece.reasoning = apart.unwrap_or(Cow::Borrowed(""));
        }
        if piece.refusal.is_empty() {
            piece.refusal = message.refusal.into_words();
        }
        if piece.text.is_empty()
            && let Some(audio) = message.audio.first
        {
            piece.text = audio.transcript.into_words();
        }
        piece
    }
}

/// The last usage object counts: some servers send an empty one in every chunk, or at the end.
fn take_counts(answer: &mut Answer, usage: Option<UsageObject>, timings: Option<&Timings>) {
    if let Some(usage) = usage {
        answer.usage = usage.read().after(&answer.usage);
    }
    if let Some(timings) = timings {
        answer.server.prompt_eval = timings.prompt_ms.milliseconds();
        answer.server.eval = timings.predicted_ms.milliseconds();
        answer.server.total = match (answer.server.prompt_eval, answer.server.eval) {
            (Some(prompt), Some(eval)) => Some(prompt.saturating_add(eval)),
            _ => None,
        };
        let cached = timings.cache_n.count();
        let prompt = timings.prompt_n.count().map(|count| count.saturating_add(cached.unwrap_or(0)));
        answer.usage.prompt_tokens = answer.usage.prompt_tokens.or(prompt);
        // Timings of every chunk count up; a usage object, where there is one, has the final count.
        answer.usage.output_tokens = answer.usage.output_tokens.max(timings.predicted_n.count());
        answer.usage.cached_prompt_tokens = answer.usage.cached_prompt_tokens.or(cached);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::response::Status;

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
    fn a_model_that_ends_without_a_word_shows_what_it_might_have_said() {
        let frame = |text: &str, token: &str| {
            let top = format!(r#"[{{"token":"{token}","logprob":-0.5}},{{"token":" A","logprob":-2.9}}]"#);
            let content = format!(r#"{{"content":[{{"token":"{token}","logprob":-0.5,"top_logprobs":{top}}}]}}"#);
            format!(r#"{{"choices":[{{"text":"{text}","index":0,"logprobs":{content}}}]}}"#)
        };
        let end = r#"{"choices":[{"text":"","index":0,"logprobs":null,"finish_reason":"stop"}]}"#;
        let tokens = |frames: &[&str]| -> Vec<String> {
            let alternatives = read_all(frames).unwrap().alternatives;
            alternatives.into_iter().map(|alternative| alternative.0).collect()
        };
        assert_eq!(tokens(&[&frame("", ""), end, "[DONE]"]), ["", " A"]);
        assert_eq!(tokens(&[&frame("", "<s>"), &frame("B", "B"), end, "[DONE]"]), ["B", " A"]);
        assert_eq!(tokens(&[&frame("(", "("), end, "[DONE]"]), [""; 0]);
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
    fn signs_of_life_and_other_choices_are_no_part_of_an_answer() {
        let answer = read_all(&[
            r#"{"object":"queue.status","position":3}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"B"}}]}"#,
            "{}",
            r#"{"type":"ping"}"#,
            r#"{"choices":[{"index":1,"delta":{"content":"A"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"."},"finish_reason":{"type":"length","length":2}}]}"#,
        ]);
        let answer = answer.unwrap();
        assert_eq!((answer.text.as_str(), answer.finish_reason.as_deref()), ("B.", Some("length")));
    }

    #[test]
    fn an_end_that_tells_what_went_wrong_is_an_error_in_its_words() {
        let frame = |reason: Json| json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}).to_string();
        let abort = json!({"type": "abort", "message": "Input length (9) exceeds the maximum allowed length", "status_code": 400});
        let error = read_all(&[&frame(abort)]).unwrap_err();
        assert!(error.message.starts_with("Input length (9) exceeds"), "{error:?}");
        assert_eq!((error.status, error.named_status), (Status::StreamError, Some(400)));
        for (reason, word) in [(json!({"type": "abort"}), "abort"), (json!({"type": "stop", "matched": 7}), "stop")] {
            assert_eq!(read_all(&[&frame(reason)]).unwrap().finish_reason.as_deref(), Some(word));
        }
    }

    #[test]
    fn of_several_answers_to_one_request_that_of_the_lowest_number_is_read() {
        let whole = json!({"choices": [
            {"index": 1, "message": {"content": "C", "reasoning": "no"}, "finish_reason": "length"},
            {"index": 0, "message": {"content": "B"}, "finish_reason": "stop"},
            {"index": 2, "message": {"content": "D"}, "finish_reason": "stop"},
        ], "usage": {"prompt_tokens": 9, "completion_tokens": 3}});
        let chunk = |index: u64, text: &str, end: Option<&str>| {
            json!({"choices": [{"index": index, "delta": {"content": text}, "finish_reason": end}]}).to_string()
        };
        let stream = [
            chunk(1, "<think>C", None),
            chunk(0, "B", None),
            chunk(1, "C", Some("length")),
            chunk(0, "", Some("stop")),
        ];
        let stream: Vec<&str> = stream.iter().map(String::as_str).collect();
        for frames in [&[whole.to_string().as_str()][..], &stream] {
            let answer = read_all(frames).unwrap();
            let read = (answer.text.as_str(), answer.reasoning.as_str(), answer.finish_reason.as_deref());
            assert_eq!(read, ("B", "", Some("stop")), "{frames:?}");
            assert!(answer.is_one_of_several(), "{frames:?}");
        }
        assert_eq!(read_all(&[&whole.to_string()]).unwrap().usage.output_tokens, Some(3));
        assert_eq!(read_all(&[&chunk(3, "D", Some("stop"))]).unwrap().text, "D", "what is paid for is read");
    }

    #[test]
    fn a_stream_in_one_list_is_read() {
        let chunk =
            |text: &str, end: Option<&str>| json!({"choices": [{"delta": {"content": text}, "finish_reason": end}]});
        let usage = json!({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}});
        let list = json!([chunk("B", None), chunk(".", Some("stop")), usage]).to_string();
        let answer = read_all(&[&list]).unwrap();
        assert_eq!((answer.text.as_str(), answer.finished, answer.usage.output_tokens), ("B.", true, Some(2)));
        let broken = json!([chunk("B", None), {"error": {"message": "gone"}}]).to_string();
        assert_eq!(read_all(&[&broken]).unwrap_err().message, "gone");
    }

    #[test]
    fn zeros_at_the_end_take_no_counts_away() {
        let chunk = |prompt: u64, output: u64, cached: u64| {
            let details = json!({"cached_tokens": cached});
            let usage = json!({"prompt_tokens": prompt, "completion_tokens": output, "prompt_tokens_details": details});
            json!({"choices": [], "usage": usage}).to_string()
        };
        let usage = |frames: &[&str]| read_all(frames).unwrap().usage;
        let (counted, none) = (chunk(10, 3, 4), chunk(0, 0, 0));
        assert_eq!(usage(&[&none, &counted, &none]), usage(&[&counted]));
        assert_eq!(usage(&[&counted, r#"{"choices":[],"usage":{}}"#]), usage(&[&counted]));
        assert_eq!(usage(&[&none]).prompt_tokens, Some(0));
        assert_eq!(usage(&[&chunk(10, 1, 4), &counted]).output_tokens, Some(3));
    }

    #[test]
    fn chunks_that_hold_all_so_far_are_read_once() {
        let chunk = |text: &str| json!({"choices": [{"delta": {"content": text}}]}).to_string();
        let frames = ["The", "The answer", "The answer is B"].map(chunk);
        let frames: Vec<&str> = frames.iter().map(String::as_str).chain(["[DONE]"]).collect();
        assert_eq!(read_all(&frames).unwrap().text, "The answer is B");
    }

    #[test]
    fn answers_of_others_and_blocked_prompts_are_told() {
        let other = read_all(&[r#"{"output":"B","usage":{"prompt_tokens":9,"completion_tokens":1}}"#]);
        assert_eq!(other.unwrap_err().status, Status::Malformed);
        let blocked = read_all(&[r#"{"choices":[],"prompt_feedback":{"block_reason":"PROHIBITED_CONTENT"}}"#]).unwrap();
        assert_eq!(blocked.finish_reason.as_deref(), Some("content_filter"));
        let spoken = r#"{"choices":[{"message":{"content":null,"audio":{"transcript":"B"}},"finish_reason":"stop"}]}"#;
        assert_eq!(read_all(&[spoken]).unwrap().text, "B");
        let native = r#"{"choices":[],"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":10,
            "thoughtsTokenCount":5,"totalTokenCount":115,"cachedContentTokenCount":64}}"#;
        let usage = read_all(&[native]).unwrap().usage;
        assert_eq!(
            (usage.prompt_tokens, usage.output_tokens, usage.cached_prompt_tokens),
            (Some(100), Some(15), Some(64))
        );
    }

    #[test]
    fn odd_but_lawful_chunks_are_read() {
        for frame in [r#"{"choices":null,"usage":null}"#, r#"{"choices":[]}"#, " [DONE] ", "[done]"] {
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

    #[test]
    fn an_end_is_a_word_or_the_last_event() {
        let begun = |finish: &str| format!(r#"{{"choices":[{{"delta":{{"content":"B"}},"finish_reason":{finish}}}]}}"#);
        for (finish, is_finished, reason) in [
            ("null", false, None),
            (r#""""#, false, None),
            (r#""null""#, false, None),
            ("7", false, None),
            (r#""stop""#, true, Some("stop")),
        ] {
            let answer = read_all(&[&begun(finish)]).unwrap();
            assert_eq!((answer.finished, answer.finish_reason.as_deref()), (is_finished, reason), "{finish}");
            let answer = read_all(&[&begun(finish), "[DONE]"]).unwrap();
            assert_eq!(
                (answer.finished, answer.over, answer.finish_reason.as_deref()),
                (true, true, reason),
                "{finish}"
            );
        }
    }

    #[test]
    fn an_error_is_found_wherever_it_stands() {
        for frame in [
            r#"{"choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"gone"}}]}"#,
            r#"{"id":"x","error":{"code":502,"message":"gone"},"choices":[{"delta":{"content":""}}]}"#,
            r#"[{"error":{"code":502,"message":"gone"}}]"#,
            r#"{"error":{"code":"502","message":"gone"}}"#,
            r#"{"errors":[{"code":502,"message":"gone"}]}"#,
            r#"{"object":"error","message":"gone","code":502}"#,
            r#"{"detail":"gone"}"#,
        ] {
            let fault = read_all(&[frame]).unwrap_err();
            assert_eq!(fault.status, Status::StreamError, "{frame}");
            assert!(fault.message.starts_with("gone"), "{frame}: {}", fault.message);
        }
        for frame in [
            r#"{"choices":[{"delta":{"content":"B"},"error":null}],"error":null}"#,
            r#"{"choices":[{"delta":{"content":"B"},"error":false}],"error":""}"#,
            r#"{"choices":[{"delta":{"content":"B"}}],"error":{},"base_resp":{"status_code":0,"status_msg":""}}"#,
        ] {
            assert_eq!(read_all(&[frame]).unwrap().text, "B", "{frame}");
        }
    }

    #[test]
    fn members_of_another_type_leave_the_rest_of_a_chunk_as_it_is() {
        for frame in [
            r#"{"choices":[{"delta":{"content":"B","role":7,"reasoning":[],"tool_calls":"x"}}],"usage":"none","timings":[]}"#,
            r#"{"choices":{"message":{"content":["B"]}},"usage":[],"x_groq":null}"#,
            r#"{"choices":[{"text":"B","finish_reason":{}}],"usage":{"prompt_tokens":[],"completion_tokens":"many"}}"#,
            r#"{"choices":[{"delta":null,"message":{"content":"B"},"logprobs":[[]]}],"created":"yesterday"}"#,
        ] {
            let answer = read_all(&[frame]).unwrap();
            assert_eq!((answer.text.as_str(), answer.usage.output_tokens), ("B", None), "{frame}");
        }
    }

    #[test]
    fn reasoning_and_calls_are_found_under_every_name() {
        let read_delta = |delta: &str| read_all(&[&format!(r#"{{"choices":[{{"delta":{delta}}}]}}"#)]).unwrap();
        for delta in [
            r#"{"reasoning_content":"hm"}"#,
            r#"{"reasoning":"hm"}"#,
            r#"{"thinking":"hm"}"#,
            r#"{"reasoning":"hm","reasoning_content":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#,
            r#"{"content":null,"reasoning_details":[{"type":"reasoning.text","text":"hm"}]}"#,
            r#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}"#,
        ] {
            let answer = read_delta(delta);
            assert_eq!((answer.text.as_str(), answer.reasoning.as_str()), ("", "hm"), "{delta}");
        }
        for delta in [r#"{"tool_calls":[{"index":0}]}"#, r#"{"function_call":{"name":"f"}}"#] {
            assert!(!read_delta(delta).calls.is_empty(), "{delta}");
        }
        assert!(read_delta(r#"{"content":"B","tool_calls":[],"function_call":null}"#).calls.is_empty());
        let refusal = read_delta(r#"{"content":null,"refusal":"I cannot"}"#);
        assert_eq!((refusal.text.as_str(), refusal.is_refusal), ("I cannot", true));
    }

    #[test]
    fn counts_are_found_in_every_place() {
        for chunk in [
            json!({ "choices": [], "usage": { "prompt_tokens": 9, "completion_tokens": 3 } }),
            json!({ "choices": [{ "delta": {}, "usage": { "prompt_tokens": 9, "completion_tokens": 3 } }] }),
            json!({ "choices": [{ "delta": {} }], "x_groq": { "usage": { "prompt_tokens": 9, "completion_tokens": 3 } } }),
        ] {
            let usage = read_all(&[&chunk.to_string()]).unwrap().usage;
            assert_eq!((usage.prompt_tokens, usage.output_tokens), (Some(9), Some(3)), "{chunk}");
        }
    }
}
