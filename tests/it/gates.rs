//! Gates: conditions on the figures of a run, and the baseline that they compare with.

use crate::bench::{Bench, Spec};
use crate::server::Server;

/// A bench whose model always answers A, which is right for every fourth of 80 questions.
fn bench(server: &Server, gates: &str) -> Bench {
    Bench::ready(80, &Spec::on(server).with("gates", gates))
}

#[test]
fn gates_pass_fail_or_cannot_tell() {
    let server = Server::ollama(&["small"]);
    let bench = bench(&server, "[\"fault_rate <= 10 %\", \"score <= 0.9\"]");
    bench
        .apply()
        .exits(0)
        .shows(&["gate passed: fault_rate <= 0.1 (small): 0.0 % [", "gate passed: score <= 0.9 (small)"]);
    let apply = |arguments: &[&str]| bench.run(&[&["apply", "experiments/trial.yaml"], arguments].concat());
    apply(&["--fail-if", "score < 0.95"]).exits(4).shows(&["gate failed: score >= 0.95 (small)"]);
    assert!(bench.read("outputs/trial/junit.xml").contains("failures=\"1\" skipped=\"0\""));
    assert!(bench.read("outputs/trial/summary.md").contains("## Gates"));
    let found: f64 = bench.table("model_summary.csv").column("avg_score")[0].parse().unwrap();
    let close = format!("score < {}", found - 0.01);
    apply(&["--fail-if", &close]).exits(4).shows(&["gate cannot tell:", "more questions would settle it"]);
    apply(&["--fail-if", &close, "--cannot-tell", "pass"]).exits(0);
    assert!(bench.read("outputs/trial/junit.xml").contains("failures=\"0\" skipped=\"1\""));
}

#[test]
fn a_run_is_held_against_its_baseline() {
    let server = Server::ollama(&["small"]);
    let bench = bench(&server, "[\"score >= baseline - 0.05\"]");
    bench.apply().exits(2).says(&["the gate `score >= baseline - 0.05` needs a baseline"]);
    bench.run(&["apply", "experiments/trial.yaml", "--set", "gates=[]", "--set", "output.dir=../outputs/old"]).exits(0);
    let against = ["apply", "experiments/trial.yaml", "--baseline", "outputs/old"];
    bench.run(&against).exits(0).shows(&["gate passed: score >= baseline - 0.05 (small): 0.0 points"]);
    bench.run(&["apply", "experiments/trial.yaml", "--baseline", "outputs/none"]).exits(2).says(&["cannot read"]);
    bench
        .run(&["apply", "experiments/trial.yaml", "--baseline", "outputs/trial"])
        .exits(2)
        .says(&["is the output folder of this run"]);
    let page = bench.path("page.md");
    bench.run_with(&against, &[("GITHUB_STEP_SUMMARY", page.to_str().unwrap())]).exits(0);
    // What is beside the run does not change its outcome.
    let folder = bench.path("outputs");
    bench
        .run_with(&against, &[("GITHUB_STEP_SUMMARY", folder.to_str().unwrap())])
        .exits(0)
        .says(&["GITHUB_STEP_SUMMARY"]);
    let unused = [&against[..], &["--set", "gates=[]"]].concat();
    bench.run(&unused).exits(0).says(&["no gate compares with the baseline"]);
    let page = bench.read("page.md");
    assert!(page.contains("| score \\>= baseline") || page.contains("score &gt;= baseline - 0.05"), "{page}");
    assert!(!page.contains("!["), "{page}");
}

#[test]
fn a_gate_that_is_none_is_refused_in_its_place() {
    let server = Server::ollama(&["small"]);
    let bench = bench(&server, "[\"scor >= 1\"]");
    bench
        .run(&["validate", "experiments/trial.yaml"])
        .exits(2)
        .says(&["`scor` is no figure of a gate", "experiments/trial.yaml:"]);
    bench.run(&["apply", "experiments/trial.yaml", "--fail-if", "latency > 2s"]).exits(2).says(&["against a baseline"]);
}

