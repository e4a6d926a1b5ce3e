//! A run from end to end.

use serde_json::Value as Json;

use crate::bench::{Bench, Spec};
use crate::server::{Act, Server, letter};

const TABLES: [&str; 6] =
    ["results.csv", "results.parquet", "model_summary.csv", "cell_summary.csv", "subject_summary.csv", "summary.md"];

const PRICES: &str =
    "{ currency: USD, models: { small: { input: 1, output: 2 }, \"tiny:1b\": { input: 3, output: 4 } } }";

const OLD_COLUMNS: [&str; 8] =
    ["model", "prompt_id", "prompt", "expected_answer", "output", "score", "latency_sec", "metadata"];

#[test]
fn a_run_leaves_every_table_and_every_chart() {
    let server = Server::ollama(&["small", "tiny:1b"]);
    let charts = "[score, durations, { scatter: { x: prompt_tokens, y: prompt_eval_duration } }, \
        { scatter: { x: output_tokens, y: eval_duration } }, { scatter: { x: prompt_tokens, y: latency } }, \
        { scatter: { x: output_tokens, y: latency } }, { scatter: { x: total_tokens, y: latency } }, \
        { heatmap: { color: latency } }, { heatmap: { color: eval_duration } }, { heatmap: { color: cost } }, \
        verdicts, letters, pairs, subjects, { tradeoff: { x: latency } }, { tradeoff: { x: cost } }, \
        { tradeoff: { x: tokens_per_s } }]";
    let spec = Spec::on(&server)
        .with("models", "[{ name: small, endpoint: local }, { name: \"tiny:1b\", endpoint: local }]")
        .with("pricing", PRICES)
        .with("charts", charts)
        .with("output", "{ dir: ../outputs/trial, formats: [png, svg] }");
    let bench = Bench::ready(12, &spec);
    bench.apply().exits(0);
    let names = [
        "avg_score_by_model",
        "avg_score_by_model_durations",
        "prompt_tokens_vs_prompt_duration",
        "output_tokens_vs_eval_duration",
        "prompt_tokens_vs_latency",
        "output_tokens_vs_latency",
        "total_tokens_vs_latency",
        "latency_heatmap",
        "eval_duration_heatmap",
        "cost_heatmap",
        "verdicts",
        "letters",
        "score_by_subject",
        "pairs",
        "score_vs_latency",
        "score_vs_cost",
        "score_vs_tokens_per_s",
    ];
    let files = |name| {
        let values = ["csv", "vl.json"].map(|ending| format!("chart_data/{name}.{ending}"));
        values.into_iter().chain(["png", "svg"].map(|ending| format!("{name}.{ending}")))
    };
    let charts = names.iter().flat_map(files);
    let mut expected: Vec<String> =
        charts.chain(TABLES.map(str::to_owned)).chain(["pairs.csv", "report.html"].map(str::to_owned)).collect();
    expected.sort();
    assert_eq!(bench.outputs().into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn without_a_list_of_charts_those_are_drawn_that_answer_the_question() {
    let server = Server::ollama(&["small"]);
    let spec =
        Spec::on(&server).with("pricing", "{ models: { small: { input: 1, output: 2 } } }").with("charts", "null");
    let bench = Bench::ready(6, &spec);
    bench.apply().exits(0);
    let drawn = |bench: &Bench| -> Vec<String> {
        let outputs = bench.outputs();
        outputs.into_keys().filter_map(|name| Some(name.strip_suffix(".svg")?.to_owned())).collect()
    };
    assert_eq!(
        drawn(&bench),
        ["avg_score_by_model", "latency_ecdf", "output_tokens_vs_latency", "score_by_subject", "verdicts"]
    );
    let two = "[{ name: small, endpoint: local }, { name: other, endpoint: local, model: small }]";
    let bench = Bench::ready(6, &Spec::on(&server).with("models", two).with("charts", "null"));
    bench.apply().exits(0);
    let quality = ["pairs", "score_by_subject", "score_vs_latency"];
    let expected = [&["avg_score_by_model", "latency_ecdf", "output_tokens_vs_latency"][..], &quality].concat();
    assert_eq!(drawn(&bench), expected);
    let unjudged = Spec::on(&server).with("judge", "none").with("charts", "null");
    let bench = Bench::ready(6, &unjudged);
    bench.apply().exits(0);
    let expected = ["avg_score_by_model_durations", "latency_ecdf", "output_tokens_vs_latency", "run_timeline"];
    assert_eq!(drawn(&bench), expected);
}

#[test]
fn pictures_are_what_their_names_say() {
    let server = Server::ollama(&["small"]);
    let output = "{ dir: ../outputs/trial, formats: [png, svg, pdf] }";
    let bench = Bench::ready(4, &Spec::on(&server).with("output", output));
    bench.apply().exits(0);
    let outputs = bench.outputs();
    assert!(outputs["avg_score_by_model.png"].starts_with(b"\x89PNG\r\n"));
    assert!(outputs["avg_score_by_model.svg"].starts_with(b"<svg"));
    assert!(outputs["avg_score_by_model.pdf"].starts_with(b"%PDF-"));
}

#[test]
fn the_table_per_model_is_on_standard_output() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Say("B".into()));
    let bench =
        Bench::ready(8, &Spec::on(&server).with("models", "[{ name: small, endpoint: local, label: Small One }]"));
    let finished = bench.apply();
    finished.exits(0).shows(&["Small One", "25.0 %", "7.1 % – 59.1 %", "outputs/trial"]);
}

