//! Judges: several of a dataset, those of a dataset's own, and models that judge.

use crate::bench::{Bench, Spec};
use crate::server::{Act, Asked, Server};

const JUDGE: &str = "{ model: { models: [{ name: judge, endpoint: local }] } }";

/// Judges say that what names B is correct; everyone else says the letter.
fn grades(asked: &Asked) -> Act {
    if asked.model != "judge" {
        return Act::Answer;
    }
    let verdict = if asked.prompt.contains("<<<\nB") { "correct" } else { "wrong" };
    Act::Say(format!("The answer was read.\n\nVERDICT: {verdict}"))
}

#[test]
fn a_model_judges_once_and_its_verdicts_are_kept() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(grades);
    let bench = Bench::ready(12, &Spec::on(&server).with("judge", JUDGE));
    bench.apply().exits(0).says(&["12 answers by judge: 0 kept"]);
    let (results, asked) = (bench.results(), server.count());
    for row in 0..12 {
        let expected = if results.field(row, "output").starts_with('B') { "correct" } else { "wrong" };
        assert_eq!((results.field(row, "verdict"), results.field(row, "rule")), (expected, "model"));
    }
    let answers = bench.table("judge_answers.csv");
    assert!(answers.column("model").iter().all(|model| *model == "judge"));
    assert_eq!(answers.field(0, "item_id"), results.field(0, "request_key"));
    assert_eq!(bench.table("judge_model_summary.csv").field(0, "model"), "judge");

    bench.apply().exits(0).says(&["12 answers by judge: 12 kept, 0 sent"]);
    assert_eq!(server.count(), asked);
}

#[test]
fn what_a_judge_does_not_say_clearly_counts_in_no_score() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(|asked| if asked.model == "judge" { Act::Say("It is fine.".into()) } else { Act::Answer });
    let bench = Bench::ready(4, &Spec::on(&server).with("judge", JUDGE));
    bench.apply().exits(0);
    assert!(bench.results().column("verdict").iter().all(|verdict| *verdict == "unjudged"));
    let summary = bench.table("model_summary.csv");
    assert_eq!(
        (summary.field(0, "unjudged"), summary.field(0, "samples"), summary.field(0, "avg_score")),
        ("4", "0", "")
    );
}

#[test]
fn several_judges_vote_and_cost_what_they_cost() {
    let server = Server::openai(&["small", "one", "two", "three"], None);
    server.acts(|asked| match asked.model.as_str() {
        "one" | "two" => Act::Say("VERDICT: correct".into()),
        "three" => Act::Say("VERDICT: wrong".into()),
        _ => Act::Answer,
    });
    let models = "[{ name: one, endpoint: local }, { name: two, endpoint: local }, { name: three, endpoint: local }]";
    let prices = "{ models: { small: { input: 1, output: 1 }, one: { input: 1, output: 1 }, two: { input: 1, output: 1 }, three: { input: 1, output: 1 } } }";
    let spec = Spec::on(&server).with("judge", &format!("{{ model: {{ models: {models} }} }}")).with("pricing", prices);
    let bench = Bench::ready(3, &spec);
    bench.apply().exits(0).says(&["3 answers by one, two, three: 0 kept, 9 sent", "USD"]);
    assert!(bench.results().column("verdict").iter().all(|verdict| *verdict == "correct"));
    assert!(bench.table("judge_model_summary.csv").number(2, "cost") > 0.0);
}

#[test]
fn a_budget_counts_what_judges_are_asked() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(grades);
    // Twelve questions have fewer different answers, but more than two.
    let spec = Spec::on(&server).with("judge", JUDGE).with("budget", "{ max_requests: 14 }");
    let bench = Bench::ready(12, &spec);
    bench.apply().exits(4).shows(&["max_requests"]);
    assert_eq!(server.count(), 14);
    bench.apply().exits(0);
}

