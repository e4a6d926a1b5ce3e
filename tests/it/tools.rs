//! Tools: each API is offered them in its own shape, what the model calls is kept, and a judge compares it.

use serde_json::{Value as Json, json};

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server};

const TOOLS: &str = "{ max_tokens: 200, tools: [{ name: rain, description: Rain of some days, parameters: { type: object, properties: { city: { type: string }, days: { type: integer } } } }] }";

/// Two questions: for the first a call is due, for the second none.
fn bench(spec: &Spec) -> Bench {
    let bench = Bench::ready(2, &spec.with("generation", TOOLS).with("judge", "tool_call"));
    let due =
        r#"{"question": "Will it rain in Oslo?", "calls": {"name": "rain", "arguments": {"city": "Oslo", "days": 2}}}"#;
    let none = r#"{"question": "Say hello.", "calls": []}"#;
    bench.write("experiments/questions.jsonl", format!("{due}\n{none}\n"));
    bench
}

#[test]
fn a_program_that_judges_reads_what_is_called() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| of_openai(&asked.prompt));
    let spec = Spec::on(&server);
    let bench = bench(&spec);
    bench.spec(&spec.with("generation", TOOLS).with("judge", "{ command: { run: [sh, judge.sh] } }"));
    let verdicts = r#"'{"id": 0, "score": 1}' '{"id": 1, "score": 1}'"#;
    bench.write("experiments/judge.sh", format!("cat > seen.jsonl\nprintf '%s\\n' {verdicts}\n"));
    bench.apply().exits(0);
    let seen = bench.read("experiments/seen.jsonl");
    let seen: Vec<Json> = seen.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let call = json!([{ "name": "rain", "arguments": { "city": "Oslo", "days": 2 } }]);
    let called: Vec<_> = seen.iter().map(|line| (line["output"] == "", line.get("tool_calls").cloned())).collect();
    assert_eq!(called, [(true, Some(call)), (false, None)]);
}

fn events(data: &[Json]) -> Act {
    let body = data.iter().map(|data| format!("data: {data}\n\n")).collect();
    Act::Status(200, vec![("Content-Type", "text/event-stream".to_owned())], body)
}

fn schema() -> Json {
    json!({ "type": "object", "properties": { "city": { "type": "string" }, "days": { "type": "integer" } } })
}

fn function() -> Json {
    let function = json!({ "name": "rain", "description": "Rain of some days", "parameters": schema() });
    json!([{ "type": "function", "function": function }])
}

fn of_openai(prompt: &str) -> Act {
    let delta =
        |delta: Json, end: Option<&str>| json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": end }] });
    let call = |function: Json| delta(json!({ "tool_calls": [{ "index": 0, "function": function }] }), None);
    if prompt.contains("hello") {
        return events(&[delta(json!({ "content": "Hello." }), None), delta(json!({}), Some("stop"))]);
    }
    events(&[
        call(json!({ "name": "rain", "arguments": "" })),
        call(json!({ "arguments": "{\"city\": \"Os" })),
        call(json!({ "arguments": "lo\", \"days\": 2}" })),
        delta(json!({}), Some("tool_calls")),
    ])
}

