//! Rows for tests, made without a server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::figures::Figures;
use super::group::{Group, MeasuredBatch, Results};
use super::machine::machine_costs;
use super::question_digest::question_digest;
use super::row::{Row, SequentialTurn};
use super::summary::Summary;
use super::words::Words;
use crate::dataset::DatasetPlan;
use crate::id::Id;
use crate::judge::{Class, Verdict};
use crate::plan::{Options, Plan, resolve};
use crate::request::{Prompt, RequestKey};
use crate::response::{Dispatch, Response, ServerDurations, Stamps, Status, Usage};
use crate::sample::{Answer, Sample};
use crate::spec::{self, expand::Environment};
use crate::work::batch::Batch;

/// A duration in milliseconds.
pub(crate) fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// A plan and responses to it: each of a sample of its own, of the first model at the first level, right, and
/// answered within 100 ms.
pub(crate) struct Fixture {
    pub(crate) plan: Plan,
    pub(crate) samples: Vec<Sample>,
    pub(crate) prompts: Vec<Prompt>,
    pub(crate) responses: Vec<Response>,
    pub(crate) verdicts: Vec<Option<Verdict>>,
    /// Whether the dataset of each response is `e`, not `d`.
    in_second: Vec<bool>,
    /// Model and level of each response.
    pub(crate) places: Vec<(usize, usize)>,
}

impl Fixture {
    /// A closed loop with one request in flight.
    pub(crate) fn new(count: usize) -> Self {
        Self::with(count, "{ concurrency: 1 }")
    }

    /// An open loop.
    pub(crate) fn open(count: usize, rate: f64) -> Self {
        Self::with(count, &format!("{{ rate: {rate}/s }}"))
    }

    /// Two models `a` and `b` under a load.
    pub(crate) fn with(count: usize, load: &str) -> Self {
        let text = format!(
            "version: 1\nname: trial\ndatasets: [{{ source: {{ hub: {{ repo: a/d }} }} }}]\n\
            endpoints: {{ local: {{ ollama: {{}} }} }}\n\
            models: [{{ name: a, endpoint: local }}, {{ name: b, endpoint: local, label: Big B }}]\nload: {load}\n"
        );
        let environment = Environment::new();
        let document = spec::load(Path::new("trial.yaml"), text.as_bytes(), &environment, &[]).unwrap();
        let plan = resolve(document, &environment, &Options::default()).unwrap();
        Self {
            plan,
            samples: (0..count).map(sample).collect(),
            prompts: (0..count).map(|index| Prompt::new(None, format!("Question {index}?"))).collect(),
            responses: (0..count).map(response).collect(),
            verdicts: (0..count).map(|_| Some(verdict(Class::Correct))).collect(),
            in_second: vec![false; count],
            places: vec![(0, 0); count],
        }
    }

    /// Says when a response was scheduled and sent, in milliseconds of its run.
    pub(crate) fn dispatched(&mut self, index: usize, scheduled: u64, sent: u64) {
        let dispatch = Dispatch { scheduled: ms(scheduled), permit: ms(scheduled), sent: ms(sent), connect: None };
        self.responses[index].dispatch = Some(dispatch);
    }

    /// Makes these responses ones to a second dataset, `e`.
    pub(crate) fn in_second(&mut self, indices: impl IntoIterator<Item = usize>) {
        let first = self.plan.datasets.first().unwrap().clone();
        let named = |name: &str| DatasetPlan { name: name.into(), ..first.clone() };
        self.plan.datasets = ["d", "e"].map(named).into_iter().collect();
        indices.into_iter().for_each(|index| self.in_second[index] = true);
    }

    /// Puts all responses back to back, each 100 ms long, `in_flight` at a time.
    pub(crate) fn back_to_back(&mut self, in_flight: usize) {
        for index in 0..self.responses.len() {
            let start = (index / in_flight) as u64 * 100;
            self.dispatched(index, start, start);
        }
    }

