//! A trial: one level through the whole path of a real run, in a folder of its own.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::cpu;
use super::server;
use super::truth::Truth;
use crate::dataset::HubSettings;
use crate::endpoint::client::Run;
use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::generate::{Ending, generate};
use crate::engine::prepare::{Sending, prepare};
use crate::error::Error;
use crate::event::{Event, Observer};
use crate::files::write_bytes;
use crate::level::Arrivals;
use crate::lock::Policy;
use crate::plan::{Options, Plan, resolve};
use crate::response::Response;
use crate::secret::Secrets;
use crate::spec::expand::Environment;
use crate::spec::load;
use crate::stop::Stop;
use crate::store::SqliteStore;

/// Number of questions of the dataset; a larger level asks them again.
const QUESTIONS: usize = 200;

/// How requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Load {
    /// A closed loop.
    Closed {
        /// Requests in flight at a time.
        concurrency: u32,
    },
    /// An open loop.
    Open {
        /// Requests per second.
        rate: u32,
        /// How they are spread.
        arrivals: Arrivals,
    },
}

/// One level.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'t> {
    /// The settings of the server.
    pub truth: Truth,
    /// Its URL, without a trailing slash.
    pub url: &'t str,
    /// How requests are sent.
    pub load: Load,
    /// Number of requests.
    pub requests: u32,
}

/// The result of a trial.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Every response, answers and faults, unordered.
    pub responses: Vec<Arc<Response>>,
    /// CPU time of this process while they were sent, if known.
    pub cpu: Option<Duration>,
}

impl Trial<'_> {
    /// Sends the requests. The folder must be empty; spec, dataset, lock and store are written into it.
    ///
    /// # Errors
    /// The run stops: the server does not answer, or the folder cannot be written.
    pub async fn run(&self, folder: &Path, observer: &Observer<'_>) -> Result<Measured, Error> {
        write_bytes(&folder.join("questions.jsonl"), questions().as_bytes())?;
        let mut plan = self.plan(&folder.join("selftest.yaml"))?;
        let hub = HubSettings {
            endpoint: None,
            token: None,
            cache_dir: folder.to_owned(),
            offline: true,
            timeout: Duration::from_secs(1),
        };
        let (store, stop) = (Arc::new(SqliteStore::open(&folder.join("store.sqlite"))?), Stop::default());
        let run = Run::start("selftest");
        let confirm = |_: &str| true;
        let costs = Costs::default();
        let observer = |event: &Event| {
            observer(event);
            costs.note(event, self.url);
        };
        let observer = &observer;
        let secrets = Secrets::default();
        let context = Context {
            store,
            hub: &hub,
            observer,
            stop: &stop,
            run,
            confirm: &confirm,
            secrets,
            recorder: None,
            keeps_score: false,
            own: PathBuf::new(),
        };
        let mut prepared = prepare(&mut plan, (Policy::Verify, Sending::Missing), None, &context).await?;
        let budget = Arc::new(Budget::new(&plan.budget));
        let generated =
            generate(&plan, &mut prepared.work, &prepared.connections, (&budget, Ending::Waits), &context).await?;
        let found = context.store.read(&prepared.work.keys().collect::<Vec<_>>())?;
        let counts = |response: &Response| !response.status.is_fault() || generated.failed.contains(&response.key);
        let responses = found.into_iter().flatten().filter(counts).map(Arc::new).collect();
        Ok(Measured { responses, cpu: costs.spent() })
    }

    fn plan(&self, path: &Path) -> Result<Plan, Error> {
        let (text, environment) = (self.spec(), Environment::new());
        let document = load(path, text.as_bytes(), &environment, &[]).map_err(Error::Spec)?;
        resolve(document, &environment, &Options::default()).map_err(Error::Spec)
    }

    /// The spec that measures this server.
    fn spec(&self) -> String {
        let Truth { provider, tokens, .. } = self.truth;
        // A server that is late must show it in the figures, not as a fault.
        let patience = 60 + self.truth.latency().as_secs().saturating_mul(10);
        let level = match self.load {
            // As many warm-ups, so that every connection is open.
            Load::Closed { concurrency } => format!("concurrency: {concurrency}, warmup: {concurrency}"),
            Load::Open { rate, arrivals } => {
                format!("rate: {rate}/s, arrivals: {}, warmup: 8", arrivals_word(arrivals))
            }
        };
        let mut spec = String::from("version: 1\nname: selftest\n");
        let (name, base_path, url, requests) = (provider.name, provider.base_path, self.url, self.requests);
        let _ = writeln!(spec, "datasets: [{{ source: {{ file: {{ path: questions.jsonl }} }} }}]");
        let _ = writeln!(spec, "endpoints: {{ local: {{ {name}: {{ url: \"{url}{base_path}\" }} }} }}");
        let _ = writeln!(spec, "models: [{{ name: mock, endpoint: local }}]");
        let _ = writeln!(spec, "generation: {{ max_tokens: {tokens}, stream: true }}");
        let limits = format!("timeout: {patience}s, stall_timeout: {patience}s, deadline: {patience}s");
        let _ = writeln!(spec, "load: {{ {level}, requests: {requests}, attempts: 1, {limits} }}");
        let _ = writeln!(spec, "output: {{ dir: outputs/selftest }}");
        spec
    }
}

