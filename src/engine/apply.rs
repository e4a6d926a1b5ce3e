//! The whole run: the five stages in order, and its outcome.

use std::mem::ManuallyDrop;
use std::sync::Arc;

use super::Context;
use super::aggregate::{Aggregated, aggregate};
use super::budget::Budget;
use super::consult::consult;
use super::generate::{Ending, batch_api, generate};
use super::generated::Generated;
use super::judge::{Judged, judge};
use super::opinions::Opinions;
use super::outcome::{RunSummary, Unfinished};
use super::prepare::{Prepared, Sending, prepare};
use super::render::content::Rendered;
use super::render::render;
use super::render::run_record::RunRecord;
use super::search::search;
use super::sharing::leaving::{Left, Others, others_that_ask};
use super::sharing::writing::{WriterRole, writer_role};
use super::stored::responses::Responses;
use crate::error::Error;
use crate::event::Stage;
use crate::files::{check_writable, folder_of, remove_abandoned_drafts};
use crate::id::{ModelId, Per};
use crate::lock::Policy;
use crate::plan::Plan;
use crate::store::SeenModel;
use crate::work::Work;

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
    let (budget, is_sending) = (Arc::new(Budget::on(&context.store, &plan.budget)), sending == Sending::Missing);
    let mut prepared = prepare(plan, (policy, sending), is_sending.then_some(&budget), context).await?;
    let generated = generated(plan, &mut prepared, (sending, &budget), context).await?;
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
    let Judged { figures, words, table } = judge(&responses, &opinions, context)?;
    let asked = (&generated, &opinions);
    let aggregated = aggregate(&responses, (figures, &words), &prepared.seen, asked, context)?;
    let unfinished = Unfinished::of(&prepared.work, &aggregated.results, asked, &budget, context)?;
    let rendered = Rendered { responses: &responses, aggregated: &aggregated, opinions: &opinions };
    let record = RunRecord { prepared, generated: &generated, budget: &budget, started: &started, clock };
    let folder = render(rendered, table, (record, &unfinished), context)?;
    context.store.check_place()?;
    role.end(context).await;
    let Aggregated { results, checks, gates, .. } = aggregated;
    Ok(RunEnd::Written(Box::new(RunSummary { results, checks, gates, unfinished, is_sending, folder })))
}

/// Sends what is wanted, and learns what models take of their servers' memory.
async fn generated(
    plan: &mut Plan,
    prepared: &mut Prepared,
    (sending, budget): (Sending, &Arc<Budget>),
    context: &Context<'_>,
) -> Result<Generated, Error> {
    let Prepared { work, connections, seen, .. } = prepared;
    let generated = match sending {
        Sending::Missing if plan.search.is_some() => {
            let datasets = Arc::clone(&work.datasets);
            let (found, generated) = search(plan, (&datasets, seen), Some((connections, budget)), context).await?;
            *work = found;
            generated
        }
        Sending::Missing => generate(plan, work, connections, (budget, Ending::Leaves), context).await?,
        Sending::Nothing => stored(work, context)?,
        Sending::Cancel => batch_api::cancel(plan, work, connections, budget, context).await?,
    };
    context.finished(Stage::Generate, generated.line(work.slots.len()));
    see_memory(plan, &generated, seen, context).await?;
    Ok(generated)
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
