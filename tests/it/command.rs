//! The judge `command`: programs that judge, and programs that fail at it.

#![cfg(unix)]

use std::time::{Duration, Instant};

use crate::bench::{Bench, Finished, Spec, wait_until};
use crate::server::{Act, Server};

const APPLY: [&str; 2] = ["apply", "experiments/trial.yaml"];

/// Prints the verdict of each line of input by its number; `verdict` is a command that sees it as `$id` and `$line`.
fn judging(verdict: &str) -> String {
    format!(
        "echo call >> calls\n\
         while IFS= read -r line; do\n\
         rest=${{line#*\\\"id\\\":}}; id=${{rest%%,*}}\n\
         echo \"$id\" >> answers\n\
         {verdict}\n\
         done\n"
    )
}

/// A verdict that is right where the output is `B`.
const IS_B: &str = r#"case $line in
    *'"output":"B"'*) echo "{\"id\":$id,\"score\":1,\"extracted\":\"B\",\"reason\":\"it is B\"}" ;;
    *) echo "{\"id\":$id,\"score\":0}" ;;
esac"#;

/// A server that answers `B` to even questions and `C` to odd ones, each in words of its own.
fn server() -> Server {
    let server = Server::ollama(&["small"]);
    server.acts(|asked| {
        let number: usize = asked.prompt.split("number ").nth(1).unwrap().split('?').next().unwrap().parse().unwrap();
        Act::Say(if number.is_multiple_of(2) { "B" } else { "C" }.into())
    });
    server
}

fn spec(server: &Server, settings: &str) -> Spec {
    Spec::on(server).with("judge", &format!("{{ command: {{ run: [sh, judge.sh]{settings} }} }}"))
}

/// A bench whose judge is a script.
fn bench(server: &Server, questions: usize, settings: &str, script: &str) -> Bench {
    let bench = Bench::ready(questions, &spec(server, settings));
    bench.write("experiments/judge.sh", script);
    bench
}

/// Lines of a file that the judge has written; none if it has not run.
fn lines(bench: &Bench, name: &str) -> usize {
    let path = bench.path("experiments").join(name);
    std::fs::read_to_string(path).map_or(0, |text| text.lines().count())
}

/// A run that ends with an error of the judge: it has no results.
#[track_caller]
fn fails(bench: &Bench, words: &[&str]) -> Finished {
    let finished = bench.apply();
    finished.exits(1).says(&["error: judge `sh judge.sh`"]).says(words).says(&["hint: ", "rerun the command"]);
    assert!(!bench.path("outputs/trial/results.csv").exists(), "a failed judge scores nothing");
    finished
}

#[test]
fn a_program_judges_and_a_rerun_asks_it_nothing() {
    let server = server();
    let bench = bench(&server, 10, ", batch: 4", &judging(IS_B));
    bench.apply().exits(0).says(&["judge.sh: 10 answers: 0 kept, 10 judged"]);
    let results = bench.results();
    assert_eq!(results.column("score"), ["1", "0"].repeat(5));
    assert_eq!(results.column("verdict"), ["correct", "wrong"].repeat(5));
    assert_eq!(results.field(0, "extracted_answer"), "B");
    assert_eq!(results.column("rule"), ["command"; 10]);
    assert_eq!((lines(&bench, "calls"), lines(&bench, "answers")), (3, 10));
    bench.apply().exits(0).says(&["judge.sh: 10 answers: 10 kept, 0 judged"]);
    assert_eq!(bench.results(), results);
    assert_eq!(lines(&bench, "calls"), 3);
    assert_eq!(server.count(), 10);
}

#[test]
fn an_answer_is_judged_anew_if_anything_it_depends_on_changes() {
    let server = server();
    let bench = bench(&server, 4, "", &judging(IS_B));
    bench.apply().exits(0);
    let judged = |count: usize| {
        let finished = bench.run(&["apply", "--update", "experiments/trial.yaml"]);
        finished.exits(0).says(&[&format!("4 answers: {} kept, {count} judged", 4 - count)]);
    };
    judged(0);
    // A gold is no part of the prompt: the answers stay.
    let questions = crate::bench::questions(4).replacen("\"answer\":1", "\"answer\":2", 1);
    bench.write("experiments/questions.jsonl", questions);
    judged(1);
    bench.spec(&spec(&server, ", version: \"2\""));
    judged(4);
    bench.write("experiments/judge.sh", judging(IS_B) + "# mended\n");
    judged(4);
    bench.spec(&spec(&server, ", version: \"2\", batch: 1, parallel: 3, timeout: 20s"));
    judged(0);
    assert_eq!(server.count(), 4);
    // Another output.
    bench.spec(&spec(&server, ", version: \"2\"").with("generation", "{ seed: 7 }"));
    server.acts(|_| Act::Say("It is B".into()));
    judged(4);
}

