//! Reading the store.

use std::collections::HashSet;
use std::sync::{LazyLock, PoisonError};
use std::time::{Duration, Instant};

use ahash::AHashMap;
use rusqlite::types::Value;
use serde::de::DeserializeOwned;
use tokio_postgres::Row;

use super::changes::{bytes, model_hash};
use super::opened::PostgresStore;
use super::rows::{self, owned, sound};
use super::schema::HAS_TABLE;
use super::value::{Cell, Parameter, cells};
use super::workers;
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey, Settings};
use crate::response::{FailedAttempts, Response};
use crate::store::error::StoreError;
use crate::store::failed_attempts;
use crate::store::kept_verdict::{KeptVerdict, VerdictKey};
use crate::store::missing::Missing;
use crate::store::models::SeenModel;
use crate::store::older::{Nearest, Older};
use crate::store::postgres_error::PostgresError;
use crate::store::provider_batches::ProviderBatch;
use crate::store::rows::IS_FAULT;
use crate::store::timed_progress::TimedProgress;
use crate::store::warmup::Warmup;
use crate::store::worker::Worker;
use crate::telemetry::Stretch;

/// Keys that are looked up at once.
const TOGETHER: usize = 16_384;

/// How long it is believed which models were ever asked: a plan asks that for each request.
const LATELY: Duration = Duration::from_secs(1);

static BY_KEY: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM responses r WHERE r.key = ANY($1)", *rows::COLUMNS));

static HELD: LazyLock<String> =
    LazyLock::new(|| format!("SELECT r.key FROM responses r WHERE r.key = ANY($1) AND NOT r.{IS_FAULT}"));

static AFTER: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM responses r WHERE r.key > $1 ORDER BY r.key LIMIT 4096", *rows::COLUMNS));

static WARMUPS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, p.text FROM responses r JOIN settings s ON s.hash = r.settings JOIN prompts p ON p.hash = r.prompt \
         WHERE r.warmup <> 0 AND s.endpoint = $1 AND s.model = $2 AND s.digest = $3 AND s.parameters = $4 \
         AND s.level = $5 ORDER BY r.id",
        *rows::COLUMNS
    )
});

const OLDER: &str = "SELECT s.endpoint, s.digest, s.parameters, s.repeat, s.level, r.prompt, r.key FROM responses r \
                     JOIN settings s ON s.hash = r.settings WHERE r.sample = $1 AND s.model = $2";

const VERDICTS: &str = "SELECT key, judge, class, score, extracted, reason, crc FROM verdicts WHERE key = ANY($1)";

const MODEL: &str = "SELECT hash, endpoint, model, digest, server_version, facts, crc FROM models WHERE hash = $1";

impl PostgresStore {
    pub(super) fn found_responses(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        let mut found = AHashMap::with_capacity(keys.len());
        self.add_responses(&mut found, &self.rows_by_place(keys)?)?;
        let others: Vec<&RequestKey> = keys.iter().copied().filter(|key| !found.contains_key(*key)).collect();
        if !others.is_empty() {
            self.add_responses(&mut found, &self.rows(&BY_KEY, vec![Box::new(bytes(others))])?)?;
        }
        let mut wanted: AHashMap<RequestKey, usize> = AHashMap::with_capacity(keys.len());
        keys.iter().for_each(|key| *wanted.entry(**key).or_default() += 1);
        // A key may be wanted several times; the last one takes the response itself.
        let take = |key: &&RequestKey| match wanted.get_mut(*key) {
            Some(1) | None => found.remove(*key),
            Some(left) => {
                *left -= 1;
                found.get(*key).cloned()
            }
        };
        Ok(keys.iter().map(take).collect())
    }

    fn add_responses(&self, found: &mut AHashMap<RequestKey, Response>, rows: &[Row]) -> Result<(), StoreError> {
        let mut damaged = 0;
        for row in rows {
            match rows::read(row).map_err(|error| self.error(&error))? {
                Some(response) => drop(found.insert(response.key, response)),
                None => damaged += 1,
            }
        }
        self.undamaged("responses", damaged)
    }

