//! Batch APIs of providers: many requests are submitted at once, answered within a day, and cost less. Pure.

use std::fmt::Debug;

use serde_json::Value as Json;

use super::fault::Fault;
use super::flawed_json;
use crate::response::Status;

/// Longest id that a server may give a batch or a file.
const LONGEST_ID: usize = 128;

/// The batch API of a provider.
pub trait BatchApi: Debug + Send + Sync {
    /// What a batch may hold.
    fn most(&self) -> Most;

    /// How the entries of a batch are put together.
    fn form(&self) -> Form;

    /// Path to which the entries are posted.
    fn entries_path(&self) -> &'static str;

    /// The entry of a request that is known by an id, by the path and the body with which it would be asked alone.
    fn entry(&self, id: &str, path: &str, body: Json) -> Json;

    /// Path and body of the request that makes a batch of the posted entries, by the reply to these; `token` tells the
    /// batch from others.
    ///
    /// # Errors
    /// The reply is none of this API, or the posted entries are the batch.
    fn create(&self, reply: &Json, path: &str, token: &str) -> Result<(&'static str, Json), Fault>;

    /// True if a batch is made of entries that were posted before; else these are the batch.
    fn is_made_of_a_file(&self) -> bool;

    /// True if a batch keeps the token with which it was made.
    fn keeps_tokens(&self) -> bool;

    /// Path of a batch.
    fn batch_path(&self, id: &str) -> String;

    /// Path that cancels a batch.
    fn cancel_path(&self, id: &str) -> String {
        format!("{}/cancel", self.batch_path(id))
    }

    /// Path of the list of batches, the newest first, after one of them.
    fn list_path(&self, after: Option<&str>) -> String;

    /// Reads a batch.
    ///
    /// # Errors
    /// It is none of this API.
    fn read(&self, batch: &Json) -> Result<BatchState, Fault>;

    /// Reads a line of the results.
    ///
    /// # Errors
    /// It names no request.
    fn read_result(&self, line: &Json) -> Result<BatchResult, Fault>;
}

/// What a batch may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Requests.
    pub requests: usize,
    /// Bytes of their entries.
    pub bytes: usize,
}

/// How the entries of a batch are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Media type of the whole.
    pub media_type: &'static str,
    /// What stands before the entries.
    pub opening: &'static str,
    /// What stands between two of them.
    pub separator: &'static str,
    /// What stands behind them.
    pub closing: &'static str,
}

/// A batch as its provider describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchState {
    /// Its id: letters, digits, `_` and `-`.
    pub id: String,
    /// The token with which it was made, if it keeps one.
    pub token: Option<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// How far it is.
    pub phase: Phase,
    /// Requests that have come to an end.
    pub done: usize,
    /// Requests that were answered, as far as its provider counts them apart.
    pub answered: usize,
    /// Requests in all; 0 while they are not counted.
    pub requests: usize,
    /// Paths of its results.
    pub results: Vec<String>,
}

impl BatchState {
    /// True if it has answers that nothing leads to: they are paid for.
    pub fn hides_answers(&self) -> bool {
        matches!(self.phase, Phase::Ended(_)) && self.results.is_empty() && self.answered > 0
    }
}

/// How far a batch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Its provider works on it.
    Open,
    /// It is over; its results are there.
    Ended(Ending),
    /// It was refused as a whole, and why.
    Failed(String),
}

/// How a batch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every request was processed.
    Complete,
    /// Its time was over.
    Expired,
    /// It was cancelled.
    Cancelled,
}

/// What became of one request of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchResult {
    /// The id of the request.
    pub id: String,
    /// Its outcome.
    pub outcome: EntryOutcome,
}

/// The outcome of one request of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryOutcome {
    /// The body of an answer, as it would have come alone.
    Answer(Vec<u8>),
    /// It failed.
    Fault(Fault),
    /// It was not processed, because the batch was cancelled.
    Cancelled,
}

impl EntryOutcome {
    /// A request that the end of the batch's time came before.
    pub fn expired() -> Self {
        let message = "the batch expired before this request was processed";
        Self::Fault(Fault { retryable: false, ..Fault::new(Status::TimedOut, message) })
    }
}

/// Reads JSON of a batch API.
///
/// # Errors
/// It is no JSON.
pub fn json(bytes: &[u8]) -> Result<Json, Fault> {
    // A file may begin with a mark of its encoding.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    flawed_json::from_slice(bytes, &mut Vec::new()).map_err(|error| malformed(&error.to_string()))
}

/// Reads a page of the list of batches; with it what the next page comes after, if there is one. A batch that cannot be
/// read is left out.
///
/// # Errors
/// It is no list.
pub fn read_list(api: &dyn BatchApi, page: &Json) -> Result<(Vec<BatchState>, Option<String>), Fault> {
    let list = page["data"].as_array().ok_or_else(|| malformed("a list of batches without `data`"))?;
    let batches: Vec<BatchState> = list.iter().filter_map(|batch| api.read(batch).ok()).collect();
    let has_more = page["has_more"].as_bool().unwrap_or_default();
    let last = batches.last().map(|batch| batch.id.clone()).filter(|_| has_more);
    Ok((batches, last))
}

/// An id of a server that can stand in a path.
///
/// # Errors
/// It cannot.
pub(super) fn id(value: &Json) -> Result<String, Fault> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~=:@+".contains(&byte);
    let is_step = |text: &str| text.bytes().all(|byte| byte == b'.');
    let is_usable = |text: &&str| text.len() <= LONGEST_ID && text.bytes().all(is_plain) && !is_step(text);
    let text = value.as_str().filter(is_usable);
    text.map(str::to_owned).ok_or_else(|| malformed("a batch or file without a usable `id`"))
}

/// A body without what asks for a stream: a batch has none.
pub(super) fn whole(mut body: Json) -> Json {
    if let Some(members) = body.as_object_mut() {
        members.remove("stream");
        members.remove("stream_options");
    }
    body
}

/// A count of a server; 0 where it tells none.
pub(super) fn count(value: &Json) -> usize {
    value.as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default()
}

/// The fault of a reply that is none of the API.
pub fn malformed(detail: &str) -> Fault {
    Fault::new(Status::Malformed, format!("not a reply of a batch API: {detail}"))
}

/// A request whose result says nothing. It may be paid for, so that the same run does not ask it again.
pub fn without_result(detail: &str) -> Fault {
    Fault { retryable: false, ..malformed(detail) }
}
