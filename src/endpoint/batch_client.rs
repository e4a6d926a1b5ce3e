//! Batch APIs as the client asks them: what is submitted, looked at and cancelled, and results as they come.

use std::time::Instant as Moment;

use bytes::Bytes;
use memchr::memchr;
use serde_json::Value as Json;
use tokio::time::timeout;

use super::assemble::Tries;
use super::attempt::Attempt;
use super::batch_api::{BatchApi, BatchState, json, read_list};
use super::client::{Client, SendContext};
use super::fault::Fault;
use super::json_body;
use super::transport::{HttpRequest, Reply};
use super::wire::PostContent;
use crate::request::Request;
use crate::response::{Response, Status};

/// Most pages of the list of batches that are looked through.
const MOST_PAGES: usize = 50;

/// Longest line of results; what is longer is cut, and then it is no JSON.
const LONGEST_LINE: usize = 96 << 20;

/// Bytes of results beyond those of the requests.
const SPARE_BYTES: u64 = 64 << 20;

/// Most bytes of results per request, on average: no model writes so much.
const BYTES_PER_REQUEST: u64 = 4 << 20;

/// Why a batch was not submitted.
#[derive(Debug)]
pub struct Unsubmitted {
    /// What went wrong.
    pub fault: Fault,
    /// True if the provider may have made the batch all the same.
    pub may_exist: bool,
}

impl Client {
    /// The entry of a request in a batch.
    pub fn batch_entry(&self, api: &dyn BatchApi, request: &Request) -> Bytes {
        let entry = api.entry(&request.key.to_string(), self.provider.path(), self.body(request));
        json_body::bytes(&entry)
    }

    /// Submits entries, put together by the form of the API, under a token.
    ///
    /// # Errors
    /// The provider refused, or nobody knows whether it did.
    pub async fn submit(&self, api: &dyn BatchApi, entries: Bytes, token: &str) -> Result<BatchState, Unsubmitted> {
        let content = PostContent { media_type: api.form().media_type, bytes: entries };
        let mut reply = self.call(api.entries_path(), Some(content)).await;
        if api.is_made_of_a_file() {
            let file = reply.and_then(|file| api.create(&json(&file)?, self.provider.path(), token));
            let (path, body) = file.map_err(|fault| Unsubmitted { fault, may_exist: false })?;
            reply = self.call(path, Some(PostContent::json(json_body::bytes(&body)))).await;
        }
        let reply = reply.map_err(unsubmitted)?;
        let state = json(&reply).and_then(|batch| api.read(&batch));
        state.map_err(|fault| Unsubmitted { fault: self.understood(fault), may_exist: true })
    }

    /// Looks at a batch.
    ///
    /// # Errors
    /// There is no connection, or no such batch.
    pub async fn look(&self, api: &dyn BatchApi, id: &str) -> Result<BatchState, Fault> {
        let reply = self.call(&api.batch_path(id), None).await?;
        json(&reply).and_then(|batch| api.read(&batch)).map_err(|fault| self.understood(fault))
    }

    /// Cancels a batch; what it has answered so far stays.
    ///
    /// # Errors
    /// There is no connection, or the batch cannot be cancelled any more.
    pub async fn cancel(&self, api: &dyn BatchApi, id: &str) -> Result<(), Fault> {
        let nothing = PostContent::json(Bytes::from_static(b"{}"));
        self.call(&api.cancel_path(id), Some(nothing)).await.map(|_| ())
    }

    /// The batches that were made since a moment, in seconds since 1970, the newest first.
    ///
    /// # Errors
    /// There is no connection, or what came is no list.
    pub async fn batches_since(&self, api: &dyn BatchApi, since: i64) -> Result<Vec<BatchState>, Fault> {
        let (mut found, mut after) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = self.call(&api.list_path(after.as_deref()), None).await?;
            let page = json(&page).and_then(|page| read_list(api, &page));
            let (batches, more) = page.map_err(|fault| self.understood(fault))?;
            let is_older = |batch: &BatchState| batch.created.is_some_and(|created| created < since);
            let is_over = batches.iter().any(is_older);
            found.extend(batches.into_iter().filter(|batch| !is_older(batch)));
            after = more;
            if is_over || after.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// The results of a batch of `requests` requests, line by line.
    ///
    /// # Errors
    /// There is no connection, or the status is not a success.
    pub async fn batch_results(&self, path: &str, requests: usize) -> Result<Lines<'_>, Fault> {
        let request = HttpRequest { path, body: None, tag: None };
        let reply = self.within(self.waiting_for_the_first_byte(), self.transport.send(&request)).await;
        let reply = reply.map_err(|fault| self.understood(fault))?;
        if !(200..300).contains(&reply.http_status) {
            let refused = self.side_body(reply, &Json::Null, path).await;
            return Err(self.understood(refused.err().unwrap_or_else(no_batch)));
        }
        let left = BYTES_PER_REQUEST.saturating_mul(requests as u64).saturating_add(SPARE_BYTES);
        Ok(Lines { client: self, reply, held: Vec::new(), start: 0, seen: 0, left, is_over: false })
    }