    /// By the status alone, which no check covers: what is believed is only ever read by [`Self::found_responses`].
    pub(super) fn held(&self, keys: &[&RequestKey]) -> Result<Vec<bool>, StoreError> {
        if let Some(held) = self.held_by_pages(keys)? {
            return Ok(held);
        }
        let mut held = Vec::with_capacity(keys.len());
        for keys in keys.chunks(TOGETHER) {
            let rows = self.rows(&HELD, vec![Box::new(bytes(keys.iter().copied()))])?;
            let found: Result<HashSet<&[u8], ahash::RandomState>, _> = rows.iter().map(|row| row.try_get(0)).collect();
            let found = found.map_err(|error| self.error(&error))?;
            held.extend(keys.iter().map(|key| found.contains(key.0.as_slice())));
        }
        Ok(held)
    }

    pub(super) fn reason(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError> {
        if !self.was_asked(&request.settings.model)? {
            return Ok(Missing::New);
        }
        let status = self.rows("SELECT status FROM responses WHERE key = $1", one(&[&request.key.0])?)?;
        if let Some(row) = status.first() {
            return Ok(Missing::Failed(row.try_get(0).map_err(|error| self.error(&error))?));
        }
        let mut nearest = Nearest::to(request);
        for row in self.rows(OLDER, one(&[&request.sample, &request.settings.model])?)? {
            let values = cells(&row, 7).map_err(|error| self.error(&error))?;
            let [
                Value::Text(endpoint),
                Value::Text(digest),
                Value::Text(parameters),
                Value::Integer(repeat),
                Value::Text(level),
                Value::Blob(prompt),
                Value::Blob(key),
            ] = values.as_slice()
            else {
                continue;
            };
            if !<[u8; 32]>::try_from(key.as_slice()).is_ok_and(|key| current.contains(&RequestKey(key))) {
                nearest.see(&Older { endpoint, digest, parameters, repeat: *repeat, level, prompt });
            }
        }
        Ok(nearest.reason())
    }

    /// True if a model was ever asked, as it was known a moment ago.
    fn was_asked(&self, model: &str) -> Result<bool, StoreError> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.as_ref().is_none_or(|(seen, _)| seen.elapsed() >= LATELY) {
            let rows = self.rows("SELECT DISTINCT model FROM settings", Vec::new())?;
            let models = rows.iter().map(|row| row.try_get::<_, Cell>(0)).map(|cell| match cell?.0 {
                Value::Text(model) => Ok(model),
                _ => Ok(String::new()),
            });
            let models: Result<HashSet<String>, tokio_postgres::Error> = models.collect();
            *asked = Some((Instant::now(), models.map_err(|error| self.error(&error))?));
        }
        Ok(asked.as_ref().is_some_and(|(_, models)| models.contains(model)))
    }

    pub(super) fn found_verdicts(&self, keys: &[VerdictKey]) -> Result<Vec<Option<KeptVerdict>>, StoreError> {
        let wanted: Vec<Cell> = keys.iter().map(|key| Cell(Value::Blob(key.to_vec()))).collect();
        let (mut found, mut damaged) = (AHashMap::with_capacity(keys.len()), 0);
        for row in self.rows(VERDICTS, vec![Box::new(wanted)])? {
            let values = sound(&row, 6).map_err(|error| self.error(&error))?;
            match values.and_then(verdict) {
                Some((key, verdict)) => drop(found.insert(key, verdict)),
                None => damaged += 1,
            }
        }
        self.undamaged("verdicts", damaged)?;
        Ok(keys.iter().map(|key| found.get(key.as_slice()).cloned()).collect())
    }

    pub(super) fn found_warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError> {
        let (digest, level) = (settings.digest.as_deref().unwrap_or(""), settings.level.to_string());
        let wanted = one(&[&settings.endpoint, &settings.model, &digest, &settings.parameters_text(), &level])?;
        let (mut warmups, mut damaged) = (Vec::new(), 0);
        for row in self.rows(&WARMUPS, wanted)? {
            let response = rows::read(&row).map_err(|error| self.error(&error))?;
            let prompt = row.try_get::<_, Cell>(rows::WIDTH).map_err(|error| self.error(&error))?;
            match (response, prompt.0) {
                (Some(response), Value::Text(prompt)) => warmups.push(Warmup { prompt, response }),
                _ => damaged += 1,
            }
        }
        self.undamaged("responses", damaged)?;
        Ok(warmups)
    }

