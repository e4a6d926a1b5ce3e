//! Batches whose id is not known: their run died, or lost its connection, between the submission and the reply.

use std::collections::HashSet;
use std::time::Duration;

use super::asker::{Asker, SETTLED_S, now};
use crate::endpoint::batch_api::{BatchState, Phase, json};
use crate::error::Error;
use crate::request::RequestKey;
use crate::store::ProviderBatch;

/// How much the clocks of client and provider may differ, in seconds.
const SKEW_S: i64 = 600;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(500);

/// Lines of the results by which a batch is recognized.
const FIRST_LINES: usize = 100;

/// What was found out of a batch.
pub(super) enum Found {
    /// It has this id.
    Id(String),
    /// It was never made.
    Nothing,
    /// The run is stopped before that is known.
    Unknown,
}

impl Asker<'_> {
    /// Finds the id of a batch that may have been submitted.
    pub(super) async fn find(&self, batch: &ProviderBatch, known: &HashSet<String>) -> Result<Found, Error> {
        let mut foreign = HashSet::new();
        loop {
            // Before the look: what is not there by then will not come.
            let is_settled = now() >= batch.submitted.saturating_add(SETTLED_S);
            let listed = self.client.batches_since(self.api, batch.submitted.saturating_sub(SKEW_S)).await;
            let listed = listed.map_err(|fault| self.error(&fault, UNKNOWN))?;
            let is_open = |state: &&BatchState| !known.contains(&state.id) && !foreign.contains(&state.id);
            let mut waits = false;
            if self.api.is_made_of_a_file() {
                let own = |state: &&BatchState| state.token.as_deref() == Some(&*batch.token);
                if let Some(state) = listed.iter().filter(is_open).find(own) {
                    return Ok(Found::Id(state.id.clone()));
                }
            } else {
                let alike = |state: &&BatchState| state.requests == batch.keys.len();
                let candidates: Vec<BatchState> = listed.iter().filter(is_open).filter(alike).cloned().collect();
                for state in candidates {
                    // Only results name the requests.
                    if state.phase == Phase::Open {
                        waits = true;
                    } else if self.is_of(&state, &batch.keys).await? {
                        return Ok(Found::Id(state.id));
                    } else {
                        foreign.insert(state.id);
                    }
                }
            }
            if is_settled && !waits {
                return Ok(Found::Nothing);
            }
            let pause = if waits { LOOK.max(self.poll()) } else { LOOK };
            if !self.pause(pause).await {
                return Ok(Found::Unknown);
            }
        }
    }

    /// True if the results of a batch are of these requests.
    async fn is_of(&self, state: &BatchState, keys: &[RequestKey]) -> Result<bool, Error> {
        let keys: HashSet<String> = keys.iter().map(ToString::to_string).collect();
        for path in &state.results {
            let lines = self.client.batch_results(path, state.requests).await;
            let mut lines = lines.map_err(|fault| self.error(&fault, UNKNOWN))?;
            for _ in 0..FIRST_LINES {
                let line = lines.next().await.map_err(|fault| self.error(&fault, UNKNOWN))?;
                let Some(line) = line else { break };
                let result = json(&line).and_then(|line| self.api.read_result(&line));
                if result.is_ok_and(|result| keys.contains(&result.id)) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

/// What to do where the list of batches cannot be had.
const UNKNOWN: &str =
    "rerun the command: it has to know whether a batch of an interrupted run was submitted before it submits another";
