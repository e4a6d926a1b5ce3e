//! The one thread that writes: it commits whatever has come in, as one transaction, and only then
//! says that it is done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::schema::database_error;
use super::{StoreError, rows};
use crate::request::{Prompt, Request, Settings};
use crate::response::Response;

/// Most responses in one transaction.
const BATCH: usize = 512;

/// A response on its way into the store.
pub(super) struct Entry {
    pub(super) request: Request,
    pub(super) response: Arc<Response>,
    pub(super) done: oneshot::Sender<Result<(), StoreError>>,
}

/// Writes until the channel closes.
pub(super) fn run(connection: Connection, path: &Path, mut entries: mpsc::UnboundedReceiver<Entry>) {
    let mut writer = Writer { connection, path: path.to_owned(), settings: HashMap::new() };
    let mut batch = Vec::with_capacity(BATCH);
    while entries.blocking_recv_many(&mut batch, BATCH) > 0 {
        let outcome = writer.commit(&batch);
        for entry in batch.drain(..) {
            // A receiver that is gone was aborted; its response is stored all the same.
            let _ = entry.done.send(match &outcome {
                Ok(()) => Ok(()),
                Err(source) => Err(database_error(&writer.path, source)),
            });
        }
        if outcome.is_err() {
            // Ids that a rolled back transaction gave out are not valid any more.
            writer.settings.clear();
        }
    }
}

struct Writer {
    connection: Connection,
    path: PathBuf,
    settings: HashMap<*const Settings, (Arc<Settings>, i64)>,
}

impl Writer {
    fn commit(&mut self, batch: &[Entry]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for entry in batch {
            let shared = &entry.request.settings;
            let known = self.settings.get(&Arc::as_ptr(shared)).map(|(_, id)| *id);
            let settings = match known {
                Some(id) => id,
                None => {
                    let id = settings_id(&transaction, shared)?;
                    self.settings.insert(Arc::as_ptr(shared), (Arc::clone(shared), id));
                    id
                }
            };
            let prompt = prompt_id(&transaction, &entry.request.prompt)?;
            rows::write(&transaction, &entry.request, &entry.response, settings, prompt)?;
        }
        transaction.commit()
    }
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
    let columns = "endpoint, model, digest, parameters, repeat, level";
    transaction.execute(&format!("INSERT OR IGNORE INTO settings({columns}) VALUES(?,?,?,?,?,?)"), values)?;
    let find =
        "SELECT id FROM settings WHERE endpoint=? AND model=? AND digest=? AND parameters=? AND repeat=? AND level=?";
    transaction.query_row(find, values, |row| row.get(0))
}

fn prompt_id(transaction: &Transaction<'_>, prompt: &Prompt) -> rusqlite::Result<i64> {
    let find = "SELECT id FROM prompts WHERE hash=?";
    let found = transaction.prepare_cached(find)?.query_row([prompt.hash], |row| row.get(0)).optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    let insert = "INSERT INTO prompts(hash, system, text) VALUES(?,?,?)";
    transaction.prepare_cached(insert)?.insert(params![prompt.hash, prompt.system.as_deref(), &*prompt.text])
}
