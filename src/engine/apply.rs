//! The whole run: the five stages in order, and its outcome.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::aggregate::{Told, aggregate};
use super::budget::Budget;
use super::connect::Connection;
use super::consult::consult;
use super::generate::{Ending, generate};
use super::generated::Generated;
use super::judge::judge;
use super::leaving::{Left, Others, others_that_ask};
use super::opinions::Opinions;
use super::prepare::{Prepared, Sending, prepare};
use super::render::Rendered;
use super::responses::Responses;
use super::search::search;
use super::served_files::served_files;
use super::table_draft::TableDraft;
use super::warmups::Warmups;
use super::writing::{WriterRole, writer_role};
use super::{Context, batch_api, place, report_page, timed_level};
use crate::checks::Check;
use crate::clients::Clocks;
use crate::endpoint::throttle::Change;
use crate::error::Error;
use crate::event::Stage;
use crate::files::{check_writable, folder_of, remove_abandoned_drafts, write_bytes};
use crate::gates::{self, GateOutcome};
use crate::id::{BatchId, EndpointId, ModelId, Per};
use crate::lock::Policy;
use crate::plan::Plan;
use crate::report::history;
use crate::report::manifest::{self, Counts, FileEntry, Identity, Manifest};
use crate::report::origin::Origin;
use crate::response::Status;
use crate::store::SeenModel;
use crate::tables::figures::Figures;
use crate::tables::group::{MeasuredBatch, Results};
use crate::tables::words::Words;
use crate::work::Work;

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
    /// True if the command sends what is missing.
    pub is_sending: bool,
    /// Requests to models that judge that brought no answer.
    pub unjudged: usize,
    /// Remaining time of the timed levels.
    pub time_left: Duration,
    /// The limit of the budget that ended the run, if any.
    pub over_budget: Option<String>,
    /// The output folder.
    pub folder: PathBuf,
}

/// How a run ends.
pub enum RunEnd {
    /// With results.
    Written(Box<RunSummary>),
    /// Others that share the store do the rest.
    Left(Left),
}

/// The clock of a run, supplied by the caller.
pub type Clock<'c> = &'c (dyn Fn() -> String + Sync);

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
) -> Result<RunEnd, Error> {
    let started = clock();
    // A clock decides it, so it is in no result: the same answers give the same files on any day.
    plan.old_prices(&started).into_iter().for_each(|text| context.warn(text));
    make_ready(plan, context)?;
    let budget = Arc::new(Budget::on(&context.store, &plan.budget));
    let spends = (sending == Sending::Missing).then_some(&budget);
    let mut prepared = prepare(plan, (policy, sending), spends, context).await?;
    let generated = generated(plan, &mut prepared, (sending, &budget), context).await?;
    context.finished(Stage::Generate, generated.line(prepared.work.slots.len()));
    see_memory(plan, &generated, &mut prepared.seen, context).await?;
    let is_sending = sending == Sending::Missing;
    if is_sending && let Some(others) = others_that_ask(plan, &generated, context).await? {
        return left(plan, others, (&generated, &budget)).await;
    }
    // Some hundred bytes for each sample, which the system takes back at once when the program ends.
    let (plan, prepared) = (&*plan, &*ManuallyDrop::new(prepared));
    let responses = Responses { plan, work: &prepared.work, store: &*context.store, failed: &generated.failed };
    let opinions = consulted(&responses, sending, &budget, context).await?;
    let role = if is_sending { writer_role(plan, &prepared.work, &generated, context).await? } else { WriterRole::Own };
    if let WriterRole::Others(others) = role {
        return left(plan, others, (&generated, &budget)).await;
    }
    let generated = &generated;
    let done = Done { responses: &responses, prepared, generated, is_sending, opinions: &opinions, budget: &budget };
    let summary = summed_up(&done, (&started, clock), context)?;
    role.end(context).await;
    Ok(RunEnd::Written(Box::new(summary)))
}

