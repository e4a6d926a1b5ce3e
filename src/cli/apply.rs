//! `smallbench apply`: runs an experiment.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::arguments::{Again, Apply, Display, Unsure};
use super::session::Session;
use super::{interrupt, process_env, storing};
use crate::console::reporter::Reporter;
use crate::console::table;
use crate::endpoint::client::Run;
use crate::endpoint::replay::recorder::Recorder;
use crate::engine::Context;
use crate::engine::apply::{RunEnd, apply};
use crate::engine::outcome::RunSummary;
use crate::engine::prepare::Sending;
use crate::engine::sharing::leaving::Left;
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::format::counted;
use crate::gates::{GateOutcome, Ruling};
use crate::lock::Policy;
use crate::plan::{Extent, Plan};
use crate::report::markdown::fitted;
use crate::spec::gate::Gate;
use crate::stack;
use crate::stop::Stop;

pub(super) fn run(arguments: &Apply, session: &Session) -> Result<Exit, Error> {
    let files = process_env::raise_open_file_limit();
    let mut plan = session.plan_against(&arguments.spec, arguments.baseline.clone())?;
    check_open_files(&plan, files)?;
    plan.gating.gates.extend(arguments.fail_if.iter().cloned().map(Gate::negated));
    plan.gating.unsure_fails = arguments.cannot_tell == Unsure::Fail;
    plan.fresh = arguments.fresh.map(Again::fresh);
    refuse_fresh(&plan)?;
    plan.meeting = arguments.together.meeting(&plan)?;
    let policy = match (arguments.locked, arguments.update) {
        (true, _) => Policy::Locked,
        (_, true) => Policy::Update,
        _ => Policy::Verify,
    };
    let recorder = recorder(arguments, &plan, session)?;
    let fresh = if arguments.fresh.is_some() { " --fresh" } else { "" };
    let again = arguments.spec.command("apply") + fresh;
    let judge = arguments.spec.command("judge");
    let asked = RunArguments { yes: arguments.yes, display: arguments.display, again, judge };
    let sending = if arguments.cancel { Sending::Cancel } else { Sending::Missing };
    let Some((outcome, stop)) = run_plan(&mut plan, (policy, sending), recorder, &asked, session)? else {
        return Ok(Exit::Interrupted);
    };
    let outcome = match outcome {
        // The system takes its columns back at once when the program ends.
        RunEnd::Written(outcome) => ManuallyDrop::new(outcome),
        RunEnd::Left(left) => return Ok(exit_of_left(&left, &stop)),
    };
    if let Some(page) = session.environment.get(STEP_SUMMARY) {
        // The run and its ruling stand without the page.
        if let Err(error) = add_to_page(Path::new(page), &outcome.folder) {
            let text = format!("the summary is not on the page of the step ({STEP_SUMMARY}): {error}");
            session.reporter(arguments.display.json).show(&Event::Warning(text));
        }
    }
    Ok(exit(&outcome, plan.gating.unsure_fails, &stop))
}

/// Refuses to send requests again where earlier answers decide what is sent.
fn refuse_fresh(plan: &Plan) -> Result<(), Error> {
    let decides = [
        ("until", plan.gating.until.is_some()),
        ("load.find", plan.search.is_some()),
        ("load.duration", matches!(plan.load.extent, Extent::Duration(_))),
    ];
    match decides.into_iter().find(|(_, is_set)| *is_set && plan.fresh.is_some()) {
        None => Ok(()),
        Some((key, _)) => Err(Error::misuse(
            format!("`--fresh` does not go with `{key}`, which continues from what is stored"),
            format!("remove the responses with `smallbench store remove {} --model NAME`", plan.output.store),
        )),
    }
}

/// The variable that names the page of a step, where GitHub runs it.
const STEP_SUMMARY: &str = "GITHUB_STEP_SUMMARY";

/// Most bytes that a step may add to its page.
const MOST_OF_PAGE: usize = 1_000_000;