    pub(super) fn found_progress(&self, key: RequestKey) -> Result<Option<TimedProgress>, StoreError> {
        let rows = self.rows("SELECT requests, elapsed_ns FROM stretches WHERE key = $1", one(&[&key.0])?)?;
        let Some(row) = rows.first() else { return Ok(None) };
        let count = |column: usize| row.try_get::<_, i64>(column).map(i64::unsigned_abs);
        let (requests, elapsed) = (count(0), count(1));
        let requests = usize::try_from(requests.map_err(|error| self.error(&error))?).unwrap_or(usize::MAX);
        let elapsed = Duration::from_nanos(elapsed.map_err(|error| self.error(&error))?);
        Ok(Some(TimedProgress { requests, elapsed }))
    }

    pub(super) fn found_telemetry(&self, batch: RequestKey) -> Result<Vec<Stretch>, StoreError> {
        let sql =
            "SELECT key, run, part_ns, stretch, crc FROM telemetry WHERE key = $1 ORDER BY run COLLATE \"C\", part_ns";
        self.json_rows("telemetry", sql, batch)
    }

    /// True if there is a table of this name: a look leaves tables of an older format as they are.
    fn has_table(&self, name: &str) -> Result<bool, StoreError> {
        let there = self.rows(HAS_TABLE, one(&[&name])?)?;
        there.first().map_or(Ok(false), |row| row.try_get(0)).map_err(|error| self.error(&error))
    }

    pub(super) fn found_client_parts(&self, batch: RequestKey) -> Result<Vec<ClientPart>, StoreError> {
        if !self.has_table("client_parts")? {
            return Ok(Vec::new());
        }
        let sql = "SELECT key, run, part, crc FROM client_parts WHERE key = $1 ORDER BY run COLLATE \"C\"";
        self.json_rows("client_parts", sql, batch)
    }

    pub(super) fn found_failed_attempts(&self, key: RequestKey) -> Result<Vec<FailedAttempts>, StoreError> {
        if !self.has_table("failed_attempts")? {
            return Ok(Vec::new());
        }
        let sql = "SELECT key, run, attempts, crc FROM failed_attempts WHERE key = $1 ORDER BY id";
        let (mut found, mut damaged) = (Vec::new(), 0);
        for row in self.rows(sql, one(&[&key.0])?)? {
            let values = sound(&row, 3).map_err(|error| self.error(&error))?;
            let attempts = match values.as_deref() {
                Some([_, Value::Text(run), Value::Text(attempts)]) => failed_attempts::parsed(run.clone(), attempts),
                _ => None,
            };
            damaged += usize::from(attempts.is_none());
            found.extend(attempts);
        }
        self.undamaged("failed_attempts", damaged)?;
        Ok(found)
    }

    /// The values of a batch that a table holds as JSON, in its last column before the check.
    fn json_rows<T: DeserializeOwned>(
        &self,
        table: &'static str,
        sql: &'static str,
        batch: RequestKey,
    ) -> Result<Vec<T>, StoreError> {
        let (mut found, mut damaged) = (Vec::new(), 0);
        for row in self.rows(sql, one(&[&batch.0])?)? {
            let values = sound(&row, row.len().saturating_sub(1)).map_err(|error| self.error(&error))?;
            match values.as_deref() {
                Some([.., Value::Text(text)]) => found.extend(serde_json::from_str(text).ok()),
                _ => damaged += 1,
            }
        }
        self.undamaged(table, damaged)?;
        Ok(found)
    }

