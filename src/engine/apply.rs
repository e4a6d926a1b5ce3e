//! The whole run: the five stages in order, and its outcome.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::aggregate::{Told, aggregate};
use super::budget::Budget;
use super::connect::{Connection, connect, require_known, see_models, unconnected, warn_of_unknown};
use super::consult::{Opinions, consult};
use super::fetch::fetch;
use super::gauge::{Calibration, calibrate};
use super::generate::{Generated, generate};
use super::judge::judge;
use super::judge_models::JudgeModels;
use super::render::Rendered;
use super::responses::Responses;
use super::search::search;
use super::served_files::served_files;
use super::sites::{self, Elsewhere};
use super::table_draft::TableDraft;
use super::warmups::Warmups;
use super::{Context, batch_api, place, report_page, timed_level, until};
use crate::checks::Check;
use crate::clients::Clocks;
use crate::endpoint::throttle::Change;
use crate::error::Error;
use crate::event::Stage;
use crate::files::{check_writable, folder_of, remove_abandoned_drafts, write_bytes};
use crate::gates::{self, GateOutcome};
use crate::id::{EndpointId, ModelId, Per};
use crate::lock::{self, Lock, Policy};
use crate::plan::Plan;
use crate::report::history;
use crate::report::manifest::{self, Counts, FileEntry, Identity, Manifest};
use crate::report::origin::Origin;
use crate::response::Status;
use crate::store::SeenModel;
use crate::tables::figures::Figures;
use crate::tables::group::Results;
use crate::tables::words::Words;
use crate::work::Work;
use crate::work::batch::Batch;

/// The outcome of a run.
pub struct RunSummary {
    /// The results.
    pub results: Results,
    /// The checks.
    pub checks: Vec<Check>,
    /// The gates, each for each model.
    pub gates: Vec<GateOutcome>,
    /// Faults by status: their number, and one as an example.
    pub faults: BTreeMap<Status, (usize, String)>,
    /// Requests that were not sent.
    pub unsent: usize,
    /// Requests to models that judge that brought no answer.
    pub unjudged: usize,
    /// Remaining time of the timed levels.
    pub time_left: Duration,
    /// The limit of the budget that ended the run, if any.
    pub over_budget: Option<String>,
    /// The output folder.
    pub folder: PathBuf,
}

/// The clock of a run, supplied by the caller.
pub type Clock<'c> = &'c (dyn Fn() -> String + Sync);

/// What a run sends to the servers of its models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// Every request that the store has no answer to.
    Missing,
    /// Nothing: only what is stored is judged and summed up.
    Nothing,
    /// Nothing; what is at a provider's batch API is cancelled, and what was finished of it is stored.
    Cancel,
}

