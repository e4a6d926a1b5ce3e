//! The store: every response that was ever paid for, shared by all experiments of a folder.
//!
//! [`Store`] is all that the engine knows of it. Today SQLite stands behind it; a store that several
//! machines share needs these few operations and nothing else.

mod check;
mod claims;
mod gaps;
mod keeper;
mod kind;
mod lease;
mod names;
mod owner;
mod place;
mod recover;
mod rows;
mod schema;
mod sqlite;
mod writer;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::request::{Request, RequestKey, Settings};
use crate::response::Response;

pub use recover::{Recovered, recover};
pub use sqlite::SqliteStore;

/// What can go wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file could not be opened, read or written.
    #[error("the store {}: {message}", path.display())]
    Database {
        /// The store's file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
    /// The file is no store of this program.
    #[error("{} is not a smallbench store", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file that was to be recovered is no store of this program.
    #[error("{} is not a smallbench store: there is nothing in it to save", path.display())]
    NothingOfOurs {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version of this program.
    #[error("the store {} has format {found}; this version of smallbench reads up to {known}", path.display())]
    Newer {
        /// The store's file.
        path: PathBuf,
        /// The file's format.
        found: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// Responses that are not as they were written.
    #[error("the store {} is damaged: {}", path.display(), differing(*responses))]
    Damaged {
        /// The store's file.
        path: PathBuf,
        /// How many of those that were read.
        responses: usize,
    },
    /// A damaged store of which nothing can be saved.
    #[error("nothing can be saved of the store {}: {why}", path.display())]
    Unreadable {
        /// The store's file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A log without its store, which could not be moved aside.
    #[error("{}-wal is the log of a store that is gone, and cannot be moved aside: {message}", path.display())]
    Orphan {
        /// Where the store would be.
        path: PathBuf,
        /// What the system said.
        message: String,
    },
    /// The file was removed or replaced while it was open.
    #[error("the store {} was removed or replaced while it was in use; nothing more was sent", path.display())]
    Gone {
        /// The store's file.
        path: PathBuf,
        /// Where all it held was saved to, or why it could not be.
        saved: Result<PathBuf, String>,
    },
    /// The writer stopped after an earlier error.
    #[error("the store {} stopped writing", path.display())]
    Closed {
        /// The store's file.
        path: PathBuf,
    },
}

impl StoreError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Database { path, message } if message.contains("readonly") || message.contains("unable to open") => {
                format!("check that {} can be written", path.parent().unwrap_or(path).display())
            }
            Self::Database { message, .. } if message.contains("full") => {
                "free some disk space and run the same command again: nothing that was committed is lost".into()
            }
            Self::Database { path, message } if message.contains("malformed") || message.contains("corrupt") => {
                format!("the file is damaged; {}", recovery(path))
            }
            Self::Damaged { path, .. } => recovery(path),
            Self::Unreadable { path, .. } => {
                format!("it was not changed; move {0}, {0}-wal and {0}-shm away to begin anew", path.display())
            }
            Self::Orphan { path, .. } => {
                let path = path.display();
                format!("put the store back as {path}, or move {path}-wal and {path}-shm away yourself")
            }
            Self::Gone { path, saved: Ok(saved) } if saved == path => {
                "all it held was saved there again; run the same command again to go on".into()
            }
            Self::Gone { path, saved: Ok(saved) } => format!(
                "all it held was saved to {0}; move {1}, {1}-wal and {1}-shm away, move {0} to {1}, and run the same \
                 command again to go on",
                saved.display(),
                path.display()
            ),
            Self::Gone { saved: Err(why), .. } => {
                format!("what it held could not be saved ({why}); put the store back, or it is asked again")
            }
            Self::Database { .. } | Self::Closed { .. } => {
                "run the same command again: nothing that was committed is lost".into()
            }
            Self::Foreign { path } => {
                format!("choose another output folder, or move {} away; it was not changed", path.display())
            }
            Self::NothingOfOurs { .. } => {
                "give the path of the store, such as `outputs/store.sqlite`; this file was not changed".into()
            }
            Self::Newer { .. } => "use the smallbench that wrote it, or a newer one; it was not changed".into(),
        }
    }
}

/// What brings back all that can be read.
fn recovery(path: &std::path::Path) -> String {
    format!(
        "`smallbench store recover {0}` saves every response that can be read and moves {0}, {0}-wal and {0}-shm \
         aside; the next run asks for the rest",
        path.display()
    )
}

fn differing(responses: usize) -> String {
    match responses {
        1 => "1 response does not match its checksum".into(),
        many => format!("{many} responses do not match their checksums"),
    }
}

