//! The models of a spec, resolved.

use super::{EndpointPlan, ModelPlan, Price, check};
use crate::id::{EndpointId, Id};
use crate::spec::Document;
use crate::spec::diagnostic::{Problem, suggestion};
use crate::spec::tree::PathSegment;
use crate::spec::types::{GenerationSpec, ModelSpec};

/// The models, in the order of the spec.
pub(super) fn models(document: &Document, endpoints: &[EndpointPlan], problems: &mut Vec<Problem>) -> Vec<ModelPlan> {
    let plans = document.spec.models.iter().enumerate().filter_map(|(index, spec)| {
        let path = [PathSegment::Key("models".into()), PathSegment::Index(index)];
        model(spec, &path, (document, endpoints, &document.spec.generation), problems)
    });
    plans.collect()
}

/// A model of the spec, whose own settings go before those of a `generation`; none, and a problem, if its endpoint is not
/// defined.
pub(super) fn model(
    model: &ModelSpec,
    path: &[PathSegment],
    (document, endpoints, generation): (&Document, &[EndpointPlan], &GenerationSpec),
    problems: &mut Vec<Problem>,
) -> Option<ModelPlan> {
    let spec = &document.spec;
    let known: Vec<&str> = spec.endpoints.keys().map(String::as_str).collect();
    let Some(endpoint) = known.iter().position(|name| *name == model.endpoint) else {
        // An endpoint that was removed because of another problem still counts as defined.
        if !check::was_pruned(document, "endpoints", &model.endpoint) {
            let path = [path, &[PathSegment::Key("endpoint".into())]].concat();
            let problem = Problem::new(format!("unknown endpoint `{}`", model.endpoint))
                .help(suggestion(&model.endpoint, &known));
            problems.push(document.located(problem, &path));
        }
        return None;
    };
    let price = spec.pricing.as_ref().and_then(|pricing| pricing.models.get(&model.name));
    let machine = spec.pricing.as_ref().and_then(|pricing| pricing.machines.get(&model.endpoint));
    let generation = model.generation.clone().unwrap_or_default().over(generation);
    Some(ModelPlan {
        name: model.name.clone(),
        model: model.model.clone().unwrap_or_else(|| model.name.clone()),
        label: model.label.clone().unwrap_or_else(|| model.name.clone()),
        endpoint: EndpointId::at(endpoint),
        parameters: super::parameters(&generation),
        // An endpoint that is missing here has a problem of its own.
        price: price
            .zip(endpoints.iter().find(|plan| plan.name == model.endpoint))
            .map(|(price, endpoint)| Price::of(price, endpoint.provider.output_limit(generation.max_tokens))),
        machine_per_hour: machine.filter(|_| price.is_none()).map(|machine| machine.per_hour),
    })
}
