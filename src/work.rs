//! The work: every request of a plan, by the cell it belongs to.

use std::sync::Arc;

use crate::dataset::Dataset;
use crate::error::Error;
use crate::judge::Judge;
use crate::level::Level;
use crate::plan::Plan;
use crate::prompt::Templates;
use crate::request::{Prompt, Request, RequestKey, Settings};
use crate::sample::Sample;

/// Every request of a plan, and what it refers to.
pub struct Work {
    /// The datasets.
    pub datasets: Vec<Dataset>,
    /// Prompts by dataset and sample.
    pub prompts: Vec<Vec<Prompt>>,
    /// The requests, in the order of tables: model, dataset, level, sample, repeat.
    pub slots: Vec<Slot>,
    /// Settings by model, level and repeat.
    settings: Vec<Arc<Settings>>,
    levels: usize,
    repeats: usize,
}

/// One request's place: indices into plan and datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// Index of the model.
    pub model: usize,
    /// Index of the dataset.
    pub dataset: usize,
    /// Index of the level.
    pub level: usize,
    /// Position of the sample among those of its dataset.
    pub sample: usize,
    /// Number of the repeat.
    pub repeat: u32,
    /// The request's key.
    pub key: RequestKey,
}

impl Work {
    /// Lists the requests of a plan.
    ///
    /// # Errors
    /// A template or judge that does not fit a dataset.
    pub fn new(plan: &Plan, datasets: Vec<Dataset>, digests: &[Option<String>]) -> Result<Self, Error> {
        check_judge(plan, &datasets)?;
        let prompts = prompts(plan, &datasets)?;
        let repeats = plan.generation.repeats as usize;
        let mut settings = Vec::new();
        for (model, digest) in plan.models.iter().zip(digests) {
            for level in &plan.levels {
                for repeat in 0..plan.generation.repeats {
                    settings.push(Arc::new(Settings {
                        endpoint: plan.endpoint_of(model).identity(),
                        model: model.model.clone(),
                        digest: digest.clone(),
                        parameters: plan.parameters(repeat),
                        repeat,
                        level: *level,
                    }));
                }
            }
        }
        let mut work = Self { datasets, prompts, slots: Vec::new(), settings, levels: plan.levels.len(), repeats };
        work.slots = work.list(plan.models.len());
        Ok(work)
    }

    fn list(&self, models: usize) -> Vec<Slot> {
        let mut slots = Vec::new();
        for model in 0..models {
            for (dataset, prompts) in self.prompts.iter().enumerate() {
                for level in 0..self.levels {
                    let at = (model * self.levels + level) * self.repeats;
                    let hashers: Vec<_> = self.settings[at..at + self.repeats].iter().map(|s| s.hasher()).collect();
                    for (sample, prompt) in prompts.iter().enumerate() {
                        for (repeat, hasher) in (0..).zip(&hashers) {
                            slots.push(Slot { model, dataset, level, sample, repeat, key: hasher.key(prompt) });
                        }
                    }
                }
            }
        }
        slots
    }

    /// The sample of a request.
    pub fn sample(&self, slot: &Slot) -> &Sample {
        &self.datasets[slot.dataset].samples[slot.sample]
    }

    /// The settings of a request.
    pub fn settings(&self, slot: &Slot) -> &Arc<Settings> {
        &self.settings[(slot.model * self.levels + slot.level) * self.repeats + slot.repeat as usize]
    }

    /// A request, ready to be sent.
    pub fn request(&self, slot: &Slot) -> Request {
        let dataset = &self.datasets[slot.dataset];
        Request {
            key: slot.key,
            settings: Arc::clone(self.settings(slot)),
            prompt: self.prompts[slot.dataset][slot.sample].clone(),
            sample: format!("{}#{}", dataset.name, dataset.samples[slot.sample].index),
        }
    }

    /// The keys of all requests.
    pub fn keys(&self) -> Vec<RequestKey> {
        self.slots.iter().map(|slot| slot.key).collect()
    }
}

/// The level of a slot.
pub fn level_of(plan: &Plan, slot: &Slot) -> Level {
    plan.levels[slot.level]
}

fn prompts(plan: &Plan, datasets: &[Dataset]) -> Result<Vec<Vec<Prompt>>, Error> {
    let templates = Templates::new(plan.system.as_deref(), &plan.template)
        .map_err(|error| Error::Usage(format!("the template is not valid: {error}")))?;
    let rendered = datasets.iter().zip(&plan.datasets).map(|(dataset, wanted)| {
        let count = wanted.few_shot.as_ref().map_or(0, |few_shot| few_shot.count);
        templates.render(&dataset.name, &dataset.samples, &dataset.examples, count)
    });
    Ok(rendered.collect::<Result<_, _>>()?)
}

fn check_judge(plan: &Plan, datasets: &[Dataset]) -> Result<(), Error> {
    let judge = Judge::new(&plan.judge);
    for dataset in datasets {
        let unfit = dataset.samples.iter().find_map(|sample| judge.unfit(sample).map(|why| (sample.index, why)));
        if let Some((index, why)) = unfit {
            return Err(Error::Judge { dataset: dataset.name.clone(), index, why: why.to_owned() });
        }
    }
    Ok(())
}