/// Adds the summary to a page, without its pictures, which the page cannot reach.
fn add_to_page(page: &Path, folder: &Path) -> Result<(), Error> {
    let source = folder.join("summary.md");
    let summary = std::fs::read_to_string(&source).map_err(Error::io(&source))?;
    let lines: Vec<&str> = summary.lines().filter(|line| !line.starts_with("![")).collect();
    let mut file = OpenOptions::new().create(true).append(true).open(page).map_err(Error::io(page))?;
    let text = fitted(lines.join("\n").trim_end(), MOST_OF_PAGE, "`summary.md` has all");
    writeln!(file, "{text}\n").map_err(Error::io(page))
}

/// How a run is asked for.
pub(super) struct RunArguments {
    /// Its cost is confirmed.
    pub(super) yes: bool,
    /// How it is shown.
    pub(super) display: Display,
    /// The command that continues it.
    pub(super) again: String,
    /// The command that writes the results of what is stored.
    pub(super) judge: String,
}

/// Runs a plan and prints its outcome; none if it was aborted.
pub(super) fn run_plan(
    plan: &mut Plan,
    sending: (Policy, Sending),
    recorder: Option<Arc<Recorder>>,
    asked: &RunArguments,
    session: &Session,
) -> Result<Option<(RunEnd, Stop)>, Error> {
    let hub = session.hub();
    let reporter = Arc::new(session.reporter_as(asked.display.wishes()));
    let run = Run::start(process_env::run_name());
    let store = storing::to_work(plan, &run.name, &reporter)?;
    let stop = Stop::default();
    let confirm = |question: &str| asked.yes || ask(question);
    let context = Context {
        store,
        hub: &hub,
        observer: &|event| reporter.show(event),
        stop: &stop,
        run,
        confirm: &confirm,
        secrets: session.secrets.clone(),
        recorder,
        keeps_score: !asked.display.quiet,
        own: process_env::own_file()?,
    };
    let runtime = runtime()?;
    let stopped = {
        let _inside = runtime.enter();
        stopped(stop.clone(), Arc::clone(&reporter), kept(plan, asked))
    };
    // On its own thread: a computing stage would block this one.
    runtime.spawn(stopped);
    let outcome = runtime.block_on(async {
        tokio::select! {
            biased;
            () = stop.abort.cancelled() => None,
            outcome = apply(plan, sending, &process_env::now, &context) => Some(outcome),
        }
    });
    runtime.shutdown_background();
    let Some(outcome) = outcome else {
        abort(&reporter, &kept(plan, asked));
        return Ok(None);
    };
    reporter.close();
    let outcome = outcome?;
    let interrupted = stop.drain.is_cancelled().then(|| kept(plan, asked));
    if let Some((store, command)) = &interrupted {
        reporter.interrupted(false, store, command);
    }
    match &outcome {
        RunEnd::Written(outcome) => reporter.outcome(plan, &table::render(plan, outcome, reporter.width()), outcome),
        RunEnd::Left(left) => reporter.left(left, &asked.judge),
    }
    if let Some(kept) = &interrupted {
        note_end(&reporter, "interrupted", kept);
    }
    reporter.written()?;
    Ok(Some((outcome, stop)))
}

/// Where responses are kept, and the command that continues the run.
fn kept(plan: &Plan, asked: &RunArguments) -> (String, String) {
    (plan.output.store.to_string(), asked.again.clone())
}

/// Says that a run ends without waiting for what is in flight.
fn abort(reporter: &Reporter, kept: &(String, String)) {
    reporter.interrupted(true, &kept.0, &kept.1);
    note_end(reporter, "aborted", kept);
}

/// Says what an interrupted run has kept, and how to continue it.
fn note_end(reporter: &Reporter, how: &str, (store, again): &(String, String)) {
    reporter.close();
    let what = match reporter.requests() {
        (done, Some(all)) => format!("{done} of {} came back and are kept in {store}", counted(all, "request")),
        _ => format!("all received responses are kept in {store}"),
    };
    reporter.note(&format!("{how}; {what}; continue with `{again}`"));
}

/// Time that an abort may take before the process exits.
const GRACE: Duration = Duration::from_millis(200);

