//! Reads many rows at once: all pages of the table, and then rows from where they stood.

use std::sync::{Arc, LazyLock, PoisonError};

use super::opened::PostgresStore;
use super::places::{Place, Places};
use super::rows;
use super::value::Parameter;
use crate::request::RequestKey;
use crate::store::error::StoreError;
use crate::store::rows::IS_FAULT;

/// Fewer keys are found through the index.
const MANY: usize = 4_096;

/// Pages that are read at once: their keys take up to some 70 MB.
const PAGES: i64 = 65_536;

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
        let mut places = Places::of(keys);
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