    /// The rows.
    pub(crate) fn rows(&self) -> Vec<Row<'_>> {
        (0..self.responses.len()).map(|index| self.row(index)).collect()
    }

    /// The figures of all rows, as if they were of the batch of the first.
    pub(crate) fn figures(&self) -> Figures {
        let figures = self.figures_of(&Arc::default(), |_| true);
        let (model, level) = self.places.first().copied().unwrap_or_default();
        match self.plan.models[Id::at(model)].machine_per_hour {
            Some(per_hour) => {
                figures.with_cost(machine_costs(&figures, self.plan.levels[Id::at(level)], per_hour)).unwrap()
            }
            None => figures,
        }
    }

    /// The figures of each batch, summed up.
    pub(crate) fn results(&self) -> Results {
        let words = Arc::default();
        let batches = Batch::all(&self.plan).to_vec().into_iter().map(|batch| {
            let place = (batch.model_id.place(), batch.level_id.place());
            let figures = self.figures_of(&words, |index| self.places[index] == place);
            MeasuredBatch { batch, figures, warmups: self.figures_of(&words, |_| false) }
        });
        Results::new(&self.plan, batches.collect()).unwrap()
    }

    /// The batches that have a row.
    pub(crate) fn groups(&self) -> Vec<Group> {
        self.results().groups
    }

    /// The summary of each batch.
    pub(crate) fn summaries(&self) -> Vec<Summary> {
        self.results().summaries().cloned().collect()
    }

    fn figures_of(&self, words: &Arc<Words>, is_wanted: impl Fn(usize) -> bool) -> Figures {
        let wanted = (0..self.responses.len()).filter(|index| is_wanted(*index));
        let rows: Vec<_> = wanted.map(|index| self.row(index)).collect();
        Figures::new(Figures::frame_of(&rows, words).unwrap(), Arc::clone(words)).unwrap()
    }

    fn row(&self, index: usize) -> Row<'_> {
        let (model, level) = self.places[index];
        let response = &self.responses[index];
        Row {
            place: index,
            model: &self.plan.models[Id::at(model)],
            dataset: if self.in_second[index] { "e" } else { "d" },
            sample: &self.samples[index],
            question: question_digest(&self.samples[index]),
            prompt: &self.prompts[index],
            level: self.plan.levels[Id::at(level)],
            repeat: 0,
            answer_form: self.plan.models[Id::at(model)].asking.first().and_then(|asking| asking.answer_form.as_ref()),
            turn: self.plan.gating.until.map(|until| SequentialTurn { number: index, aim: until.aim() }),
            recital: None,
            response,
            verdict: self.verdicts[index].clone().filter(|_| !response.status.is_fault()),
            slo: self.plan.slo,
            is_cache_busted: self.plan.load.cache_bust,
            is_compared: true,
        }
    }
}

fn sample(index: usize) -> Sample {
    Sample {
        answer: Some(Answer::Text("x".into())),
        subject: Some("s".into()),
        ..Sample::new(index, format!("Question {index}?"))
    }
}

pub(crate) fn verdict(class: Class) -> Verdict {
    let score = f64::from(u8::from(class == Class::Correct));
    Verdict { score, ..Verdict::none(class, "test") }
}

fn response(index: usize) -> Response {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&(index as u64).to_le_bytes());
    Response {
        key: RequestKey(key),
        status: Status::Ok,
        fault: None,
        text: "x".into(),
        reasoning: None,
        finish_reason: Some("stop".into()),
        attempts: 1,
        unanswered: 0,
        alternatives: Vec::new(),
        failed_attempts: Vec::new(),
        calls: Vec::new(),
        retry_time: Duration::ZERO,
        throttled: false,
        dispatch: None,
        stamps: Stamps { last_token: Some(ms(100)), end: Some(ms(100)), ..Stamps::default() },
        gaps: Vec::new(),
        cold: false,
        warmup: false,
        usage: Usage { prompt_tokens: Some(100), output_tokens: Some(20), ..Usage::default() },
        server: ServerDurations::default(),
        run: "run-1".into(),
    }
}
