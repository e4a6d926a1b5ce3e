//! Where rows stand in the table of responses.
//!
//! A key is found through four pages of an index, which takes longer than all else that the database does for a row. Of
//! many keys it is quicker to read all pages of the table once, and to take rows from where they stood then. A row that has
//! moved since, or is gone, is looked up by its key.

use ahash::AHashMap;

use crate::request::RequestKey;

/// Bytes of a key and of a place behind it.
const KEY: usize = 32;
const ENTRY: usize = KEY + 6;

/// A page, and a row in it; rows are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(pub(super) u32, pub(super) u16);

/// Where nothing stands.
const NOWHERE: Place = Place(0, 0);

/// Where the answers to some requests stood, by key.
#[derive(Debug, Default)]
pub(super) struct Places(AHashMap<RequestKey, Place>);

impl Places {
    /// Of these keys, none of which is found yet.
    pub(super) fn of(keys: &[&RequestKey]) -> Self {
        Self(keys.iter().map(|key| (**key, NOWHERE)).collect())
    }

    /// Where the answer to a request stood.
    pub(super) fn find(&self, key: &RequestKey) -> Option<Place> {
        self.0.get(key).copied().filter(|place| *place != NOWHERE)
    }

    /// Takes in those of its requests that are among these entries.
    pub(super) fn take_in(&mut self, entries: &[u8]) {
        for entry in entries.chunks_exact(ENTRY) {
            let (key, place) = entry.split_at(KEY);
            let (Ok(key), Ok([a, b, c, d, high, low])) = (key.try_into(), <[u8; 6]>::try_from(place)) else { continue };
            if let Some(known) = self.0.get_mut(&RequestKey(key)) {
                *known = Place(u32::from_be_bytes([a, b, c, d]), u16::from_be_bytes([high, low]));
            }
        }
    }
}