#[test]
fn a_program_reads_all_there_is_to_an_answer() {
    let server = Server::ollama(&["small"]);
    server.acts(|_| Act::Say("say \"é\"\n".into()));
    let bench = Bench::ready(1, &spec(&server, ""));
    let row = serde_json::json!({ "question": "q?", "answer": "42", "subject": "sums", "tests": ["a", 1] });
    bench.write("experiments/questions.jsonl", format!("{row}\n"));
    bench.write("experiments/judge.sh", "cat > seen; echo '{\"id\":0,\"score\":0.25,\"extracted\":\"x\"}'");
    bench.apply().exits(0);
    let seen: serde_json::Value = serde_json::from_str(&bench.read("experiments/seen")).unwrap();
    let expected = serde_json::json!({
        "id": 0, "question": "q?", "choices": [], "gold": "42", "output": "say \"é\"\n", "status": "ok",
        "dataset": "questions", "subject": "sums", "columns": { "tests": ["a", 1] },
    });
    assert_eq!(seen, expected);
    let results = bench.results();
    assert_eq!((results.field(0, "score"), results.field(0, "verdict")), ("0.25", "wrong"));
}

#[test]
fn the_verdict_of_the_manual_is_one() {
    let page = include_str!("../../docs/command.md");
    let verdict = page.lines().find(|line| line.starts_with("{\"id\": 0, \"score\"")).unwrap();
    let server = server();
    let bench = bench(&server, 1, "", &format!("cat > /dev/null; echo '{verdict}'"));
    bench.apply().exits(0).says(&["1 correct"]);
    assert_eq!(bench.results().field(0, "extracted_answer"), "def add(a, b): …");
}

#[test]
fn what_a_program_cannot_judge_counts_in_no_score() {
    let server = server();
    let verdict = r#"case $line in
        *'"output":"B"'*) echo "{\"id\":$id,\"score\":1}" ;;
        *) echo "{\"id\":$id,\"class\":\"unjudged\",\"reason\":\"the sandbox is down\"}" ;;
    esac"#;
    let bench = bench(&server, 6, "", &judging(verdict));
    bench.apply().exits(0).says(&["3 correct", "3 unjudged"]);
    let summary = bench.table("model_summary.csv");
    assert_eq!(summary.field(0, "avg_score"), "1");
    assert_eq!(bench.results().column("verdict"), ["correct", "unjudged"].repeat(3));
}

#[test]
fn equal_answers_to_one_question_are_judged_once() {
    let server = server();
    let bench = bench(&server, 3, "", &judging(IS_B));
    bench.spec(&spec(&server, "").with("generation", "{ repeats: 4, temperature: 1 }"));
    bench.apply().exits(0).says(&["12 answers: 9 kept, 3 judged"]);
    assert_eq!(lines(&bench, "answers"), 3);
    assert_eq!(bench.results().column("verdict").iter().filter(|word| **word == "correct").count(), 8);
}

#[test]
fn a_judge_beside_the_one_that_scores_is_consulted_too() {
    let server = server();
    let bench = bench(&server, 2, "", &judging(IS_B));
    let other = Spec::on(&server).with("other_judges", "{ mine: { command: { run: [sh, judge.sh] } } }");
    bench.spec(&other);
    bench.apply().exits(0).says(&["judge.sh: 2 answers: 0 kept, 2 judged"]);
    assert_ne!(bench.results().column("rule"), ["command"; 2]);
}

#[test]
fn calls_run_side_by_side() {
    let server = server();
    // Each call waits for the other one.
    let script = format!("touch met.$$; while [ $(ls met.* | wc -l) -lt 2 ]; do sleep 0.01; done\n{}", judging(IS_B));
    let bench = bench(&server, 4, ", batch: 2, parallel: 2, timeout: 60s", &script);
    bench.apply().exits(0);
    assert_eq!(lines(&bench, "calls"), 2);
}

#[test]
fn a_program_that_dies_is_an_error_with_its_last_words() {
    let server = server();
    let script = format!("{}\necho 'Traceback: \u{1b}[31mno such module' >&2; exit 3", judging(IS_B));
    let bench = bench(&server, 4, "", &script);
    let finished = fails(&bench, &["failed: exit status: 3", "Traceback: \\u{1b}[31mno such module"]);
    assert!(!finished.stderr.contains('\u{1b}'));
    // Once it is mended, nothing is sent again.
    bench.write("experiments/judge.sh", judging(IS_B));
    bench.apply().exits(0).says(&["4 requests: 4 kept, 0 sent", "4 answers: 0 kept, 4 judged"]);
}

