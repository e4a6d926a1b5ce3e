//! The reporter: progress bars on a terminal, plain lines elsewhere, JSON events for machines.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anstyle::{AnsiColor, Style};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use serde_json::json;

use super::screen::{Mode, Screen};
use super::text::{duration, fold, printable};
use crate::engine::apply::RunSummary;
use crate::error::Error;
use crate::event::Event;
use crate::format::{counted, seconds};
use crate::gates::until::{Stop, stops};
use crate::gates::{GateOutcome, Recommendation, recommendations};
use crate::id::{BatchId, Id};
use crate::plan::Plan;
use crate::report::largest_load::{LargestLoad, largest_load};
use crate::secret::Secrets;
use crate::tables::pairs::pair_json;
use crate::tables::summary::{Grouping, Summary};
use crate::tables::summary_columns::summary_columns;
use crate::work::batch::Batch;

/// Shows the events of a run.
pub struct Reporter {
    mode: Mode,
    screen: Screen,
    bars: MultiProgress,
    batches: Mutex<HashMap<BatchId, Progress>>,
    judging: Mutex<Option<Judging>>,
    secrets: Secrets,
    /// The first error of standard output.
    unwritten: Mutex<Option<std::io::Error>>,
}

/// Progress of one batch.
struct Progress {
    name: String,
    bar: ProgressBar,
    started: Instant,
    requests: Option<usize>,
    done: usize,
    faults: usize,
}

/// Progress of a judge that is consulted.
struct Judging {
    bar: ProgressBar,
    /// When it was last printed in a line.
    printed: Instant,
}

/// Time between two plain lines of a judge.
const JUDGING: Duration = Duration::from_secs(10);

impl Reporter {
    /// A new reporter.
    pub fn new(mode: Mode, screen: Screen, secrets: Secrets) -> Self {
        let (bars, batches) = (MultiProgress::new(), Mutex::new(HashMap::new()));
        Self { mode, screen, bars, batches, judging: Mutex::new(None), secrets, unwritten: Mutex::new(None) }
    }

    /// The width that results have to fit, if any.
    pub fn width(&self) -> Option<usize> {
        self.screen.results
    }

    /// Shows one event.
    pub fn show(&self, event: &Event) {
        if self.mode == Mode::Json {
            return self.result(&as_json(event).to_string());
        }
        match event {
            Event::StageFinished { stage, line } => {
                let word = format!("{:<9}", stage.word());
                self.tell(&format!("{} {}", self.styled(&word, AnsiColor::Green), printable(line)));
            }
            Event::Warning(text) => {
                self.line(&format!("{} {}", self.styled("warning: ", AnsiColor::Yellow), printable(text)));
            }
            Event::Order(steps) => self.tell(&format!("generate  order: {}", printable(&steps.join(", then ")))),
            Event::ModelLoaded { batch, load } => self.tell(&format!(
                "generate  {}: cold start: model load took {} (excluded from latency)",
                printable(&batch.model.name),
                seconds(load.as_secs_f64())
            )),
            Event::ModelStarted { batch, requests, time } => {
                let name = format!("{} {}", printable(&batch.model.name), batch.level);
                self.start(batch.id, name, *requests, *time);
            }
            Event::WarmingUp { .. } | Event::FileWritten { .. } => {}
            Event::ResponseStored { batch, fault, .. } => self.advance(batch.id, fault.as_deref()),
            Event::ModelFinished { batch } => self.finish(batch.id),
            Event::Consulting { judge, done, answers } => self.consulting(&printable(judge), *done, *answers),
        }
    }

    /// Shows how far a judge has come, until it is done.
    fn consulting(&self, judge: &str, done: usize, answers: usize) {
        let mut judging = self.judging();
        let is_new = judging.is_none();
        let state = judging.get_or_insert_with(|| {
            let bar = match self.mode {
                Mode::Terminal => self.bars.add(bar(&format!("judge {judge}"), Some(answers), None)),
                _ => ProgressBar::hidden(),
            };
            bar.enable_steady_tick(Duration::from_millis(250));
            Judging { bar, printed: Instant::now() }
        });
        state.bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
        let is_due = is_new || state.printed.elapsed() >= JUDGING;
        if is_due && self.mode == Mode::Plain {
            state.printed = Instant::now();
            self.line(&format!("judge     {done} of {answers} judged by {judge}"));
        }
        if done >= answers
            && let Some(done) = judging.take()
        {
            done.bar.finish_and_clear();
        }
    }

