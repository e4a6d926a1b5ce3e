//! Summaries: the results grouped by model, cell or subject.

use std::sync::Arc;

use polars::prelude::{BooleanChunked, ChunkAgg, ChunkFilter, Float64Chunked, PolarsResult, UInt32Chunked};

use super::by_question::{self, sums};
use super::client_overhead::ClientOverhead;
use super::energy::EnergyFigures;
use super::figures::{Figures, as_count};
use super::positions::Positions;
use super::repeats::RepeatScores;
use super::spending::Spending;
use super::throughput::Throughput;
use super::timing::{Percentiles, Timing};
use crate::answer_form::FormFit;
use crate::id::{BatchId, DatasetId};
use crate::judge::{CLASSES, Class, RANKS, Rank};
use crate::response::Status;
use crate::statistics::bca::{RESAMPLES, ratio_interval};
use crate::statistics::calibration_error;
use crate::statistics::chance::Guessing;
use crate::statistics::macro_mean::Estimate;
use crate::statistics::repeats::mean;
use crate::work::batch::Batch;

/// What the rows of a summary are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Model and level.
    Model,
    /// Model, dataset and level.
    Cell,
    /// Model, dataset, subject and level.
    Subject,
}

/// One group of responses. Means, medians and sums leave out what is unknown; faults count nowhere but in
/// `faults`, in the attainment and in the adjusted tail. Cold answers count in the means that the old
/// scripts wrote and in no other figure of time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// The batch that it sums up, or a part of.
    pub batch: BatchId,
    /// Its dataset, where grouped by it.
    pub dataset_id: Option<DatasetId>,
    /// The model.
    pub model: String,
    /// The machine that was measured, if the experiment has sites.
    pub site: Option<Arc<str>>,
    /// The name of the dataset, where grouped by it.
    pub dataset: Option<String>,
    /// The subject of the dataset, where grouped by it.
    pub subject: Option<String>,
    /// The level.
    pub level: String,
    /// True for the level of an open loop.
    pub is_open: bool,
    /// Answers: requests that did not end in a fault.
    pub answers: u64,
    /// Answers with a verdict.
    pub judged: u64,
    /// Answers that count in the score: all but those that could not be judged.
    pub samples: u64,
    /// Different questions among them; repeats and duplicates of one question are not independent.
    pub items: u64,
    /// Requests that ended in a fault.
    pub faults: u64,
    /// Verdicts by class, in the order of [`CLASSES`].
    verdicts: [u64; CLASSES.len()],
    /// Answers that were held against a form.
    pub formed: u64,
    /// Those of them that have it.
    pub fitting: u64,
    /// Verdicts by the rank of the evidence that decided, in the order of [`RANKS`].
    evidence: [u64; RANKS.len()],
    /// Answers cut at the token limit.
    pub capped: u64,
    /// Those of them whose judge reads what the limit cut.
    pub cut: u64,
    /// Answers of which the limit left reasoning alone.
    pub capped_in_reasoning: u64,
    /// Answers that a content filter took.
    pub refused: u64,
    /// Answers that came while their endpoint was being spared; their latency is not that of the level.
    pub throttled: u64,
    /// Answers for which the server had to load the model.
    pub cold: u64,
    /// Mean of the server's load duration over the cold ones, in seconds.
    pub cold_load: Option<f64>,
    /// Answers whose output tokens nobody counted, so that the pieces of the stream stand in for them.
    pub chunk_counted: u64,
    /// Mean score.
    pub score: Option<f64>,
    /// The score if every answer that the limit cut were wrong, and if every one were right; none without one.
    pub score_bounds: Option<(f64, f64)>,
    /// Its 95 % interval over different questions, see [`mean_score`](crate::statistics::cluster::mean_score).
    pub score_interval: Option<(f64, f64)>,
    /// Expected score of guessing, where every question has choices.
    pub guessing: Option<f64>,
    /// One-sided p value of a score that is no better than guessing.
    pub guessing_p: Option<f64>,
    /// Expected calibration error of the most likely letters.
    pub calibration_error: Option<f64>,
    /// Mean Brier score of the letters.
    pub brier: Option<f64>,
    /// Scores over the repeats of each question.
    pub repeats: RepeatScores,
    /// What the place of a choice does to answers; none where questions are asked in one order.
    pub positions: Option<Positions>,
    /// Mean latency in seconds, cold answers included.
    pub latency_mean: Option<f64>,
    /// Mean of the server's total duration in seconds, cold answers included.
    pub total_duration: Option<f64>,
    /// Mean of the server's load duration in seconds, cold answers included.
    pub load_duration: Option<f64>,
    /// Mean of the server's prompt evaluation in seconds, cold answers included.
    pub prompt_eval_duration: Option<f64>,
    /// Mean of the server's evaluation in seconds, cold answers included.
    pub eval_duration: Option<f64>,
    /// Mean prompt tokens.
    pub prompt_tokens: Option<f64>,
    /// Mean output tokens, as far as the server counted them.
    pub output_tokens: Option<f64>,
    /// Output tokens per second of the server's own evaluation time, over all warm answers.
    pub server_tokens_per_s: Option<f64>,
    /// Its 95 % BCa bootstrap interval over different questions.
    pub server_tokens_per_s_interval: Option<(f64, f64)>,
    /// Output tokens per second of latency, over all warm answers, as far as the server counted them.
    pub client_tokens_per_s: Option<f64>,
    /// Its 95 % BCa bootstrap interval over different questions.
    pub client_tokens_per_s_interval: Option<(f64, f64)>,
    /// Percentiles of what the answers took.
    pub timing: Timing,
    /// What was completed per second; not grouped by subject, because subjects share what is in flight.
    pub throughput: Throughput,
    /// What the client itself added.
    pub client: ClientOverhead,
    /// What it cost.
    pub spending: Spending,
    /// Energy that the machine of the server took.
    pub energy: EnergyFigures,
}