fn of_anthropic(prompt: &str) -> Act {
    let (block, delta, end) = if prompt.contains("hello") {
        (json!({ "type": "text", "text": "" }), json!({ "type": "text_delta", "text": "Hello." }), "end_turn")
    } else {
        let arguments = "{\"city\": \"Oslo\", \"days\": 2}";
        let call = json!({ "type": "tool_use", "id": "1", "name": "rain", "input": {} });
        (call, json!({ "type": "input_json_delta", "partial_json": arguments }), "tool_use")
    };
    events(&[
        json!({ "type": "message_start", "message": { "usage": { "input_tokens": 9, "output_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": block }),
        json!({ "type": "content_block_delta", "index": 0, "delta": delta }),
        json!({ "type": "content_block_stop", "index": 0 }),
        json!({ "type": "message_delta", "delta": { "stop_reason": end }, "usage": { "output_tokens": 7 } }),
        json!({ "type": "message_stop" }),
    ])
}

fn of_ollama(prompt: &str) -> Act {
    let message = if prompt.contains("hello") {
        json!({ "role": "assistant", "content": "Hello." })
    } else {
        let arguments = json!({ "days": 2, "city": "Oslo" });
        json!({ "role": "assistant", "content": "", "tool_calls": [{ "function": { "name": "rain", "arguments": arguments } }] })
    };
    let lines = [
        json!({ "message": message, "done": false }),
        json!({ "message": { "content": "" }, "done": true, "done_reason": "stop", "eval_count": 7 }),
    ];
    let body = lines.iter().map(|line| format!("{line}\n")).collect();
    Act::Status(200, vec![("Content-Type", "application/x-ndjson".to_owned())], body)
}

#[test]
fn calls_are_kept_and_compared_in_every_api() {
    let anthropic = json!([{ "name": "rain", "description": "Rain of some days", "input_schema": schema() }]);
    type Says = fn(&str) -> Act;
    let cases: [(Server, &str, Json, Says); 3] = [
        (Server::openai(&["small"], None), "", function(), of_openai),
        (Server::anthropic(&["small"], None), "", anthropic, of_anthropic),
        (Server::ollama(&["small"]), "api: chat", function(), of_ollama),
    ];
    for (server, api, offered, says) in cases {
        server.acts(move |asked| says(&asked.prompt));
        let spec = match api {
            "" => Spec::on(&server),
            _ => Spec::at(&format!("{{ ollama: {{ url: \"{}\", {api} }} }}", server.url())),
        };
        let bench = bench(&spec.with("load", "{ warmup: 0 }"));
        let finished = bench.apply();
        finished.exits(0);
        assert_eq!(server.asked().last().unwrap().body["tools"], offered);
        let results = bench.results();
        let row = |row: usize| ["verdict", "rule", "score", "output"].map(|column| results.field(row, column));
        assert_eq!(row(0), ["correct", "calls_equal", "1", ""], "{}", finished.stdout);
        assert_eq!(row(1), ["correct", "no_call_due", "1", "Hello."]);
        let calls: Json = serde_json::from_str(results.field(0, "tool_calls")).unwrap();
        assert_eq!(calls, json!([{ "name": "rain", "arguments": { "city": "Oslo", "days": 2 } }]));
        assert_eq!(results.field(1, "tool_calls"), "");
        assert!(results.field(0, "latency_sec").parse::<f64>().is_ok());
        // A call is no answer that lacks its text.
        assert!(!finished.stdout.contains("no text"), "{}", finished.stdout);
        assert!(!finished.stderr.contains("cannot be scored"), "{}", finished.stderr);
        // What was kept is judged as what has just come.
        bench.apply().exits(0).says(&["2 kept, 0 sent"]);
        assert_eq!(bench.results().field(0, "rule"), "calls_equal");
        bench.run(&["explain", "experiments/trial.yaml", "0"]).exits(0).shows(&["calls rain({", "calls_equal"]);
    }
}

#[test]
fn calls_in_the_channels_of_harmony_are_calls() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| {
        let text = match asked.prompt.contains("hello") {
            true => "<|channel|>analysis<|message|>Easy.<|end|><|start|>assistant<|channel|>final<|message|>Hello.<|return|>",
            false => {
                "<|channel|>analysis<|message|>Ask.<|end|><|start|>assistant<|channel|>commentary to=functions.rain \
                 <|constrain|>json<|message|>{\"city\": \"Oslo\", \"days\": 2}<|call|>"
            }
        };
        let pieces = text.split_inclusive(|c: char| "|e ".contains(c));
        let delta = |delta: Json, end: Option<&str>| json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": end }] });
        let said = pieces.map(|piece| delta(json!({ "content": piece }), None));
        events(&said.chain([delta(json!({}), Some("stop"))]).collect::<Vec<_>>())
    });
    let bench = bench(&Spec::on(&server));
    bench.apply().exits(0);
    let results = bench.results();
    assert_eq!(results.column("verdict"), ["correct", "correct"]);
    assert_eq!(results.column("finish_reason"), ["tool_calls", "stop"]);
    assert_eq!(results.column("reasoning"), ["Ask.", "Easy."]);
}