    fn start(&self, batch: BatchId, name: String, requests: Option<usize>, time: Option<Duration>) {
        let bar = match self.mode {
            Mode::Terminal => self.bars.add(bar(&name, requests, time)),
            _ => ProgressBar::hidden(),
        };
        bar.enable_steady_tick(Duration::from_millis(250));
        if self.mode == Mode::Plain {
            let much = match (requests, time) {
                (None, Some(time)) => format!("for {}", duration(time)),
                _ => counted(requests.unwrap_or_default(), "request"),
            };
            self.line(&format!("generate  {name}: {much}"));
        }
        let progress = Progress { name, bar, started: Instant::now(), requests, done: 0, faults: 0 };
        self.batches().insert(batch, progress);
    }

    fn advance(&self, batch: BatchId, fault: Option<&str>) {
        let mut batches = self.batches();
        let Some(progress) = batches.get_mut(&batch) else { return };
        progress.done += 1;
        progress.bar.inc(1);
        let Some(fault) = fault else { return };
        progress.faults += 1;
        let message = format!("{} failed", progress.faults);
        progress.bar.set_message(message);
        if progress.faults == 1 {
            let text = format!("{}: a request failed: {}", progress.name, printable(fault));
            drop(batches);
            self.line(&format!("{} {text}", self.styled("warning: ", AnsiColor::Yellow)));
        }
    }

    fn finish(&self, batch: BatchId) {
        let Some(progress) = self.batches().remove(&batch) else { return };
        progress.bar.finish_and_clear();
        let failed = if progress.faults == 0 { String::new() } else { format!(", {} failed", progress.faults) };
        let took = progress.started.elapsed().as_secs_f64();
        let of = progress.requests.map_or(String::new(), |requests| format!(" of {requests}"));
        self.tell(&format!("generate  {}: {}{of} sent in {took:.1} s{failed}", progress.name, progress.done));
    }

    /// Prints a note that is not an event.
    pub fn note(&self, text: &str) {
        self.line(&format!("{} {text}", self.styled("note:    ", AnsiColor::Cyan)));
    }

    /// Removes the bars.
    pub fn close(&self) {
        self.batches().drain().for_each(|(_, progress)| progress.bar.finish_and_clear());
        self.judging().take().into_iter().for_each(|judging| judging.bar.finish_and_clear());
    }

    /// Prints the end of a run.
    pub fn outcome(&self, plan: &Plan, table: &str, outcome: &RunSummary) {
        if self.mode == Mode::Json {
            let faults: HashMap<&str, usize> =
                outcome.faults.iter().map(|(status, (count, _))| (status.word(), *count)).collect();
            let models: Vec<_> = outcome.results.summaries().map(summary_json).collect();
            let gates: Vec<_> = outcome.gates.iter().map(GateOutcome::json).collect();
            let pairs: Vec<_> = outcome.results.pairs.iter().map(pair_json).collect();
            let results = &outcome.results;
            let loads: Vec<_> = largest_load(&results.groups, plan).iter().map(LargestLoad::json).collect();
            let recommended = recommendations(&plan.gating.prefer, results);
            let recommended: Vec<_> = recommended.iter().map(Recommendation::json).collect();
            let stops: Vec<_> = stops(results, plan).iter().map(Stop::json).collect();
            let end = json!({
                "largest_load": loads, "recommendations": recommended, "stops": stops,
                "event": "finished", "models": models, "pairs": pairs, "gates": gates, "checks": outcome.checks, "faults": faults, "unsent": outcome.unsent, "unjudged": outcome.unjudged,
                "time_left_s": outcome.time_left.as_secs_f64(),
                "folder": outcome.folder.display().to_string(),
            });
            return self.result(&end.to_string());
        }
        self.result(&format!("\n{table}"));
    }

