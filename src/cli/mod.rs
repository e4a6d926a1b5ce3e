//! The command line: one file per command, and the only place that reads arguments, environment and clock.

mod apply;
mod arguments;
mod baseline;
mod clean;
mod columns;
mod commits;
mod compare;
mod completions;
mod doctor;
mod explain;
mod export;
mod file_arguments;
mod guard;
mod history;
mod hub_task;
mod import;
mod init;
mod interrupt;
mod judge;
mod looking;
mod man;
mod meeting;
mod merge;
mod mock;
mod mock_arguments;
mod origin;
mod places;
mod plan;
mod presets;
mod prices;
mod process_env;
mod prompt;
mod reference;
mod report;
mod results;
mod results_arguments;
mod schema;
mod selftest;
mod session;
mod sharding;
mod show;
mod siting;
mod spec_arguments;
mod status;
mod store;
mod storing;
mod validate;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use crate::exit::Exit;
use arguments::{Arguments, Command};
use session::Session;

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(refusal) => return told(&refusal),
    };
    if let Command::Guard(guard) = &arguments.command {
        return guard::run(guard);
    }
    let session = Session::start();
    let outcome = match &arguments.command {
        Command::Guard(_) => Ok(Exit::Success),
        Command::Apply(apply) => apply::run(apply, &session),
        Command::Judge(judge) => judge::run(judge, &session),
        Command::Explain(explain) => explain::run(explain, &session),
        Command::Report(arguments) => report::run(arguments, &session),
        Command::Compare(compare) => compare::run(compare, &session),
        Command::Baseline(arguments) => baseline::run(arguments, &session),
        Command::Export(arguments) => export::run(arguments, &session),
        Command::Import(arguments) => import::run(arguments, &session),
        Command::History(history) => history::run(history, &session),
        Command::Watch(watch) => watch::run(watch, &session),
        Command::Plan(plan) => plan::run(plan, &session),
        Command::Validate(validate) => validate::run(validate, &session),
        Command::Show(show) => show::run(show, &session),
        Command::Prompt(prompt) => prompt::run(prompt, &session),
        Command::Prices(prices) => prices::run(prices, &session),
        Command::Presets => presets::run(&session),
        Command::Schema(arguments) => schema::run(arguments, &session),
        Command::Columns(columns) => columns::run(columns, &session),
        Command::Reference(reference) => reference::run(reference, &session),
        Command::Completions(completions) => completions::run(completions, &session),
        Command::Man(man) => man::run(man, &session),
        Command::Init(init) => init::run(init, &session),
        Command::Doctor(doctor) => doctor::run(doctor, &session),
        Command::Clean(clean) => clean::run(clean, &session),
        Command::Status(arguments) => status::run(arguments, &session),
        Command::Store(store) => store::run(store, &session),
        Command::Merge(merge) => merge::run(merge, &session),
        Command::Mock(mock) => mock::run(mock, &session),
        Command::Selftest(selftest) => selftest::run(selftest, &session),
    };
    match outcome {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) => {
            session.fail(&error, arguments.command.is_shown_by_events());
            ExitCode::from(error.exit().code())
        }
    }
}

/// Prints a usage error, the help or the version.
fn told(refusal: &clap::Error) -> ExitCode {
    match refusal.print() {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::from(Exit::Internal.code()),
        _ => ExitCode::from(u8::try_from(refusal.exit_code()).unwrap_or(Exit::Usage.code())),
    }
}
