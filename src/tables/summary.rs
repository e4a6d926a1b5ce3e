//! Summaries: the results grouped by model, cell or subject.

use std::collections::HashSet;

use polars::prelude::{ChunkAgg, ChunkQuantile, DataFrame, Float64Chunked, PolarsError, PolarsResult, QuantileMethod};

use crate::statistics::wilson;

/// What the rows of a summary are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// Model and level.
    Model,
    /// Model, dataset and level.
    Cell,
    /// Model, subject and level.
    Subject,
}

impl Grouping {
    fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Model => &["model", "level"],
            Self::Cell => &["model", "dataset", "level"],
            Self::Subject => &["model", "subject", "level"],
        }
    }
}

/// One group of responses. Means, medians and sums leave out what is unknown; faults count nowhere
/// but in `faults`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// The model.
    pub model: String,
    /// The dataset, where grouped by it.
    pub dataset: Option<String>,
    /// The subject, where grouped by it.
    pub subject: Option<String>,
    /// The level.
    pub level: String,
    /// Judged responses.
    pub samples: u64,
    /// Different samples among them; repeats of one sample are not independent.
    pub items: u64,
    /// Requests that ended in a fault.
    pub faults: u64,
    /// Verdicts `correct`.
    pub correct: u64,
    /// Verdicts `wrong`.
    pub wrong: u64,
    /// Verdicts `no_answer`.
    pub no_answer: u64,
    /// Verdicts `ambiguous`.
    pub ambiguous: u64,
    /// Answers cut at the token limit.
    pub capped: u64,
    /// Answers that a content filter took.
    pub refused: u64,
    /// Answers that came while their endpoint was being spared; their latency is not that of the level.
    pub throttled: u64,
    /// Mean score.
    pub score: Option<f64>,
    /// 95 % Wilson interval of the score, over different samples.
    pub score_interval: Option<(f64, f64)>,
    /// Mean latency in seconds.
    pub latency_mean: Option<f64>,
    /// Median latency in seconds.
    pub latency_median: Option<f64>,
    /// 95th percentile of latency in seconds, linearly interpolated; from 20 responses on.
    pub latency_p95: Option<f64>,
    /// Median time to first token in seconds.
    pub ttft_median: Option<f64>,
    /// Mean of the server's total duration in seconds.
    pub total_duration: Option<f64>,
    /// Mean of the server's load duration in seconds.
    pub load_duration: Option<f64>,
    /// Mean of the server's prompt evaluation in seconds.
    pub prompt_eval_duration: Option<f64>,
    /// Mean of the server's evaluation in seconds.
    pub eval_duration: Option<f64>,
    /// Mean prompt tokens.
    pub prompt_tokens: Option<f64>,
    /// Mean output tokens.
    pub output_tokens: Option<f64>,
    /// Output tokens per second of the server's own evaluation time, over all responses.
    pub server_tokens_per_s: Option<f64>,
    /// Output tokens per second of latency, over all responses.
    pub client_tokens_per_s: Option<f64>,
    /// Cost of all responses; unknown if one of them is.
    pub cost: Option<f64>,
}

impl Summary {
    /// Cost per correct answer; none without a correct answer.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub fn cost_per_correct(&self) -> Option<f64> {
        self.cost.filter(|_| self.correct > 0).map(|cost| cost / self.correct as f64)
    }

    /// Verdicts that are no answers.
    pub fn not_answers(&self) -> u64 {
        self.no_answer + self.ambiguous
    }
}

/// Fewest responses for a 95th percentile.
const P95_LEAST: usize = 20;

/// Groups a frame of results; groups come in the order of their first rows.
///
/// # Errors
/// polars refuses the frame.
pub fn summaries(frame: &DataFrame, grouping: Grouping) -> PolarsResult<Vec<Summary>> {
    let groups = frame.partition_by_stable(grouping.columns().iter().copied(), true)?;
    groups.iter().map(|group| Group(group).summary(grouping)).collect()
}

/// The rows of one group.
struct Group<'f>(&'f DataFrame);

