//! How answers to one sample were judged: all that the store, the plan and the judges have on them.

use std::collections::HashSet;
use std::sync::Arc;

use crate::dataset::Dataset;
use crate::engine::Context;
use crate::engine::consult::consult;
use crate::engine::opinions::Opinions;
use crate::engine::prepare::{Prepared, Sending, prepare};
use crate::engine::stored::responses::Responses;
use crate::error::Error;
use crate::format::counted;
use crate::judge::Verdict;
use crate::lock::Policy;
use crate::plan::Plan;
use crate::request::{Prompt, RequestKey, Settings};
use crate::response::{FailedAttempts, Response};
use crate::sample::Sample;
use crate::work::{Slot, Work};

/// Which answers are meant.
pub struct Wanted<'w> {
    /// The sample: its number, its identifier, `DATASET#NUMBER`, or the beginning of a request key.
    pub item: &'w str,
    /// The model; any if not given.
    pub model: Option<&'w str>,
}

/// All that is known of an answer and of its verdicts.
pub struct Explained {
    /// Name of the model.
    pub model: String,
    /// Name of the dataset.
    pub dataset: String,
    /// The sample.
    pub sample: Sample,
    /// What was sent.
    pub prompt: Prompt,
    /// What else is in the key.
    pub settings: Arc<Settings>,
    /// The key of the request.
    pub key: RequestKey,
    /// What came back; none if the store has no response.
    pub response: Option<Response>,
    /// The failed attempts at it that others followed, by run.
    pub failed_attempts: Vec<FailedAttempts>,
    /// What it cost, with the currency.
    pub cost: Option<(f64, String)>,
    /// What each judge says, by the judge's name; the one that scores comes first.
    pub verdicts: Vec<(String, Verdict)>,
}

/// Finds the answers to a sample and judges them. Nothing is sent: a judge that was not asked yet has no verdict.
///
/// # Errors
/// The plan cannot be prepared, the store cannot be read, or there is no such sample or model.
pub async fn explain(plan: &mut Plan, wanted: &Wanted<'_>, context: &Context<'_>) -> Result<Vec<Explained>, Error> {
    let Prepared { mut work, .. } = prepare(plan, (Policy::Look, Sending::Nothing), None, context).await?;
    let plan = &*plan;
    if let Some(name) = wanted.model.filter(|name| plan.models.iter().all(|model| model.name != *name)) {
        return Err(Error::unknown_model(name, plan.models.iter().map(|model| &*model.name)));
    }
    let of_model = |slot: &Slot| wanted.model.is_none_or(|name| work.batch_of(slot).model.name == name);
    let is_wanted = |slot: &Slot| of_model(slot) && is_called(&work, slot, wanted.item);
    let keys: HashSet<RequestKey> = work.slots.iter().filter(|slot| is_wanted(slot)).map(|slot| slot.key).collect();
    let asked = |slot: &Slot| (slot.dataset, slot.sample);
    let questions: HashSet<_> = work.slots.iter().filter(|slot| keys.contains(&slot.key)).map(asked).collect();
    // With the answers of other models, which some judges compare.
    let slots: Vec<Slot> = work.slots.iter().filter(|slot| questions.contains(&asked(slot))).copied().collect();
    let is_shown = |(place, slot): (usize, &Slot)| (keys.contains(&slot.key) && of_model(slot)).then_some(place);
    let shown: Vec<usize> = slots.iter().enumerate().filter_map(is_shown).collect();
    if slots.is_empty() {
        let samples = counted(work.datasets.iter().map(Dataset::questions).sum::<usize>(), "sample");
        return Err(Error::misuse(
            format!("no sample is called `{}`", wanted.item),
            format!("name one of the {samples} by its number, counted from 0, or by its id; `results.csv` has both"),
        ));
    }
    work.slots = slots;
    let failed = HashSet::new();
    let responses = Responses { plan, work: &work, store: &*context.store, failed: &failed };
    let opinions = consult(&responses, None, context).await?;
    shown.into_iter().map(|place| explained(&responses, &opinions, place)).collect()
}

/// Fewest characters of a request key that name it.
const SHORTEST_KEY: usize = 8;

fn is_called(work: &Work, slot: &Slot, item: &str) -> bool {
    let (sample, dataset) = (work.sample(slot), &work.datasets[slot.dataset].name);
    let is_key = item.len() >= SHORTEST_KEY && slot.key.to_string().starts_with(&item.to_ascii_lowercase());
    sample.index.to_string() == item
        || sample.name() == item
        || sample.id.as_deref() == Some(item)
        || item == format!("{dataset}#{}", sample.index)
        || item == format!("{dataset}#{}", sample.name())
        || is_key
}

fn explained(responses: &Responses<'_>, opinions: &Opinions, place: usize) -> Result<Explained, Error> {
    let (plan, work) = (responses.plan, responses.work);
    let slot = &work.slots[place];
    let sample = work.sample(slot);
    let response = responses.read(&[place])?.pop().map(|(_, response)| response);
    let verdicts = match &response {
        Some(response) if !response.status.is_fault() => {
            let verdicts = plan.judges[slot.dataset].named().filter_map(|(id, name, judge)| {
                Some((name.to_owned(), opinions.verdict(&judge.judge, (slot.dataset, id), sample, response)?))
            });
            verdicts.collect()
        }
        _ => Vec::new(),
    };
    let cost = response.as_ref().and_then(|response| responses.row(place, response, None).cost());
    Ok(Explained {
        model: work.batch_of(slot).model.name.clone(),
        dataset: work.datasets[slot.dataset].name.clone(),
        sample: sample.clone(),
        prompt: work.request_now(slot, responses.store)?.0.prompt,
        settings: work.settings(slot),
        key: slot.key,
        failed_attempts: responses.store.failed_attempts(slot.key)?,
        cost: cost.zip(plan.currency.clone()),
        response,
        verdicts,
    })
}
