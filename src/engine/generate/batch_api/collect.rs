//! Collecting: waits for the end of a batch, and stores what became of its requests.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use tokio::time::Instant;

use super::asker::{Asker, Kept, SETTLED_S, Wanted, now};
use crate::endpoint::attempts::Bill;
use crate::endpoint::batch_api::{BatchState, Ending, EntryOutcome, Phase, json, malformed, without_result};
use crate::endpoint::fault::Fault;
use crate::endpoint::retry;
use crate::error::Error;
use crate::format::counted;
use crate::request::RequestKey;
use crate::response::Status;
use crate::store::ProviderBatch;
use crate::work::Slot;

/// The first wait between two looks.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Responses that are stored at once.
const TOGETHER: usize = 256;

/// What becomes of answers that a batch counts, and that its results lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lacking {
    /// They are paid for, and stay to be collected.
    Stay,
    /// They are given up with the batch, as its user wants.
    GivenUp,
}

/// What became of the requests of a batch.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// Those that have an answer.
    pub(super) answered: HashSet<RequestKey>,
    /// Those that failed, and whether another attempt may help.
    pub(super) failed: BTreeMap<RequestKey, bool>,
    /// Those that were not processed, because the batch was cancelled.
    pub(super) cancelled: HashSet<RequestKey>,
}

impl Collected {
    /// Adds what became of the requests of another batch.
    pub(super) fn add(&mut self, more: Self) {
        self.answered.extend(more.answered);
        self.failed.extend(more.failed);
        self.cancelled.extend(more.cancelled);
    }
}

/// The results of a batch as they are taken in.
struct Taking<'t> {
    batch: &'t ProviderBatch,
    id: &'t str,
    wanted: &'t Wanted,
    attempt: u32,
    collected: Collected,
    /// Requests of the batch that have had a result.
    seen: HashSet<RequestKey>,
    /// Requests that the results name, also those that an earlier run has collected.
    named: HashSet<RequestKey>,
    /// Lines that name no request of the batch, or one that had its result.
    odd: usize,
}

