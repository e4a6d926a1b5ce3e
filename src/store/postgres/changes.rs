//! Changes as statements.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use rusqlite::types::Value;
use sha2::{Digest, Sha256};
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::link::Live;
use super::rows::{self, Together, checked, owned};
use super::value::{Cell, Parameter};
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey, Settings};
use crate::response::Response;
use crate::store::change::Change;
use crate::store::kept_verdict::{KeptVerdict, VerdictKey};
use crate::store::models::SeenModel;
use crate::store::provider_batches::ProviderBatch;
use crate::store::{json_rows, telemetry};
use crate::telemetry::Stretch;

/// Most prompts that are remembered to be there; each takes about 50 bytes.
const MOST_PROMPTS: usize = 1 << 16;

/// Why changes could not be written.
pub(super) enum Failure {
    Database(tokio_postgres::Error),
    /// A value that no database takes.
    Value(rusqlite::Error),
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Value(error)
    }
}

/// A response on its way.
pub(super) type Answered<'a> = (&'a Request, &'a Response);

/// What one statement writes.
pub(super) enum WriteStep<'a> {
    /// Responses to different requests: one statement cannot change a row twice.
    Responses(BTreeMap<RequestKey, Answered<'a>>),
    /// The failed attempts before a response.
    FailedAttempts(&'a Response),
    Other(&'a Change),
}

/// Changes in their order, with neighbouring responses together.
pub(super) fn steps<'a>(changes: impl Iterator<Item = &'a Change>) -> Vec<WriteStep<'a>> {
    let mut steps = Vec::new();
    for change in changes {
        let Change::Response(request, response) = change else {
            steps.push(WriteStep::Other(change));
            continue;
        };
        match steps.last_mut() {
            Some(WriteStep::Responses(together)) if !together.contains_key(&request.key) => {
                together.insert(request.key, (request, response));
            }
            _ => steps.push(WriteStep::Responses(BTreeMap::from([(request.key, (request, &**response))]))),
        }
        if !response.failed_attempts.is_empty() {
            steps.push(WriteStep::FailedAttempts(response));
        }
    }
    steps
}

/// The settings and prompts that are in the database already, by their hashes.
#[derive(Default)]
pub(super) struct Known {
    there: HashSet<[u8; 32]>,
    /// Hashes of settings by their address, which stays theirs as long as the map holds them.
    settings: HashMap<usize, (Arc<Settings>, [u8; 32])>,
}

impl Known {
    /// A crash of the database may have taken some of them.
    pub(super) fn forget(&mut self) {
        self.there.clear();
    }

    fn hash(&mut self, settings: &Arc<Settings>) -> [u8; 32] {
        let known = self.settings.entry(Arc::as_ptr(settings).addr());
        known.or_insert_with(|| (Arc::clone(settings), settings.hasher().hash())).1
    }
}

/// Writes responses, in the order of their keys: two that write the same ones wait for each other and not both.
pub(super) async fn responses(
    live: &mut Live,
    known: &mut Known,
    answered: impl Iterator<Item = Answered<'_>>,
) -> Result<(), Failure> {
    let mut together = Together::new();
    let mut new: BTreeMap<[u8; 32], &Request> = BTreeMap::new();
    for (request, response) in answered {
        let hash = known.hash(&request.settings);
        together.response(request, response, &hash)?;
        for hash in [hash, request.prompt.hash] {
            if !known.there.contains(&hash) {
                new.insert(hash, request);
            }
        }
    }
    for (hash, request) in &new {
        match *hash == request.prompt.hash {
            true => together.prompt(request)?,
            false => together.settings(&request.settings, hash)?,
        }
    }
    let statement = live.prepared(&rows::INSERT).await?;
    run(live, &statement, &together.parameters()).await?;
    if known.there.len() > MOST_PROMPTS {
        known.there.clear();
    }
    known.there.extend(new.keys());
    Ok(())
}

/// Writes the failed attempts before a response, in place of what its run said before.
pub(super) async fn failed_attempts(live: &mut Live, response: &Response) -> Result<(), Failure> {
    let attempts = json_rows::text(&response.failed_attempts)?;
    let parameters = row(checked(owned(&[&response.key.0, &response.run, &attempts])?));
    let statement = live.prepared(FAILED_ATTEMPTS).await?;
    run(live, &statement, &parameters).await
}

/// Writes anything else.
pub(super) async fn other(live: &mut Live, change: &Change) -> Result<(), Failure> {
    let (sql, parameters): (_, Vec<Parameter>) = match change {
        // Written together with its neighbours.
        Change::Response(..) => return Ok(()),
        Change::Model { endpoint, model, seen } => (MODEL, row(saw(endpoint, model, seen)?)),
        Change::Forgotten(keys) => (FORGET, vec![Box::new(bytes(keys))]),
        Change::Verdicts(verdicts) => (VERDICTS, columns(verdicts)?),
        Change::Fresh(experiment, Some(run)) => (FRESH, row(owned(&[experiment, run])?)),
        Change::Fresh(experiment, None) => (UNFRESH, row(owned(&[experiment])?)),
        Change::Telemetry(batch, part) => (TELEMETRY, row(said(batch, part)?)),
        Change::ClientPart(batch, part) => (CLIENT_PART, row(took_part(batch, part)?)),
        Change::ProviderBatch(batch) if batch.keys.is_empty() => (COLLECTED, row(owned(&[&batch.token])?)),
        Change::ProviderBatch(batch) => (PROVIDER_BATCH, row(submitted(batch)?)),
        Change::TimedProgress(key, progress) => {
            let requests = i64::try_from(progress.requests).unwrap_or(i64::MAX);
            let elapsed = i64::try_from(progress.elapsed.as_nanos()).unwrap_or(i64::MAX);
            (PROGRESS, row(owned(&[&key.0, &requests, &elapsed])?))
        }
    };
    let statement = live.prepared(sql).await?;
    run(live, &statement, &parameters).await
}

