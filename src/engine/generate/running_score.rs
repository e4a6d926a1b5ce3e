//! The running score: answers that a judge reads by itself are judged while others are still on their way.
//!
//! A thread of its own judges them after their commit, so nothing of it stands between a socket and a time stamp. Answers
//! that arrive faster than it reads are left out; the score says how many it is of. The final verdicts are made anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::engine::opinions::output;
use crate::event::RunningScore;
use crate::id::{BatchId, DatasetId, SampleId};
use crate::judge::Judge;
use crate::plan::Plan;
use crate::response::Response;
use crate::stack;
use crate::statistics::cluster::mean_score;
use crate::tables::by_question::at_every_look;
use crate::work::{Slot, Work};

/// Most answers that wait to be judged.
const BACKLOG: usize = 4096;

/// Time between two scores of a batch.
const PAUSE: Duration = Duration::from_millis(500);

/// Most questions of scores on a scale for which the interval is resampled while requests are sent.
const RESAMPLED: usize = 500;

/// The scores of the batches of a run.
pub(super) struct RunningScores {
    scorer: Option<Arc<Scorer>>,
    answers: Option<SyncSender<(Slot, Arc<Response>)>>,
}

impl RunningScores {
    /// Starts to judge, where it is wanted and there is a judge that reads answers by itself.
    pub(super) fn of(plan: &Plan, work: &Work, is_wanted: bool) -> Self {
        let reads = |judge: &Judge| matches!(judge, Judge::Reader(_));
        if !is_wanted || !plan.judges.iter().any(|judges| reads(&judges.score.judge)) {
            return Self { scorer: None, answers: None };
        }
        let scorer = Arc::new(Scorer {
            plan: Arc::new(plan.clone()),
            work: work.without_slots(),
            tallies: Mutex::default(),
            news: Mutex::default(),
        });
        let (answers, arriving) = sync_channel(BACKLOG);
        let judging = Arc::clone(&scorer);
        let thread = thread::Builder::new().name("running score".into()).stack_size(stack::ROOM);
        // Without a thread there is no running score; the final one does not need it.
        let started = thread.spawn(move || judging.run(&arriving)).is_ok();
        Self { scorer: Some(scorer), answers: started.then_some(answers) }
    }

    /// Judges an answer of an earlier run, at once.
    pub(super) fn add(&self, slot: &Slot, response: &Response) {
        self.scorer.iter().for_each(|scorer| scorer.add(slot, response));
    }

    /// Hands an answer over to be judged.
    pub(super) fn hand_over(&self, slot: Slot, response: &Arc<Response>) {
        if let Some(answers) = self.answers.as_ref().filter(|_| !response.status.is_fault()) {
            // A running score is no reason to keep texts in memory, nor to wait.
            let _ = answers.try_send((slot, Arc::clone(response)));
        }
    }

    /// The score of a batch, if it is another than at the last call.
    pub(super) fn news(&self, batch: BatchId) -> Option<RunningScore> {
        lock(&self.scorer.as_ref()?.news).remove(&batch)
    }
}

/// Judges answers and sums them up.
struct Scorer {
    plan: Arc<Plan>,
    work: Work,
    tallies: Mutex<BTreeMap<BatchId, Tally>>,
    news: Mutex<BTreeMap<BatchId, RunningScore>>,
}

/// The judged answers of a batch.
#[derive(Debug, Default)]
struct Tally {
    answers: usize,
    is_on_a_scale: bool,
    questions: BTreeMap<(DatasetId, SampleId), Question>,
    has_news: bool,
}

/// The answers to a question: the first turn, the sum of the scores and their number.
#[derive(Debug, Clone, Copy)]
struct Question {
    turn: usize,
    sum: f64,
    answers: f64,
}

impl Scorer {
    fn run(&self, arriving: &Receiver<(Slot, Arc<Response>)>) {
        let mut published = Instant::now();
        loop {
            match arriving.recv_timeout(PAUSE) {
                Ok((slot, response)) => self.add(&slot, &response),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if published.elapsed() >= PAUSE {
                self.publish();
                published = Instant::now();
            }
        }
    }

    fn add(&self, slot: &Slot, response: &Response) {
        let judge = &*self.plan.judges[slot.dataset].score.judge;
        let (Judge::Reader(reader), sample) = (judge, self.work.sample(slot)) else { return };
        if judge.leaves_out(sample) {
            return;
        }
        let verdict = reader.prepare(sample).read(&output(response));
        let Some(score) = verdict.counted_score() else { return };
        lock(&self.tallies).entry(slot.batch).or_default().add(slot, score);
    }

    fn publish(&self) {
        let mut tallies = lock(&self.tallies);
        for (batch, tally) in tallies.iter_mut().filter(|(_, tally)| tally.has_news) {
            tally.has_news = false;
            if let Some(score) = tally.score(&self.plan) {
                lock(&self.news).insert(*batch, score);
            }
        }
    }
}

impl Tally {
    fn add(&mut self, slot: &Slot, score: f64) {
        self.answers += 1;
        self.has_news = true;
        self.is_on_a_scale |= score != 0.0 && score != 1.0;
        let question = Question { turn: slot.turn, sum: 0.0, answers: 0.0 };
        let question = self.questions.entry((slot.dataset, slot.sample)).or_insert(question);
        question.turn = question.turn.min(slot.turn);
        question.sum += score;
        question.answers += 1.0;
    }

    /// The score by the method of the final one; without an interval where that takes too long.
    fn score(&self, plan: &Plan) -> Option<RunningScore> {
        let sums = self.sums(plan);
        let (sum, answers) = sums.iter().fold((0.0, 0.0), |all, one| (all.0 + one.0, all.1 + one.1));
        let interval = match plan.gating.until {
            Some(until) => at_every_look(&sums, until.aim()),
            None if self.is_on_a_scale && sums.len() > RESAMPLED => None,
            None => mean_score(&sums, !self.is_on_a_scale),
        };
        let datasets: BTreeSet<DatasetId> = self.questions.keys().map(|(dataset, _)| *dataset).collect();
        Some(RunningScore {
            answers: self.answers,
            datasets: datasets.len(),
            mean: Some(sum / answers).filter(|_| answers > 0.0)?,
            interval: interval.map(|found| found.interval),
        })
    }

    /// The sum of the scores of each question and their number, in the order of the turns. Where choices are rotated, each
    /// question counts the same.
    fn sums(&self, plan: &Plan) -> Vec<(f64, f64)> {
        let mut questions: Vec<Question> = self.questions.values().copied().collect();
        questions.sort_by_key(|question| question.turn);
        let is_rotated = plan.judges.iter().any(|judges| judges.score.rotations.is_some());
        let sum = |question: &Question| match is_rotated {
            true => (question.sum / question.answers, 1.0),
            false => (question.sum, question.answers),
        };
        questions.iter().map(sum).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
