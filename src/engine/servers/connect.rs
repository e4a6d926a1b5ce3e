//! Connections: a client for each endpoint, and the properties of its server.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::endpoint::address;
use crate::endpoint::breaker::Breaker;
use crate::endpoint::client::{Client, Patience};
use crate::endpoint::fault::Fault;
use crate::endpoint::probe::{self, Probe};
use crate::endpoint::remedies::{HTTP_TO_TLS, with_remedy};
use crate::endpoint::replay::cassette::Cassette;
use crate::endpoint::throttle::Throttle;
use crate::endpoint::transport::{Network, Transport};
use crate::engine::Context;
use crate::error::Error;
use crate::host::Host;
use crate::id::{EndpointId, ModelId, Per};
use crate::plan::{EndpointPlan, Plan, Target};
use crate::response::Status;
use crate::store::{ModelFacts, Overload, SeenModel, SharedServer};

/// An endpoint that was probed.
pub struct Connection {
    /// The client.
    pub client: Client,
    /// The result of the probe.
    pub probe: Result<Probe, Fault>,
}

/// Connects to the endpoint of every model; `None` where no model that this run may ask uses an endpoint.
///
/// # Errors
/// A client cannot be created. An unreachable server is not an error yet: it may not be needed.
pub async fn connect(plan: &Plan, context: &Context<'_>) -> Result<Per<EndpointId, Option<Connection>>, Error> {
    let mut connections = Vec::with_capacity(plan.endpoints.len());
    for (id, endpoint) in plan.endpoints.with_ids() {
        if plan.models.with_ids().any(|(model, own)| own.endpoint == id && plan.is_here(model)) {
            connections.push(Some(connect_one(plan, endpoint, context).await?));
        } else {
            connections.push(None);
        }
    }
    Ok(connections.into())
}

/// No connection to any endpoint: what is known of its models is what the store holds.
pub fn unconnected(plan: &Plan) -> Per<EndpointId, Option<Connection>> {
    plan.endpoints.iter().map(|_| None).collect()
}

async fn connect_one(plan: &Plan, endpoint: &EndpointPlan, context: &Context<'_>) -> Result<Connection, Error> {
    let transport = match &endpoint.target {
        // A port that is not known yet is not asked: its server is not there either.
        Target::Url(url) => network(plan, endpoint, &address::with_port(url, 0))?,
        Target::Cassette { path, .. } => Transport::Cassette(Arc::new(Cassette::load(path)?)),
    };
    let patience = Patience {
        first_byte_timeout: plan.load.first_byte_timeout,
        timeout: plan.load.timeout,
        stall_timeout: plan.load.stall_timeout,
        attempts: plan.load.attempts,
        deadline: plan.load.deadline,
    };
    let client = Client {
        throttle: Arc::new(Throttle::new(1)),
        breaker: Arc::new(Breaker::new(patience.attempts, patience.deadline)),
        refusals: Arc::default(),
        dropped: Arc::default(),
        several: Arc::default(),
        transport,
        provider: Arc::clone(&endpoint.provider),
        patience,
        secrets: context.secrets.clone(),
        recorder: context.recorder.clone(),
        run: context.run.clone(),
    };
    if endpoint.serve.is_some() {
        return Ok(Connection { client, probe: Ok(Probe::default()) });
    }
    if let Target::Url(url) = &endpoint.target
        && let Some(doubt) = endpoint.provider.doubt(url)
    {
        context.warn(format!("endpoint `{}`: {doubt}", endpoint.name));
    }
    share_pace(&client.throttle, endpoint, context);
    let mut probe = match (&endpoint.target, probe::probe(&client).await) {
        // A recording may lack the properties of the server.
        (Target::Cassette { .. }, Err(_)) => Ok(Probe::default()),
        (_, probe) => probe,
    };
    if let Err(fault) = &mut probe
        && matches!(fault.status, Status::Connect | Status::TimedOut)
        && !fault.is_unreachable
        && client.transport.speaks_tls().await
    {
        fault.message = with_remedy(format!("{}: {HTTP_TO_TLS}", fault.message));
    }
    if let Ok(probe) = &mut probe {
        let own = plan.models.iter().filter(|model| plan.endpoints[model.endpoint].name == endpoint.name);
        let wanted: Vec<&str> = own.map(|model| model.model.as_str()).collect();
        probe::describe(&client, probe, &wanted).await;
    }
    Ok(Connection { client, probe })
}