    pub(super) fn found_provider_batches(&self, endpoint: &str) -> Result<Vec<ProviderBatch>, StoreError> {
        let sql = "SELECT token, endpoint, batch, submitted, keys, crc FROM provider_batches WHERE endpoint = $1 \
                   ORDER BY submitted, token COLLATE \"C\"";
        let (mut batches, mut damaged) = (Vec::new(), 0);
        for row in self.rows(sql, one(&[&endpoint])?)? {
            let values = sound(&row, 5).map_err(|error| self.error(&error))?;
            match values.and_then(provider_batch) {
                Some(batch) => batches.push(batch),
                None => damaged += 1,
            }
        }
        self.undamaged("provider_batches", damaged)?;
        Ok(batches)
    }

    pub(super) fn found_fresh_runs(&self, experiment: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT run FROM fresh_runs WHERE experiment = $1 ORDER BY run COLLATE \"C\"";
        let rows = self.rows(sql, one(&[&experiment])?)?;
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(|error| self.error(&error))
    }

    pub(super) fn found_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError> {
        let rows = self.rows(MODEL, one(&[&model_hash(endpoint, model)])?)?;
        let Some(row) = rows.first() else { return Ok(None) };
        let Some(values) = sound(row, 6).map_err(|error| self.error(&error))? else {
            return Err(self.damaged("models", 1));
        };
        let text = |place: usize| match values.get(place) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let facts = text(5).and_then(|facts| serde_json::from_str(&facts).ok()).unwrap_or_default();
        Ok(Some(SeenModel { digest: text(3), server_version: text(4), facts }))
    }

    pub(super) fn found_workers(&self) -> Result<Vec<Worker>, StoreError> {
        let (workers, claims) = (self.rows(workers::WORKERS, Vec::new())?, self.rows(&workers::CLAIMS, Vec::new())?);
        workers::of(&workers, &claims).map_err(|error| self.error(&error))
    }

    /// Reads every response, in the order of their keys.
    pub(super) fn count_sound(&self) -> Result<u64, StoreError> {
        let (mut after, mut responses, mut damaged) = (Vec::new(), 0_u64, 0);
        loop {
            let rows = self.rows(&AFTER, one(&[&after])?)?;
            let Some(last) = rows.last() else { break };
            after = last.try_get("key").map_err(|error| self.error(&error))?;
            for row in &rows {
                responses += 1;
                damaged += usize::from(rows::read(row).map_err(|error| self.error(&error))?.is_none());
            }
        }
        self.undamaged("responses", damaged)?;
        Ok(responses)
    }

    pub(super) fn undamaged(&self, table: &'static str, rows: usize) -> Result<(), StoreError> {
        if rows > 0 { Err(self.damaged(table, rows)) } else { Ok(()) }
    }

    fn damaged(&self, table: &'static str, rows: usize) -> StoreError {
        PostgresError::Damaged { place: self.place.clone(), table, rows }.into()
    }
}

fn provider_batch(values: Vec<Value>) -> Option<ProviderBatch> {
    let Ok([token, endpoint, id, submitted, keys]) = <[Value; 5]>::try_from(values) else { return None };
    let (Value::Text(token), Value::Text(endpoint)) = (token, endpoint) else { return None };
    let (Value::Integer(submitted), Value::Blob(keys)) = (submitted, keys) else { return None };
    let id = if let Value::Text(id) = id { Some(id) } else { None };
    let (keys, _) = keys.as_chunks();
    let keys = keys.iter().map(|key| RequestKey(*key)).collect();
    Some(ProviderBatch { token, endpoint, id, submitted, keys })
}

/// Single values as parameters.
fn one(values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Parameter>, StoreError> {
    let cells = owned(values).map_err(|error| PostgresError::unfit("", &error))?;
    Ok(cells.into_iter().map(|cell| Box::new(cell) as Parameter).collect())
}

/// A verdict and its key.
fn verdict(values: Vec<Value>) -> Option<(Vec<u8>, KeptVerdict)> {
    let text = |value: Value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    };
    let [key, judge, class, score, extracted, reason] = <[Value; 6]>::try_from(values).ok()?;
    let (Value::Blob(key), Value::Real(score)) = (key, score) else { return None };
    let (judge, class) = (text(judge)?, text(class)?);
    Some((key, KeptVerdict { judge, class, score, extracted: text(extracted), reason: text(reason) }))
}
