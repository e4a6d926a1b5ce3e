//! `smallbench doctor`: checks everything a run needs; sends no billable request.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::arguments::Spec;
use super::session::Session;
use super::{apply, process_env};
use crate::dataset;
use crate::dataset::HubSettings;
use crate::endpoint::client::Run;
use crate::endpoint::probe::Probe;
use crate::engine::{Context, connect};
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::format::counted;
use crate::id::ModelId;
use crate::plan::Plan;
use crate::program;
use crate::stop::Stop;
use crate::store::{SqliteStore, Store};

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
    let looked_at = process_env::store_to_look_at(&plan).map(|(store, scratch)| (Arc::new(store), scratch));
    let store = looked_at.as_ref().map(|(store, _)| store);
    findings.push(health(&plan, store));
    findings.extend(keys(&plan));
    let runtime = apply::runtime()?;
    findings.extend(runtime.block_on(data(&plan, &hub)));
    if let Ok(store) = store {
        findings.extend(runtime.block_on(endpoints(&plan, session, &hub, store)));
    }
    let reporter = session.reporter(false);
    for Finding { subject, outcome } in &findings {
        let (mark, text) = match outcome {
            Ok(text) => ("ok  ", text),
            Err(text) => ("FAIL", text),
        };
        reporter.result(&crate::console::text::printable(&format!("{mark}  {subject}: {text}")));
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

#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_: &Path) -> Option<u64> {
    None
}

fn health(plan: &Plan, store: Result<&Arc<SqliteStore>, &Error>) -> Finding {
    let path = plan.output.store.display();
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
    let keyed = plan.endpoints.iter().filter_map(|endpoint| Some((endpoint, endpoint.key_variable.as_ref()?)));
    keyed
        .map(|(endpoint, variable)| {
            let outcome = match (&endpoint.secret, endpoint.sends_key_in_the_open()) {
                (None, _) => Err(format!("environment variable {variable} is not set; set it to the key")),
                (Some(_), true) => Err(format!("{} would receive the key unencrypted; use https", endpoint.place())),
                (Some(_), false) => Ok(format!("{variable} is set")),
            };
            Finding { subject: format!("key of endpoint `{}`", endpoint.name), outcome }
        })
        .collect()
}

async fn data(plan: &Plan, hub: &HubSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wanted in &plan.datasets {
        let fetched = dataset::fetch(wanted, hub).await.map_err(Error::from);
        let outcome = fetched.map(|dataset| counted(dataset.samples.len(), "question"));
        findings.push(Finding::of(format!("dataset `{}`", wanted.name), outcome));
    }
    findings
}

async fn endpoints(plan: &Plan, session: &Session, hub: &HubSettings, store: &Arc<SqliteStore>) -> Vec<Finding> {
    let stop = Stop::default();
    let observer = |_: &Event| {};
    let confirm = |_: &str| false;
    let store: Arc<dyn Store> = Arc::<SqliteStore>::clone(store);
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
            let path = session.environment.get("PATH").map(OsStr::new);
            let outcome = program::found(&serve.program, path);
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
    }
    findings
}

/// Which of the wanted models a server lists. Only Ollama's list is complete: others may serve a
/// model that they do not list.
fn models(probe: Option<&Probe>, wanted: &[&str]) -> String {
    let Some(probe) = probe else { return String::new() };
    let absent: Vec<&str> = wanted.iter().copied().filter(|name| probe.model(name).is_none()).collect();
    let (there, all) = (wanted.len() - absent.len(), wanted.len());
    if probe.models.is_none() && probe.mentioned.is_empty() {
        return "; it lists no models, so a missing model shows only when it is asked".to_owned();
    }
    if absent.is_empty() {
        return format!(", {there} of {all} models found");
    }
    let named: Vec<&str> = probe.mentioned.iter().map(|model| model.name.as_str()).take(MOST_NAMED).collect();
    format!(
        ", {there} of {all} models found; `{}` is not listed, the server lists {}",
        absent.join("`, `"),
        named.join(", ")
    )
}