impl Asker<'_> {
    /// Waits for a batch whose id is known, and stores its results; `None` if the run is stopped before its end. Requests
    /// that are not wanted stay to be collected by others.
    pub(super) async fn collect(
        &self,
        mut batch: ProviderBatch,
        wanted: &Wanted,
        (attempt, lacking): (u32, Lacking),
    ) -> Result<Option<Collected>, Error> {
        let Some(id) = batch.id.clone() else { return Ok(None) };
        let Some(state) = self.ended(&batch, &id, lacking).await? else { return Ok(None) };
        let own = |keys: &[RequestKey]| keys.iter().filter(|key| wanted.contains_key(key)).copied().collect();
        let mut taking = Taking {
            batch: &batch,
            id: &id,
            wanted,
            attempt,
            collected: Collected::default(),
            seen: HashSet::new(),
            named: HashSet::new(),
            odd: 0,
        };
        let is_whole = !matches!(state.phase, Phase::Ended(_)) || self.take_results(&state, &mut taking).await?;
        if !is_whole && lacking == Lacking::Stay {
            let (answered, named) = (state.answered, taking.named.len());
            batch.keys.retain(|key| !taking.seen.contains(key) || !wanted.contains_key(key));
            self.remember(&batch).await?;
            if self.drain().is_cancelled() {
                return Ok(None);
            }
            let lacks = format!("batch {id} counts {}, and its results hold {named}", counted(answered, "answer"));
            return Err(self.error(&malformed(&lacks), NOT_SEEN));
        }
        let own: Vec<RequestKey> = own(&batch.keys);
        self.take_rest(&own, &state.phase, &mut taking).await?;
        if taking.odd > 0 {
            let lines = counted(taking.odd, "line");
            self.context.warn(format!("batch {id}: {lines} of its results cannot be read or belong to no request"));
        }
        let collected = taking.collected;
        batch.keys.retain(|key| !wanted.contains_key(key));
        self.remember(&batch).await?;
        Ok(Some(collected))
    }

    /// Looks at a batch until it has ended; `None` if the run is stopped before.
    async fn ended(&self, batch: &ProviderBatch, id: &str, lacking: Lacking) -> Result<Option<BatchState>, Error> {
        let (mut wait, mut failing) = (FIRST_WAIT.min(self.poll()), None);
        loop {
            let mut asked = Duration::ZERO;
            match self.client.look(self.api, id).await {
                Ok(state) if state.hides_answers() => {
                    let since: Instant = *failing.get_or_insert_with(Instant::now);
                    let is_over = since.elapsed() >= Duration::from_secs(SETTLED_S.unsigned_abs());
                    match lacking {
                        Lacking::GivenUp if is_over => return Ok(Some(state)),
                        Lacking::Stay if is_over => {
                            return Err(self.error(&malformed("a batch with answers, and no file of them"), NOT_SEEN));
                        }
                        _ => {}
                    }
                }
                Ok(state) => {
                    failing = None;
                    self.show(batch, state.done, state.requests.max(batch.keys.len()));
                    if state.phase != Phase::Open {
                        return Ok(Some(state));
                    }
                }
                Err(fault) => {
                    let since: Instant = *failing.get_or_insert_with(Instant::now);
                    // What was just made may not be seen everywhere yet.
                    let is_new = fault.http_status == Some(404) && now() < batch.submitted.saturating_add(SETTLED_S);
                    if !(fault.retryable || is_new) || since.elapsed() >= self.client.patience.deadline {
                        return Err(self.error(&fault, NOT_SEEN));
                    }
                    asked = fault.retry_after.unwrap_or_default();
                }
            }
            if !self.pause(wait.max(asked)).await {
                return Ok(None);
            }
            wait = (wait * 2).min(self.poll());
        }
    }

    /// Takes in all files of results; false if they lack answers that the batch counts, which are paid for. A file may not be
    /// complete at once, so that such are read again for a while.
    async fn take_results(&self, state: &BatchState, taking: &mut Taking<'_>) -> Result<bool, Error> {
        let (start, mut again) = (Instant::now(), false);
        loop {
            taking.odd = 0;
            for path in &state.results {
                self.take_all(path, again, taking).await?;
            }
            let is_whole = taking.named.len() >= state.answered;
            let is_over = start.elapsed() >= Duration::from_secs(SETTLED_S.unsigned_abs());
            if is_whole || is_over || !self.pause(FIRST_WAIT.min(self.poll())).await {
                return Ok(is_whole);
            }
            again = true;
        }
    }

    /// Takes in a file of results; one that breaks off is read again from its start.
    async fn take_all(&self, path: &str, again: bool, taking: &mut Taking<'_>) -> Result<(), Error> {
        let odd = taking.odd;
        for attempt in 1.. {
            taking.odd = odd;
            let outcome = self.take_lines(path, again || attempt > 1, taking).await?;
            let Err(fault) = outcome else { break };
            let first = taking.batch.keys.first().copied().unwrap_or(RequestKey([0; 32]));
            let is_last = !fault.retryable || attempt >= self.client.patience.attempts;
            if is_last || !self.pause(retry::wait(&fault, attempt, &first)).await {
                return Err(self.error(&fault, NOT_SEEN));
            }
        }
        Ok(())
    }

    /// Takes in lines until their end, or until they break off. Read `again`, lines whose results are stored are none of
    /// another.
    async fn take_lines(&self, path: &str, again: bool, taking: &mut Taking<'_>) -> Result<Result<(), Fault>, Error> {
        let mut lines = match self.client.batch_results(path, taking.batch.keys.len()).await {
            Ok(lines) => lines,
            Err(fault) => return Ok(Err(fault)),
        };
        let known: HashSet<RequestKey> = taking.batch.keys.iter().copied().collect();
        let mut together = Vec::with_capacity(TOGETHER);
        loop {
            let line = match lines.next().await {
                Ok(Some(line)) => line,
                end => {
                    self.store(std::mem::take(&mut together), taking).await?;
                    return Ok(end.map(|_| ()));
                }
            };
            let result = json(&line).and_then(|line| self.api.read_result(&line)).ok();
            let result = result.and_then(|result| Some((key(&result.id)?, result.outcome)));
            taking.named.extend(result.as_ref().map(|(key, _)| *key));
            let Some((key, outcome)) = result.filter(|(key, _)| known.contains(key)) else {
                taking.odd += 1;
                continue;
            };
            if !taking.seen.insert(key) {
                taking.odd += usize::from(!again);
                continue;
            }
            let Some(slot) = taking.wanted.get(&key) else { continue };
            together.push((*slot, outcome));
            if together.len() == TOGETHER {
                self.store(std::mem::take(&mut together), taking).await?;
            }
        }
    }

    /// What has no result, by how the batch ended.
    async fn take_rest(&self, own: &[RequestKey], phase: &Phase, taking: &mut Taking<'_>) -> Result<(), Error> {
        let rest: Vec<RequestKey> = own.iter().filter(|key| !taking.seen.contains(key)).copied().collect();
        let outcome = || match phase {
            Phase::Failed(why) => {
                let message = format!("the provider refused the batch: {why}");
                EntryOutcome::Fault(Fault::new(Status::Rejected, message))
            }
            Phase::Ended(Ending::Cancelled) => EntryOutcome::Cancelled,
            Phase::Ended(Ending::Expired) => EntryOutcome::expired(),
            Phase::Ended(Ending::Complete) | Phase::Open => {
                EntryOutcome::Fault(without_result("the results of the batch do not hold this request"))
            }
        };
        for keys in rest.chunks(TOGETHER) {
            let slots = keys.iter().filter_map(|key| taking.wanted.get(key));
            let together = slots.map(|slot| (*slot, outcome())).collect();
            self.store(together, taking).await?;
        }
        Ok(())
    }

    /// Stores outcomes; a request that was not processed is not stored, and is asked again by a later run.
    async fn store(&self, outcomes: Vec<(Slot, EntryOutcome)>, taking: &mut Taking<'_>) -> Result<(), Error> {
        let mut kept = Vec::with_capacity(outcomes.len());
        for (slot, outcome) in outcomes {
            let outcome = match outcome {
                EntryOutcome::Answer(body) => Ok(body),
                EntryOutcome::Fault(fault) => Err(fault),
                EntryOutcome::Cancelled => {
                    self.settle(&slot.key, Bill::Refused);
                    taking.collected.cancelled.insert(slot.key);
                    continue;
                }
            };
            let request = self.work.request(&slot);
            let (response, again) = self.client.response_by_batch(&request, (taking.id, taking.attempt), outcome);
            let is_fault = response.status.is_fault();
            if is_fault {
                self.settle(&slot.key, Bill::Refused);
                taking.collected.failed.insert(slot.key, again);
            } else {
                self.settle(&slot.key, Bill::Usage(&response.usage));
                taking.collected.answered.insert(slot.key);
            }
            let is_passing = is_fault && again && self.asks_again(taking.attempt);
            kept.push(Kept { slot, response, is_passing });
        }
        self.keep(kept).await
    }
}

/// What to do about a batch that cannot be looked at.
const NOT_SEEN: &str = "the batch stays at the provider, and the next `apply` collects it; if it is gone there, or belongs to another \
                        key, `apply --cancel` forgets it";

/// The key that an id stands for.
fn key(id: &str) -> Option<RequestKey> {
    let mut bytes = [0; 32];
    let digits = id.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.bytes().all(|c| c.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(RequestKey(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_of_a_key_is_its_id() {
        let known = RequestKey(std::array::from_fn(|place| u8::try_from(place * 7).unwrap()));
        assert_eq!(key(&known.to_string()), Some(known));
        let text = known.to_string();
        for id in ["", "request-1", &text[1..], &format!("{text}0"), &text.replacen('0', "+", 1), &"é".repeat(32)] {
            assert_eq!(key(id), None, "{id}");
        }
    }
}
