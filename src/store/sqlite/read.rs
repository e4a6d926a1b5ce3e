//! Reading the store, on the connection that everyone shares or on a spare one.

use std::sync::{LazyLock, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::opened::SqliteStore;
use super::order::Order;
use super::places::Places;
use crate::clients::ClientPart;
use crate::request::{RequestKey, Settings};
use crate::response::{FailedAttempts, Response, Status};
use crate::store::error::StoreError;
use crate::store::kept_verdict::{KeptVerdict, VerdictKey};
use crate::store::models::SeenModel;
use crate::store::provider_batches::ProviderBatch;
use crate::store::timed_progress::TimedProgress;
use crate::store::warmup::Warmup;
use crate::store::{beside, check, client_parts, failed_attempts, provider_batches, rows, schema, telemetry};
use crate::telemetry::Stretch;

/// Reads a response by its key.
static BY_KEY: LazyLock<String> = LazyLock::new(|| format!("SELECT {} FROM responses r WHERE r.key=?", *rows::COLUMNS));

/// Reads the responses whose rows have these numbers and those between, each with its number.
static BY_PLACES: LazyLock<String> = LazyLock::new(|| {
    format!("SELECT {}, r.id FROM responses r WHERE r.id BETWEEN ? AND ? ORDER BY r.id", *rows::COLUMNS)
});

/// Rows that are passed over rather than looked up behind them.
const PASSED_OVER: i64 = 2;

impl SqliteStore {
    fn spare_readers(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.spare_readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads on a connection of its own, so that several can read at once.
    fn apart<T>(&self, read: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let spare = self.spare_readers().pop();
        let mut connection = spare.map_or_else(|| schema::open_reader(&self.path), Ok)?;
        let found = read(&mut connection).map_err(|source| self.error(&source))?;
        self.spare_readers().push(connection);
        Ok(found)
    }

    pub(super) fn found_verdicts(&self, keys: &[VerdictKey]) -> Result<Vec<Option<KeptVerdict>>, StoreError> {
        let sql = "SELECT key, judge, class, score, extracted, reason, crc FROM verdicts WHERE key=?";
        let read = |row: &rusqlite::Row<'_>| {
            if !check::is_sound(row, 6)? {
                return Ok(None);
            }
            let (judge, class, score) = (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok(Some(KeptVerdict { judge, class, score, extracted: row.get(4)?, reason: row.get(5)? }))
        };
        let found = self.apart(|connection| {
            let transaction = connection.transaction()?;
            let mut statement = transaction.prepare_cached(sql)?;
            keys.iter().map(|key| statement.query_row([key], read).optional()).collect::<rusqlite::Result<Vec<_>>>()
        })?;
        found.into_iter().map(|found| self.sound(found, "verdicts")).collect()
    }

    pub(super) fn found_responses(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        let (found, damaged) = self.apart(|connection| self.responses(connection, keys))?;
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        Ok(found)
    }

    /// The responses of these keys, and how many of them are damaged. In one transaction, which is quicker than one for
    /// each.
    fn responses(
        &self,
        connection: &mut Connection,
        keys: &[&RequestKey],
    ) -> rusqlite::Result<(Vec<Option<Response>>, usize)> {
        let transaction = connection.transaction()?;
        let mut seen = self.seen_in_places(&transaction, keys)?;
        let mut by_key = transaction.prepare_cached(&BY_KEY)?;
        for (key, seen) in keys.iter().zip(&mut seen).filter(|(_, seen)| seen.is_none()) {
            *seen = by_key.query_row([key.0], rows::read).optional()?;
        }
        drop(by_key);
        let mut damaged = seen.iter().filter(|seen| matches!(seen, Some(None))).count();
        let mut found = seen.into_iter().map(Option::flatten).collect::<Vec<_>>();
        damaged += beside::add(&transaction, &mut found)?;
        transaction.finish()?;
        Ok((found, damaged))
    }

    /// The rows of these keys where they were seen last, nothing of a row that is damaged; rows side by side are read in
    /// one go. A key whose row is another's by now is left out.
    fn seen_in_places(
        &self,
        connection: &Connection,
        keys: &[&RequestKey],
    ) -> rusqlite::Result<Vec<Option<Option<Response>>>> {
        let places = self.places.read().unwrap_or_else(PoisonError::into_inner);
        let placed = keys.iter().enumerate().filter_map(|(wanted, key)| Some((places.find(key)?, wanted)));
        let mut placed: Vec<(i64, usize)> = placed.collect();
        placed.sort_unstable();
        let mut seen: Vec<Option<Option<Response>>> = vec![None; keys.len()];
        let mut by_places = connection.prepare_cached(&BY_PLACES)?;
        for run in placed.chunk_by(|left, right| right.0 - left.0 <= 1 + PASSED_OVER) {
            let mut wanted = run.iter().peekable();
            let mut rows = by_places.query(params![run[0].0, run[run.len() - 1].0])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(rows::COUNT)?;
                while wanted.next_if(|(place, _)| *place < id).is_some() {}
                while let Some((_, wanted)) = wanted.next_if(|(place, _)| *place == id) {
                    let response = rows::read(row)?;
                    let is_wanted = response.as_ref().is_none_or(|response| response.key == *keys[*wanted]);
                    seen[*wanted] = is_wanted.then_some(response);
                }
            }
        }
        Ok(seen)
    }

    /// By the status alone, which no check covers: what is believed is only ever read by [`Self::responses`].
    /// One by one, or, where most of the store is asked for, by reading all keys in their order; where these stand is
    /// remembered.
    pub(super) fn held(&self, keys: &[&RequestKey]) -> rusqlite::Result<Vec<bool>> {
        let connection = self.reader();
        let size: Option<i64> =
            connection.prepare_cached("SELECT max(id) FROM responses")?.query_row([], |row| row.get(0))?;
        if keys.len().saturating_mul(8) > usize::try_from(size.unwrap_or(0)).unwrap_or(usize::MAX) {
            let order = Order::of(keys);
            let mut held: Vec<bool> = vec![false; keys.len()];
            let mut places = Places::with_capacity(keys.len());
            let all = "SELECT key, id FROM responses ORDER BY key";
            order.find(&connection, all, |place, id| {
                held[place] = true;
                places.add(keys[place], id);
            })?;
            let failed = format!("SELECT key, id FROM responses WHERE {} ORDER BY key", rows::IS_FAULT);
            order.find(&connection, &failed, |place, _| held[place] = false)?;
            *self.places.write().unwrap_or_else(PoisonError::into_inner) = places;
            return Ok(held);
        }
        let mut statement = connection.prepare_cached("SELECT status FROM responses WHERE key=?")?;
        let mut held = Vec::with_capacity(keys.len());
        for key in keys {
            let status = statement.query_row([key.0], |row| row.get::<_, String>(0)).optional()?;
            held.push(status.and_then(|word| Status::from_word(&word)).is_some_and(|status| !status.is_fault()));
        }
        Ok(held)
    }

    pub(super) fn found_warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError> {
        let connection = self.reader();
        let sql = format!(
            "SELECT {}, p.text FROM responses r JOIN settings s ON s.id = r.settings JOIN prompts p ON p.id = r.prompt \
             WHERE r.warmup AND s.endpoint=? AND s.model=? AND s.digest=? AND s.parameters=? AND s.level=? ORDER BY r.id",
            *rows::COLUMNS
        );
        let (digest, level) = (settings.digest.as_deref().unwrap_or(""), settings.level.to_string());
        let wanted = params![settings.endpoint, settings.model, digest, settings.parameters_text(), level];
        let found = connection.prepare_cached(&sql).and_then(|mut statement| {
            let read = |row: &rusqlite::Row<'_>| {
                let prompt = row.get(rows::COUNT)?;
                Ok(rows::read(row)?.map(|response| Warmup { prompt, response }))
            };
            statement.query_map(wanted, read)?.collect::<rusqlite::Result<Vec<Option<Warmup>>>>()
        });
        let found = found.map_err(|source| self.error(&source))?;
        let damaged = found.iter().filter(|warmup| warmup.is_none()).count();
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        Ok(found.into_iter().flatten().collect())
    }

    pub(super) fn found_progress(&self, key: RequestKey) -> Result<Option<TimedProgress>, StoreError> {
        let sql = "SELECT key, requests, elapsed_ns, crc FROM stretches WHERE key=?";
        let read = |row: &rusqlite::Row<'_>| {
            let count = |value: i64| u64::try_from(value).unwrap_or_default();
            let requests = usize::try_from(count(row.get(1)?)).unwrap_or(usize::MAX);
            let progress = TimedProgress { requests, elapsed: Duration::from_nanos(count(row.get(2)?)) };
            Ok(check::is_sound(row, 3)?.then_some(progress))
        };
        let found = self.reader().query_row(sql, [key.0], read).optional().map_err(|source| self.error(&source))?;
        self.sound(found, "stretches")
    }

    pub(super) fn found_telemetry(&self, batch: RequestKey) -> Result<Vec<Stretch>, StoreError> {
        let found = telemetry::read(&self.reader(), batch).map_err(|source| self.error(&source))?;
        found.ok_or_else(|| schema::damaged_row(&self.path, "telemetry"))
    }

    pub(super) fn found_client_parts(&self, batch: RequestKey) -> Result<Vec<ClientPart>, StoreError> {
        let found = client_parts::read(&self.reader(), batch).map_err(|source| self.error(&source))?;
        found.ok_or_else(|| schema::damaged_row(&self.path, "client_parts"))
    }

    pub(super) fn found_failed_attempts(&self, key: RequestKey) -> Result<Vec<FailedAttempts>, StoreError> {
        let found = failed_attempts::read(&self.reader(), key).map_err(|source| self.error(&source))?;
        found.ok_or_else(|| schema::damaged_row(&self.path, "failed_attempts"))
    }

    pub(super) fn found_fresh_runs(&self, experiment: &str) -> Result<Vec<String>, StoreError> {
        let read = |connection: &Connection| -> rusqlite::Result<Vec<String>> {
            let sql = "SELECT run FROM fresh_runs WHERE experiment=? ORDER BY run";
            connection.prepare_cached(sql)?.query_map([experiment], |row| row.get(0))?.collect()
        };
        read(&self.reader()).map_err(|source| self.error(&source))
    }

    pub(super) fn found_provider_batches(&self, endpoint: &str) -> Result<Vec<ProviderBatch>, StoreError> {
        let found = provider_batches::read(&self.reader(), endpoint).map_err(|source| self.error(&source))?;
        found
            .into_iter()
            .map(|batch| batch.ok_or_else(|| schema::damaged_row(&self.path, "provider_batches")))
            .collect()
    }

    pub(super) fn found_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError> {
        let sql = "SELECT endpoint, model, digest, server_version, facts, crc FROM models WHERE endpoint=? AND model=?";
        let read = |row: &rusqlite::Row<'_>| {
            if !check::is_sound(row, 5)? {
                return Ok(None);
            }
            let facts: Option<String> = row.get(4)?;
            let facts = facts.and_then(|facts| serde_json::from_str(&facts).ok()).unwrap_or_default();
            Ok(Some(SeenModel { digest: row.get(2)?, server_version: row.get(3)?, facts }))
        };
        let found = self.reader().query_row(sql, [endpoint, model], read).optional();
        self.sound(found.map_err(|source| self.error(&source))?, "models")
    }

    /// A row that was found, if it is as it was written.
    fn sound<T>(&self, found: Option<Option<T>>, table: &str) -> Result<Option<T>, StoreError> {
        match found {
            Some(None) => Err(schema::damaged_row(&self.path, table)),
            found => Ok(found.flatten()),
        }
    }
}
