//! Checks of datasets whose prompts are made.

use super::found::{Found, key};
use crate::format::counted;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;
use crate::spec::types::{BadRow, ColumnsSpec, DatasetSpec, Spec, SyntheticSpec};

/// Most tokens of all prompts of a source; they are held in memory, at some 5 bytes each.
pub(super) const MOST_TOKENS: f64 = 1e8;

/// What does not fit prompts that are made.
pub(super) fn synthetic(spec: &Spec) -> Found {
    let mut found = Found::new();
    for (index, dataset) in spec.datasets.iter().enumerate() {
        let Some(source) = dataset.synthetic() else { continue };
        let path = [key("datasets"), PathSegment::Index(index)];
        found.extend(settings_of_rows(dataset, &path));
        let is_busted = spec.load.cache_bust;
        let problems = [prefix(source, is_busted), size(source)].into_iter().flatten().map(|(name, problem)| {
            let place = [&path[..], &[key("source"), key("synthetic"), key(name)]].concat();
            (place, problem)
        });
        found.extend(problems);
        let is_limited = dataset.generation.as_ref().is_some_and(|generation| generation.max_tokens.is_some());
        if is_limited && source.output_tokens.is_some() {
            let problem = Problem::new("`output_tokens` and `generation.max_tokens` of a dataset cannot be combined");
            let place = [&path[..], &[key("generation"), key("max_tokens")]].concat();
            found.push((place, problem.help("keep one of them; both limit the tokens of an answer")));
        }
    }
    found
}

/// Settings of rows, which made prompts do not have.
pub(super) fn settings_of_rows(dataset: &DatasetSpec, path: &[PathSegment]) -> Found {
    let given = [
        ("columns", dataset.columns != ColumnsSpec::default()),
        ("filter", !dataset.filter.is_empty()),
        ("on_bad_row", dataset.on_bad_row != BadRow::default()),
        ("shuffle_choices", dataset.shuffle_choices.is_some()),
        ("shuffle", dataset.shuffle.is_some()),
        ("few_shot", dataset.few_shot.is_some()),
    ];
    let given = given.into_iter().filter(|(_, is_given)| *is_given);
    let problem = |name| Problem::new(format!("`{name}` is of rows, and prompts that are made have none"));
    given.map(|(name, _)| ([path, &[key(name)]].concat(), problem(name).help("remove it"))).collect()
}

fn prefix(source: &SyntheticSpec, is_busted: bool) -> Option<(&'static str, Problem)> {
    let problem = if source.prefix_tokens == 0 {
        return None;
    } else if f64::from(source.prefix_tokens) >= source.least_tokens() {
        let least = source.least_tokens();
        Problem::new(format!(
            "a prefix of {} tokens leaves nothing of the shortest prompt, which has {least:.0}",
            source.prefix_tokens
        ))
        .help("lower `prefix_tokens` or `spread`, or raise `input_tokens`; `input_tokens` includes the prefix")
    } else if is_busted {
        Problem::new("`prefix_tokens` is a prefix that prompts share, and `load.cache_bust` puts a nonce before it")
            .help("remove one of them")
    } else {
        return None;
    };
    Some(("prefix_tokens", problem))
}

fn size(source: &SyntheticSpec) -> Option<(&'static str, Problem)> {
    let tokens = f64::from(source.input_tokens) * source.samples as f64;
    let problem = || {
        Problem::new(format!(
            "{} of {} are too many",
            counted(source.samples, "prompt"),
            counted(source.input_tokens, "token")
        ))
        .help(format!(
            "the maximum is {MOST_TOKENS} tokens in all; `load.requests` and `load.duration` ask prompts again"
        ))
    };
    (tokens > MOST_TOKENS).then(|| ("samples", problem()))
}
