//! Standard output that takes nothing, and what a killed run leaves in its folder.

use crate::bench::{Bench, Spec};
use crate::server::Server;

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_an_error() {
    use std::process::{Command, Stdio};
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    let spec = "experiments/trial.yaml";
    let calls: [&[&str]; 7] = [
        &["schema"],
        &["validate", spec],
        &["plan", spec],
        &["doctor", spec],
        &["apply", spec],
        &["apply", "--json", spec],
        &["--help"],
    ];
    for arguments in calls {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_smallbench"));
        command.current_dir(bench.path("")).args(arguments).env("HOME", bench.path(""));
        let status = command.stdin(Stdio::null()).stdout(full).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(1), "{arguments:?}");
    }
    assert_eq!(bench.results().rows.len(), 2, "the run itself was not lost");
}

#[test]
fn drafts_of_killed_runs_are_removed() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(2, &Spec::on(&server));
    for folder in ["outputs/trial", "outputs", "experiments"] {
        bench.write(&format!("{folder}/.smallbench-x7Ab2Q"), "half a file");
    }
    bench.apply().exits(0);
    let drafts = bench.everything().into_iter().filter(|(path, _)| path.to_string_lossy().contains(".smallbench-"));
    assert_eq!(drafts.count(), 0);
}
