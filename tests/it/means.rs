//! Results that other tools sum up: means with their standard errors, without answers that could be paired.

use serde_json::{Value, json};

use crate::bench::Bench;

/// What lm-evaluation-harness 0.4 writes: metrics with their filters, numbers of samples, the versions of tasks. One metric is no
/// share, one is better where it is lower, one error is not known.
fn lm_eval(model: &str, arc: (f64, f64), gsm8k: f64) -> Value {
    json!({
        "results": {
            "arc_easy": {
                "name": "arc_easy", "alias": "arc_easy", "sample_len": 400, "acc,none": arc.0, "acc_stderr,none": arc.1,
                "acc_norm,none": 0.5, "acc_norm_stderr,none": "N/A",
            },
            "gsm8k": {
                "alias": "gsm8k", "exact_match,strict-match": gsm8k, "exact_match_stderr,strict-match": 0.0,
                "exact_match,flexible-extract": 0.25, "exact_match_stderr,flexible-extract": 0.0969,
            },
            "wikitext": { "alias": "wikitext", "word_perplexity,none": 23.4, "word_perplexity_stderr,none": "N/A" },
            "brier": { "alias": "brier", "brier_score,none": 0.2, "brier_score_stderr,none": 0.01 },
            "leaderboard": { " ": " ", "alias": "leaderboard" },
        },
        "group_subtasks": { "leaderboard": ["arc_easy", "gsm8k"], "arc_easy": [] },
        "configs": { "arc_easy": { "task": "arc_easy", "num_fewshot": 0 } },
        "versions": { "arc_easy": 1.0, "gsm8k": 3.0 },
        "n-shot": { "arc_easy": 0, "gsm8k": 5 },
        "higher_is_better": {
            "arc_easy": { "acc": true, "acc_norm": true }, "brier": { "brier_score": false }, "gsm8k": { "exact_match": true },
        },
        "n-samples": {
            "arc_easy": { "original": 2376, "effective": 400 }, "gsm8k": { "original": 1319, "effective": 20 },
        },
        "config": { "model": "hf", "model_args": format!("pretrained={model},dtype=float16"), "limit": 400.0 },
        "git_hash": "abc1234", "date": 1767225600.5, "lm_eval_version": "0.4.9",
        "model_source": "hf", "model_name": model, "model_name_sanitized": model.replace('/', "__"),
    })
}

/// What lighteval writes: the whole of all tasks beside the tasks.
fn lighteval(model: &str, score: f64) -> Value {
    let metrics = json!({ "extractive_match": score, "extractive_match_stderr": 0.02 });
    json!({
        "config_general": { "lighteval_sha": "?", "max_samples": 600, "model_config": { "model_name": model }, "model_name": model },
        "results": { "gsm8k|5": metrics, "all": metrics },
        "versions": {},
        "config_tasks": { "gsm8k|5": { "name": "gsm8k", "effective_num_docs": 600, "original_num_docs": 1319, "num_fewshots": 5 } },
        "summary_tasks": { "gsm8k|5": { "truncated": 0, "non_truncated": 600 } },
        "summary_general": {},
    })
}

fn written(bench: &Bench, path: &str, value: &Value) {
    bench.write(path, value.to_string());
}

/// The means of a result, as `compare` with itself gives them as JSON: each comes twice.
fn means(bench: &Bench, result: &str) -> Vec<Value> {
    let run = bench.run(&["compare", "--format", "json", result, result]);
    run.exits(0);
    let all = serde_json::from_str::<Value>(&run.stdout).unwrap()["means"].as_array().unwrap().clone();
    all.into_iter().step_by(2).collect()
}

#[test]
fn results_of_lm_eval_are_means_with_their_errors() {
    let bench = Bench::empty();
    written(&bench, "old/a__m/results_2026-01-01T10-00-00.123.json", &lm_eval("a/m", (0.6, 0.0245), 0.0));
    written(&bench, "new/a__m/results_2026-02-01T10-00-00.123.json", &lm_eval("a/m", (0.65, 0.0239), 0.0));
    let run = bench.run(&["compare", "old", "new", "--html", "page.html"]);
    run.exits(0).shows(&[
        "nothing can be paired",
        "arc_easy, acc: a/m 60.0 % (55.",
        "400 questions",
        "+5.0 points, unpaired [−1.",
        "gsm8k, exact_match (flexible-extract): ",
        "left out",
        "wikitext word_perplexity",
        "brier brier_score",
    ]);
    assert!(bench.read("page.html").contains("unpaired"));
    let means = means(&bench, "old");
    let of = |dataset: &str, metric: &str| {
        means.iter().find(|mean| mean["dataset"] == dataset && mean["scored_by"] == metric).unwrap().clone()
    };
    let arc = of("arc_easy", "acc");
    assert_eq!((&arc["questions"], &arc["standard_error"]), (&json!(400), &json!(0.0245)));
    let (low, high) = (arc["score_low"].as_f64().unwrap(), arc["score_high"].as_f64().unwrap());
    assert!((low - 0.5512).abs() < 5e-4 && (high - 0.6469).abs() < 5e-4, "{arc}");
    // An error that is not known gives no interval; none of an error of zero is no certainty.
    assert_eq!(of("arc_easy", "acc_norm")["score_low"], Value::Null);
    let never = of("gsm8k", "exact_match (strict-match)");
    assert!((never["score_high"].as_f64().unwrap() - 0.1611).abs() < 1e-4, "{never}");
    assert_eq!(means.len(), 4);
}

