//! Opinions: what the judges said that had to be consulted, and what was asked of the models among them.

use std::collections::HashMap;

use crate::engine::generated::Generated;
use crate::engine::stored::responses::Responses;
use crate::format::{counted, money};
use crate::id::{DatasetId, JudgeId};
use crate::judge::{Class, Judge, Output, Verdict};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::response::Response;
use crate::sample::Sample;
use crate::store::Store;
use crate::tables::agreement::JudgeAgreement;
use crate::tables::comparisons::PairwiseLine;
use crate::tables::group::Results;
use crate::work::Work;

/// What the judges said that were consulted.
#[derive(Default)]
pub(super) struct Opinions {
    verdicts: HashMap<(DatasetId, JudgeId), HashMap<RequestKey, Verdict>>,
    /// What was asked of models that judge.
    pub(super) asked: Vec<Consultation>,
}

/// What the models of a judge were asked, and what they said.
pub(super) struct Consultation {
    /// The plan by which they were asked.
    pub(super) plan: Plan,
    /// What they were asked.
    pub(super) work: Work,
    /// What became of the requests.
    pub(super) generated: Generated,
    /// Their responses, summed up.
    pub(super) results: Results,
    /// How far they agree; none of one alone.
    pub(super) agreement: Option<JudgeAgreement>,
    /// How every two models compare; nothing of judges of single answers.
    pub(super) comparisons: Vec<PairwiseLine>,
}

/// The output of a model in a response.
pub(super) fn output(response: &Response) -> Output<'_> {
    let (alternatives, calls) = (&response.alternatives, &response.calls);
    Output { text: &response.text, ending: response.status.into(), alternatives, calls }
}

impl Opinions {
    /// Adds the verdicts of a judge, by the request whose answer they are on.
    pub(super) fn add(&mut self, judge: (DatasetId, JudgeId), verdicts: HashMap<RequestKey, Verdict>) {
        self.verdicts.insert(judge, verdicts);
    }

    /// The verdict of a judge on a response; none if nobody judges it.
    pub(super) fn verdict(
        &self,
        judge: &Judge,
        id: (DatasetId, JudgeId),
        sample: &Sample,
        response: &Response,
    ) -> Option<Verdict> {
        Some(match judge {
            Judge::None => return None,
            judge if judge.leaves_out(sample) => return None,
            Judge::Reader(reader) => reader.prepare(sample).read(&output(response)),
            Judge::Command(_) | Judge::Model(_) => {
                let said = self.verdicts.get(&id).and_then(|verdicts| verdicts.get(&response.key));
                said.cloned().unwrap_or_else(|| Verdict::none(Class::Unjudged, "not_judged"))
            }
        })
    }

    /// How far the models of each judge agree.
    pub(super) fn agreements(&self) -> impl Iterator<Item = &JudgeAgreement> {
        self.asked.iter().filter_map(|asked| asked.agreement.as_ref())
    }

    /// How every two models compare, by judges that compare them.
    pub(super) fn comparisons(&self) -> impl Iterator<Item = &PairwiseLine> {
        self.asked.iter().flat_map(|asked| &asked.comparisons)
    }

    /// Requests to judges that brought no answer, so that a rerun sends them again.
    pub(super) fn unanswered(&self) -> usize {
        self.asked.iter().map(|asked| asked.generated.unsent + asked.generated.failed.len()).sum()
    }
}

impl Consultation {
    /// Their responses, as the store holds them.
    pub(super) fn responses<'r>(&'r self, store: &'r dyn Store) -> Responses<'r> {
        Responses { plan: &self.plan, work: &self.work, store, failed: &self.generated.failed }
    }

    /// What was judged, and the responses of the models that judged it.
    pub(super) fn spent(&self) -> (String, &Results) {
        (self.work.datasets.first().map(|dataset| dataset.name.clone()).unwrap_or_default(), &self.results)
    }

    /// What became of it, in a line.
    pub(super) fn line(&self, answers: usize) -> String {
        let names: Vec<&str> = self.plan.models.iter().map(|model| model.name.as_str()).collect();
        let Generated { kept, sent, unsent, failed, .. } = &self.generated;
        let lost = match (unsent, failed.len()) {
            (0, 0) => String::new(),
            (0, failed) => format!(", {failed} failed"),
            (unsent, 0) => format!(", {unsent} not sent"),
            (unsent, failed) => format!(", {failed} failed, {unsent} not sent"),
        };
        let costs = self.results.summaries().map(|summary| summary.spending.cost);
        let currency = self.plan.currency.as_deref().unwrap_or_default();
        let cost = costs.sum::<Option<f64>>().filter(|_| self.plan.currency.is_some());
        let cost = cost.map_or_else(String::new, |cost| format!(", {}", money(cost, currency)));
        format!("{} by {}: {kept} kept, {sent} sent{lost}{cost}", counted(answers, "answer"), names.join(", "))
    }
}
