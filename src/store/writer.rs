//! The one thread that writes: it commits all that has come in, as one transaction, and only then
//! says that it is done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::change::Change;
use super::claims::{Claim, ClaimRequest, Claims};
use super::error::StoreError;
use super::kept_verdict::{KeptVerdict, VerdictKey};
use super::lease::Lease;
use super::models::SeenModel;
use super::owner::{self, Owner};
use super::timed_progress::TimedProgress;
use super::wal_syncer::WriterStatus;
use super::{beside, check, client_parts, failed_attempts, provider_batches, rows, telemetry};
use crate::request::{Prompt, RequestKey, Settings};

/// Most responses in one transaction.
const BATCH: usize = 512;

/// Most prompts whose ids are remembered; each takes about 50 bytes.
const MOST_PROMPTS: usize = 1 << 16;

/// Something on its way into the store.
pub(super) struct PendingWrite {
    pub(super) content: WriteRequest,
    pub(super) done: oneshot::Sender<Result<Vec<Claim>, StoreError>>,
}

/// What is written.
pub(super) enum WriteRequest {
    Change(Change),
    Claim(ClaimRequest),
    /// Nothing; the lease is renewed.
    Beat,
}

/// Writes until the channel closes, and notices when another program has written as well.
pub(super) fn run(
    connection: Connection,
    path: &Path,
    mut entries: mpsc::UnboundedReceiver<PendingWrite>,
    first: Option<i64>,
    status: &WriterStatus,
) {
    let mut writer = Writer::new(connection, path, &status.lease);
    let mut batch = Vec::with_capacity(BATCH);
    let mut claimed = Vec::new();
    while entries.blocking_recv_many(&mut batch, BATCH) > 0 {
        let outcome = if status.failed.load(Ordering::Relaxed) {
            Err(refused())
        } else {
            writer.commit(&batch, first, &mut claimed)
        };
        status.written.fetch_add(batch.len() as u64, Ordering::Relaxed);
        let mut claims = claimed.drain(..);
        for entry in batch.drain(..) {
            let claimed = if matches!(entry.content, WriteRequest::Claim(..)) { claims.next() } else { None };
            // A receiver that is gone was aborted; its response is stored all the same.
            let _ = entry.done.send(match &outcome {
                Ok(()) => Ok(claimed.unwrap_or_default()),
                Err(source) => Err(StoreError::sqlite(&writer.path, source)),
            });
        }
        drop(claims);
        if outcome.is_err() {
            writer.forget();
        }
    }
    // What cannot be given up ends with the process.
    let _ = writer.claims.leave(&writer.connection);
}

/// What a disk says that does not take what was committed.
fn refused() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC), None)
}

/// Changes when another connection has written; a connection's own writes leave it as it is.
pub(super) fn version(connection: &Connection) -> Option<i64> {
    connection.prepare_cached("PRAGMA data_version").and_then(|mut pragma| pragma.query_row([], |row| row.get(0))).ok()
}

struct Writer {
    connection: Connection,
    path: PathBuf,
    settings: Settled,
    prompts: HashMap<[u8; 32], i64>,
    claims: Claims,
}

impl Writer {
    fn new(connection: Connection, path: &Path, lease: &Arc<Lease>) -> Self {
        let (settings, prompts) = (HashMap::new(), HashMap::new());
        let claims = Claims::new(Owner::own(), Arc::clone(lease));
        Self { connection, path: path.to_owned(), settings, prompts, claims }
    }

    /// Ids that a rolled back transaction gave out are not valid any more.
    fn forget(&mut self) {
        self.settings.clear();
        self.prompts.clear();
        self.claims.forget();
    }

    /// Writes a batch as one transaction; what became of its claims goes to `claimed`, in their order.
    fn commit(
        &mut self,
        batch: &[PendingWrite],
        first: Option<i64>,
        claimed: &mut Vec<Vec<Claim>>,
    ) -> rusqlite::Result<()> {
        claimed.clear();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        self.claims.beat(&transaction, owner::now())?;
        for entry in batch {
            match &entry.content {
                WriteRequest::Change(change) => write(&transaction, change, (&mut self.settings, &mut self.prompts))?,
                WriteRequest::Claim(asked) => {
                    let is_shared = version(&transaction) != first;
                    claimed.push(self.claims.claim(&transaction, asked, is_shared)?);
                }
                WriteRequest::Beat => {}
            }
        }
        transaction.commit()
    }
}

fn write(transaction: &Transaction<'_>, change: &Change, (settings, prompts): Known<'_>) -> rusqlite::Result<()> {
    match change {
        Change::Response(request, response) => {
            let settings = remembered(transaction, settings, &request.settings)?;
            let prompt = remembered_prompt(transaction, prompts, &request.prompt)?;
            rows::write(transaction, request, response, settings, prompt)?;
            failed_attempts::write(transaction, response)
        }
        Change::Model { endpoint, model, seen } => write_model(transaction, endpoint, model, seen),
        Change::Forgotten(keys) => {
            for table in ["responses", "failed_attempts"].into_iter().chain(beside::TABLES) {
                let mut forget = transaction.prepare_cached(&format!("DELETE FROM {table} WHERE key=?"))?;
                keys.iter().try_for_each(|key| forget.execute([key.0]).map(|_| ()))?;
            }
            Ok(())
        }
        Change::Verdicts(verdicts) => {
            verdicts.iter().try_for_each(|(key, verdict)| write_verdict(transaction, key, verdict))
        }
        Change::Fresh(experiment, run) => write_fresh(transaction, experiment, run.as_deref()),
        Change::TimedProgress(key, progress) => write_progress(transaction, *key, *progress),
        Change::ProviderBatch(batch) => provider_batches::write(transaction, batch),
        Change::Telemetry(batch, part) => telemetry::write(transaction, *batch, part),
        Change::ClientPart(batch, part) => client_parts::write(transaction, *batch, part),
    }
}

