//! The answers that a judge compares in pairs: those of every two models to one question at one level.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::engine::stored::responses::{Responses, TOGETHER};
use crate::error::Error;
use crate::id::{DatasetId, SampleId};
use crate::judge::pairwise::{BothOrders, Comparison, verdict};
use crate::judge::{ModelJudge, Opinion, Verdict};
use crate::level::Level;
use crate::request::RequestKey;
use crate::response::Response;
use crate::sample::Sample;
use crate::tables::agreement::Rated;
use crate::tables::comparisons::Compared;
use crate::work::{Slot, Work};

/// Two answers to one question.
pub(super) struct Bout {
    /// Where their requests stand.
    pub(super) places: [usize; 2],
    keys: [RequestKey; 2],
    /// Their lengths in bytes.
    lengths: [usize; 2],
    /// Number of the question.
    question: u64,
    /// Where the sample with the one answer first stands, before that with the other first; none of equal answers.
    asked: Option<usize>,
}

/// All comparisons of a judge.
#[derive(Default)]
pub(super) struct Bouts {
    bouts: Vec<Bout>,
}

impl Bouts {
    /// Every two answers that are stored, and what is asked about those that differ.
    pub(super) fn stored(
        responses: &Responses<'_>,
        dataset: DatasetId,
        judge: &ModelJudge,
    ) -> Result<(Self, Vec<Sample>), Error> {
        let (mut bouts, mut samples) = (Vec::new(), Vec::new());
        for pairs in pairs(responses.work, dataset).chunks(TOGETHER / 2) {
            let found = answers(responses, pairs)?;
            for places in pairs {
                let [Some(one), Some(other)] = places.each_ref().map(|place| found.get(place)) else { continue };
                let sample = responses.work.sample(&responses.work.slots[places[0]]);
                let is_equal = one.text.trim() == other.text.trim();
                let asked = (!is_equal).then_some(samples.len());
                if !is_equal {
                    samples.extend(orders(judge, sample, [one, other].map(|of| (of.key, of.text.as_str()))));
                }
                bouts.push(Bout {
                    places: *places,
                    keys: [one.key, other.key],
                    lengths: [one.text.len(), other.text.len()],
                    question: sample.index as u64,
                    asked,
                });
            }
        }
        Ok((Self { bouts }, samples))
    }

    /// The verdict on each answer, from what the models said of every sample.
    pub(super) fn verdicts(&self, work: &Work, opinions: &[Vec<Opinion>]) -> HashMap<RequestKey, Verdict> {
        let mut of_answers: HashMap<RequestKey, (usize, Vec<Comparison>)> = HashMap::new();
        for bout in &self.bouts {
            let names = bout.names(work);
            let comparison = bout.comparison(&names[1], opinions);
            let reversed = comparison.reversed(&names[0]);
            for ((key, length), comparison) in bout.keys.into_iter().zip(bout.lengths).zip([comparison, reversed]) {
                of_answers.entry(key).or_insert((length, Vec::new())).1.push(comparison);
            }
        }
        of_answers.into_iter().map(|(key, (length, of))| (key, verdict(&of, length))).collect()
    }

    /// How each comparison ends.
    pub(super) fn compared(&self, work: &Work, opinions: &[Vec<Opinion>]) -> Vec<Compared> {
        let compared = |bout: &Bout| {
            let batches = bout.places.map(|place| work.slots[place].batch);
            let [_, other] = bout.names(work);
            Compared { batches, question: bout.question, comparison: bout.comparison(&other, opinions) }
        };
        self.bouts.iter().map(compared).collect()
    }

    /// How each comparison about which models were asked ends by each of them.
    pub(super) fn rated(&self, models: &[String], opinions: &[Vec<Opinion>]) -> Vec<Rated> {
        let asked = self.bouts.iter().filter(|bout| bout.asked.is_some());
        let rated = asked.map(|bout| {
            let said = bout.said(opinions);
            let outcome = |model: &String| said.iter().find(|said| said.judge == *model)?.outcome();
            let labels = models.iter().map(|model| outcome(model).map(|outcome| outcome.word().to_owned()));
            Rated { question: bout.question, labels: labels.collect() }
        });
        rated.collect()
    }
}

impl Bout {
    fn names(&self, work: &Work) -> [String; 2] {
        self.places.map(|place| work.batch_of(&work.slots[place]).model.name.clone())
    }

    fn comparison(&self, other: &str, opinions: &[Vec<Opinion>]) -> Comparison {
        Comparison { other: other.to_owned(), said: self.said(opinions), is_equal: self.asked.is_none() }
    }

    /// What each model said in both orders.
    fn said(&self, opinions: &[Vec<Opinion>]) -> Vec<BothOrders> {
        let of = |order: usize| self.asked.and_then(|place| opinions.get(place + order)).map_or(&[][..], Vec::as_slice);
        let mut judges: Vec<&str> = Vec::new();
        for opinion in of(0).iter().chain(of(1)) {
            if !judges.contains(&opinion.judge.as_str()) {
                judges.push(&opinion.judge);
            }
        }
        let label = |order, judge: &str| of(order).iter().find(|said| said.judge == judge)?.label.clone();
        let said = |judge: &str| BothOrders { judge: judge.to_owned(), labels: [label(0, judge), label(1, judge)] };
        judges.into_iter().map(said).collect()
    }
}

/// The samples of two answers in both orders.
pub(super) fn orders(
    judge: &ModelJudge,
    sample: &Sample,
    [one, other]: [(RequestKey, &str); 2],
) -> impl Iterator<Item = Sample> {
    let pair = |first: (RequestKey, &str), second: (RequestKey, &str)| {
        judge.pair(sample, format!("{}+{}", first.0, second.0), [first.1, second.1])
    };
    [pair(one, other), pair(other, one)].into_iter()
}

/// The places of every two requests of different models with the same question and repeat at the same level. Requests that
/// are the same are not compared.
pub(super) fn pairs(work: &Work, dataset: DatasetId) -> Vec<[usize; 2]> {
    let mut of_question: BTreeMap<(Level, SampleId, u32), Vec<usize>> = BTreeMap::new();
    let slots = work.slots.iter().enumerate().filter(|(_, slot)| slot.dataset == dataset);
    let mut known = HashSet::new();
    for (place, slot) in slots.filter(|(_, slot)| known.insert(slot.key)) {
        of_question.entry((work.batch_of(slot).level, slot.sample, slot.repeat)).or_default().push(place);
    }
    let model = |place: usize| work.batch_of(&work.slots[place]).model_id;
    let mut found = Vec::new();
    for places in of_question.values() {
        for (number, one) in places.iter().enumerate() {
            let others = places[number + 1..].iter().filter(|other| model(*one) != model(**other));
            found.extend(others.map(|other| [*one, *other]));
        }
    }
    found
}

/// The answers in these places, by place. A failed request has none.
pub(super) fn answers(responses: &Responses<'_>, pairs: &[[usize; 2]]) -> Result<HashMap<usize, Response>, Error> {
    let mut places: Vec<usize> = pairs.iter().flatten().copied().collect();
    places.sort_unstable();
    places.dedup();
    let found = responses.read(&places)?.into_iter();
    Ok(found.filter(|(_, response)| !response.status.is_fault()).collect())
}

/// The requests of a pair.
pub(super) fn slots(work: &Work, places: [usize; 2]) -> [&Slot; 2] {
    places.map(|place| &work.slots[place])
}
