//! The view of provenance: what the run was made from, what changed since an earlier one, and its files.

use std::collections::BTreeMap;

use serde::Serialize;

use super::words::interval;
use crate::compare::points;
use crate::error::Error;
use crate::format::{UNKNOWN, known, percent, shell_word};
use crate::plan::Plan;
use crate::report::history::{HistoryEntry, Measured, RunContent};
use crate::report::manifest::{CHART_DATA, Manifest, ModelEntry};
use crate::tables::group::Results;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Provenance {
    facts: Vec<(&'static str, String)>,
    datasets: Vec<[String; 4]>,
    models: Vec<Model>,
    command: String,
    spec: String,
    files: Vec<(String, String)>,
    earlier: Option<Earlier>,
}

/// A model, as its server describes it.
#[derive(Debug, Serialize)]
struct Model {
    name: String,
    endpoint: String,
    model: String,
    digest: String,
    server: String,
    facts: String,
    judges: bool,
}

/// An earlier run of the experiment with other inputs.
#[derive(Debug, Serialize)]
struct Earlier {
    finished: String,
    changes: String,
    rows: Vec<[String; 5]>,
}

/// Where a run comes from. `spec` is the spec with all defaults, `earlier` the runs before it.
///
/// # Errors
/// A fact that JSON does not have.
pub(super) fn provenance(
    plan: &Plan,
    results: &Results,
    (manifest, earlier): (&Manifest, &[HistoryEntry]),
    spec: String,
) -> Result<Provenance, Error> {
    let datasets = manifest.datasets.iter().map(|dataset| {
        let commit = dataset.commit.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        [
            format!("{} ({})", dataset.name, dataset.source),
            commit,
            known(dataset.rows, |rows| rows.to_string()),
            dataset.samples.to_string(),
        ]
    });
    let models = manifest.models.iter().map(|entry| model(entry, false));
    let judges = manifest.judges.iter().map(|entry| model(entry, true));
    let facts = [
        ("smallbench", manifest.smallbench.clone()),
        ("spec (SHA-256)", manifest.spec_sha256.clone()),
        ("levels", manifest.levels.join(", ")),
        ("responses", results.len().to_string()),
    ];
    let mut measured_by: BTreeMap<String, usize> = BTreeMap::new();
    for group in &results.groups {
        for (run, rows) in group.figures.by_run(Some) {
            *measured_by.entry(run.to_string()).or_default() += rows.len();
        }
    }
    let runs: Vec<String> = measured_by.into_iter().map(|(run, rows)| format!("{run} ({rows})")).collect();
    let shown = if runs.len() > 6 {
        format!("{} runs, from {} to {}", runs.len(), runs[0], runs[runs.len() - 1])
    } else {
        runs.join(", ")
    };
    Ok(Provenance {
        facts: facts.into_iter().chain([("measured by (responses)", shown)]).collect(),
        datasets: datasets.collect(),
        models: models.chain(judges).collect::<Result<_, _>>()?,
        command: command(plan, manifest),
        spec,
        files: files(manifest),
        earlier: last_with_other_inputs(manifest, results, earlier),
    })
}

/// The files and their digests. A picture that is there as a drawing too is left out, as are the values that it draws: they
/// say the same.
fn files(manifest: &Manifest) -> Vec<(String, String)> {
    let is_drawn = |name: &str| {
        let drawing = name.strip_suffix(".png").map(|stem| format!("{stem}.svg"));
        drawing.is_some_and(|drawing| manifest.files.iter().any(|file| file.name == drawing))
    };
    let is_repeated = |name: &str| is_drawn(name) || name.starts_with(CHART_DATA);
    let shown = manifest.files.iter().filter(|file| !is_repeated(&file.name));
    shown.map(|file| (file.name.clone(), file.sha256.clone())).collect()
}

fn model(model: &ModelEntry, judges: bool) -> Result<Model, Error> {
    let unwritable = |error| Error::Internal(format!("cannot write what is known of `{}`: {error}", model.name));
    let facts = serde_json::to_value(&model.facts).map_err(unwritable)?;
    let facts = facts.as_object().into_iter().flatten();
    let told = facts.filter(|(_, value)| !value.is_null() && !value.as_object().is_some_and(serde_json::Map::is_empty));
    let facts = told.map(|(name, value)| match value {
        _ if name == "machine" => {
            format!("machine: {}", model.facts.machine.as_ref().map(ToString::to_string).unwrap_or_default())
        }
        serde_json::Value::String(text) => format!("{}: {text}", name.replace('_', " ")),
        value => format!("{}: {value}", name.replace('_', " ")),
    });
    Ok(Model {
        name: model.name.clone(),
        endpoint: model.endpoint.clone(),
        model: model.model.clone(),
        digest: model.digest.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        server: model.server_version.clone().unwrap_or_else(|| UNKNOWN.to_owned()),
        facts: facts.collect::<Vec<_>>().join("; "),
        judges,
    })
}

/// What makes the results anew.
fn command(plan: &Plan, manifest: &Manifest) -> String {
    let name = plan.document.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut command = format!("smallbench apply {}", shell_word(&name));
    for set in &manifest.origin.overrides {
        command.push_str(&format!(" --set {}", shell_word(set)));
    }
    if let Some(limit) = manifest.origin.limit {
        command.push_str(&format!(" --limit {limit}"));
    }
    command + " --locked"
}

/// The last run with other inputs and other figures. One with the same inputs is a part of this run, or this run itself.
fn last_with_other_inputs(manifest: &Manifest, results: &Results, earlier: &[HistoryEntry]) -> Option<Earlier> {
    let own = HistoryEntry::new(manifest, results).ok()?;
    let has_moved =
        |entry: &&HistoryEntry| entry.content.models != own.content.models && !own.changes(entry).is_empty();
    let entry = earlier.iter().rev().find(has_moved)?;
    let models = own.content.models.iter();
    let rows: Vec<[String; 5]> = models.filter_map(|now| Some(change(now, before(&entry.content, now)?))).collect();
    (!rows.is_empty()).then(|| Earlier {
        finished: entry.finished.clone(),
        changes: own.changes(entry).join(", "),
        rows,
    })
}

fn before<'e>(earlier: &'e RunContent, now: &Measured) -> Option<&'e Measured> {
    earlier.models.iter().find(|before| before.model == now.model && before.level == now.level)
}

/// A model's score before and now, and by how much it moved.
fn change(now: &Measured, before: &Measured) -> [String; 5] {
    let score = |measured: &Measured| {
        let ends = measured.score_interval.map(|ends| format!(" ({})", interval(ends))).unwrap_or_default();
        known(measured.score, |score| format!("{}{ends}", percent(score)))
    };
    let moved = now.score.zip(before.score).map(|(now, before)| points(now - before));
    let ratio = now.latency_median_s.zip(before.latency_median_s).filter(|(_, before)| *before > 0.0);
    let name = format!("{} {}", now.model, now.level);
    [
        name,
        score(before),
        score(now),
        known(moved, |moved| moved),
        known(ratio, |(now, before)| format!("{:.2} ×", now / before)),
    ]
}
