//! The store in a SQLite file.

mod missing;
mod opened;
mod order;
mod places;
mod read;
#[cfg(test)]
mod tests;
mod workers;

use std::collections::HashSet;

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
use super::provider_batches::ProviderBatch;
use super::spending::Spending;
use super::timed_progress::TimedProgress;
use super::warmup::Warmup;
use super::worker::Worker;
use super::writer::WriteRequest;
use super::{owner, place, recover, rows, schema};
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey, Settings};
use crate::response::{FailedAttempts, Response};
use crate::telemetry::Stretch;

pub use opened::SqliteStore;

impl Store for SqliteStore {
    fn read(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError> {
        self.found_responses(keys)
    }

    fn holds(&self, keys: &[&RequestKey]) -> Result<Vec<bool>, StoreError> {
        self.held(keys).map_err(|source| self.error(&source))
    }

    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError> {
        self.reason(request, current).map_err(|source| self.error(&source))
    }

    fn write(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>> {
        let handed = self.hand_over(WriteRequest::Change(change));
        Box::pin(async move { handed.await.map(|_| ()) })
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
        self.hand_over(WriteRequest::Claim(ClaimRequest { batch, held, wanted, most }))
    }

    fn is_shared(&self) -> bool {
        false
    }

    fn draw(&self, wanted: Spending, _: Spending) -> BoxFuture<'_, Result<Spending, StoreError>> {
        Box::pin(std::future::ready(Ok(wanted)))
    }

    fn lease(&self) -> Option<u64> {
        self.status.lease.number(owner::now())
    }

    fn gone(&self) -> CancellationToken {
        self.status.gone.clone()
    }

    fn check_place(&self) -> Result<(), StoreError> {
        if place::identity(&self.path) == self.identity {
            return Ok(());
        }
        self.status.gone.cancel();
        Err(StoreError::Gone { path: self.path.clone(), saved: recover::save(&self.reader(), &self.path) })
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

    /// A file belongs to one client.
    fn meet(&self, arrival: Arrival) -> BoxFuture<'_, Result<Met, StoreError>> {
        let missing = (1..=arrival.clients).filter(|number| *number != arrival.client).collect();
        Box::pin(std::future::ready(Ok(Met::Waiting { missing, all_live: false })))
    }

    fn clock(&self) -> BoxFuture<'_, Result<Option<ClockReading>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
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
        let connection = self.reader();
        let verdict: String = connection
            .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
            .map_err(|source| self.error(&source))?;
        if verdict != "ok" {
            return Err(StoreError::malformed(&self.path, &verdict.replace('\n', " ")));
        }
        let (responses, damaged) = rows::examine(&connection).map_err(|source| self.error(&source))?;
        if damaged > 0 {
            return Err(StoreError::Damaged { path: self.path.clone(), responses: damaged });
        }
        match schema::damaged_table(&connection).map_err(|source| self.error(&source))? {
            Some(table) => Err(schema::damaged_row(&self.path, table)),
            None => Ok(responses),
        }
    }

    fn workers(&self) -> Result<Vec<Worker>, StoreError> {
        self.found_workers().map_err(|source| self.error(&source))
    }
}
