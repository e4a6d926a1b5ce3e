//! Checks that need more than one field of a spec.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::found::{Found, key};
use super::names::{PLAIN_NAME, is_plain_name};
use super::prices::MOST_TIERS;
use super::resolved::MOST_REQUESTS;
use super::search::{Search, fewest_responses};
use super::{check_batch, check_prompts, check_synthetic, check_tools, check_trace, check_verdicts, sites, until};
use crate::endpoint::providers::Source;
use crate::format::percent;
use crate::spec::Document;
use crate::spec::chart_files::chart_file;
use crate::spec::diagnostic::{Problem, suggestion};
use crate::spec::keys::is_key;
use crate::spec::prefer::Preference;
use crate::spec::tree::{PathSegment, Value};
use crate::spec::types::{EndpointSpec, PriceSpec, PricingSpec, SloSpec, Spec};

/// All problems of a spec that show without I/O.
pub(super) fn check(document: &Document) -> Vec<Problem> {
    let spec = &document.spec;
    let found = name(spec)
        .into_iter()
        .chain(unique_models(spec))
        .chain(blank_names(spec))
        .chain(sites::check(spec))
        .chain(unique_levels(spec))
        .chain(extent(spec))
        .chain(search(spec))
        .chain(until::check(spec))
        .chain(check_batch::check(spec))
        .chain(size(spec))
        .chain(service_levels(spec))
        .chain(prices(spec, document))
        .chain(check_prompts::templates(spec))
        .chain(charts_of_cost(spec))
        .chain(check_verdicts::unjudged(spec))
        .chain(check_tools::tools(spec))
        .chain(preferences(spec))
        .chain(check_synthetic::synthetic(spec))
        .chain(check_trace::trace(spec))
        .chain(unique_charts(spec))
        .chain(budget(spec))
        .chain(repositories(spec))
        .chain(pasted_keys(spec));
    let found = found.map(|(path, problem)| document.located(problem, &path));
    found.chain(expanded_keys(document)).collect()
}

/// The variables that hold the keys of an endpoint.
fn key_variables(endpoint: &EndpointSpec) -> Vec<&str> {
    let source = Source::of(endpoint);
    let headers = source.extras().into_iter().flat_map(|extras| extras.headers_env.values().map(String::as_str));
    source.key_variable().into_iter().chain(headers).collect()
}

/// A key in place of the name of its variable. The key is not shown, because logs are read by others.
fn pasted_keys(spec: &Spec) -> Found {
    let pasted = spec.endpoints.iter().filter(|(_, endpoint)| key_variables(endpoint).into_iter().any(is_key));
    pasted
        .map(|(name, _)| {
            let problem = Problem::new("`api_key_env` or `headers_env` holds a key instead of the name of a variable")
                .help(
                    "put the key into an environment variable and write the name of that variable, \
                 such as `api_key_env: OPENAI_API_KEY`; revoke a key that others may have read",
                );
            (vec![key("endpoints"), key(name)], problem)
        })
        .collect()
}

/// The text of a spec is written into tables, reports and the store; a key must only be sent.
fn expanded_keys(document: &Document) -> Vec<Problem> {
    let of_models = document.spec.models.iter().flat_map(|model| model.headers_env.values().map(String::as_str));
    let keys: BTreeSet<&str> = document.spec.endpoints.values().flat_map(key_variables).chain(of_models).collect();
    let leaked = document.expansions.iter().filter(|expansion| keys.contains(expansion.variable.as_str()));
    leaked
        .map(|expansion| {
            Problem::new(format!(
                "`${{{}}}` holds the key of an endpoint and would be written to output files",
                expansion.variable
            ))
            .at(expansion.span.clone())
            .help("name the variable in `api_key_env`, and remove it here")
        })
        .collect()
}

/// True if a key of a section was removed because its value was invalid.
pub(super) fn was_pruned(document: &Document, section: &str, key: &str) -> bool {
    let section = document.root.at(&[PathSegment::Key(section.to_owned())]);
    matches!(section.map(|node| &node.value), Some(Value::Table(table)) if table.pruned.iter().any(|name| name == key))
}

/// Maximum number of arrivals of one level, the same as of `load.requests`.
const MOST_ARRIVALS: f64 = 1e6;

/// Two charts of one file would overwrite each other.
fn unique_charts(spec: &Spec) -> Found {
    let mut files = BTreeSet::new();
    let twice = spec.charts.iter().flatten().enumerate().filter(|(_, chart)| !files.insert(chart_file(chart)));
    twice
        .map(|(index, _)| {
            let problem =
                Problem::new("duplicate chart").help("both charts would be written to the same file; remove one");
            (vec![key("charts"), PathSegment::Index(index)], problem)
        })
        .collect()
}

