//! Checks of endpoints that are asked through a batch API: it gives answers and no times, all of them at once.

use std::num::NonZeroU32;

use super::found::{Found, key};
use crate::endpoint::providers::Source;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{EndpointSpec, LoadSpec, ModelSpec, Spec};

/// What cannot be asked through a batch API, and prices that are not those of one.
pub(super) fn check(spec: &Spec) -> Found {
    let mut found = endpoints(spec);
    let asked: Vec<&ModelSpec> = spec.models.iter().filter(|model| is_by_batch(spec, model)).collect();
    if let Some(model) = asked.first() {
        found.extend(times(spec, model));
    }
    found.extend(sites(spec));
    found.extend(prices(spec));
    found
}

fn is_by_batch(spec: &Spec, model: &ModelSpec) -> bool {
    let endpoint = spec.endpoints.get(&model.endpoint);
    matches!(endpoint.map(Source::of), Some(Source::Server(server)) if server.batch.is_some())
}

/// Endpoints whose server or API has no batches.
fn endpoints(spec: &Spec) -> Found {
    let problem = |(name, endpoint): (&String, &EndpointSpec)| {
        let Source::Server(server) = Source::of(endpoint) else { return None };
        server.batch?;
        let (why, help) = if server.serve.is_some() {
            ("a server that a run starts has no batch API", "remove `batch` or `serve`")
        } else if server.provider.batch_api().is_none() {
            ("this API has no batches", "remove `batch`, or ask the API for chats")
        } else {
            return None;
        };
        Some((vec![key("endpoints"), key(name)], Problem::new(why).help(help)))
    };
    spec.endpoints.iter().filter_map(problem).collect()
}

/// Settings that ask for times, which answers of a batch do not have, or that decide by answers what is asked next.
fn times(spec: &Spec, model: &ModelSpec) -> Found {
    let LoadSpec { concurrency, rate, find, duration, requests, cache_bust, .. } = &spec.load;
    let is_parallel = concurrency.as_ref().is_some_and(|levels| levels.iter().any(|level| *level != NonZeroU32::MIN));
    let made = spec.datasets.iter().position(|dataset| dataset.is_made());
    let in_load = |name| vec![key("load"), key(name)];
    let given = [
        (is_parallel, in_load("concurrency")),
        (rate.is_some(), in_load("rate")),
        (find.is_some(), in_load("find")),
        (duration.is_some(), in_load("duration")),
        (requests.is_some(), in_load("requests")),
        (*cache_bust, in_load("cache_bust")),
        (spec.slo.is_some(), vec![key("slo")]),
        (spec.until.is_some(), vec![key("until")]),
        (made.is_some(), vec![key("datasets"), PathSegment::Index(made.unwrap_or_default())]),
    ];
    let given = given.into_iter().filter(|(is_given, _)| *is_given);
    let problem = |(_, path): (bool, Vec<PathSegment>)| {
        let what = match path.last() {
            Some(PathSegment::Key(name)) if path.len() > 1 => format!("`load.{name}`"),
            Some(PathSegment::Key(name)) => format!("`{name}`"),
            _ => "a dataset that measures speed".to_owned(),
        };
        let problem = Problem::new(format!(
            "{what} cannot be combined with the batch API of `{}`: its answers come all together and have no times",
            model.endpoint
        ));
        (path, problem.help("remove one of them, or measure speed in a spec of its own, without `batch`"))
    };
    given.map(problem).collect()
}

/// Models whose times are compared between machines.
fn sites(spec: &Spec) -> Found {
    let models = spec.models.iter().enumerate();
    let placed = models.filter(|(_, model)| model.site.is_some() && is_by_batch(spec, model));
    placed
        .map(|(index, _)| {
            let problem = Problem::new("sites compare times, and answers of a batch API have none");
            (vec![key("models"), PathSegment::Index(index)], problem.help("remove `batch`, or the model's site"))
        })
        .collect()
}

/// Prices that hold for requests that are asked one by one, of models that are asked otherwise.
fn prices(spec: &Spec) -> Found {
    let Some(pricing) = &spec.pricing else { return Found::new() };
    let asked = spec.models.iter().chain(spec.judge_models()).filter(|model| is_by_batch(spec, model));
    let priced = asked.filter_map(|model| Some((&model.name, pricing.models.get(&model.name)?)));
    let unfit = priced.filter(|(_, price)| price.batch_input.is_none() || price.batch_output.is_none());
    unfit
        .map(|(name, _)| {
            let problem = Problem::new(format!("the price of `{name}` is not that of a batch API"));
            let help = format!("set `batch_input` and `batch_output` in `pricing.models.{name}`");
            (vec![key("pricing"), key("models"), key(name)], problem.help(help))
        })
        .collect()
}
