//! Who asks through a batch API, and of whom.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use crate::endpoint::attempts::Bill;
use crate::endpoint::batch_api::BatchApi;
use crate::endpoint::client::Client;
use crate::endpoint::fault::Fault;
use crate::engine::Context;
use crate::engine::budget::{Budget, Reservation};
use crate::engine::generate::send;
use crate::engine::generate::send::Stored;
use crate::error::Error;
use crate::event::Event;
use crate::plan::{EndpointPlan, Plan};
use crate::request::RequestKey;
use crate::response::Response;
use crate::spec::types::BatchApiSpec;
use crate::store::ProviderBatch;
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// Shortest time between two looks.
const SHORTEST_POLL: Duration = Duration::from_millis(50);

/// Requests by their keys.
pub(super) type Wanted = BTreeMap<RequestKey, Slot>;

/// What came of a request.
pub(super) struct Kept {
    pub(super) slot: Slot,
    pub(super) response: Response,
    /// A failure after which this run asks again.
    pub(super) is_passing: bool,
}

/// Asks a model through the batch API of its endpoint.
pub(in crate::engine) struct Asker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) work: &'a Work,
    pub(super) context: &'a Context<'a>,
    pub(super) budget: &'a Budget,
    pub(super) client: &'a Client,
    pub(super) batch: &'a Batch,
    pub(super) api: &'static dyn BatchApi,
    pub(super) settings: BatchApiSpec,
    /// Told of each response that is stored.
    tell: &'a (dyn Fn(Stored) + Sync),
    /// The most that requests of this run may cost which are at the provider.
    reserved: Mutex<HashMap<RequestKey, Reservation>>,
    /// How far each batch was when that was last shown.
    shown: Mutex<HashMap<String, usize>>,
    /// Failures after which this run asks again: they are told of if it does not come to that.
    passing: Mutex<BTreeMap<RequestKey, Stored>>,
}

impl<'a> Asker<'a> {
    /// Who asks a model; `None` if it is asked in another way.
    pub(in crate::engine) fn of(
        (plan, work): (&'a Plan, &'a Work),
        (batch, client): (&'a Batch, &'a Client),
        budget: &'a Budget,
        tell: &'a (dyn Fn(Stored) + Sync),
        context: &'a Context<'a>,
    ) -> Option<Self> {
        let endpoint = plan.endpoint_of(&batch.model);
        let (settings, api) = (endpoint.batch?, endpoint.provider.batch_api()?);
        let (reserved, shown, passing) = Default::default();
        Some(Self { plan, work, context, budget, client, batch, api, settings, tell, reserved, shown, passing })
    }

    pub(super) fn endpoint(&self) -> &'a EndpointPlan {
        self.plan.endpoint_of(&self.batch.model)
    }

    pub(super) fn drain(&self) -> &'a CancellationToken {
        &self.context.stop.drain
    }

    /// Longest time between two looks.
    pub(super) fn poll(&self) -> Duration {
        self.settings.poll.0.max(SHORTEST_POLL)
    }

    pub(super) fn is_over(&self) -> bool {
        self.drain().is_cancelled() || self.budget.reached().is_some()
    }

    /// Waits; false if the run is stopped meanwhile.
    pub(super) async fn pause(&self, time: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(time) => true,
            () = self.drain().cancelled() => false,
        }
    }

    /// Reserves what a request may cost; false if the budget does not allow it.
    pub(super) fn reserve(&self, slot: &Slot) -> bool {
        let reserved = self.budget.reserve(&self.work.request(slot), self.batch.model.price_to_ask());
        let Some(reserved) = reserved else { return false };
        self.reserved().insert(slot.key, reserved);
        true
    }

    /// A request has come to its end; what an earlier run submitted, that run has reckoned with.
    pub(super) fn settle(&self, key: &RequestKey, bill: Bill<'_>) {
        if let Some(reserved) = self.reserved().remove(key) {
            self.budget.settle(reserved, bill, self.batch.model.price_to_ask());
        }
    }

    /// What is still at the provider may cost all that it may cost.
    pub(super) fn settle_all(&self) {
        let rest = std::mem::take(&mut *self.reserved());
        rest.into_values().for_each(|one| self.budget.settle(one, Bill::Unknown, self.batch.model.price_to_ask()));
    }

    fn reserved(&self) -> MutexGuard<'_, HashMap<RequestKey, Reservation>> {
        self.reserved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores what came of requests, and says so once for each.
    pub(super) async fn keep(&self, outcomes: Vec<Kept>) -> Result<(), Error> {
        let kept = outcomes.into_iter().map(|Kept { slot, response, is_passing }| {
            let response = Arc::new(response);
            let stored = send::keep(self.plan, &*self.context.store, self.work.request(&slot), &response);
            async move { stored.await.map(|()| (Stored { slot, response }, is_passing)) }
        });
        for kept in futures::future::join_all(kept).await {
            let (stored, is_passing) = kept?;
            let key = stored.slot.key;
            if is_passing {
                self.passing().insert(key, stored);
            } else {
                self.passing().remove(&key);
                (self.tell)(stored);
            }
        }
        Ok(())
    }

    /// Says what failed and was not asked again after all.
    pub(super) fn tell_rest(&self) {
        let rest = std::mem::take(&mut *self.passing());
        rest.into_values().for_each(|stored| (self.tell)(stored));
    }

    fn passing(&self) -> MutexGuard<'_, BTreeMap<RequestKey, Stored>> {
        self.passing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what is known of a batch.
    pub(super) async fn remember(&self, batch: &ProviderBatch) -> Result<(), Error> {
        Ok(self.context.store.keep_provider_batch(batch.clone()).await?)
    }

    /// Says how far a batch is, if it is further than before.
    pub(super) fn show(&self, batch: &ProviderBatch, done: usize, requests: usize) {
        let id = batch.id.clone().unwrap_or_default();
        let before = self.shown.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), done);
        if before == Some(done) {
            return;
        }
        (self.context.observer)(&Event::ProviderBatch { batch: self.batch.clone(), id, done, requests });
    }

    pub(super) fn error(&self, fault: &Fault, remedy: &str) -> Error {
        Error::BatchApi {
            endpoint: self.endpoint().name.clone(),
            url: self.endpoint().place(),
            message: fault.line(),
            remedy: remedy.to_owned(),
        }
    }
}

/// Time after which what was sent has arrived, and what was made is seen, in seconds.
pub(super) const SETTLED_S: i64 = 5;

/// Now, in seconds since 1970.
pub(super) fn now() -> i64 {
    Utc::now().timestamp()
}