#[test]
fn each_stage_says_what_it_did_on_standard_error() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(5, &Spec::on(&server));
    let finished = bench.apply();
    finished.says(&["5 requests: 0 kept, 5 sent"]);
    let words: Vec<&str> = finished.stderr.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let stages = ["fetch", "generate", "judge", "aggregate", "render"];
    let mut found = words.into_iter().filter(|word| stages.contains(word)).collect::<Vec<_>>();
    found.dedup();
    assert_eq!(found, stages);
}

#[test]
fn what_is_recommended_and_where_models_stopped_is_in_the_events() {
    let server = Server::ollama(&["small", "large"]);
    let models = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";
    let spec = Spec::on(&server).with("models", models).with("prefer", "[score within 2 points of the best, latency]");
    let bench = Bench::ready(200, &spec.with("until", "{ width: 0.4 }"));
    let finished = bench.run(&["apply", "--json", "experiments/trial.yaml"]);
    let end: Json = serde_json::from_str(finished.exits(0).stdout.lines().last().unwrap()).unwrap();
    let [found] = end["recommendations"].as_array().unwrap().as_slice() else { panic!("{end}") };
    assert!(found["level"].is_null() && found["text"].as_str().unwrap().contains("prefer"), "{found}");
    let is_named = found["model"].as_str().is_some_and(|model| ["small", "large"].contains(&model));
    assert_eq!(is_named, found["text"].as_str().unwrap().starts_with("prefer "), "{found}");
    let stops = end["stops"].as_array().unwrap();
    assert_eq!(stops.iter().map(|stop| stop["subject"].as_str().unwrap()).collect::<Vec<_>>(), ["small", "large"]);
    for stop in stops {
        assert!(stop["asked"].as_u64() < stop["questions"].as_u64() && stop["decided"] == true, "{stop}");
    }
}

#[test]
fn json_events_are_one_object_per_line() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(5, &Spec::on(&server));
    let finished = bench.run(&["apply", "--json", "experiments/trial.yaml"]);
    finished.exits(0);
    let events: Vec<Json> = finished.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |name: &str| events.iter().filter(|event| event["event"] == name).count();
    assert_eq!((count("response_stored"), count("stage_finished"), count("finished")), (5, 5, 1));
    let end = events.last().unwrap();
    assert_eq!((&end["event"], &end["models"][0]["samples"]), (&"finished".into(), &5.into()));
    let summary = bench.read("outputs/trial/model_summary.csv");
    for column in summary.lines().next().unwrap().split(',') {
        assert!(end["models"][0].get(column).is_some(), "{column}");
    }
}