impl Summary {
    /// The score with its interval.
    pub fn estimate(&self) -> Option<Estimate> {
        Some(Estimate { value: self.score?, interval: self.score_interval? })
    }

    /// True if there are answers and nobody judged any of them, so that nothing is known of verdicts.
    pub fn is_unjudged(&self) -> bool {
        self.judged == 0 && self.answers > 0
    }

    /// Verdicts of a class.
    pub fn verdicts(&self, class: Class) -> u64 {
        CLASSES.iter().zip(self.verdicts).find(|(known, _)| **known == class).map_or(0, |(_, count)| count)
    }

    /// Share of the answers that have the form that was asked for; none where none was.
    pub fn format_fit_share(&self) -> Option<f64> {
        (self.formed > 0).then(|| self.fitting as f64 / self.formed as f64)
    }

    /// Verdicts that rest on evidence of a rank.
    pub fn evidence(&self, rank: Rank) -> u64 {
        RANKS.iter().zip(self.evidence).find(|(known, _)| **known == rank).map_or(0, |(_, count)| count)
    }

    /// Share of the verdicts with ranked evidence that rest on a rank; none where the judge ranks none.
    pub fn evidence_share(&self, rank: Rank) -> Option<f64> {
        let ranked: u64 = self.evidence.iter().sum();
        (ranked > 0).then(|| self.evidence(rank) as f64 / ranked as f64)
    }

    /// Verdicts that are no answers.
    pub fn not_answers(&self) -> u64 {
        self.samples - self.verdicts(Class::Correct) - self.verdicts(Class::Wrong)
    }

    /// Whether the score is not distinguishable from guessing: its one-sided p value is 5 % or more. False where answers cannot
    /// be guessed.
    pub fn is_guessing(&self) -> bool {
        self.guessing_p.is_some_and(|p| p >= 0.05)
    }

    /// Latency as users feel it: in an open loop that from the schedule.
    pub fn latency(&self) -> &Percentiles {
        if self.is_open { &self.timing.from_schedule } else { &self.timing.latency }
    }
}

