//! `smallbench report` and the key that leaves the page out.

use super::page;
use crate::bench::{Bench, Spec};
use crate::server::Server;

#[test]
fn the_page_is_found_by_spec_by_folder_and_by_age() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.run(&["report"]).exits(2).says(&["no run and no import is in outputs", "smallbench apply"]);
    bench.run(&["report", "experiments/trial.yaml"]).exits(2).says(&["report.html does not exist", "smallbench apply"]);
    bench.apply().exits(0);
    for arguments in [&["report"][..], &["report", "experiments/trial.yaml"], &["report", "outputs/trial"]] {
        bench.run(arguments).exits(0).shows(&["outputs/trial/report.html"]);
    }
}

#[test]
fn the_page_is_opened_by_the_program_of_the_system() {
    if cfg!(target_os = "macos") {
        return;
    }
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    let folder = bench.path("bin");
    let path = folder.display().to_string();
    bench.run_with(&["report", "--open"], &[("PATH", &path)]).exits(2).says(&["cannot open a browser", "report.html"]);
    bench.write("bin/xdg-open", "#!/bin/sh\necho \"$1\" > opened\n");
    std::fs::set_permissions(folder.join("xdg-open"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    bench.run_with(&["report", "--open"], &[("PATH", &path)]).exits(0);
    assert_eq!(bench.read("opened").trim(), page(&bench).canonicalize().unwrap().display().to_string());
}

#[test]
fn a_spec_leaves_the_page_out() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    bench.apply().exits(0);
    assert!(page(&bench).is_file());
    bench.spec(&Spec::on(&server).with("output", "{ dir: ../outputs/trial, formats: [svg], report: false }"));
    bench.apply().exits(0);
    assert!(!page(&bench).exists(), "the page of an earlier run stays");
}
