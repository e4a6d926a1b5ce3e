//! Clients that send a load level together: they begin at the same moment, and each says what its part was.

use std::time::{Duration, Instant};

use super::run_batch::BatchRunner;
use crate::clients::{ClientPart, ClockOffset};
use crate::endpoint::client::Client;
use crate::engine::Context;
use crate::engine::servers::server_clock::{ServerClock, nanoseconds};
use crate::error::Error;
use crate::event::{Event, Wait};
use crate::host::wall_clock;
use crate::plan::shard::{Shard, Turns};
use crate::plan::{Meeting, Plan};
use crate::request::RequestKey;
use crate::store::{Arrival, ClockReading, Met, Store, clock_name};
use crate::work::Work;
use crate::work::batch::Batch;

/// Time between two looks at who has arrived.
const LOOK: Duration = Duration::from_millis(100);

/// How long before its start a client claims what it sends first.
const LEAD: Duration = Duration::from_secs(1);

/// A level that begins at a moment for all of its clients.
pub(super) struct Start {
    /// The moment.
    pub(super) at: Instant,
    key: RequestKey,
    part: ClientPart,
}

/// The clock of all clients beside that of this process.
#[derive(Clone, Copy)]
struct SharedClock {
    /// When the run started, in nanoseconds since 1970.
    run_started_ns: i64,
    offset: Option<ClockOffset>,
}

impl SharedClock {
    /// The clock of the store, by an exchange with it.
    fn of_store(reading: &ClockReading, run_started: Instant) -> Self {
        let since_start = reading.at.saturating_duration_since(run_started);
        let run_started_ns = reading.store_ns.saturating_sub(nanoseconds(since_start));
        Self::compared((run_started_ns, reading.uncertainty), run_started)
    }

    /// The clock of the server, by its replies.
    fn of_server(clock: ServerClock, run_started: Instant) -> Self {
        Self::compared(clock.nearest_to(Self::of_machine(run_started).run_started_ns), run_started)
    }

    /// A clock that showed this when the run started, beside that of the machine.
    fn compared((run_started_ns, uncertainty): (i64, Duration), run_started: Instant) -> Self {
        let machine_ns = Self::of_machine(run_started).run_started_ns;
        let ahead_s = Duration::from_nanos(run_started_ns.abs_diff(machine_ns)).as_secs_f64();
        let offset = ClockOffset {
            ahead_s: if run_started_ns < machine_ns { -ahead_s } else { ahead_s },
            uncertainty_s: uncertainty.as_secs_f64(),
        };
        Self { run_started_ns, offset: Some(offset) }
    }

    /// That of the machine, which nobody compares with others.
    fn of_machine(run_started: Instant) -> Self {
        let now = nanoseconds(wall_clock());
        Self { run_started_ns: now.saturating_sub(nanoseconds(run_started.elapsed())), offset: None }
    }

    /// The time until it shows this.
    fn until(self, start_ns: i64, run_started: Instant) -> Duration {
        let after = start_ns.saturating_sub(self.run_started_ns).saturating_sub(nanoseconds(run_started.elapsed()));
        Duration::from_nanos(u64::try_from(after).unwrap_or(0))
    }

    /// The moment of a time of it, or now if that is over; and the time itself.
    fn moment(self, start_ns: i64, run_started: Instant) -> (Instant, i64) {
        let after = u64::try_from(start_ns.saturating_sub(self.run_started_ns)).unwrap_or(0);
        let at = run_started.checked_add(Duration::from_nanos(after)).unwrap_or(run_started).max(Instant::now());
        let begun_ns = self.run_started_ns.saturating_add(nanoseconds(at.saturating_duration_since(run_started)));
        (at, begun_ns)
    }
}

/// True if clients of a shared store have still to meet before a level: none of them has begun it.
pub(super) fn is_awaited(plan: &Plan, work: &Work, batch: &Batch, store: &dyn Store) -> Result<bool, Error> {
    let (Turns::Of(_), Some(Meeting::InStore(_))) = (batch.turns, plan.meeting) else { return Ok(false) };
    let mut begun = store.client_parts(work.batch_key(batch))?;
    if plan.fresh.is_some() {
        let runs = store.fresh_runs(&plan.name)?;
        begun.retain(|part| runs.contains(&part.run));
    }
    Ok(begun.is_empty())
}