/// Sends what is wanted.
async fn generated(
    plan: &mut Plan,
    prepared: &mut Prepared,
    (sending, budget): (Sending, &Arc<Budget>),
    context: &Context<'_>,
) -> Result<Generated, Error> {
    let Prepared { work, connections, seen, .. } = prepared;
    match sending {
        Sending::Missing if plan.search.is_some() => {
            let datasets = Arc::clone(&work.datasets);
            let found = search(plan, (&datasets, seen), Some((connections, budget)), context).await?;
            *work = found.0;
            Ok(found.1)
        }
        Sending::Missing => generate(plan, work, connections, (budget, Ending::Leaves), context).await,
        Sending::Nothing => stored(work, context),
        Sending::Cancel => batch_api::cancel(plan, work, connections, budget, context).await,
    }
}

/// The end of a run that leaves something to others.
async fn left(plan: &Plan, others: Others, (generated, budget): (&Generated, &Budget)) -> Result<RunEnd, Error> {
    budget.give_back().await?;
    Ok(RunEnd::Left(Left {
        others,
        sent: generated.sent,
        failed: generated.failed.len(),
        is_cut: generated.unsent > 0,
        over_budget: budget.reached(),
        folder: plan.output.folder.clone(),
    }))
}

/// What is known once everything is asked.
struct Done<'d> {
    responses: &'d Responses<'d>,
    prepared: &'d Prepared,
    generated: &'d Generated,
    is_sending: bool,
    opinions: &'d Opinions,
    budget: &'d Budget,
}

/// Judges and sums up what is stored, and writes the results.
fn summed_up(done: &Done<'_>, (started, clock): (&str, Clock<'_>), context: &Context<'_>) -> Result<RunSummary, Error> {
    let Done { responses, prepared, generated, is_sending, opinions, budget } = *done;
    let Prepared { work, connections, seen, judges, elsewhere, .. } = prepared;
    let (plan, words) = (responses.plan, Arc::default());
    let mut table = table_draft(plan)?;
    let judged = judge(responses, opinions, &words, table.as_mut(), context)?;
    let (warmups, measured) = with_warmups(plan, work, judged, &words, context)?;
    let (results, checks) = aggregate(plan, work, measured, &told(plan, work, seen), (generated, opinions), context)?;
    let gates = gates::outcomes(&plan.gating.gates, &results.groups, plan.gating.baseline.as_deref());
    let (faults, time_left) = (faults(&results), timed_level::time_left(work, &*context.store)?);
    let failed = faults.values().map(|(count, _)| count).sum::<usize>();
    let (answered, unjudged) = (results.len() - failed, opinions.unanswered());
    let is_complete = faults.is_empty() && time_left.is_zero() && unjudged == 0;
    let folder = place::folder(plan, generated.unsent, answered, is_complete && elsewhere.is_empty(), context);
    let rendered =
        Rendered { responses, results: &results, warmups: &warmups, checks: &checks, gates: &gates, opinions };
    let manifest = |files| {
        let finished = clock();
        let identity = Identity { run: &context.run.name, started, finished: &finished };
        let requests = counts(plan, work, (generated, budget), answered);
        let manifest = Manifest::new(plan, (work, seen), requests, &identity, files).with_judges(plan, judges.all());
        let manifest = manifest.with_throttling(throttling(plan, connections)).with_checks(checks.clone());
        let manifest = manifest.with_served(served_files(plan, generated.sent, &folder));
        manifest.with_origin(Origin::of(plan, &folder, &context.secrets))
    };
    publish(&rendered, table, (&folder, answered), manifest, context)?;
    context.store.check_place()?;
    let (unsent, over_budget) = (generated.unsent, budget.reached());
    Ok(RunSummary { results, checks, gates, faults, unsent, is_sending, unjudged, time_left, over_budget, folder })
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

/// Finds the warm-ups of each batch that was measured.
fn with_warmups(
    plan: &Plan,
    work: &Work,
    judged: Per<BatchId, Figures>,
    words: &Arc<Words>,
    context: &Context<'_>,
) -> Result<(BTreeMap<BatchId, Warmups>, Vec<MeasuredBatch>), Error> {
    let (mut all, mut measured) = (BTreeMap::new(), Vec::new());
    for (id, figures) in judged.into_with_ids().filter(|(_, figures)| !figures.is_empty()) {
        let batch = &work.batches[id];
        let figures = figures.with_clocks(Clocks::of(context.store.client_parts(work.batch_key(batch))?));
        let warmups = Warmups::of(work, batch, &figures, context)?;
        measured.push(MeasuredBatch { batch: batch.clone(), figures, warmups: warmups.figures(plan, words)? });
        all.insert(id, warmups);
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
