//! `smallbench export`: the results of the example in the formats of other tools, and read back.
//!
//! `schemas/` has what the published schemas of the formats say of the fields that are written.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::bench::Bench;

const MODELS: [&str; 2] = ["smollm2-135m-q3_k_m", "smollm2-135m-q4_1"];

/// A bench with the output folder that the project shows as its example.
fn bench() -> Bench {
    let bench = Bench::empty();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("outputs/quickstart");
    for name in ["results.csv", "model_summary.csv"] {
        bench.write(&format!("quickstart/{name}"), fs::read(example.join(name)).unwrap());
    }
    bench
}

#[track_caller]
fn check(schema: &str, value: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/schemas/{schema}.json"));
    let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).take(3).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

fn values(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The files of a folder and the folders in it, by their path.
fn files(bench: &Bench, folder: &str) -> BTreeMap<PathBuf, String> {
    let all = bench.everything().into_iter();
    let own = all.filter_map(|(path, bytes)| {
        let inside = path.to_str()?.split_once(&format!("{folder}/"))?.1.to_owned();
        Some((PathBuf::from(inside), String::from_utf8(bytes).ok()?))
    });
    own.collect()
}

fn exported(bench: &Bench, format: &str) -> BTreeMap<PathBuf, String> {
    bench.run(&["export", "quickstart", "--to", format, "--output", format]).exits(0);
    let made = files(bench, format);
    let again = format!("again-{format}");
    bench.run(&["export", "quickstart", "--to", format, "--output", &again]).exits(0);
    assert!(made == files(bench, &again), "{format} differs from one time to the next");
    made
}

/// What a comparison finds: both models with 80 questions that match, and no answer that differs.
#[track_caller]
fn holds_the_same(bench: &Bench, results: &str, models: &[&str]) {
    let text = bench.run(&["compare", "quickstart", results, "--format", "json"]).exits(0).stdout.clone();
    let found: Value = serde_json::from_str(&text).unwrap();
    let changes = found["changes"].as_array().unwrap();
    assert_eq!(changes.len(), models.len(), "{text}");
    for change in changes {
        assert_eq!(change["scored_questions"], json!(80), "{text}");
        assert_eq!((&change["gained"], &change["lost"]), (&json!([]), &json!([])), "{text}");
        assert_eq!((&change["only_a"], &change["only_b"]), (&json!(0), &json!(0)), "{text}");
    }
}

#[test]
fn samples_of_lm_eval_are_read_back() {
    let bench = bench();
    let made = exported(&bench, "lm-eval");
    let expected = MODELS.map(|model| PathBuf::from(format!("{model}/samples_short_answers.jsonl")));
    assert_eq!(made.keys().cloned().collect::<Vec<_>>(), expected);
    for text in made.values() {
        let samples = values(text);
        samples.iter().for_each(|sample| check("lm-eval", sample));
        assert_eq!((samples.len(), &samples[0]["doc"]["question_hash"]), (80, &json!("49acf74d78561bfd")));
    }
    holds_the_same(&bench, "lm-eval", &MODELS);
}

#[test]
fn every_eval_ever_is_read_back() {
    let bench = bench();
    let made = exported(&bench, "eee");
    assert_eq!(made.len(), 4, "{:?}", made.keys());
    let (instances, aggregates): (Vec<_>, Vec<_>) =
        made.iter().partition(|(path, _)| path.extension().is_some_and(|ending| ending == "jsonl"));
    for ((path, text), (_, aggregate)) in instances.into_iter().zip(aggregates) {
        let aggregate: Value = serde_json::from_str(aggregate).unwrap();
        check("eee", &aggregate);
        assert_eq!(aggregate["detailed_evaluation_results"]["file_path"], json!(path));
        let rows = values(text);
        rows.iter().for_each(|row| check("eee-instance", row));
        assert!(rows.iter().all(|row| row["evaluation_id"] == aggregate["evaluation_id"]));
        assert_eq!(aggregate["detailed_evaluation_results"]["total_rows"], json!(rows.len()));
        let model = rows[0]["model_id"].as_str().unwrap();
        holds_the_same(&bench, &format!("eee/{}", path.display()), &[model]);
    }
}

#[test]
fn logs_of_inspect_are_read_back() {
    let bench = bench();
    let made = exported(&bench, "inspect");
    assert_eq!(made.len(), 2);
    for (path, text) in &made {
        check("inspect", &serde_json::from_str(text).unwrap());
        let model = path.iter().next().unwrap().to_str().unwrap();
        holds_the_same(&bench, &format!("inspect/{}", path.display()), &[model]);
    }
}

#[test]
fn figures_keep_their_intervals() {
    let bench = bench();
    let shown = |format: &str| -> Value {
        let text = bench.run(&["export", "quickstart", "--to", format]).exits(0).stdout.clone();
        bench.run(&["export", "quickstart", "--to", format, "--output", "made/one.json"]).exits(0);
        assert_eq!(bench.read("made/one.json"), text);
        let value = serde_json::from_str(&text).unwrap();
        check(format, &value);
        value
    };
    let score = json!({ "value": 0.725, "lower_value": 0.6185594135898548, "upper_value": 0.810822428119158 });
    assert_eq!(shown("bmf")["smollm2-135m-q4_1"]["score"], score);
    let entries = shown("github-action-benchmark");
    let entry = |name: &str| entries.as_array().unwrap().iter().find(|entry| entry["name"] == name).unwrap().clone();
    assert_eq!(entry("smollm2-135m-q4_1: latency_p50")["range"], "0.20992993 to 0.270773049");
    assert_eq!(entry("smollm2-135m-q3_k_m: 1 - score")["value"], json!(0.4375));
    let chart = shown("vega");
    assert_eq!(chart["data"]["values"][0]["score"], json!(0.725));
}

#[test]
fn what_cannot_be_exported_is_said() {
    let bench = bench();
    bench.run(&["export", "quickstart", "--to", "eee"]).exits(2).says(&["name a folder", "`--output`"]);
    bench.run(&["export", "nowhere", "--to", "bmf"]).exits(2).says(&["cannot read nowhere/model_summary.csv"]);
    let header = "model,prompt_id,prompt,expected_answer,output,score,fault,question_hash,measured_by\n";
    let rows = "m,0,Q?,A,A,1,,h,20261128T191609190Z-1\nm,1,R?,A,,,timeout,i,20261128T191609190Z-1\n";
    bench.write("small/results.csv", format!("{header}{rows}"));
    bench
        .run(&["export", "small", "--to", "lm-eval", "--output", "made"])
        .exits(0)
        .says(&["wrote 1 file to made", "left out 1 request: no answer, or no score"]);
    bench.write("small/results.csv", format!("{header}a:b,0,Q?,A,A,1,,h,\na/b,0,Q?,A,A,1,,h,\n"));
    bench
        .run(&["export", "small", "--to", "lm-eval", "--output", "made"])
        .exits(2)
        .says(&["would share the file a__b"]);
    bench
        .run(&["export", "small", "--to", "eee", "--output", "made"])
        .exits(2)
        .says(&["when its answers were measured"]);
}

#[test]
fn openai_evals_logs_hold_a_spec_an_event_for_each_answer_and_a_report() {
    let bench = bench();
    let made = exported(&bench, "openai-evals");
    assert_eq!(made.len(), 2);
    for (path, text) in made {
        let values = values(&text);
        assert_eq!(values.len(), 162, "{}", path.display());
        let (spec, report) = (&values[0]["spec"], &values[161]["final_report"]);
        assert!(spec["run_id"].is_string() && spec["completion_fns"][0].is_string(), "{spec}");
        let events = &values[1..161];
        for (number, event) in events.iter().enumerate() {
            let kind = if number % 2 == 0 { "sampling" } else { "match" };
            assert_eq!((&event["event_id"], &event["type"]), (&number.into(), &kind.into()));
            assert!(event["run_id"] == spec["run_id"], "{event}");
            assert_eq!(event["data"]["correct"].is_boolean(), kind == "match", "{event}");
        }
        let right = events.iter().filter(|event| event["data"]["correct"] == true).count();
        assert!((report["accuracy"].as_f64().unwrap() * 80.0 - right as f64).abs() < 1e-9, "{report}");
    }
}

#[test]
fn results_for_a_model_card_name_the_model_the_dataset_and_the_score() {
    let bench = bench();
    let made = exported(&bench, "hf");
    assert_eq!(made.len(), 2);
    for (path, text) in made {
        let model = MODELS.into_iter().find(|model| path.starts_with(model)).unwrap();
        let (note, index) = text.split_once('\n').unwrap();
        assert!(index.starts_with(&format!("model-index:\n- name: \"{model}\"\n  results:\n")), "{text}");
        assert!(text.contains("    - type: accuracy\n      name: Accuracy\n      value: 0."), "{text}");
        assert!(note.starts_with("# \"smallbench, quickstart, 80 answers of 20"), "{text}");
        assert!(!text.contains("source:"), "a source without an address is refused: {text}");
    }
}

#[test]
fn results_for_a_leaderboard_name_the_benchmark_and_its_unit() {
    let bench = bench();
    let run = |further: &[&str]| {
        bench.run(&[&["export", "quickstart", "--to", "hf-results", "--output", "made"], further].concat())
    };
    run(&["--hub-dataset", "a/b", "--hub-task", "sums", "--unit", "percent"]).exits(0);
    let text = bench.read(&format!("made/{}/.eval_results/short_answers.yaml", MODELS[1]));
    let expected = "- dataset:\n    id: \"a/b\"\n    task_id: \"sums\"\n  value: 72.5\n  date: \"2026-11-28T00:00:00Z\"\n  \
                    notes: \"smallbench, quickstart, 80 answers\"\n";
    assert_eq!(text, expected);
    run(&[]).exits(2).says(&["`--hub-dataset OWNER/NAME`, `--hub-task` and `--unit`"]);
    run(&["--hub-dataset", "a/b"]).exits(2).says(&["--hub-task"]);
}
