//! `smallbench import`: results of other tools become an output folder, which the other commands read.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::bench::Bench;

/// A bench with the example of the project, exported to a format.
fn exported(format: &str) -> Bench {
    let bench = Bench::empty();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("outputs/quickstart");
    for name in ["results.csv", "model_summary.csv"] {
        bench.write(&format!("quickstart/{name}"), fs::read(example.join(name)).unwrap());
    }
    bench.run(&["export", "quickstart", "--to", format, "--output", "made"]).exits(0);
    bench
}

/// The files of a folder, by their path.
fn paths(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let of = |path: std::path::PathBuf| if path.is_dir() { paths(&path) } else { vec![path.display().to_string()] };
    let mut found: Vec<String> = entries.flat_map(of).collect();
    found.sort();
    found
}

/// The cells of a table, by the names of their columns.
fn cells(text: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let mut table = csv::Reader::from_reader(text.as_bytes());
    let header = table.headers().unwrap().clone();
    let places: Vec<usize> =
        columns.iter().map(|column| header.iter().position(|name| name == *column).unwrap()).collect();
    let row = |row: Result<csv::StringRecord, csv::Error>| {
        let row = row.unwrap();
        places.iter().map(|place| row[*place].to_owned()).collect()
    };
    table.records().map(row).collect()
}

#[test]
fn what_was_exported_comes_back_with_every_score() {
    for (format, rule) in [
        ("lm-eval", "lm-evaluation-harness: score"),
        ("inspect", "inspect: smallbench"),
        ("eee", "Every Eval Ever"),
        ("openai-evals", "OpenAI evals"),
    ] {
        let bench = exported(format);
        let files = paths(&bench.path("made"));
        let results: Vec<&str> = match format {
            "lm-eval" => vec!["made"],
            "inspect" => files.iter().map(String::as_str).collect(),
            _ => files.iter().map(String::as_str).filter(|path| path.ends_with(".jsonl")).collect(),
        };
        let import = |folder: &'static str| [&["import"], results.as_slice(), &["--output", folder]].concat();
        bench.run(&import("one")).exits(0).shows(&["smollm2-135m-q4_1", "short_answers", "72.5 %", "61.9 % – 81.1 %"]);
        bench.run(&import("two")).exits(0);
        for name in ["results.csv", "model_summary.csv", "imported.json", "chart_data/pairs.csv"] {
            assert!(bench.read(&format!("one/{name}")) == bench.read(&format!("two/{name}")), "{format}: {name}");
        }
        let kept = ["model", "prompt", "score", "repeat", "dataset", "question_hash", "output", "measured_by"];
        let sorted = |text: &str| {
            let mut rows = cells(text, &kept);
            rows.sort();
            rows
        };
        let days = |rows: Vec<Vec<String>>| -> Vec<Vec<String>> {
            // The samples of lm-evaluation-harness hold no time.
            rows.into_iter().map(|row| if format == "lm-eval" { row[..7].to_vec() } else { row }).collect()
        };
        let (own, imported) = (bench.read("quickstart/results.csv"), bench.read("one/results.csv"));
        assert_eq!(days(sorted(&own)), days(sorted(&imported)), "{format}");
        assert!(cells(&imported, &["rule"]).iter().all(|row| row[0] == rule), "{format}");
        let text = bench.run(&["compare", "quickstart", "one", "--format", "json"]).exits(0).stdout.clone();
        let found: Value = serde_json::from_str(&text).unwrap();
        for change in found["changes"].as_array().unwrap() {
            assert_eq!((&change["gained"], &change["lost"]), (&json!([]), &json!([])), "{format}");
            assert_eq!(change["scored_questions"], json!(80), "{format}");
        }
        bench.run(&["export", "one", "--to", "bmf"]).exits(0).shows(&["0.725"]);
        bench.run(&["baseline", "one", "--output", "baseline.csv"]).exits(0);
    }
}