#[test]
fn a_judge_that_fails_is_asked_again_by_the_next_run() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(|asked| if asked.model == "judge" { Act::status(500, "out of memory") } else { Act::Answer });
    let bench = Bench::ready(4, &Spec::on(&server).with("judge", JUDGE));
    bench.apply().exits(3);
    server.acts(grades);
    bench.apply().exits(0);
    assert!(bench.results().column("verdict").iter().all(|verdict| *verdict != "unjudged"));
}

#[test]
fn a_judge_model_must_have_an_endpoint() {
    let server = Server::ollama(&["small"]);
    let judge = "{ model: { models: [{ name: judge, endpoint: loca }] } }";
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", judge));
    bench.plan().exits(2).says(&["unknown endpoint `loca`", "did you mean `local`?"]);
}

#[test]
fn further_judges_are_shown_beside_the_one_that_scores() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("other_judges", "{ simple: first_letter, again: choice }");
    let bench = Bench::ready(6, &spec);
    bench.apply().exits(0);
    let verdicts = bench.table("verdicts.csv");
    assert_eq!(verdicts.rows.len(), 12);
    assert_eq!(verdicts.column("judge")[..2], ["again", "simple"]);
    let summary = bench.table("judge_summary.csv");
    assert_eq!(summary.column("judge"), ["judge", "again", "simple"]);
    assert_eq!((summary.field(1, "agreement"), summary.field(0, "answers")), ("1", "6"));
}

#[test]
fn a_dataset_may_have_a_judge_of_its_own() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| Act::Say(if asked.prompt.contains("seven") { "It is 7.".into() } else { "A".into() }));
    let numbers = "{ name: numbers, source: { file: { path: numbers.jsonl } }, judge: numeric }";
    let spec = Spec::on(&server)
        .with("datasets", &format!("[{{ source: {{ file: {{ path: questions.jsonl }} }} }}, {numbers}]"));
    let bench = Bench::ready(2, &spec);
    bench.write("experiments/numbers.jsonl", "{\"question\": \"What is seven?\", \"answer\": \"7\"}\n");
    bench.apply().exits(0);
    let results = bench.results();
    let row = results.column("dataset").iter().position(|name| *name == "numbers").unwrap();
    assert_eq!((results.field(row, "verdict"), results.field(row, "extracted_answer")), ("correct", "7"));
}

#[test]
fn what_is_stored_is_judged_anew_without_sending() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server);
    let bench = Bench::ready(6, &spec);
    bench.run(&["judge", "experiments/trial.yaml"]).exits(2).says(&["the store has no response"]);
    bench.apply().exits(0);
    let asked = server.count();
    drop(server);
    bench.spec(&spec.with("judge", "first_letter"));
    bench.run(&["judge", "experiments/trial.yaml"]).exits(0).says(&["6 requests: 6 kept, 0 sent"]);
    assert_eq!(asked, 6);
    assert!(bench.results().column("rule").iter().all(|rule| *rule == "first_letter"));
}

#[test]
fn an_answer_is_explained_down_to_its_key() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(grades);
    let bench = Bench::ready(3, &Spec::on(&server).with("other_judges", &format!("{{ second: {JUDGE} }}")));
    bench.apply().exits(0);
    let asked = server.count();
    let explain = |item: &str| bench.run(&["explain", "experiments/trial.yaml", item]);
    let key = bench.results().field(1, "request_key").to_owned();
    let page = explain("1");
    let parts = ["questions#1", "prompt as sent", "request key", &key, "second", "rule: model"];
    page.exits(0).shows(&parts);
    assert_eq!(explain(&key[..12]).stdout, page.stdout);
    assert_eq!(server.count(), asked);
    explain("7").exits(2).says(&["no sample is called `7`"]);
    drop(server);
    assert_eq!(explain("1").stdout, page.stdout);
    bench.run(&["explain", "experiments/trial.yaml", "1", "--model", "smal"]).exits(2).says(&["no model `smal`"]);
}

