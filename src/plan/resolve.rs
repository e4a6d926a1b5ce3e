//! Spec + environment → plan: fills in defaults, resolves paths, looks up references.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::default_charts::default_charts;
use super::endpoint::{EndpointPlan, SecretHeader, Target};
use super::gating::Gating;
use super::judge_plan::Judges;
use super::load::{Extent, LoadPlan, SloPlan};
use super::model::ModelPlan;
use super::names::{plain, short_name};
use super::observing::Observing;
use super::resolved::Plan;
use super::search::Search;
use super::serving::ServePlan;
use super::shard::Shard;
use super::{baseline, check, golds, headers, judges, listed_prices, models, output, price_age, sites, traces};
use crate::dataset::{self, DatasetPlan, ExamplesPlan, FewShotPlan, SourcePlan, Trace};
use crate::endpoint::address;
use crate::endpoint::provider::Server;
use crate::endpoint::providers::{self, Source};
use crate::endpoint::replay::cassette::Cassette;
use crate::endpoint::wire::{Proxies, Trust};
use crate::id::Id;
use crate::level::{Arrivals, Level};
use crate::prompt::PromptForm;
use crate::secret::Secret;
use crate::spec::Document;
use crate::spec::diagnostic::{Diagnosis, Problem};
use crate::spec::expand::Environment;
use crate::spec::scalar::{HumanDuration, OneOrMany, Scalar};
use crate::spec::tree::PathSegment;
use crate::spec::types::{ArrivalsSpec, DatasetSpec, EndpointSpec, LoadSpec, SloSpec, SourceSpec, Spec};

/// Options of the command line.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Maximum number of rows per dataset.
    pub limit: Option<usize>,
    /// Results that gates compare with, in place of those of the spec.
    pub baseline: Option<PathBuf>,
    /// The part of the experiment that is asked, if it is one of several.
    pub shard: Option<Shard>,
    /// The site that this run is at.
    pub site: Option<String>,
}

/// Resolves a spec into a plan.
///
/// # Errors
/// Every problem of the file, including those found while reading it.
pub fn resolve(mut document: Document, environment: &Environment, options: &Options) -> Result<Plan, Diagnosis> {
    let folder = document.path.parent().unwrap_or(Path::new("")).to_owned();
    let mut problems = listed_prices::fill(&mut document, &folder);
    problems.extend(check::check(&document));
    let traces = traces::read(&mut document, &folder, options.limit, &mut problems);
    let spec = document.spec.clone();
    let mut datasets = datasets(&document, (&folder, &traces), options, &mut problems);
    let mut endpoints = endpoints(&document, &folder, environment, &mut problems);
    let mut models = models::models(&document, (&mut endpoints, environment), &mut problems);
    let judges = judges::judges(&document, &endpoints, (&folder, environment), &mut problems);
    golds::note((&document, &mut datasets), &judges, &mut problems);
    if judges.iter().flat_map(Judges::all).any(|judge| judge.judge.reads_alternatives()) {
        models.iter_mut().for_each(|model| ask_for_alternatives(model, &endpoints));
    }
    let has_alternatives = models.iter().any(|model| model.parameters.options.top_logprobs.is_some());
    problems.extend(refused_options(&document, &endpoints, &models));
    let output = output::output(&document, (&folder, environment), options.shard, &mut problems);
    if output.folder.file_name().is_none() || output.folder == plain(&folder) {
        let problem = Problem::new("the output folder must not be the folder of the spec or a root")
            .help("use a folder of its own, such as `../outputs/NAME`; the store is written beside it");
        problems.push(document.located(problem, &[PathSegment::Key("output".into()), PathSegment::Key("dir".into())]));
    }
    let paths = (folder.as_path(), output.folder.as_path());
    let baseline = baseline::read(&document, paths, options.baseline.as_deref(), &mut problems);
    if !problems.is_empty() || !document.problems.is_empty() {
        return Err(document.diagnosis(problems));
    }
    for (dataset, judges) in datasets.iter_mut().zip(&judges) {
        dataset.rotations = judges.score.rotations;
    }
    let levels = traces::level(&traces).unwrap_or_else(|| levels(&spec.load));
    let counts = (models.len(), levels.len());
    let charts = spec.charts.clone().unwrap_or_else(|| default_charts(&spec, counts, has_alternatives));
    Ok(Plan {
        datasets: datasets.into(),
        endpoints: endpoints.into(),
        models: models.into(),
        levels: levels.into(),
        search: spec.load.find.as_ref().map(Search::new),
        load: load(&spec.load, spec.until.is_some()),
        slo: slo(spec.slo.as_ref()),
        proxies: Proxies::of(|name| environment.get(name).cloned()),
        charts,
        priced_on: price_age::dates(spec.pricing.as_ref()),
        currency: spec.pricing.map(|pricing| pricing.currency),
        gating: Gating { gates: spec.gates, until: spec.until, prefer: spec.prefer, baseline, unsure_fails: true },
        budget: output::budget(spec.budget.unwrap_or_default(), options.shard, &output.store),
        judges: judges.into(),
        generation: spec.generation,
        lock: document.path.with_extension("lock"),
        name: spec.name,
        description: spec.description,
        output,
        limit: options.limit,
        site: sites::here(&spec.models, options.site.as_deref()),
        shard: options.shard,
        fresh: None,
        meeting: None,
        is_overridden: options.limit.is_some() || options.shard.is_some() || document.is_overridden(),
        document,
    })
}

