//! The Hub's list of a commit's files, read in chunks because its length is unknown.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Deserialize;

/// Maximum size of a list in bytes. The largest repositories have some hundred thousand files.
const MOST_BYTES: usize = 64 << 20;
/// Maximum number of attempts.
const ATTEMPTS: u32 = 4;
/// The wait before the second attempt; doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(150);

/// A commit and its files, as far as they are known.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    pub sha: Option<String>,
    pub siblings: Option<Vec<Sibling>>,
}

/// One file.
#[derive(Debug, Deserialize)]
pub(super) struct Sibling {
    pub rfilename: String,
}

/// Why a list could not be read.
#[derive(Debug)]
pub(super) enum Refusal {
    Network(reqwest::Error),
    Status { status: u16, code: Option<String> },
    Content(String),
}

/// The URL of the list of a revision. Slashes of a revision are encoded.
pub(super) fn address(endpoint: &str, repo: &str, revision: &str) -> String {
    let encoded: String = revision
        .bytes()
        .map(|byte| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("{endpoint}/api/datasets/{repo}/revision/{encoded}")
}

/// Requests a list; `activity` counts the received bytes.
pub(super) async fn fetch(
    client: &reqwest::Client,
    url: &str,
    token: Option<&str>,
    activity: &AtomicU64,
) -> Result<Listing, Refusal> {
    let mut wait = FIRST_WAIT;
    for _ in 1..ATTEMPTS {
        match ask(client, url, token, activity).await {
            Err(Refusal::Network(_) | Refusal::Status { status: 429 | 500.., .. }) => {}
            settled => return settled,
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    ask(client, url, token, activity).await
}

async fn ask(
    client: &reqwest::Client,
    url: &str,
    token: Option<&str>,
    activity: &AtomicU64,
) -> Result<Listing, Refusal> {
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let mut response = request.send().await.map_err(Refusal::Network)?;
    if !response.status().is_success() {
        let code = response.headers().get("x-error-code").and_then(|code| code.to_str().ok()).map(str::to_owned);
        return Err(Refusal::Status { status: response.status().as_u16(), code });
    }
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(Refusal::Network)? {
        activity.fetch_add(1, Ordering::Relaxed);
        if body.len() + piece.len() > MOST_BYTES {
            return Err(Refusal::Content(format!("its list of files exceeds {} MB", MOST_BYTES >> 20)));
        }
        body.extend_from_slice(&piece);
    }
    serde_json::from_slice(&body).map_err(|error| Refusal::Content(error.to_string()))
}

/// An error with its causes; the last is the most specific.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_cannot_leave_its_place_in_the_address() {
        let at = |revision| address("http://hub", "o/n", revision);
        assert_eq!(at("refs/convert/parquet"), "http://hub/api/datasets/o/n/revision/refs%2Fconvert%2Fparquet");
        assert_eq!(at("v1?x#y"), "http://hub/api/datasets/o/n/revision/v1%3Fx%23y");
    }
}
