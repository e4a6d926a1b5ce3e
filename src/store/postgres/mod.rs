//! The store in a PostgreSQL database, which several machines share.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `database`, `tls` | where the database is, and how it is reached |
//! | `opened`, `thread`, `link` | the open store; the thread that talks to the database; its connections |
//! | `schema` | the tables, by version |
//! | `value`, `rows` | values and responses as the tables hold them |
//! | `writer`, `changes`, `recent` | what is written, together and only once |
//! | `claims`, `presence`, `budgets`, `pace`, `meetings`, `rest` | who asks what, under a lease that the database times; what runs spend, heed, begin together and leave to others |
//! | `readers`, `read`, `places`, `pages`, `readout`, `workers` | what is read |
//! | `errand`, `upkeep`, `dump`, `gather` | what is done with the whole of it: looking, removing, out to a file, in from files |
//! | `outage` | a database that is away or full |

mod budgets;
mod changes;
mod claims;
mod database;
mod dump;
mod errand;
mod gather;
mod link;
mod meetings;
mod opened;
mod outage;
mod pace;
mod pages;
mod places;
mod presence;
mod read;
mod readers;
mod readout;
mod recent;
mod rest;
mod rows;
mod schema;
#[cfg(test)]
pub(super) mod tests;
mod thread;
mod tls;
mod upkeep;
mod value;
mod workers;
mod writer;

use std::collections::HashSet;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::change::Change;
use super::claims::{Claim, ClaimRequest};
use super::error::StoreError;
use super::interface::Store;
use super::kept_verdict::{KeptVerdict, VerdictKey};
use super::meeting::{Arrival, ClockReading, Met};
use super::missing::Missing;
use super::models::SeenModel;
use super::pace::{Heed, SharedServer, Tell};
use super::provider_batches::ProviderBatch;
use super::rest::Rest;
use super::spending::Spending;
use super::timed_progress::TimedProgress;
use super::warmup::Warmup;
use super::worker::Worker;
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey, Settings};
use crate::response::{FailedAttempts, Response};
use crate::telemetry::Stretch;
use claims::Word;

pub(super) use dump::copy_out;
pub(super) use gather::gather;
pub(super) use readout::each_answer;
pub(super) use upkeep::{contents, remove};

pub use claims::WorkerName;
pub use database::Database;
pub use opened::{Access, PostgresStore};
pub use outage::Notice;

impl Store for PostgresStore {
    fn read(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        self.found_responses(keys)
    }

    fn holds(&self, keys: &[&RequestKey]) -> Result<Vec<bool>, StoreError> {
        self.held(keys)
    }

    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError> {
        self.reason(request, current)
    }

    /// What is only kept to save work later is left out by a reader without the right to write.
    fn write(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        match change {
            Change::Verdicts(_) | Change::Model { .. } if self.is_read_only => Box::pin(std::future::ready(Ok(()))),
            change => self.hand_over(change),
        }
    }

    fn verdicts(&self, keys: &[VerdictKey]) -> Result<Vec<Option<KeptVerdict>>, StoreError> {
        self.found_verdicts(keys)
    }

    fn claim_some(
        &self,
        batch: u32,
        held: Vec<RequestKey>,
        wanted: Vec<RequestKey>,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        self.ask(|done| Word::Claim { asked: ClaimRequest { batch, held, wanted, most }, done })
    }

    fn leave_rest(&self, idle: Option<Duration>) -> BoxFuture<'_, Result<Option<Rest>, StoreError>> {
        self.ask(|done| Word::Leave { idle, done })
    }

    fn standing(&self, keys: Vec<RequestKey>) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        self.ask(|done| Word::Stand { keys, done })
    }

    fn relieve(&self, key: RequestKey) -> BoxFuture<'_, ()> {
        let relieved = self.ask(|done| Word::Relieve { key, done });
        Box::pin(async move { drop(relieved.await) })
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn draw(&self, wanted: Spending, most: Spending) -> BoxFuture<'_, Result<Spending, StoreError>> {
        self.ask(|done| Word::Draw { wanted, most, done })
    }

    fn share_pace(&self, server: SharedServer<'_>, heed: Heed) -> Option<Tell> {
        let server = pace::hash(server, &self.host);
        let claims = self.claims.as_ref()?;
        claims.send(Word::Join(server, heed)).ok()?;
        // Who could tell something does not keep the store open.
        let claims = claims.downgrade();
        Some(Box::new(move |overload| {
            if let Some(claims) = claims.upgrade() {
                // A store that is closed has nobody to tell.
                let _ = claims.send(Word::Tell(server, overload));
            }
        }))
    }

    fn lease(&self) -> Option<u64> {
        self.reckoning.lease.number(self.reckoning.now())
    }

    /// A database that is away comes back; no other takes its place.
    fn gone(&self) -> CancellationToken {
        CancellationToken::new()
    }

    fn check_place(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn failed_attempts(&self, key: RequestKey) -> Result<Vec<FailedAttempts>, StoreError> {
        self.found_failed_attempts(key)
    }

    fn warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError> {
        self.found_warmups(settings)
    }

    fn progress(&self, key: RequestKey) -> Result<Option<TimedProgress>, StoreError> {
        self.found_progress(key)
    }

    fn telemetry(&self, batch: RequestKey) -> Result<Vec<Stretch>, StoreError> {
        self.found_telemetry(batch)
    }

    fn client_parts(&self, batch: RequestKey) -> Result<Vec<ClientPart>, StoreError> {
        self.found_client_parts(batch)
    }

    fn meet(&self, arrival: Arrival) -> BoxFuture<'_, Result<Met, StoreError>> {
        self.ask(|done| Word::Meet { arrival, done })
    }

    fn clock(&self) -> BoxFuture<'_, Result<Option<ClockReading>, StoreError>> {
        self.ask(|done| Word::Clock { done })
    }

    fn fresh_runs(&self, experiment: &str) -> Result<Vec<String>, StoreError> {
        self.found_fresh_runs(experiment)
    }

    fn provider_batches(&self, endpoint: &str) -> Result<Vec<ProviderBatch>, StoreError> {
        self.found_provider_batches(endpoint)
    }

    fn seen_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError> {
        self.found_model(endpoint, model)
    }

    fn examine(&self) -> Result<u64, StoreError> {
        self.count_sound()
    }

    fn workers(&self) -> Result<Vec<Worker>, StoreError> {
        self.found_workers()
    }
}