#[test]
fn words_patterns_and_json_are_read() {
    let server = Server::ollama(&["small"]);
    server
        .acts(|_| Act::Say("Thinking done.\n```json\n{\"answer\": \"Oslo\", \"year\": 1048}\n```\nIt is Oslo.".into()));
    let schema = "{ type: object, required: [answer], properties: { year: { type: integer } } }";
    let others = format!(
        "{{ a: {{ contains: {{ none: [Paris] }} }}, b: {{ regex: {{ pattern: 'is (\\w+)' }} }}, c: {{ json: {{ pointer: answer }} }}, \
         d: {{ json: {{ schema: {schema} }} }}, e: {{ exact: {{ normal: true }} }} }}"
    );
    let spec = Spec::on(&server).with("judge", "contains").with("other_judges", &others);
    let bench = Bench::ready(1, &spec);
    bench.write("experiments/questions.jsonl", "{\"question\": \"The capital of Norway?\", \"answer\": \"Oslo\"}\n");
    bench.apply().exits(0);
    assert_eq!(bench.results().field(0, "verdict"), "correct");
    let verdicts = bench.table("verdicts.csv");
    assert_eq!(verdicts.column("judge"), ["a", "b", "c", "d", "e"]);
    assert_eq!(verdicts.column("verdict"), ["correct", "correct", "correct", "correct", "wrong"]);
    assert_eq!(verdicts.column("rule")[1..4], ["match", "value_equal", "schema_fits"]);
}

#[test]
fn a_judge_that_cannot_work_is_refused_with_its_place() {
    let server = Server::ollama(&["small"]);
    for (judge, message) in [
        ("{ regex: { pattern: '(' } }", "unclosed group"),
        ("{ regex: { pattern: 'a', group: b } }", "the pattern has no group `b`"),
        ("{ json: { schema: { type: 5 } } }", "the schema is not valid"),
        ("{ contains: { all: ['?!'] } }", "`?!` has no letter or digit"),
        ("{ model: { models: [] } }", "names no model"),
    ] {
        let bench = Bench::ready(1, &Spec::on(&server).with("judge", judge));
        bench.plan().exits(2).says(&[message, "trial.yaml"]);
    }
}

#[test]
fn a_judge_is_held_against_people_and_its_own_family() {
    let server = Server::ollama(&["small", "small-judge:7b"]);
    server.acts(|asked| if asked.model == "small" { Act::Answer } else { Act::Say("VERDICT: correct".into()) });
    let models = "[{ name: judge, model: 'small-judge:7b', endpoint: local }]";
    let judge = format!("{{ model: {{ models: {models}, calibration: labels.csv }} }}");
    let bench = Bench::ready(4, &Spec::on(&server).with("judge", &judge));
    bench.plan().exits(2).says(&["cannot read", "labels.csv"]);
    bench.write("experiments/labels.csv", "model,prompt_id,label\nsmall,0,correct\nsmall,1,wrong\n");
    bench
        .apply()
        .exits(0)
        .shows(&["the judge agrees with 50.0 % of 2 human labels", "judges answers of its own family"]);
}

#[test]
fn explaining_asks_no_judge_that_was_not_asked_yet() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(grades);
    let spec = Spec::on(&server);
    let bench = Bench::ready(1, &spec);
    bench.apply().exits(0);
    let asked = server.count();
    let others = format!("{{ a: {{ command: {{ run: [sh, judge.sh] }} }}, b: {JUDGE} }}");
    bench.spec(&spec.with("other_judges", &others));
    bench.write("experiments/judge.sh", "touch ran\n");
    let page = bench.run(&["explain", "experiments/trial.yaml", "0"]);
    page.exits(0).shows(&["rule: not_judged", "rule: no_verdict"]);
    assert!(!bench.path("experiments/ran").exists());
    assert_eq!(server.count(), asked);
}

#[test]
fn every_problem_of_every_judge_is_listed_once() {
    let server = Server::ollama(&["small"]);
    let model = "{ model: { models: [{ name: j, endpoint: loca }], scale: { min: 5, max: 1 } } }";
    let datasets = format!(
        "[{{ source: {{ file: {{ path: questions.jsonl }} }}, judge: {model}, other_judges: {{ a: choice }} }}]"
    );
    let spec = Spec::on(&server).with("datasets", &datasets).with("judge", "{ regex: { pattern: '(' } }");
    let finished = Bench::ready(1, &spec).plan();
    finished.exits(2).says(&["`scale.min` must be less", "unknown endpoint `loca`", "unclosed group", "3 problems"]);
    assert_eq!(finished.stderr.matches("unclosed group").count(), 1);
}

