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
    let judging = bench.table("judge_model_summary.csv");
    assert!(judging.number(2, "cost") > 0.0);
    let page = std::fs::read_to_string(bench.path("outputs/trial/report.html")).unwrap();
    assert!(page.contains("Costs of judging in USD") && page.contains("Answers and judging cost"));
    let row = page.split("<bdi>three</bdi></th>").nth(1).unwrap().split("</tr>").next().unwrap();
    let shown: f64 = row.split("strong\">").nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
    assert!((shown / judging.number(2, "cost") - 1.0).abs() < 0.01, "{row}");
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
fn a_judge_of_no_answers_has_nothing_to_say() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(|_| Act::status(400, "no"));
    let bench = Bench::ready(2, &Spec::on(&server).with("judge", JUDGE));
    bench.apply().exits(3).says(&["0 answers by judge: 0 kept, 0 sent"]);
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
            .map(|(token, share): (&str, f64)| serde_json::json!({ "token": token, "logprob": libm::log(share) }));
        with_logprobs(
            asked,
            &serde_json::json!({ "content": [{ "token": "B", "logprob": libm::log(0.4), "top_logprobs": top }] }),
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

/// Chooses the first choice of every other question, and the right one of the rest, wherever it stands.
fn loves_the_first(asked: &Asked) -> Act {
    let words = ["alpha", "beta", "gamma", "delta"];
    let number =
        asked.prompt.split("number ").nth(1).and_then(|rest| rest.split('?').next()?.parse::<usize>().ok()).unwrap();
    let place =
        |word: &str| "ABCD".chars().find(|letter| asked.prompt.contains(&format!("{letter}. {word}\n"))).unwrap();
    Act::Say(if number.is_multiple_of(2) { "A".into() } else { place(words[number % 4]).into() })
}

#[test]
fn rotated_choices_show_what_depends_on_their_place() {
    let server = Server::ollama(&["small", "other"]);
    server.acts(loves_the_first);
    let spec = Spec::on(&server).with("models", "[{ name: small, endpoint: local }, { name: other, endpoint: local }]");
    let bench = Bench::ready(20, &spec);
    bench.apply().exits(0);
    let plain: Vec<String> = bench.results().column("request_key").iter().map(|key| (*key).to_owned()).collect();
    bench.spec(&spec.with("judge", "{ choice: { rotate: true } }"));
    // The order of the dataset was asked before: its keys are the same, so it is kept.
    bench
        .apply()
        .exits(0)
        .says(&["40 kept, 120 sent", "20 of 20 rows in 80 orders of their choices"])
        .shows(&["position_bias", "changes with its place for 50.0 %"]);
    let results = bench.results();
    let of = |rotation: &str, name: &str| -> Vec<String> {
        let rows = (0..results.rows.len()).filter(|row| results.field(*row, "rotation") == rotation);
        rows.map(|row| results.field(row, name).to_owned()).collect()
    };
    assert_eq!(of("0", "request_key"), plain);
    assert_eq!(of("1", "gold_text"), of("0", "gold_text"));
    assert_eq!(
        (&of("3", "gold_letter")[1], &of("3", "unrotated_answer")[1], &of("3", "choices")[1]),
        (&"C".to_owned(), &"B".to_owned(), &"[\"delta\",\"alpha\",\"beta\",\"gamma\"]".to_owned())
    );
    let summary = bench.table("model_summary.csv");
    assert_eq!(
        (summary.field(0, "samples"), summary.field(0, "items"), summary.field(0, "rotated_questions")),
        ("80", "20", "20")
    );
    assert_eq!((summary.number(0, "avg_score"), summary.number(0, "position_changes")), (0.625, 0.5));
    assert_eq!((summary.field(0, "majority_score"), summary.field(0, "pass_at_2")), ("", ""));
    let places = bench.table("position_bias.csv");
    assert_eq!(places.column("position")[..4], ["A", "B", "C", "D"]);
    assert_eq!((places.field(0, "chosen"), places.field(0, "right"), places.field(1, "chosen")), ("50", "20", "10"));
    let text = bench.read("outputs/trial/summary.md");
    assert!(text.contains("## Position bias") && text.contains("| small | A | 62.5 % | 25.0 % | 37.5 % |"), "{text}");
    assert_eq!(bench.table("pairs.csv").field(0, "scored_questions"), "20");
    bench
        .run(&["explain", "experiments/trial.yaml", "3+2", "--model", "small"])
        .exits(0)
        .shows(&["questions#3+2", "A. gamma"]);
}

#[test]
fn rotations_serve_judges_by_log_probabilities_and_levels_with_a_number_of_requests() {
    let server = Server::openai(&["small"], None);
    server.acts(|asked| {
        let top = serde_json::json!([{ "token": "B", "logprob": -0.1 }]);
        with_logprobs(
            asked,
            &serde_json::json!({ "content": [{ "token": "B", "logprob": -0.1, "top_logprobs": top }] }),
        )
    });
    let spec = Spec::on(&server)
        .with("judge", "{ choice: { method: first_token, rotate: 2 } }")
        .with("other_judges", "{ simple: first_letter }")
        .with("load", "{ warmup: 0, attempts: 1, requests: 24 }");
    let bench = Bench::ready(12, &spec);
    bench.apply().exits(0);
    let summary = bench.table("model_summary.csv");
    assert_eq!((summary.field(0, "samples"), summary.field(0, "position_changes")), ("24", "1"));
    assert!(bench.results().column("rotation").iter().all(|places| ["0", "2"].contains(places)));
    let verdicts = bench.table("verdicts.csv");
    assert_eq!(verdicts.column("verdict"), bench.results().column("verdict"));
    assert!(!bench.apply().exits(0).stdout.contains("samples were asked up to"));
}

#[test]
fn only_the_judge_that_scores_rotates() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server);
    let beside = spec.with("other_judges", "{ again: { choice: { rotate: true } } }");
    Bench::ready(1, &beside).plan().exits(2).says(&["`rotate` belongs to the judge that scores", "trial.yaml:"]);
    for wrong in ["1", "27", "often", "-2"] {
        let judge = format!("{{ choice: {{ rotate: {wrong} }} }}");
        let bench = Bench::ready(1, &spec.with("judge", &judge));
        bench.plan().exits(2).says(&["a number of rotations from 2 to 26", "trial.yaml:"]);
    }
}