/// What the store knows of a request that has no response: why not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Missing {
    /// Nothing like it was ever asked.
    New,
    /// It was tried, and a fault came back.
    Failed(String),
    /// The same model was asked about the same sample, but something in the key has changed since.
    Stale(Vec<&'static str>),
}

/// What a server said of a model when it was last reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeenModel {
    /// Digest of the model's files.
    pub digest: Option<String>,
    /// Version of the server.
    pub server_version: Option<String>,
    /// What else it said of the model.
    pub facts: ModelFacts,
}

/// What a server says of a model that is no part of any key: for the manifest, the lock file and the checks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelFacts {
    /// Its family, such as `llama`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Its number of parameters as people say it, such as `1.5B`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_size: Option<String>,
    /// How its weights are rounded, such as `Q4_0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantization: Option<String>,
    /// Size of its files in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The longest context it was made for, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u64>,
    /// The context that the server had made room for when it was last seen in memory, in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded_context: Option<u64>,
    /// Bytes it took in memory then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loaded_bytes: Option<u64>,
    /// Bytes of them in the memory of a GPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vram_bytes: Option<u64>,
}

impl ModelFacts {
    /// How many tokens prompt and answer may have together.
    pub fn context(&self) -> Option<u64> {
        self.loaded_context.or(self.context_length)
    }
}

/// How far a closed loop that lasts for a time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stretch {
    /// Requests that were sent.
    pub requests: usize,
    /// How long requests were sent.
    pub elapsed: Duration,
}

/// A response that only warmed the server up, and what was asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Warmup {
    /// The prompt.
    pub prompt: String,
    /// What came back.
    pub response: Response,
}

/// What became of a request that was to be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is for this run to ask.
    Ours,
    /// Another run asks it.
    Taken,
    /// Its response is in the store.
    Stored,
}

/// Where responses are kept.
pub trait Store: Send + Sync {
    /// The responses of these keys in their order, faults among them; `None` where there is none. Several threads may
    /// read at once.
    ///
    /// # Errors
    /// The store cannot be read, or one of the responses is not as it was written.
    fn read(&self, keys: &[RequestKey]) -> Result<Vec<Option<Response>>, StoreError>;

    /// Which of these keys have an answer, without reading it; a fault is none.
    ///
    /// # Errors
    /// The store cannot be read.
    fn holds(&self, keys: &[RequestKey]) -> Result<Vec<bool>, StoreError>;

    /// Why a request has no kept response. Responses to requests that are `current` are no older versions
    /// of it: they belong to another level or repeat that is still wanted.
    ///
    /// # Errors
    /// The store cannot be read.
    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError>;

    /// Stores a response. It is stored when the future is done, and not before.
    fn put(&self, request: Request, response: Arc<Response>) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Forgets responses, so that they are asked again: it has turned out that they may belong to other requests.
    fn forget(&self, keys: Vec<RequestKey>) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Claims requests, so that no other run on this store asks them as well; what `batch` claimed before is given
    /// up but for those in `held`. Gives what became of each.
    fn claim(
        &self,
        batch: u32,
        held: Vec<RequestKey>,
        wanted: Vec<RequestKey>,
    ) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>>;

    /// The number under which claims hold now. What was claimed under another, or while there is none, others may
    /// have taken over: it is to be claimed again.
    fn lease(&self) -> Option<u64>;

    /// Cancelled when the store's file was removed or replaced while it was open.
    fn gone(&self) -> CancellationToken;

    /// Sees that the store is still where it was opened, and saves what it holds if it is not.
    ///
    /// # Errors
    /// The store is gone; the error says where its content is now.
    fn check_place(&self) -> Result<(), StoreError>;

    /// The warm-up responses of requests with these settings, in the order in which they came.
    ///
    /// # Errors
    /// The store cannot be read.
    fn warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError>;

    /// How far a closed loop that lasts for a time has come.
    ///
    /// # Errors
    /// The store cannot be read.
    fn stretch(&self, key: RequestKey) -> Result<Option<Stretch>, StoreError>;

    /// Remembers how far a closed loop that lasts for a time has come, if no other run has brought it further.
    fn remember_stretch(&self, key: RequestKey, stretch: Stretch) -> BoxFuture<'_, Result<(), StoreError>>;

    /// What was last seen of a model at an endpoint.
    ///
    /// # Errors
    /// The store cannot be read.
    fn seen_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError>;

    /// Remembers what was seen of a model at an endpoint.
    fn remember_model<'s>(
        &'s self,
        endpoint: &str,
        model: &str,
        seen: &SeenModel,
    ) -> BoxFuture<'s, Result<(), StoreError>>;
}
