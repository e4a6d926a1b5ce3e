//! Where rows stand in the table of responses.
//!
//! A key is found through four pages of an index, which takes longer than all else that the database does for a row. Of
//! many keys it is quicker to read all pages of the table once, and to take rows from where they stood then. A row that has
//! moved since, or is gone, is looked up by its key.

use std::sync::{Arc, LazyLock, PoisonError};

use ahash::AHashMap;

use super::PostgresStore;
use super::rows;
use super::value::Parameter;
use crate::request::RequestKey;
use crate::store::StoreError;
use crate::store::rows::IS_FAULT;

/// Fewer keys are found through the index.
const MANY: usize = 4_096;

/// Pages that are read at once: their keys take up to some 70 MB.
const PAGES: i64 = 65_536;

/// Bytes of a key and of a place behind it.
const KEY: usize = 32;
const ENTRY: usize = KEY + 6;

const COUNT_PAGES: &str = "SELECT pg_relation_size('responses') / current_setting('block_size')::bigint";

/// The keys of all answers of some pages, each with its place.
static STANDING: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT string_agg(r.key || tidsend(r.ctid), ''::bytea) FROM responses r \
         WHERE NOT r.{IS_FAULT} AND r.ctid >= $1::text::tid AND r.ctid < $2::text::tid"
    )
});

static BY_PLACE: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM responses r WHERE r.ctid = ANY($1::text[]::tid[])", *rows::COLUMNS));

/// A page, and a row in it; rows are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place(u32, u16);

/// Where nothing stands.
const NOWHERE: Place = Place(0, 0);

/// Where the answers to some requests stood, by key.
#[derive(Debug, Default)]
pub(super) struct Places(AHashMap<RequestKey, Place>);

impl Places {
    fn find(&self, key: &RequestKey) -> Option<Place> {
        self.0.get(key).copied().filter(|place| *place != NOWHERE)
    }

    /// Takes in those of its requests that are among these entries.
    fn take_in(&mut self, entries: &[u8]) {
        for entry in entries.chunks_exact(ENTRY) {
            let (key, place) = entry.split_at(KEY);
            let (Ok(key), Ok([a, b, c, d, high, low])) = (key.try_into(), <[u8; 6]>::try_from(place)) else { continue };
            if let Some(known) = self.0.get_mut(&RequestKey(key)) {
                *known = Place(u32::from_be_bytes([a, b, c, d]), u16::from_be_bytes([high, low]));
            }
        }
    }
}

impl PostgresStore {
    /// Which of the keys have an answer, if there are enough of them for all pages of the table to be read quicker.
    pub(super) fn held_by_pages(&self, keys: &[&RequestKey]) -> Result<Option<Vec<bool>>, StoreError> {
        if keys.len() < MANY {
            return Ok(None);
        }
        let pages = self.rows(COUNT_PAGES, Vec::new())?;
        let pages: i64 = pages.first().map_or(Ok(0), |row| row.try_get(0)).map_err(|error| self.error(&error))?;
        if usize::try_from(pages).is_ok_and(|pages| pages > keys.len()) {
            return Ok(None);
        }
        let mut places = Places(keys.iter().map(|key| (**key, NOWHERE)).collect());
        let mut first = 0;
        while first < pages {
            let limits = [first, first + PAGES].map(|page| Box::new(format!("({page},0)")) as Parameter);
            let rows = self.rows(&STANDING, limits.into())?;
            let entries: Option<&[u8]> =
                rows.first().map_or(Ok(None), |row| row.try_get(0)).map_err(|error| self.error(&error))?;
            places.take_in(entries.unwrap_or_default());
            first += PAGES;
        }
        let held = keys.iter().map(|key| places.find(key).is_some()).collect();
        *self.places.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(places);
        Ok(Some(held))
    }

    /// The rows at the places where these keys stood; by now they may be others.
    pub(super) fn rows_by_place(&self, keys: &[&RequestKey]) -> Result<Vec<tokio_postgres::Row>, StoreError> {
        let places = Arc::clone(&self.places.lock().unwrap_or_else(PoisonError::into_inner));
        let standing = keys.iter().filter_map(|key| places.find(key));
        let standing: Vec<String> = standing.map(|Place(page, row)| format!("({page},{row})")).collect();
        if standing.is_empty() { Ok(Vec::new()) } else { self.rows(&BY_PLACE, vec![Box::new(standing)]) }
    }
}
