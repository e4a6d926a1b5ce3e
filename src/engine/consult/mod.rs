//! Judges that do not read outputs themselves are consulted before the stage judge: what they said is an opinion.

mod bouts;
mod command;
pub mod estimate;
mod model;

use std::sync::Arc;

use crate::engine::Context;
use crate::engine::budget::Budget;
use crate::engine::opinions::Opinions;
use crate::engine::stored::responses::Responses;
use crate::error::Error;
use crate::judge::Judge;

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
        for (id, name, plan) in judges.named() {
            match &*plan.judge {
                Judge::Reader(_) | Judge::None => {}
                Judge::Command(judge) => {
                    let verdicts = command::consult(judge, dataset, (responses, budget.is_some()), context).await?;
                    opinions.add((dataset, id), verdicts);
                }
                Judge::Model(judge) => {
                    let (asked, verdicts) =
                        model::ask(responses, (dataset, name, judge, plan), budget, context).await?;
                    opinions.asked.push(asked);
                    opinions.add((dataset, id), verdicts);
                }
            }
        }
    }
    Ok(opinions)
}
