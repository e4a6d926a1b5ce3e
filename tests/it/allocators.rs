//! The allocators' settings, and what the program needs of addresses.

use crate::bench::{Bench, Spec};
use crate::server::Server;

#[path = "../../src/allocators.rs"]
#[expect(dead_code, reason = "the program calls it")]
mod settings;

#[test]
#[expect(unsafe_code, reason = "mimalloc has no safe interface to its options")]
fn the_indexes_name_the_options() {
    // SAFETY: each call reads one number of a table of numbers.
    let option = |index| unsafe { libmimalloc_sys::mi_option_get(index) };
    // The defaults in milliseconds and KiB, which no other options have.
    assert_eq!((option(settings::PURGE_DELAY), option(settings::ARENA_RESERVE)), (1000, 1 << 20));
}

#[test]
#[cfg(target_os = "linux")]
fn a_run_needs_no_addresses_beyond_its_program_and_its_threads() {
    let server = Server::ollama(&["small"]);
    let bench = Bench::ready(3, &Spec::on(&server));
    // The least is what an unoptimized program of 300 MB and the stacks of its threads take; a GiB that is reserved ahead
    // fits into the others, and would leave nothing for the stacks.
    for kilobytes in [800_000, 1_000_000, 1_150_000, 1_300_000] {
        bench.start_with_memory(&["apply", "experiments/trial.yaml"], kilobytes).end().exits(0);
    }
}