#[test]
fn wrong_calls_say_how_they_differ() {
    let server = Server::openai(&["small"], None);
    let called = |name: &str, arguments: &str| {
        let call = json!({ "function": { "name": name, "arguments": arguments } });
        let message = json!({ "content": null, "tool_calls": [call] });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "tool_calls" }] });
        Act::Status(200, vec![("Content-Type", "application/json".to_owned())], body.to_string())
    };
    server.acts(move |asked| match asked.prompt.contains("hello") {
        true => called("rain", "{}"),
        false => called("rain", "{\"city\": \"Bergen\", \"days\": 2}"),
    });
    let bench = bench(&Spec::on(&server).with("load", "{ warmup: 0 }"));
    bench.apply().exits(0);
    let results = bench.results();
    let row = |row: usize| ["verdict", "rule", "finish_reason"].map(|column| results.field(row, column).to_owned());
    assert_eq!(row(0), ["wrong", "arguments_differ", "tool_calls"]);
    assert_eq!(row(1), ["wrong", "call_not_due", "tool_calls"]);
}

#[test]
fn tools_that_cannot_be_offered_or_compared_are_refused_before_anything_is_sent() {
    let server = Server::ollama(&["small"]);
    bench(&Spec::on(&server)).apply().exits(2).says(&["Ollama takes tools in a chat only", "api: chat"]);
    let openai = Server::openai(&["small"], None);
    let spec = Spec::on(&openai);
    let refused = |spec: &Spec, words: &[&str]| {
        Bench::ready(1, spec).run(&["validate", "experiments/trial.yaml"]).exits(2).says(words);
    };
    refused(&spec.with("judge", "tool_call"), &["no tool is offered", "`generation.tools`"]);
    refused(&spec.with("generation", "{ tools: [{ name: f }, { name: f }] }"), &["two tools are called `f`"]);
    let offered = spec.with("judge", "tool_call").with("generation", "{ extra_body: { tools: [] } }");
    Bench::ready(1, &offered).run(&["validate", "experiments/trial.yaml"]).exits(0);
    let bench = bench(&spec);
    bench.write("experiments/questions.jsonl", "{\"question\": \"q\", \"calls\": \"rain\"}\n");
    bench.apply().exits(2).says(&["calls that cannot be read", "\"arguments\""]);
    assert_eq!((server.count(), openai.count()), (0, 0));
}

#[test]
fn tools_of_rows_are_told_to_be_left_out() {
    let server = Server::openai(&["small"], None);
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", "exact"));
    let row = "{\"question\": \"Weather in Rome?\", \"tools\": [{\"name\": \"weather\"}], \"answer\": \"sun\"}\n";
    bench.write("experiments/questions.jsonl", row);
    bench.apply().exits(0).says(&[
        "the tools in the column `tools` of `questions` are not offered to models",
        "`columns: { tools: tools }`",
    ]);
}

const ROWS: &str = r#"{"question": "Will it rain in Oslo?", "function": [{"name": "rain", "description": "Rain of some days", "parameters": {"type": "dict", "properties": {"city": {"type": "str"}, "days": {"type": "integer"}}}}], "calls": {"name": "rain", "arguments": {"city": "Oslo", "days": 2}}}
{"question": "Say hello.", "calls": []}
"#;

#[test]
fn each_row_may_bring_its_own_tools_which_the_key_covers() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| of_openai(&asked.prompt));
    let datasets = "[{ source: { file: questions.jsonl }, columns: { tools: function } }]";
    let spec = Spec::on(&server).with("datasets", datasets).with("judge", "tool_call").with("load", "{ warmup: 0 }");
    let bench = Bench::ready(2, &spec);
    bench.write("experiments/questions.jsonl", ROWS);
    bench.apply().exits(0);
    let offered = || -> Vec<Json> { server.asked().iter().map(|asked| asked.body["tools"].clone()).collect() };
    assert_eq!(offered(), [function(), Json::Null]);
    assert_eq!(bench.results().column("rule"), ["calls_equal", "no_call_due"]);
    // The same tools in another form are the same request, and others are another one.
    bench.write("experiments/questions.jsonl", ROWS.replace("\"dict\"", "\"object\""));
    bench.run(&["apply", "experiments/trial.yaml", "--update"]).exits(0).says(&["2 kept, 0 sent"]);
    bench.write("experiments/questions.jsonl", ROWS.replace("Rain of some days", "Rain"));
    bench.run(&["apply", "experiments/trial.yaml", "--update"]).exits(0).says(&["1 kept, 1 sent"]);
    // A row without any is asked with those of the spec.
    bench.spec(&spec.with("generation", TOOLS));
    bench.run(&["apply", "experiments/trial.yaml", "--update"]).exits(0);
    assert_eq!(offered().last().unwrap(), &function());
}

