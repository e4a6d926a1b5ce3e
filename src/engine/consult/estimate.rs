//! What models that judge would be asked: the answers that are stored, and those that are still to come.

use std::collections::HashSet;

use super::bouts::{Bouts, answers, orders, pairs, slots};
use super::model::to_judge;
use crate::dataset::Dataset;
use crate::engine::Context;
use crate::engine::servers::judge_models::JudgeModels;
use crate::engine::stored::responses::Responses;
use crate::error::Error;
use crate::id::{DatasetId, Id};
use crate::judge::{Judge, ModelJudge};
use crate::plan::{JudgePlan, Plan};
use crate::request::RequestKey;
use crate::sample::Sample;
use crate::work::{Slot, Work};

/// What a judge is asked about the answers to a dataset.
pub struct JudgeState {
    /// Its name: `judge`, or that of a further judge.
    pub name: String,
    /// The dataset.
    pub dataset: String,
    /// The models that judge.
    pub models: Vec<String>,
    /// Requests to them.
    pub requests: usize,
    /// Those in the store.
    pub kept: usize,
    /// Those about answers that are still to come; equal answers to a question are judged once.
    pub open: usize,
    /// Prompt tokens of what is to be sent: with empty answers for those to come, and with the longest.
    pub prompt_tokens: (u64, u64),
    /// The most output tokens of what is to be sent.
    pub output_tokens: u64,
    /// Its cost without any output, and the most; none where a model that judges has no price.
    pub cost: Option<(f64, f64)>,
}

/// What every judge that asks models would be asked.
///
/// # Errors
/// The store cannot be read, or a rubric does not fit a dataset.
pub fn judge_states(
    (plan, work): (&Plan, &Work),
    models: &JudgeModels,
    context: &Context<'_>,
) -> Result<Vec<JudgeState>, Error> {
    let failed = HashSet::new();
    let responses = Responses { plan, work, store: &*context.store, failed: &failed };
    let mut states = Vec::new();
    for (dataset, judges) in plan.judges.with_ids() {
        for (_, name, judge) in judges.named() {
            if let Judge::Model(asked) = &*judge.judge {
                let desk = Desk { responses: &responses, dataset, judge: asked, plan: judge, models };
                states.push(desk.state(name)?);
            }
        }
    }
    Ok(states)
}

/// A judge of the answers to a dataset.
struct Desk<'d> {
    responses: &'d Responses<'d>,
    dataset: DatasetId,
    judge: &'d ModelJudge,
    plan: &'d JudgePlan,
    models: &'d JudgeModels,
}