impl BatchRunner<'_> {
    /// Waits until the clients of a level begin it; nothing if this run has it for itself, or is to end.
    pub(super) async fn begin_together(&self, batch: &Batch, client: &Client) -> Result<Option<Start>, Error> {
        let (Turns::Of(part), Some(meeting)) = (batch.turns, self.sender.plan.meeting) else { return Ok(None) };
        let Context { run, store, stop, .. } = self.context;
        let machine = || SharedClock::of_machine(run.started);
        let (clock, start_ns) = match meeting {
            Meeting::InStore(patience) => {
                let reading = store.clock().await?;
                let clock = reading.map_or_else(machine, |reading| SharedClock::of_store(&reading, run.started));
                (clock, self.meet(batch, part, patience).await?)
            }
            Meeting::ByClock(table) => {
                let start_ns = nanoseconds(table.start(batch.id));
                let end_ns = start_ns.saturating_sub(nanoseconds(LEAD));
                let compared = tokio::select! {
                    clock = ServerClock::of(client, run.started, end_ns) => clock,
                    () = stop.drain.cancelled() => None,
                };
                let compared = compared.map(|clock| SharedClock::of_server(clock, run.started));
                // That of the machine may be set while it is waited for.
                let clock = || compared.unwrap_or_else(machine);
                self.wait_for(batch, || clock().until(start_ns, run.started)).await;
                (clock(), Some(start_ns))
            }
        };
        if self.is_over() {
            return Ok(None);
        }
        let (_, now_ns) = clock.moment(0, run.started);
        let start_ns = start_ns.unwrap_or(now_ns);
        let (at, begun_ns) = clock.moment(start_ns, run.started);
        let part = ClientPart {
            run: run.name.to_string(),
            client: part.number(),
            clients: part.count(),
            run_started_ns: clock.run_started_ns,
            start_ns,
            begun_ns,
            ended: false,
            machine: clock_name(),
            offset: clock.offset,
        };
        let key = self.sender.work.batch_key(batch);
        store.keep_client_part(key, part.clone()).await?;
        Ok(Some(Start { at, key, part }))
    }

    /// Says that a level came to its end.
    pub(super) async fn end_together(&self, start: Option<Start>) -> Result<(), Error> {
        let Some(Start { key, part, .. }) = start else { return Ok(()) };
        Ok(self.context.store.keep_client_part(key, ClientPart { ended: true, ..part }).await?)
    }

    /// Meets the other clients in the store; gives the start on its clock, or nothing if the level was begun before, so
    /// that nobody comes any more.
    async fn meet(&self, batch: &Batch, client: Shard, patience: Duration) -> Result<Option<i64>, Error> {
        let Context { store, stop, .. } = self.context;
        let (plan, work) = (&self.sender.plan, &self.sender.work);
        if !is_awaited(plan, work, batch, &**store)? {
            return Ok(None);
        }
        let arrival = Arrival { batch: work.batch_key(batch), client: client.number(), clients: client.count() };
        let (mut shown, mut since) = (Vec::new(), Instant::now());
        loop {
            match store.meet(arrival).await? {
                Met::Start { start_ns } => {
                    self.show_clients(batch, None);
                    return Ok(Some(start_ns));
                }
                Met::Taken { run } => return Err(Error::Clients(taken(client, &run))),
                Met::Waiting { missing, all_live } => {
                    if all_live {
                        since = Instant::now();
                    }
                    if since.elapsed() >= patience {
                        return Err(Error::Clients(absent(batch, &missing, client, patience)));
                    }
                    if missing != shown {
                        self.show_clients(batch, Some(Wait::Clients { missing: missing.clone(), of: client.count() }));
                        shown = missing;
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = stop.drain.cancelled() => return Ok(None),
            }
        }
    }

    /// Waits until shortly before a start.
    async fn wait_for(&self, batch: &Batch, left: impl Fn() -> Duration) {
        let is_early = left() > LEAD;
        if is_early {
            self.show_clients(batch, Some(Wait::Start { left: left() }));
        }
        while left() > LEAD && !self.is_over() {
            tokio::select! {
                () = tokio::time::sleep((left().saturating_sub(LEAD)).min(LEAD)) => {}
                () = self.context.stop.drain.cancelled() => {}
            }
        }
        if is_early {
            self.show_clients(batch, None);
        }
    }

    fn show_clients(&self, batch: &Batch, wait: Option<Wait>) {
        let endpoint = self.sender.plan.endpoint_of(&batch.model).name.clone();
        (self.context.observer)(&Event::Waiting { batch: batch.clone(), endpoint, wait });
    }
}

fn taken(client: Shard, run: &str) -> String {
    format!(
        "another run is client {client} already ({run}); start each client once, as `--client I/{}`",
        client.count()
    )
}

fn absent(batch: &Batch, missing: &[u32], client: Shard, patience: Duration) -> String {
    format!(
        "{} of {} did not come to {} within {} s, so nothing of it was sent; start all clients of the experiment, or wait longer \
         with `--patience`",
        crate::clients::named(missing),
        client.count(),
        batch.name(),
        patience.as_secs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_at_its_moment_on_the_clock_of_the_store() {
        let run_started = Instant::now();
        // 250 ms after the run started the store's clock showed 1,000 s.
        let at = run_started + Duration::from_millis(250);
        let reading = ClockReading { at, store_ns: 1_000_000_000_000, uncertainty: Duration::from_micros(40) };
        let clock = SharedClock::of_store(&reading, run_started);
        assert_eq!(clock.run_started_ns, 999_750_000_000);
        let offset = clock.offset.unwrap();
        assert!(offset.ahead_s < -1e9 && (offset.uncertainty_s - 4e-5).abs() < 1e-12, "{offset:?}");
        let (moment, begun_ns) = clock.moment(1_030_000_000_000, run_started);
        assert_eq!((moment - run_started, begun_ns), (Duration::from_millis(30_250), 1_030_000_000_000));
    }

    #[test]
    fn who_is_late_begins_now() {
        let run_started = Instant::now();
        let clock = SharedClock { run_started_ns: 5_000_000_000, offset: None };
        let (moment, begun_ns) = clock.moment(1_000_000_000, run_started);
        assert!(moment >= run_started && begun_ns >= 5_000_000_000);
    }
}
