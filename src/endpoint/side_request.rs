//! Requests beside the measured ones: what a server says about itself, and what it is told to do with a model.

use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tokio::time::timeout;

use super::client::Client;
use super::fault::Fault;
use super::json_body;
use super::replay::pieces::Pieces;
use super::transport::{HttpRequest, Reply};
use super::wire::PostContent;
use crate::response::Status;

/// Largest body of an error or of a list of models.
const LARGEST_BODY: usize = 4 << 20;

/// The longest that a server may take.
const LONGEST: Duration = Duration::from_secs(30);

/// What the clock of a server showed at some moment between a question and its answer.
#[derive(Debug, Clone, Copy)]
pub struct ToldTime {
    /// Whole seconds since 1970.
    pub second: i64,
    /// When the question was sent.
    pub asked: Instant,
    /// When the headers of the answer were there.
    pub answered: Instant,
}

impl Client {
    /// Looks at the clock of the server; nothing if its replies do not show it.
    ///
    /// # Errors
    /// There is no connection, or no answer in time.
    pub async fn told_time(&self) -> Result<Option<ToldTime>, Fault> {
        let path = self.provider.inspection().models.path;
        self.in_time(async {
            let mut reply = self.transport.send(&HttpRequest { path, body: None, tag: None }).await?;
            let told = reply.sent.zip(reply.date);
            let told = told.map(|(sent, second)| ToldTime { second, asked: sent.at, answered: sent.at + reply.at });
            // The connection is free again after the body, which says nothing here.
            let mut left = LARGEST_BODY;
            while let Some((_, chunk)) = reply.chunk().await? {
                left = left.saturating_sub(chunk.len());
                if left == 0 {
                    break;
                }
            }
            Ok(told)
        })
        .await
    }

    /// Fetches a document that says something about the server.
    ///
    /// # Errors
    /// There is no connection, or the status is not a success.
    pub async fn get(&self, path: &'static str) -> Result<Vec<u8>, Fault> {
        self.aside(path, None).await
    }

    /// Asks the server about a model, or tells it what to do with one.
    ///
    /// # Errors
    /// There is no connection, or the status is not a success.
    pub async fn post(&self, path: &'static str, body: Json) -> Result<Vec<u8>, Fault> {
        self.aside(path, Some(body)).await
    }

    async fn aside(&self, path: &'static str, body: Option<Json>) -> Result<Vec<u8>, Fault> {
        let content = body.as_ref().map(json_body::bytes).map(PostContent::json);
        let reply = async {
            let reply = self.transport.send(&HttpRequest { path, body: content, tag: None }).await?;
            self.side_body(reply, body.as_ref().unwrap_or(&Json::Null), path).await
        };
        self.in_time(reply).await.map_err(|fault| self.understood(fault))
    }

    /// What comes of a request, within the time that a server may take for it.
    async fn in_time<T>(&self, outcome: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let late = |_| Err(Fault::new(Status::TimedOut, "no answer within 30 s"));
        timeout(self.patience.timeout.min(LONGEST), outcome).await.unwrap_or_else(late)
    }

    /// The body of a reply that is not an answer; a status that is not a success becomes its fault.
    pub(super) async fn side_body(&self, mut reply: Reply, body: &Json, path: &str) -> Result<Vec<u8>, Fault> {
        let mut bytes = Vec::new();
        let mut pieces = Pieces::new(self.recorder.is_some());
        let waiting = self.waiting_for_more();
        while let Some((at, chunk)) = self.within(waiting, reply.chunk()).await? {
            bytes.extend_from_slice(&chunk);
            pieces.add(at, &chunk);
            if bytes.len() > LARGEST_BODY {
                break;
            }
        }
        match reply.http_status {
            200..300 => {
                self.record(&reply, reply.end(), (path, body), pieces);
                let text = String::from_utf8(bytes);
                let text = text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
                Ok(self.secrets.redacted(text).into_bytes())
            }
            300..400 => {
                let target = reply.location.as_deref().unwrap_or("nowhere");
                let message = format!("the server redirects to {target}: write the final address into the spec");
                Err(Fault { http_status: Some(reply.http_status), ..Fault::new(Status::Rejected, message) })
            }
            http_status => {
                let fault = Fault::of_http(http_status, &bytes, reply.retry_after);
                Err(Fault { retryable: reply.should_retry.unwrap_or(fault.retryable), ..fault })
            }
        }
    }
}