#[test]
fn results_of_lm_eval_are_imported() {
    let bench = Bench::empty();
    written(&bench, "results.json", &lm_eval("a/m", (0.6, 0.0245), 0.0));
    let run = bench.run(&["import", "results.json", "--output", "made"]);
    run.exits(0).shows(&["a/m", "arc_easy (acc)", "400", "60.0 %", "55.1 % – 64.7 %"]);
    run.says(&["left out"]);
    assert!(bench.read("made/report.html").contains("55.1"));
    bench.run(&["history", "made"]).exits(0).shows(&["60.0 %"]);
}

#[test]
fn results_of_lighteval_are_means_of_tasks() {
    let bench = Bench::empty();
    written(&bench, "one/results/org/m/results_2026-01-01T10-00-00.json", &lighteval("org/m", 0.7));
    written(&bench, "two/results/org/n/results_2026-01-01T10-00-00.json", &lighteval("org/n", 0.75));
    bench.run(&["compare", "one", "two"]).exits(0).shows(&[
        "gsm8k|5, extractive_match: org/m 70.0 %",
        "org/n 75.0 %",
        "600 questions",
        "+5.0 points, unpaired",
    ]);
    assert_eq!(means(&bench, "one").len(), 1);
}

#[test]
fn samples_win_over_what_was_summed_up_of_them() {
    let bench = Bench::empty();
    let sample = json!({
        "doc_id": 0, "doc": { "question": "1 + 1?" }, "target": "2", "resps": [["2"]], "doc_hash": "a", "acc": 1.0,
        "metrics": ["acc"], "filter": "none",
    });
    bench.write("out/a__m/samples_arc_easy_2026-01-01T10-00-00.123.jsonl", format!("{sample}\n"));
    written(&bench, "out/a__m/results_2026-01-01T10-00-00.123.json", &lm_eval("a/m", (0.6, 0.0245), 0.0));
    written(&bench, "out/b__n/results_2026-01-01T10-00-00.123.json", &lm_eval("b/n", (0.6, 0.0245), 0.0));
    let models = |result: &str| -> Vec<String> {
        means(&bench, result).iter().map(|mean| mean["model"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(models("out"), ["b/n"; 4]);
    assert!(models("out/a__m").is_empty());
    // The file itself is what was asked for.
    assert_eq!(models("out/a__m/results_2026-01-01T10-00-00.123.json"), ["a/m"; 4]);
    let details = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lighteval/details/google");
    let named = |path: &std::path::Path| path.file_name().unwrap().to_string_lossy().into_owned();
    copy(std::path::Path::new(details), &bench.path("light/details/google"));
    let model = format!("google/{}", named(&std::fs::read_dir(details).unwrap().next().unwrap().unwrap().path()));
    written(&bench, "light/results/google/x/results_2026-01-01T10-00-00.json", &lighteval(&model, 0.7));
    assert!(models("light").is_empty());
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &place)
        } else {
            assert!(std::fs::copy(entry.path(), place).is_ok())
        }
    }
}

#[test]
fn of_two_runs_of_a_task_the_later_counts() {
    let bench = Bench::empty();
    for (day, score) in [("2026-01-01", 0.5), ("2026-01-03", 0.75), ("2026-01-02", 0.25)] {
        written(&bench, &format!("out/a__m/results_{day}T10-00-00.1.json"), &lm_eval("a/m", (score, 0.02), 0.0));
    }
    let found = means(&bench, "out");
    let scores: Vec<f64> =
        found.iter().filter(|mean| mean["scored_by"] == "acc").filter_map(|mean| mean["score"].as_f64()).collect();
    assert_eq!(scores, [0.75]);
}

#[test]
fn a_log_of_inspect_without_samples_is_its_scores() {
    let bench = Bench::empty();
    let log = json!({
        "version": 2, "status": "success",
        "eval": {
            "model": "openai/gpt", "task": "sums", "created": "2026-03-04T10:00:00+00:00",
            "dataset": { "name": "sums", "samples": 50 }, "config": { "epochs": 2 },
        },
        "results": {
            "total_samples": 100, "completed_samples": 100,
            "scores": [
                { "name": "match", "scorer": "match", "params": {}, "metrics": {
                    "accuracy": { "name": "accuracy", "value": 0.8, "params": {} }, "stderr": { "name": "stderr", "value": 0.05 },
                } },
                { "name": "model_graded", "scorer": "model_graded", "metrics": {
                    "mean": { "name": "mean", "value": 0.5 }, "std": { "name": "std", "value": 0.3 },
                } },
            ],
        },
    });
    written(&bench, "log.json", &log);
    bench.run(&["compare", "log.json", "log.json"]).exits(0).shows(&[
        "sums, match accuracy: openai/gpt 80.0 %",
        "50 questions",
        "0.0 points, unpaired",
        "sums, model_graded mean: openai/gpt 50.0 %",
    ]);
    assert_eq!(means(&bench, "log.json").len(), 2);
    bench.run(&["import", "log.json", "--output", "made"]).exits(0).shows(&["sums (match accuracy)", "80.0 %"]);
}

#[test]
fn what_sums_up_nothing_that_can_be_compared_is_refused() {
    let bench = Bench::empty();
    let perplexity =
        json!({ "results": { "wikitext": { "word_perplexity,none": 23.4 } }, "config": { "model": "hf" } });
    written(&bench, "results.json", &perplexity);
    bench.run(&["import", "results.json", "--output", "x"]).exits(2).says(&["word_perplexity"]);
    written(&bench, "other.json", &json!({ "results": [1, 2, 3] }));
    bench
        .run(&["compare", "other.json", "other.json"])
        .exits(2)
        .says(&["other.json", "results of lm-evaluation-harness"]);
    bench.write("broken.json", "{\"results\": {\n\"a\": }");
    bench.run(&["compare", "broken.json", "broken.json"]).exits(2).says(&["broken.json, line 2"]);
}