/// Advances the stop with each signal, and exits if a busy stage does not notice the abort: responses
/// are in the store, and files are written atomically.
#[expect(clippy::disallowed_methods, reason = "the thread that computes cannot be asked to return")]
fn stopped(stop: Stop, reporter: Arc<Reporter>, kept: (String, String)) -> impl Future<Output = ()> {
    let (stepped, shown) = (stop.clone(), Arc::clone(&reporter));
    let signals = interrupt::watch(move || {
        stepped.step();
        if !stepped.abort.is_cancelled() {
            shown.stop();
        }
    });
    async move {
        tokio::select! {
            () = signals => {}
            () = stop.abort.cancelled() => {}
        }
        tokio::time::sleep(GRACE).await;
        abort(&reporter, &kept);
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }
}

/// Each request in flight has its own connection.
fn check_open_files(plan: &Plan, limit: Option<u64>) -> Result<(), Error> {
    let levels = plan.levels.iter().filter_map(|level| level.in_flight());
    let most = levels.chain(plan.search.as_ref().map(|search| search.bounds.1.get() as usize)).max().unwrap_or(0);
    let needed = process_env::files_for(u64::try_from(most).unwrap_or(u64::MAX));
    match limit.filter(|limit| *limit < needed) {
        None => Ok(()),
        Some(limit) => Err(Error::misuse(
            format!("{most} requests in flight need {needed} open files, but the limit is {limit}"),
            format!("raise it with `ulimit -n {needed}`, or lower `load.concurrency`"),
        )),
    }
}

/// Asks on a terminal; without one, the answer is no.
pub(super) fn ask(question: &str) -> bool {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    let _ = write!(std::io::stderr(), "{question}; continue? [y/N] ");
    let mut answer = String::new();
    let _ = std::io::stdin().read_line(&mut answer);
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

fn exit(outcome: &RunSummary, unsure_fails: bool, stop: &Stop) -> Exit {
    let fails = |gate: &GateOutcome| match gate.ruling {
        Ruling::Passed => false,
        Ruling::Failed => true,
        Ruling::CannotTell => unsure_fails,
    };
    if stop.drain.is_cancelled() {
        Exit::Interrupted
    } else if outcome.unfinished.over_budget.is_some() || outcome.gates.iter().any(fails) {
        Exit::Stopped
    } else if outcome.unfinished.is_nothing() {
        Exit::Success
    } else {
        Exit::SomeFailed
    }
}

/// Others go on to the results, whose gates are theirs.
fn exit_of_left(left: &Left, stop: &Stop) -> Exit {
    if stop.drain.is_cancelled() {
        Exit::Interrupted
    } else if left.over_budget.is_some() {
        Exit::Stopped
    } else if left.failed == 0 && !left.is_cut {
        Exit::Success
    } else {
        Exit::SomeFailed
    }
}

fn recorder(arguments: &Apply, plan: &Plan, session: &Session) -> Result<Option<Arc<Recorder>>, Error> {
    let Some(path) = &arguments.record else { return Ok(None) };
    if let Some(model) = plan.models.iter().find(|model| model.is_by_batch) {
        return Err(Error::misuse(
            format!(
                "a cassette records requests that are asked one by one, but `{}` is asked through a batch API",
                model.name
            ),
            "remove `batch` from its endpoint",
        ));
    }
    let used: Vec<&'static str> = plan.models.iter().map(|model| plan.endpoint_of(model).provider.name()).collect();
    match used.first() {
        Some(api) if used.iter().all(|other| other == api) => {
            Ok(Some(Arc::new(Recorder::open(path, api, &process_env::today(), session.secrets.clone())?)))
        }
        _ => Err(Error::misuse(
            "a cassette records one API, but the models of this spec use several",
            "record them one at a time",
        )),
    }
}

/// The async runtime of one run, whose other workers get room for what they follow by calls: one that waits takes up
/// further work on the same stack.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Error> {
    // A second run of the process has the workers of the first.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(stack::ROOM).build_global();
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(stack::ROOM)
        .build()
        .map_err(|error| Error::Internal(format!("cannot start the async runtime: {error}")))
}