/// Closed loops before open ones, each in the order of the spec.
fn levels(spec: &LoadSpec) -> Vec<Level> {
    let arrivals = match spec.arrivals {
        ArrivalsSpec::Poisson => Arrivals::Poisson,
        ArrivalsSpec::Constant => Arrivals::Constant,
    };
    let closed = spec.concurrency.iter().flat_map(|counts| counts.iter().map(|count| Level::Concurrency(*count)));
    let open = spec.rate.iter().flat_map(|rates| rates.iter().map(|rate| Level::Rate(rate.0, arrivals)));
    let levels: Vec<Level> = closed.chain(open).collect();
    let is_silent = spec.concurrency.is_none() && spec.rate.is_none();
    // A search sets its own levels, beginning with the smallest.
    let first = spec.find.map_or(NonZeroU32::MIN, |find| find.concurrency.low);
    if is_silent { vec![Level::Concurrency(first)] } else { levels }
}

fn load(spec: &LoadSpec, is_shuffled: bool) -> LoadPlan {
    let extent = match (spec.requests, spec.duration) {
        (Some(requests), _) => Extent::Requests(requests),
        (None, Some(duration)) => Extent::Duration(duration.0),
        (None, None) => Extent::Dataset,
    };
    LoadPlan {
        extent,
        is_shuffled,
        seed: spec.seed,
        cache_bust: spec.cache_bust,
        warmup: spec.warmup,
        pause: spec.pause.0,
        connect_timeout: spec.connect_timeout.0,
        first_byte_timeout: spec.first_byte_timeout.unwrap_or(spec.timeout).0,
        timeout: spec.timeout.0,
        stall_timeout: spec.stall_timeout.0,
        deadline: spec.deadline.0,
        attempts: spec.attempts,
    }
}

fn slo(spec: Option<&SloSpec>) -> SloPlan {
    let limit = |pick: fn(&SloSpec) -> Option<HumanDuration>| spec.and_then(pick).map(|limit| limit.0);
    SloPlan { ttft: limit(|slo| slo.ttft), tpot: limit(|slo| slo.tpot), latency: limit(|slo| slo.latency) }
}

fn datasets(
    document: &Document,
    (folder, traces): (&Path, &[Option<Arc<Trace>>]),
    options: &Options,
    problems: &mut Vec<Problem>,
) -> Vec<DatasetPlan> {
    let mut plans: Vec<DatasetPlan> = Vec::new();
    for (index, spec) in document.spec.datasets.iter().enumerate() {
        let path = [PathSegment::Key("datasets".into()), PathSegment::Index(index)];
        // A trace that cannot be read has a problem of its own.
        let Some(mut plan) = dataset(spec, folder, traces[index].clone()) else { continue };
        plan.follow_ups = follow_ups(&document.spec, spec);
        plan.limit = [plan.limit, options.limit].into_iter().flatten().min();
        let files = file_paths(&plan);
        for missing in files.iter().filter(|file| !file.is_file()) {
            let problem = if missing.exists() {
                Problem::new(format!("{} is not a file", missing.display()))
                    .help("only regular files are read, not folders, pipes or devices")
            } else {
                Problem::new(format!("file {} does not exist", missing.display()))
                    .help("paths are relative to the folder of the spec")
            };
            problems.push(document.located(problem, &path));
        }
        if plans.iter().any(|other| other.name == plan.name) {
            let problem = Problem::new(format!("two datasets are called `{}`", plan.name))
                .help("give one of them another `name`");
            problems.push(document.located(problem, &path));
        }
        plans.push(plan);
    }
    plans
}

