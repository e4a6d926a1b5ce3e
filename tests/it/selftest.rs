//! `selftest`: the client measured on a server with known times.

use serde_json::Value as Json;

use crate::bench::{Bench, wait_until};

const TINY: [&str; 10] =
    ["selftest", "--concurrency", "1,4", "--requests", "20", "--ttft", "2ms", "--gap", "1ms", "--tokens=3"];

fn tiny(more: &[&'static str]) -> Vec<&'static str> {
    [&TINY, more].concat()
}

fn number(object: &Json, member: &str) -> f64 {
    object[member].as_f64().unwrap_or_else(|| panic!("no number `{member}` in {object}"))
}

/// Servers that were started from a folder and still run.
#[cfg(target_os = "linux")]
fn mocks_below(folder: &std::path::Path) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let here = |process: &std::path::PathBuf| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == folder);
    let is_mock = |process: &std::path::PathBuf| {
        std::fs::read_to_string(process.join("cmdline")).is_ok_and(|line| line.split('\0').any(|word| word == "mock"))
    };
    processes.filter(here).filter(is_mock).count()
}

#[test]
fn true_stands_beside_measured_for_every_level() {
    let bench = Bench::empty();
    let finished = bench.run(&tiny(&[]));
    finished.exits(0).shows(&[
        "over openai: 2 ms to the first token, 1 ms per token after it, 3 tokens",
        "TTFT",
        "\nc=1: TTFT off by ",
        "\nc=4: TTFT off by ",
        "constant    20",
        "poisson     20",
    ]);
    finished.says(&["mock c=1: 20 of 20 sent", "mock c=4: 20 of 20 sent", "mock r=1000/s: 20 of 20 sent"]);
    assert!(finished.stdout.lines().all(|line| line.chars().count() <= 100), "{}", finished.stdout);
    assert!(std::fs::read_dir(bench.path("")).unwrap().count() == 1, "something was left beside `experiments`");
}

#[test]
fn the_object_holds_every_figure_and_none_is_absurd() {
    for api in ["ollama", "openai", "anthropic"] {
        let bench = Bench::empty();
        let finished = bench.run(&tiny(&["--json", "--api", api]));
        let found: Json = serde_json::from_str(&finished.exits(0).stdout).unwrap();
        assert_eq!((found["api"].as_str(), found["tokens"].as_u64()), (Some(api), Some(3)));
        let truth = ["true_ttft_s", "true_tpot_s", "true_latency_s"].map(|member| number(&found, member));
        assert_eq!(truth, [0.002, 0.001, 0.004]);
        let levels = found["levels"].as_array().unwrap();
        assert_eq!(levels.iter().map(|level| number(level, "concurrency")).collect::<Vec<_>>(), [1.0, 4.0]);
        levels.iter().for_each(check_level);
        let pacing = found["pacing"].as_array().unwrap();
        assert_eq!(pacing.iter().map(|loops| &loops["arrivals"]).collect::<Vec<_>>(), ["constant", "poisson"]);
        for pacing in pacing {
            assert_eq!((number(pacing, "requests"), number(pacing, "failed")), (20.0, 0.0));
            let [p50, p99, max] = ["late_p50_s", "late_p99_s", "late_max_s"].map(|member| number(pacing, member));
            assert!(0.0 <= p50 && p50 <= p99 && p99 <= max, "{pacing}");
        }
    }
}

/// Nothing is faster than it can be, whatever else the machine does.
fn check_level(level: &Json) {
    let figure = |member: &str| number(level, member);
    assert_eq!((figure("requests"), figure("failed")), (20.0, 0.0));
    for (measured, truth) in [("ttft", 0.002), ("latency", 0.004)] {
        let [p50, p99] = ["p50", "p99"].map(|share| figure(&format!("{measured}_{share}_s")));
        let [error_p50, error_p99] = ["p50", "p99"].map(|share| figure(&format!("{measured}_error_{share}_s")));
        assert!(truth <= p50 && p50 <= p99, "{level}");
        assert!((p50 - truth - error_p50).abs() < 1e-9 && (p99 - truth - error_p99).abs() < 1e-9, "{level}");
    }
    assert!(0.0 <= figure("tpot_p50_s") && figure("tpot_p50_s") <= figure("tpot_p99_s"), "{level}");
    assert!(figure("requests_per_s") <= figure("true_requests_per_s"), "{level}");
    assert!(figure("dispatch_delay_p99_s") >= 0.0 && level["limited_by_client"].is_boolean(), "{level}");
    assert!(figure("server_late_p50_s") <= figure("server_late_p99_s"), "{level}");
    assert!((0.0..=1.0).contains(&figure("connections_reused_share")), "{level}");
    #[cfg(unix)]
    assert!(figure("cpu_per_request_s") > 0.0, "{level}");
}

#[cfg(unix)]
#[test]
fn a_level_that_needs_more_open_files_is_named_and_the_others_run() {
    let bench = Bench::empty();
    let mut command = std::process::Command::new("bash");
    command.args(["-c", "ulimit -n 128; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_smallbench")]);
    command.args(tiny(&[])).args(["--concurrency", "2,100"]).current_dir(bench.path(""));
    let output = command.output().unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    for words in ["c=2: TTFT off by", "c=100: not measured: 100 connections need 164 open files", "ulimit -n 164"] {
        assert!(shown.contains(words), "`{words}` is not in:\n{shown}");
    }
    assert_eq!(output.status.code(), Some(3), "{shown}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_server_is_gone_however_it_ends() {
    let bench = Bench::empty();
    let folder = bench.path("").canonicalize().unwrap();
    bench.run(&tiny(&[])).exits(0);
    assert_eq!(mocks_below(&folder), 0);

    let long = ["selftest", "--concurrency", "1", "--ttft", "1h"];
    let running = bench.start(&long, &[]);
    wait_until("the server runs", || mocks_below(&folder) == 1);
    running.signal("INT");
    running.end().exits(130).says(&["interrupted"]);
    assert_eq!(mocks_below(&folder), 0);

    let running = bench.start(&long, &[]);
    wait_until("the server runs", || mocks_below(&folder) == 1);
    running.kill();
    wait_until("the server is gone", || mocks_below(&folder) == 0);
}

#[test]
fn wrong_arguments_are_named() {
    let cases =
        [("--api", "grpc", "one of ollama"), ("--concurrency", "1,0", "--concurrency"), ("--gap", "5", "a unit")];
    for (name, value, words) in cases {
        Bench::empty().run(&["selftest", name, value]).exits(2).says(&[words]);
    }
}
