//! `smallbench compare`: runs and results of other tools against each other.

use std::io::Write;

use serde_json::{Value, json};

use crate::bench::{Bench, Spec};
use crate::server::Server;

/// Results of one model on `right.len()` questions, as the old scripts wrote them.
fn results(model: &str, right: &[bool]) -> String {
    let rows = right.iter().enumerate().map(|(index, right)| {
        format!("{model},{index},Question {index}?,A,A,{},{}.5,{{}}\n", u8::from(*right), index % 3)
    });
    let header = "model,prompt_id,prompt,expected_answer,output,score,latency_sec,metadata\n";
    std::iter::once(header.to_owned()).chain(rows).collect()
}

#[test]
fn two_tables_are_compared_question_by_question() {
    let bench = Bench::empty();
    let old: Vec<bool> = (0..60).map(|index| index % 2 == 0).collect();
    let new: Vec<bool> = (0..60).map(|index| index % 2 == 0 || index < 20).collect();
    bench.write("old.csv", results("gemma:2b", &old));
    bench.write("new.csv", results("gemma:2b", &new));
    let finished = bench.run(&["compare", "old.csv", "new.csv"]);
    finished.exits(0).shows(&[
        "gemma:2b (new.csv) against gemma:2b (old.csv)",
        "60 questions match",
        "score 50.0 % → 66.7 %: +16.7 points [",
        "distinguishable (60 questions, p = 0.002)",
        "gained 10: #1, #3, #5, #7, #9, #11",
    ]);
    assert!(!finished.stdout.contains("lost"), "{}", finished.stdout);
    let text = bench.run(&["compare", "new.csv", "old.csv", "--format", "json"]).stdout;
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["changes"][0]["lost"].as_array().unwrap().len(), 10);
    assert_eq!((&found["changes"][0]["a_higher"], &found["changes"][0]["b_higher"]), (&json!(0), &json!(10)));
}

#[test]
fn two_runs_of_an_experiment_name_what_differs() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(8, &Spec::on(&server));
    bench.apply().exits(0);
    let second = bench.path("second").display().to_string();
    let set = format!("output.dir={second}");
    bench.run(&["apply", "experiments/trial.yaml", "--limit", "5", "--set", &set, "--update"]).exits(0);
    let finished = bench.run(&["compare", "outputs/trial", "second"]);
    finished.exits(0).shows(&["5 questions match; 3 only in the earlier", "the runs differ in", "8 → 5"]);
}

#[test]
fn samples_of_other_tools_are_read() {
    let bench = Bench::empty();
    for (folder, model, right) in [("one", "pythia", 5), ("two", "gpt2", 3)] {
        let line = |index: usize| {
            json!({
                "doc_id": index, "doc": { "question": format!("Question {index}?") }, "doc_hash": format!("h{index}"),
                "metrics": ["acc"], "acc": if index < right { 1.0 } else { 0.0 }, "filter": "none",
            })
        };
        let lines: String = (0..8).map(|index| format!("{}\n", line(index))).collect();
        bench.write(&format!("{folder}/{model}/samples_arc_2026-01-01.jsonl"), lines);
    }
    bench.run(&["compare", "one", "two"]).exits(0).shows(&[
        "gpt2 (two) against pythia (one)",
        "8 questions match",
        "score 62.5 % → 37.5 %",
        "lost 2: arc#3, arc#4",
    ]);
    let log = |value: &str| {
        json!({ "eval": { "model": "m" }, "samples": [
            { "id": "s1", "input": "Question 1?", "target": "4", "scores": { "match": { "value": value } } },
        ] })
    };
    bench.write("before.json", log("C").to_string());
    bench.write("after.json", log("I").to_string());
    bench.run(&["compare", "before.json", "after.json"]).exits(0).shows(&["1 question matches", "lost 1: s1"]);
}

/// A log of inspect as it packs it.
pub(crate) fn packed(value: &str, version: &str) -> Vec<u8> {
    let eval = json!({ "model": "m", "task": "sums", "packages": { "inspect_ai": version } });
    let sample =
        json!({ "id": "s1", "input": "Question 1?", "target": "4", "scores": { "match": { "value": value } } });
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Zstd);
    let members = [("header.json", json!({ "status": "success", "eval": eval })), ("samples/s1_epoch_1.json", sample)];
    for (name, content) in members {
        archive.start_file(name, options).unwrap();
        archive.write_all(content.to_string().as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn packed_logs_of_inspect_are_read_as_they_are() {
    let bench = Bench::empty();
    bench.write("before.eval", packed("C", "0.3.284"));
    bench.write("after.eval", packed("I", "0.3.285"));
    bench.run(&["compare", "before.eval", "after.eval"]).exits(0).shows(&[
        "m (after.eval) against m (before.eval)",
        "1 question matches",
        "lost 1: s1",
        "the runs differ in",
        "packages.inspect_ai: 0.3.284 → 0.3.285",
        "before.eval: match",
    ]);
}

#[test]
fn most_subjects_may_say_the_opposite() {
    let bench = Bench::empty();
    // 40 of law and 5 of each other subject; the later is better at law alone.
    let table = |law: usize, other: usize| {
        let subjects = [("law", 40, law), ("art", 5, other), ("sea", 5, other)];
        let rows = subjects.iter().flat_map(|(subject, count, right)| {
            (0..*count).map(move |place| format!("m,{subject}{place},A,{},{subject}\n", u8::from(place < *right)))
        });
        std::iter::once("model,prompt,expected_answer,score,subject\n".to_owned()).chain(rows).collect::<String>()
    };
    bench.write("old.csv", table(20, 4));
    bench.write("new.csv", table(36, 2));
    bench.run(&["compare", "old.csv", "new.csv"]).exits(0).shows(&[
        "score 56.0 % → 80.0 %: +24.0 points",
        "Simpson's reversal: m (new.csv) is ahead over all questions, but m (old.csv) in 2 of 3 subjects; the mean over \
         subjects is −13.3 points",
    ]);
    let text = bench.run(&["compare", "old.csv", "new.csv", "--format", "json"]).stdout;
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&found["changes"][0]["reversed"], &found["changes"][0]["subjects_b_ahead"]), (&json!(true), &json!(2)));
}