#[test]
fn a_judge_is_asked_as_its_own_settings_say() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(|asked| {
        let options = &asked.body["options"];
        let settings =
            (options["num_predict"].as_u64(), options["temperature"].as_f64(), asked.body["format"] == "json");
        let expected = if asked.model == "judge" { (Some(300), Some(0.0), false) } else { (Some(7), Some(0.5), true) };
        assert_eq!(settings, expected);
        grades(asked)
    });
    let judge = "{ model: { models: [{ name: judge, endpoint: local }], max_tokens: 300 } }";
    let generation = "{ max_tokens: 7, temperature: 0.5, response_format: json, stop: [x] }";
    let bench = Bench::ready(2, &Spec::on(&server).with("judge", judge).with("generation", generation));
    bench.apply().exits(0);
}

#[test]
fn models_that_judge_are_pinned_like_those_that_are_judged() {
    let server = Server::ollama(&["small"]);
    let judges = Server::ollama(&["judge"]);
    judges.acts(grades);
    let endpoints = format!("{{ local: {}, other: {} }}", server.endpoint(), judges.endpoint());
    let judge = "{ model: { models: [{ name: grader, model: judge, endpoint: other }] } }";
    let spec = Spec::on(&server).with("endpoints", &endpoints).with("judge", judge);
    let bench = Bench::ready(3, &spec);
    bench.apply().exits(0);
    let lock = bench.read("experiments/trial.lock");
    assert!(lock.contains("[[judge]]\nname = \"grader\"\ndigest = "), "{lock}");
    let manifest: serde_json::Value = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    assert_eq!((&manifest["judges"][0]["name"], &manifest["judges"][0]["model"]), (&"grader".into(), &"judge".into()));
    assert!(manifest["judges"][0]["digest"].is_string());
    let locked = ["apply", "--locked", "experiments/trial.yaml"];
    bench.run(&locked).exits(0);
    judges.pulls_again();
    let (asked, judged) = (server.count(), judges.count());
    bench.run(&locked).exits(4).says(&["judge `grader`: digest changed from "]);
    assert_eq!((server.count(), judges.count()), (asked, judged));
    // Another digest is another judge, so the run that accepts it asks it anew.
    bench.run(&["apply", "--update", "experiments/trial.yaml"]).exits(0).says(&["0 kept, "]);
    bench.run(&locked).exits(0);
    drop(judges);
    bench.plan().exits(0).says(&["endpoint `other` could not be asked"]).shows(&["3 kept, 0 to send"]);
}

