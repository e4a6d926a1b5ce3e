//! Fresh runs: everything is sent again, once. The store remembers which runs a fresh run consists of until it is complete, so
//! that one that was interrupted is continued and nothing is paid for twice.

use std::collections::HashSet;

use rayon::prelude::*;

use super::responses::TOGETHER;
use crate::engine::Context;
use crate::error::Error;
use crate::event::Stage;
use crate::format::counted;
use crate::plan::{Fresh, Plan};
use crate::request::RequestKey;
use crate::response::Response;
use crate::work::Work;

/// Which requests need not be sent: those with an answer or, in a fresh run, with an answer of this fresh run.
pub(in crate::engine) fn held(plan: &Plan, work: &Work, context: &Context<'_>) -> Result<Vec<bool>, Error> {
    let (keys, store) = (work.keys().collect::<Vec<_>>(), &context.store);
    let runs = store.fresh_runs(&plan.name)?;
    let Some(fresh) = plan.fresh else {
        warn_of_unfinished(&runs, context);
        return Ok(store.holds(&keys)?);
    };
    if fresh == Fresh::Restart || runs.is_empty() {
        return Ok(vec![false; keys.len()]);
    }
    let held = measured_by(&keys, &runs, context)?;
    let sent = counted(held.iter().filter(|held| **held).count(), "request");
    let line = format!("continues the fresh run {}, which has sent {sent}; `--fresh=restart` starts over", runs[0]);
    context.finished(Stage::Generate, line);
    Ok(held)
}

/// Remembers this run as a part of a fresh run, before it sends anything.
pub(in crate::engine) async fn begin(plan: &Plan, context: &Context<'_>) -> Result<(), Error> {
    if plan.fresh == Some(Fresh::Restart) {
        context.store.remember_fresh(&plan.name, None).await?;
    }
    if plan.fresh.is_some() {
        context.store.remember_fresh(&plan.name, Some(&context.run.name)).await?;
    }
    Ok(())
}

/// Ends the fresh run if it is complete.
pub(in crate::engine) async fn end(plan: &Plan, is_complete: bool, context: &Context<'_>) -> Result<(), Error> {
    if plan.fresh.is_some() && is_complete {
        context.store.remember_fresh(&plan.name, None).await?;
    }
    Ok(())
}

fn warn_of_unfinished(runs: &[String], context: &Context<'_>) {
    if let Some(first) = runs.first() {
        context.warn(format!(
            "the fresh run {first} is not complete, so the results mix its answers with earlier ones; `--fresh` continues it"
        ));
    }
}

/// Which requests have an answer that one of these runs has measured.
fn measured_by(keys: &[&RequestKey], runs: &[String], context: &Context<'_>) -> Result<Vec<bool>, Error> {
    let runs: HashSet<&str> = runs.iter().map(String::as_str).collect();
    let measured = keys.par_chunks(TOGETHER).map(|keys| {
        let found = context.store.read(keys)?;
        let is_own = |response: &Response| !response.status.is_fault() && runs.contains(response.run_name());
        Ok(found.iter().map(|found| found.as_ref().is_some_and(is_own)).collect::<Vec<bool>>())
    });
    Ok(measured.collect::<Result<Vec<Vec<bool>>, Error>>()?.concat())
}