#[test]
fn a_program_that_is_killed_is_an_error() {
    let server = server();
    let bench = bench(&server, 2, "", "kill -9 $$");
    fails(&bench, &["failed: signal: 9"]);
}

#[test]
fn a_program_that_hangs_is_ended_in_time() {
    let server = server();
    let bench =
        bench(&server, 2, ", timeout: 300ms", "trap '' TERM; echo waiting >&2; sleep 600 & sleep 600; sleep 600");
    let start = Instant::now();
    fails(&bench, &["did not finish within 300 ms", "waiting", "raise `timeout`"]);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn output_that_is_not_verdicts_is_an_error() {
    let server = server();
    let good = r#"echo "{\"id\":$id,\"score\":1}""#;
    let once = "[ $id = 1 ] ||";
    for (script, words) in [
        (judging("echo judged"), "line 1 of its output is not a verdict"),
        (judging(&format!("{once} {good}")), "no verdict for 1 of 3 answers; the first is answer 1"),
        (judging(&format!("{good}; {good}")), "judges answer 0 twice"),
        (judging(r#"echo "{\"id\":9,\"score\":1}""#), "judges answer 9, but the call has answers 0 to 2"),
        (judging(r#"echo "{\"id\":$id,\"score\":2}""#), "`score` is 2, but goes from 0 to 1"),
        (judging(r#"echo "{\"id\":$id,\"score\":1,\"class\":\"good\"}""#), "unknown `class` `good`"),
        (String::new(), "no verdict for 3 of 3 answers"),
        ("echo '\u{202e}\u{7}'".into(), "\\u{202e}\\u{7}"),
        ("yes".into(), "is not a verdict"),
        ("exec cat /dev/zero".into(), "longer than 1 MB"),
        ("yes >&2".into(), "did not finish"),
    ] {
        let bench = bench(&server, 3, ", timeout: 5s", &script);
        fails(&bench, &[words]);
    }
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let server = server();
    let bench = Bench::ready(1, &Spec::on(&server).with("judge", "{ command: { run: [no-such-judge] } }"));
    bench.apply().exits(2).says(&["judge `no-such-judge` cannot be started", "hint: check that the program"]);
    bench.spec(&Spec::on(&server).with("judge", "{ command: { run: [./no-such-judge] } }"));
    bench
        .run(&["validate", "experiments/trial.yaml"])
        .exits(2)
        .says(&["`./no-such-judge` does not exist", "trial.yaml:"]);
}

#[test]
fn a_program_with_a_path_is_found_from_the_folder_of_the_spec() {
    let server = server();
    let judge = "{ command: { run: [./judges/letter] } }";
    let bench = Bench::ready(2, &Spec::on(&server).with("judge", judge));
    bench.write("experiments/judges/script", format!("#!/bin/sh\npwd > seen\n{}", judging(IS_B)));
    // Copied by another process: a program that this one has just written may still be open in a child of another test.
    let shell = |script: &str| {
        let status =
            std::process::Command::new("sh").args(["-c", script]).current_dir(bench.path("experiments")).status();
        assert!(status.unwrap().success());
    };
    shell("cp judges/script judges/letter");
    bench.apply().exits(2).says(&["judge `./judges/letter` cannot be started: ", "and can be executed"]);
    shell("chmod +x judges/letter");
    bench.apply().exits(0).says(&["letter: 2 answers: 0 kept, 2 judged"]);
    let seen = std::fs::canonicalize(bench.read("experiments/seen").trim()).unwrap();
    assert_eq!(seen, std::fs::canonicalize(bench.path("experiments")).unwrap());
}

#[test]
fn what_a_stopped_run_has_judged_is_kept_and_its_program_is_ended() {
    let server = server();
    // Two calls judge, the third one never ends, and neither does what it has started.
    let script = format!(
        "if [ $(cat calls 2>/dev/null | wc -l) = 2 ]; then (while :; do date >> alive; sleep 0.02; done) & sleep 600; fi\n{}",
        judging(IS_B)
    );
    let bench = bench(&server, 9, ", batch: 3", &script);
    let running = bench.start(&APPLY, &[]);
    wait_until("the third call", || lines(&bench, "alive") > 2);
    running.signal("INT");
    running.end().exits(130).says(&["aborted"]);
    let alive = lines(&bench, "alive");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(lines(&bench, "alive"), alive, "its processes have ended");
    // The same program, or what it has judged is not what this one would.
    bench.write("experiments/calls", "1\n2\n3\n");
    bench.apply().exits(0).says(&["9 requests: 9 kept", "9 answers: 6 kept, 3 judged"]);
}

#[test]
fn a_failed_call_ends_the_others() {
    let server = server();
    let script = "if mkdir first 2>/dev/null; then sleep 600; fi\n\
                  while [ ! -d first ]; do sleep 0.01; done; exit 1";
    let bench = bench(&server, 4, ", batch: 2, parallel: 2", script);
    let start = Instant::now();
    fails(&bench, &["exit status: 1"]);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn secrets_do_not_reach_a_program_and_its_words_hold_none() {
    const KEY: &str = "sk-4f9a2c71d0b8e6aa";
    let server = Server::openai(&["small"], Some(KEY));
    let endpoint = format!("{{ openai: {{ url: \"{}/v1\", api_key_env: TRIAL_KEY }} }}", server.url());
    let judge = "{ command: { run: [sh, judge.sh] } }";
    let bench = Bench::ready(1, &Spec::at(&endpoint).with("judge", judge));
    bench.write("experiments/judge.sh", format!("env > seen; {}", judging(IS_B)));
    let variables = [("TRIAL_KEY", KEY), ("COPY", KEY), ("HF_TOKEN", "hf_0123456789abcdef"), ("OTHER", "stays")];
    bench.run_with(&APPLY, &variables).exits(0);
    let seen = bench.read("experiments/seen");
    assert!(seen.contains("OTHER=stays") && seen.contains("PATH="), "{seen}");
    assert!(!seen.contains("sk-4f9a") && !seen.contains("hf_0123"), "{seen}");
    // It finds the key elsewhere.
    let half = &KEY[..8];
    let rest = &KEY[8..];
    bench.write("experiments/judge.sh", format!("h={half}; echo \"${{h}}{rest}\" >&2; exit 1"));
    let failed = bench.run_with(&APPLY, &variables);
    failed.exits(1).says(&["[redacted]"]);
    assert!(!failed.stderr.contains(KEY));
    let verdict = format!(r#"h={half}; echo "{{\"id\":$id,\"score\":1,\"extracted\":\"$h{rest}\"}}""#);
    bench.write("experiments/judge.sh", judging(&verdict));
    bench.run_with(&APPLY, &variables).exits(0);
    let files = bench.everything();
    let holds = |bytes: &[u8]| bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes());
    let holding: Vec<_> = files.iter().filter(|(_, bytes)| holds(bytes)).map(|(path, _)| path).collect();
    assert_eq!(holding, [""; 0].map(std::path::PathBuf::from).iter().collect::<Vec<_>>());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_limited() {
    let server = server();
    let bench = bench(&server, 1, ", memory: 512MiB", "read -r line; ulimit -v > limit; echo '{\"id\":0,\"score\":1}'");
    bench.apply().exits(0);
    assert_eq!(bench.read("experiments/limit"), "524288\n");
}

#[test]
fn verdicts_are_counted_as_events() {
    let server = server();
    let bench = bench(&server, 4, ", batch: 3", &judging(IS_B));
    let finished = bench.run(&["apply", "--json", "experiments/trial.yaml"]);
    let events = finished.exits(0).stdout.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let done: Vec<_> =
        events.filter(|event| event["event"] == "consulting").map(|event| event["done"].clone()).collect();
    assert_eq!(done, [0, 3, 4]);
}

#[test]
fn kept_verdicts_outlive_a_recovery_and_damage_to_them_is_found() {
    let server = server();
    let bench = bench(&server, 6, "", &judging(IS_B));
    bench.apply().exits(0);
    let recover = ["store", "recover", "outputs/store.sqlite"];
    bench.run(&recover).exits(0).shows(&["6 responses recovered"]);
    bench.apply().exits(0).says(&["6 answers: 6 kept, 0 judged"]);
    let open = || rusqlite::Connection::open(bench.path("outputs/store.sqlite")).unwrap();
    open().execute("UPDATE verdicts SET score=1 WHERE id=2", []).unwrap();
    bench.apply().exits(1).says(&["table verdicts does not match its checksum", "smallbench store recover"]);
    bench.run(&["doctor", "experiments/trial.yaml"]).exits(1).shows(&["does not match its checksum"]);
    bench.run(&recover).exits(0);
    bench.apply().exits(0).says(&["6 answers: 5 kept, 1 judged"]);
    // A store of an earlier version has no such table.
    open().execute_batch("DROP TABLE verdicts").unwrap();
    bench.apply().exits(0).says(&["6 requests: 6 kept", "6 answers: 0 kept, 6 judged"]);
}
