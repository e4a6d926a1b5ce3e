//! Summaries: the results grouped by model, cell or subject.

use std::collections::HashSet;
use std::time::Duration;

use polars::prelude::{ChunkAgg, DataFrame, Float64Chunked, PolarsError, PolarsResult};

use super::client::Client;
use super::row::Row;
use super::spending::Spending;
use super::throughput::Throughput;
use super::timing::{Percentiles, Timing};
use crate::response::TokensSource;
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

/// One group of responses. Means, medians and sums leave out what is unknown; faults count nowhere but in
/// `faults`, in the attainment and in the adjusted tail. Cold answers count in the means that the old
/// scripts wrote and in no other figure of time.
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
    /// True for the level of an open loop.
    pub is_open: bool,
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
    /// Answers for which the server had to load the model.
    pub cold: u64,
    /// Mean of the server's load duration over the cold ones, in seconds.
    pub cold_load: Option<f64>,
    /// Answers whose output tokens nobody counted, so that the pieces of the stream stand in for them.
    pub chunk_counted: u64,
    /// Mean score.
    pub score: Option<f64>,
    /// 95 % Wilson interval of the score, over different samples.
    pub score_interval: Option<(f64, f64)>,
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
    /// Output tokens per second of latency, over all warm answers, as far as the server counted them.
    pub client_tokens_per_s: Option<f64>,
    /// Percentiles of what the answers took.
    pub timing: Timing,
    /// What was completed per second; not grouped by subject, because subjects share what is in flight.
    pub throughput: Throughput,
    /// What the client itself added.
    pub client: Client,
    /// What it cost.
    pub spending: Spending,
}

impl Summary {
    /// Verdicts that are no answers.
    pub fn not_answers(&self) -> u64 {
        self.no_answer + self.ambiguous
    }

    /// Latency as users feel it: in an open loop that from the schedule.
    pub fn latency(&self) -> &Percentiles {
        if self.is_open { &self.timing.from_schedule } else { &self.timing.latency }
    }
}

/// Groups rows, of which `frame` holds the columns; groups come in the order of their first rows.
///
/// # Errors
/// polars refuses the frame.
pub fn summaries(frame: &DataFrame, rows: &[Row<'_>], grouping: Grouping) -> PolarsResult<Vec<Summary>> {
    let frame = frame.select(NEEDED.iter().copied())?.with_row_index(PLACE.into(), None)?;
    let groups = frame.partition_by_stable(grouping.columns().iter().copied(), true)?;
    groups.iter().map(|group| Group::of(group, rows)?.summary(grouping)).collect()
}

/// The column that says where a row of a group stands among all rows.
const PLACE: &str = "place";

/// The columns that groups are told apart and counted by.
const NEEDED: [&str; 15] = [
    "model",
    "dataset",
    "subject",
    "level",
    "prompt_id",
    "verdict",
    "status",
    "throttled",
    "score",
    "latency_sec",
    "total_duration_s",
    "load_duration_s",
    "prompt_eval_duration_s",
    "eval_duration_s",
    "prompt_tokens",
];

/// The rows of one group, as columns and as they are.
struct Group<'f> {
    frame: &'f DataFrame,
    rows: Vec<&'f Row<'f>>,
}

