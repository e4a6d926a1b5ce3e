//! Reads what a server and its machine say while a batch is sent.
//!
//! A thread with a connection of its own reads, so that no request waits for it and nothing of it lies between a socket and
//! its time stamp. It reads before the first request and after the last response, and each second between the two.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::metrics_page::MetricsPage;
use crate::endpoint::client::Run;
use crate::engine::Context;
use crate::error::Error;
use crate::host::EnergyMeter;
use crate::plan::{EndpointPlan, Plan};
use crate::request::RequestKey;
use crate::store::{Store, StoreError};
use crate::telemetry::{Reading, Stretch};
use crate::work::batch::Batch;

/// Time between two readings.
const EACH: Duration = Duration::from_secs(1);

/// Time between the last response and the last reading.
const AFTER: Duration = Duration::from_millis(100);

/// Readings that are stored together: what a run that is killed loses.
const TOGETHER: usize = 60;

/// Readings along one batch that are going on.
pub(in crate::engine) struct Readings {
    stop: DropGuard,
    kept: JoinHandle<Result<Faults, StoreError>>,
}

/// Why something was not read: what the server says, and energy.
#[derive(Debug, Default)]
struct Faults {
    words: Option<String>,
    /// True if the server said something all the same.
    has_words: bool,
    energy: Option<String>,
}

impl Readings {
    /// Begins to read beside a batch whose server is at this address, if that is asked for; the first reading is made then.
    ///
    /// # Errors
    /// The system has no thread for it.
    pub(in crate::engine) async fn begin(
        plan: &Plan,
        batch: &Batch,
        (url, key): (&str, RequestKey),
        context: &Context<'_>,
    ) -> Result<Option<Self>, Error> {
        let endpoint = plan.endpoint_of(&batch.model);
        if !endpoint.observing.is_on() || !batch.reads_server() {
            return Ok(None);
        }
        let (parts, stored) = mpsc::unbounded_channel();
        let page = endpoint.observing.metrics.as_ref();
        let along = Along {
            page: page.map(|page| MetricsPage::new(plan, endpoint, (page, url), &context.secrets)),
            reads_energy: endpoint.observing.energy,
            meter: None,
            run: context.run.clone(),
            part: Stretch { run: context.run.name.to_string(), ..Stretch::default() },
            parts,
        };
        let (stop, (ready, first)) = (CancellationToken::new(), oneshot::channel());
        let told = stop.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(no_thread)?;
        let read = move || runtime.block_on(along.read(ready, told));
        thread::Builder::new().name("readings".into()).spawn(read).map_err(no_thread)?;
        let kept = tokio::spawn(keep(Arc::clone(&context.store), key, stored));
        // Gone only with its thread, which the store's error will explain.
        let _ = first.await;
        Ok(Some(Self { stop: stop.drop_guard(), kept }))
    }

    /// Makes the last reading; gives what is to be said of what could not be read.
    ///
    /// # Errors
    /// The store does not take them.
    pub(in crate::engine) async fn end(self, endpoint: &EndpointPlan) -> Result<Vec<String>, Error> {
        drop(self.stop);
        let faults = self.kept.await.unwrap_or_else(|_| Ok(Faults::default()))?;
        let name = &endpoint.name;
        let what = if faults.has_words { "not all of its metrics were read" } else { "its metrics were not read" };
        let words = faults.words.map(|why| format!("endpoint `{name}`: {what}: {why}"));
        let energy = faults.energy.map(|why| format!("endpoint `{name}`: energy was not measured: {why}"));
        Ok(words.into_iter().chain(energy).collect())
    }
}

fn no_thread(error: std::io::Error) -> Error {
    Error::Internal(format!("cannot start a thread for readings: {error}"))
}

/// Stores parts as they come. Not in the thread that reads: a connection of a store may need the runtime of the run.
async fn keep(
    store: Arc<dyn Store>,
    batch: RequestKey,
    mut parts: mpsc::UnboundedReceiver<Stretch>,
) -> Result<Faults, StoreError> {
    let mut faults = Faults::default();
    while let Some(part) = parts.recv().await {
        faults.words = faults.words.or_else(|| part.words_fault.clone());
        faults.has_words |= part.readings.iter().any(|reading| !reading.words.is_empty());
        faults.energy = faults.energy.or_else(|| part.energy_fault.clone());
        store.keep_telemetry(batch, part).await?;
    }
    Ok(faults)
}

/// What the thread does.
struct Along {
    page: Option<MetricsPage>,
    reads_energy: bool,
    meter: Option<EnergyMeter>,
    run: Run,
    /// The readings that are not stored yet.
    part: Stretch,
    parts: mpsc::UnboundedSender<Stretch>,
}

impl Along {
    async fn read(mut self, ready: oneshot::Sender<()>, stop: CancellationToken) {
        if self.reads_energy {
            match EnergyMeter::new() {
                Ok(meter) => {
                    self.part.energy_of = Some(meter.of());
                    self.meter = Some(meter);
                }
                Err(why) => self.part.energy_fault = Some(why),
            }
        }
        self.look().await;
        self.part.begun_s = self.part.readings.first().map_or(0.0, |reading| reading.at_s);
        // Nobody waits any more if the run was aborted.
        let _ = ready.send(());
        let mut ticks = interval_at(Instant::now() + EACH, EACH);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                _ = ticks.tick() => self.look().await,
            }
            if self.part.readings.len() >= TOGETHER {
                self.hand_over();
            }
        }
        // A server may count its last response only when that has left.
        tokio::time::sleep(AFTER).await;
        self.look().await;
        self.hand_over();
    }

    /// Makes one reading.
    async fn look(&mut self) {
        let mut words = BTreeMap::new();
        if let Some(page) = &self.page {
            let why = match page.said().await {
                Ok(said) => {
                    words = said.words;
                    said.odd
                }
                Err(why) => Some(why),
            };
            self.part.words_fault = self.part.words_fault.take().or(why);
        }
        let energy_j = match self.meter.as_mut().map(EnergyMeter::read) {
            Some(Err(why)) => {
                self.meter = None;
                self.part.energy_fault = Some(why);
                None
            }
            read => read.and_then(Result::ok),
        };
        let at_s = (self.run.started.elapsed().as_secs_f64() * 1e6).round() / 1e6;
        self.part.readings.push(Reading { at_s, words, energy_j });
    }

    fn hand_over(&mut self) {
        let next = Stretch {
            run: self.part.run.clone(),
            begun_s: self.part.begun_s,
            energy_of: self.part.energy_of.clone(),
            ..Stretch::default()
        };
        // Nobody takes it any more if the run was aborted.
        let _ = self.parts.send(std::mem::replace(&mut self.part, next));
    }
}
