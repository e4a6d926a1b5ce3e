//! Consults the judge `command`: its program is asked about the answers that have no verdict in the store.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use tokio::task::{AbortHandle, JoinSet};

use crate::engine::Context;
use crate::engine::stored::responses::{Responses, TOGETHER};
use crate::error::Error;
use crate::event::{Event, Stage};
use crate::format::counted;
use crate::id::DatasetId;
use crate::judge::command::{self, Breach, CommandError, CommandJudge, Fault, JudgeIdentity, Question, Reply};
use crate::judge::{CLASSES, Verdict};
use crate::program::{Failure, Groups, Program, ProgramOutcome, can_limit_memory};
use crate::request::RequestKey;
use crate::response::Response;
use crate::store::{KeptVerdict, VerdictKey};

/// Most bytes of answers in a call, so that long answers are not all in memory at once.
const MOST_BYTES: usize = 16 << 20;

/// The verdicts of a program on every answer to a dataset; only those of the store, if it is not asked.
///
/// # Errors
/// The program fails, or the store does. What other calls have judged by then is kept.
pub(super) async fn consult(
    judge: &CommandJudge,
    dataset: DatasetId,
    (responses, asks): (&Responses<'_>, bool),
    context: &Context<'_>,
) -> Result<HashMap<RequestKey, Verdict>, Error> {
    let failed = |fault| CommandError::new(&judge.line(), fault, "", &context.secrets);
    let identity = judge.identity().map_err(|error| failed(Fault::File(error.to_string())))?;
    let mut desk = Desk { judge, identity, dataset, responses, context, found: Found::default() };
    desk.look_up()?;
    let open = std::mem::take(&mut desk.found.open);
    let answers = desk.found.answers;
    let kept = answers - open.len();
    if !asks {
        return Ok(desk.found.verdicts);
    }
    if !open.is_empty() {
        desk.ask(&open).await?;
    }
    let judged = open.len();
    context.finished(
        Stage::Judge,
        format!("{}: {}: {kept} kept, {judged} judged", judge.name(), counted(answers, "answer")),
    );
    Ok(desk.found.verdicts)
}

/// What is known of the answers to a dataset.
#[derive(Default)]
struct Found {
    answers: usize,
    verdicts: HashMap<RequestKey, Verdict>,
    /// Answers without a verdict, each only once: where one of them is.
    open: Vec<usize>,
    /// All requests that a verdict is for.
    waiting: HashMap<VerdictKey, Vec<RequestKey>>,
}

/// An answer, and the verdict that the store has on it.
type Seen = (usize, RequestKey, VerdictKey, Option<Verdict>);

struct Desk<'d> {
    judge: &'d CommandJudge,
    identity: JudgeIdentity,
    dataset: DatasetId,
    responses: &'d Responses<'d>,
    context: &'d Context<'d>,
    found: Found,
}

impl Desk<'_> {
    /// Looks every answer up in the store.
    fn look_up(&mut self) -> Result<(), Error> {
        let slots = self.responses.work.slots.iter().enumerate();
        let places: Vec<usize> =
            slots.filter(|(_, slot)| slot.dataset == self.dataset).map(|(place, _)| place).collect();
        let seen = places.par_chunks(TOGETHER).map(|places| self.seen(places));
        for (place, request, key, verdict) in seen.collect::<Result<Vec<_>, Error>>()?.into_iter().flatten() {
            self.found.answers += 1;
            match verdict {
                Some(verdict) => {
                    self.found.verdicts.insert(request, verdict);
                }
                None => {
                    let waiting = self.found.waiting.entry(key).or_default();
                    if waiting.is_empty() {
                        self.found.open.push(place);
                    }
                    waiting.push(request);
                }
            }
        }
        Ok(())
    }

    fn seen(&self, places: &[usize]) -> Result<Vec<Seen>, Error> {
        let answers = self.answers(places)?;
        let keys: Vec<VerdictKey> = answers.iter().map(|(_, _, json)| self.identity.key(json)).collect();
        let kept = self.context.store.verdicts(&keys)?;
        let seen = answers.into_iter().zip(keys).zip(kept);
        Ok(seen.map(|(((place, request, _), key), kept)| (place, request, key, kept.and_then(verdict))).collect())
    }

    /// The answers in these places, as the program reads them. A failed request has none.
    fn answers(&self, places: &[usize]) -> Result<Vec<(usize, RequestKey, String)>, Error> {
        let found = self.responses.read(places)?;
        let answers = found.into_iter().filter(|(_, response)| !response.status.is_fault());
        answers.map(|(place, response)| Ok((place, response.key, self.json(place, &response)?))).collect()
    }

    fn json(&self, place: usize, response: &Response) -> Result<String, Error> {
        let work = self.responses.work;
        let question = Question::new(&work.datasets[self.dataset].name, work.sample(&work.slots[place]), response);
        question.json().map_err(|error| Error::Internal(format!("cannot write an answer as JSON: {error}")))
    }

    /// Asks the program about answers, several calls at once; keeps what each call judged.
    async fn ask(&mut self, open: &[usize]) -> Result<(), Error> {
        let judge = self.judge;
        if judge.memory.is_some() && !can_limit_memory() {
            self.context.warn("`memory` of the judge has no effect on this system; its program runs without a limit");
        }
        let mut calls = Calls::new(judge, self.context);
        let mut progress = Progress { judge: judge.name(), done: 0, answers: open.len() };
        progress.show(self.context);
        let mut call = Call::default();
        for places in open.chunks(TOGETHER.min(judge.batch)) {
            for (_, _, json) in self.answers(places)? {
                call.add(self.identity.key(&json), json);
                if call.questions.len() >= judge.batch || call.bytes >= MOST_BYTES {
                    self.keep_until(judge.parallel - 1, &mut calls, &mut progress).await?;
                    calls.start(std::mem::take(&mut call));
                }
            }
        }
        if !call.questions.is_empty() {
            self.keep_until(judge.parallel - 1, &mut calls, &mut progress).await?;
            calls.start(call);
        }
        self.keep_until(0, &mut calls, &mut progress).await
    }

    /// Keeps what calls judge until at most `most` of them run.
    async fn keep_until(&mut self, most: usize, calls: &mut Calls<'_>, progress: &mut Progress) -> Result<(), Error> {
        while calls.running.len() > most {
            self.keep(calls.next().await?, progress).await?;
        }
        Ok(())
    }

    async fn keep(&mut self, judged: Judged, progress: &mut Progress) -> Result<(), Error> {
        let judge = self.context.secrets.redacted(self.judge.line());
        let kept = judged.iter().map(|(key, reply)| (*key, kept(&judge, reply)));
        self.context.store.keep_verdicts(kept.collect()).await?;
        progress.done += judged.len();
        progress.show(self.context);
        for (key, reply) in judged {
            for request in self.found.waiting.remove(&key).unwrap_or_default() {
                self.found.verdicts.insert(request, reply.verdict());
            }
        }
        Ok(())
    }
}