impl Summary {
    /// Sums up rows of one batch, all of them or those of one dataset or subject.
    ///
    /// # Errors
    /// polars refuses the figures.
    pub fn of(batch: &Batch, figures: &Figures, grouping: Grouping, has_slo: bool) -> PolarsResult<Self> {
        let timing = Timing::of(figures, batch.level)?;
        let of_requests = || {
            let throughput = match grouping {
                Grouping::Subject => Throughput::default(),
                Grouping::Model | Grouping::Cell => Throughput::of(figures, batch.own_level(), has_slo),
            };
            (throughput, ClientOverhead::of(figures, &timing), Spending::of(figures))
        };
        let averages = || Self::averages(figures, Self::counts(figures)?);
        let ((throughput, client, spending), averages) = rayon::join(of_requests, averages);
        Ok(Self {
            batch: batch.id,
            model: batch.model.name.clone(),
            site: batch.model.site.clone(),
            dataset: common(figures, &figures.dataset, grouping != Grouping::Model),
            subject: common(figures, &figures.subject, grouping == Grouping::Subject),
            level: batch.level.to_string(),
            is_open: batch.level.is_open(),
            throughput,
            client,
            spending,
            timing,
            ..averages?
        })
    }

    /// The same summary as that of the only part in another grouping; `figures` are its rows.
    #[must_use]
    pub fn as_only_part(&self, figures: &Figures, grouping: Grouping) -> Self {
        Self {
            dataset: common(figures, &figures.dataset, grouping != Grouping::Model),
            subject: common(figures, &figures.subject, grouping == Grouping::Subject),
            throughput: match grouping {
                Grouping::Subject => Throughput::default(),
                Grouping::Model | Grouping::Cell => self.throughput.clone(),
            },
            ..self.clone()
        }
    }

    /// How many there are of each kind.
    fn counts(figures: &Figures) -> PolarsResult<Self> {
        let answered = !&figures.fault;
        let judged = figures.verdict.is_not_null();
        let count = |flags: &BooleanChunked| u64::from(flags.sum().unwrap_or(0));
        let answers = count(&answered);
        let verdicts = CLASSES.map(|class| figures.equal(&figures.verdict, class.word()));
        let status = |status: Status| figures.equal(&figures.status, status.word());
        let cold = &figures.cold & &answered;
        Ok(Self {
            answers,
            judged: count(&judged),
            samples: count(&figures.score.is_not_null()),
            items: items(figures),
            faults: as_count(figures.len()) - answers,
            verdicts,
            evidence: RANKS.map(|rank| figures.equal(&figures.evidence, rank.word())),
            formed: as_count(figures.answer_format.len() - figures.answer_format.null_count()),
            fitting: figures.equal(&figures.answer_format, FormFit::Fits.word()),
            capped: status(Status::Capped),
            cut: count(&figures.cut),
            capped_in_reasoning: count(&figures.capped_in_reasoning),
            refused: status(Status::Refused),
            throttled: count(&(&figures.throttled & &answered)),
            cold: count(&cold),
            cold_load: figures.server_load.filter(&cold)?.mean(),
            chunk_counted: figures.chunk_counted(),
            ..Self::default()
        })
    }

    /// Adds means to counts.
    fn averages(figures: &Figures, counts: Self) -> PolarsResult<Self> {
        let score = score(figures);
        let (guessing, guessing_p) = guessing(figures).unzip();
        let (server_tokens_per_s, server_tokens_per_s_interval) = rate(figures, &figures.server_eval, 2);
        let (client_tokens_per_s, client_tokens_per_s_interval) = rate(figures, &figures.latency, 0);
        Ok(Self {
            score,
            guessing,
            guessing_p,
            score_bounds: score_bounds(figures),
            calibration_error: calibration_error(&figures.reliability()),
            brier: figures.letter_brier.mean(),
            repeats: RepeatScores::of(figures),
            positions: Positions::of(figures),
            score_interval: by_question::score(figures).map(|found| found.interval),
            latency_mean: figures.latency.mean(),
            total_duration: figures.server_total.mean(),
            load_duration: figures.server_load.mean(),
            prompt_eval_duration: figures.server_prompt_eval.mean(),
            eval_duration: figures.server_eval.mean(),
            prompt_tokens: figures.prompt_tokens.mean(),
            output_tokens: figures.counted_tokens.mean(),
            server_tokens_per_s,
            server_tokens_per_s_interval,
            client_tokens_per_s,
            client_tokens_per_s_interval,
            ..counts
        })
    }
}