/// Lets what a server asks one run for count for all runs on the store that ask it.
fn share_pace(throttle: &Arc<Throttle>, endpoint: &EndpointPlan, context: &Context<'_>) {
    let Target::Url(url) = &endpoint.target else { return };
    let server = SharedServer { url, is_here: !endpoint.is_elsewhere() };
    let own = Arc::clone(throttle);
    let heed = move |overload: Overload| own.heed(overload.pause());
    if let Some(tell) = context.store.share_pace(server, Box::new(heed)) {
        throttle.pass_on(Box::new(move |pause| tell(Overload::of(pause))));
    }
}

/// The way to a server at this address.
///
/// # Errors
/// The TLS library cannot be set up, or the key is no text that a header can hold.
pub(super) fn network(plan: &Plan, endpoint: &EndpointPlan, url: &str) -> Result<Transport, Error> {
    Network::new(url, &headers(endpoint), (&plan.proxies, &endpoint.trust), plan.load.connect_timeout)
        .map(Transport::Network)
        .map_err(|fault| unreachable(endpoint, &fault))
}

/// The headers of every request: those of the spec in place of the API's own.
pub(super) fn headers(endpoint: &EndpointPlan) -> Vec<(String, String)> {
    let own = endpoint.provider.headers(endpoint.secret.as_ref()).into_iter();
    let secret = endpoint
        .secret_headers
        .iter()
        .filter_map(|header| Some((header.name.clone(), header.value.as_ref()?.expose().to_owned())));
    own.map(|(name, value)| (name.to_owned(), value)).chain(endpoint.headers.clone()).chain(secret).collect()
}

/// Properties of the models: from their servers, or from the store if a server is unreachable.
///
/// # Errors
/// The store fails.
pub async fn see_models(
    plan: &Plan,
    connections: &Per<EndpointId, Option<Connection>>,
    context: &Context<'_>,
) -> Result<Per<ModelId, Option<SeenModel>>, Error> {
    let mut seen = Vec::with_capacity(plan.models.len());
    for model in &plan.models {
        let place = plan.endpoint_of(model).identity();
        let before = context.store.seen_model(&place, &model.model)?;
        let now = match connections[model.endpoint].as_ref().map(|connection| &connection.probe) {
            Some(Ok(probe)) => seen_by(probe, &model.model, before.as_ref()),
            _ => None,
        };
        let now = now.map(|mut now| {
            now.facts.machine = plan.endpoint_of(model).site.as_ref().map(|_| Box::new(Host::look()));
            now
        });
        if let Some(now) = &now {
            context.store.remember_model(&place, &model.model, now).await?;
        }
        seen.push(now.or(before));
    }
    Ok(seen.into())
}

/// A server's properties of a model; a server without a list has every model. Memory use is known only
/// while the model is loaded, so it is that of the last run.
fn seen_by(probe: &Probe, model: &str, before: Option<&SeenModel>) -> Option<SeenModel> {
    let known = probe.model(model);
    if probe.models.is_some() && known.is_none() {
        return None;
    }
    let known = known.cloned().unwrap_or_default();
    let before = before.filter(|before| before.digest == known.digest).map(|before| &before.facts);
    let facts = ModelFacts {
        family: known.family,
        parameter_size: known.parameter_size,
        quantization: known.quantization,
        size_bytes: known.size_bytes,
        context_length: known.context_length,
        loaded_context: before.and_then(|before| before.loaded_context),
        loaded_bytes: before.and_then(|before| before.loaded_bytes),
        vram_bytes: before.and_then(|before| before.vram_bytes),
        machine: None,
    };
    let digest = probe.models.as_ref().and(known.digest);
    Some(SeenModel { digest, server_version: probe.server_version.clone(), facts })
}

