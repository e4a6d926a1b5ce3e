//! The stage judge: responses become verdicts.

use std::collections::HashMap;
use std::sync::Arc;

use super::Context;
use crate::event::Stage;
use crate::judge::{CLASSES, Judge, Verdict};
use crate::plan::Plan;
use crate::request::RequestKey;
use crate::response::Response;
use crate::work::Work;

/// Verdicts in the order of the work's requests; `None` where there is no answer to judge.
pub fn judge(
    plan: &Plan,
    work: &Work,
    responses: &HashMap<RequestKey, Arc<Response>>,
    context: &Context<'_>,
) -> Vec<Option<Verdict>> {
    let judge = Judge::new(&plan.judge);
    let verdicts: Vec<Option<Verdict>> = work
        .slots
        .iter()
        .map(|slot| {
            let response = responses.get(&slot.key).filter(|response| !response.status.is_fault())?;
            Some(judge.judge(work.sample(slot), &response.text))
        })
        .collect();
    let counts = CLASSES.map(|class| {
        let count = verdicts.iter().flatten().filter(|verdict| verdict.class == class).count();
        format!("{count} {}", class.word().replace('_', " "))
    });
    context.finished(Stage::Judge, counts.join(", "));
    verdicts
}