fn name(spec: &Spec) -> Found {
    // An empty one has a problem of its own.
    if spec.name.is_empty() || is_plain_name(&spec.name) && !spec.name.starts_with('.') {
        return Vec::new();
    }
    let problem = Problem::new(format!("`{}` is not a valid folder name on every system", spec.name))
        .help(format!("use {PLAIN_NAME}, and put free text into `description`"));
    vec![(vec![key("name")], problem)]
}

fn unique_models(spec: &Spec) -> Found {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    let mut labels = BTreeSet::new();
    for (index, model) in spec.models.iter().enumerate() {
        let path = |field: &str| vec![key("models"), PathSegment::Index(index), key(field)];
        if !names.insert(&model.name) {
            let problem = Problem::new(format!("two models are called `{}`", model.name)).help(
                "to ask one model on two endpoints, give each entry its own `name` and put the model's name into `model`",
            );
            found.push((path("name"), problem));
        } else if !labels.insert(model.label.as_ref().unwrap_or(&model.name)) {
            let problem = Problem::new("two models have the same label")
                .help("give each model its own `label`; charts show the label");
            found.push((path("label"), problem));
        }
    }
    found
}

/// Names that show nothing; empty ones are refused as the spec is read.
fn blank_names(spec: &Spec) -> Found {
    let mut found = Vec::new();
    for (index, model) in spec.models.iter().enumerate() {
        let texts = [("name", Some(&model.name)), ("label", model.label.as_ref())];
        for (field, _) in texts.iter().filter(|(_, text)| text.is_some_and(|text| text.trim().is_empty())) {
            let problem = Problem::new(format!("the {field} is blank")).help("write at least one letter or digit");
            found.push((vec![key("models"), PathSegment::Index(index), key(field)], problem));
        }
    }
    found
}

fn unique_levels(spec: &Spec) -> Found {
    let twice = |name: &str| vec![(vec![key("load"), key(name)], Problem::new("duplicate load level"))];
    let mut found = Vec::new();
    if spec.load.concurrency.as_ref().is_some_and(|levels| levels.iter().collect::<BTreeSet<_>>().len() < levels.len())
    {
        found.extend(twice("concurrency"));
    }
    if spec.load.rate.as_ref().is_some_and(|levels| levels.iter().collect::<BTreeSet<_>>().len() < levels.len()) {
        found.extend(twice("rate"));
    }
    found
}

/// Only one key may set the number of requests.
fn extent(spec: &Spec) -> Found {
    let load = &spec.load;
    let mut found = Vec::new();
    if load.requests.is_some() && load.duration.is_some() {
        let problem = Problem::new("`load.requests` and `load.duration` cannot be combined").help("keep one of them");
        found.push((vec![key("load"), key("duration")], problem));
    }
    if (load.requests.is_some() || load.duration.is_some()) && spec.generation.repeats > 1 {
        let problem = Problem::new("`generation.repeats` cannot be combined with `load.requests` or `load.duration`")
            .help("remove `repeats`; a shorter dataset is asked again automatically");
        found.push((vec![key("generation"), key("repeats")], problem));
    }
    let fastest = load.rate.iter().flat_map(|rates| rates.iter()).map(|rate| rate.0.per_second()).fold(0.0, f64::max);
    let arrivals = load.duration.map_or(0.0, |duration| duration.0.as_secs_f64() * fastest);
    if arrivals > MOST_ARRIVALS {
        let problem = Problem::new(format!("a level of {arrivals:.0} arrivals is too large"))
            .help(format!("the maximum is {MOST_ARRIVALS}; use a shorter `duration` or a lower `rate`"));
        found.push((vec![key("load"), key("duration")], problem));
    }
    if load.duration.is_some_and(|duration| duration.0.is_zero()) {
        found.push((vec![key("load"), key("duration")], Problem::new("`load.duration` must be greater than zero")));
    }
    found
}

/// Costs are known only with prices.
fn preferences(spec: &Spec) -> Found {
    let by_cost = spec.prefer.iter().position(|rule| *rule == Preference::Cost).filter(|_| spec.pricing.is_none());
    let problem = |place| {
        let problem = Problem::new("`cost` decides nothing without prices").help("set `pricing`, or remove the rule");
        (vec![key("prefer"), PathSegment::Index(place)], problem)
    };
    by_cost.map(problem).into_iter().collect()
}

