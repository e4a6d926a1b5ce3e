//! The reporter: progress on a terminal, plain lines elsewhere, JSON events for machines.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anstyle::AnsiColor;

use super::json_event::JsonEvent;
use super::progress::lines::{clients_text, clock};
use super::progress::live::Live;
use super::screen::{Mode, Screen, colored};
use super::text::{duration, printable};
use crate::engine::outcome::RunSummary;
use crate::engine::sharing::leaving::{Left, Others, Writer};
use crate::error::Error;
use crate::event::{Event, Wait};
use crate::format::{counted, seconds};
use crate::plan::Plan;
use crate::printable::isolated;
use crate::secret::Secrets;
use crate::store::Rest;
use crate::work::batch::Batch;

/// Shows the events of a run.
pub struct Reporter {
    mode: Mode,
    screen: Screen,
    live: Live,
    secrets: Secrets,
    /// The first error of standard output.
    unwritten: Mutex<Option<std::io::Error>>,
}

impl Reporter {
    /// A new reporter.
    pub fn new(mode: Mode, screen: Screen, secrets: Secrets) -> Self {
        let live = Live::new(mode, screen, secrets.clone());
        Self { mode, screen, live, secrets, unwritten: Mutex::new(None) }
    }

    /// The width that results have to fit, if any.
    pub fn width(&self) -> Option<usize> {
        self.screen.results()
    }

    /// Shows one event.
    pub fn show(&self, event: &Event) {
        self.live.progress().see(event, Instant::now());
        if self.mode == Mode::Json {
            return self.event(&JsonEvent::of(event));
        }
        match event {
            Event::StageFinished { stage, line } => {
                let word = format!("{:<9}", stage.word());
                self.tell(&format!("{} {}", self.styled(&word, AnsiColor::Green), printable(line)));
            }
            Event::Warning(text) => self.warn(&printable(text)),
            Event::Order(steps) => self.tell(&format!("generate  order: {}", printable(&steps.join(", then ")))),
            Event::ModelLoaded { batch, load } => self.tell(&format!(
                "generate  {}: cold start: model load took {} (excluded from latency)",
                named(batch),
                seconds(load.as_secs_f64())
            )),
            Event::ModelStarted { batch, requests, time } => self.start(batch, *requests, *time),
            Event::ResponseStored { batch, fault: Some(fault), .. } => self.warn_of_first(batch, fault),
            Event::ProviderBatch { batch, id, done, requests } => {
                let name = named(batch);
                self.tell(&format!("generate  {name}: batch {}: {done} of {requests} done", printable(id)));
            }
            Event::ModelFinished { batch } => self.finish(batch),
            Event::Consulting { .. } => self.live.show(),
            Event::StandingBy { run, machine } => self.note(&format!(
                "{} writes the results; this run waits, and writes them if that one dies",
                who(run, machine)
            )),
            Event::SendingStarted(_)
            | Event::WarmingUp { .. }
            | Event::ResponseStored { .. }
            | Event::ScoreSoFar { .. }
            | Event::FileWritten { .. } => {}
            Event::Waiting { batch, wait, .. } => self.wait(batch, wait.as_ref()),
        }
    }

    /// Where there is no line that changes, waiting for a level to begin is said once.
    fn wait(&self, batch: &Batch, wait: Option<&Wait>) {
        let text = match wait {
            Some(Wait::Clients { missing, of }) => clients_text(missing, *of),
            Some(Wait::Start { left }) => format!("the level begins in {}", clock(*left)),
            _ => return,
        };
        if self.mode == Mode::Plain {
            self.live.line(&format!("generate  {} {}: {text}", named(batch), batch.level));
        }
    }

    fn start(&self, batch: &Batch, requests: Option<usize>, time: Option<Duration>) {
        if self.mode == Mode::Plain {
            let much = match (requests, time) {
                (None, Some(time)) => format!("for {}", duration(time)),
                _ => counted(requests.unwrap_or_default(), "request"),
            };
            self.live.line(&format!("generate  {} {}: {much}", named(batch), batch.level));
        }
        self.live.show();
    }

    /// Warns of the first fault of a batch.
    fn warn_of_first(&self, batch: &Batch, fault: &str) {
        let first =
            self.live.progress().faults(batch).filter(|(_, faults)| *faults == 1).map(|(name, _)| name.to_owned());
        if let Some(name) = first {
            self.warn(&format!("{name}: a request failed: {}", printable(fault)));
        }
    }

