//! `smallbench watch`: looks at a spec again whenever it is saved.
//!
//! What costs nothing is done at once: the spec is checked, and what the store holds is judged and drawn anew. Nothing is sent
//! before the user says so.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, SystemTime};

use super::apply::{RunArguments, run_plan, runtime};
use super::arguments::Watch;
use super::interrupt;
use super::looking::Looking;
use super::session::Session;
use crate::console::estimate;
use crate::console::reporter::Reporter;
use crate::dataset::SourcePlan;
use crate::engine::consult::estimate::judge_states;
use crate::engine::generate::missing;
use crate::engine::prepare::{Prepared, Sending, prepare};
use crate::error::Error;
use crate::exit::Exit;
use crate::lock::Policy;
use crate::plan::Plan;

/// Time between two looks at the files.
const TICK: Duration = Duration::from_millis(200);

pub(super) fn run(arguments: &Watch, session: &Session) -> Result<Exit, Error> {
    let runtime = runtime()?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let noticed = Arc::clone(&interrupted);
    let signals = {
        let _inside = runtime.enter();
        interrupt::watch(move || noticed.store(true, Ordering::Relaxed))
    };
    runtime.spawn(signals);
    let watching = Watching { arguments, session, lines: answers() };
    let mut woken = Woken::Saved;
    while !interrupted.load(Ordering::Relaxed) {
        let seen = watching.look(woken);
        woken = watching.wait(&seen, &interrupted);
    }
    Ok(Exit::Success)
}

/// The lines of the terminal, if somebody can write any.
fn answers() -> Option<Receiver<String>> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return None;
    }
    let (lines, received) = channel();
    std::thread::spawn(move || input.lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
    Some(received)
}

struct Watching<'a> {
    arguments: &'a Watch,
    session: &'a Session,
    lines: Option<Receiver<String>>,
}

/// Why the spec is looked at again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Woken {
    /// A file was saved.
    Saved,
    /// Requests were sent, and what came of them was shown.
    Sent,
}

/// What was there when the spec was last looked at.
struct Seen {
    /// Files of the experiment, and when they were written.
    files: Vec<(PathBuf, Option<SystemTime>)>,
    /// True if there is something to send.
    is_open: bool,
}

impl Seen {
    fn new(files: Vec<PathBuf>, is_open: bool) -> Self {
        let files = files.into_iter().map(|file| (file.clone(), written(&file))).collect();
        Self { files, is_open }
    }

    /// True if a file was written since.
    fn is_outdated(&self) -> bool {
        self.files.iter().any(|(file, before)| written(file) != *before)
    }
}

fn written(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).ok()?.modified().ok()
}

impl Watching<'_> {
    /// Checks the spec and does what costs nothing; what is wrong is printed.
    fn look(&self, woken: Woken) -> Seen {
        // Taken first: what is saved meanwhile is looked at again.
        let spec = Seen::new(vec![self.arguments.spec.spec.clone()], false);
        let seen = self.session.plan(&self.arguments.spec).and_then(|mut plan| {
            let seen = Seen::new(files(&plan), false);
            let is_open = self.show(&mut plan, woken)?;
            Ok(Seen { is_open, ..seen })
        });
        seen.unwrap_or_else(|error| {
            self.session.fail(&error, self.arguments.display.json);
            spec
        })
    }

    /// Shows what is to be sent, and judges and draws what is there; whether something is to be sent.
    fn show(&self, plan: &mut Plan, woken: Woken) -> Result<bool, Error> {
        let (kept, open) = {
            let looking = Looking::at(plan, "watch", self.session)?;
            let context = looking.context();
            let Prepared { work, judges, .. } =
                runtime()?.block_on(prepare(plan, (Policy::Look, Sending::Nothing), None, &context))?;
            let states = missing::states(plan, &work, &*looking.store)?;
            let judges = judge_states((plan, &work), &judges, &context)?;
            let kept: usize = states.iter().map(|state| state.kept).sum();
            let to_send = states.iter().any(|state| state.to_send() > 0 || state.continues.is_some());
            let to_judge = judges.iter().any(|judge| judge.requests > judge.kept);
            if to_send || to_judge {
                looking.reporter.result(&estimate::render(plan, (&states, &judges), looking.reporter.width()));
            }
            (kept, (to_send, to_judge))
        };
        if kept > 0 && !open.1 && woken == Woken::Saved {
            run_plan(plan, (Policy::Look, Sending::Nothing), None, &self.asked(false), self.session)?;
        }
        Ok(open.0 || open.1)
    }

    /// Until a file changes or the program is interrupted; sends what is missing when the user says so.
    fn wait(&self, seen: &Seen, interrupted: &AtomicBool) -> Woken {
        let reporter = self.session.reporter_as(self.arguments.display.wishes());
        reporter.note(&self.waiting(seen));
        while !interrupted.load(Ordering::Relaxed) && !seen.is_outdated() {
            let Some(lines) = &self.lines else {
                std::thread::sleep(TICK);
                continue;
            };
            match lines.recv_timeout(TICK) {
                Ok(line) if seen.is_open && matches!(line.trim(), "s" | "send") => {
                    self.send(&reporter);
                    return Woken::Sent;
                }
                Ok(_) => reporter.note(&self.waiting(seen)),
                Err(RecvTimeoutError::Timeout) => {}
                // The terminal is gone, but the files can still be watched.
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(TICK),
            }
        }
        // Editors write in several steps.
        std::thread::sleep(TICK);
        Woken::Saved
    }

    fn asked(&self, yes: bool) -> RunArguments {
        let command = |name| self.arguments.spec.command(name);
        RunArguments { yes, display: self.arguments.display, again: command("apply"), judge: command("judge") }
    }

    /// What happens next.
    fn waiting(&self, seen: &Seen) -> String {
        let spec = self.arguments.spec.spec.display();
        match (seen.is_open, &self.lines) {
            (false, _) => format!("watching {spec}; save it to look again, press Ctrl-C to end"),
            (true, Some(_)) => {
                format!(
                    "watching {spec}; type `send` to send the missing requests, save it to look again, press Ctrl-C to end"
                )
            }
            (true, None) => format!("watching {spec}; `smallbench apply {spec}` sends the missing requests"),
        }
    }

    /// Sends what is missing: the estimate has been shown, so that its cost is confirmed.
    fn send(&self, reporter: &Reporter) {
        let sent = self.session.plan(&self.arguments.spec).and_then(|mut plan| {
            let sending = (Policy::Verify, Sending::Missing);
            run_plan(&mut plan, sending, None, &self.asked(true), self.session).map(|_| ())
        });
        if let Err(error) = sent {
            reporter.close();
            self.session.fail(&error, self.arguments.display.json);
        }
    }
}

/// The files of an experiment: its specs and its local datasets.
fn files(plan: &Plan) -> Vec<PathBuf> {
    let document = &plan.document;
    let specs = document.sources.iter().map(|source| PathBuf::from(&source.name)).filter(|path| path.is_file());
    let datasets = plan.datasets.iter().flat_map(|dataset| match &dataset.source {
        SourcePlan::File { paths, .. } => paths.clone(),
        _ => Vec::new(),
    });
    let mut files: Vec<PathBuf> = [document.path.clone()].into_iter().chain(specs).chain(datasets).collect();
    files.dedup();
    files
}