#[test]
fn tools_of_rows_that_cannot_be_offered_are_refused() {
    let server = Server::ollama(&["small"]);
    let datasets = "[{ source: { file: questions.jsonl }, columns: { tools: function } }]";
    let bench = Bench::ready(2, &Spec::on(&server).with("datasets", datasets).with("judge", "tool_call"));
    bench.write("experiments/questions.jsonl", ROWS);
    bench.apply().exits(2).says(&["the tools of `questions`", "Ollama takes tools in a chat only", "`columns.tools`"]);
    bench.write("experiments/questions.jsonl", ROWS.replace("\"dict\"", "7"));
    bench.apply().exits(2).says(&["line 1", "column `function` of tools", "not a JSON Schema"]);
    assert_eq!(server.count(), 0);
}

/// BFCL's questions with the ground truth of its other file, in its shapes simple, multiple and parallel.
const BFCL: &str = r#"{"id": "simple_0", "question": [[{"role": "user", "content": "Find the area of a triangle with a base of 10 units."}]], "function": [{"name": "triangle_area", "description": "Area.", "parameters": {"type": "dict", "properties": {"base": {"type": "integer"}, "unit": {"type": "string"}}, "required": ["base"]}}], "ground_truth": [{"triangle_area": {"base": [10], "unit": ["units", ""]}}]}
{"id": "multiple_0", "question": [[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "When is the train to New York?"}]], "function": [{"name": "train", "description": "", "parameters": {"type": "dict", "properties": {"to": {"type": "string"}}}}, {"name": "bus", "description": "", "parameters": {"type": "dict", "properties": {"to": {"type": "string"}}}}], "ground_truth": [{"train": {"to": ["New York, NY", "New York", "NYC"]}}]}
{"id": "parallel_0", "question": [[{"role": "user", "content": "Play Swift for 20 minutes and Maroon 5 for 15."}]], "function": [{"name": "play", "description": "", "parameters": {"type": "dict", "properties": {"artist": {"type": "string"}, "minutes": {"type": "float"}}}}], "ground_truth": [{"play": {"artist": ["Swift"], "minutes": [20]}}, {"play": {"artist": ["Maroon 5"], "minutes": [15]}}]}
"#;

#[test]
fn nested_questions_are_chats_and_each_argument_may_be_one_of_several_values() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| {
        let calls: &[(&str, &str)] = match &asked.prompt {
            prompt if prompt.contains("triangle") => &[("triangle_area", "{\"base\": 10}")],
            prompt if prompt.contains("train") => &[("train", "{\"to\": \"new york\"}")],
            _ => &[
                ("play", "{\"artist\": \"Maroon 5\", \"minutes\": 15}"),
                ("play", "{\"artist\": \"Swift\", \"minutes\": 21}"),
            ],
        };
        let call = |(name, arguments): &(&str, &str)| json!({ "function": { "name": name, "arguments": arguments } });
        let message = json!({ "content": null, "tool_calls": calls.iter().map(call).collect::<Vec<_>>() });
        let body = json!({ "choices": [{ "message": message, "finish_reason": "tool_calls" }] });
        Act::Status(200, vec![("Content-Type", "application/json".to_owned())], body.to_string())
    });
    let datasets = "[{ source: { file: questions.jsonl }, columns: { messages: question.0, tools: function } }]";
    let spec = Spec::on(&server).with("datasets", datasets).with("judge", "{ tool_call: { calls: ground_truth } }");
    let bench = Bench::ready(1, &spec.with("load", "{ warmup: 0 }"));
    bench.write("experiments/questions.jsonl", BFCL);
    bench.apply().exits(0);
    assert_eq!(bench.results().column("rule"), ["calls_equal", "calls_equal", "arguments_differ"]);
    let asked = server.asked();
    let said: Vec<usize> = asked.iter().map(|asked| asked.body["messages"].as_array().unwrap().len()).collect();
    assert_eq!(said, [1, 2, 1]);
    assert_eq!(asked[2].body["tools"][0]["function"]["parameters"]["properties"]["minutes"]["type"], "number");
}
