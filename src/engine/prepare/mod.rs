//! What a run knows before its first request: datasets, connections, the lock file, and every request of the plan.

pub mod gauge;

use std::sync::Arc;

use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::fetch::fetch;
use crate::engine::generate::until;
use crate::engine::search::search;
use crate::engine::servers::connect::{Connection, connect, require_known, see_models, unconnected, warn_of_unknown};
use crate::engine::servers::judge_models::JudgeModels;
use crate::engine::stored::sites::{self, Elsewhere};
use crate::engine::stored::timed_level;
use crate::error::Error;
use crate::event::Stage;
use crate::id::{EndpointId, ModelId, Per};
use crate::lock::{self, Lock, Policy};
use crate::plan::{Extent, Plan};
use crate::store::SeenModel;
use crate::work::Work;
use gauge::{Calibration, calibrate};

/// What a run sends to the servers of its models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Every request that the store has no answer to.
    Missing,
    /// Nothing: only what is stored is judged and summed up.
    Nothing,
    /// Nothing; what is at a provider's batch API is cancelled, and what was finished of it is stored.
    Cancel,
}

/// The state before the first request.
pub struct Prepared {
    /// Every request of the plan.
    pub work: Work,
    /// The connections, by endpoint.
    pub connections: Per<EndpointId, Option<Connection>>,
    /// Properties of the models.
    pub seen: Per<ModelId, Option<SeenModel>>,
    /// The models that judge.
    pub judges: JudgeModels,
    /// What runs at other sites still have to ask.
    pub elsewhere: Vec<Elsewhere>,
    /// What calibrates made prompts.
    pub calibrations: Vec<Calibration>,
}

/// Fetches datasets, connects to servers, verifies the lock file and lists the requests. With a budget, prompts are
/// calibrated that are not yet.
///
/// # Errors
/// A dataset, store, lock file, template or calibration prevents the run.
pub async fn prepare(
    plan: &mut Plan,
    how: (Policy, Sending),
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<Prepared, Error> {
    let mut prepared = listed(plan, how, budget, context).await?;
    if plan.search.is_some() {
        // As far as the store knows its way.
        let datasets = Arc::clone(&prepared.work.datasets);
        prepared.work = search(plan, (&datasets, &prepared.seen), None, context).await?.0;
    }
    Ok(prepared)
}

async fn listed(
    plan: &mut Plan,
    (policy, sending): (Policy, Sending),
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<Prepared, Error> {
    let locked = Lock::load(&plan.lock, policy)?;
    if let Some(locked) = locked.as_ref().filter(|_| policy != Policy::Update) {
        locked.pin(plan);
    }
    let connections = match sending {
        Sending::Missing | Sending::Cancel => connect(plan, context).await?,
        Sending::Nothing => unconnected(plan),
    };
    if policy == Policy::Look {
        warn_of_unknown(plan, &connections, context);
    } else {
        require_known(plan, &connections, context)?;
    }
    let judges = JudgeModels::see(plan, (policy, sending == Sending::Missing), context).await?;
    let datasets = fetch(plan, context).await?;
    let seen = see_models(plan, &connections, context).await?;
    let now = Lock::of(plan, &datasets, &seen).with_judges(judges.seen());
    for warning in lock::settle(&plan.lock, locked, &now, policy)? {
        context.warn(warning);
    }
    let calibrations = calibrate(plan, (&connections, &seen), budget, context).await?;
    let plan = &*plan;
    let mut work = Work::new(plan, datasets, &seen)?;
    work.settle(&*context.store)?;
    timed_level::list_known(&mut work, &*context.store)?;
    until::cut_known(plan, &mut work, &*context.store)?;
    for (id, model) in plan.models.with_ids() {
        if let Some(size) = work.chosen_context(plan, id) {
            let line = format!("{}: context size set to {size} tokens, to fit its prompts", model.name);
            context.finished(Stage::Fetch, line);
        }
    }
    warn_of_nothing(plan, &work, context);
    let elsewhere = sites::leave(plan, &mut work, &*context.store)?;
    if sending == Sending::Missing && policy != Policy::Look {
        sites::require_known(plan, &work, &elsewhere)?;
    }
    sites::warn(plan, &elsewhere, context);
    Ok(Prepared { work, connections, seen, judges, elsewhere, calibrations })
}

/// Says that a shard has nothing to ask, which nobody expects who has not seen how few questions there are.
fn warn_of_nothing(plan: &Plan, work: &Work, context: &Context<'_>) {
    let is_timed = matches!(plan.load.extent, Extent::Duration(_));
    if let Some(shard) = plan.shard.filter(|_| work.slots.is_empty() && !is_timed) {
        context.warn(format!(
            "no request of this experiment belongs to {} {shard}; with few questions or levels, some parts are empty",
            shard.noun()
        ));
    }
}
