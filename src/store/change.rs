//! The changes that every kind of store writes.

use std::sync::Arc;

use super::kept_verdict::{KeptVerdict, VerdictKey};
use super::models::SeenModel;
use super::provider_batches::ProviderBatch;
use super::timed_progress::TimedProgress;
use crate::clients::ClientPart;
use crate::request::{Request, RequestKey};
use crate::response::Response;
use crate::telemetry::Stretch;

/// Something that is written whole or not at all.
pub enum Change {
    /// A response; it replaces a fault of the same request, and never another answer.
    Response(Request, Arc<Response>),
    /// What was seen of a model at an endpoint.
    Model {
        /// The endpoint, as request keys hold it.
        endpoint: String,
        /// The model's name there.
        model: String,
        /// What was seen.
        seen: SeenModel,
    },
    /// How far a closed loop has come that lasts for a time.
    TimedProgress(RequestKey, TimedProgress),
    /// A run that continues a fresh run of an experiment; without a run the fresh run has ended.
    Fresh(String, Option<String>),
    /// A part of a stretch along a batch.
    Telemetry(RequestKey, Stretch),
    /// What a client says of its part in a load level.
    ClientPart(RequestKey, ClientPart),
    /// A batch at a provider; without requests it is removed.
    ProviderBatch(ProviderBatch),
    /// Responses that are to be asked again.
    Forgotten(Vec<RequestKey>),
    /// Verdicts of judges that were consulted.
    Verdicts(Vec<(VerdictKey, KeptVerdict)>),
}
