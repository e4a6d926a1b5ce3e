//! Every request of a plan, and what it refers to.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::arrivals::arrivals;
use super::batch::Batch;
use super::context_size;
use super::limits::{check_judge, check_size, check_tools, check_turns};
use super::prompts::Prompts;
use super::recital::{Questions, Recital};
use super::sequence::Sequence;
use super::slot::Slot;
use crate::checksum::hexadecimal;
use crate::dataset::{Dataset, Trace};
use crate::error::Error;
use crate::id::{BatchId, DatasetId, Id, ModelId, Per, SampleId};
use crate::level::Level;
use crate::plan::{Extent, LoadPlan, Plan};
use crate::request::{KeyHasher, Parameters, Prompt, Request, RequestKey, Settings};
use crate::sample::Sample;
use crate::store::SeenModel;

/// Every request of a plan, and what it refers to.
pub struct Work {
    /// The datasets.
    pub datasets: Arc<Per<DatasetId, Dataset>>,
    /// Prompts; with `load.cache_bust` a nonce comes before each.
    pub(super) prompts: Arc<Prompts>,
    /// The batches, in the order in which they are measured.
    pub batches: Arc<Per<BatchId, Batch>>,
    /// The requests, by batch, dataset, sample and repeat.
    pub slots: Vec<Slot>,
    /// What answers may recite, by dataset.
    recitals: Arc<Per<DatasetId, OnceLock<Questions>>>,
    pub(super) asking: Arc<RequestPlan>,
}

/// What all requests of a plan have in common.
pub(super) struct RequestPlan {
    pub(super) models: Per<ModelId, ModelTarget>,
    repeats: u32,
    pub(super) load: LoadPlan,
    sequence: Sequence,
    /// The load that is replayed, if it is one.
    trace: Option<Arc<Trace>>,
    settings: Mutex<HashMap<CellKey, CellSettings>>,
}

/// Turns whose requests are made at once: what is made on several cores is moved once more, so not all of them.
const BLOCK: usize = 1 << 16;

/// A model as requests name it.
pub(super) struct ModelTarget {
    /// The different parameters, and which of them a dataset is asked by.
    pub(super) parameters: Vec<Parameters>,
    of_dataset: Per<DatasetId, usize>,
    endpoint: String,
    model: String,
    digest: Option<String>,
    num_ctx: Option<u32>,
    /// Its number among the models of its site.
    number: usize,
}

/// What requests have in common: batch, number of the parameters, repeat, and what their samples set.
type CellKey = (BatchId, usize, u32, OfSample);

/// What a sample sets of its request's parameters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct OfSample {
    /// The limit of a request of a trace.
    limit: Option<u32>,
    /// The sample whose tools are offered.
    tools: Option<(DatasetId, SampleId)>,
}

/// What requests of one model, level and repeat share.
#[derive(Clone)]
pub(super) struct CellSettings {
    settings: Arc<Settings>,
    pub(super) hasher: Arc<KeyHasher>,
}

impl ModelTarget {
    fn new(plan: &Plan, id: ModelId, seen: Option<&SeenModel>, num_ctx: Option<u32>) -> Self {
        let model = &plan.models[id];
        let mut parameters: Vec<Parameters> = Vec::new();
        let number = |own: &Parameters| {
            parameters.iter().position(|known| known == own).unwrap_or_else(|| {
                parameters.push(own.clone());
                parameters.len() - 1
            })
        };
        Self {
            of_dataset: model.all_parameters().map(number).collect(),
            parameters,
            endpoint: plan.endpoint_of(model).identity(),
            model: model.model.clone(),
            digest: seen.and_then(|seen| seen.digest.clone()),
            num_ctx,
            number: plan.number_at_site(id),
        }
    }
}

impl Work {
    /// Lists the requests of a plan. A closed loop that lasts for a time has none yet; see [`Work::extend`].
    ///
    /// # Errors
    /// A template or judge that does not fit a dataset.
    pub fn new(
        plan: &Plan,
        datasets: Per<DatasetId, Dataset>,
        seen: &Per<ModelId, Option<SeenModel>>,
    ) -> Result<Self, Error> {
        check_judge(plan, &datasets)?;
        check_size(plan, &datasets)?;
        check_turns(plan, &datasets)?;
        check_tools(plan, &datasets)?;
        let prompts = Prompts::new(plan, &datasets)?;
        prompts.check(plan, &datasets)?;
        let models = plan.models.with_ids().zip(seen).map(|((id, model), seen)| {
            let needed = || {
                let prompts = prompts.of_model(id).filter(|_| plan.endpoint_of(model).provider.cuts_long_prompts());
                context_size::needed(prompts, plan.output_limit(model))
            };
            ModelTarget::new(plan, id, seen.as_ref(), model.parameters.num_ctx.or_else(needed))
        });
        let asking = RequestPlan {
            sequence: Sequence::new(datasets.iter().map(|dataset| dataset.samples.len()), plan.load.seed),
            models: models.collect(),
            repeats: plan.generation.repeats,
            load: plan.load,
            trace: plan.replayed().cloned(),
            settings: Mutex::default(),
        };
        let recitals = Arc::new(datasets.iter().map(|_| OnceLock::new()).collect());
        let (datasets, prompts, asking) = (Arc::new(datasets), Arc::new(prompts), Arc::new(asking));
        let batches = Arc::new(Batch::all(plan));
        let mut work = Self { datasets, prompts, batches: Arc::clone(&batches), slots: Vec::new(), recitals, asking };
        let counts: Vec<usize> = batches.iter().map(|batch| work.count(batch.level).unwrap_or(0)).collect();
        // Memory that stays unused is never touched.
        work.slots.reserve_exact(counts.iter().sum());
        for (batch, count) in batches.iter().zip(counts) {
            (0..count).step_by(BLOCK).for_each(|start| work.add(plan, batch, start..count.min(start + BLOCK)));
        }
        work.sort();
        Ok(work)
    }

