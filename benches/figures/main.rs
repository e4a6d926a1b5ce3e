//! Figures of smallbench itself, on the real binary: run by hand, never in a timed test.
//!
//! `cargo bench --bench figures` measures everything; `-- whole`, `-- store`, `-- judge`, `-- long`, `-- faulty`, `-- kill 20` or
//! `-- workers 10 100` one part.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints, and stops at what it does not expect"
)]

mod client;
mod faulty;
mod judge;
mod kill;
mod long;
mod server;
mod store;
mod whole;
mod workers;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Kills per level of concurrency.
const KILLS: usize = 100;

/// Workers on one store.
const WORKERS: [usize; 3] = [10, 100, 1_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|argument| argument == part);
    if wanted("whole") {
        whole::run_all();
    }
    if wanted("store") {
        store::run_all();
    }
    if wanted("judge") {
        judge::run_all();
    }
    if wanted("long") {
        long::run_all();
    }
    if wanted("faulty") {
        faulty::run_all();
    }
    if wanted("client") {
        client::run_all();
    }
    let numbers: Vec<usize> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if wanted("kill") {
        kill::run_all(numbers.first().copied().unwrap_or(KILLS));
    }
    if wanted("workers") {
        workers::run_all(if numbers.is_empty() { &WORKERS } else { &numbers });
    }
}
