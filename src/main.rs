//! The program: parse, run, print the error once, return its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    smallbench::cli::main()
}