fn file_paths(plan: &DatasetPlan) -> Vec<PathBuf> {
    let mut files = Vec::new();
    if let SourcePlan::File { paths, .. } = &plan.source {
        files.extend(paths.iter().filter(|path| !path.is_dir() && !dataset::is_pattern(path)).cloned());
    }
    if let Some(FewShotPlan { source: ExamplesPlan::File(path), .. }) = &plan.few_shot {
        files.push(path.clone());
    }
    files
}

fn dataset(spec: &DatasetSpec, folder: &Path, trace: Option<Arc<Trace>>) -> Option<DatasetPlan> {
    let (source, name) = match &spec.source {
        SourceSpec::Hub(hub) => {
            let subsets: Option<Vec<String>> = hub.subsets.as_ref().map(|subsets| subsets.to_vec());
            let short = hub.repo.rsplit('/').next().unwrap_or(&hub.repo).to_owned();
            let name = match subsets.as_deref() {
                Some([one]) if one != "all" => one.clone(),
                _ => short,
            };
            let source = SourcePlan::Hub {
                repo: hub.repo.clone(),
                subsets,
                split: hub.split.clone(),
                revision: hub.revision.clone(),
                pinned: None,
            };
            (source, name)
        }
        SourceSpec::File(file) => {
            let name = file.path.first().map_or_else(String::new, |path| short_name(path));
            let paths = file.path.iter().map(|path| plain(&folder.join(path))).collect();
            (SourcePlan::File { paths, encoding: file.encoding }, name)
        }
        SourceSpec::Synthetic(synthetic) => (SourcePlan::Synthetic(synthetic.clone()), "synthetic".to_owned()),
        SourceSpec::Trace(spec) => (SourcePlan::Trace(trace?), short_name(&spec.path)),
    };
    let few_shot = spec.few_shot.as_ref().filter(|few_shot| few_shot.count > 0).map(|few_shot| FewShotPlan {
        count: few_shot.count,
        source: match &few_shot.path {
            Some(path) => ExamplesPlan::File(plain(&folder.join(path))),
            None => ExamplesPlan::Split(few_shot.split.clone().unwrap_or_else(|| "dev".into())),
        },
    });
    Some(DatasetPlan {
        name: spec.name.clone().unwrap_or(name),
        source,
        columns: spec.columns.clone(),
        is_unjudged: false,
        needs_answers: false,
        filter: filter(spec),
        on_bad_row: spec.on_bad_row,
        shuffle_choices: spec.shuffle_choices,
        rotations: None,
        follow_ups: 0,
        shuffle: spec.shuffle,
        limit: spec.limit,
        few_shot,
    })
}

/// How many turns the prompt adds to each question of a dataset.
fn follow_ups(spec: &Spec, dataset: &DatasetSpec) -> usize {
    PromptForm::of(std::iter::once(&spec.prompt).chain(&dataset.prompt)).follow_ups.len()
}

fn filter(spec: &DatasetSpec) -> BTreeMap<String, OneOrMany<String>> {
    let texts = |values: &OneOrMany<Scalar>| OneOrMany(values.iter().map(|value| value.0.clone()).collect());
    spec.filter.iter().map(|(column, values)| (column.clone(), texts(values))).collect()
}

fn endpoints(
    document: &Document,
    folder: &Path,
    environment: &Environment,
    problems: &mut Vec<Problem>,
) -> Vec<EndpointPlan> {
    let mut plans = Vec::new();
    for (name, spec) in &document.spec.endpoints {
        match endpoint(name, spec, folder, environment) {
            Ok(plan) => plans.push(plan),
            Err(message) => {
                let path = [PathSegment::Key("endpoints".into()), PathSegment::Key(name.clone())];
                problems.push(document.located(Problem::new(message), &path));
            }
        }
    }
    plans
}