/// A search needs a service level that it can show, and sets the levels itself.
fn search(spec: &Spec) -> Found {
    let Some(find) = &spec.load.find else { return Vec::new() };
    let at = |field: &str| vec![key("load"), key("find"), key(field)];
    let mut found = Vec::new();
    if spec.load.concurrency.is_some() || spec.load.rate.is_some() {
        let problem = Problem::new("`load.find` cannot be combined with `load.concurrency` or `load.rate`")
            .help("remove them; the search measures the levels that it needs");
        found.push((vec![key("load"), key("find")], problem));
    }
    if !spec.slo.as_ref().is_some_and(|slo| *slo != SloSpec::default()) {
        let problem =
            Problem::new("`load.find` needs a service level").help("set `slo`, such as `slo: { latency: 2s }`");
        found.push((vec![key("load"), key("find")], problem));
    }
    if !(find.attained > 0.0 && find.attained < 1.0) {
        let problem = Problem::new(format!("a share of {} cannot be shown", find.attained))
            .help("write a number above 0 and below 1, such as `0.95`");
        found.push((at("attained"), problem));
        return found;
    }
    let fewest = fewest_responses(find.attained);
    if spec.load.requests.is_some_and(|requests| as_wide(requests) < u128::from(fewest)) {
        let problem = Problem::new(format!("so few requests cannot show that {} are good", percent(find.attained)))
            .help(format!("the interval of {fewest} good responses is the first to reach it; ask at least as many"));
        found.push((vec![key("load"), key("requests")], problem));
    }
    found
}

/// Rejects a run that is too large before anything is fetched; the number of rows is checked later.
fn size(spec: &Spec) -> Found {
    let load = &spec.load;
    let levels =
        load.concurrency.as_ref().map_or(0, |levels| levels.len()) + load.rate.as_ref().map_or(0, |rates| rates.len());
    let levels = load.find.as_ref().map_or(levels, |find| Search::new(find).most_probes());
    let per_question = u128::from(spec.generation.repeats) * as_wide(levels.max(1)) * as_wide(spec.models.len());
    let (place, count) = match load.requests {
        Some(requests) => (vec![key("load"), key("requests")], as_wide(requests) * per_question),
        None if load.duration.is_some() => return Vec::new(),
        None => (vec![key("generation"), key("repeats")], per_question),
    };
    if count <= as_wide(MOST_REQUESTS) {
        return Vec::new();
    }
    let problem = Problem::new(format!("a run of {count} requests is too large"))
        .help(format!("the maximum is {MOST_REQUESTS}, counted as repeats (or requests) × levels × models"));
    vec![(place, problem)]
}

fn as_wide(count: usize) -> u128 {
    u128::try_from(count).unwrap_or(u128::MAX)
}

/// Times of tokens are known only for streams.
fn service_levels(spec: &Spec) -> Found {
    let Some(slo) = spec.slo.as_ref().filter(|_| !spec.generation.stream) else { return Vec::new() };
    let unseen = [("ttft", slo.ttft), ("tpot", slo.tpot)].into_iter().filter(|(_, limit)| limit.is_some());
    unseen
        .map(|(name, _)| {
            let problem = Problem::new(format!("`slo.{name}` needs `generation.stream: true`"));
            (
                vec![key("slo"), key(name)],
                problem.help(format!("set `generation.stream: true`, or remove `slo.{name}`")),
            )
        })
        .collect()
}

fn prices(spec: &Spec, document: &Document) -> Found {
    let Some(pricing) = &spec.pricing else { return Vec::new() };
    let names: Vec<&str> = spec.models.iter().chain(spec.judge_models()).map(|model| model.name.as_str()).collect();
    let mut found = Vec::new();
    for (name, price) in &pricing.models {
        let path = vec![key("pricing"), key("models"), key(name)];
        if !names.contains(&name.as_str()) && document.problems.is_empty() {
            let problem = Problem::new(format!("a price for unknown model `{name}`"));
            found.push((path.clone(), problem.help(suggestion(name, &names))));
        }
        found.extend(date(&path, price.as_of.as_deref()));
        found.extend(tiers(&path, price));
    }
    found.extend(machines(spec, pricing, document));
    found
}

