//! The roles of words, looked up.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

use super::roles::Roles;
use super::vocabulary::{UNSPACED, WORDS};

/// Words that take back what was said only together.
pub(super) const CORRECTIONS: [&str; 4] = ["I mean ", "i mean ", "or rather", "make that "];

static ROLES: LazyLock<HashMap<&str, Roles, Quick>> = LazyLock::new(|| {
    let mut roles: HashMap<&str, Roles, Quick> = HashMap::default();
    for (role, words) in WORDS {
        for word in words.split_whitespace() {
            roles.entry(word).or_default().add(*role);
        }
    }
    roles
});

static BY_FIRST: LazyLock<HashMap<char, Vec<(&str, Roles)>>> = LazyLock::new(|| {
    let mut words: HashMap<char, Vec<(&str, Roles)>> = HashMap::new();
    for (role, list) in UNSPACED {
        for word in *list {
            let Some(first) = word.chars().next() else { continue };
            let known = words.entry(first).or_default();
            match known.iter_mut().find(|(known, _)| known == word) {
                Some((_, roles)) => roles.add(*role),
                None => known.push((word, *role)),
            }
        }
    }
    for known in words.values_mut() {
        known.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    }
    words
});

/// Hashes short words quickly; the tables are constants, so no input can make their keys collide.
pub(super) type Quick = BuildHasherDefault<Fnv>;

/// The hash function FNV-1a.
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// The roles of a word in lower case.
pub(super) fn roles(word: &str) -> Roles {
    ROLES.get(word).copied().unwrap_or_default()
}

/// The longest word of a script without spaces at the start of a text: its length and roles.
pub(super) fn unspaced(first: char, text: &str) -> Option<(usize, Roles)> {
    let known = BY_FIRST.get(&first)?;
    known.iter().find(|(word, _)| text.starts_with(word)).map(|(word, roles)| (word.len(), *roles))
}