const MODEL: &str = "INSERT INTO models(hash, endpoint, model, digest, server_version, facts, crc) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO UPDATE SET digest = excluded.digest, \
                     server_version = excluded.server_version, facts = excluded.facts, crc = excluded.crc";

const TELEMETRY: &str = "INSERT INTO telemetry(key, run, part_ns, stretch, crc) VALUES ($1, $2, $3, $4, $5) \
                         ON CONFLICT (key, run, part_ns) DO UPDATE SET stretch = excluded.stretch, crc = excluded.crc";

const CLIENT_PART: &str = "INSERT INTO client_parts(key, run, part, crc) VALUES ($1, $2, $3, $4) \
                           ON CONFLICT (key, run) DO UPDATE SET part = excluded.part, crc = excluded.crc";

const FAILED_ATTEMPTS: &str = "INSERT INTO failed_attempts(key, run, attempts, crc) VALUES ($1, $2, $3, $4) \
                               ON CONFLICT (key, run) DO UPDATE SET attempts = excluded.attempts, crc = excluded.crc";

const PROVIDER_BATCH: &str = "INSERT INTO provider_batches(token, endpoint, batch, submitted, keys, crc) \
                              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (token) DO UPDATE SET batch = excluded.batch, \
                              submitted = excluded.submitted, keys = excluded.keys, crc = excluded.crc";

const COLLECTED: &str = "DELETE FROM provider_batches WHERE token = $1";

const FORGET: &str = "WITH attempts AS (DELETE FROM failed_attempts WHERE key = ANY($1)) \
                      DELETE FROM responses WHERE key = ANY($1)";

const VERDICTS: &str = "INSERT INTO verdicts(key, judge, class, score, extracted, reason, crc) SELECT * FROM \
                        unnest($1::bytea[], $2::text[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::bigint[]) \
                        ON CONFLICT DO NOTHING";

const FRESH: &str = "INSERT INTO fresh_runs(experiment, run) VALUES ($1, $2) ON CONFLICT DO NOTHING";

const UNFRESH: &str = "DELETE FROM fresh_runs WHERE experiment = $1";

/// Other runs may have come further with it meanwhile.
const PROGRESS: &str = "INSERT INTO stretches AS known(key, requests, elapsed_ns) VALUES ($1, $2, $3) ON CONFLICT (key) \
                        DO UPDATE SET requests = greatest(known.requests, excluded.requests), \
                        elapsed_ns = greatest(known.elapsed_ns, excluded.elapsed_ns)";

async fn run(live: &Live, statement: &Statement, parameters: &[Parameter]) -> Result<(), Failure> {
    let parameters = parameters.iter().map(|parameter| &**parameter as &(dyn ToSql + Sync));
    live.client.execute_raw(statement, parameters).await?;
    Ok(())
}

fn row(cells: Vec<Cell>) -> Vec<Parameter> {
    cells.into_iter().map(|cell| Box::new(cell) as Parameter).collect()
}

/// What tells a model at an endpoint from others.
pub(super) fn model_hash(endpoint: &str, model: &str) -> Vec<u8> {
    Sha256::digest(format!("{}:{endpoint}{model}", endpoint.len())).to_vec()
}

fn saw(endpoint: &str, model: &str, seen: &SeenModel) -> rusqlite::Result<Vec<Cell>> {
    let facts = json_rows::text(&seen.facts)?;
    let hash = model_hash(endpoint, model);
    Ok(checked(owned(&[&hash, &endpoint, &model, &seen.digest, &seen.server_version, &facts])?))
}

/// A part of what servers said along a batch.
fn said(batch: &RequestKey, part: &Stretch) -> rusqlite::Result<Vec<Cell>> {
    Ok(checked(owned(&[&batch.0, &part.run, &telemetry::first_ns(part), &json_rows::text(part)?])?))
}

/// What a client says of its part in a load level.
fn took_part(batch: &RequestKey, part: &ClientPart) -> rusqlite::Result<Vec<Cell>> {
    Ok(checked(owned(&[&batch.0, &part.run, &json_rows::text(part)?])?))
}

/// A batch at a provider.
fn submitted(batch: &ProviderBatch) -> rusqlite::Result<Vec<Cell>> {
    let keys: Vec<u8> = batch.keys.iter().flat_map(|key| key.0).collect();
    Ok(checked(owned(&[&batch.token, &batch.endpoint, &batch.id, &batch.submitted, &keys])?))
}

/// Verdicts by their columns, in the order of their keys.
fn columns(verdicts: &[(VerdictKey, KeptVerdict)]) -> rusqlite::Result<Vec<Parameter>> {
    let mut sorted: Vec<&(VerdictKey, KeptVerdict)> = verdicts.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut columns: Vec<Vec<Cell>> = vec![Vec::new(); 7];
    for (key, verdict) in sorted {
        let values =
            owned(&[key, &verdict.judge, &verdict.class, &verdict.score, &verdict.extracted, &verdict.reason])?;
        columns.iter_mut().zip(checked(values)).for_each(|(column, value)| column.push(value));
    }
    Ok(columns.into_iter().map(|column| Box::new(column) as Parameter).collect())
}

/// Keys as a parameter.
pub(super) fn bytes<'k>(keys: impl IntoIterator<Item = &'k RequestKey>) -> Vec<Cell> {
    keys.into_iter().map(|key| Cell(Value::Blob(key.0.to_vec()))).collect()
}
