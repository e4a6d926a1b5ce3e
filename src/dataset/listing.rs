//! The Hub's list of a commit's files, read in chunks because its length is unknown.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use super::transfer::{HubConnection, Refusal, encoded};

/// Most bytes of a list. The largest repositories have some hundred thousand files.
const MOST_BYTES: usize = 64 << 20;
/// A commit and its files, as far as they are told.
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

/// Where the list of a revision is.
pub(super) fn address(endpoint: &str, repo: &str, revision: &str) -> String {
    format!("{endpoint}/api/datasets/{repo}/revision/{}", encoded(revision))
}

/// Asks for a list; `activity` counts what has arrived.
pub(super) async fn fetch(hub: &HubConnection, url: &str, activity: &AtomicU64) -> Result<Listing, Refusal> {
    let mut response = hub.get(url).await?;
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
