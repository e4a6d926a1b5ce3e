//! The models of a spec, resolved.

use std::sync::Arc;

use serde_json::Value as Json;

use super::endpoint::EndpointPlan;
use super::model::{Asking, ModelPlan};
use super::prices::Price;
use super::{check, own_endpoint};
use crate::answer_form::AskedForm;
use crate::id::{EndpointId, Id};
use crate::prompt::PromptForm;
use crate::request::{Parameters, RequestOptions};
use crate::response::Response;
use crate::shorten::labels;
use crate::spec::Document;
use crate::spec::diagnostic::{Problem, suggestion};
use crate::spec::expand::Environment;
use crate::spec::tree::PathSegment;
use crate::spec::types::{GenerationSpec, ModelSpec, PromptSpec};

/// The models, in the order of the spec. One with headers or a site gets an endpoint of its own.
pub(super) fn models(
    document: &Document,
    (endpoints, environment): (&mut Vec<EndpointPlan>, &Environment),
    problems: &mut Vec<Problem>,
) -> Vec<ModelPlan> {
    let mut plans = Vec::with_capacity(document.spec.models.len());
    for (index, spec) in document.spec.models.iter().enumerate() {
        let path = [PathSegment::Key("models".into()), PathSegment::Index(index)];
        let Some(mut plan) = model((spec, None), &path, (document, endpoints), problems) else { continue };
        match own_endpoint::endpoint(spec, endpoints, environment) {
            Ok(own) => plan.endpoint = own.unwrap_or(plan.endpoint),
            Err(message) => problems.push(document.located(Problem::new(message), &path)),
        }
        plans.push(plan);
    }
    let labels = labels(&plans.iter().map(|plan| plan.label.as_str()).collect::<Vec<_>>());
    plans.iter_mut().zip(labels).for_each(|(plan, label)| plan.label = label);
    plans
}

/// A model of the spec; none, and a problem, if its endpoint is not defined. `base` is what a judge generates by.
pub(super) fn model(
    (model, base): (&ModelSpec, Option<&GenerationSpec>),
    path: &[PathSegment],
    (document, endpoints): (&Document, &[EndpointPlan]),
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
    if base.is_some() && model.vary.is_some() {
        let problem = Problem::new("`vary` is of the models that are compared").help("list each judge of its own");
        problems.push(document.located(problem, &[path, &[PathSegment::Key("vary".into())]].concat()));
    }
    if base.is_some() && !(model.headers.is_empty() && model.headers_env.is_empty()) {
        let problem = Problem::new("a judge has the headers of its endpoint").help("give it an endpoint of its own");
        problems.push(document.located(problem, path));
    }
    if base.is_some() && model.site.is_some() {
        let problem = Problem::new("a judge has no `site`: its times are not compared").help("remove `site`");
        problems.push(document.located(problem, &[path, &[PathSegment::Key("site".into())]].concat()));
    }
    let price = spec.pricing.as_ref().and_then(|pricing| pricing.models.get(&model.name));
    let machine = spec.pricing.as_ref().and_then(|pricing| pricing.machines.get(&model.endpoint));
    let own = model.generation.clone().unwrap_or_default();
    let generation = own.over(base.unwrap_or(&spec.generation));
    let asking = spec.datasets.iter().map(|dataset| {
        let of_dataset = dataset.own_generation().filter(|_| base.is_none());
        let generation = of_dataset.map_or_else(|| generation.clone(), |of| own.over(&of.over(&spec.generation)));
        // What is made is asked as it stands, without the instruction to answer briefly.
        let plain = PromptSpec { template: Some("{{ question }}".to_owned()), ..PromptSpec::default() };
        let plain = dataset.is_made().then_some(&plain);
        let layers = [plain, Some(&spec.prompt), dataset.prompt.as_ref(), model.prompt.as_ref()];
        Asking {
            form: Arc::new(PromptForm::of(layers.into_iter().flatten())),
            parameters: parameters(&generation),
            answer_form: generation.response_format.as_ref().map(AskedForm::of),
            gauge: None,
        }
    });
    let mut plan = ModelPlan {
        asking: asking.collect(),
        name: model.name.clone(),
        model: model.model.clone().unwrap_or_else(|| model.name.clone()),
        label: model.label.clone().unwrap_or_else(|| model.name.clone()),
        endpoint: EndpointId::at(endpoint),
        site: model.site.as_deref().map(Into::into),
        parameters: parameters(&generation),
        price: None,
        batch_price: None,
        is_by_batch: false,
        machine_per_hour: machine.filter(|_| price.is_none()).map(|machine| machine.per_hour),
    };
    // An endpoint that is missing here has a problem of its own.
    if let Some(endpoint) = endpoints.iter().find(|plan| plan.name == model.endpoint) {
        let limit = plan.output_limit(&*endpoint.provider);
        plan.is_by_batch = endpoint.batch.is_some();
        plan.price = price.map(|price| Price::of(price, limit));
        plan.batch_price = price.and_then(|price| Price::of_batch(price, limit));
    }
    Some(plan)
}

impl ModelPlan {
    /// The price at which it is asked.
    pub fn price_to_ask(&self) -> Option<&Price> {
        if self.is_by_batch { self.batch_price.as_ref() } else { self.price.as_ref() }
    }

    /// The price of a response, by the way on which it came.
    pub fn price_of(&self, response: &Response) -> Option<&Price> {
        if response.batch().is_some() { self.batch_price.as_ref() } else { self.price.as_ref() }
    }
}

/// The parameters of requests that a section `generation` asks for.
fn parameters(generation: &GenerationSpec) -> Parameters {
    Parameters {
        max_tokens: generation.max_tokens,
        temperature: generation.temperature,
        top_p: generation.top_p,
        top_k: generation.top_k,
        seed: generation.seed,
        stop: generation.stop.clone(),
        stream: generation.stream,
        num_ctx: generation.num_ctx,
        options: RequestOptions {
            min_p: generation.min_p,
            presence_penalty: generation.presence_penalty,
            frequency_penalty: generation.frequency_penalty,
            repeat_penalty: generation.repeat_penalty,
            think: generation.think.map(|think| think.0),
            top_logprobs: generation.top_logprobs,
            tools: generation.tools.clone(),
            response_format: generation.response_format.clone(),
            extra_body: generation.extra_body.clone().map(Json::Object),
        },
    }
}
