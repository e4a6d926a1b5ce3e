//! Where the responses of requests stand, as far as that was seen: a row is found quicker by its number than by its key,
//! and rows of neighbours lie side by side while their keys are anywhere.

use crate::request::RequestKey;

/// The numbers of rows by the first bytes of their keys, in the order of these: half of what a map would take.
#[derive(Default)]
pub(super) struct Places(Vec<(u64, i64)>);

impl Places {
    /// None yet, with room for some.
    pub(super) fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows))
    }

    /// Adds the next one in the order of the keys.
    pub(super) fn add(&mut self, key: &RequestKey, id: i64) {
        self.0.push((prefix(key), id));
    }

    /// Where a response is likely to stand; whether it does, its key there says.
    pub(super) fn find(&self, key: &RequestKey) -> Option<i64> {
        let place = self.0.binary_search_by_key(&prefix(key), |(prefix, _)| *prefix).ok()?;
        self.0.get(place).map(|(_, id)| *id)
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
        let mut places = Places::with_capacity(3);
        [3, 90, 200].into_iter().for_each(|first| places.add(&key(first), first.into()));
        assert_eq!([3, 90, 200, 4].map(|first| places.find(&key(first))), [Some(3), Some(90), Some(200), None]);
        assert_eq!(Places::default().find(&key(3)), None);
    }
}
