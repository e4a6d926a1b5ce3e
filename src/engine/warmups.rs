//! Warm-ups of the runs that measured the rows: kept and shown, and no part of any figure.

use std::collections::HashSet;

use serde_json::Map;

use super::Context;
use crate::error::Error;
use crate::plan::Plan;
use crate::request::Prompt;
use crate::response::Response;
use crate::sample::Sample;
use crate::tables::row::Row;
use crate::work::Work;

/// Warm-up responses, and what they were asked.
pub struct Warmups(Vec<Warmup>);

struct Warmup {
    model: usize,
    level: usize,
    sample: Sample,
    prompt: Prompt,
    response: Response,
}

impl Warmups {
    /// Finds the warm-ups of the runs that measured these rows, in the order of models and levels.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn of(work: &Work, rows: &[Row<'_>], context: &Context<'_>) -> Result<Self, Error> {
        let runs: HashSet<&str> = rows.iter().map(|row| row.response.run.as_str()).collect();
        let mut warmups = Vec::new();
        for (model, level) in work.batches() {
            let settings = work.first_settings(model, level);
            let found = context.store.warmups(&settings)?.into_iter();
            let own = found.filter(|warmup| runs.contains(warmup.response.run.as_str()));
            warmups.extend(own.enumerate().map(|(index, warmup)| Warmup {
                model,
                level,
                sample: sample(index, &warmup.prompt),
                prompt: Prompt::new(None, warmup.prompt),
                response: warmup.response,
            }));
        }
        Ok(Self(warmups))
    }

    /// The warm-ups as rows; nobody judges them.
    pub fn rows<'r>(&'r self, plan: &'r Plan) -> Vec<Row<'r>> {
        let row = |warmup: &'r Warmup| Row {
            model: &plan.models[warmup.model],
            dataset: "warm-up",
            sample: &warmup.sample,
            prompt: &warmup.prompt,
            level: plan.levels[warmup.level],
            repeat: 0,
            max_tokens: plan.generation.max_tokens,
            response: &warmup.response,
            verdict: None,
            slo: plan.slo,
            is_cache_busted: false,
            machine_cost: None,
        };
        self.0.iter().map(row).collect()
    }
}

fn sample(index: usize, question: &str) -> Sample {
    let question = question.to_owned();
    Sample { index, id: None, question, choices: Vec::new(), answer: None, subject: None, columns: Map::new() }
}
