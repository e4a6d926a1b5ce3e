//! Sites: of what other machines are asked, only what is stored counts.

use std::sync::Arc;
use std::time::Duration;

use super::timed_level;
use crate::engine::Context;
use crate::error::Error;
use crate::format::{counted, seconds, shell_word};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::store::Store;
use crate::work::batch::Batch;
use crate::work::{Slot, Work};

/// What a run at another site still has to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The site.
    pub site: String,
    /// Requests without an answer.
    pub requests: usize,
    /// Remaining time of its timed levels.
    pub time: Duration,
}

/// Leaves out the requests of other sites that have no answer in the store, and says how many there are, by site.
///
/// # Errors
/// The store cannot be read.
pub(in crate::engine) fn leave(plan: &Plan, work: &mut Work, store: &dyn Store) -> Result<Vec<Elsewhere>, Error> {
    let others = plan.sites().into_iter().filter(|site| Some(*site) != plan.site.as_deref());
    let nothing = |site: &str| Elsewhere { site: site.to_owned(), requests: 0, time: Duration::ZERO };
    let mut elsewhere: Vec<Elsewhere> = others.map(nothing).collect();
    if elsewhere.is_empty() {
        return Ok(elsewhere);
    }
    let is_here = |slot: &Slot| work.batches[slot.batch].is_here;
    let keys: Vec<&RequestKey> = work.slots.iter().filter(|slot| !is_here(slot)).map(|slot| &slot.key).collect();
    let mut held = store.holds(&keys)?.into_iter();
    let batches = Arc::clone(&work.batches);
    work.slots.retain(|slot| {
        let batch = &batches[slot.batch];
        let is_kept = batch.is_here || held.next() == Some(true);
        if let (false, Some(site)) = (is_kept, of(plan, batch, &mut elsewhere)) {
            site.requests += 1;
        }
        is_kept
    });
    for batch in batches.iter().filter(|batch| !batch.is_here) {
        if let (Some((_, time)), Some(site)) = (timed_level::left(work, store, batch)?, of(plan, batch, &mut elsewhere))
        {
            site.time += time;
        }
    }
    elsewhere.retain(|site| site.requests > 0 || !site.time.is_zero());
    Ok(elsewhere)
}

/// The entry of the site of a batch.
fn of<'e>(plan: &Plan, batch: &Batch, elsewhere: &'e mut [Elsewhere]) -> Option<&'e mut Elsewhere> {
    let site = plan.site_of(batch.model_id);
    elsewhere.iter_mut().find(|other| Some(&*other.site) == site)
}

impl Elsewhere {
    /// What is missing, and the command that asks it.
    fn line(&self, plan: &Plan) -> String {
        let mut missing = Vec::new();
        if self.requests > 0 {
            missing.push(counted(self.requests, "response"));
        }
        if !self.time.is_zero() {
            missing.push(format!("{} of its timed levels", seconds(self.time.as_secs_f64())));
        }
        let spec = shell_word(&plan.document.path.to_string_lossy());
        format!(
            "site `{}` lacks {}; run `smallbench apply {spec} --site {}` there, and `smallbench merge` the stores",
            self.site,
            missing.join(" and "),
            self.site
        )
    }
}

/// Names the sites that lack responses.
pub(in crate::engine) fn warn(plan: &Plan, elsewhere: &[Elsewhere], context: &Context<'_>) {
    elsewhere.iter().for_each(|site| context.warn(site.line(plan)));
}

/// Refuses a run that would send nothing because it does not know where it is.
///
/// # Errors
/// There are several sites, the run is not told which one it is at, and nothing is stored.
pub(in crate::engine) fn require_known(plan: &Plan, work: &Work, elsewhere: &[Elsewhere]) -> Result<(), Error> {
    let Some(first) = elsewhere.first().filter(|_| plan.site.is_none() && work.slots.is_empty()) else { return Ok(()) };
    let sites: Vec<String> = plan.sites().iter().map(|site| format!("`{site}`")).collect();
    Err(Error::misuse(
        format!("which of the sites {} this machine is, is not known, so nothing can be sent", sites.join(", ")),
        format!("pass `--site {}`, or set `SMALLBENCH_SITE`", first.site),
    ))
}
