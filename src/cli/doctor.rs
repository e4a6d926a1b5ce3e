//! `smallbench doctor`: checks everything a run needs; sends no billable request.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::session::Session;
use super::spec_arguments::Spec;
use super::{apply, process_env, storing};
use crate::console::text::{fold, printable};
use crate::dataset;
use crate::dataset::HubSettings;
use crate::endpoint::client::Run;
use crate::endpoint::probe::Probe;
use crate::engine::Context;
use crate::engine::prepare::{Sending, prepare};
use crate::engine::servers::metrics_page::MetricsPage;
use crate::engine::servers::{connect, readiness};
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::files::{check_could_be_written, folder_of};
use crate::format::counted;
use crate::host::EnergyMeter;
use crate::id::ModelId;
use crate::judge::Judge;
use crate::lock::Policy;
use crate::plan::{EndpointPlan, Plan};
use crate::program;
use crate::stop::Stop;
use crate::store::Store;

/// Free space below which the check fails.
const LEAST_FREE_BYTES: u64 = 1 << 30;

/// Maximum number of models listed.
const MOST_NAMED: usize = 8;

/// Earliest plausible time of the clock.
const EARLIEST_TIME: &str = "2026-01-01T00:00:00Z";

/// The result of one check.
struct Finding {
    subject: String,
    outcome: Result<String, String>,
}

impl Finding {
    fn of(subject: impl Into<String>, outcome: Result<String, Error>) -> Self {
        let outcome = outcome.map_err(|error| match error.hint() {
            Some(hint) => format!("{error}; {hint}"),
            None => error.to_string(),
        });
        Self { subject: subject.into(), outcome }
    }
}

pub(super) fn run(arguments: &Spec, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(arguments)?;
    let hub = session.hub();
    let mut findings = vec![Finding { subject: "spec".into(), outcome: Ok(arguments.spec.display().to_string()) }];
    findings.push(clock());
    findings.push(disk(&plan.output.folder));
    findings.extend(folders(&plan));
    let looked_at = storing::to_look_at(&plan);
    let store = looked_at.as_ref().map(|(store, _)| store);
    findings.push(health(&plan, store));
    findings.extend(keys(&plan));
    findings.extend(programs(&plan, session));
    let runtime = apply::runtime()?;
    let data = runtime.block_on(data(&plan, &hub));
    let has_data = data.iter().all(|finding| finding.outcome.is_ok());
    findings.extend(data);
    if let Ok(store) = store {
        findings.extend(runtime.block_on(endpoints(&plan, session, (&hub, has_data), store)));
    }
    let reporter = session.reporter(false);
    for Finding { subject, outcome } in &findings {
        let (mark, text) = match outcome {
            Ok(text) => ("ok  ", text),
            Err(text) => ("FAIL", text),
        };
        let line = printable(&format!("{mark}  {subject}: {text}"));
        reporter.result(&fold(&line, reporter.width(), "      "));
    }
    reporter.written()?;
    Ok(if findings.iter().all(|finding| finding.outcome.is_ok()) { Exit::Success } else { Exit::Internal })
}

fn clock() -> Finding {
    let now = process_env::clock();
    let set = EARLIEST_TIME.parse::<DateTime<Utc>>().is_ok_and(|earliest| now >= earliest);
    let text = process_env::now();
    let wrong = format!("{text} is too early; set the clock, certificates and time stamps depend on it");
    Finding { subject: "clock".into(), outcome: if set { Ok(text) } else { Err(wrong) } }
}

/// Free space at the store, taken at the nearest folder that exists.
fn disk(folder: &Path) -> Finding {
    let there = folder.ancestors().find(|folder| folder.is_dir()).map_or_else(|| PathBuf::from("."), Path::to_owned);
    let outcome = match free_bytes(&there) {
        Some(free) if free < LEAST_FREE_BYTES => {
            Err(format!("{} MiB free at {}; free some space before a long run", free >> 20, there.display()))
        }
        Some(free) => Ok(format!("{} GiB free at {}", free >> 30, there.display())),
        None => Ok("free space is unknown on this system".into()),
    };
    Finding { subject: "disk".into(), outcome }
}