impl<'f> Group<'f> {
    fn of(frame: &'f DataFrame, rows: &'f [Row<'f>]) -> PolarsResult<Self> {
        let places = frame.column(PLACE)?.idx()?;
        let rows = places.iter().flatten().filter_map(|place| rows.get(place as usize)).collect();
        Ok(Self { frame, rows })
    }

    fn summary(&self, grouping: Grouping) -> PolarsResult<Summary> {
        let label = |name: &str, wanted: Grouping| if grouping == wanted { self.first(name) } else { Ok(None) };
        let samples = self.known("verdict")?;
        let items = self.items()?;
        let score = self.numbers("score")?.mean();
        let timing = Timing::of(&self.rows);
        let mean = |name: &str| Ok::<_, PolarsError>(self.numbers(name)?.mean());
        let counted = Summary {
            faults: as_count(self.frame.height()) - samples,
            samples,
            items,
            score,
            score_interval: score.and_then(|score| wilson(score, items)),
            ..self.counts()?
        };
        Ok(Summary {
            model: self.first("model")?.unwrap_or_default(),
            dataset: label("dataset", Grouping::Cell)?,
            subject: label("subject", Grouping::Subject)?,
            level: self.first("level")?.unwrap_or_default(),
            is_open: self.rows.first().is_some_and(|row| row.level.is_open()),
            latency_mean: mean("latency_sec")?,
            total_duration: mean("total_duration_s")?,
            load_duration: mean("load_duration_s")?,
            prompt_eval_duration: mean("prompt_eval_duration_s")?,
            eval_duration: mean("eval_duration_s")?,
            prompt_tokens: self.frame.column("prompt_tokens")?.i64()?.mean(),
            output_tokens: average(self.rows.iter().filter_map(|row| Some(row.response.usage.output_tokens? as f64))),
            server_tokens_per_s: self.rate(|row| row.response.server.eval),
            client_tokens_per_s: self.rate(|row| row.response.latency()),
            throughput: match grouping {
                Grouping::Subject => Throughput::default(),
                Grouping::Model | Grouping::Cell => Throughput::of(&self.rows),
            },
            client: Client::of(&self.rows, &timing),
            spending: Spending::of(&self.rows),
            timing,
            ..counted
        })
    }

    /// How many there are of each kind.
    fn counts(&self) -> PolarsResult<Summary> {
        let verdict = |word: &str| self.equal("verdict", word);
        let cold = || self.rows.iter().filter(|row| row.response.cold && !row.response.status.is_fault());
        let loads = cold().filter_map(|row| Some(row.response.server.load?.as_secs_f64()));
        let by_chunks = |row: &&&Row<'_>| row.output_tokens().is_some_and(|(_, source)| source == TokensSource::Chunks);
        Ok(Summary {
            correct: verdict("correct")?,
            wrong: verdict("wrong")?,
            no_answer: verdict("no_answer")?,
            ambiguous: verdict("ambiguous")?,
            capped: self.equal("status", "capped")?,
            refused: self.equal("status", "refused")?,
            throttled: self.throttled()?,
            cold: as_count(cold().count()),
            cold_load: average(loads),
            chunk_counted: as_count(self.rows.iter().filter(by_chunks).count()),
            ..Summary::default()
        })
    }

    fn first(&self, name: &str) -> PolarsResult<Option<String>> {
        Ok(self.frame.column(name)?.str()?.get(0).map(str::to_owned))
    }

    fn numbers(&self, name: &str) -> PolarsResult<&Float64Chunked> {
        self.frame.column(name)?.f64()
    }

    fn known(&self, name: &str) -> PolarsResult<u64> {
        let column = self.frame.column(name)?;
        Ok(as_count(column.len() - column.null_count()))
    }

    fn equal(&self, name: &str, word: &str) -> PolarsResult<u64> {
        Ok(as_count(self.frame.column(name)?.str()?.iter().filter(|value| *value == Some(word)).count()))
    }

    /// Different samples among the judged rows.
    fn items(&self) -> PolarsResult<u64> {
        let datasets = self.frame.column("dataset")?.str()?;
        let ids = self.frame.column("prompt_id")?.i64()?;
        let judged = self.frame.column("verdict")?.str()?;
        let rows = datasets.iter().zip(ids.iter()).zip(judged.iter());
        let items: HashSet<_> = rows.filter(|(_, verdict)| verdict.is_some()).map(|(item, _)| item).collect();
        Ok(as_count(items.len()))
    }

    fn throttled(&self) -> PolarsResult<u64> {
        let spared = self.frame.column("throttled")?.i64()?;
        let judged = self.frame.column("verdict")?.str()?;
        let rows = spared.iter().zip(judged.iter());
        Ok(as_count(rows.filter(|(spared, verdict)| *spared == Some(1) && verdict.is_some()).count()))
    }

    /// Output tokens that the server counted over a time, of the warm rows that have both; none without any time.
    fn rate(&self, time: fn(&Row<'_>) -> Option<Duration>) -> Option<f64> {
        let warm = self.rows.iter().filter(|row| row.is_timed());
        let both = warm.filter_map(|row| Some((row.response.usage.output_tokens? as f64, time(row)?.as_secs_f64())));
        let (count, time) = both.fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
        (time > 0.0).then(|| count / time)
    }
}

fn average(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

fn as_count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, ms, verdict};
    use crate::tables::frame::frame;

    fn of(rows: &[Row<'_>], grouping: Grouping) -> Vec<Summary> {
        summaries(&frame(rows).unwrap(), rows, grouping).unwrap()
    }

    /// A sample that was asked twice, another one, and a fault.
    fn fixture() -> Fixture {
        let mut fixture = Fixture::new(4);
        fixture.samples[1].index = 0;
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
        let summaries = of(&fixture.rows(), Grouping::Model);
        let [summary] = summaries.as_slice() else { panic!("one group") };
        assert_eq!((summary.samples, summary.items, summary.faults, summary.capped), (3, 2, 1, 1));
        assert_eq!((summary.correct, summary.wrong, summary.no_answer, summary.throttled), (2, 1, 0, 1));
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
        let summary = &of(&fixture.rows(), Grouping::Model)[0];
        assert_eq!((summary.latency_mean, summary.load_duration), (Some(3.0), Some(5.0)));
        assert_eq!((summary.samples, summary.correct), (3, 2));
        assert_eq!((summary.cold, summary.cold_load, summary.timing.latency.median), (1, Some(5.0), Some(1.5)));
        assert_eq!(summary.client_tokens_per_s, Some(10.0));
    }

    #[test]
    fn groups_come_in_the_order_of_their_rows() {
        let mut fixture = fixture();
        fixture.places[0] = (1, 0);
        let names: Vec<_> =
            of(&fixture.rows(), Grouping::Cell).iter().map(|cell| (cell.model.clone(), cell.samples)).collect();
        assert_eq!(names, [("b".to_owned(), 1), ("a".to_owned(), 2)]);
    }

    #[test]
    fn chunk_counts_are_marked_and_in_no_mean() {
        let mut fixture = Fixture::new(1);
        let response = &mut fixture.responses[0];
        response.usage.output_tokens = None;
        response.stamps.first_token = Some(ms(50));
        response.gaps = vec![ms(25), ms(25)];
        let summary = &of(&fixture.rows(), Grouping::Model)[0];
        assert_eq!((summary.chunk_counted, summary.output_tokens, summary.client_tokens_per_s), (1, None, None));
    }
}
