//! What servers of the field really send, and what has to become of it.

use std::time::Duration;

use crate::bench::{Bench, Finished, Spec};
use crate::server::{Act, Server};
use crate::table::Table;

const EVENTS: &str = "text/event-stream";

const JSON: &str = "application/json";

/// A reply of this status, media type and body.
fn reply(status: u16, media: &str, body: &str) -> Act {
    Act::Status(status, vec![("Content-Type", media.to_owned())], body.to_owned())
}

/// A stream of events with this data.
fn events(data: &[&str]) -> String {
    data.iter().map(|data| format!("data: {data}\n\n")).collect()
}

/// Asks questions of a server of the OpenAI API that always acts like this.
struct Asked {
    results: Table,
    finished: Finished,
    count: usize,
}

fn ask(server: &Server, questions: usize, spec: &Spec) -> Asked {
    let bench = Bench::ready(questions, spec);
    let finished = bench.apply();
    Asked { results: bench.results(), finished, count: server.count() }
}

/// Asks one question, of which the first option is right, with up to three attempts.
fn openai(act: &Act) -> Asked {
    let server = Server::openai(&["small"], None);
    let act = act.clone();
    server.acts(move |_| act.clone());
    ask(&server, 1, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 3, stall_timeout: 1s }"))
}

fn ollama(act: &Act) -> Asked {
    let server = Server::ollama(&["small"]);
    let act = act.clone();
    server.acts(move |_| act.clone());
    ask(&server, 1, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 3 }"))
}

impl Asked {
    #[track_caller]
    fn is(&self, name: &str, fields: &[(&str, &str)]) {
        for (field, value) in fields {
            assert_eq!(self.results.field(0, field), *value, "{name}: {field}\n{}", self.finished.stdout);
        }
    }
}

const BEGUN: &str = r#"{"choices":[{"index":0,"delta":{"content":"The answer is A"},"finish_reason":null}]}"#;

fn ended(word: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{}},"finish_reason":{word}}}]}}"#)
}