/// The word of a column that all rows share, where they are grouped by it.
fn common(figures: &Figures, column: &UInt32Chunked, is_grouped: bool) -> Option<String> {
    figures.word(column.get(0)).filter(|_| is_grouped).map(|word| word.as_ref().to_owned())
}

/// Mean score of the answers; where choices are rotated, of the questions, because some have more rotations than others.
fn score(figures: &Figures) -> Option<f64> {
    match figures.is_rotated() {
        false => figures.score.mean(),
        true => mean_by_question(figures, |score, _| score),
    }
}

/// Mean scores with every answer that the token limit cut as wrong and as right.
fn score_bounds(figures: &Figures) -> Option<(f64, f64)> {
    let scores = || figures.score.iter().zip(figures.cut.iter()).filter_map(|(score, cut)| Some((score?, cut?)));
    if !scores().any(|(_, is_cut)| is_cut) {
        return None;
    }
    let with = |cut_score: f64| {
        let of = |score, is_cut| if is_cut { cut_score } else { score };
        if figures.is_rotated() {
            return mean_by_question(figures, of);
        }
        let (sum, count) =
            scores().fold((0.0, 0.0), |(sum, count), (score, is_cut)| (sum + of(score, is_cut), count + 1.0));
        Some(sum / count)
    };
    with(0.0).zip(with(1.0))
}

/// Mean over questions of the mean over their answers of what is made of the score and of whether the limit cut it.
fn mean_by_question(figures: &Figures, of: impl Fn(f64, bool) -> f64) -> Option<f64> {
    let of_row = |row| Some((of(figures.score.get(row)?, figures.cut.get(row) == Some(true)), 1.0));
    let questions = by_question::sums(figures, of_row);
    mean(&questions.into_iter().map(|(sum, count)| sum / count).collect::<Vec<_>>())
}

/// Different questions among the rows that have a score.
fn items(figures: &Figures) -> u64 {
    as_count(figures.questions().gathered(|row| figures.score.get(row), drop, |(), _, _| {}).len())
}

/// The expected score of guessing, and the p value of the score against it. Repeats of a question count as their mean,
/// and so are held against guessing it once, which finds less.
fn guessing(figures: &Figures) -> Option<(f64, f64)> {
    if figures.is_sequential() {
        return by_question::guessing(figures);
    }
    let questions = figures.questions().gathered(
        |row| figures.score.get(row),
        |first| (figures.choices.get(first), 0.0, 0.0),
        |(_, sum, count), _, score| (*sum, *count) = (*sum + score, *count + 1.0),
    );
    let choices: Option<Vec<u64>> = questions.iter().map(|(choices, ..)| u64::try_from((*choices)?).ok()).collect();
    let guessing = Guessing::among(choices?)?;
    // In the order of size, so that the order of the questions does not show in the last digit.
    let mut scores: Vec<f64> = questions.iter().map(|(_, sum, count)| sum / count).collect();
    scores.sort_unstable_by(f64::total_cmp);
    Some((guessing.expected, guessing.at_least(scores.iter().sum::<f64>() + 1e-9)))
}

