//! Asks the models of a judge about every answer to a dataset. Their responses are kept in the store like any other.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::bouts::Bouts;
use crate::dataset::Dataset;
use crate::engine::budget::Budget;
use crate::engine::generate::{Ending, generate};
use crate::engine::generated::Generated;
use crate::engine::opinions::Consultation;
use crate::engine::servers::connect::{connect, require_known, see_models, unconnected};
use crate::engine::stored::responses::{Responses, TOGETHER};
use crate::engine::{Context, judge};
use crate::error::Error;
use crate::event::Stage;
use crate::id::{DatasetId, Id};
use crate::judge::{ModelJudge, Opinion, Verdict};
use crate::plan::JudgePlan;
use crate::request::RequestKey;
use crate::response::Status;
use crate::sample::Sample;
use crate::spec::types::VerdictForm;
use crate::tables::agreement::{JudgeAgreement, Rated};
use crate::tables::comparisons::{PairwiseLine, pairwise_lines};
use crate::tables::figures::Figures;
use crate::tables::group::Results;
use crate::work::Work;

/// An answer to judge: the key of its request, and its length in bytes.
pub(super) type Judged = (RequestKey, usize);

/// What a judge is asked about.
enum Subjects {
    /// Answers, one by one.
    Answers(Vec<Judged>),
    /// Answers in pairs.
    Pairs(Bouts),
}

impl Subjects {
    /// What is stored of them, and the samples that are asked of the judges.
    fn stored(responses: &Responses<'_>, dataset: DatasetId, judge: &ModelJudge) -> Result<(Self, Vec<Sample>), Error> {
        if judge.spec.pairwise {
            let (bouts, samples) = Bouts::stored(responses, dataset, judge)?;
            return Ok((Self::Pairs(bouts), samples));
        }
        let (judged, samples) = to_judge(responses, dataset, judge)?;
        Ok((Self::Answers(judged), samples))
    }

    fn verdicts(&self, judge: &ModelJudge, judged: &Work, opinions: &[Vec<Opinion>]) -> HashMap<RequestKey, Verdict> {
        match self {
            Self::Pairs(bouts) => bouts.verdicts(judged, opinions),
            Self::Answers(answers) => {
                let of_each = answers.iter().zip(opinions);
                of_each.map(|((key, length), opinions)| (*key, judge.verdict(opinions, *length))).collect()
            }
        }
    }

    /// What each model said of each subject.
    fn rated(&self, models: &[String], asked: &Dataset, opinions: &[Vec<Opinion>]) -> Vec<Rated> {
        let label = |opinions: &[Opinion], model: &String| {
            opinions.iter().find(|opinion| opinion.judge == *model).and_then(|opinion| opinion.label.clone())
        };
        let rated = |(sample, opinions): (&Sample, &Vec<Opinion>)| Rated {
            question: sample.index as u64,
            labels: models.iter().map(|model| label(opinions, model)).collect(),
        };
        match self {
            Self::Pairs(bouts) => bouts.rated(models, opinions),
            Self::Answers(_) => asked.samples.iter().zip(opinions).map(rated).collect(),
        }
    }

    fn comparisons(
        &self,
        (judge, judged): (&str, &Work),
        asked: &Dataset,
        opinions: &[Vec<Opinion>],
    ) -> Vec<PairwiseLine> {
        match self {
            Self::Answers(_) => Vec::new(),
            Self::Pairs(bouts) => {
                pairwise_lines((judge, &asked.name), &judged.batches, &bouts.compared(judged, opinions))
            }
        }
    }
}