#[test]
fn what_has_no_score_and_what_a_score_is_called_is_said() {
    let bench = Bench::empty();
    for (folder, last) in [("one", "1.0"), ("two", "NaN")] {
        let line = |index: usize, value: &str| {
            format!(
                "{{\"doc_id\": {index}, \"doc\": {{}}, \"doc_hash\": \"{index}\", \"acc\": 0.5, \"acc_norm\": {value}}}\n"
            )
        };
        let lines = [line(0, "1.0"), line(1, "0.0"), line(2, "1.0"), line(3, last).replace("0.5", last)].concat();
        bench.write(&format!("{folder}/m/samples_arc_2026-01-01.jsonl"), lines);
    }
    bench.run(&["compare", "one", "two"]).exits(0).shows(&[
        "4 questions match; 1 without a score on both sides",
        "the score is that of",
        "one: acc_norm",
    ]);
}

#[test]
fn stores_are_compared_by_what_they_hold() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(8, &Spec::on(&server));
    bench.apply().exits(0);
    bench
        .run(&["apply", "experiments/trial.yaml", "--limit", "5", "--set", "output.dir=../other/trial", "--update"])
        .exits(0);
    let finished = bench.run(&["compare", "outputs/store.sqlite", "other/store.sqlite"]);
    finished.exits(0).shows(&[
        "small (other/store.sqlite) against small (outputs/store.sqlite)",
        "5 questions match; 3 only in the earlier",
        "no scores; the answers to 0 of 5 questions have another text",
        "latency ",
    ]);
    let text = bench.run(&["compare", "outputs/store.sqlite", "other/store.sqlite", "--format", "json"]).stdout;
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["changes"][0]["texts_differing"], json!(0));
    bench.write("none.sqlite", "not a store at all");
    bench
        .run(&["compare", "none.sqlite", "outputs/store.sqlite"])
        .exits(1)
        .says(&["none.sqlite is not a smallbench store"]);
    bench.run(&["compare", "absent.sqlite", "outputs/store.sqlite"]).exits(1).says(&["absent.sqlite"]);
    let changed = rusqlite::Connection::open(bench.path("other/store.sqlite")).unwrap();
    changed.execute("UPDATE responses SET text='other' WHERE id=(SELECT min(id) FROM responses)", []).unwrap();
    drop(changed);
    bench.run(&["compare", "outputs/store.sqlite", "other/store.sqlite"]).exits(1).says(&[
        "other/store.sqlite",
        "1 response",
        "smallbench store recover",
    ]);
}