#[test]
fn an_end_is_what_the_server_means_by_it() {
    for (word, last, status, count) in [
        (r#""stop""#, "[DONE]", "ok", 1),
        (r#""""#, "[DONE]", "ok", 1),
        ("null", "[DONE]", "ok", 1),
        (r#""""#, "", "cut_stream", 3),
        (r#""null""#, "", "cut_stream", 3),
        (r#""abort""#, "[DONE]", "stream_error", 3),
        (r#""error""#, "[DONE]", "stream_error", 3),
        (r#""model_length""#, "[DONE]", "capped", 1),
        (r#""SAFETY""#, "[DONE]", "refused", 1),
        (r#""of_tomorrow""#, "[DONE]", "ok", 1),
    ] {
        let (end, mut data) = (ended(word), vec![BEGUN]);
        data.push(&end);
        data.extend((!last.is_empty()).then_some(last));
        let asked = openai(&reply(200, EVENTS, &events(&data)));
        asked.is(word, &[("status", status)]);
        assert_eq!(asked.count, count, "{word} {last}");
        let shows = asked.finished.stdout.contains("ended with a word that is not known (`of_tomorrow`)");
        assert_eq!(shows, word.contains("tomorrow"));
    }
}

#[test]
fn an_answer_is_read_for_what_it_is_whatever_its_label() {
    let (end, whole) = (ended(r#""stop""#), r#"{"choices":[{"message":{"content":"A"},"finish_reason":"stop"}]}"#);
    let streamed = events(&[r#"{"choices":[{"delta":{"content":"A"}}]}"#, &end, "[DONE]"]);
    let pretty = whole.replace('{', "{\n");
    for stream in [true, false] {
        for media in [JSON, EVENTS, "text/plain; charset=utf-8", ""] {
            for body in [whole, &streamed, &pretty] {
                let server = Server::openai(&["small"], None);
                let act = reply(200, media, body);
                server.acts(move |_| act.clone());
                let asked = ask(&server, 1, &Spec::on(&server).with("generation", &format!("{{ stream: {stream} }}")));
                asked.is(media, &[("status", "ok"), ("output", "A"), ("score", "1")]);
                assert_eq!(asked.results.field(0, "ttft_s").is_empty(), !stream || body != streamed, "{media} {body}");
            }
        }
    }
}

#[test]
fn blocks_and_odd_counts_are_read() {
    for (name, choice, usage, fields) in [
        (
            "blocks",
            r#"{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"Not B."}]},{"type":"text","text":"A"}]},"finish_reason":"stop"}"#,
            r#"{"prompt_tokens":12,"completion_tokens":3}"#,
            [("output", "A"), ("reasoning", "Not B."), ("prompt_tokens", "12"), ("output_tokens", "3")],
        ),
        (
            "floats",
            r#"{"message":{"content":"A"},"finish_reason":"stop"}"#,
            r#"{"prompt_tokens":12.0,"completion_tokens":"3","total_tokens":15.0}"#,
            [("output", "A"), ("reasoning", ""), ("prompt_tokens", "12"), ("output_tokens", "3")],
        ),
        (
            "nonsense",
            r#"{"message":{"content":"A"},"finish_reason":"stop"}"#,
            r#"{"prompt_tokens":-1,"completion_tokens":[],"prompt_tokens_details":"none"}"#,
            [("output", "A"), ("reasoning", ""), ("prompt_tokens", ""), ("output_tokens", "")],
        ),
        (
            "deepseek",
            r#"{"message":{"content":"A"},"finish_reason":"stop"}"#,
            r#"{"prompt_tokens":1000,"completion_tokens":1,"prompt_cache_hit_tokens":960,"prompt_cache_miss_tokens":40}"#,
            [("output", "A"), ("reasoning", ""), ("prompt_tokens", "1000"), ("cached_prompt_tokens", "960")],
        ),
    ] {
        let asked = openai(&reply(200, JSON, &format!(r#"{{"choices":[{choice}],"usage":{usage}}}"#)));
        asked.is(name, &fields);
        asked.is(name, &[("status", "ok"), ("score", "1"), ("attempts", "1")]);
    }
}

#[test]
fn an_error_within_a_success_is_told_in_the_servers_words() {
    let gone = r#"{"choices":[{"delta":{"content":""},"finish_reason":"error","error":{"code":502,"message":"Provider disconnected"}}]}"#;
    let too_long = r#"{"code":400,"message":"request (6009 tokens) exceeds the available context size (4096 tokens)","type":"exceed_context_size_error"}"#;
    for (name, body, status, words, count) in [
        ("in a choice", events(&[BEGUN, gone, "[DONE]"]), "stream_error", "Provider disconnected", 3),
        ("unframed", format!(r#"{{"error":{too_long}}}"#), "rejected", "exceeds the available context size", 1),
        (
            "a member",
            format!("error: {too_long}\n\ndata: [DONE]\n\n"),
            "rejected",
            "exceeds the available context size",
            1,
        ),
        ("a name", format!("event: error\ndata: {too_long}\n\n"), "rejected", "exceeds the available context size", 1),
        ("a list", format!(r#"[{{"error":{too_long}}}]"#), "rejected", "exceeds the available context size", 1),
        (
            "in the middle",
            format!("{}{}\n\n", events(&[BEGUN]), r#"{"error":"cuda is gone"}"#),
            "stream_error",
            "cuda is gone",
            3,
        ),
    ] {
        let asked = openai(&reply(200, EVENTS, &body));
        asked.is(name, &[("status", status)]);
        assert!(asked.results.field(0, "fault").contains(words), "{name}: {}", asked.results.field(0, "fault"));
        assert_eq!(asked.count, count, "{name}");
        assert_eq!(asked.finished.stdout.contains("failed: context"), status == "rejected", "{name}");
    }
}

#[test]
fn an_answer_without_text_is_never_a_silent_zero() {
    let nothing = r#"{"choices":[{"message":{"content":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#;
    for body in [nothing, r#"{"choices":[]}"#, r#"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#] {
        let asked = openai(&reply(200, JSON, body));
        asked.is(body, &[("status", "empty"), ("score", ""), ("attempts", "3")]);
    }
    let call = r#"{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"f"}}]},"finish_reason":"stop"}],"usage":{"completion_tokens":9}}"#;
    let thought = r#"{"choices":[{"message":{"content":"","reasoning":"It is A."},"finish_reason":"stop"}]}"#;
    for (body, words) in [(call, "1 only a call of a tool"), (thought, "1 only reasoning")] {
        let asked = openai(&reply(200, JSON, body));
        asked.is(body, &[("status", "ok"), ("attempts", "1")]);
        asked.finished.shows(&[&format!("warned: no_text (small): 1 answer has no text ({words})")]);
    }
    let thoughts = "{\"response\":\"\",\"thinking\":\"It could be A.\",\"done\":false}\n{\"response\":\"\",\"done\":true,\"done_reason\":\"length\",\"eval_count\":1024}\n";
    let asked = ollama(&reply(200, "application/x-ndjson", thoughts));
    asked.is("capped", &[("status", "capped"), ("reasoning", "It could be A.")]);
    asked.finished.shows(&["all before the reasoning ended: raise `generation.max_tokens`, or switch reasoning off"]);
}

#[test]
fn a_model_that_was_only_loaded_is_asked_again() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| match asked.before {
        0 => reply(200, "application/x-ndjson", r#"{"response":"","done":true,"done_reason":"load"}"#),
        _ => Act::Say("A".into()),
    });
    let asked = ask(&server, 1, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2 }"));
    asked.is("load", &[("status", "ok"), ("score", "1"), ("attempts", "2")]);
}

#[test]
fn keep_alives_before_the_first_token_have_the_patience_of_the_first_byte() {
    let answer = "data: {\"choices\":[{\"delta\":{\"content\":\"A\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let begun = "data: {\"choices\":[{\"delta\":{\"content\":\"The\"}}]}\n\n";
    let pause = Duration::from_millis(200);
    for alive in [": PROCESSING\n\n", "\n", "data: {\"choices\":[]}\n\n"] {
        let mut pieces = vec![alive; 8];
        pieces.push(answer);
        openai(&Act::Slow(pieces, pause)).is(alive, &[("status", "ok"), ("attempts", "1")]);
    }
    let server = Server::openai(&["small"], None);
    let mut pieces = vec![begun];
    pieces.extend([": keep-alive\n\n"; 8]);
    pieces.push(answer);
    server.acts(move |_| Act::Slow(pieces.clone(), pause));
    let asked = ask(&server, 1, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 1, stall_timeout: 1s }"));
    asked.is("in the middle", &[("status", "stalled")]);
    assert!(asked.results.field(0, "fault").contains("only comments"), "{}", asked.results.field(0, "fault"));
}

#[test]
fn the_end_of_a_body_is_read_and_in_no_time() {
    let answer = "data: {\"choices\":[{\"delta\":{\"content\":\"A\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let asked = |pause: u64| {
        let server = Server::openai(&["small"], None);
        server.acts(move |_| Act::LateEnd(answer, Duration::from_millis(pause)));
        ask(&server, 3, &Spec::on(&server))
    };
    // A few milliseconds later: the connection is kept, and the wait is in no time of the answer.
    let near = asked(60);
    assert_eq!(near.results.column("status"), ["ok"; 3]);
    assert_eq!(near.results.column("new_connection"), ["0"; 3], "that of the list of models is used on");
    for row in 0..3 {
        assert!(near.results.number(row, "last_token_s") < 0.06, "{}", near.results.field(row, "last_token_s"));
    }
    // Far later: the next request does not wait for it.
    let far = asked(5_000);
    assert_eq!(far.results.column("status"), ["ok"; 3]);
    assert_eq!(far.results.column("new_connection"), ["0", "1", "1"]);
    let sent: Vec<f64> = (0..3).map(|row| far.results.number(row, "sent_s")).collect();
    assert!(sent[2] - sent[0] < 4.0, "{sent:?}");
}

#[test]
fn one_flagged_prompt_is_one_row() {
    let server = Server::openai(&["small"], None);
    let body = r#"{"error":{"code":403,"message":"m requires moderation and your input was flagged"}}"#;
    server.acts(move |asked| if asked.prompt.contains("number 4?") { reply(403, JSON, body) } else { Act::Answer });
    let asked = ask(&server, 10, &Spec::on(&server));
    let count = |status: &str| asked.results.column("status").iter().filter(|known| **known == status).count();
    assert_eq!((count("rejected"), count("ok"), asked.count), (1, 9, 10));
}

#[test]
fn a_wait_in_the_body_is_waited_for_and_is_no_attempt() {
    let server = Server::openai(&["small"], None);
    let body = r#"[{"error":{"code":429,"message":"Please retry in 1.1s.","details":[{"retryDelay":"1s"}]}}]"#;
    server.acts(move |asked| if asked.before < 2 { reply(429, JSON, body) } else { Act::Say("A".into()) });
    let asked = ask(&server, 1, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 2 }"));
    asked.is("wait", &[("status", "ok"), ("attempts", "3")]);
    assert!(asked.results.number(0, "retry_s") >= 2.2);
}

#[test]
fn a_parameter_that_is_refused_is_left_out_once_and_for_all() {
    for (name, status, body) in [
        (
            "seed",
            400,
            r#"[{"error":{"code":400,"message":"Unknown name \"seed\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#,
        ),
        (
            "temperature",
            400,
            r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model.","param":"temperature","code":"unsupported_value"}}"#,
        ),
        (
            "seed",
            422,
            r#"{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}"#,
        ),
        (
            "max_tokens",
            400,
            r#"{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.","param":"max_tokens"}}"#,
        ),
    ] {
        let server = Server::openai(&["small"], None);
        server.acts(move |asked| if asked.body.get(name).is_some() { reply(status, JSON, body) } else { Act::Answer });
        let asked = ask(&server, 5, &Spec::on(&server));
        assert_eq!((asked.results.column("status"), asked.count), (vec!["ok"; 5], 6), "{name}");
        assert_eq!(asked.finished.stderr.matches("the server refuses").count(), 1, "{}", asked.finished.stderr);
    }
}

#[test]
fn a_path_that_is_not_there_stops_early_with_what_to_look_at() {
    let server = Server::openai(&["small"], None);
    let act = reply(200, JSON, r#"{"error":"Unexpected endpoint or method. (POST /chat/completions)"}"#);
    server.acts(move |_| act.clone());
    let asked = ask(&server, 50, &Spec::on(&server).with("load", "{ warmup: 0, attempts: 6 }"));
    assert_eq!(asked.count, 3);
    asked.finished.exits(3).says(&["Unexpected endpoint", "does the `url` end with /v1?"]);
}

#[test]
fn a_page_for_people_at_every_request_stops_early() {
    for stream in ["true", "false"] {
        let server = Server::openai(&["small"], None);
        let page = format!("<!DOCTYPE html><html><body>{}Sign in</body></html>", "<p>usage policies</p>".repeat(99));
        let act = reply(200, "text/html; charset=utf-8", &page);
        server.acts(move |_| act.clone());
        let spec = Spec::on(&server).with("load", "{ warmup: 0, attempts: 2 }");
        let asked = ask(&server, 50, &spec.with("generation", &format!("{{ stream: {stream} }}")));
        assert_eq!(asked.count, 6, "three requests, each with another attempt");
        asked.finished.exits(3).says(&["the server sent a web page", "end with /v1?"]);
    }
}

#[test]
fn a_turn_that_the_provider_paused_is_kept_and_named() {
    let server = Server::anthropic(&["small"], None);
    let body = r#"{"type":"message","content":[{"type":"text","text":"The answer is A"}],"stop_reason":"pause_turn","usage":{"input_tokens":9,"output_tokens":4}}"#;
    let act = reply(200, JSON, body);
    server.acts(move |_| act.clone());
    let asked = ask(&server, 1, &Spec::on(&server).with("load", "{ warmup: 0 }"));
    asked.is("pause_turn", &[("status", "capped"), ("finish_reason", "pause_turn"), ("output", "The answer is A")]);
    assert_eq!(asked.count, 1);
    asked.finished.exits(0).shows(&["finish (small): 1 answer ended unfinished (`pause_turn`)"]);
}

#[test]
fn a_model_that_ollama_lists_and_does_not_have_is_told_with_what_to_pull() {
    let server = Server::ollama(&["small"]);
    let act = reply(404, JSON, r#"{"error":"model 'small' not found"}"#);
    server.acts(move |_| act.clone());
    let asked = ask(&server, 9, &Spec::on(&server).with("load", "{ warmup: 0 }"));
    assert_eq!(asked.count, 1);
    asked.finished.exits(3).says(&["run `ollama pull small`"]);
}

#[test]
fn what_is_permanent_for_the_model_stops_it_after_three() {
    for (status, body) in [
        (402, r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#),
        (429, r#"{"error":{"message":"pay first","code":null,"type":"insufficient_quota"}}"#),
        (500, r#"{"error":"model requires more system memory (9 GiB) than is available (5 GiB)"}"#),
        (400, r#"{"error":{"message":"small is not a valid model ID","code":400}}"#),
        (200, r#"{"error":{"code":402,"message":"Insufficient credits"}}"#),
    ] {
        let server = Server::openai(&["small"], None);
        let act = reply(status, JSON, body);
        server.acts(move |_| act.clone());
        let spec = Spec::on(&server).with("load", "{ warmup: 1, attempts: 6 }");
        let asked = ask(&server, 100, &spec);
        assert_eq!(asked.count, 3, "{body}");
        asked.finished.exits(3).says(&["refuses every request"]);
    }
}

#[test]
fn reasoning_beside_the_answer_is_paid_for() {
    for (completion, total) in [(1499, 14428), (4308, 14428)] {
        let usage = format!(
            r#"{{"prompt_tokens":10120,"completion_tokens":{completion},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":128}},"completion_tokens_details":{{"reasoning_tokens":2809}}}}"#
        );
        let body = format!(r#"{{"choices":[{{"message":{{"content":"A"}},"finish_reason":"stop"}}],"usage":{usage}}}"#);
        let server = Server::openai(&["small"], None);
        let act = reply(200, JSON, &body);
        server.acts(move |_| act.clone());
        let prices = "{ currency: USD, models: { small: { input: 1.25, cached_input: 0.20, output: 2.50 } } }";
        let asked = ask(&server, 1, &Spec::on(&server).with("pricing", prices));
        asked.is("cost", &[("cost", "0.0232856"), ("output_tokens", "4308"), ("reasoning_tokens", "2809")]);
    }
}

#[test]
fn what_ollama_had_in_its_cache_is_cheaper_and_not_prefilled() {
    let body = r#"{"response":"A","done":true,"done_reason":"stop","prompt_eval_count":100,"prompt_eval_cached_count":90,"prompt_eval_duration":10000000,"eval_count":1,"eval_duration":10000000,"total_duration":30000000,"load_duration":1000000}"#;
    let server = Server::ollama(&["small"]);
    let act = reply(200, "application/x-ndjson", body);
    server.acts(move |_| act.clone());
    let prices = "{ currency: USD, models: { small: { input: 10, cached_input: 1, output: 10 } } }";
    let asked = ask(&server, 1, &Spec::on(&server).with("pricing", prices));
    asked.is("cached", &[("cached_prompt_tokens", "90"), ("cost", "0.0002"), ("server_prefill_tokens_per_s", "1000")]);
    asked.finished.shows(&["warned: prefix_cache", "90.0 %"]);
}

#[test]
fn a_model_that_is_loaded_again_in_the_middle_is_cold_and_named() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| {
        let load = if asked.prompt.contains("number 1?") { 4_000_000_000_u64 } else { 1_000_000 };
        let body = serde_json::json!({
            "response": "A", "done": true, "done_reason": "stop", "eval_count": 1, "load_duration": load,
        });
        reply(200, "application/x-ndjson", &body.to_string())
    });
    let asked = ask(&server, 3, &Spec::on(&server).with("load", "{ warmup: 1, attempts: 1 }"));
    assert_eq!(asked.results.column("cold"), ["0", "1", "0"]);
    asked.finished.shows(&["warned: reload (small): the server loaded the model again for 1 answer (4.0 s at most)"]);
}