#[test]
fn a_lock_file_without_its_judge_is_not_whole() {
    let server = Server::ollama(&["small", "judge"]);
    server.acts(grades);
    let spec = Spec::on(&server);
    let bench = Bench::ready(1, &spec);
    bench.apply().exits(0);
    bench.spec(&spec.with("judge", JUDGE));
    bench.run(&["apply", "--locked", "experiments/trial.yaml"]).exits(4).says(&["models and judges", "--update"]);
    bench.apply().exits(0);
    bench.run(&["apply", "--locked", "experiments/trial.yaml"]).exits(0);
}

#[test]
fn a_plan_says_what_its_judges_would_be_asked_and_cost() {
    let server = Server::openai(&["small", "one", "two"], None);
    server.acts(|asked| if asked.model == "small" { Act::Answer } else { Act::Say("VERDICT: correct".into()) });
    let model =
        "{ model: { models: [{ name: one, endpoint: local }, { name: two, endpoint: local }], max_tokens: 100 } }";
    let price = "{ input: 1, output: 1 }";
    let spec = Spec::on(&server)
        .with("other_judges", &format!("{{ graders: {model} }}"))
        .with("pricing", &format!("{{ models: {{ small: {price}, one: {price}, two: {price} }} }}"));
    let bench = Bench::ready(3, &spec);
    let words = "judge `graders` of questions by one, two: at most 6 requests: 0 kept, at most 6 to send; about ";
    bench.plan().exits(0).shows(&[words, "at most 600 output tokens; estimated cost ", " to at most "]);
    assert_eq!(server.count(), 0);
    bench.apply().exits(0);
    bench.plan().exits(0).shows(&["judge `graders` of questions by one, two: 6 requests: 6 kept, 0 to send"]);
    bench.spec(&spec.with("other_judges", &format!("{{ graders: {} }}", model.replace("100", "50"))));
    bench.plan().exits(0).shows(&["6 requests: 0 kept, 6 to send", "at most 300 output tokens"]);
}

#[test]
fn a_name_is_of_one_model_that_judges() {
    let server = Server::ollama(&["small"]);
    for model in ["other", "j"] {
        let judge = format!(
            "{{ model: {{ models: [{{ name: j, endpoint: local }}, {{ name: j, model: {model}, endpoint: local }}] }} }}"
        );
        let bench = Bench::ready(1, &Spec::on(&server).with("judge", &judge));
        bench.plan().exits(2).says(&["another model that judges is called `j`", "1 problem in"]);
    }
}

#[test]
fn an_answer_is_explained_from_the_folder_of_its_run() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server).with("judge", "choice");
    let bench = Bench::ready(4, &spec);
    bench.run(&["apply", "experiments/trial.yaml", "--set", "judge=first_letter", "--limit", "3"]).exits(0);
    let manifest: serde_json::Value = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    assert_eq!(
        manifest["origin"],
        serde_json::json!({
            "spec": "../../experiments/trial.yaml", "store": "../store.sqlite",
            "overrides": ["judge=first_letter"], "limit": 3,
        })
    );
    drop(server);
    let by_spec = bench.run(&["explain", "experiments/trial.yaml", "1", "--set", "judge=first_letter"]);
    let by_folder = bench.run(&["explain", "outputs/trial", "1"]);
    by_folder.exits(0).shows(&["questions#1", "rule: first_letter"]);
    assert_eq!((by_folder.stdout.as_str(), by_folder.stderr.as_str()), (by_spec.stdout.as_str(), ""));
    bench.run(&["explain", "outputs/trial", "3"]).exits(2).says(&["no sample is called `3`"]);
    bench.run(&["explain", "outputs/trial", "1", "--set", "judge=choice"]).exits(0).shows(&["evidence: "]);

    // The tree as a whole may stand elsewhere.
    std::fs::create_dir(bench.path("moved")).unwrap();
    for name in ["experiments", "outputs"] {
        std::fs::rename(bench.path(name), bench.path("moved").join(name)).unwrap();
    }
    assert_eq!(bench.run(&["explain", "moved/outputs/trial", "1"]).exits(0).stdout, by_spec.stdout);
    bench.write("moved/experiments/trial.yaml", spec.with("description", "changed").text());
    bench
        .run(&["explain", "moved/outputs/trial", "1"])
        .exits(0)
        .says(&["trial.yaml is not the one that this run was made from"]);
    std::fs::remove_file(bench.path("moved/experiments/trial.yaml")).unwrap();
    bench
        .run(&["explain", "moved/outputs/trial", "1"])
        .exits(2)
        .says(&["is not at ../../experiments/trial.yaml any more"]);
    bench.run(&["explain", "moved/outputs", "1"]).exits(2).says(&["has no manifest", "output folder of a run"]);
    let older = bench.read("moved/outputs/trial/manifest.json").replace("\"origin\"", "\"other\"");
    bench.write("moved/outputs/trial/manifest.json", older);
    bench.run(&["explain", "moved/outputs/trial", "1"]).exits(2).says(&["does not name its spec"]);
}

