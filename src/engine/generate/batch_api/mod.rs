//! Requests that go through a provider's batch API: submitted together, waited for, and collected.
//!
//! | when a run dies | what the store holds | what the next run does |
//! | --- | --- | --- |
//! | before the submission | the batch without an id | finds none at the provider, and submits |
//! | between submission and reply | the same | finds it by its token or its requests, and collects |
//! | while the provider works on it | the batch with its id | waits for it |
//! | while results come | the batch, and the responses so far | reads the results again; what is stored stays |
//! | after the last response | responses alone | nothing |

mod asker;
mod cancel;
mod collect;
mod open;
mod recover;
mod submit;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use futures::future::join_all;

pub(super) use asker::Asker;
pub(in crate::engine) use cancel::cancel;
pub(super) use open::at_providers;
pub use open::{OpenBatch, open};

use crate::endpoint::attempts::Bill;
use crate::error::Error;
use crate::format::counted;
use crate::request::RequestKey;
use crate::store::{Claim, ProviderBatch};
use crate::work::Slot;
use asker::Wanted;
use collect::{Collected, Lacking};
use recover::Found;

/// Time between two looks at what another run is submitting.
const LOOK: Duration = Duration::from_millis(500);

/// What became of requests.
#[derive(Debug, Default)]
pub(super) struct EndedRequests {
    /// Requests that have come to an end.
    pub(super) responses: usize,
    /// Those that ended in a fault.
    pub(super) failed: Vec<RequestKey>,
}

/// What became of the requests of one round.
#[derive(Default)]
struct Round {
    collected: Collected,
    /// True if a batch that this run has sent was never made.
    is_lost: bool,
    /// Batches that were followed to their end.
    batches: usize,
}

impl Asker<'_> {
    /// Asks requests: those of batches that are at the provider are collected, the others submitted first.
    pub(super) async fn ask(&self, slots: &[Slot]) -> Result<EndedRequests, Error> {
        let asked = self.ask_all(slots).await;
        self.tell_rest();
        self.settle_all();
        asked
    }

    async fn ask_all(&self, slots: &[Slot]) -> Result<EndedRequests, Error> {
        let mut wanted: Wanted = slots.iter().map(|slot| (slot.key, *slot)).collect();
        let (mut responses, mut failed, mut attempt) = (0, BTreeMap::new(), 1);
        while !wanted.is_empty() {
            let (batches, taken) = self.submitted(&mut wanted).await?;
            let Round { collected, is_lost, batches } = self.followed(batches, &wanted, attempt).await?;
            responses += collected.answered.len();
            wanted.retain(|key, _| !collected.answered.contains(key) && !collected.cancelled.contains(key));
            failed.retain(|key, _| !collected.answered.contains(key));
            failed.extend(collected.failed);
            let is_again = self.asks_again(attempt);
            wanted.retain(|key, _| failed.get(key).is_none_or(|is_worth_asking| *is_worth_asking && is_again));
            if self.is_over() || (batches == 0 && taken == 0) {
                break;
            }
            if batches == 0 && !self.pause(LOOK).await {
                break;
            }
            if is_lost || !failed.is_empty() {
                attempt += 1;
            }
            if attempt > self.client.patience.attempts {
                break;
            }
        }
        Ok(EndedRequests { responses: responses + failed.len(), failed: failed.into_keys().collect() })
    }

    /// True if what fails in an attempt is asked again.
    fn asks_again(&self, attempt: u32) -> bool {
        attempt < self.client.patience.attempts
    }

    /// The batches that hold the wanted requests, once those are submitted that are in none; and how many requests another
    /// run is about to submit. What is answered meanwhile is not wanted any more.
    async fn submitted(&self, wanted: &mut Wanted) -> Result<(Vec<ProviderBatch>, usize), Error> {
        let store = &self.context.store;
        let keys: Vec<RequestKey> = wanted.keys().copied().collect();
        let claims = store.claim(self.batch.number(), Vec::new(), keys.clone()).await?;
        let of = |kind: Claim| keys.iter().zip(&claims).filter(move |(_, claim)| **claim == kind).map(|(key, _)| *key);
        of(Claim::Stored).for_each(|key| {
            wanted.remove(&key);
        });
        // After the claim: what another run had claimed before is in its batches by now.
        let mut batches = self.open_batches(wanted)?;
        let covered: HashSet<RequestKey> = batches.iter().flat_map(|batch| batch.keys.iter().copied()).collect();
        let new = of(Claim::Ours).filter(|key| !covered.contains(key));
        let new: Wanted = new.filter_map(|key| Some((key, *wanted.get(&key)?))).collect();
        let taken = of(Claim::Taken).filter(|key| !covered.contains(key)).count();
        let submitted = self.submit(&new, store.lease()).await;
        store.claim(self.batch.number(), Vec::new(), Vec::new()).await?;
        batches.extend(submitted?);
        Ok((batches, taken))
    }

    /// The batches in the store that hold any of these requests.
    fn open_batches(&self, wanted: &Wanted) -> Result<Vec<ProviderBatch>, Error> {
        let mut batches = self.context.store.provider_batches(&self.endpoint().identity())?;
        batches.retain(|batch| batch.keys.iter().any(|key| wanted.contains_key(key)));
        Ok(batches)
    }

    /// Follows batches to their end, side by side.
    async fn followed(&self, batches: Vec<ProviderBatch>, wanted: &Wanted, attempt: u32) -> Result<Round, Error> {
        let stored = self.context.store.provider_batches(&self.endpoint().identity())?;
        let known: HashSet<String> = stored.into_iter().filter_map(|batch| batch.id).collect();
        let each = batches.into_iter().map(|batch| self.follow(batch, &known, (wanted, attempt)));
        let mut round = Round::default();
        for one in join_all(each).await {
            let one = one?;
            round.collected.add(one.collected);
            round.is_lost |= one.is_lost;
            round.batches += one.batches;
        }
        Ok(round)
    }

    async fn follow(
        &self,
        mut batch: ProviderBatch,
        known: &HashSet<String>,
        (wanted, attempt): (&Wanted, u32),
    ) -> Result<Round, Error> {
        if batch.id.is_none() {
            match self.find(&batch, known).await? {
                Found::Id(id) => {
                    batch.id = Some(id);
                    self.remember(&batch).await?;
                }
                Found::Nothing => return self.unmade(batch).await,
                Found::Unknown => {}
            }
        }
        let (requests, id) = (batch.keys.len(), batch.id.clone());
        if let Some(collected) = self.collect(batch, wanted, (attempt, Lacking::Stay)).await? {
            return Ok(Round { collected, batches: 1, ..Round::default() });
        }
        self.context.warn(format!(
            "batch {} ({}) continues at endpoint `{}`; a later `apply` collects it, `apply --cancel` cancels it",
            id.as_deref().unwrap_or("whose id is not known yet"),
            counted(requests, "request"),
            self.endpoint().name
        ));
        Ok(Round::default())
    }

    /// Forgets a batch that was never made; its requests are submitted again.
    async fn unmade(&self, mut batch: ProviderBatch) -> Result<Round, Error> {
        batch.keys.iter().for_each(|key| self.settle(key, Bill::Refused));
        let is_lost = batch.token.starts_with(&*self.client.run.name);
        if is_lost {
            let requests = counted(batch.keys.len(), "request");
            self.context.warn(format!("a batch of {requests} did not reach endpoint `{}`", self.endpoint().name));
        }
        batch.keys.clear();
        self.remember(&batch).await?;
        Ok(Round { is_lost, batches: 1, ..Round::default() })
    }
}
