//! Warm-ups of the runs that measured a batch: kept and shown, and no part of any figure.

use std::collections::HashSet;
use std::sync::Arc;

use polars::prelude::PolarsResult;

use crate::engine::Context;
use crate::error::Error;
use crate::plan::Plan;
use crate::request::Prompt;
use crate::response::Response;
use crate::sample::Sample;
use crate::tables::figures::Figures;
use crate::tables::question_digest::question_digest;
use crate::tables::row::Row;
use crate::tables::words::Words;
use crate::work::Work;
use crate::work::batch::Batch;

/// The warm-up responses of one batch, and what they were asked.
pub(in crate::engine) struct Warmups {
    batch: Batch,
    asked: Vec<Warmup>,
}

struct Warmup {
    sample: Sample,
    prompt: Prompt,
    response: Response,
}

impl Warmups {
    /// Finds the warm-ups of the runs that measured a batch.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(in crate::engine) fn of(
        work: &Work,
        batch: &Batch,
        figures: &Figures,
        context: &Context<'_>,
    ) -> Result<Self, Error> {
        let runs: HashSet<Arc<str>> = figures.runs().into_iter().collect();
        let found = context.store.warmups(&work.first_settings(batch))?.into_iter();
        let own = found.filter(|warmup| runs.contains(warmup.response.run.as_str()));
        let asked = own.enumerate().map(|(index, warmup)| Warmup {
            sample: Sample::new(index, warmup.prompt.clone()),
            prompt: Prompt::new(None, warmup.prompt),
            response: warmup.response,
        });
        Ok(Self { batch: batch.clone(), asked: asked.collect() })
    }

    /// True without any.
    pub(in crate::engine) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// The warm-ups as rows; nobody judges them.
    pub(in crate::engine) fn rows<'r>(&'r self, plan: &'r Plan) -> Vec<Row<'r>> {
        let row = |(place, warmup): (usize, &'r Warmup)| Row {
            place,
            model: &self.batch.model,
            dataset: "warm-up",
            sample: &warmup.sample,
            question: question_digest(&warmup.sample),
            prompt: &warmup.prompt,
            level: self.batch.level,
            repeat: 0,
            answer_form: None,
            turn: None,
            recital: None,
            response: &warmup.response,
            verdict: None,
            slo: plan.slo,
            is_cache_busted: false,
            is_compared: false,
        };
        self.asked.iter().enumerate().map(row).collect()
    }

    /// Their figures.
    ///
    /// # Errors
    /// polars refuses the columns.
    pub(in crate::engine) fn figures(&self, plan: &Plan, words: &Arc<Words>) -> PolarsResult<Figures> {
        Figures::new(Figures::frame_of(&self.rows(plan), words)?, Arc::clone(words))
    }
}