#[test]
fn what_the_source_does_not_say_stays_empty() {
    let bench = Bench::empty();
    let header = "model,prompt_id,prompt,expected_answer,output,score,latency_sec,metadata\n";
    bench.write("results_local.csv", format!("{header}m,0,1 + 1?,2,two,1,0.5,{{}}\nm,1,1 + 2?,3,four,0,,{{}}\n"));
    bench.run(&["import", "results_local.csv", "--output", "old"]).exits(0).shows(&["50.0 %"]);
    let columns = [
        "prompt_id",
        "score",
        "verdict",
        "rule",
        "latency_sec",
        "measured_by",
        "dataset",
        "prompt_tokens",
        "request_key",
    ];
    let expected = [
        ["0", "1", "correct", "results_local.csv", "0.5", "", "", "", ""],
        ["1", "0", "wrong", "results_local.csv", "", "", "", "", ""],
    ];
    assert_eq!(cells(&bench.read("old/results.csv"), &columns), expected);
    bench
        .run(&["compare", "results_local.csv", "old"])
        .exits(0)
        .shows(&["2 questions match", "every question has the same score"]);
    let page = bench.read("old/report.html");
    assert!(page.contains("costs") && page.contains("when requests were sent") && !page.contains("<script"));
    for chart in ["avg_score_by_model", "verdicts", "latency_ecdf"] {
        assert!(page.contains("Mean score by model") && bench.path(&format!("old/{chart}.svg")).is_file(), "{chart}");
    }
    assert!(!bench.path("old/score_vs_cost.svg").exists());
    bench.run(&["report", "old"]).exits(0).shows(&["old/report.html"]);
    bench.run(&["history", "old"]).exits(0).shows(&["50.0 %", "500 ms"]);
    bench.run(&["export", "old", "--to", "lm-eval", "--output", "samples"]).exits(0);
    bench.run(&["compare", "samples", "results_local.csv"]).exits(0).shows(&["2 questions match"]);
    bench.write("scripts/results_local.csv", bench.read("results_local.csv"));
    bench.run(&["compare", "scripts", "old"]).exits(0).shows(&["2 questions match"]);
}

#[test]
fn what_cannot_be_imported_is_said_and_nothing_is_overwritten() {
    let bench = exported("lm-eval");
    for (results, output, words) in [
        (vec!["quickstart"], "one", "it holds results of smallbench, which need no import\nhint: name the folder"),
        (vec!["made"], "quickstart", "quickstart holds the results of a run\nhint: name another folder"),
        (vec!["made", "made"], "one", "as made does\nhint: import it into a folder of its own"),
        (vec!["nowhere.eval"], "one", "cannot read nowhere.eval"),
    ] {
        bench.run(&[&["import"], results.as_slice(), &["--output", output]].concat()).exits(2).says(&[words]);
    }
    assert!(!bench.path("one").exists());
    bench.run(&["import", "made", "--output", "one"]).exits(0);
    bench.run(&["import", "made", "--output", "one"]).exits(0);
}

#[test]
fn results_without_scores_are_compared_by_what_there_is() {
    let bench = Bench::empty();
    let header = "model,prompt_id,prompt,expected_answer,output,score,latency_sec,metadata\n";
    for (name, latency) in [("a", 1), ("b", 2)] {
        let rows: String = (0..6).map(|row| format!("m,{row},Q{row}?,,said,,{}.{row},{{}}\n", latency)).collect();
        bench.write(&format!("{name}/results_local.csv"), format!("{header}{rows}"));
    }
    let both = ["a/results_local.csv", "b/results_local.csv"];
    bench.run(&["compare", both[0], both[1]]).exits(0).shows(&["6 questions match", "no scores", "latency 1.8"]);
    bench.run(&["import", both[0], "--output", "c"]).exits(0);
    assert!(bench.read("c/report.html").contains("<li>scores</li>"));
    bench.write("none.csv", format!("{header}m,0,Q?,,,,,{{}}\n"));
    bench.run(&["compare", "none.csv", both[0]]).exits(2).says(&["no score, no latency"]);
}