#[test]
fn a_row_holds_what_the_server_said() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    let asked = &server.asked()[1];
    let results = bench.results();
    let field = |name: &str| results.field(1, name);
    assert_eq!(field("output"), format!("The answer is {}.", letter(&asked.prompt)));
    assert_eq!(field("extracted_answer"), letter(&asked.prompt).to_string());
    assert_eq!((field("status"), field("finish_reason"), field("attempts")), ("ok", "stop", "1"));
    assert_eq!(field("prompt_tokens"), (asked.prompt.len() / 4).to_string());
    assert_eq!((field("output_tokens"), field("expected_answer"), field("subject")), ("4", "1", "odd"));
    let metadata: Json = serde_json::from_str(field("metadata")).unwrap();
    let total = results.number(1, "total_duration_s") * 1e9;
    assert!((total - metadata["total_duration"].as_f64().unwrap()).abs() < 1.0, "{total} {metadata}");
}

#[test]
fn the_clock_runs_forward_within_a_row() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(5, &Spec::on(&server));
    bench.apply().exits(0);
    let results = bench.results();
    for row in 0..5 {
        let [first, content, latency, end] =
            ["ttft_s", "ttfc_s", "latency_sec", "stream_total_s"].map(|name| results.number(row, name));
        assert!(0.0 < first && first <= content && content <= latency && latency <= end);
    }
}

#[test]
fn tables_start_with_the_columns_of_the_old_scripts() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    assert_eq!(bench.results().columns[..8], OLD_COLUMNS);
    let summary = [
        "model",
        "avg_score",
        "avg_latency_sec",
        "total_duration_s",
        "load_duration_s",
        "prompt_eval_duration_s",
        "prompt_eval_count",
        "eval_count",
        "eval_duration_s",
        "samples",
    ];
    assert_eq!(bench.table("model_summary.csv").columns[..10], summary);
}

#[test]
fn summaries_count_what_the_rows_hold() {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| Act::Say(if asked.prompt.contains("number 0?") { "No idea" } else { "B" }.into()));
    let bench = Bench::ready(8, &Spec::on(&server));
    bench.apply().exits(0);
    let model = bench.table("model_summary.csv");
    let counts = ["samples", "correct", "wrong", "refusal", "ambiguous", "faults"].map(|name| model.field(0, name));
    assert_eq!(counts, ["8", "2", "5", "1", "0", "0"]);
    let subjects = bench.table("subject_summary.csv");
    assert_eq!((subjects.column("subject"), subjects.column("correct")), (vec!["even", "odd"], vec!["0", "2"]));
}

#[test]
fn levels_and_repeats_are_requests_of_their_own() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server)
        .with("generation", "{ repeats: 3, seed: 7 }")
        .with("load", "{ concurrency: [1, 4], warmup: 0 }");
    let bench = Bench::ready(2, &spec);
    bench.apply().exits(0);
    assert_eq!((server.count(), bench.results().rows.len()), (12, 12));
    let seeds = server.asked().iter().map(|asked| asked.body["options"]["seed"].clone()).collect::<Vec<_>>();
    assert!([7, 8, 9].iter().all(|seed| seeds.iter().filter(|sent| *sent == seed).count() == 4), "{seeds:?}");
}

#[test]
fn a_warm_up_asks_what_no_dataset_does_and_is_no_result() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server).with("load", "{ warmup: 2, concurrency: [1, 2] }"));
    bench.apply().exits(0).says(&["6 requests: 0 kept, 6 sent"]);
    assert_eq!((server.count(), bench.results().rows.len()), (10, 6));
    let warmups = bench.table("warmups.csv");
    assert_eq!((warmups.column("warmup"), warmups.column("level")), (vec!["1"; 4], vec!["c=1", "c=1", "c=2", "c=2"]));
    assert!(warmups.column("verdict").iter().all(|verdict| verdict.is_empty()));
    // Warmth does not keep: they are asked again when something is missing, and only then.
    let again = server.count_during(|| {
        bench.apply().exits(0);
    });
    assert_eq!(again, 0);
}

