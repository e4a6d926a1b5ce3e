//! What keeps a plan from being sent, all of it at once: keys, servers, models, of those that answer and that judge.

use std::collections::BTreeSet;

use super::connect::{Connection, connect, require_one};
use crate::engine::Context;
use crate::error::Error;
use crate::id::{EndpointId, ModelId, Per};
use crate::plan::Plan;

/// Everything that is missing for requests to these models, and to the models that judge.
///
/// # Errors
/// A client cannot be created.
pub async fn missing(
    plan: &Plan,
    (connections, needed): (&Per<EndpointId, Option<Connection>>, &BTreeSet<ModelId>),
    context: &Context<'_>,
) -> Result<Vec<Error>, Error> {
    let mut found = of(plan, connections, needed);
    found.extend(of_judges(plan, context).await?);
    Ok(found)
}

/// Everything that is missing for the models that judge.
///
/// # Errors
/// A client cannot be created.
pub async fn of_judges(plan: &Plan, context: &Context<'_>) -> Result<Vec<Error>, Error> {
    let judges = plan.judges.iter();
    let judges =
        judges.flat_map(|judges| std::iter::once(&judges.score).chain(judges.others.iter().map(|(_, judge)| judge)));
    let models: Vec<_> = judges.flat_map(|judge| judge.models.iter().cloned()).collect();
    if models.is_empty() {
        return Ok(Vec::new());
    }
    let asked = Plan { models: models.into(), ..plan.clone() };
    let connections = connect(&asked, context).await?;
    Ok(of(&asked, &connections, &asked.models.ids().collect()))
}

fn of(plan: &Plan, connections: &Per<EndpointId, Option<Connection>>, needed: &BTreeSet<ModelId>) -> Vec<Error> {
    plan.endpoints.ids().filter_map(|id| require_one(plan, connections, id, needed).err()).collect()
}