/// A chat answer, in one piece or as a stream, with the probabilities of its first token.
fn with_logprobs(asked: &Asked, logprobs: &serde_json::Value) -> Act {
    let is_stream = asked.body["stream"] == true;
    let member = if is_stream { "delta" } else { "message" };
    let choice =
        serde_json::json!([{ "index": 0, member: { "content": "B" }, "logprobs": logprobs, "finish_reason": "stop" }]);
    let body = serde_json::json!({ "choices": choice, "usage": { "prompt_tokens": 9, "completion_tokens": 1 } });
    let text = if is_stream { format!("data: {body}\n\ndata: [DONE]\n\n") } else { body.to_string() };
    Act::Status(200, Vec::new(), text)
}

#[test]
fn the_most_likely_letter_is_the_answer_over_all_its_spellings() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| {
        assert_eq!((&asked.body["logprobs"], &asked.body["top_logprobs"]), (&true.into(), &20.into()));
        let top = [("B", 0.4), (" C", 0.3), ("C.", 0.2), ("The", 0.1)]
            .map(|(token, share): (&str, f64)| serde_json::json!({ "token": token, "logprob": share.ln() }));
        with_logprobs(
            asked,
            &serde_json::json!({ "content": [{ "token": "B", "logprob": 0.4_f64.ln(), "top_logprobs": top }] }),
        )
    });
    for stream in ["true", "false"] {
        let spec = Spec::on(&server)
            .with("judge", "{ choice: { method: first_token } }")
            .with("generation", &format!("{{ max_tokens: 1, stream: {stream} }}"))
            .with("charts", "[reliability]");
        let bench = Bench::ready(6, &spec);
        bench.apply().exits(0);
        let results = bench.results();
        assert!(results.column("extracted_answer").iter().all(|letter| *letter == "C"));
        assert!((results.number(0, "letter_probability") - 5.0 / 9.0).abs() < 1e-9);
        assert!((results.number(0, "letter_mass") - 0.9).abs() < 1e-9);
        let right = results.column("verdict").iter().filter(|verdict| **verdict == "correct").count();
        let summary = bench.table("model_summary.csv");
        let expected = (right as f64 / 6.0 - 5.0 / 9.0).abs();
        assert!((summary.number(0, "ece") - expected).abs() < 1e-9);
        assert!(summary.number(0, "brier") > 0.0);
        assert!(bench.path("outputs/trial/reliability.svg").exists());
        let asked = server.count();
        bench.apply().exits(0);
        assert_eq!(server.count(), asked);
        let page = bench.run(&["explain", "experiments/trial.yaml", "1"]);
        page.exits(0).shows(&["first token", "C  0.5556", "counts as C", "rule: first_token"]);
    }
}

#[test]
fn an_answer_without_readable_probabilities_is_kept_and_unjudged() {
    let server = Server::openai(&["small"], None);
    for logprobs in [serde_json::json!(null), serde_json::json!({ "content": [{ "token": "B", "logprob": {} }] })] {
        let sent = logprobs.clone();
        server.acts(move |asked| with_logprobs(asked, &sent));
        let spec = Spec::on(&server).with("judge", "{ choice: { method: first_token } }");
        let bench = Bench::ready(2, &spec);
        bench.apply().exits(0);
        let results = bench.results();
        assert_eq!((results.field(0, "output"), results.field(0, "verdict")), ("B", "unjudged"), "{logprobs}");
        assert_eq!((results.field(0, "rule"), results.field(0, "letter_mass")), ("no_log_probabilities", ""));
    }
}

