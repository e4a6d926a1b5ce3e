//! Calibrates the length of made prompts: what servers count of two prompts tells how many words the wanted tokens are.
//!
//! Their responses are kept in the store like any other, so a rerun finds them, makes the same prompts and sends nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dataset::{Gauge, gauging_prompts};
use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::generate::{Ending, generate};
use crate::engine::generated::Generated;
use crate::engine::servers::connect::{Connection, see_models, unconnected};
use crate::engine::stored::responses::Responses;
use crate::engine::stored::sites;
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::id::{DatasetId, EndpointId, Id, ModelId, Per};
use crate::plan::Plan;
use crate::response::Response;
use crate::store::SeenModel;
use crate::work::Work;

/// What was asked, or is to be asked, to calibrate the prompts of a dataset.
pub struct Calibration {
    /// The plan by which it is asked.
    pub plan: Plan,
    /// The requests.
    pub work: Work,
}

/// The servers, and what they said of the models.
pub(in crate::engine) type Servers<'s> = (&'s Per<EndpointId, Option<Connection>>, &'s Per<ModelId, Option<SeenModel>>);

/// Calibrates every dataset that wants it, by what is stored; with a budget, what is missing is asked first.
///
/// # Errors
/// A server answers a calibration with a fault, or the store fails.
pub(super) async fn calibrate(
    plan: &mut Plan,
    servers: Servers<'_>,
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<Vec<Calibration>, Error> {
    let mut calibrations = Vec::new();
    for dataset in plan.gauged() {
        let own = plan.gauging(dataset);
        let mut work = Work::new(&own, vec![gauging_prompts(&plan.datasets[dataset])].into(), servers.1)?;
        sites::leave(&own, &mut work, &*context.store)?;
        let stored = Generated::stored(&work, context)?;
        let generated = match budget.filter(|_| stored.unsent > 0) {
            Some(budget) => Box::pin(generate(&own, &mut work, servers.0, (budget, Ending::Waits), context)).await?,
            None => stored,
        };
        let told = Told::of(&Responses { plan: &own, work: &work, store: &*context.store, failed: &generated.failed })?;
        told.check(plan, dataset)?;
        told.settle(plan, dataset, generated.line(work.slots.len()), context);
        calibrations.push(Calibration { plan: own, work });
    }
    Ok(calibrations)
}

/// Calibrates by what is stored, without asking any server.
///
/// # Errors
/// The store cannot be read.
pub async fn recall(plan: &mut Plan, context: &Context<'_>) -> Result<(), Error> {
    let connections = unconnected(plan);
    let seen = see_models(plan, &connections, context).await?;
    calibrate(plan, (&connections, &seen), None, context).await.map(drop)
}

/// What the servers told.
struct Told {
    /// The responses to both prompts, by model.
    responses: BTreeMap<ModelId, [Option<Response>; 2]>,
}

impl Told {
    fn of(responses: &Responses<'_>) -> Result<Self, Error> {
        let work = responses.work;
        let mut told = Self { responses: BTreeMap::new() };
        work.slots.iter().for_each(|slot| {
            told.responses.entry(work.batch_of(slot).model_id).or_default();
        });
        let places: Vec<usize> = (0..work.slots.len()).collect();
        for (place, response) in responses.read(&places)? {
            let slot = &work.slots[place];
            let of_model = told.responses.entry(work.batch_of(slot).model_id).or_default();
            if let Some(own) = of_model.get_mut(slot.sample.place()) {
                *own = Some(response);
            }
        }
        Ok(told)
    }

    /// Prompts of an assumed length would be paid for, and made anew once the server can be asked.
    fn check(&self, plan: &Plan, dataset: DatasetId) -> Result<(), Error> {
        for (model, responses) in &self.responses {
            let Some(failed) = responses.iter().flatten().find(|response| response.status.is_fault()) else { continue };
            return Err(Error::Calibration {
                model: plan.models[*model].name.clone(),
                dataset: plan.datasets[dataset].name.clone(),
                message: failed.fault.clone().unwrap_or_else(|| failed.status.to_string()),
            });
        }
        Ok(())
    }

    /// Sets the gauges, and says what they are.
    fn settle(&self, plan: &mut Plan, dataset: DatasetId, requests: String, context: &Context<'_>) {
        let (mut lengths, mut open) = (Vec::new(), 0);
        for (model, responses) in &self.responses {
            let name = &plan.models[*model].name;
            let [Some(once), Some(twice)] = responses else {
                open += 1;
                continue;
            };
            let counts = once.usage.prompt_tokens.zip(twice.usage.prompt_tokens);
            match counts.and_then(|(once, twice)| Gauge::of([once, twice])) {
                Some(gauge) => {
                    lengths.push(format!("{name} {:.2} tokens per word", gauge.tokens_per_word()));
                    plan.set_gauge(*model, dataset, gauge);
                }
                None => lengths.push(format!("{name} counts no words, so their length is an assumption")),
            }
        }
        let name = &plan.datasets[dataset].name;
        if !lengths.is_empty() {
            context.finished(Stage::Fetch, format!("calibration of {name}: {requests}: {}", lengths.join(", ")));
        }
        if open > 0 {
            context.warn(format!(
                "the prompts of `{name}` are an estimate for {}: `apply` calibrates their length first, with 2 requests to each",
                counted(open, "model")
            ));
        }
    }
}
