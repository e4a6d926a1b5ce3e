//! What the server counted: fetched from it, and started anew.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde::Deserialize;

use crate::endpoint::wire::ConnectionPool;
use crate::error::Error;

/// Where the built-in endpoint shows its counters.
const PATH: &str = "/mock/counters";

/// The longest that the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the server counted.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Counted {
    /// Requests of any kind.
    pub requests: u64,
    /// Connections.
    pub connections: u64,
    /// Requests for an answer.
    pub answers: u64,
    /// Median of how late its tokens left, in seconds.
    pub late_p50_s: Option<f64>,
    /// 99th percentile of the same.
    pub late_p99_s: Option<f64>,
}

/// Fetches the counters of the server at a URL.
///
/// # Errors
/// The server does not answer, or with something else.
pub async fn counted(url: &str) -> Result<Counted, Error> {
    let fetched = tokio::time::timeout(PATIENCE, fetch(url)).await;
    let bytes = fetched.unwrap_or_else(|_| Err(format!("nothing for {PATIENCE:?}").into()));
    let counted = bytes.and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
    counted.map_err(|error| Error::Internal(format!("{url}{PATH} gives no counters: {error}")))
}

/// Starts the counters of the server at a URL anew, and waits for it: it takes no longer than a round on
/// loopback, and nothing may be sent before it is done.
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
    let pool = ConnectionPool::new(url, &[], None, PATIENCE)?;
    let mut response = pool.send(PATH, None, None).await?;
    let mut bytes = Vec::new();
    while let Some((_, chunk)) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