#[test]
fn probabilities_are_asked_for_only_where_a_judge_reads_them_and_there_are_any() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| {
        assert!(asked.body.get("logprobs").is_none() && asked.body.get("top_logprobs").is_none());
        Act::Answer
    });
    let bench = Bench::ready(1, &Spec::on(&server));
    bench.apply().exits(0);
    let server = Server::anthropic(&["small"], None);
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", "{ choice: { method: first_token } }"));
    bench.plan().exits(2).says(&["gives no log-probabilities", "method: evidence"]);
}

/// Questions of which nobody knows the answer, and some whose answer cannot be read.
const OPEN: &str =
    "{\"question\": \"Who?\"}\n{\"question\": \"Why?\", \"choices\": [\"a\", \"b\"], \"answer\": \"z\"}\n";

#[test]
fn what_nobody_judges_is_measured_and_has_no_score() {
    let server = Server::ollama(&["small", "large"]);
    let models = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";
    let spec = Spec::on(&server).with("judge", "none").with("models", models).with("charts", "[durations]");
    let bench = Bench::ready(1, &spec);
    bench.write("experiments/questions.jsonl", OPEN);
    let finished = bench.apply();
    finished.exits(0).says(&["judge     no judge, so no score"]).shows(&["nobody judged the answers"]);
    for absent in ["unread", "evidence", "judged question"] {
        assert!(!finished.stdout.contains(absent), "{absent} in {}", finished.stdout);
    }
    assert!(!finished.stderr.contains("cannot be scored"), "{}", finished.stderr);
    assert_eq!(server.count(), 4);
    let results = bench.results();
    for column in ["score", "verdict", "extracted_answer", "rule"] {
        assert!(results.column(column).iter().all(|value| value.is_empty()), "{column}");
    }
    let summary = bench.table("model_summary.csv");
    for column in ["avg_score", "samples", "items", "correct", "wrong", "no_answer", "score_low"] {
        assert_eq!(summary.column(column), ["", ""], "{column}");
    }
    assert!(summary.number(0, "latency_median_s") > 0.0);
    assert!(!bench.read("outputs/trial/summary.md").contains("score.svg"));
    bench.run(&["judge", "experiments/trial.yaml"]).exits(0);
    bench.run(&["explain", "experiments/trial.yaml", "0"]).exits(0).shows(&["Who?"]);
}

#[test]
fn one_dataset_may_have_no_judge() {
    let server = Server::ollama(&["small"]);
    let datasets =
        "[{ source: { file: { path: questions.jsonl } } }, { source: { file: { path: open.jsonl } }, judge: none }]";
    let others = "{ strict: first_letter }";
    let bench = Bench::ready(8, &Spec::on(&server).with("datasets", datasets).with("other_judges", others));
    bench.write("experiments/open.jsonl", OPEN);
    bench.apply().exits(0).shows(&["questions", "open"]);
    let cells = bench.table("cell_summary.csv");
    assert_eq!(cells.column("samples"), ["8", ""]);
    assert_eq!(bench.table("model_summary.csv").column("samples"), ["8"]);
    assert_eq!(bench.table("verdicts.csv").rows.len(), 8);
}

#[test]
fn what_needs_verdicts_is_refused_where_nobody_judges() {
    let plain = Spec::at("{ ollama: {} }").with("judge", "none").with("charts", "[durations]");
    let refused = |spec: &Spec, words: &[&str]| {
        Bench::ready(1, spec).run(&["validate", "experiments/trial.yaml"]).exits(2).says(words);
    };
    refused(
        &plain.with("charts", "[durations, score]"),
        &["a chart of scores needs a judge", "trial.yaml:", "set a `judge`"],
    );
    refused(&plain.with("gates", "[score >= 0.5]"), &["the gate `score >= 0.5` needs a judge"]);
    refused(&plain.with("other_judges", "{ strict: exact }"), &["`judge` is `none`", "make one of them the `judge`"]);
    refused(&plain.with("judge", "exact").with("other_judges", "{ strict: none }"), &["`none` judges nothing"]);
    Bench::ready(1, &plain).run(&["validate", "experiments/trial.yaml"]).exits(0);
}