#[test]
fn a_verdict_is_held_to_a_schema_where_the_api_has_one() {
    const OBJECT: &str = r#"{"reason": "It is the same.", "verdict": "correct"}"#;
    for (server, path) in [
        (Server::openai(&["small", "judge"], None), &["response_format", "json_schema", "schema"][..]),
        (Server::ollama(&["small", "judge"]), &["format"][..]),
    ] {
        let says = |by_schema: bool| {
            move |asked: &Asked| {
                let schema = path.iter().fold(&asked.body, |body, part| &body[*part]);
                let is_held = asked.model == "judge" && by_schema;
                assert_eq!(!schema["properties"]["verdict"]["enum"].is_null(), is_held, "{}", asked.body);
                assert_eq!(asked.prompt.contains("one JSON object"), is_held);
                if asked.model == "judge" { Act::Say(OBJECT.into()) } else { Act::Answer }
            }
        };
        server.acts(says(true));
        let spec = Spec::on(&server);
        let bench = Bench::ready(2, &spec.with("judge", JUDGE));
        bench.apply().exits(0);
        assert_eq!(bench.results().column("verdict"), ["correct", "correct"]);
        assert_eq!(bench.table("judge_answers.csv").field(0, "output"), OBJECT);
        let asked = server.count();
        bench.apply().exits(0);
        assert_eq!(server.count(), asked);
        // Another form is another request, and an object is no line.
        server.acts(says(false));
        bench.spec(&spec.with("judge", "{ model: { models: [{ name: judge, endpoint: local }], verdict: line } }"));
        bench.apply().exits(0).says(&["2 answers by judge: 0 kept, 2 sent"]);
        assert_eq!(bench.results().column("verdict"), ["unjudged", "unjudged"]);
    }
}

#[test]
fn an_api_without_schemas_is_asked_for_a_line_or_refused() {
    let server = Server::openai(&["small", "judge"], None);
    server.acts(grades);
    let plain = format!("{{ openai: {{ url: '{}/v1', api: completions }} }}", server.url());
    let spec = Spec::on(&server).with("endpoints", &format!("{{ local: {}, plain: {plain} }}", server.endpoint()));
    let two = "{ model: { models: [{ name: judge, endpoint: local }, { name: other, model: judge, endpoint: plain }], verdict: FORM } }";
    let bench = Bench::ready(1, &spec.with("judge", &two.replace("FORM", "schema")));
    bench.plan().exits(2).says(&[
        "the API of `other` holds no answer to a schema",
        "use `verdict: line`",
        "trial.yaml:",
    ]);
    // Judges that are counted together are asked in one form.
    bench.spec(&spec.with("judge", &two.replace("FORM", "auto")));
    bench.apply().exits(0);
    assert!(bench.table("judge_answers.csv").column("output").iter().all(|output| output.contains("VERDICT: ")));
}