impl Desk<'_> {
    fn state(&self, name: &str) -> Result<JudgeState, Error> {
        let stored = if self.judge.spec.pairwise {
            Bouts::stored(self.responses, self.dataset, self.judge)?.1
        } else {
            to_judge(self.responses, self.dataset, self.judge)?.1
        };
        let mut state = JudgeState {
            name: name.to_owned(),
            dataset: self.responses.work.datasets[self.dataset].name.clone(),
            models: self.plan.models.iter().map(|model| model.name.clone()).collect(),
            requests: 0,
            kept: 0,
            open: 0,
            prompt_tokens: (0, 0),
            output_tokens: 0,
            cost: Some((0.0, 0.0)),
        };
        let stored: Vec<(Sample, u64)> = stored.into_iter().map(|sample| (sample, 0)).collect();
        self.add(&mut state, stored)?;
        let open = if self.judge.spec.pairwise { self.pairs_to_come()? } else { self.to_come()? };
        let before = state.requests;
        self.add(&mut state, open)?;
        state.open = state.requests - before;
        Ok(state)
    }

    /// What is asked about answers that are still to come, with the most tokens of each.
    fn to_come(&self) -> Result<Vec<(Sample, u64)>, Error> {
        let (plan, work) = (self.responses.plan, self.responses.work);
        let mut known = HashSet::new();
        let slots = work.slots.iter().filter(|slot| slot.dataset == self.dataset && known.insert(slot.key));
        let slots: Vec<&Slot> = slots.collect();
        let keys: Vec<&RequestKey> = slots.iter().map(|slot| &slot.key).collect();
        let open = slots.into_iter().zip(self.responses.store.holds(&keys)?).filter(|(_, held)| !held);
        let asked = open.map(|(slot, _)| {
            let sample = self.judge.sample(work.sample(slot), slot.key.to_string(), "");
            (sample, u64::from(plan.output_limit(&work.batch_of(slot).model)))
        });
        Ok(asked.collect())
    }

    /// What is asked about pairs of which an answer is still to come, with the most tokens of what is missing.
    fn pairs_to_come(&self) -> Result<Vec<(Sample, u64)>, Error> {
        let Responses { plan, work, store, .. } = self.responses;
        let pairs = pairs(work, self.dataset);
        let keys: Vec<&RequestKey> =
            pairs.iter().flat_map(|places| slots(work, *places)).map(|slot| &slot.key).collect();
        let held = store.holds(&keys)?;
        let mut asked = Vec::new();
        for (places, held) in pairs.iter().zip(held.chunks(2)).filter(|(_, held)| held.contains(&false)) {
            let known = answers(self.responses, &[*places])?;
            let slots = slots(work, *places);
            let missing = slots.iter().zip(held).filter(|(_, held)| !**held);
            let more = missing.map(|(slot, _)| u64::from(plan.output_limit(&work.batch_of(slot).model))).sum();
            let text = |place: &usize| known.get(place).map_or("", |response| response.text.as_str());
            let pair = [0, 1].map(|side: usize| (slots[side].key, text(&places[side])));
            asked.extend(orders(self.judge, work.sample(slots[0]), pair).map(|sample| (sample, more)));
        }
        Ok(asked)
    }

    /// Adds the requests about these samples, each with the tokens that its answer may still add.
    fn add(&self, state: &mut JudgeState, samples: Vec<(Sample, u64)>) -> Result<(), Error> {
        let (samples, more): (Vec<Sample>, Vec<u64>) = samples.into_iter().unzip();
        let plan = self.responses.plan.judging(self.dataset, self.judge, self.plan);
        let asked = self.responses.work.datasets[self.dataset].clone();
        let asked = Dataset { samples, examples: Vec::new(), ..asked };
        let work = Work::new(&plan, vec![asked].into(), &self.models.of(&plan.models))?;
        let mut known = HashSet::new();
        let slots: Vec<&Slot> =
            work.slots.iter().filter(|slot| more[slot.sample.place()] > 0 || known.insert(slot.key)).collect();
        let keys: Vec<&RequestKey> = slots.iter().map(|slot| &slot.key).collect();
        state.requests += slots.len();
        for (slot, held) in slots.into_iter().zip(self.responses.store.holds(&keys)?) {
            let is_kept = held && more[slot.sample.place()] == 0;
            state.kept += usize::from(is_kept);
            if !is_kept {
                state.add(&plan, &work, (slot, more[slot.sample.place()]));
            }
        }
        Ok(())
    }
}

impl JudgeState {
    /// Adds a request that is to be sent, whose prompt has up to `more` tokens more.
    fn add(&mut self, plan: &Plan, work: &Work, (slot, more): (&Slot, u64)) {
        let (prompt, model) = (work.prompt(slot), &work.batch_of(slot).model);
        let count = |tokens: usize| u64::try_from(tokens).unwrap_or(u64::MAX);
        let likely = count(prompt.likely_tokens());
        self.prompt_tokens = (self.prompt_tokens.0 + likely, self.prompt_tokens.1 + likely + more);
        self.output_tokens += u64::from(plan.output_limit(model));
        let price = model.price_to_ask();
        let cost =
            price.map(|price| (price.estimate(likely, 0), price.at_most_for(count(prompt.most_tokens()) + more)));
        self.cost = self.cost.zip(cost).map(|(sum, more)| (sum.0 + more.0, sum.1 + more.1));
    }
}
