//! Where the responses of requests stand, as far as that was seen: a row is found quicker by its number than by its key,
//! and rows of neighbours lie side by side while their keys are anywhere.

use crate::request::RequestKey;

/// The numbers of rows by the first bytes of their keys, in the order of these: half of what a map would take.
#[derive(Default)]
pub(super) struct Places {
    rows: Vec<(u64, i64)>,
    /// For each value of the first bits of a key, how many keys come before those that begin with it. Keys are digests, so
    /// that a few begin with the same bits, and one is found without a walk through all of memory.
    starts: Vec<u32>,
    /// How many of these bits there are.
    bits: u32,
}

/// Keys that begin with the same bits, roughly.
const ALIKE: usize = 4;

impl Places {
    /// None yet, with room for some.
    pub(super) fn with_capacity(rows: usize) -> Self {
        let bits = (rows / ALIKE).checked_ilog2().unwrap_or(0);
        Self { rows: Vec::with_capacity(rows), starts: Vec::with_capacity(1 << bits), bits }
    }

    /// Adds the next one in the order of the keys.
    pub(super) fn add(&mut self, key: &RequestKey, id: i64) {
        let begins = self.begins(prefix(key));
        self.starts.resize(self.starts.len().max(begins + 1), u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
        self.rows.push((prefix(key), id));
    }

    /// Where a response is likely to stand; whether it does, its key there says.
    pub(super) fn find(&self, key: &RequestKey) -> Option<i64> {
        let begins = self.begins(prefix(key));
        let start = *self.starts.get(begins)? as usize;
        let end = self.starts.get(begins + 1).map_or(self.rows.len(), |start| *start as usize);
        let alike = self.rows.get(start..end)?;
        let place = alike.binary_search_by_key(&prefix(key), |(prefix, _)| *prefix).ok()?;
        alike.get(place).map(|(_, id)| *id)
    }

    /// The first bits of a key.
    fn begins(&self, prefix: u64) -> usize {
        let bits = prefix.checked_shr(u64::BITS - self.bits).unwrap_or(0);
        usize::try_from(bits).unwrap_or(usize::MAX)
    }
}

fn prefix(key: &RequestKey) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = key.0;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_find_their_rows() {
        let key = |first: u8| RequestKey(std::array::from_fn(|place| if place == 0 { first } else { 7 }));
        // A few keys; one for each value of the first bits and of a quarter of them; none.
        for firsts in [vec![3, 90, 200], (0..=255).collect(), (0..64).collect(), (192..=255).collect(), vec![]] {
            let mut places = Places::with_capacity(firsts.len());
            firsts.iter().for_each(|first| places.add(&key(*first), (*first).into()));
            for first in 0..=255 {
                assert_eq!(
                    places.find(&key(first)),
                    firsts.contains(&first).then(|| first.into()),
                    "{first} of {firsts:?}"
                );
            }
        }
        assert_eq!(Places::default().find(&key(3)), None);
    }

    #[test]
    fn more_keys_than_were_expected_are_found() {
        let key = |second: u8| RequestKey(std::array::from_fn(|place| if place == 1 { second } else { 7 }));
        let mut places = Places::with_capacity(0);
        (0..100).for_each(|second| places.add(&key(second), second.into()));
        assert_eq!([0, 99, 100].map(|second| places.find(&key(second))), [Some(0), Some(99), None]);
    }
}