#[test]
fn judges_decide_by_majority_and_say_how_far_they_agree() {
    let server = Server::openai(&["small", "one", "two", "three"], None);
    // Of every four questions, `two` and `three` differ from `one` on one each.
    server.acts(|asked| {
        let number = |prompt: &str| prompt.split("number ").nth(1)?.split('?').next()?.parse::<usize>().ok();
        let Some(number) = number(&asked.prompt).filter(|_| asked.model != "small") else { return Act::Answer };
        let is_correct = match asked.model.as_str() {
            "one" => number.is_multiple_of(2),
            "two" => number.is_multiple_of(2) != (number % 4 == 1),
            _ => number.is_multiple_of(2) != (number % 4 == 2),
        };
        Act::Say(format!("VERDICT: {}", if is_correct { "correct" } else { "wrong" }))
    });
    let judges = |names: &[&str]| {
        let models: Vec<String> = names.iter().map(|name| format!("{{ name: {name}, endpoint: local }}")).collect();
        format!("{{ model: {{ models: [{}] }} }}", models.join(", "))
    };
    let spec = Spec::on(&server).with("judge", &judges(&["one", "two", "three"]));
    let bench = Bench::ready(20, &spec);
    let note = "one, two, three agree on 66.7 % of 20 answers to questions, κ 0.33 [";
    bench.apply().exits(0).shows(&["judge_agreement (judge)", note, "make the rubric clearer"]);
    let results = bench.results();
    let expected = |row: usize| if row.is_multiple_of(2) { "correct" } else { "wrong" };
    assert!((0..20).all(|row| results.field(row, "verdict") == expected(row)));
    let agreement = bench.table("judge_agreement.csv");
    assert_eq!(agreement.column("models"), ["one, two, three", "one, two", "one, three", "two, three"]);
    for (row, share) in [2.0 / 3.0, 0.75, 0.75, 0.5].into_iter().enumerate() {
        assert!((agreement.number(row, "agreement") - share).abs() < 1e-9);
    }
    // Two and three agree on half of the answers, of which chance gives 3/8.
    for (row, kappa) in [(1, 0.5), (3, 0.2)] {
        assert!((agreement.number(row, "kappa") - kappa).abs() < 1e-9);
    }
    assert!(agreement.number(1, "kappa_low") < 0.5 && agreement.number(1, "kappa_high") > 0.5);
    assert!(bench.read("outputs/trial/summary.md").contains("judge\\_agreement"));

    // Two of them tie on a quarter of the answers, which count in no score.
    bench.spec(&spec.with("judge", &judges(&["one", "two"])));
    bench.apply().exits(0).says(&["20 answers by one, two: 40 kept, 0 sent"]).shows(&["κ 0.50"]);
    let results = bench.results();
    let tied = (0..20).filter(|row| results.field(*row, "rule") == "no_majority");
    assert_eq!(tied.map(|row| row % 4).collect::<Vec<_>>(), [1; 5]);
    assert_eq!(bench.table("model_summary.csv").field(0, "unjudged"), "5");
    assert_eq!(bench.table("judge_agreement.csv").rows.len(), 1);
    let page = bench.run(&["explain", "experiments/trial.yaml", "1"]);
    page.exits(0).shows(&["rule: no_majority", "one: wrong at", "two: correct at"]);
    // One alone agrees with nobody.
    bench.spec(&spec.with("judge", &judges(&["one"])));
    bench.apply().exits(0);
    assert!(!bench.path("outputs/trial/judge_agreement.csv").exists());
}

#[test]
fn a_server_that_refuses_schemas_is_named_with_the_way_out() {
    let server = Server::openai(&["small", "judge"], None);
    server.acts(|asked| match asked.body["response_format"].is_null() {
        true => grades(asked),
        false => Act::status(400, "response_format is not supported"),
    });
    let spec = Spec::on(&server);
    let by_schema = "{ model: { models: [{ name: judge, endpoint: local }], verdict: schema } }";
    let bench = Bench::ready(2, &spec.with("judge", by_schema));
    bench.apply().exits(3).says(&["were rejected; if the server knows no schemas, set `verdict: line`"]);
    bench.spec(&spec.with("judge", "{ model: { models: [{ name: judge, endpoint: local }], verdict: line } }"));
    bench.apply().exits(0);
    assert!(bench.results().column("verdict").iter().all(|verdict| *verdict != "unjudged"));
}

#[test]
fn a_judge_goes_on_without_the_schema_that_its_server_refuses() {
    let server = Server::openai(&["small", "judge"], None);
    server.acts(|asked| match asked.body["response_format"].is_null() {
        true => grades(asked),
        false => Act::status(400, "This response_format type is unavailable now"),
    });
    let bench = Bench::ready(6, &Spec::on(&server).with("judge", JUDGE));
    bench
        .apply()
        .exits(0)
        .says(&["refuses the JSON schema in `response_format`", "6 answers by judge: 0 kept, 6 sent"]);
    assert!(bench.results().column("verdict").iter().all(|verdict| *verdict != "unjudged"));
    let asked = server.count();
    assert_eq!(asked, 13, "the schema is refused once");
    bench.apply().exits(0).says(&["6 kept, 0 sent"]);
    assert_eq!(server.count(), asked);
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
    finished.exits(0).says(&["judge     no judge, so no score"]).shows(&["the answers were not judged"]);
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

#[test]
fn guessing_among_choices_is_of_judges_that_compare_with_one() {
    let server = Server::ollama(&["small"]);
    for (judge, guessing) in
        [("choice", "0.25"), ("first_letter", "0.25"), ("{ json: { schema: { type: string } } }", ""), ("none", "")]
    {
        let spec = Spec::on(&server).with("judge", judge).with("charts", "[durations]");
        let bench = Bench::ready(8, &spec);
        bench.apply().exits(0);
        assert_eq!(bench.table("model_summary.csv").field(0, "guessing_score"), guessing, "{judge}");
    }
}
