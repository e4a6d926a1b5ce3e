//! Where the responses of requests stand, as far as that was seen: a row is found quicker by its number than by its key,
//! and rows of neighbours lie side by side while their keys are anywhere.

use ahash::AHashMap;

use crate::request::RequestKey;

/// The numbers of rows by the first bytes of their keys.
#[derive(Default)]
pub(super) struct Places(AHashMap<u64, i64>);

impl Places {
    /// Those of some keys.
    pub(super) fn of(rows: impl Iterator<Item = (RequestKey, i64)>) -> Self {
        Self(rows.map(|(key, id)| (prefix(&key), id)).collect())
    }

    /// Where a response is likely to stand; whether it does, its key there says.
    pub(super) fn find(&self, key: &RequestKey) -> Option<i64> {
        self.0.get(&prefix(key)).copied()
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
        let places = Places::of([3, 90, 200].map(|first| (key(first), i64::from(first))).into_iter());
        assert_eq!([3, 90, 200, 4].map(|first| places.find(&key(first))), [Some(3), Some(90), Some(200), None]);
        assert_eq!(Places::default().find(&key(3)), None);
    }
}