    /// Adds the requests of some turns of a batch.
    fn add(&mut self, plan: &Plan, batch: &Batch, turns: Range<usize>) {
        let asked = |slot: &Slot| plan.asks_row(slot.dataset, self.sample(slot).index);
        let turns = turns.into_par_iter().filter(|turn| batch.turns.has(*turn));
        let slots = turns.filter_map(|turn| self.slot(batch, turn)).filter(asked).collect_vec_list();
        slots.into_iter().for_each(|mut some| self.slots.append(&mut some));
    }

    /// The same work without its requests.
    #[must_use]
    pub fn without_slots(&self) -> Self {
        let (datasets, prompts) = (Arc::clone(&self.datasets), Arc::clone(&self.prompts));
        let (batches, asking) = (Arc::clone(&self.batches), Arc::clone(&self.asking));
        Self { datasets, prompts, batches, slots: Vec::new(), recitals: Arc::clone(&self.recitals), asking }
    }

    /// The batch that a request belongs to.
    pub fn batch_of(&self, slot: &Slot) -> &Batch {
        &self.batches[slot.batch]
    }

    /// Where the requests of a batch stand among all.
    pub fn places_of(&self, batch: BatchId) -> Range<usize> {
        let start = self.slots.partition_point(|slot| slot.batch < batch);
        let end = self.slots.partition_point(|slot| slot.batch <= batch);
        start..end
    }

    /// Adds the requests of these turns of a batch, each once.
    pub fn extend(&mut self, batch: BatchId, turns: impl IntoIterator<Item = usize>) {
        let batch = &self.batches[batch];
        let turns = turns.into_iter().filter(|turn| batch.turns.has(*turn));
        let more: Vec<Slot> = turns.filter_map(|turn| self.slot(batch, turn)).collect();
        self.slots.extend(more);
        self.sort();
    }

    /// Leaves out the requests of a batch from a turn on.
    pub fn cut(&mut self, batch: BatchId, turn: usize) {
        self.slots.retain(|slot| slot.batch != batch || slot.turn < turn);
    }