/// Fails if a server is unreachable and none of its models has responses: then requests
/// must be missing, and the run would fail after the datasets are fetched.
///
/// # Errors
/// The first such endpoint, or the store.
pub fn require_known(
    plan: &Plan,
    connections: &Per<EndpointId, Option<Connection>>,
    context: &Context<'_>,
) -> Result<(), Error> {
    for model in &plan.models {
        let endpoint = plan.endpoint_of(model);
        let Some(Connection { probe: Err(fault), .. }) = &connections[model.endpoint] else { continue };
        if context.store.seen_model(&endpoint.identity(), &model.model)?.is_none() {
            return Err(unreachable(endpoint, fault));
        }
    }
    Ok(())
}

/// Warns of servers that could not be asked what a plan shows.
pub fn warn_of_unknown(plan: &Plan, connections: &Per<EndpointId, Option<Connection>>, context: &Context<'_>) {
    for (endpoint, connection) in plan.endpoints.iter().zip(connections) {
        if let Some(Connection { probe: Err(fault), .. }) = connection {
            context.warn(format!(
                "endpoint `{}` could not be asked at {} ({}): digests and context sizes of its models are those of the \
                 last run, or unknown",
                endpoint.name,
                endpoint.place(),
                fault.line()
            ));
        }
    }
}

/// Fails if a missing request cannot be answered: no server, no key, no model.
///
/// # Errors
/// The first endpoint that cannot serve the missing requests.
pub fn require(
    plan: &Plan,
    connections: &Per<EndpointId, Option<Connection>>,
    needed: &BTreeSet<ModelId>,
) -> Result<(), Error> {
    plan.endpoints.ids().try_for_each(|id| require_one(plan, connections, id, needed))
}

/// Fails if an endpoint cannot answer requests to these of its models.
///
/// # Errors
/// What is missing.
pub(super) fn require_one(
    plan: &Plan,
    connections: &Per<EndpointId, Option<Connection>>,
    id: EndpointId,
    needed: &BTreeSet<ModelId>,
) -> Result<(), Error> {
    let endpoint = &plan.endpoints[id];
    let models = needed.iter().map(|model| &plan.models[*model]).filter(|model| model.endpoint == id);
    let models: Vec<&str> = models.map(|model| model.model.as_str()).collect();
    let Some(connection) = connections[id].as_ref().filter(|_| !models.is_empty()) else { return Ok(()) };
    if let Some(variable) = endpoint.missing_variable() {
        return Err(Error::Unauthorized {
            endpoint: endpoint.name.clone(),
            url: endpoint.place(),
            message: format!("environment variable {variable}, which holds its key, is not set"),
            variable: Some(variable.to_owned()),
        });
    }
    match &connection.probe {
        Err(fault) => Err(unreachable(endpoint, fault)),
        Ok(probe) => require_models(endpoint, probe, &models),
    }
}

fn require_models(endpoint: &EndpointPlan, probe: &Probe, wanted: &[&str]) -> Result<(), Error> {
    let Some(available) = &probe.models else { return Ok(()) };
    let absent: Vec<String> =
        wanted.iter().filter(|name| probe.model(name).is_none()).map(|name| (*name).to_owned()).collect();
    if absent.is_empty() {
        return Ok(());
    }
    Err(Error::ModelsMissing {
        endpoint: endpoint.name.clone(),
        url: endpoint.place(),
        remedy: endpoint.provider.remedy_for_models(&absent),
        models: absent,
        available: available.iter().map(|model| model.name.clone()).collect(),
    })
}

fn unreachable(endpoint: &EndpointPlan, fault: &Fault) -> Error {
    let url = endpoint.place();
    if fault.status == Status::Unauthorized {
        return Error::Unauthorized {
            endpoint: endpoint.name.clone(),
            url,
            message: fault.line(),
            variable: endpoint.key_variable.clone(),
        };
    }
    let remedy = endpoint.provider.remedy(&endpoint.name);
    Error::Unreachable { endpoint: endpoint.name.clone(), url, message: fault.line(), remedy }
}
