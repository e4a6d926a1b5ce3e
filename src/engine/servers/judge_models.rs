//! The models that judge, and what their servers say of them.

use super::connect::{connect, require_known, see_models, unconnected, warn_of_unknown};
use crate::engine::Context;
use crate::error::Error;
use crate::id::{ModelId, Per};
use crate::lock::Policy;
use crate::plan::{Judges, ModelPlan, Plan};
use crate::store::SeenModel;

/// The models that judge, each once.
pub struct JudgeModels {
    models: Per<ModelId, ModelPlan>,
    seen: Per<ModelId, Option<SeenModel>>,
}

impl JudgeModels {
    /// Asks the servers of all models that judge, unless nothing is sent.
    ///
    /// # Errors
    /// A client cannot be created, the store fails, or a server that was never seen is unreachable.
    pub async fn see(plan: &Plan, (policy, is_sending): (Policy, bool), context: &Context<'_>) -> Result<Self, Error> {
        let models = models(plan);
        if models.is_empty() {
            return Ok(Self { models: Vec::new().into(), seen: Vec::new().into() });
        }
        let asked = Plan { models: models.into(), ..plan.clone() };
        let mut connections = match is_sending {
            true => connect(&asked, context).await?,
            false => unconnected(&asked),
        };
        let seen = see_models(&asked, &connections, context).await?;
        if policy == Policy::Look {
            // What the models that are judged share with them was said already.
            plan.models.iter().for_each(|model| connections[model.endpoint] = None);
            warn_of_unknown(&asked, &connections, context);
        } else {
            require_known(&asked, &connections, context)?;
        }
        Ok(Self { models: asked.models, seen })
    }

    /// All of them, with what is known of each.
    pub fn all(&self) -> impl Iterator<Item = (&ModelPlan, Option<&SeenModel>)> {
        self.models.iter().zip(&self.seen).map(|(model, seen)| (model, seen.as_ref()))
    }

    /// The names of those of which something is known.
    pub fn seen(&self) -> impl Iterator<Item = (&str, &SeenModel)> {
        self.all().filter_map(|(model, seen)| Some((model.name.as_str(), seen?)))
    }

    /// What is known of these models, in their order.
    pub fn of(&self, models: &Per<ModelId, ModelPlan>) -> Per<ModelId, Option<SeenModel>> {
        let known = |wanted: &ModelPlan| self.all().find(|(model, _)| model.name == wanted.name)?.1.cloned();
        models.iter().map(known).collect()
    }
}

/// The models of all judges, each name once.
fn models(plan: &Plan) -> Vec<ModelPlan> {
    let mut models: Vec<ModelPlan> = Vec::new();
    for model in plan.judges.iter().flat_map(Judges::all).flat_map(|judge| &judge.models) {
        if models.iter().all(|known| known.name != model.name) {
            models.push(model.clone());
        }
    }
    models
}