    /// What answers to a dataset may recite.
    pub fn recital(&self, dataset: DatasetId) -> Recital<'_> {
        Recital { samples: &self.datasets[dataset].samples, questions: &self.recitals[dataset] }
    }

    /// How many samples there are.
    pub fn questions(&self) -> usize {
        self.asking.sequence.len()
    }

    /// How often each is asked.
    pub fn repeats(&self) -> usize {
        self.asking.repeats as usize
    }

    fn sort(&mut self) {
        self.slots.sort_by_key(|slot| (slot.batch, slot.dataset, slot.sample, slot.repeat));
    }

    /// The context that a model is asked for although the spec does not say so, in tokens.
    pub fn chosen_context(&self, plan: &Plan, model: ModelId) -> Option<u32> {
        self.asking.models[model].num_ctx.filter(|_| plan.models[model].parameters.num_ctx.is_none())
    }

    /// How long a level lasts, if its requests are not known before.
    pub fn time_limit(&self, level: Level) -> Option<Duration> {
        match (self.asking.load.extent, level) {
            (Extent::Duration(duration), Level::Concurrency(_)) => Some(duration),
            _ => None,
        }
    }

    /// When each request of an open loop is due, since the level's start; `None` for a closed one.
    pub fn schedule(&self, level: Level) -> Option<Vec<Duration>> {
        if let (Level::Trace(_), Some(trace)) = (level, &self.asking.trace) {
            return Some(trace.due());
        }
        let Level::Rate(rate, kind) = level else { return None };
        let dataset = self.asking.sequence.len() * self.asking.repeats as usize;
        Some(arrivals(rate, kind, self.asking.load.extent, dataset, self.asking.load.seed))
    }

    /// How many requests a level has; `None` if only time can tell.
    fn count(&self, level: Level) -> Option<usize> {
        match self.asking.load.extent {
            Extent::Dataset => Some(self.asking.sequence.len() * self.asking.repeats as usize),
            Extent::Requests(count) => Some(count),
            Extent::Duration(_) => self.schedule(level).map(|schedule| schedule.len()),
        }
    }

    /// The request whose turn it is; `None` without samples.
    pub fn slot(&self, batch: &Batch, turn: usize) -> Option<Slot> {
        let (dataset, sample, repeat) = match self.asking.load.extent {
            Extent::Dataset if self.asking.load.is_shuffled => {
                self.asking.sequence.shuffled(turn, self.asking.repeats)?
            }
            Extent::Dataset => self.asking.sequence.in_order(turn, self.asking.repeats)?,
            Extent::Requests(_) | Extent::Duration(_) => self.asking.sequence.at(turn)?,
        };
        // A prompt that a trace asks again is another request.
        let repeat = self.asking.trace.as_ref().map_or(repeat, |trace| trace.earlier(sample.place()));
        let mut slot = Slot { batch: batch.id, dataset, sample, repeat, turn, key: RequestKey([0; 32]) };
        slot.key = match self.asking.load.cache_bust {
            true => self.key(&slot, &self.prompt(&slot)),
            false => self.key(&slot, self.rendered(&slot)),
        };
        Some(slot)
    }

    /// The sample of a request.
    pub fn sample(&self, slot: &Slot) -> &Sample {
        &self.datasets[slot.dataset].samples[slot.sample.place()]
    }

    /// The settings of a request.
    pub fn settings(&self, slot: &Slot) -> Arc<Settings> {
        self.shared(self.batch_of(slot), slot.dataset, slot.repeat, self.of_sample(slot)).settings
    }

    /// The settings of the first request of a batch, which its warm-ups share.
    pub fn first_settings(&self, batch: &Batch) -> Arc<Settings> {
        self.shared(batch, DatasetId::at(0), 0, OfSample::default()).settings
    }

    /// What a request asks, without the nonce that may come before it.
    pub fn rendered(&self, slot: &Slot) -> &Prompt {
        &self.prompts.of(self.batch_of(slot).model_id, slot.dataset)[slot.sample.place()]
    }

    /// What a request asks.
    pub fn prompt(&self, slot: &Slot) -> Prompt {
        let prompt = self.rendered(slot);
        if self.asking.load.cache_bust { prompt.after(&self.nonce(slot)) } else { prompt.clone() }
    }

    /// A text that no other request of the plan starts with, the same in every run.
    fn nonce(&self, slot: &Slot) -> String {
        let mut hasher = Sha256::new();
        let batch = self.batch_of(slot);
        let (model, level) = (self.asking.models[batch.model_id].number, batch.level_number());
        for number in [model, level, slot.dataset.place(), slot.sample.place(), slot.repeat as usize] {
            hasher.update((number as u64).to_le_bytes());
        }
        hasher.update(self.asking.load.seed.to_le_bytes());
        hexadecimal(&hasher.finalize()[..8])
    }

    pub(super) fn of_sample(&self, slot: &Slot) -> OfSample {
        let has_tools = !self.sample(slot).tools.is_empty();
        OfSample {
            limit: self.asking.trace.as_ref().and_then(|trace| trace.output_tokens(slot.sample.place())),
            tools: has_tools.then_some((slot.dataset, slot.sample)),
        }
    }

    pub(super) fn shared(&self, batch: &Batch, dataset: DatasetId, repeat: u32, own: OfSample) -> CellSettings {
        let asked = &self.asking.models[batch.model_id];
        let number = asked.of_dataset.get(dataset.place()).copied().unwrap_or_default();
        let mut settings = self.asking.settings.lock().unwrap_or_else(PoisonError::into_inner);
        let shared = settings.entry((batch.id, number, repeat, own)).or_insert_with(|| {
            let mut parameters = asked.parameters[number].clone();
            // Each repeat has a seed of its own.
            parameters.seed = parameters.seed.map(|seed| seed.wrapping_add(i64::from(repeat)));
            parameters.num_ctx = parameters.num_ctx.or(asked.num_ctx);
            parameters.max_tokens = own.limit.or(parameters.max_tokens);
            if let Some((dataset, sample)) = own.tools {
                parameters.options.tools = self.datasets[dataset].samples[sample.place()].tools.to_vec();
            }
            let settings = Settings {
                endpoint: asked.endpoint.clone(),
                model: asked.model.clone(),
                digest: asked.digest.clone(),
                parameters,
                repeat,
                level: batch.level,
            };
            CellSettings { hasher: Arc::new(settings.hasher()), settings: Arc::new(settings) }
        });
        shared.clone()
    }

    /// A request, ready to be sent.
    pub fn request(&self, slot: &Slot) -> Request {
        let dataset = &self.datasets[slot.dataset];
        Request {
            key: slot.key,
            settings: self.settings(slot),
            prompt: self.prompt(slot),
            sample: format!("{}#{}", dataset.name, dataset.samples[slot.sample.place()].name()),
        }
    }

    /// The keys of all requests.
    pub fn keys(&self) -> impl Iterator<Item = &RequestKey> {
        self.slots.iter().map(|slot| &slot.key)
    }
}