/// Runs a plan.
///
/// # Errors
/// The run cannot start, or its results cannot be written. Failed requests are in the
/// [`RunSummary`].
pub async fn apply(
    plan: &mut Plan,
    (policy, sending): (Policy, Sending),
    clock: Clock<'_>,
    context: &Context<'_>,
) -> Result<RunSummary, Error> {
    let started = clock();
    // A clock decides it, so it is in no result: the same answers give the same files on any day.
    plan.old_prices(&started).into_iter().for_each(|text| context.warn(text));
    make_ready(plan, context)?;
    let budget = Arc::new(Budget::on(&context.store, &plan.budget));
    let spends = (sending == Sending::Missing).then_some(&budget);
    let Prepared { mut work, connections, mut seen, judges, elsewhere, .. } =
        prepare(plan, (policy, sending), spends, context).await?;
    let generated = match sending {
        Sending::Missing if plan.search.is_some() => {
            let datasets = Arc::clone(&work.datasets);
            let found = search(plan, (&datasets, &seen), Some((&connections, &budget)), context).await?;
            work = found.0;
            found.1
        }
        Sending::Missing => generate(plan, &mut work, &connections, &budget, context).await?,
        Sending::Nothing => stored(&work, context)?,
        Sending::Cancel => batch_api::cancel(plan, &work, &connections, &budget, context).await?,
    };
    context.finished(Stage::Generate, generated.line(work.slots.len()));
    see_memory(plan, &generated, &mut seen, context).await?;
    // Some hundred bytes for each sample, which the system takes back at once when the program ends.
    let (plan, work) = (&*plan, &*ManuallyDrop::new(work));
    let responses = Responses { plan, work, store: &*context.store, failed: &generated.failed };
    let words = Arc::default();
    let opinions = consulted(&responses, sending, &budget, context).await?;
    let mut table = table_draft(plan)?;
    let judged = judge(&responses, &opinions, &words, table.as_mut(), context)?;
    let (warmups, measured) = with_warmups(plan, work, judged, &words, context)?;
    let told = told(plan, work, &seen);
    let (results, checks) = aggregate(plan, work, measured, &told, (&generated, &opinions), context)?;
    let gates = gates::outcomes(&plan.gating.gates, &results.groups, plan.gating.baseline.as_deref());
    let (faults, time_left) = (faults(&results), timed_level::time_left(work, &*context.store)?);
    let failed = faults.values().map(|(count, _)| count).sum::<usize>();
    let answered = results.len() - failed;
    let unanswered = opinions.unanswered();
    let is_complete = faults.is_empty() && time_left.is_zero() && unanswered == 0;
    let folder = place::folder(plan, generated.unsent, answered, is_complete && elsewhere.is_empty(), context);
    let rendered = Rendered {
        responses: &responses,
        results: &results,
        warmups: &warmups,
        checks: &checks,
        gates: &gates,
        opinions: &opinions,
    };
    let manifest = |files| {
        let finished = clock();
        let identity = Identity { run: &context.run.name, started: &started, finished: &finished };
        let requests = counts(plan, work, (&generated, &budget), answered);
        let manifest = Manifest::new(plan, (work, &seen), requests, &identity, files).with_judges(plan, judges.all());
        let manifest = manifest.with_throttling(throttling(plan, &connections)).with_checks(checks.clone());
        let manifest = manifest.with_served(served_files(plan, generated.sent, &folder));
        manifest.with_origin(Origin::of(plan, &folder, &context.secrets))
    };
    publish(&rendered, table, (&folder, answered), manifest, context)?;
    context.store.check_place()?;
    let (unsent, unjudged, over_budget) = (generated.unsent, unanswered, budget.reached());
    Ok(RunSummary { results, checks, gates, faults, unsent, unjudged, time_left, over_budget, folder })
}

/// Looks first whether results can be written, so that a run whose results cannot be written costs nothing.
fn make_ready(plan: &Plan, context: &Context<'_>) -> Result<(), Error> {
    check_writable(&plan.output.folder)?;
    require_baseline(plan, context)?;
    for folder in [&plan.output.folder, plan.output.outer.as_path(), folder_of(&plan.lock)] {
        remove_abandoned_drafts(folder);
    }
    Ok(())
}

/// What judges say that have to be consulted; then nothing more is spent.
async fn consulted(
    responses: &Responses<'_>,
    sending: Sending,
    budget: &Arc<Budget>,
    context: &Context<'_>,
) -> Result<Opinions, Error> {
    let opinions = consult(responses, (sending != Sending::Cancel).then_some(budget), context).await?;
    budget.give_back().await?;
    Ok(opinions)
}

/// The table of results, if its rows are known when they are judged: what a machine costs that is paid by the hour is
/// shared among all answers.
fn table_draft(plan: &Plan) -> Result<Option<TableDraft>, Error> {
    let is_known = plan.models.iter().all(|model| model.machine_per_hour.is_none());
    is_known.then(|| TableDraft::begin(&plan.output.folder)).transpose()
}

/// Writes tables, charts and the page, then the manifest of these files; what is no partial result becomes a part of the
/// history.
fn publish(
    rendered: &Rendered<'_>,
    table: Option<TableDraft>,
    (folder, answered): (&Path, usize),
    manifest: impl FnOnce(Vec<FileEntry>) -> Manifest,
    context: &Context<'_>,
) -> Result<(), Error> {
    let earlier = Manifest::load(folder);
    let mut manifest = manifest(rendered.write(table, folder, context)?).with_clients(&rendered.results.groups);
    manifest.files.extend(report_page::write(rendered, &manifest, folder, context)?);
    let written: Vec<String> = manifest.files.iter().map(|file| file.name.clone()).collect();
    place::tidy(folder, earlier.as_ref(), &written, answered);
    write_bytes(&folder.join(manifest::FILE), manifest.text()?.as_bytes())?;
    let output = &rendered.responses.plan.output;
    if folder != output.folder {
        return Ok(());
    }
    history::add(&output.outer, &history::Entry::new(&manifest, rendered.results)?)
}

