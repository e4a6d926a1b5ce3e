//! Summaries: the results grouped by model, cell or subject.

use polars::prelude::{DataFrame, DataType, Expr, IntoLazy, PolarsResult, QuantileMethod, as_struct, col, len, lit};

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
const P95_LEAST: i64 = 20;

/// Groups a frame of results; groups come in the order of their first rows.
///
/// # Errors
/// polars refuses the frame.
pub fn summaries(frame: &DataFrame, grouping: Grouping) -> PolarsResult<Vec<Summary>> {
    let keys: Vec<Expr> = grouping.columns().iter().map(|name| col(*name)).collect();
    let grouped = frame.clone().lazy().group_by_stable(keys).agg(aggregates()).collect()?;
    let rows = Rows { frame: &grouped };
    (0..grouped.height()).map(|row| rows.summary(row, grouping)).collect()
}

fn aggregates() -> Vec<Expr> {
    let known = |name: &str| col(name).is_not_null();
    let both = |a: &str, b: &str| known(a).and(known(b));
    let ratio = |over: &str, under: &str| {
        let pairs = both(over, under);
        (col(over).filter(pairs.clone()).sum().cast(DataType::Float64) / col(under).filter(pairs).sum())
            .alias(format!("{over} per {under}"))
    };
    let mut aggregates = vec![
        known("verdict").sum().cast(DataType::Int64).alias("samples"),
        as_struct(vec![col("dataset"), col("prompt_id")])
            .filter(known("verdict"))
            .n_unique()
            .cast(DataType::Int64)
            .alias("items"),
        (len().cast(DataType::Int64) - known("verdict").sum().cast(DataType::Int64)).alias("faults"),
        col("score").mean(),
        col("latency_sec").mean().alias("latency_mean"),
        col("latency_sec").median().alias("latency_median"),
        col("latency_sec").quantile(lit(0.95), QuantileMethod::Linear).alias("latency_p95"),
        col("latency_sec").count().cast(DataType::Int64).alias("latencies"),
        col("ttft_s").median().alias("ttft_median"),
        col("cost").sum().alias("cost"),
        col("cost").count().cast(DataType::Int64).alias("priced"),
        ratio("output_tokens", "eval_duration_s"),
        ratio("output_tokens", "latency_sec"),
    ];
    for name in ["correct", "wrong", "no_answer", "ambiguous"] {
        aggregates.push(col("verdict").eq(lit(name)).sum().cast(DataType::Int64).alias(name));
    }
    for name in ["capped", "refused"] {
        aggregates.push(col("status").eq(lit(name)).sum().cast(DataType::Int64).alias(name));
    }
    for name in [
        "total_duration_s",
        "load_duration_s",
        "prompt_eval_duration_s",
        "eval_duration_s",
        "prompt_tokens",
        "output_tokens",
    ] {
        aggregates.push(col(name).mean());
    }
    aggregates
}

/// Typed access to a grouped frame.
struct Rows<'f> {
    frame: &'f DataFrame,
}

impl Rows<'_> {
    fn text(&self, name: &str, row: usize) -> PolarsResult<Option<String>> {
        Ok(self.frame.column(name)?.str()?.get(row).map(str::to_owned))
    }

    fn count(&self, name: &str, row: usize) -> PolarsResult<u64> {
        Ok(self.frame.column(name)?.i64()?.get(row).and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }

    fn number(&self, name: &str, row: usize) -> PolarsResult<Option<f64>> {
        Ok(self.frame.column(name)?.f64()?.get(row).filter(|value| value.is_finite()))
    }

    fn summary(&self, row: usize, grouping: Grouping) -> PolarsResult<Summary> {
        let samples = self.count("samples", row)?;
        let items = self.count("items", row)?;
        let score = self.number("score", row)?;
        let enough = self.frame.column("latencies")?.i64()?.get(row) >= Some(P95_LEAST);
        let priced = self.count("priced", row)?;
        let label = |name: &'static str, wanted: Grouping| {
            if grouping == wanted { self.text(name, row) } else { Ok(None) }
        };
        Ok(Summary {
            model: self.text("model", row)?.unwrap_or_default(),
            dataset: label("dataset", Grouping::Cell)?,
            subject: label("subject", Grouping::Subject)?,
            level: self.text("level", row)?.unwrap_or_default(),
            samples,
            items,
            faults: self.count("faults", row)?,
            correct: self.count("correct", row)?,
            wrong: self.count("wrong", row)?,
            no_answer: self.count("no_answer", row)?,
            ambiguous: self.count("ambiguous", row)?,
            capped: self.count("capped", row)?,
            refused: self.count("refused", row)?,
            score,
            score_interval: score.and_then(|score| wilson(score, items)),
            latency_mean: self.number("latency_mean", row)?,
            latency_median: self.number("latency_median", row)?,
            latency_p95: self.number("latency_p95", row)?.filter(|_| enough),
            ttft_median: self.number("ttft_median", row)?,
            total_duration: self.number("total_duration_s", row)?,
            load_duration: self.number("load_duration_s", row)?,
            prompt_eval_duration: self.number("prompt_eval_duration_s", row)?,
            eval_duration: self.number("eval_duration_s", row)?,
            prompt_tokens: self.number("prompt_tokens", row)?,
            output_tokens: self.number("output_tokens", row)?,
            server_tokens_per_s: self.number("output_tokens per eval_duration_s", row)?,
            client_tokens_per_s: self.number("output_tokens per latency_sec", row)?,
            cost: self.number("cost", row)?.filter(|_| priced > 0 && priced == samples),
        })
    }
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
            "status" => ["ok", "capped", "ok", "stalled"], "score" => [Some(1.0), Some(0.0), Some(1.0), None],
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
        assert_eq!((summary.correct, summary.wrong, summary.no_answer), (2, 1, 0));
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