#[test]
fn what_a_model_cost_is_in_the_tables() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server).with("pricing", "{ models: { small: { input: 1, output: 2 } } }"));
    bench.apply().exits(0).shows(&["USD"]);
    let results = bench.results();
    let expected: Vec<f64> = (0..4)
        .map(|row| (results.number(row, "prompt_tokens") + 2.0 * results.number(row, "output_tokens")) / 1e6)
        .collect();
    let costs: Vec<f64> = (0..4).map(|row| results.number(row, "cost")).collect();
    assert_eq!(costs, expected);
}

#[test]
fn a_model_without_a_price_has_no_cost() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    assert_eq!(bench.results().column("cost"), ["", ""]);
}

#[test]
fn a_chart_that_is_no_longer_asked_for_goes_away() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server).with("charts", "[score, durations]"));
    bench.apply().exits(0);
    bench.spec(&Spec::on(&server).with("charts", "[durations]"));
    bench.apply().exits(0);
    let drawn = || -> Vec<String> {
        bench.outputs().into_keys().filter(|name| name.ends_with(".svg") || name.starts_with("chart_data")).collect()
    };
    let values = ["csv", "vl.json"].map(|ending| format!("chart_data/avg_score_by_model_durations.{ending}"));
    assert_eq!(drawn(), ["avg_score_by_model_durations.svg", &values[0], &values[1]]);
    let output = "{ dir: ../outputs/trial, formats: [svg], chart_data: false }";
    bench.spec(&Spec::on(&server).with("charts", "[durations]").with("output", output));
    bench.apply().exits(0);
    assert_eq!(drawn(), ["avg_score_by_model_durations.svg"]);
    assert!(!bench.path("outputs/trial/chart_data").exists());
}

#[test]
fn values_of_charts_are_texts_for_a_spreadsheet_and_numbers_for_vega() {
    let server = Server::ollama(&["small"]);
    let models = "[{ name: small, endpoint: local, label: \"=1+1\" }]";
    let bench = Bench::ready(4, &Spec::on(&server).with("models", models).with("charts", "[score]"));
    bench.apply().exits(0);
    let table = bench.read("outputs/trial/chart_data/avg_score_by_model.csv");
    let mut lines = table.lines();
    assert_eq!(lines.next(), Some("model,score,low,high,n,not_answers"));
    assert!(lines.next().unwrap().starts_with("'=1+1,"), "{table}");
    let chart: Json = serde_json::from_str(&bench.read("outputs/trial/chart_data/avg_score_by_model.vl.json")).unwrap();
    let row = &chart["data"]["values"][0];
    assert_eq!((row["model"].as_str(), row["n"].as_u64()), (Some("=1+1"), Some(4)));
}

#[test]
fn the_manifest_names_the_run_and_the_digest_of_each_file() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    bench.apply().exits(0);
    let manifest: Json = serde_json::from_str(&bench.read("outputs/trial/manifest.json")).unwrap();
    assert_eq!(manifest["machine"]["os"], std::env::consts::OS);
    assert_eq!(
        manifest["requests"],
        serde_json::json!({ "planned": 2, "answered": 2, "kept": 0, "sent": 2, "unsent": 0, "attempts": 2 })
    );
    let files: Vec<&str> =
        manifest["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    let mut sorted = files.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, bench.outputs().keys().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn datasets_with_few_and_with_many_subjects_share_a_picture() {
    let server = Server::ollama(&["small"]);
    let spec = Spec::on(&server)
        .with(
            "datasets",
            "[{ source: { file: { path: many.jsonl } } }, { source: { file: { path: questions.jsonl } } }]",
        )
        .with("charts", "[subjects]");
    let bench = Bench::ready(4, &spec);
    let row = |index: usize| {
        format!(
            "{{\"question\": \"Which is {index}?\", \"subject\": \"s{}\", \"choices\": [\"a\", \"b\"], \"answer\": 0}}\n",
            index % 8
        )
    };
    bench.write("experiments/many.jsonl", (0..16).map(row).collect::<String>());
    bench.apply().exits(0);
    let values = bench.read("outputs/trial/chart_data/score_by_subject.csv");
    let mut table = csv::Reader::from_reader(values.as_bytes());
    assert_eq!(table.records().map(Result::unwrap).count(), 8 + 2, "{values}");
}
