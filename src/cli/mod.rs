//! The command line: one file per command, and the only place that reads arguments, environment and clock.

mod apply;
mod arguments;
mod doctor;
mod init;
mod interrupt;
mod mock;
mod plan;
mod schema;
mod selftest;
mod store;
mod surroundings;
mod validate;

use std::process::ExitCode;

use clap::Parser;

use crate::console;
use arguments::{Arguments, Command};

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match &arguments.command {
        Command::Apply(apply) => apply::run(apply),
        Command::Plan(plan) => plan::run(plan),
        Command::Validate(validate) => validate::run(validate),
        Command::Schema => schema::run(),
        Command::Init(init) => init::run(init),
        Command::Doctor(doctor) => doctor::run(doctor),
        Command::Store(store) => store::run(store),
        Command::Mock(mock) => mock::run(mock),
        Command::Selftest(selftest) => selftest::run(selftest),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            console::error::print(&error);
            ExitCode::from(error.exit_code())
        }
    }
}
