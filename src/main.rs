//! The program: parse, run, print the error once, return its exit code.

use std::process::ExitCode;

/// A run allocates millions of small texts from several threads; the system's allocator takes a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    smallbench::cli::main()
}