/// Refuses gates that have nothing to compare with.
fn require_baseline(plan: &Plan, context: &Context<'_>) -> Result<(), Error> {
    let needy = plan.gating.gates.iter().find(|gate| gate.needs_baseline());
    match (needy, &plan.gating.baseline) {
        (None, Some(_)) => {
            context.warn("no gate compares with the baseline; write one, such as `score >= baseline - 0.02`");
            Ok(())
        }
        (Some(gate), None) => Err(Error::misuse(
            format!("the gate `{gate}` needs a baseline"),
            "set `baseline` to an output folder, or pass `--baseline`",
        )),
        _ => Ok(()),
    }
}

/// What there is without sending anything.
fn stored(work: &Work, context: &Context<'_>) -> Result<Generated, Error> {
    let generated = Generated::stored(work, context)?;
    if generated.kept == 0 {
        return Err(Error::misuse(
            "the store has no response to this experiment",
            "`smallbench apply` sends its requests",
        ));
    }
    Ok(generated)
}

/// A batch, its figures and those of its warm-ups.
type Measured = (Batch, Figures, Figures);

/// Finds the warm-ups of each batch that was measured.
fn with_warmups(
    plan: &Plan,
    work: &Work,
    judged: Vec<Figures>,
    words: &Arc<Words>,
    context: &Context<'_>,
) -> Result<(Vec<Warmups>, Vec<Measured>), Error> {
    let (mut all, mut measured) = (Vec::new(), Vec::new());
    for (batch, figures) in work.batches.iter().zip(judged).filter(|(_, figures)| !figures.is_empty()) {
        let figures = figures.with_clocks(Clocks::of(context.store.client_parts(work.batch_key(batch))?));
        let warmups = Warmups::of(work, batch, &figures, context)?;
        measured.push((batch.clone(), figures, warmups.figures(plan, words)?));
        all.push(warmups);
    }
    Ok((all, measured))
}

fn counts(plan: &Plan, work: &Work, (generated, budget): (&Generated, &Budget), answered: usize) -> Counts {
    Counts {
        planned: work.slots.len(),
        answered: Some(answered),
        kept: generated.kept,
        sent: generated.sent,
        unsent: generated.unsent,
        attempts: Some(budget.attempts()),
        spent: plan.currency.is_some().then(|| budget.spent()),
    }
}

/// The state before the first request.
pub struct Prepared {
    /// Every request of the plan.
    pub work: Work,
    /// The connections, by endpoint.
    pub connections: Per<EndpointId, Option<Connection>>,
    /// Properties of the models.
    pub seen: Per<ModelId, Option<SeenModel>>,
    /// The models that judge.
    pub judges: JudgeModels,
    /// What runs at other sites still have to ask.
    pub elsewhere: Vec<Elsewhere>,
    /// What calibrates made prompts.
    pub calibrations: Vec<Calibration>,
}

