//! Sizes of memory.

/// A size of memory, as people say it.
pub(super) fn gigabytes(bytes: u64) -> String {
    format!("{} GB", (bytes + (1 << 29)) >> 30)
}

/// The bytes of a size as Linux writes it, `16384 kB`.
pub(super) fn bytes(kibibytes: &str) -> Option<u64> {
    kibibytes.strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}