/// Tiers that do not ascend, or are too many.
fn tiers(price: &[PathSegment], spec: &PriceSpec) -> Found {
    let path = |more: &[PathSegment]| [price, &[key("tiers")], more].concat();
    let pairs = spec.tiers.iter().zip(spec.tiers.iter().skip(1)).enumerate();
    let falling = pairs.filter(|(_, (tier, next))| next.above <= tier.above).map(|(index, (tier, _))| {
        let problem = Problem::new("the tiers of a price have to ascend");
        let help = format!("write an `above` of more than {}", tier.above);
        (path(&[PathSegment::Index(index + 1), key("above")]), problem.help(help))
    });
    let many = (spec.tiers.len() > MOST_TIERS).then(|| {
        (
            path(&[]),
            Problem::new(format!("a price has at most {MOST_TIERS} tiers")).help("remove those that no prompt reaches"),
        )
    });
    falling.chain(many).collect()
}

fn machines(spec: &Spec, pricing: &PricingSpec, document: &Document) -> Found {
    let names: Vec<&str> = spec.endpoints.keys().map(String::as_str).collect();
    let mut found = Vec::new();
    for (name, machine) in &pricing.machines {
        let path = vec![key("pricing"), key("machines"), key(name)];
        if !names.contains(&name.as_str()) && document.problems.is_empty() {
            let problem = Problem::new(format!("a price for unknown endpoint `{name}`"));
            found.push((path.clone(), problem.help(suggestion(name, &names))));
        }
        found.extend(date(&path, machine.as_of.as_deref()));
    }
    found
}

/// A problem if the `as_of` of a price is not a date.
fn date(price: &[PathSegment], as_of: Option<&str>) -> Found {
    let wrong = as_of.filter(|text| !is_day(text));
    let problem = |text| Problem::new(format!("`{text}` is not a date")).help("write YYYY-MM-DD");
    wrong.map(|text| ([price, &[key("as_of")]].concat(), problem(text))).into_iter().collect()
}

/// A date of the calendar, with four, two and two digits: chrono alone also accepts `26-2-1`.
fn is_day(text: &str) -> bool {
    text.len() == "YYYY-MM-DD".len()
        && text.starts_with(|c: char| c.is_ascii_digit())
        && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn charts_of_cost(spec: &Spec) -> Found {
    if spec.pricing.is_some() {
        return Vec::new();
    }
    let charts = spec.charts.iter().flatten().enumerate();
    let of_cost = charts.filter(|(_, chart)| chart.needs_prices());
    of_cost
        .map(|(index, _)| {
            let problem = Problem::new("a chart of cost needs prices").help("add a `pricing` section");
            (vec![key("charts"), PathSegment::Index(index)], problem)
        })
        .collect()
}

/// A limit on cost needs a price for every model.
fn budget(spec: &Spec) -> Found {
    let limited = spec.budget.as_ref().is_some_and(|budget| budget.max_cost.is_some());
    let unpriced = |name: &String| spec.pricing.as_ref().is_none_or(|pricing| !pricing.models.contains_key(name));
    let Some(model) = spec.models.iter().find(|model| limited && unpriced(&model.name)) else { return Vec::new() };
    let problem = Problem::new(format!("`budget.max_cost` needs a price for every model; `{}` has none", model.name))
        .help("add the price to `pricing`, or set `max_requests` or `max_time` instead");
    vec![(vec![key("budget"), key("max_cost")], problem)]
}

fn repositories(spec: &Spec) -> Found {
    let mut found = Vec::new();
    for (index, dataset) in spec.datasets.iter().enumerate() {
        let crate::spec::types::SourceSpec::Hub(hub) = &dataset.source else {
            let is_file = !dataset.is_made();
            if is_file
                && dataset.few_shot.as_ref().is_some_and(|few_shot| few_shot.path.is_none() && few_shot.count > 0)
            {
                let problem = Problem::new("`few_shot` of a file needs a file").help("set `few_shot.path`");
                found.push((vec![key("datasets"), PathSegment::Index(index), key("few_shot")], problem));
            }
            continue;
        };
        let parts: Vec<&str> = hub.repo.split('/').collect();
        if parts.len() != 2 || parts.iter().any(|part| part.is_empty() || part.contains(char::is_whitespace)) {
            let path = vec![key("datasets"), PathSegment::Index(index), key("source"), key("hub"), key("repo")];
            let problem = Problem::new(format!("`{}` is not a repository name", hub.repo));
            found.push((path, problem.help("write `owner/name`, such as `cais/mmlu`")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_days() {
        for day in ["2026-01-31", "2024-02-29", "0001-01-01"] {
            assert!(is_day(day), "{day}");
        }
        for other in [
            "2026-02-31",
            "2025-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-01-01",
            "+026-01-01",
            "",
            "2026-01-01T",
        ] {
            assert!(!is_day(other), "{other}");
        }
    }
}
