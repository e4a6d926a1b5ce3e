//! Settings of the allocators, of mimalloc and of the C library, for the whole program.

/// Indexes of mimalloc's options `purge_delay` and `arena_reserve`, which the bindings do not name.
pub(crate) const PURGE_DELAY: i32 = 15;
pub(crate) const ARENA_RESERVE: i32 = 23;
/// Time in milliseconds after which freed memory goes back to the system: mimalloc's second holds what a whole stage has freed.
const FREED_MEMORY_STAYS_MS: i32 = 8;
/// Addresses in KiB that are reserved at a time: under a limit of addresses (`ulimit -v`), mimalloc's GiB leaves no room for
/// the stacks of threads.
const RESERVED_KIB: i32 = 64 << 10;
/// Heaps of the C library, which reserves 64 MiB of addresses for each: by default one for each thread. SQLite and the
/// compressors allocate there, a few large pieces.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const C_HEAPS: i32 = 2;

/// Settings that the first allocation reads, which is made before `main`.
#[cfg(all(target_os = "linux", not(test)))]
#[used]
#[unsafe(link_section = ".init_array")]
#[expect(unsafe_code, reason = "the section lists functions that are called before the program, and this is one")]
static BEFORE_MAIN: extern "C" fn() = set_up;

/// Lets freed memory go back soon, and reserves few addresses; `MIMALLOC_PURGE_DELAY` and `MIMALLOC_ARENA_RESERVE` of the
/// environment have the last word.
#[expect(unsafe_code, reason = "allocators have no safe interface to their options")]
pub(crate) extern "C" fn set_up() {
    // SAFETY: each call writes one number into a table of numbers, before any other thread exists.
    unsafe {
        libmimalloc_sys::mi_option_set_default(PURGE_DELAY, FREED_MEMORY_STAYS_MS.into());
        libmimalloc_sys::mi_option_set_default(ARENA_RESERVE, RESERVED_KIB.into());
        #[cfg(all(target_os = "linux", target_env = "gnu"))]
        libc::mallopt(libc::M_ARENA_MAX, C_HEAPS);
    }
}
