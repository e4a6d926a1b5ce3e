//! Judges that do not read outputs themselves are consulted before the stage judge: what they said is an opinion.

mod bouts;
mod command;
pub mod estimate;
mod model;

use std::collections::HashMap;
use std::sync::Arc;

use super::Context;
use super::budget::Budget;
use super::responses::Responses;
use crate::error::Error;
use crate::id::DatasetId;
use crate::judge::{Class, Judge, Output, Verdict};
use crate::plan::{JudgePlan, Judges};
use crate::request::RequestKey;
use crate::response::Response;
use crate::sample::Sample;
use crate::tables::agreement::JudgeAgreement;
use crate::tables::comparisons::PairwiseLine;
pub(super) use model::Asked;

/// Which judge of a dataset: 0 for the one that scores, then the others in their order.
pub(super) type JudgeNumber = usize;

/// What the judges said that were consulted.
#[derive(Default)]
pub(super) struct Opinions {
    verdicts: HashMap<(DatasetId, JudgeNumber), HashMap<RequestKey, Verdict>>,
    /// What was asked of models that judge.
    pub(super) asked: Vec<Asked>,
}

/// Consults the judges of every dataset that have to be consulted; without a budget nobody is asked anew, and only what
/// was said before is found.
///
/// # Errors
/// A judge fails as a whole. A response that it could not judge is no error: its verdict is `unjudged`.
pub(super) async fn consult(
    responses: &Responses<'_>,
    budget: Option<&Arc<Budget>>,
    context: &Context<'_>,
) -> Result<Opinions, Error> {
    let mut opinions = Opinions::default();
    for (dataset, judges) in responses.plan.judges.with_ids() {
        for ((number, plan), name) in numbered(judges).zip(names(judges)) {
            match &*plan.judge {
                Judge::Reader(_) | Judge::None => {}
                Judge::Command(judge) => {
                    let verdicts = command::consult(judge, dataset, (responses, budget.is_some()), context).await?;
                    opinions.verdicts.insert((dataset, number), verdicts);
                }
                Judge::Model(judge) => {
                    let (asked, verdicts) =
                        model::ask(responses, (dataset, name, judge, plan), budget, context).await?;
                    opinions.asked.push(asked);
                    opinions.verdicts.insert((dataset, number), verdicts);
                }
            }
        }
    }
    Ok(opinions)
}

/// The output of a model in a response.
pub(super) fn output(response: &Response) -> Output<'_> {
    let (alternatives, calls) = (&response.alternatives, &response.calls);
    Output { text: &response.text, ending: response.status.into(), alternatives, calls }
}

/// The names of the judges of a dataset, in the order of their numbers.
pub(super) fn names(judges: &Judges) -> impl Iterator<Item = &str> {
    std::iter::once("judge").chain(judges.others.iter().map(|(name, _)| name.as_str()))
}

/// The judges of a dataset with their numbers.
pub(super) fn numbered(judges: &Judges) -> impl Iterator<Item = (JudgeNumber, &JudgePlan)> {
    judges.all().enumerate()
}

impl Opinions {
    /// The verdict of a judge on a response; none if nobody judges it.
    pub(super) fn verdict(
        &self,
        judge: &Judge,
        number: (DatasetId, JudgeNumber),
        sample: &Sample,
        response: &Response,
    ) -> Option<Verdict> {
        Some(match judge {
            Judge::None => return None,
            judge if judge.leaves_out(sample) => return None,
            Judge::Reader(reader) => reader.prepare(sample).read(&output(response)),
            Judge::Command(_) | Judge::Model(_) => {
                let said = self.verdicts.get(&number).and_then(|verdicts| verdicts.get(&response.key));
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