/// The folders that a run writes.
fn folders(plan: &Plan) -> Vec<Finding> {
    let lock = (!plan.lock.exists()).then(|| folder_of(&plan.lock));
    let folders = [plan.output.folder.as_path(), plan.output.outer.as_path()].into_iter().chain(lock);
    let folders: BTreeSet<&Path> = folders.collect();
    let look = |folder: &Path| {
        let outcome = check_could_be_written(folder).map(|()| "can be written".to_owned());
        Finding::of(format!("folder {}", folder.display()), outcome.map_err(Error::from))
    };
    folders.into_iter().map(look).collect()
}

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

fn health(plan: &Plan, store: Result<&Arc<dyn Store>, &Error>) -> Finding {
    let path = &plan.output.store;
    let outcome = match store {
        Err(error) => Err(format!("{error}; {}", error.hint().unwrap_or_default())),
        Ok(store) => match store.examine() {
            Ok(responses) => Ok(format!("{path} is intact, {}", counted(responses, "response"))),
            Err(error) => Err(format!("{error}; {}", error.hint())),
        },
    };
    Finding { subject: "store".into(), outcome }
}

fn keys(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    for endpoint in &plan.endpoints {
        let own = endpoint.key_variable.iter().map(|variable| (variable, endpoint.secret.is_some()));
        let headers = endpoint.secret_headers.iter().map(|header| (&header.variable, header.value.is_some()));
        for (variable, is_set) in own.chain(headers) {
            let outcome = match (is_set, endpoint.sends_key_in_the_open()) {
                (false, _) => Err(format!("environment variable {variable} is not set; set it to the key")),
                (true, true) => Err(format!("{} would receive the key unencrypted; use https", endpoint.place())),
                (true, false) => Ok(format!("{variable} is set")),
            };
            findings.push(Finding { subject: format!("key of endpoint `{}`", endpoint.name), outcome });
        }
    }
    findings
}

/// The programs that judge.
fn programs(plan: &Plan, session: &Session) -> Vec<Finding> {
    let judges = plan
        .judges
        .iter()
        .flat_map(|judges| std::iter::once(&judges.score).chain(judges.others.iter().map(|(_, judge)| judge)));
    let programs: BTreeSet<&Path> = judges
        .filter_map(|judge| match &*judge.judge {
            Judge::Command(command) => Some(command.program.as_path()),
            _ => None,
        })
        .collect();
    let look = |program: &Path| Finding {
        subject: format!("judge `{}`", program.display()),
        outcome: found(program, session).map(|file| format!("found at {}", file.display())),
    };
    programs.into_iter().map(look).collect()
}

fn found(program: &Path, session: &Session) -> Result<PathBuf, String> {
    program::found(program, session.environment.get("PATH").map(OsStr::new))
}

async fn data(plan: &Plan, hub: &HubSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wanted in &plan.datasets {
        let fetched = dataset::fetch(wanted, hub).await.map_err(Error::from);
        let outcome = fetched.map(|dataset| counted(dataset.questions(), "question"));
        findings.push(Finding::of(format!("dataset `{}`", wanted.name), outcome));
    }
    findings
}