/// Fetches datasets, connects to servers, verifies the lock file and lists the requests. With a budget, prompts are
/// calibrated that are not yet.
///
/// # Errors
/// A dataset, store, lock file, template or calibration prevents the run.
pub async fn prepare(
    plan: &mut Plan,
    how: (Policy, Sending),
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<Prepared, Error> {
    let mut prepared = listed(plan, how, budget, context).await?;
    if plan.search.is_some() {
        // As far as the store knows its way.
        let datasets = Arc::clone(&prepared.work.datasets);
        prepared.work = search(plan, (&datasets, &prepared.seen), None, context).await?.0;
    }
    Ok(prepared)
}

async fn listed(
    plan: &mut Plan,
    (policy, sending): (Policy, Sending),
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<Prepared, Error> {
    let locked = Lock::load(&plan.lock, policy)?;
    if let Some(locked) = locked.as_ref().filter(|_| policy != Policy::Update) {
        locked.pin(plan);
    }
    let connections = match sending {
        Sending::Missing | Sending::Cancel => connect(plan, context).await?,
        Sending::Nothing => unconnected(plan),
    };
    if policy == Policy::Look {
        warn_of_unknown(plan, &connections, context);
    } else {
        require_known(plan, &connections, context)?;
    }
    let judges = JudgeModels::see(plan, (policy, sending == Sending::Missing), context).await?;
    let datasets = fetch(plan, context).await?;
    let seen = see_models(plan, &connections, context).await?;
    let now = Lock::of(plan, &datasets, &seen).with_judges(judges.seen());
    for warning in lock::settle(&plan.lock, locked, &now, policy)? {
        context.warn(warning);
    }
    let calibrations = calibrate(plan, (&connections, &seen), budget, context).await?;
    let plan = &*plan;
    let mut work = Work::new(plan, datasets, &seen)?;
    work.settle(&*context.store)?;
    timed_level::list_known(&mut work, &*context.store)?;
    until::cut_known(plan, &mut work, &*context.store)?;
    for (id, model) in plan.models.with_ids() {
        if let Some(size) = work.chosen_context(plan, id) {
            let line = format!("{}: context size set to {size} tokens, to fit its prompts", model.name);
            context.finished(Stage::Fetch, line);
        }
    }
    let elsewhere = sites::leave(plan, &mut work, &*context.store)?;
    if sending == Sending::Missing && policy != Policy::Look {
        sites::require_known(plan, &work, &elsewhere)?;
    }
    sites::warn(plan, &elsewhere, context);
    Ok(Prepared { work, connections, seen, judges, elsewhere, calibrations })
}

/// Context size by model, in tokens, and digest.
fn told(plan: &Plan, work: &Work, seen: &Per<ModelId, Option<SeenModel>>) -> (Told<u64>, Told<String>) {
    let stated = |id: ModelId| seen[id].as_ref().and_then(|seen| seen.facts.context());
    let contexts = plan.models.ids().map(|id| work.chosen_context(plan, id).map(u64::from).or_else(|| stated(id)));
    let digests = seen.iter().map(|seen| seen.as_ref().and_then(|seen| seen.digest.clone()));
    (contexts.collect(), digests.collect())
}

/// Adds the memory use of the models to their properties.
async fn see_memory(
    plan: &Plan,
    generated: &Generated,
    seen: &mut Per<ModelId, Option<SeenModel>>,
    context: &Context<'_>,
) -> Result<(), Error> {
    for (batch, loaded) in &generated.loaded {
        let Some(seen) = &mut seen[batch.model_id] else { continue };
        seen.facts.loaded_context = loaded.context_length;
        seen.facts.loaded_bytes = loaded.size_bytes;
        seen.facts.vram_bytes = loaded.vram_bytes;
        let model = &batch.model;
        context.store.remember_model(&plan.endpoint_of(model).identity(), &model.model, seen).await?;
    }
    Ok(())
}

/// The throttling of each endpoint that was throttled.
fn throttling(plan: &Plan, connections: &Per<EndpointId, Option<Connection>>) -> BTreeMap<String, Vec<Change>> {
    let named = plan.endpoints.iter().zip(connections);
    let cut = named.filter_map(|(endpoint, connection)| {
        let history = connection.as_ref()?.client.throttle.history();
        (!history.is_empty()).then(|| (endpoint.name.clone(), history))
    });
    cut.collect()
}

fn faults(results: &Results) -> BTreeMap<Status, (usize, String)> {
    let mut faults = BTreeMap::new();
    for figures in results.groups.iter().map(|group| &group.figures) {
        for row in (0..figures.len()).filter(|row| figures.fault.get(*row) == Some(true)) {
            let word = figures.word(figures.status.get(row));
            let Some(status) = word.and_then(|word| Status::from_word(&word)) else { continue };
            let message = || figures.fault_message.get(row).unwrap_or_default().to_owned();
            faults.entry(status).or_insert_with(|| (0, message())).0 += 1;
        }
    }
    faults
}