fn write_model(connection: &Connection, endpoint: &str, model: &str, seen: &SeenModel) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO models(endpoint, model, digest, server_version, facts, crc) VALUES(?,?,?,?,?,?)";
    let facts =
        serde_json::to_string(&seen.facts).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    let values = params![endpoint, model, seen.digest, seen.server_version, facts];
    check::execute(connection.prepare_cached(sql)?, values)
}

fn write_verdict(connection: &Connection, key: &VerdictKey, verdict: &KeptVerdict) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO verdicts(key, judge, class, score, extracted, reason, crc) VALUES(?,?,?,?,?,?,?)";
    let values = params![key, verdict.judge, verdict.class, verdict.score, verdict.extracted, verdict.reason];
    check::execute(connection.prepare_cached(sql)?, values)
}

fn write_fresh(connection: &Connection, experiment: &str, run: Option<&str>) -> rusqlite::Result<()> {
    match run {
        Some(run) => {
            let sql = "INSERT OR IGNORE INTO fresh_runs(experiment, run) VALUES(?,?)";
            connection.prepare_cached(sql)?.execute([experiment, run])
        }
        None => connection.prepare_cached("DELETE FROM fresh_runs WHERE experiment=?")?.execute([experiment]),
    }
    .map(|_| ())
}

/// How far a loop has come: other runs may have come further with it meanwhile.
fn write_progress(connection: &Connection, key: RequestKey, progress: TimedProgress) -> rusqlite::Result<()> {
    let requests = i64::try_from(progress.requests).unwrap_or(i64::MAX);
    let elapsed = i64::try_from(progress.elapsed.as_nanos()).unwrap_or(i64::MAX);
    let mut known = connection.prepare_cached("SELECT requests, elapsed_ns FROM stretches WHERE key=?")?;
    let known = known.query_row([key.0], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))).optional()?;
    let (requests, elapsed) = known.map_or((requests, elapsed), |known| (requests.max(known.0), elapsed.max(known.1)));
    let sql = "INSERT OR REPLACE INTO stretches(key, requests, elapsed_ns, crc) VALUES(?,?,?,?)";
    check::execute(connection.prepare_cached(sql)?, params![key.0, requests, elapsed])
}

/// The ids of settings and prompts that were written lately.
type Known<'k> = (&'k mut Settled, &'k mut HashMap<[u8; 32], i64>);

/// Ids by the address of the settings, which stays theirs as long as the map holds them.
type Settled = HashMap<*const Settings, (Arc<Settings>, i64)>;

fn remembered(transaction: &Transaction<'_>, known: &mut Settled, shared: &Arc<Settings>) -> rusqlite::Result<i64> {
    if let Some((_, id)) = known.get(&Arc::as_ptr(shared)) {
        return Ok(*id);
    }
    let id = settings_id(transaction, shared)?;
    known.insert(Arc::as_ptr(shared), (Arc::clone(shared), id));
    Ok(id)
}

fn settings_id(transaction: &Transaction<'_>, settings: &Settings) -> rusqlite::Result<i64> {
    let values = params![
        settings.endpoint,
        settings.model,
        settings.digest.as_deref().unwrap_or(""),
        settings.parameters_text(),
        settings.repeat,
        settings.level.to_string(),
    ];
    let insert = "INSERT OR IGNORE INTO settings(endpoint, model, digest, parameters, repeat, level, crc) \
                  VALUES(?,?,?,?,?,?,?)";
    check::execute(transaction.prepare_cached(insert)?, values)?;
    let find =
        "SELECT id FROM settings WHERE endpoint=? AND model=? AND digest=? AND parameters=? AND repeat=? AND level=?";
    transaction.query_row(find, values, |row| row.get(0))
}

/// Ids of prompts that were written lately: a long one that is asked again and again is not handed over each time.
fn remembered_prompt(
    transaction: &Transaction<'_>,
    known: &mut HashMap<[u8; 32], i64>,
    prompt: &Prompt,
) -> rusqlite::Result<i64> {
    if let Some(id) = known.get(&prompt.hash) {
        return Ok(*id);
    }
    let id = prompt_id(transaction, prompt)?;
    if known.len() >= MOST_PROMPTS {
        known.clear();
    }
    known.insert(prompt.hash, id);
    Ok(id)
}

fn prompt_id(transaction: &Transaction<'_>, prompt: &Prompt) -> rusqlite::Result<i64> {
    let insert = "INSERT OR IGNORE INTO prompts(hash, system, text) VALUES(?,?,?)";
    let values = params![prompt.hash, prompt.system.as_deref(), &*prompt.stored_text()];
    if transaction.prepare_cached(insert)?.execute(values)? > 0 {
        return Ok(transaction.last_insert_rowid());
    }
    transaction.prepare_cached("SELECT id FROM prompts WHERE hash=?")?.query_row([prompt.hash], |row| row.get(0))
}
