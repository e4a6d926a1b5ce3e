//! The program: parse, run, print the error once, return its exit code.

mod allocators;

use std::process::ExitCode;

/// A run allocates millions of small texts from several threads; the system's allocator takes a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    allocators::set_up();
    smallbench::cli::main()
}
