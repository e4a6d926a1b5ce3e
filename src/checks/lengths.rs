//! Checks of made prompts: the length that they were meant to have, as the server counts it.

use super::check::CheckStatus;
use super::found::{Finding, Found};
use crate::dataset::{Gauge, Made};
use crate::id::{DatasetId, Id};
use crate::plan::Plan;
use crate::response::Status;
use crate::tables::figures::{Figures, as_count};
use crate::tables::group::Group;

/// Deviation of the input tokens from those wanted, as a share, above which it is a warning.
const OFF: f64 = 0.1;

/// Prompts that are longer or shorter than wanted, or whose length the server does not tell.
pub(super) fn input_length(plan: &Plan, groups: &[Group]) -> Found {
    let made = made(plan);
    let mut found = Found::default();
    for (group, (id, name, source)) in groups.iter().flat_map(|group| made.iter().map(move |made| (group, *made))) {
        let Some(lengths) = Lengths::of(&group.figures, name, source) else { continue };
        found.is_made = true;
        let gauge = group.batch.model.asking.get(id.place()).and_then(|asking| asking.gauge);
        let problem = lengths.problem(name, source, gauge);
        found.problems.extend(problem.map(|message| Finding::of_batch(CheckStatus::Warned, &group.batch, message)));
    }
    found
}

/// Answers that are meant to end at the token limit, because their source sets how long they are: all of them, and those that did.
pub(super) fn meant_to_be_capped(plan: &Plan, figures: &Figures) -> (u64, u64) {
    let limited = made(plan).into_iter().filter(|(.., source)| source.limits_answers());
    let numbers: Vec<u32> = limited.filter_map(|(_, name, _)| figures.number_of(name)).collect();
    if numbers.is_empty() {
        return (0, 0);
    }
    let capped = figures.number_of(Status::Capped.word());
    let rows = figures.dataset.iter().zip(figures.fault.iter()).zip(figures.status.iter());
    let is_meant = |dataset: Option<u32>| dataset.is_some_and(|number| numbers.contains(&number));
    let answers = rows.filter(|((dataset, fault), _)| *fault != Some(true) && is_meant(*dataset));
    let statuses: Vec<Option<u32>> = answers.map(|(_, status)| status).collect();
    let cut = statuses.iter().filter(|status| status.is_some() && **status == capped).count();
    (as_count(statuses.len()), as_count(cut))
}

/// The datasets whose prompts are made, with their names.
fn made(plan: &Plan) -> Vec<(DatasetId, &str, Made<'_>)> {
    let made = plan.datasets.with_ids();
    made.filter_map(|(id, dataset)| Some((id, dataset.name.as_str(), dataset.source.made()?))).collect()
}

/// Mean input tokens of answered prompts.
struct Lengths {
    wanted: f64,
    /// As the server counts them, if it does.
    counted: Option<f64>,
}

impl Lengths {
    /// Those of a dataset in one batch; `None` without an answer.
    fn of(figures: &Figures, dataset: &str, source: Made<'_>) -> Option<Self> {
        let number = figures.number_of(dataset)?;
        let rows = figures.dataset.iter().zip(figures.sample.iter()).zip(figures.prompt_tokens.iter());
        let answers = rows.zip(figures.fault.iter()).filter(|(_, fault)| *fault != Some(true));
        let own = answers.filter_map(|(((dataset, sample), tokens), _)| {
            let sample = usize::try_from(sample.filter(|_| dataset == Some(number))?).ok()?;
            Some((source.input_tokens(sample), tokens))
        });
        let all: Vec<(f64, Option<i64>)> = own.collect();
        let counted: Vec<(f64, f64)> =
            all.iter().filter_map(|(wanted, tokens)| Some((*wanted, (*tokens)? as f64))).collect();
        let mean = |values: &mut dyn Iterator<Item = f64>, count: usize| values.sum::<f64>() / count as f64;
        match (all.len(), counted.len()) {
            (0, _) => None,
            (count, 0) => Some(Self { wanted: mean(&mut all.iter().map(|(wanted, _)| *wanted), count), counted: None }),
            (_, count) => Some(Self {
                wanted: mean(&mut counted.iter().map(|(wanted, _)| *wanted), count),
                counted: Some(mean(&mut counted.iter().map(|(_, tokens)| *tokens), count)),
            }),
        }
    }

    fn problem(&self, name: &str, source: Made<'_>, gauge: Option<Gauge>) -> Option<String> {
        let (wanted, assumed) = (self.wanted, source.tokens_per_word());
        let Some(counted) = self.counted else {
            return Some(format!(
                "the server counts no input tokens, so the length of the prompts of `{name}` is an assumption: \
                 {assumed} tokens per word"
            ));
        };
        let fits = assumed * counted / wanted;
        let why = match gauge {
            Some(gauge) if gauge.around() >= wanted => {
                format!("the templates of the prompt and of the model alone are about {:.0}", gauge.around())
            }
            Some(gauge) => format!("the calibration counted {:.2} tokens per word", gauge.tokens_per_word()),
            None if Gauge::is_likely(fits) => {
                format!("`tokens_per_word: {fits:.2}` in its source makes prompts of the wanted length")
            }
            None => "what the server counts does not follow the words".to_owned(),
        };
        ((counted / wanted - 1.0).abs() > OFF).then(|| {
            format!("the prompts of `{name}` have {counted:.0} input tokens on average instead of {wanted:.0}; {why}")
        })
    }
}
