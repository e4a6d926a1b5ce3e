//! The help of every command.

use super::check;
use super::normal::stable;
use crate::bench::Bench;

const COMMANDS: [&[&str]; 35] = [
    &[],
    &["apply"],
    &["watch"],
    &["judge"],
    &["explain"],
    &["report"],
    &["plan"],
    &["compare"],
    &["baseline"],
    &["export"],
    &["import"],
    &["history"],
    &["validate"],
    &["doctor"],
    &["show"],
    &["prompt"],
    &["presets"],
    &["prices"],
    &["prices", "update"],
    &["schema"],
    &["columns"],
    &["reference"],
    &["completions"],
    &["man"],
    &["init"],
    &["store"],
    &["store", "recover"],
    &["store", "show"],
    &["store", "remove"],
    &["store", "vacuum"],
    &["clean"],
    &["merge"],
    &["status"],
    &["mock"],
    &["selftest"],
];

#[test]
fn every_command_has_its_help() {
    let bench = Bench::empty();
    for command in COMMANDS {
        let finished = bench.run(&[command, &["--help"]].concat());
        let name = [&["smallbench"], command].concat().join("-");
        check("help", &name, &stable(&bench, &finished.exits(0).stdout));
    }
}

#[test]
fn no_command_is_left_out() {
    let help = Bench::empty().run(&["--help"]).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        assert!(COMMANDS.iter().any(|command| command.first() == Some(&name)), "`{name}` has no snapshot");
    }
}

#[test]
fn the_spec_that_init_writes() {
    let bench = Bench::empty();
    bench.run(&["init", "first"]).exits(0);
    check("help", "init.yaml", &bench.read("experiments/first.yaml"));
}
