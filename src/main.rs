//! The program: parse, run, print the error once, return its exit code.

use std::process::ExitCode;

/// A run allocates millions of small texts from several threads, of which the system's allocator makes a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    smallbench::cli::main()
}
