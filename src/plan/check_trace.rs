//! Checks of a run that replays a trace.

use super::check_synthetic::settings_of_rows;
use super::found::{Found, key};
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::Spec;

/// What cannot be combined with a trace: it is the load, and sets the lengths of prompts and answers.
pub(super) fn trace(spec: &Spec) -> Found {
    let Some(index) = spec.datasets.iter().position(|dataset| dataset.trace().is_some()) else { return Found::new() };
    let dataset = &spec.datasets[index];
    let path = [key("datasets"), PathSegment::Index(index)];
    let mut found = settings_of_rows(dataset, &path);
    if spec.datasets.len() > 1 {
        let problem =
            Problem::new("a trace is the only dataset of its experiment, because it is the schedule of all requests");
        found.push((path.to_vec(), problem.help("give the other datasets an experiment of their own")));
    }
    let load = &spec.load;
    let given = [
        ("concurrency", load.concurrency.is_some()),
        ("rate", load.rate.is_some()),
        ("requests", load.requests.is_some()),
        ("duration", load.duration.is_some()),
        ("find", load.find.is_some()),
    ];
    for (name, _) in given.into_iter().filter(|(_, is_given)| *is_given) {
        let problem = Problem::new(format!("`load.{name}` cannot be combined with a trace, which is the load"))
            .help("remove it; `speed` of the trace and `limit` of the dataset change the load");
        found.push((vec![key("load"), key(name)], problem));
    }
    if spec.until.is_some() {
        let problem = Problem::new("`until` cannot be combined with a trace, which is the schedule of all requests");
        found.push((vec![key("until")], problem.help("remove it")));
    }
    if load.cache_bust {
        let problem =
            Problem::new("`load.cache_bust` puts a nonce before the prefixes that the prompts of a trace share");
        found.push((vec![key("load"), key("cache_bust")], problem.help("remove it")));
    }
    if spec.generation.repeats > 1 {
        let problem = Problem::new("`generation.repeats` cannot be combined with a trace").help("remove it");
        found.push((vec![key("generation"), key("repeats")], problem));
    }
    found.extend(limits(spec, &path));
    found
}

/// Limits of answers, which the trace sets.
fn limits(spec: &Spec, dataset: &[PathSegment]) -> Found {
    let own =
        spec.datasets.iter().filter(|of| of.trace().is_some()).map(|of| (dataset.to_vec(), of.generation.as_ref()));
    let models = spec.models.iter().enumerate();
    let models = models.map(|(index, of)| (vec![key("models"), PathSegment::Index(index)], of.generation.as_ref()));
    let given = own.chain(models).filter(|(_, generation)| generation.is_some_and(|own| own.max_tokens.is_some()));
    given
        .map(|(mut path, _)| {
            path.extend([key("generation"), key("max_tokens")]);
            let problem = Problem::new("`max_tokens` cannot be combined with a trace, whose `output_length` it is");
            (path, problem.help("remove it"))
        })
        .collect()
}