impl Group<'_> {
    fn summary(&self, grouping: Grouping) -> PolarsResult<Summary> {
        let label = |name: &str, wanted: Grouping| if grouping == wanted { self.first(name) } else { Ok(None) };
        let samples = self.known("verdict")?;
        let items = self.items()?;
        let score = self.numbers("score")?.mean();
        let latencies = self.numbers("latency_sec")?;
        let costs = self.numbers("cost")?;
        let all_priced = costs.len() > costs.null_count() && as_count(costs.len() - costs.null_count()) == samples;
        let enough = latencies.len() - latencies.null_count() >= P95_LEAST;
        let verdict = |word: &str| self.equal("verdict", word);
        let mean = |name: &str| Ok::<_, PolarsError>(self.numbers(name)?.mean());
        Ok(Summary {
            model: self.first("model")?.unwrap_or_default(),
            dataset: label("dataset", Grouping::Cell)?,
            subject: label("subject", Grouping::Subject)?,
            level: self.first("level")?.unwrap_or_default(),
            samples,
            items,
            faults: as_count(self.0.height()) - samples,
            correct: verdict("correct")?,
            wrong: verdict("wrong")?,
            no_answer: verdict("no_answer")?,
            ambiguous: verdict("ambiguous")?,
            capped: self.equal("status", "capped")?,
            refused: self.equal("status", "refused")?,
            throttled: self.throttled()?,
            score,
            score_interval: score.and_then(|score| wilson(score, items)),
            latency_mean: latencies.mean(),
            latency_median: latencies.median(),
            latency_p95: if enough { latencies.quantile(0.95, QuantileMethod::Linear)? } else { None },
            ttft_median: self.numbers("ttft_s")?.median(),
            total_duration: mean("total_duration_s")?,
            load_duration: mean("load_duration_s")?,
            prompt_eval_duration: mean("prompt_eval_duration_s")?,
            eval_duration: mean("eval_duration_s")?,
            prompt_tokens: self.0.column("prompt_tokens")?.i64()?.mean(),
            output_tokens: self.0.column("output_tokens")?.i64()?.mean(),
            server_tokens_per_s: self.rate("output_tokens", "eval_duration_s")?,
            client_tokens_per_s: self.rate("output_tokens", "latency_sec")?,
            cost: costs.sum().filter(|_| all_priced),
        })
    }

    fn first(&self, name: &str) -> PolarsResult<Option<String>> {
        Ok(self.0.column(name)?.str()?.get(0).map(str::to_owned))
    }

    fn numbers(&self, name: &str) -> PolarsResult<&Float64Chunked> {
        self.0.column(name)?.f64()
    }

    fn known(&self, name: &str) -> PolarsResult<u64> {
        let column = self.0.column(name)?;
        Ok(as_count(column.len() - column.null_count()))
    }

    fn equal(&self, name: &str, word: &str) -> PolarsResult<u64> {
        Ok(as_count(self.0.column(name)?.str()?.iter().filter(|value| *value == Some(word)).count()))
    }

    /// Different samples among the judged rows.
    fn items(&self) -> PolarsResult<u64> {
        let datasets = self.0.column("dataset")?.str()?;
        let ids = self.0.column("prompt_id")?.i64()?;
        let judged = self.0.column("verdict")?.str()?;
        let rows = datasets.iter().zip(ids.iter()).zip(judged.iter());
        let items: HashSet<_> = rows.filter(|(_, verdict)| verdict.is_some()).map(|(item, _)| item).collect();
        Ok(as_count(items.len()))
    }

    fn throttled(&self) -> PolarsResult<u64> {
        let spared = self.0.column("throttled")?.i64()?;
        let judged = self.0.column("verdict")?.str()?;
        let rows = spared.iter().zip(judged.iter());
        Ok(as_count(rows.filter(|(spared, verdict)| *spared == Some(1) && verdict.is_some()).count()))
    }

    /// Sum over sum, of the rows that have both; none without any time.
    #[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
    fn rate(&self, counts: &str, times: &str) -> PolarsResult<Option<f64>> {
        let rows = self.0.column(counts)?.i64()?.iter().zip(self.numbers(times)?.iter());
        let both = rows.filter_map(|(count, time)| Some((count? as f64, time?)));
        let (count, time) = both.fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        Ok((time > 0.0).then(|| count / time))
    }
}

fn as_count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use polars::df;

    use super::*;

    /// Two datasets with a row 0 each, one of them asked twice, and a fault.
    fn frame() -> DataFrame {
        let none = || [None::<f64>; 4];
        df!(
            "model" => ["m"; 4], "level" => ["c=1"; 4], "dataset" => ["a", "a", "b", "b"], "subject" => ["s"; 4],
            "prompt_id" => [0_i64, 0, 0, 1], "verdict" => [Some("correct"), Some("wrong"), Some("correct"), None],
            "status" => ["ok", "capped", "ok", "stalled"], "throttled" => [0_i64, 1, 0, 1], "score" => [Some(1.0), Some(0.0), Some(1.0), None],
            "latency_sec" => [Some(1.0), Some(2.0), Some(6.0), None], "ttft_s" => none(), "cost" => none(),
            "output_tokens" => [Some(10_i64), Some(20), None, None], "prompt_tokens" => [Some(1_i64), Some(2), Some(3), None],
            "eval_duration_s" => [Some(0.5), Some(1.0), Some(9.0), None], "total_duration_s" => none(),
            "load_duration_s" => none(), "prompt_eval_duration_s" => none(),
        )
        .unwrap()
    }

    #[test]
    fn a_model_is_summed_up_without_its_faults() {
        let summaries = summaries(&frame(), Grouping::Model).unwrap();
        let [summary] = summaries.as_slice() else { panic!("one group") };
        assert_eq!((summary.samples, summary.items, summary.faults, summary.capped), (3, 2, 1, 1));
        assert_eq!((summary.correct, summary.wrong, summary.no_answer, summary.throttled), (2, 1, 0, 1));
        assert_eq!(summary.score, Some(2.0 / 3.0));
        assert_eq!((summary.latency_mean, summary.latency_median, summary.latency_p95), (Some(3.0), Some(2.0), None));
        // Only responses that have both count: 30 tokens in 1.5 s.
        assert_eq!(summary.server_tokens_per_s, Some(20.0));
        assert_eq!((summary.cost, summary.ttft_median, summary.total_duration), (None, None, None));
        assert_eq!(summary.prompt_tokens, Some(2.0));
    }

    #[test]
    fn cells_come_in_the_order_of_their_rows() {
        let cells = summaries(&frame(), Grouping::Cell).unwrap();
        let names: Vec<_> = cells.iter().map(|cell| (cell.dataset.as_deref(), cell.samples)).collect();
        assert_eq!(names, [(Some("a"), 2), (Some("b"), 1)]);
    }
}