/// Asks the models of a judge; gives the verdicts by the request whose answer they are on.
///
/// # Errors
/// A judge's endpoint cannot serve, or the store fails.
pub(super) async fn ask(
    responses: &Responses<'_>,
    (dataset, name, judge, models): (DatasetId, &str, &ModelJudge, &JudgePlan),
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<(Consultation, HashMap<RequestKey, Verdict>), Error> {
    let (subjects, samples) = Subjects::stored(responses, dataset, judge)?;
    let count = samples.len();
    let asked = responses.work.datasets[dataset].clone();
    let asked = Dataset { samples, examples: Vec::new(), ..asked };
    let plan = responses.plan.judging(dataset, judge, models);
    let connections = match budget {
        Some(_) => connect(&plan, context).await?,
        None => unconnected(&plan),
    };
    if judge.spec.verdict == VerdictForm::Auto && models.is_by_schema() {
        connections.iter().flatten().for_each(|connection| connection.client.dropped.may_lose_format());
    }
    require_known(&plan, &connections, context)?;
    let seen = see_models(&plan, &connections, context).await?;
    let mut work = Work::new(&plan, vec![asked].into(), &seen)?;
    let generated = match budget {
        Some(budget) => Box::pin(generate(&plan, &mut work, &connections, (budget, Ending::Waits), context)).await?,
        None => Generated::stored(&work, context)?,
    };
    let (opinions, results) = {
        let answers = Responses { plan: &plan, work: &work, store: responses.store, failed: &generated.failed };
        (opinions(&answers, (judge, models.is_by_schema()), count)?, judge::without_verdicts(&answers)?)
    };
    if models.is_by_schema() && is_rejected(&results) {
        context.warn(format!(
            "requests of the judge `{name}`, whose verdicts are held to a JSON schema, were rejected; if the server knows no schemas, \
             set `verdict: line`"
        ));
    }
    let verdicts = subjects.verdicts(judge, responses.work, &opinions);
    let names: Vec<String> = plan.models.iter().map(|model| model.name.clone()).collect();
    let (agreement, comparisons) = match work.datasets.first() {
        None => (None, Vec::new()),
        Some(asked) => (
            JudgeAgreement::of(
                (name, &asked.name),
                judge.spec.scale,
                &names,
                &subjects.rated(&names, asked, &opinions),
            ),
            subjects.comparisons((name, responses.work), asked, &opinions),
        ),
    };
    let asked = Consultation { plan, work, generated, results, agreement, comparisons };
    context.finished(Stage::Judge, asked.line(verdicts.len()));
    Ok((asked, verdicts))
}

/// Every answer to a dataset, each once, as a sample that is asked of the judges.
pub(super) fn to_judge(
    responses: &Responses<'_>,
    dataset: DatasetId,
    judge: &ModelJudge,
) -> Result<(Vec<Judged>, Vec<Sample>), Error> {
    let slots = responses.work.slots.iter().enumerate().filter(|(_, slot)| slot.dataset == dataset);
    let mut known = HashSet::new();
    let places: Vec<usize> = slots.filter(|(_, slot)| known.insert(slot.key)).map(|(place, _)| place).collect();
    let (mut judged, mut samples) = (Vec::new(), Vec::new());
    for places in places.chunks(TOGETHER) {
        for (place, response) in responses.read(places)?.iter().filter(|(_, response)| !response.status.is_fault()) {
            let slot = &responses.work.slots[*place];
            let mut sample = Cow::Borrowed(responses.work.sample(slot));
            if sample.replies() > 0 {
                let mut messages = responses.work.request_now(slot, responses.store)?.0.prompt.turns();
                messages.pop();
                sample.to_mut().messages = messages.into();
            }
            judged.push((response.key, response.text.len()));
            samples.push(judge.sample(&sample, response.key.to_string(), &response.text));
        }
    }
    Ok((judged, samples))
}

/// True if a server refused a request and would refuse it again.
fn is_rejected(results: &Results) -> bool {
    let of_group = |figures: &Figures| figures.equal(&figures.status, Status::Rejected.word()) > 0;
    results.groups.iter().any(|group| of_group(&group.figures))
}

/// What the models said of every answer.
fn opinions(
    answers: &Responses<'_>,
    (judge, is_by_schema): (&ModelJudge, bool),
    judged: usize,
) -> Result<Vec<Vec<Opinion>>, Error> {
    let mut opinions: Vec<Vec<Opinion>> = vec![Vec::new(); judged];
    let places: Vec<usize> = (0..answers.work.slots.len()).collect();
    for places in places.chunks(TOGETHER) {
        for (place, answer) in answers.read(places)?.iter().filter(|(_, answer)| !answer.status.is_fault()) {
            let slot = &answers.work.slots[*place];
            let name = answers.work.batch_of(slot).model.name.clone();
            opinions[slot.sample.place()].push(Opinion { judge: name, label: judge.label(&answer.text, is_by_schema) });
        }
    }
    Ok(opinions)
}