/// Runs git in the folder of a bench.
#[track_caller]
pub(crate) fn git(bench: &Bench, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.current_dir(bench.path(".")).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.args(["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn results_at_a_commit_are_read_without_a_checkout() {
    let bench = Bench::empty();
    bench.write("outputs/x/results.csv", results("m", &[true, true, false]));
    git(&bench, &["init", "-q"]);
    git(&bench, &["add", "outputs"]);
    git(&bench, &["commit", "-qm", "one"]);
    bench.write("outputs/x/results.csv", results("m", &[true, false, false]));
    bench.write("outputs/x/notes.txt", "");
    git(&bench, &["add", "outputs"]);
    git(&bench, &["commit", "-qm", "two"]);
    let here = results("m", &[true, false, true]);
    bench.write("outputs/x/results.csv", here.clone());
    let lost = "m (HEAD:outputs/x) against m (HEAD~1:outputs/x)";
    bench.run(&["compare", "HEAD~1:outputs/x", "HEAD:outputs/x"]).exits(0).shows(&[
        lost,
        "3 questions match",
        "lost 1: #1",
    ]);
    bench.run(&["compare", "HEAD:outputs/x/results.csv", "outputs/x"]).exits(0).shows(&["gained 1: #2"]);
    assert_eq!(bench.read("outputs/x/results.csv"), here, "nothing is checked out");
    for (place, words) in [
        ("HEAD~9:outputs/x", "cannot read outputs/x at `HEAD~9`"),
        ("HEAD:outputs/none", "cannot read outputs/none at `HEAD`"),
        ("HEAD:outputs", "cannot read outputs/results.csv at `HEAD`"),
        ("HEAD:outputs/x/notes.txt", "HEAD:outputs/x/notes.txt: its kind is not known"),
        ("--output=x:y", "unexpected argument"),
    ] {
        bench.run(&["compare", "outputs/x", place]).exits(2).says(&[words]);
    }
}

#[test]
fn a_spec_at_a_commit_stands_for_its_run() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(8, &Spec::on(&server));
    let spec = bench.read("experiments/trial.yaml");
    git(&bench, &["init", "-q"]);
    git(&bench, &["add", "experiments"]);
    git(&bench, &["commit", "-qm", "one"]);
    bench.run(&["apply", "experiments/trial.yaml", "--set", "output.dir=../outputs/first"]).exits(0);
    bench.write("experiments/trial.yaml", format!("{spec}# another\n"));
    git(&bench, &["add", "experiments"]);
    git(&bench, &["commit", "-qm", "two"]);
    let places = ["compare", "HEAD~1:experiments/trial.yaml", "HEAD:experiments/trial.yaml"];
    let missing = bench.run(&places);
    missing.exits(2).says(&["no run of HEAD:experiments/trial.yaml is stored", "`HEAD:outputs/NAME`"]);
    bench.apply().exits(0);
    bench.run(&places).exits(0).shows(&[
        "small (HEAD:experiments/trial.yaml (outputs/trial)) against small (HEAD~1:experiments/trial.yaml (outputs/first))",
        "8 questions match",
    ]);
}

#[test]
fn a_spec_at_a_commit_is_found_with_what_it_extends() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(4, &Spec::on(&server));
    bench.write("base/all.yaml", bench.read("experiments/trial.yaml").replace("../", "../../"));
    let own = "extends: ../base/all.yaml\ndescription: ";
    bench.write("experiments/trial.yaml", format!("\u{feff}{own}one\n"));
    git(&bench, &["init", "-q"]);
    git(&bench, &["add", "experiments", "base"]);
    git(&bench, &["commit", "-qm", "one"]);
    bench.run(&["apply", "experiments/trial.yaml", "--set", "output.dir=../outputs/first"]).exits(0);
    let explained = bench.run(&["explain", "outputs/first", "1"]);
    assert!(!explained.exits(0).stderr.contains("is not the one"), "{}", explained.stderr);
    let base = bench.read("base/all.yaml");
    bench.write("base/all.yaml", format!("{base}# another\n"));
    git(&bench, &["add", "base"]);
    git(&bench, &["commit", "-qm", "two"]);
    let places = ["compare", "HEAD~1:experiments/trial.yaml", "HEAD:experiments/trial.yaml"];
    bench.run(&places).exits(2).says(&["no run of HEAD:experiments/trial.yaml is stored"]);
    bench.run(&["apply", "experiments/trial.yaml", "--set", "output.dir=../outputs/second"]).exits(0);
    bench.run(&places).exits(0).shows(&["(outputs/second)", "(outputs/first)", "4 questions match"]);
}

#[test]
fn what_cannot_be_compared_is_named() {
    let bench = Bench::empty();
    bench.write("good.csv", results("m", &[true, false]));
    bench.write("bad.csv", "model,score\nm,1\n");
    bench.write("bad.jsonl", "{\"doc_hash\": \"a\", \"acc\": 1}\n{\n");
    bench.write("text.csv", "model,prompt,expected_answer,score\nm,q,a,yes\n");
    bench.write("points.csv", "model,prompt_id,prompt,expected_answer,score\nm,0,q,a,7\n");
    bench.write("packed.eval", "PK");
    bench.write("log.json", "{\"eval\": {\"model\": \"m\"}, \"samples\": [{\"id\": 1}\n");
    bench.write("head.json", "{\"eval\": {\"model\": \"m\"}}");
    bench.write("latin.jsonl", b"{\"doc_hash\": \"a\", \"acc\": 1}\n{\"doc_hash\": \"\xe9\"}\n");
    bench.write("folder/file.txt", "");
    for (path, words) in [
        ("missing", "cannot read missing"),
        ("bad.csv", "there is no column `prompt`"),
        ("bad.jsonl", "bad.jsonl, line 2: no JSON"),
        ("packed.eval", "packed.eval, directory of the archive: no ZIP"),
        ("log.json", "log.json, line 2: no JSON of a log"),
        ("head.json", "the log has neither samples nor scores"),
        ("latin.jsonl", "latin.jsonl, line 2: no JSON"),
        ("text.csv", "text.csv, line 2: the score `yes` is not a number"),
        ("points.csv", "the score 7 of #0 is not between 0 and 1"),
        ("folder", "it holds no results\nhint: expected an output folder of smallbench"),
    ] {
        bench.run(&["compare", "good.csv", path]).exits(2).says(&[words]);
    }
}
