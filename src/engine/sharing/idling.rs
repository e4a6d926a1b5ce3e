//! A run that shares its store and has nothing to send: whether it leaves the rest to others.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::engine::Context;
use crate::judge::Judge;
use crate::plan::{Extent, Judges, Plan};
use crate::store::{Claim, Rest, Store, StoreError};

/// Shortest and longest time between two looks at what other runs have claimed, where nothing else is left.
const LOOK: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Shortest time without a request after which a run leaves: others are heard of every 5 s.
const PATIENCE: Duration = Duration::from_secs(6);

/// The machines that a run sends to, and what it left to others.
pub(in crate::engine) struct Leaving {
    /// How many of them have something to do.
    busy: AtomicUsize,
    left: OnceLock<Rest>,
}

impl Leaving {
    /// For a plan whose requests other runs ask as well, on this number of machines. What decides what is asked next is seen to its
    /// end, and so is what models judge, because runs share that, too.
    pub(in crate::engine) fn of(plan: &Plan, machines: usize, context: &Context<'_>) -> Option<Self> {
        let is_by_model = |judges: &Judges| judges.all().any(|judge| matches!(*judge.judge, Judge::Model(_)));
        let may_leave = plan.gating.until.is_none() && !plan.judges.iter().any(is_by_model);
        (may_leave && shares(plan, context)).then(|| Self { busy: AtomicUsize::new(machines), left: OnceLock::new() })
    }

    /// Leaves the rest to others, if they do it and this run has had nothing to do for this time; true if it has left.
    async fn leave(&self, idle: Duration, store: &dyn Store) -> Result<bool, StoreError> {
        if self.left.get().is_some() {
            return Ok(true);
        }
        if idle < PATIENCE || self.busy.load(Ordering::Relaxed) > 0 {
            return Ok(false);
        }
        let rest = store.leave_rest(Some(idle)).await?;
        Ok(rest.map(|rest| self.left.set(rest)).is_some())
    }

    /// What was left.
    pub(in crate::engine) fn left(&self) -> Option<Rest> {
        self.left.get().copied()
    }
}

/// Since when the list of a machine has had nothing for this run.
pub(in crate::engine) struct Idling<'l> {
    leaving: Option<&'l Leaving>,
    since: Option<Instant>,
}

impl<'l> Idling<'l> {
    pub(in crate::engine) fn new(leaving: Option<&'l Leaving>) -> Self {
        Self { leaving, since: None }
    }

    /// It has something again.
    pub(in crate::engine) fn end(&mut self) {
        if self.since.take().is_some()
            && let Some(leaving) = self.leaving
        {
            leaving.busy.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// It has nothing, at least from now on.
    pub(in crate::engine) fn since(&mut self) -> Instant {
        *self.since.get_or_insert_with(|| {
            if let Some(leaving) = self.leaving {
                leaving.busy.fetch_sub(1, Ordering::Relaxed);
            }
            Instant::now()
        })
    }

    /// True if the run has left the rest to others, where others have all that is left.
    pub(in crate::engine) async fn leaves(&self, is_stuck: bool, store: &dyn Store) -> Result<bool, StoreError> {
        match (self.leaving, self.since) {
            (Some(leaving), Some(since)) if is_stuck => leaving.leave(since.elapsed(), store).await,
            _ => Ok(false),
        }
    }
}

/// True if all runs of a plan on its store ask the same requests. Of a part, each writes its own results.
pub(in crate::engine) fn shares(plan: &Plan, context: &Context<'_>) -> bool {
    let is_whole = plan.shard.is_none() && plan.meeting.is_none() && plan.limit.is_none() && plan.sites().is_empty();
    let is_listed = plan.search.is_none() && plan.fresh.is_none() && !matches!(plan.load.extent, Extent::Duration(_));
    context.store.is_shared() && is_whole && is_listed
}

/// How long to wait for others before the next look: a tenth of what was waited so far, so that many runs that wait for the
/// last few answers leave the store alone.
pub(in crate::engine) fn until_next_look(waited: Duration) -> Duration {
    (waited / 10).clamp(LOOK.0, LOOK.1)
}

/// True if others have answered most of what they had, or given something up: what else they had is looked at at once.
pub(in crate::engine) fn has_moved_on(claims: &[Claim]) -> bool {
    let count = |wanted: Claim| claims.iter().filter(|claim| **claim == wanted).count();
    2 * count(Claim::Stored) > claims.len() || count(Claim::Ours) > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_others_are_waited_for_the_rarer_are_the_looks() {
        let looks = [0, 1, 20, 3600].map(|seconds| until_next_look(Duration::from_secs(seconds)).as_millis());
        assert_eq!(looks, [100, 100, 2_000, 5_000]);
    }

    #[test]
    fn others_are_looked_at_at_once_where_they_have_answered_most_of_what_they_had() {
        use Claim::{Ours, Stored, Taken};
        assert!(has_moved_on(&[Stored, Stored, Taken]) && has_moved_on(&[Taken, Taken, Ours]));
        assert!(!has_moved_on(&[Stored, Taken]) && !has_moved_on(&[Taken; 3]));
    }
}
