//! A store as the engine knows it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::change::Change;
use super::claims::Claim;
use super::error::StoreError;
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

/// Where responses are kept.
pub trait Store: Send + Sync {
    /// The responses of these keys in their order, faults among them; `None` where there is none. Several threads may
    /// read at once.
    ///
    /// # Errors
    /// The store cannot be read, or one of the responses is not as it was written.
    fn read(&self, keys: &[&RequestKey]) -> Result<Vec<Option<Response>>, StoreError>;

    /// Which of these keys have an answer, without reading it; a fault is none.
    ///
    /// # Errors
    /// The store cannot be read.
    fn holds(&self, keys: &[&RequestKey]) -> Result<Vec<bool>, StoreError>;

    /// Why a request has no kept response. Responses to requests that are `current` are no older versions
    /// of it: they belong to another level or repeat that is still wanted.
    ///
    /// # Errors
    /// The store cannot be read.
    fn why_missing(&self, request: &Request, current: &HashSet<RequestKey>) -> Result<Missing, StoreError>;

    /// Writes a change, whole or not at all. It is written when the future is done, and not before.
    fn write(&self, change: Change) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Stores a response.
    fn put(&self, request: Request, response: Arc<Response>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::Response(request, response))
    }

    /// Forgets responses, so that they are asked again: it has turned out that they may belong to other requests.
    fn forget(&self, keys: Vec<RequestKey>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::Forgotten(keys))
    }

    /// The verdicts that are kept under these keys, in their order; `None` where there is none. Several threads may
    /// read at once.
    ///
    /// # Errors
    /// The store cannot be read, or one of the verdicts is not as it was written.
    fn verdicts(&self, keys: &[VerdictKey]) -> Result<Vec<Option<KeptVerdict>>, StoreError>;

    /// Keeps verdicts, all or none of them.
    fn keep_verdicts(&self, verdicts: Vec<(VerdictKey, KeptVerdict)>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::Verdicts(verdicts))
    }

    /// Claims requests, so that no other run on this store asks them as well; what `batch` claimed before is given
    /// up but for those in `held`. Gives what became of each.
    fn claim(
        &self,
        batch: u32,
        held: Vec<RequestKey>,
        wanted: Vec<RequestKey>,
    ) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        let most = wanted.len();
        self.claim_some(batch, held, wanted, most)
    }

    /// Like `claim`, but claims `most` of the wanted requests, the first that nobody has, and only looks at the others.
    fn claim_some(
        &self,
        batch: u32,
        held: Vec<RequestKey>,
        wanted: Vec<RequestKey>,
        most: usize,
    ) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>>;

    /// Leaves what is still to be asked to other runs of the experiment, and gives what they have; nothing where nobody would
    /// ask it. A run that was idle for a time stays unless two others work that were heard of in that time: one asks, and one
    /// takes over where that one dies. A run that ends anyway, without a time, needs one that has requests.
    fn leave_rest(&self, _idle: Option<Duration>) -> BoxFuture<'_, Result<Option<Rest>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// How requests stand, none of which is claimed by this.
    fn standing(&self, keys: Vec<RequestKey>) -> BoxFuture<'_, Result<Vec<Claim>, StoreError>> {
        Box::pin(std::future::ready(Ok(vec![Claim::Free; keys.len()])))
    }

    /// Takes a claim away from the run that has it, which learns by it that what it waits for is done. Where that cannot be, the
    /// run finds it out by itself.
    fn relieve(&self, _key: RequestKey) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// True if machines share the store: runs of an experiment that work at the same time divide its list, and spend one budget.
    fn is_shared(&self) -> bool;

    /// Takes a part of the budget of an experiment, of which all of its runs together take at most `most`; gives what is
    /// left of it if that is less than `wanted`.
    fn draw(&self, wanted: Spending, most: Spending) -> BoxFuture<'_, Result<Spending, StoreError>>;

    /// Joins the pace of this run at a server with that of the other runs that ask it: `heed` hears what the server told
    /// one of them, and what is given tells them what it told this one. Nothing where runs do not share their pace.
    fn share_pace(&self, _server: SharedServer<'_>, _heed: Heed) -> Option<Tell> {
        None
    }

    /// The number under which claims hold now. What was claimed under another, or while there is none, others may
    /// have taken over: it is to be claimed again.
    fn lease(&self) -> Option<u64>;

    /// Cancelled when the store's file was removed or replaced while it was open.
    fn gone(&self) -> CancellationToken;

    /// Sees that the store is still where it was opened, and saves what it holds if it is not.
    ///
    /// # Errors
    /// The store is gone; the error says where its content is now.
    fn check_place(&self) -> Result<(), StoreError>;

    /// The failed attempts at a request that others followed, by run. They are stored with the response that came in the end.
    ///
    /// # Errors
    /// The store cannot be read, or a row is not as it was written.
    fn failed_attempts(&self, key: RequestKey) -> Result<Vec<FailedAttempts>, StoreError>;

    /// The warm-up responses of requests with these settings, in the order in which they came.
    ///
    /// # Errors
    /// The store cannot be read.
    fn warmups(&self, settings: &Settings) -> Result<Vec<Warmup>, StoreError>;

    /// How far a closed loop that lasts for a time has come.
    ///
    /// # Errors
    /// The store cannot be read.
    fn progress(&self, key: RequestKey) -> Result<Option<TimedProgress>, StoreError>;

    /// Remembers how far a closed loop that lasts for a time has come, if no other run has brought it further.
    fn remember_progress(&self, key: RequestKey, progress: TimedProgress) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::TimedProgress(key, progress))
    }

    /// What servers and machines said along a batch: parts of stretches, by run and time.
    ///
    /// # Errors
    /// The store cannot be read, or a part is not as it was written.
    fn telemetry(&self, batch: RequestKey) -> Result<Vec<Stretch>, StoreError>;

    /// Keeps the next part of a stretch along a batch.
    fn keep_telemetry(&self, batch: RequestKey, part: Stretch) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::Telemetry(batch, part))
    }

    /// What clients said of their parts in a load level, by run.
    ///
    /// # Errors
    /// The store cannot be read, or a part is not as it was written.
    fn client_parts(&self, batch: RequestKey) -> Result<Vec<ClientPart>, StoreError>;

    /// Keeps what a client says of its part in a load level, in place of what its run said before.
    fn keep_client_part(&self, batch: RequestKey, part: ClientPart) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::ClientPart(batch, part))
    }

    /// Arrives at the start of a load level that several clients send together, or looks again who has arrived.
    fn meet(&self, arrival: Arrival) -> BoxFuture<'_, Result<Met, StoreError>>;

    /// Reads the clock of the store, if it has one of its own.
    fn clock(&self) -> BoxFuture<'_, Result<Option<ClockReading>, StoreError>>;

    /// The runs that an unfinished fresh run of an experiment consists of, the first one first.
    ///
    /// # Errors
    /// The store cannot be read.
    fn fresh_runs(&self, experiment: &str) -> Result<Vec<String>, StoreError>;

    /// Remembers a run as a part of the fresh run of an experiment; without a run the fresh run has ended.
    fn remember_fresh(&self, experiment: &str, run: Option<&str>) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::Fresh(experiment.to_owned(), run.map(str::to_owned)))
    }

    /// The batches at the provider of an endpoint that are not collected yet, in the order of their submission.
    ///
    /// # Errors
    /// The store cannot be read, or one of them is not as it was written.
    fn provider_batches(&self, endpoint: &str) -> Result<Vec<ProviderBatch>, StoreError>;

    /// Keeps a batch in place of what was known of it; one without requests is collected, and is forgotten.
    fn keep_provider_batch(&self, batch: ProviderBatch) -> BoxFuture<'_, Result<(), StoreError>> {
        self.write(Change::ProviderBatch(batch))
    }

    /// What was last seen of a model at an endpoint.
    ///
    /// # Errors
    /// The store cannot be read.
    fn seen_model(&self, endpoint: &str, model: &str) -> Result<Option<SeenModel>, StoreError>;

    /// Remembers what was seen of a model at an endpoint.
    fn remember_model<'s>(
        &'s self,
        endpoint: &str,
        model: &str,
        seen: &SeenModel,
    ) -> BoxFuture<'s, Result<(), StoreError>> {
        match self.seen_model(endpoint, model) {
            Ok(known) if known.as_ref() == Some(seen) => Box::pin(std::future::ready(Ok(()))),
            Err(error) => Box::pin(std::future::ready(Err(error))),
            Ok(_) => {
                let (endpoint, model) = (endpoint.to_owned(), model.to_owned());
                self.write(Change::Model { endpoint, model, seen: seen.clone() })
            }
        }
    }

    /// Reads every row that carries a check, and counts the responses.
    ///
    /// # Errors
    /// The store is damaged or cannot be read.
    fn examine(&self) -> Result<u64, StoreError>;

    /// The runs that work on the store.
    ///
    /// # Errors
    /// The store cannot be read.
    fn workers(&self) -> Result<Vec<Worker>, StoreError>;
}