    /// Prints a result on standard output.
    pub fn result(&self, text: &str) {
        let mut out = std::io::stdout().lock();
        let written = writeln!(out, "{}", self.secrets.redact(text)).and_then(|()| out.flush());
        // A reader that closed the pipe, such as `head`, needs no more.
        if let Err(error) = written
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            self.unwritten().get_or_insert(error);
        }
    }

    /// Fails if a write to standard output failed.
    ///
    /// # Errors
    /// The first error of the system.
    pub fn written(&self) -> Result<(), Error> {
        self.unwritten().take().map_or(Ok(()), |source| Err(Error::io("standard output")(source)))
    }

    /// Prints how far the run has come, unless nobody wants to know.
    fn tell(&self, text: &str) {
        if self.mode != Mode::Quiet {
            self.line(text);
        }
    }

    fn line(&self, text: &str) {
        let text = fold(&self.secrets.redact(text), self.screen.messages, "          ");
        self.bars.suspend(|| {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        });
    }

    fn styled(&self, text: &str, color: AnsiColor) -> String {
        if !self.screen.has_colors {
            return text.to_owned();
        }
        let style = Style::new().bold().fg_color(Some(color.into()));
        format!("{style}{text}{style:#}")
    }

    fn unwritten(&self) -> MutexGuard<'_, Option<std::io::Error>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn judging(&self) -> MutexGuard<'_, Option<Judging>> {
        self.judging.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn batches(&self) -> MutexGuard<'_, HashMap<BatchId, Progress>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A bar of requests, or of elapsed time for a timed level.
fn bar(name: &str, requests: Option<usize>, time: Option<Duration>) -> ProgressBar {
    let (length, template) = match requests {
        Some(requests) => {
            let length = u64::try_from(requests).unwrap_or(u64::MAX);
            (Some(length), "{prefix:<24!} {bar:30} {pos}/{len} {rate} eta {eta} {msg}")
        }
        None => (None, "{prefix:<24!} {passed} {pos} done {rate} {msg}"),
    };
    // Hidden until it is added to the others, or its first state would stay on the screen.
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.1}/s", state.per_sec());
    };
    let whole = time.unwrap_or_default();
    let passed = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{}s of {}", state.elapsed().min(whole).as_secs(), duration(whole));
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.with_key("rate", rate).with_key("passed", passed));
    bar.set_prefix(name.to_owned());
    bar
}

/// A summary: every column of `model_summary.csv`, and the score under its short name.
fn summary_json(summary: &Summary) -> serde_json::Value {
    let columns = summary_columns(Grouping::Model);
    let mut fields: serde_json::Map<_, _> = columns
        .into_iter()
        .map(|column| {
            let value = (column.value)(summary).json();
            (column.name, value)
        })
        .collect();
    fields.insert("score".into(), json!(summary.score));
    fields.insert("score_interval".into(), json!(summary.score_interval));
    fields.into()
}

fn as_json(event: &Event) -> serde_json::Value {
    match event {
        Event::StageFinished { stage, line } => {
            json!({ "event": "stage_finished", "stage": stage.word(), "line": line })
        }
        Event::Warning(text) => json!({ "event": "warning", "text": text }),
        Event::ModelStarted { batch, requests, time } => of_batch(
            "model_started",
            batch,
            json!({ "requests": requests, "duration_s": time.map(|time| time.as_secs_f64()) }),
        ),
        Event::Order(steps) => json!({ "event": "order", "steps": steps }),
        Event::ModelLoaded { batch, load } => of_batch("model_loaded", batch, json!({ "load_s": load.as_secs_f64() })),
        Event::WarmingUp { batch } => of_batch("warming_up", batch, json!({})),
        Event::ResponseStored { batch, status, latency, fault } => of_batch(
            "response_stored",
            batch,
            json!({
                "status": status.word(), "latency_s": latency.map(|latency| latency.as_secs_f64()), "fault": fault,
            }),
        ),
        Event::ModelFinished { batch } => of_batch("model_finished", batch, json!({})),
        Event::Consulting { judge, done, answers } => {
            json!({ "event": "consulting", "judge": judge, "done": done, "answers": answers })
        }
        Event::FileWritten { path } => json!({ "event": "file_written", "path": path.display().to_string() }),
    }
}

/// An event of a batch, with the fields that identify the batch.
fn of_batch(event: &str, batch: &Batch, mut fields: serde_json::Value) -> serde_json::Value {
    fields["event"] = event.into();
    fields["batch"] = batch.id.place().into();
    fields["model"] = batch.model.name.as_str().into();
    fields["level"] = batch.level.to_string().into();
    fields
}