    /// The response to a request that a batch answered, or did not; and whether it is worth asking again at once.
    pub fn response_by_batch(
        &self,
        request: &Request,
        (batch, attempts): (&str, u32),
        outcome: Result<Vec<u8>, Fault>,
    ) -> (Response, bool) {
        let now = Moment::now();
        let outcome = outcome.and_then(|body| self.read_alone(&body, &request.settings.parameters));
        let outcome = outcome.map_err(|fault| self.understood(fault));
        let is_worth_asking = outcome.as_ref().err().is_some_and(|fault| {
            fault.retryable || self.dropped.learn(&request.settings.model, &mut self.body(request), fault)
        });
        let attempt = Attempt { permit: now, tag: request.key.0, sent: None };
        let turn = SendContext { scheduled: now, cold: false, warmup: false };
        let tries = Tries { attempts, is_first: false, ..Tries::default() };
        (self.response(request, turn, tries, (attempt, outcome)).by_batch(batch), is_worth_asking)
    }

    /// The body of a reply of the batch API.
    async fn call(&self, path: &str, content: Option<PostContent>) -> Result<Vec<u8>, Fault> {
        let exchange = async {
            let reply = self.transport.send(&HttpRequest { path, body: content, tag: None }).await?;
            self.side_body(reply, &Json::Null, path).await
        };
        let limit = self.patience.timeout;
        let outcome = timeout(limit, exchange).await;
        let late = || Err(Fault::new(Status::TimedOut, format!("no answer of the batch API within {limit:?}")));
        outcome.unwrap_or_else(|_| late()).map_err(|fault| self.understood(fault))
    }
}

/// The fault of the request that makes the batch: only what was refused certainly did not make one.
fn unsubmitted(fault: Fault) -> Unsubmitted {
    let is_refused = fault.is_unreachable || fault.http_status.is_some_and(|status| status < 500);
    Unsubmitted { fault, may_exist: !is_refused }
}

fn no_batch() -> Fault {
    Fault::new(Status::Malformed, "the batch API made no batch")
}

/// The lines of a body as they come.
pub struct Lines<'c> {
    client: &'c Client,
    reply: Reply,
    /// What has come, from `start` on not yet given out.
    held: Vec<u8>,
    start: usize,
    /// Where the search for the end of the line begins: before it there is none.
    seen: usize,
    /// How many more bytes may come.
    left: u64,
    is_over: bool,
}

impl Lines<'_> {
    /// The next line that is not empty; `None` at the end.
    ///
    /// # Errors
    /// The connection broke, or more came than any answers are long.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, Fault> {
        loop {
            let line = match memchr(b'\n', &self.held[self.seen..]) {
                Some(end) => &self.held[self.start..self.seen + end],
                None if self.is_over => &self.held[self.start..],
                None => {
                    self.receive().await.map_err(|fault| self.client.understood(fault))?;
                    continue;
                }
            };
            let is_last = self.start + line.len() >= self.held.len();
            let found = line.trim_ascii().to_vec();
            self.start = (self.start + line.len() + 1).min(self.held.len());
            self.seen = self.start;
            if !found.is_empty() {
                return Ok(Some(found));
            }
            if is_last && self.is_over {
                return Ok(None);
            }
        }
    }

    /// Takes the next piece of the body. Of a line that is too long, what is beyond its limit is dropped.
    async fn receive(&mut self) -> Result<(), Fault> {
        self.held.drain(..self.start);
        (self.start, self.seen) = (0, self.held.len());
        let waiting = self.client.waiting_for_more();
        let Some((_, chunk)) = self.client.within(waiting, self.reply.chunk()).await? else {
            self.is_over = true;
            return Ok(());
        };
        let left = self.left.checked_sub(chunk.len() as u64);
        self.left = left.ok_or_else(|| {
            let fault = Fault::new(Status::Malformed, "the results of the batch are longer than any answers");
            Fault { retryable: false, ..fault }
        })?;
        let room = LONGEST_LINE.saturating_sub(self.held.len());
        let end = memchr(b'\n', &chunk).unwrap_or(chunk.len());
        self.held.extend_from_slice(&chunk[..end.min(room)]);
        self.held.extend_from_slice(&chunk[end..]);
        Ok(())
    }
}
