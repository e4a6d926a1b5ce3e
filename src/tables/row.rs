//! A row: one response with the sample it is for, its verdict, and what follows from its stamps.
//!
//! | metric | formula |
//! | --- | --- |
//! | latency | last token − sent |
//! | ttft | first piece with text in any channel − sent; streams only |
//! | ttfc | first piece with text of the answer − sent; streams only |
//! | tpot | (last token − first token) / (output tokens − 1), from two tokens on; streams only |
//!
//! A metric that cannot be had is empty, never zero. A fault has no metrics.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::judge::Verdict;
use crate::plan::{ModelPlan, Plan};
use crate::request::RequestKey;
use crate::response::Response;
use crate::sample::{Answer, Sample};
use crate::work::{Slot, Work, level_of};

/// One response and all that belongs to it.
pub struct Row<'r> {
    /// The model.
    pub model: &'r ModelPlan,
    /// Name of the dataset.
    pub dataset: &'r str,
    /// The sample.
    pub sample: &'r Sample,
    /// The level, as columns show it.
    pub level: String,
    /// Number of the repeat.
    pub repeat: u32,
    /// The response.
    pub response: &'r Response,
    /// The verdict; none for a fault.
    pub verdict: Option<&'r Verdict>,
}

/// The rows of a run, in the order of its requests. A request without a response has no row.
pub fn rows<'r>(
    plan: &'r Plan,
    work: &'r Work,
    responses: &'r HashMap<RequestKey, Arc<Response>>,
    verdicts: &'r [Option<Verdict>],
) -> impl Iterator<Item = Row<'r>> {
    work.slots.iter().zip(verdicts).filter_map(move |(slot, verdict)| {
        let response = responses.get(&slot.key)?;
        Some(row(plan, work, slot, response, verdict.as_ref()))
    })
}

fn row<'r>(
    plan: &'r Plan,
    work: &'r Work,
    slot: &Slot,
    response: &'r Response,
    verdict: Option<&'r Verdict>,
) -> Row<'r> {
    Row {
        model: &plan.models[slot.model],
        dataset: &work.datasets[slot.dataset].name,
        sample: work.sample(slot),
        level: level_of(plan, slot).to_string(),
        repeat: slot.repeat,
        response,
        verdict,
    }
}

impl Row<'_> {
    /// Cost by the pricing table.
    pub fn cost(&self) -> Option<f64> {
        if self.response.status.is_fault() {
            return None;
        }
        self.model.price.as_ref()?.cost(&self.response.usage)
    }

    /// Time per output token after the first.
    pub fn time_per_output_token(&self) -> Option<Duration> {
        let tokens = self.response.usage.output_tokens?;
        let first = self.response.time_to_first_token()?;
        let last = self.response.latency()?;
        let gaps = u32::try_from(tokens.checked_sub(1)?).ok().filter(|gaps| *gaps > 0)?;
        Some(last.checked_sub(first)? / gaps)
    }

    /// What the old scripts wrote as `expected_answer`: the index of the right choice, else the text.
    pub fn expected_answer(&self) -> Option<String> {
        self.sample.answer.as_ref().map(|answer| match answer {
            Answer::Choice(index) => index.to_string(),
            Answer::Text(text) => text.clone(),
        })
    }

    /// The server's durations (ns) and counts as a mapping that is JSON and a Python literal at once.
    pub fn metadata(&self) -> String {
        let server = &self.response.server;
        let usage = &self.response.usage;
        let nanoseconds = |duration: Option<Duration>| duration.map(|duration| duration.as_nanos());
        let entries = [
            ("total_duration", nanoseconds(server.total)),
            ("load_duration", nanoseconds(server.load)),
            ("prompt_eval_duration", nanoseconds(server.prompt_eval)),
            ("prompt_eval_count", usage.prompt_tokens.map(u128::from)),
            ("eval_count", usage.output_tokens.map(u128::from)),
            ("eval_duration", nanoseconds(server.eval)),
        ];
        let known = entries.iter().filter_map(|(name, value)| value.map(|value| format!("\"{name}\": {value}")));
        format!("{{{}}}", known.collect::<Vec<_>>().join(", "))
    }
}