#[test]
fn hostile_texts_stay_texts_in_the_page() {
    let bench = Bench::empty();
    let header = "model,prompt_id,prompt,expected_answer,output,score,latency_sec,metadata\n";
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    bench.write("results_local.csv", format!("{header}{evil},0,{evil},{evil},{evil},1,0.5,{{}}\n"));
    bench.run(&["import", "results_local.csv", "--output", "old"]).exits(0);
    let page = bench.read("old/report.html");
    assert!(!page.contains("<script") && !page.contains("<img") && page.contains("&lt;script"));
}

/// Details as lighteval writes them: one model's of two tasks, each in a file, or the flat ones of earlier versions. Written by
/// pyarrow with the columns of lighteval 0.13 and 0.7.
fn lighteval(part: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lighteval").join(part);
    folder.display().to_string()
}

#[test]
fn details_of_lighteval_are_read_in_both_forms() {
    let bench = Bench::empty();
    bench.run(&["import", &lighteval("details"), "--output", "new"]).exits(0).shows(&[
        "Qwen/Qwen2-0.5B",
        "google/gemma-2b",
        "gsm8k",
        "70.0 %",
        "39.7 % – 89.2 %",
    ]);
    let columns = ["model", "prompt", "expected_answer", "output", "score", "rule", "prompt_tokens", "measured_by"];
    let rows = cells(&bench.read("new/results.csv"), &columns);
    let of =
        |model: &str, question: &str| rows.iter().find(|row| row[0] == model && row[1] == question).unwrap().clone();
    assert_eq!(
        of("Qwen/Qwen2-0.5B", "How much is 17 + 25?")[2..],
        ["42", "42", "1", "lighteval: extractive_match", "40", "recorded 2025-11-02"]
    );
    // Choices that were weighed: the most likely one is what was said.
    assert_eq!(of("google/gemma-2b", "Capital of France?")[2..6], ["Paris", "Rome", "0", "lighteval: acc_norm"]);
    bench.run(&["compare", &lighteval("details/Qwen"), &lighteval("details/google")]).exits(0).shows(&[
        "13 questions match",
        "gained 1: gsm8k#1",
        "lost 2: gsm8k#8, gsm8k#9",
    ]);
    bench.run(&["import", &lighteval("flat"), "--output", "old"]).exits(0).shows(&["acme/tiny", "sums", "100.0 %"]);
    bench.run(&["compare", &lighteval("flat"), "new"]).exits(0).shows(&["10 questions match"]);
}

#[test]
fn means_of_the_hub_stand_beside_one_another_and_are_no_pairs() {
    let bench = exported("hf");
    bench.run(&["import", "made", "--output", "one"]).exits(0).shows(&["short_answers (accuracy)", "72.5 %", "–"]);
    let page = bench.read("one/report.html");
    assert!(page.contains("72.5 %") && !page.contains("n = 0"));
    bench.run(&["history", "one"]).exits(0).shows(&["56.2 %"]);
    let means = bench.run(&["compare", "made", "made", "--html", "page.html"]);
    means.exits(0).shows(&["means alone", "short_answers, accuracy: ", "0.0 points"]);
    assert!(bench.read("page.html").contains("nothing can be paired"));
    bench.run(&["compare", "made", "quickstart"]).exits(0).shows(&["means alone"]);
    let card = "---\nmodel-index:\n- name: tiny\n  results:\n  - dataset: { name: GSM8k, type: gsm8k }\n    metrics:\n    \
                - { type: acc, value: 37.8 }\n---\n# tiny\n";
    bench.write("card/README.md", card);
    bench.write("tiny/.eval_results/gsm8k.yaml", "- dataset: { id: openai/gsm8k, task_id: gsm8k }\n  value: 0.5\n");
    bench.run(&["import", "card", "tiny", "--output", "two"]).exits(0).shows(&[
        "GSM8k (acc)",
        "37.8 %",
        "openai/gsm8k gsm8k",
        "50.0 %",
    ]);
    bench.write("other.yaml", "version: 1\nname: x\n");
    bench.run(&["import", "other.yaml", "--output", "three"]).exits(2).says(&["it holds neither a `model-index`"]);
}