#[test]
fn what_is_wrong_with_a_baseline_is_said_in_its_place() {
    let server = Server::ollama(&["small"]);
    let bench = bench(&server, "[\"score >= baseline - 0.05\"]");
    let header = "model,question_hash,score,latency_sec,output_tokens,cost\n";
    bench.write("experiments/good.csv", format!("{header}small,abc,1,,,\n"));
    bench.write("experiments/other.csv", format!("{header}big,abc,1,,,\nhuge,abc,1,,,\n"));
    bench.write("experiments/broken.csv", format!("{header}small,abc,one,,,\n"));
    bench.write("experiments/notes.txt", "nothing");
    bench.write("outputs/trial/results.csv", format!("{header}small,abc,1,,,\n"));
    let validate = |baseline: &str| {
        bench.spec(&Spec::on(&server).with("gates", "[\"score >= baseline - 0.05\"]").with("baseline", baseline));
        bench.run(&["validate", "experiments/trial.yaml"])
    };
    validate("good.csv").exits(0);
    for (baseline, why) in [
        ("none.csv", "cannot read experiments/none.csv"),
        ("other.csv", "the baseline has no model of this experiment: it has `big`, `huge`, not `small`"),
        ("broken.csv", "experiments/broken.csv, line 2"),
        ("notes.txt", "its kind is not known"),
        ("../outputs/trial", "is the output folder of this run"),
    ] {
        validate(baseline).exits(2).says(&[why, "baseline: ", "experiments/trial.yaml:"]);
    }
    // Another baseline of the command line stands in for it.
    validate("none.csv");
    bench
        .run(&["apply", "experiments/trial.yaml", "--baseline", "experiments/other.csv"])
        .exits(2)
        .says(&["--baseline"]);
    bench.run(&["apply", "experiments/trial.yaml", "--baseline", "experiments/good.csv"]).says(&["generate"]);
}

#[test]
fn a_choice_that_guessing_would_make_as_well_is_none() {
    let server = Server::ollama(&["small", "large"]);
    let models = "[{ name: small, endpoint: local }, { name: large, endpoint: local }]";
    let spec = Spec::on(&server).with("models", models).with("prefer", "[score within 2 points of the best, latency]");
    let bench = Bench::ready(20, &spec);
    let sentence = "no model can be preferred: the best score, that of small, is not distinguishable from guessing";
    bench.apply().exits(0).shows(&[sentence]);
    assert!(bench.read("outputs/trial/summary.md").contains(&format!("## Recommendation\n\n{sentence}")));
}

#[test]
fn a_baseline_is_a_small_file_without_texts() {
    let server = Server::ollama(&["small"]);
    let bench = bench(&server, "[\"score >= baseline - 0.05\", \"output_tokens <= baseline * 1.1\"]");
    bench.run(&["apply", "experiments/trial.yaml", "--set", "gates=[]", "--set", "output.dir=old"]).exits(0);
    let old = bench.path("experiments/old");
    let old = if old.is_dir() { "experiments/old" } else { "old" };
    let write = |name: &str| bench.run(&["baseline", old, "--output", name]);
    write("experiments/release.csv").exits(0).says(&["rows to experiments/release.csv", "`baseline`"]);
    write("again.csv").exits(0);
    let text = bench.read("experiments/release.csv");
    assert_eq!(text, bench.read("again.csv"));
    assert!(text.starts_with("model,question_hash,score,latency_sec,output_tokens,cost\nsmall,"), "{text}");
    assert!(!text.contains('?'), "a text is in it: {text}");
    let finished = bench.run(&["apply", "experiments/trial.yaml", "--set", "baseline=release.csv"]);
    finished.exits(0).shows(&[
        "gate passed: score >= baseline - 0.05 (small): 0.0 points",
        "gate passed: output_tokens <= baseline * 1.1 (small): 1.00 ×",
    ]);
    bench.run(&["compare", "again.csv", old]).exits(0).shows(&["questions match", "0.0 points"]);
    write("release.json").exits(2).says(&["`.csv`"]);
    bench.write("plain.csv", "model,prompt,expected_answer,score\nm,Q?,A,1\n");
    bench
        .run(&["baseline", "plain.csv", "--output", "no.csv"])
        .exits(2)
        .says(&["no `question_hash`", "write its tables again"]);
}