/// Output tokens that the server counted over a time, of the warm rows that have both and at least `fewest` tokens, with
/// the interval by question; none without any time.
fn rate(figures: &Figures, time: &Float64Chunked, fewest: i64) -> (Option<f64>, Option<(f64, f64)>) {
    let pairs = sums(figures, |row| {
        let tokens = figures.counted_tokens.get(row).filter(|tokens| *tokens >= fewest)? as f64;
        Some((tokens, time.get(row).filter(|_| figures.warm.get(row) == Some(true))?))
    });
    let (count, time) = pairs.iter().fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    let rate = (time > 0.0).then(|| count / time);
    (rate, rate.and_then(|_| ratio_interval(&pairs, RESAMPLES)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::{Fixture, ms, verdict};

    /// A sample that was asked twice, another one, and a fault.
    fn fixture() -> Fixture {
        let mut fixture = Fixture::new(4);
        fixture.samples[1] = fixture.samples[0].clone();
        fixture.verdicts[1] = Some(verdict(Class::Wrong));
        fixture.responses[1].status = Status::Capped;
        fixture.responses[3].status = Status::Stalled;
        let (latencies, tokens) = ([1000, 2000, 6000, 1], [Some(10), Some(20), None, None]);
        for (index, response) in fixture.responses.iter_mut().enumerate() {
            response.throttled = index % 2 == 1;
            response.stamps.last_token = Some(ms(latencies[index]));
            response.usage.output_tokens = tokens[index];
            response.server.eval = Some(ms([500, 1000, 9000, 1][index])).filter(|_| index < 3);
        }
        fixture
    }

    #[test]
    fn a_model_is_summed_up_without_its_faults() {
        let fixture = fixture();
        let summaries = fixture.summaries();
        let [summary] = summaries.as_slice() else { panic!("one group") };
        assert_eq!((summary.samples, summary.items, summary.faults, summary.capped), (3, 2, 1, 1));
        let of = |class| summary.verdicts(class);
        assert_eq!((of(Class::Correct), of(Class::Wrong), of(Class::NoAnswer), summary.throttled), (2, 1, 0, 1));
        assert_eq!(summary.score, Some(2.0 / 3.0));
        assert_eq!((summary.latency_mean, summary.timing.latency.median), (Some(3.0), Some(2.0)));
        // Only responses that have both count: 30 tokens in 1.5 s.
        assert_eq!((summary.server_tokens_per_s, summary.output_tokens), (Some(20.0), Some(15.0)));
        assert_eq!((summary.spending.cost, summary.timing.ttft.median, summary.total_duration), (None, None, None));
        assert_eq!((summary.prompt_tokens, summary.cold, summary.cold_load), (Some(100.0), 0, None));
    }

    #[test]
    fn cold_answers_count_in_the_old_means_and_in_no_other_time() {
        let mut fixture = fixture();
        fixture.responses[2].cold = true;
        fixture.responses[2].server.load = Some(ms(5000));
        let summary = &fixture.summaries()[0];
        assert_eq!((summary.latency_mean, summary.load_duration), (Some(3.0), Some(5.0)));
        assert_eq!((summary.samples, summary.verdicts(Class::Correct)), (3, 2));
        assert_eq!((summary.cold, summary.cold_load, summary.timing.latency.median), (1, Some(5.0), Some(1.5)));
        assert_eq!(summary.client_tokens_per_s, Some(10.0));
    }

    #[test]
    fn groups_come_in_the_order_of_the_plan() {
        let mut fixture = fixture();
        fixture.places[0] = (1, 0);
        let names: Vec<_> = fixture.results().cells.iter().map(|cell| (cell.model.clone(), cell.samples)).collect();
        assert_eq!(names, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    }

    #[test]
    fn chunk_counts_are_marked_and_in_no_mean() {
        let mut fixture = Fixture::new(1);
        let response = &mut fixture.responses[0];
        response.usage.output_tokens = None;
        response.stamps.first_token = Some(ms(50));
        response.gaps = vec![ms(25), ms(25)];
        let summary = &fixture.summaries()[0];
        assert_eq!((summary.chunk_counted, summary.output_tokens, summary.client_tokens_per_s), (1, None, None));
    }
}
