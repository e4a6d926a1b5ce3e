//! The program: parse, run, print the error once, return its exit code.

use std::process::ExitCode;

/// A run allocates millions of small texts from several threads; the system's allocator takes a quarter of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Index of mimalloc's option `purge_delay`, which the bindings do not name.
const PURGE_DELAY: i32 = 15;
/// Time in milliseconds after which freed memory goes back to the system: mimalloc's second holds what a whole stage has freed.
const FREED_MEMORY_STAYS_MS: i32 = 30;

fn main() -> ExitCode {
    give_freed_memory_back();
    smallbench::cli::main()
}

/// Shortens the time that freed memory stays; `MIMALLOC_PURGE_DELAY` of the environment has the last word.
#[expect(unsafe_code, reason = "mimalloc has no safe interface to its options")]
fn give_freed_memory_back() {
    // SAFETY: the call writes one number into a table of numbers, before any other thread exists.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY, FREED_MEMORY_STAYS_MS.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "mimalloc has no safe interface to its options")]
    fn the_index_names_the_delay_of_purging() {
        // SAFETY: the call reads one number of a table of numbers.
        let before = unsafe { libmimalloc_sys::mi_option_get(PURGE_DELAY) };
        assert_eq!(before, 1000, "mimalloc's default in milliseconds, which no other option has");
    }
}