/// CPU time from the first request after the warm-up to the last, by the events at either end.
#[derive(Default)]
struct Costs {
    span: Mutex<(Option<Duration>, Option<Duration>)>,
}

impl Costs {
    fn note(&self, event: &Event, url: &str) {
        match event {
            Event::ModelStarted { .. } => {
                // If the server does not answer here, the requests fail with a better message.
                let _ = server::reset(url);
                self.span().0 = cpu::spent();
            }
            Event::ModelFinished { .. } => self.span().1 = cpu::spent(),
            _ => {}
        }
    }

    fn spent(&self) -> Option<Duration> {
        let (began, ended) = *self.span();
        ended?.checked_sub(began?)
    }

    fn span(&self) -> MutexGuard<'_, (Option<Duration>, Option<Duration>)> {
        self.span.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of an arrival process in a spec.
pub fn arrivals_word(arrivals: Arrivals) -> &'static str {
    match arrivals {
        Arrivals::Constant => "constant",
        Arrivals::Poisson => "poisson",
    }
}

/// A dataset of questions with four choices each.
fn questions() -> String {
    let mut lines = String::new();
    for index in 0..QUESTIONS {
        let question = format!("Which of these words stands for the number {index} in the list of words?");
        let answer = index % 4;
        let _ = writeln!(
            lines,
            r#"{{"question":"{question}","choices":["first","second","third","fourth"],"answer":{answer}}}"#
        );
    }
    lines
}

/// True for the events of a run that a selftest shows.
pub fn is_progress(event: &Event) -> bool {
    matches!(
        event,
        Event::Warning(_)
            | Event::SendingStarted(_)
            | Event::ModelStarted { .. }
            | Event::ResponseStored { .. }
            | Event::ModelFinished { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::provider::Registration;
    use crate::endpoint::providers::PROVIDERS;
    use crate::id::Id;
    use crate::level::Level;
    use crate::mock::{Behaviour, MockServer};

    fn truth(provider: Registration) -> Truth {
        Truth { provider, ttft: Duration::from_millis(2), gap: Duration::from_millis(1), tokens: 3 }
    }

    #[test]
    fn every_spec_is_a_plan() {
        let folder = tempfile::tempdir().unwrap();
        write_bytes(&folder.path().join("questions.jsonl"), questions().as_bytes()).unwrap();
        let open = |arrivals| Load::Open { rate: 1000, arrivals };
        for &provider in PROVIDERS {
            for load in [Load::Closed { concurrency: 64 }, open(Arrivals::Constant), open(Arrivals::Poisson)] {
                let trial = Trial { truth: truth(provider), url: "http://127.0.0.1:1", load, requests: 7 };
                let plan = trial.plan(&folder.path().join("selftest.yaml")).unwrap();
                match (load, plan.levels[Id::at(0)]) {
                    (Load::Closed { concurrency }, Level::Concurrency(count)) => assert_eq!(count.get(), concurrency),
                    (Load::Open { arrivals, .. }, Level::Rate(rate, kind)) => {
                        assert!((rate.per_second() - 1000.0).abs() < 1e-9 && kind == arrivals);
                    }
                    (load, level) => panic!("{load:?} became {level:?}"),
                }
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_trial_sends_what_it_should_to_every_provider() {
        for &provider in PROVIDERS {
            let Truth { ttft, gap, tokens, .. } = truth(provider);
            let behaviour = Behaviour { ttft, gap, output_tokens: tokens, ..Behaviour::default() };
            let server = MockServer::bind("127.0.0.1:0".parse().unwrap(), behaviour).await.unwrap();
            let (url, shutdown) = (server.url(), tokio_util::sync::CancellationToken::new());
            let serving = tokio::spawn(server.serve(shutdown.clone()));
            let folder = tempfile::tempdir().unwrap();
            let load = Load::Closed { concurrency: 3 };
            let trial = Trial { truth: truth(provider), url: &url, load, requests: 10 };
            let measured = trial.run(folder.path(), &|_| {}).await.unwrap();
            assert_eq!(measured.responses.len(), 10);
            for response in &measured.responses {
                assert!(response.latency().unwrap() >= truth(provider).latency(), "{response:?}");
                assert_eq!(response.usage.output_tokens, Some(3));
            }
            let counted = crate::selftest::server::counted(&url).await.unwrap();
            // Without the three that warmed it up.
            assert_eq!(counted.answers, 10);
            assert!(counted.late_p50_s.unwrap() <= counted.late_p99_s.unwrap());
            shutdown.cancel();
            serving.await.unwrap();
        }
    }
}