async fn endpoints(
    plan: &Plan,
    session: &Session,
    (hub, has_data): (&HubSettings, bool),
    store: &Arc<dyn Store>,
) -> Vec<Finding> {
    let stop = Stop::default();
    let observer = |_: &Event| {};
    let confirm = |_: &str| false;
    let store = Arc::clone(store);
    let run = Run::start("doctor");
    let secrets = session.secrets.clone();
    let context = Context {
        store,
        hub,
        observer: &observer,
        stop: &stop,
        run,
        confirm: &confirm,
        secrets,
        recorder: None,
        keeps_score: false,
        own: PathBuf::new(),
    };
    let connections = match connect::connect(plan, &context).await {
        Ok(connections) => connections,
        Err(error) => return vec![Finding::of("endpoints", Err(error))],
    };
    let mut findings = Vec::new();
    for (id, endpoint) in plan.endpoints.with_ids() {
        let own = plan.models.with_ids().filter(|(_, model)| model.endpoint == id);
        let needed: BTreeSet<ModelId> = own.map(|(model, _)| model).collect();
        if needed.is_empty() {
            continue;
        }
        if let Some(serve) = &endpoint.serve {
            let outcome = found(&serve.program, session);
            let outcome = outcome.map(|file| format!("{}; `apply` starts it when it is needed", file.display()));
            findings.push(Finding { subject: format!("server of endpoint `{}`", endpoint.name), outcome });
            continue;
        }
        let outcome = connect::require(plan, &connections, &needed);
        let probe = connections[id].as_ref().and_then(|connection| connection.probe.as_ref().ok());
        let wanted: Vec<&str> = needed.iter().map(|model| plan.models[*model].model.as_str()).collect();
        let outcome = outcome.map(|()| format!("{} answers{}", endpoint.place(), models(probe, &wanted)));
        // The error names its endpoint.
        let subject = if outcome.is_ok() { format!("endpoint `{}`", endpoint.name) } else { "endpoint".to_owned() };
        findings.push(Finding::of(subject, outcome));
        findings.extend(metrics(plan, endpoint, session).await);
        findings.extend(energy(endpoint));
    }
    if has_data {
        findings.extend(prompts(plan, &context).await);
    }
    match readiness::of_judges(plan, &context).await {
        Ok(missing) => findings.extend(missing.into_iter().map(|error| Finding::of("endpoint of a judge", Err(error)))),
        Err(error) => findings.push(Finding::of("endpoint of a judge", Err(error))),
    }
    findings
}

/// Whether a server says what it does, where it is asked.
async fn metrics(plan: &Plan, endpoint: &EndpointPlan, session: &Session) -> Option<Finding> {
    let page = endpoint.observing.metrics.as_ref()?;
    let said = MetricsPage::new(plan, endpoint, (page, &endpoint.place()), &session.secrets).said().await;
    let told = said.map(|said| {
        let odd = said.odd.map_or_else(String::new, |odd| format!("; others are left out: {odd}"));
        format!("{} says {}{odd}", page.url, counted(said.words.len(), "figure"))
    });
    let outcome = told.map_err(|why| format!("{} cannot be read: {why}", page.url));
    Some(Finding { subject: format!("metrics of endpoint `{}`", endpoint.name), outcome })
}

/// Whether the counters of this machine can be read, where they are asked for.
fn energy(endpoint: &EndpointPlan) -> Option<Finding> {
    let outcome = endpoint.observing.energy.then(EnergyMeter::new)?;
    let outcome = outcome.map(|meter| format!("{} can be read", meter.of()));
    Some(Finding { subject: format!("energy of endpoint `{}`", endpoint.name), outcome })
}

/// What is wrong with the prompts, the judges or the lock file for these rows.
async fn prompts(plan: &Plan, context: &Context<'_>) -> Option<Finding> {
    let prepared = prepare(&mut plan.clone(), (Policy::Look, Sending::Nothing), None, context).await;
    prepared.err().map(|error| Finding::of("prompts", Err(error)))
}

/// Which of the wanted models a server lists. Only Ollama's list is complete: others may serve a
/// model that they do not list.
fn models(probe: Option<&Probe>, wanted: &[&str]) -> String {
    let Some(probe) = probe else { return String::new() };
    let absent: Vec<&str> = wanted.iter().copied().filter(|name| probe.model(name).is_none()).collect();
    let (there, all) = (wanted.len() - absent.len(), counted(wanted.len(), "model"));
    if probe.models.is_none() && probe.mentioned.is_empty() {
        return "; it lists no models, so a missing model shows only when it is asked".to_owned();
    }
    if absent.is_empty() {
        return format!(", {there} of {all} found");
    }
    let named: Vec<&str> = probe.mentioned.iter().map(|model| model.name.as_str()).take(MOST_NAMED).collect();
    format!(", {there} of {all} found; `{}` is not listed, the server lists {}", absent.join("`, `"), named.join(", "))
}
