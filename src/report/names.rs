//! Names that are safe in file names.

use std::collections::HashSet;

use crate::checksum::sha256;

/// Maximum length in bytes of a model's name in a file name: with prefix and ending, it stays far
/// below the 255 bytes that file systems take.
const MOST_BYTES: usize = 120;

/// Digits of the hash in a truncated name.
const HASH_DIGITS: usize = 8;

/// A truncated name gets a part of its hash.
fn within_bytes(name: String) -> String {
    if name.len() <= MOST_BYTES {
        return name;
    }
    let hash = sha256(name.as_bytes());
    let end = name.floor_char_boundary(MOST_BYTES - HASH_DIGITS - 1);
    format!("{}-{}", &name[..end], &hash[..HASH_DIGITS])
}

/// Distinct names that are safe in file names, in order.
pub fn safe_names(names: &[String]) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .iter()
        .map(|name| {
            let fits = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
            let safe: String = name.chars().map(|c| if fits(c) { c } else { '_' }).collect();
            let safe = within_bytes(safe);
            let safe = if safe.trim_matches('.').is_empty() { "model".to_owned() } else { safe };
            let distinct = (1..).map(|n| if n == 1 { safe.clone() } else { format!("{safe}-{n}") });
            // Compared without case, because some file systems ignore it.
            let name = distinct.into_iter().find(|name| taken.insert(name.to_lowercase()));
            name.unwrap_or(safe)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_distinct() {
        let names = ["gemma:2b", "gemma_2b", "GEMMA:2b", "../x", "", "a/b c"].map(str::to_owned);
        assert_eq!(safe_names(&names), ["gemma_2b", "gemma_2b-2", "GEMMA_2b-3", ".._x", "model", "a_b_c"]);
    }

    #[test]
    fn long_names_are_cut_by_bytes_and_stay_distinct() {
        let names =
            ["\u{6f22}".repeat(80), "\u{6f22}".repeat(79) + "\u{5b57}", "x".repeat(1 << 20), "\u{1f600}a".repeat(90)];
        let safe = safe_names(&names);
        assert!(safe.iter().all(|name| name.len() <= MOST_BYTES), "{safe:?}");
        assert_eq!(safe.iter().collect::<HashSet<_>>().len(), names.len());
        assert_eq!(safe_names(&names), safe);
    }
}