fn endpoint(name: &str, spec: &EndpointSpec, folder: &Path, environment: &Environment) -> Result<EndpointPlan, String> {
    let source = Source::of(spec);
    let key_variable = source.key_variable().map(str::to_owned);
    let extras = source.extras();
    let (provider, target, unload, serve, batch) = match source {
        Source::Server(server) => {
            let url = url(&server)?;
            let serve = server.serve.map(|serve| ServePlan::new(serve, &url, folder)).transpose()?;
            (server.provider, Target::Url(url), server.unloads, serve, server.batch)
        }
        Source::Recording(cassette) => {
            let path = plain(&folder.join(cassette));
            let cassette = Cassette::load(&path).map_err(|error| error.to_string())?;
            let provider = providers::api(&cassette.label.api)
                .ok_or_else(|| format!("the cassette has an unknown API `{}`", cassette.label.api))?;
            (provider, Target::Cassette { path, sha256: cassette.sha256 }, false, None, None)
        }
    };
    let secret = key_variable.as_ref().and_then(|variable| secret_in(environment, variable));
    let headers = extras.map_or(Ok(Vec::new()), |extras| headers::written(extras.headers))?;
    let secret_header = |(header, variable): (&String, &String)| SecretHeader {
        name: header.clone(),
        variable: variable.clone(),
        value: secret_in(environment, variable),
    };
    let secret_headers = extras.into_iter().flat_map(|extras| extras.headers_env).map(secret_header).collect();
    let ca_file = extras.and_then(|extras| extras.ca_file).map(|file| plain(&folder.join(file)));
    let observing = match (extras, &target) {
        (Some(extras), Target::Url(url)) => Observing::new(extras, url)?,
        _ => Observing::default(),
    };
    let trust = ca_file.map_or_else(|| Ok(Trust::default()), |file| Trust::of_file(&file, "ca_file"))?;
    let name = name.to_owned();
    let site = None;
    Ok(EndpointPlan {
        name,
        provider,
        target,
        site,
        key_variable,
        secret,
        headers,
        secret_headers,
        unload,
        trust,
        serve,
        observing,
        batch,
    })
}

fn secret_in(environment: &Environment, variable: &str) -> Option<Secret> {
    environment.get(variable).filter(|value| !value.trim().is_empty()).map(|value| Secret::new(value))
}

/// The address of a server with its query. One that is started may have a port that is not known yet.
fn url(server: &Server<'_>) -> Result<String, String> {
    let read = |text: &str| with_query(server.provider.base_url(text)?, server.extras.query);
    if server.serve.is_none() { read(server.url) } else { address::with_stand_in(server.url, read) }
}

/// An address with a query.
fn with_query(url: String, query: &BTreeMap<String, String>) -> Result<String, String> {
    if query.is_empty() {
        return Ok(url);
    }
    let pairs: Vec<(&String, &String)> = query.iter().collect();
    let with = reqwest::Url::parse_with_params(&url, pairs).map_err(|error| format!("`query`: {error}"))?;
    Ok(format!("{url}?{}", with.query().unwrap_or_default()))
}

/// Asks for as many alternatives as the server gives, unless the spec says how many.
fn ask_for_alternatives(model: &mut ModelPlan, endpoints: &[EndpointPlan]) {
    let most = endpoints.get(model.endpoint.place()).and_then(|endpoint| endpoint.provider.most_alternatives());
    let own = model.asking.iter_mut().map(|asking| &mut asking.parameters);
    for parameters in own.chain([&mut model.parameters]) {
        parameters.options.top_logprobs.get_or_insert(most.unwrap_or(1));
    }
}

/// Why an API of texts cannot be asked, and what to do.
pub const NO_MESSAGES: &str =
    "it takes one text and not several messages: set its `api: chat`, or write one `template`";

/// Options of requests that the API of a model does not have.
fn refused_options(document: &Document, endpoints: &[EndpointPlan], models: &[ModelPlan]) -> Vec<Problem> {
    let refused = endpoints.iter().enumerate().filter_map(|(place, endpoint)| {
        let own = || models.iter().filter(|model| model.endpoint.place() == place);
        let parameters = || own().flat_map(ModelPlan::all_parameters);
        let why =
            parameters().find_map(|parameters| endpoint.provider.refuse(parameters)).map(|why| ("generation", why));
        let is_chat = || own().flat_map(|model| &*model.asking).any(|asking| asking.form.is_chat());
        let chat = || (!endpoint.provider.takes_messages() && is_chat()).then(|| ("prompt", NO_MESSAGES.to_owned()));
        Some((endpoint, why.or_else(chat)?))
    });
    let problem = |(endpoint, (section, why)): (&EndpointPlan, (&str, String))| {
        let problem = Problem::new(format!("endpoint `{}` cannot be asked like this: {why}", endpoint.name));
        document.located(problem, &[PathSegment::Key(section.into())])
    };
    refused.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_detours() {
        for (path, expected) in [
            ("experiments/../outputs/x", "outputs/x"),
            ("./a/./b", "a/b"),
            ("../a", "../a"),
            ("../../a/../b", "../../b"),
            ("/a/../b", "/b"),
        ] {
            assert_eq!(plain(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