    fn finish(&self, batch: &Batch) {
        let Some(ended) = self.live.progress().end(batch, Instant::now()) else { return };
        self.live.show();
        let failed = if ended.faults == 0 { String::new() } else { format!(", {} failed", ended.faults) };
        let of = ended.requests.map_or(String::new(), |requests| format!(" of {requests}"));
        let took = ended.took.as_secs_f64();
        self.tell(&format!("generate  {}: {}{of} sent in {took:.1} s{failed}", ended.name, ended.done));
    }

    /// Shows that nothing new is sent from now on.
    pub fn stop(&self) {
        self.live.progress().stop();
        self.event(&JsonEvent::Stopping);
        self.note("stopping: waiting for requests in flight, sending no new ones; press Ctrl-C again to abort");
    }

    /// Number of requests with an answer or a fault, and of all, if that is known and anything was to be sent.
    pub fn requests(&self) -> (usize, Option<usize>) {
        let (done, all) = self.live.progress().requests();
        (done, all.filter(|all| *all > 0))
    }

    /// Tells a machine what an interrupted run has kept.
    pub fn interrupted(&self, is_aborted: bool, store: &str, command: &str) {
        let (done, requests) = self.live.progress().requests();
        let (store, command) = (store.to_owned(), command.to_owned());
        self.event(&JsonEvent::Interrupted { is_aborted, done, requests, store, command });
    }

    /// Tells a machine why the command failed.
    pub fn failed(&self, error: &Error) {
        self.event(&JsonEvent::failed(error));
    }

    /// Prints an event that only machines need as one.
    fn event(&self, event: &JsonEvent) {
        if self.mode != Mode::Json {
            return;
        }
        match event.line() {
            Ok(line) => self.result(&line),
            Err(error) => drop(self.unwritten().get_or_insert(error.into())),
        }
    }

    /// Prints a note that is not an event.
    pub fn note(&self, text: &str) {
        self.live.line(&format!("{} {text}", self.styled("note:    ", AnsiColor::Cyan)));
    }

    /// Prints a warning that is not an event.
    pub fn warn(&self, text: &str) {
        self.live.line(&format!("{} {text}", self.styled("warning: ", AnsiColor::Yellow)));
    }

    /// Removes what is drawn.
    pub fn close(&self) {
        self.live.close();
    }

    /// Prints the end of a run.
    pub fn outcome(&self, plan: &Plan, table: &str, outcome: &RunSummary) {
        if self.mode == Mode::Json {
            return self.event(&JsonEvent::end(plan, outcome));
        }
        self.result(&format!("\n{table}"));
    }

    /// Prints the end of a run that leaves something to others; the command writes the results here.
    pub fn left(&self, left: &Left, command: &str) {
        if self.mode == Mode::Json {
            return self.event(&JsonEvent::left(left, command));
        }
        self.result(&left_text(left, command));
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
            self.live.line(text);
        }
    }

    fn styled(&self, text: &str, color: AnsiColor) -> String {
        colored(text, color, self.screen.has_colors)
    }

    fn unwritten(&self) -> MutexGuard<'_, Option<std::io::Error>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run of which is known what is not empty.
fn who(run: &str, machine: &str) -> String {
    let named = [("run", run), ("on", machine)].into_iter().filter(|(_, name)| !name.is_empty());
    let named: Vec<String> = named.map(|(word, name)| format!("{word} {}", printable(name))).collect();
    if named.is_empty() { "another run".to_owned() } else { named.join(" ") }
}

/// What a run leaves to others, and how its results are had.
fn left_text(left: &Left, command: &str) -> String {
    let folder = printable(&left.folder.display().to_string());
    let others = match &left.others {
        Others::Ask(Rest { runs, requests }) => {
            let (runs, have) =
                if *runs == 1 { ("1 other run", "has") } else { (&*format!("{runs} other runs"), "have") };
            format!(
                "{runs} still {have} up to {} left; the last run writes the results to {folder} of its machine",
                counted(*requests, "request")
            )
        }
        Others::Write(Writer { run, machine }) => {
            format!("{} writes the results to {folder} of its machine", who(run, machine))
        }
        Others::HaveWritten(Writer { run, machine }) => {
            format!("{} has written the results to {folder} of its machine", who(run, machine))
        }
    };
    let mut text = String::new();
    if left.failed > 0 {
        let _ = writeln!(text, "{} failed; the next run retries them", counted(left.failed, "request"));
    }
    if let Some(limit) = &left.over_budget {
        let _ = writeln!(text, "stopped by the budget: {limit}");
    }
    format!("\n{text}{others}; `{command}` writes them here")
}

/// What the model of a batch is called in a line.
fn named(batch: &Batch) -> String {
    isolated(&printable(&batch.model.name))
}