/// How far the program has come.
struct Progress {
    judge: String,
    done: usize,
    answers: usize,
}

impl Progress {
    fn show(&self, context: &Context<'_>) {
        let Self { judge, done, answers } = self;
        (context.observer)(&Event::Consulting { judge: judge.clone(), done: *done, answers: *answers });
    }
}

/// What a call judged.
type Judged = Vec<(VerdictKey, Reply)>;

/// Answers for one call of the program.
#[derive(Default)]
struct Call {
    keys: Vec<VerdictKey>,
    questions: Vec<String>,
    bytes: usize,
}

impl Call {
    fn add(&mut self, key: VerdictKey, question: String) {
        self.bytes += question.len();
        self.keys.push(key);
        self.questions.push(question);
    }
}

/// A call that has ended: what it was asked about, and what came of it.
type Ended = (Vec<VerdictKey>, ProgramOutcome<Vec<Reply>, Breach>);

/// The calls that run. Their programs end with them, however the run ends.
struct Calls<'c> {
    program: Arc<Program>,
    groups: Groups,
    running: JoinSet<Ended>,
    /// Ends the programs of a run that is aborted while it computes.
    watch: AbortHandle,
    judge: &'c CommandJudge,
    context: &'c Context<'c>,
}

impl Drop for Calls<'_> {
    fn drop(&mut self) {
        self.watch.abort();
        self.groups.end();
    }
}

impl<'c> Calls<'c> {
    fn new(judge: &'c CommandJudge, context: &'c Context<'c>) -> Self {
        let program = Program {
            path: judge.program.clone(),
            arguments: judge.arguments.clone(),
            folder: judge.folder.clone(),
            withheld: judge.withheld(&context.secrets),
            memory: judge.memory,
            timeout: judge.timeout,
        };
        let groups = Groups::default();
        let (aborted, watched) = (context.stop.abort.clone(), groups.clone());
        let watch = tokio::spawn(async move {
            aborted.cancelled().await;
            watched.end();
        });
        let (program, watch) = (Arc::new(program), watch.abort_handle());
        Self { program, groups, running: JoinSet::new(), watch, judge, context }
    }

    fn start(&mut self, call: Call) {
        let (program, groups) = (Arc::clone(&self.program), self.groups.clone());
        self.running.spawn_blocking(move || {
            let asked = call.questions.len();
            let input = command::lines(&call.questions).into_bytes();
            drop(call.questions);
            (call.keys, program.run(input, move |output| command::replies(output, asked), &groups))
        });
    }

    /// Waits for the next call to end.
    async fn next(&mut self) -> Result<Judged, Error> {
        let ended = self.running.join_next().await.transpose();
        let ended = ended.map_err(|error| Error::Internal(format!("a call of the judge was lost: {error}")))?;
        let Some((keys, outcome)) = ended else { return Ok(Vec::new()) };
        let fault = match outcome.result {
            Ok(replies) => {
                return Ok(keys.into_iter().zip(replies.into_iter().map(|reply| self.clean(reply))).collect());
            }
            Err(Failure::Start(error)) => Fault::Start(error.to_string()),
            Err(Failure::TimedOut) => Fault::TimedOut(self.judge.timeout),
            Err(Failure::HeldOpen) => Fault::HeldOpen,
            Err(Failure::Exited(status)) => Fault::Exited(status.to_string()),
            Err(Failure::Output(breach)) => Fault::Output(breach),
        };
        Err(CommandError::new(&self.judge.line(), fault, &outcome.last_words, &self.context.secrets).into())
    }

    fn clean(&self, reply: Reply) -> Reply {
        let clean = |text: Option<String>| text.map(|text| self.context.secrets.redacted(text));
        Reply { extracted: clean(reply.extracted), reason: clean(reply.reason), ..reply }
    }
}

fn kept(judge: &str, reply: &Reply) -> KeptVerdict {
    KeptVerdict {
        judge: judge.to_owned(),
        class: reply.class.word().to_owned(),
        score: reply.score,
        extracted: reply.extracted.clone(),
        reason: reply.reason.clone(),
    }
}

/// The verdict that is kept; `None` if its class is of another version.
fn verdict(kept: KeptVerdict) -> Option<Verdict> {
    let class = CLASSES.into_iter().find(|class| class.word() == kept.class)?;
    Some(Reply { class, score: kept.score, extracted: kept.extracted, reason: kept.reason }.verdict())
}
