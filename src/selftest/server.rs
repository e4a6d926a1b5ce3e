//! The counters of the server: fetches and resets them.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde::Deserialize;

use crate::endpoint::wire::{ConnectionPool, Trust};
use crate::error::Error;

/// Path of the mock server's counters.
const PATH: &str = "/mock/counters";

/// Time limit for the server's answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The counters of the server.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Counted {
    /// Requests of any kind.
    pub requests: u64,
    /// Connections.
    pub connections: u64,
    /// Requests for an answer.
    pub answers: u64,
    /// Median lateness of its tokens, in seconds.
    pub late_p50_s: Option<f64>,
    /// 99th percentile of the same.
    pub late_p99_s: Option<f64>,
}

/// Fetches the counters of the server at a URL.
///
/// # Errors
/// The server does not answer, or not with counters.
pub async fn counted(url: &str) -> Result<Counted, Error> {
    let fetched = tokio::time::timeout(PATIENCE, fetch(url)).await;
    let bytes = fetched.unwrap_or_else(|_| Err(format!("timeout after {PATIENCE:?}").into()));
    let counted = bytes.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
    counted.map_err(|error| Error::Internal(format!("cannot read the counters from {url}{PATH}: {error}")))
}

/// Resets the counters of the server at a URL, and waits for it: it takes one round trip on
/// loopback, and no request may be sent before.
///
/// # Errors
/// The server does not answer.
pub fn reset(url: &str) -> io::Result<()> {
    let address = url.strip_prefix("http://").unwrap_or(url);
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    write!(connection, "DELETE {PATH} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(io::Error::other(answer)) }
}

async fn fetch(url: &str) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let pool = ConnectionPool::new(url, &[], (None, &Trust::default()), PATIENCE)?;
    let mut response = pool.send(PATH, None, None).await?;
    let mut bytes = Vec::new();
    while let Some((_, chunk)) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
