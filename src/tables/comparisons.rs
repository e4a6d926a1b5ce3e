//! Comparisons of every two models by a judge: `pairwise.csv`.

use std::collections::BTreeMap;
use std::path::Path;

use super::columns::{Value, number};
use super::write::{write_csv, write_lines};
use crate::files::FileError;
use crate::id::{BatchId, Per};
use crate::judge::pairwise::{BothOrders, Comparison, Lean, Outcome};
use crate::statistics::cluster::{MeanScore, mean_score};
use crate::work::batch::Batch;

/// A comparison, and what was compared.
pub struct Compared {
    /// The batches of the two answers.
    pub batches: [BatchId; 2],
    /// Number of the question; answers to one question are no independent evidence.
    pub question: u64,
    /// What was said, as the first answer has it.
    pub comparison: Comparison,
}

/// How two models compare on a dataset at a level.
#[derive(Debug, Clone, PartialEq)]
pub struct PairwiseLine {
    /// Name of the judge.
    pub judge: String,
    /// The dataset.
    pub dataset: String,
    /// The level.
    pub level: String,
    /// The two models.
    pub models: [String; 2],
    /// The two models as charts call them, with the level where there are several.
    pub labels: [String; 2],
    /// Wins, ties and losses of the first model.
    pub outcomes: [u64; 3],
    /// Ties that are two answers of the same text.
    pub equal: u64,
    /// Comparisons without an outcome.
    pub unjudged: u64,
    /// Questions with an outcome.
    pub questions: usize,
    /// The share of comparisons that the first model wins, with a tie as half a win; its interval is by question.
    pub score: Option<MeanScore>,
    /// How often the two orders disagreed in favour of the place: first, second.
    pub places: [u64; 2],
    /// How often a judge gave a verdict in both orders.
    pub both_orders: u64,
    /// The share of those in which the orders disagreed, so that the order decided; its interval is by question.
    pub order_decided: Option<MeanScore>,
}

/// The lines of a judge: one per level and two models, in the order of the batches.
pub fn pairwise_lines(
    (judge, dataset): (&str, &str),
    batches: &Per<BatchId, Batch>,
    compared: &[Compared],
) -> Vec<PairwiseLine> {
    let mut of_pairs: BTreeMap<[BatchId; 2], Vec<&Compared>> = BTreeMap::new();
    for one in compared {
        of_pairs.entry(one.batches).or_default().push(one);
    }
    let line = |(ids, compared): ([BatchId; 2], Vec<&Compared>)| {
        let of = ids.map(|id| &batches[id]);
        PairwiseLine {
            judge: judge.to_owned(),
            dataset: dataset.to_owned(),
            level: of[0].level.to_string(),
            models: of.map(|batch| batch.model.name.clone()),
            labels: of.map(Batch::label),
            ..summed(&compared)
        }
    };
    of_pairs.into_iter().map(line).collect()
}

/// Sums by question, of values and of how many there are.
type Sums = BTreeMap<u64, (f64, f64)>;

fn add(sums: &mut Sums, question: u64, value: f64) {
    let sum = sums.entry(question).or_default();
    *sum = (sum.0 + value, sum.1 + 1.0);
}

fn mean(sums: Sums, is_right_or_wrong: bool) -> Option<MeanScore> {
    mean_score(&sums.into_values().collect::<Vec<_>>(), is_right_or_wrong)
}

fn summed(compared: &[&Compared]) -> PairwiseLine {
    let ended: Vec<(u64, Outcome)> =
        compared.iter().filter_map(|one| Some((one.question, one.comparison.outcome()?))).collect();
    let count = |outcome: Outcome| ended.iter().filter(|(_, other)| *other == outcome).count() as u64;
    let outcomes = [Outcome::Win, Outcome::Tie, Outcome::Loss].map(count);
    let (mut scores, mut disagreed, mut places) = (Sums::new(), Sums::new(), [0, 0]);
    ended.iter().for_each(|(question, outcome)| add(&mut scores, *question, outcome.score()));
    let mut both_orders = 0;
    for one in compared {
        for lean in one.comparison.said.iter().filter_map(BothOrders::lean) {
            both_orders += 1;
            add(&mut disagreed, one.question, f64::from(u8::from(lean != Lean::None)));
            places[0] += u64::from(lean == Lean::First);
            places[1] += u64::from(lean == Lean::Second);
        }
    }
    PairwiseLine {
        judge: String::new(),
        dataset: String::new(),
        level: String::new(),
        models: Default::default(),
        labels: Default::default(),
        outcomes,
        equal: compared.iter().filter(|one| one.comparison.is_equal).count() as u64,
        unjudged: (compared.len() - ended.len()) as u64,
        questions: scores.len(),
        score: mean(scores, outcomes[1] == 0),
        places,
        both_orders,
        order_decided: mean(disagreed, true),
    }
}

/// The columns of `pairwise.csv`.
const COLUMNS: [&str; 21] = [
    "judge",
    "dataset",
    "level",
    "model_a",
    "model_b",
    "questions",
    "comparisons",
    "wins_a",
    "ties",
    "wins_b",
    "equal",
    "unjudged",
    "score_a",
    "score_a_low",
    "score_a_high",
    "both_orders",
    "order_decided",
    "order_decided_low",
    "order_decided_high",
    "first_preferred",
    "second_preferred",
];

/// Writes `pairwise.csv`: a line per judge, dataset, level and two models.
///
/// # Errors
/// The file cannot be written.
pub fn pairwise_csv<'l>(path: &Path, lines: impl Iterator<Item = &'l PairwiseLine>) -> Result<(), FileError> {
    write_csv(path, |writer| {
        writer.write_record(COLUMNS)?;
        write_lines(writer, lines.map(values))
    })
}

fn values(line: &PairwiseLine) -> [Value<'_>; COLUMNS.len()] {
    let text = |text: &'_ str| Value::Text(text.to_owned().into());
    let whole = |count: u64| Value::Count(i64::try_from(count).unwrap_or(i64::MAX));
    let share = |mean: Option<MeanScore>| {
        let ends = mean.map(|mean| mean.interval);
        [mean.map(|mean| mean.mean), ends.map(|ends| ends.0), ends.map(|ends| ends.1)].map(number)
    };
    let [a, b] = line.models.each_ref().map(|model| text(model));
    let [wins, ties, losses] = line.outcomes;
    let [score, score_low, score_high] = share(line.score);
    let [decided, decided_low, decided_high] = share(line.order_decided);
    [
        text(&line.judge),
        text(&line.dataset),
        text(&line.level),
        a,
        b,
        whole(line.questions as u64),
        whole(wins + ties + losses),
        whole(wins),
        whole(ties),
        whole(losses),
        whole(line.equal),
        whole(line.unjudged),
        score,
        score_low,
        score_high,
        whole(line.both_orders),
        decided,
        decided_low,
        decided_high,
        whole(line.places[0]),
        whole(line.places[1]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::statistics::wilson;

    fn compared(question: u64, labels: [&str; 2]) -> Compared {
        let said = vec![BothOrders { judge: "j".into(), labels: labels.map(|label| Some(label.to_owned())) }];
        let comparison = Comparison { other: "b".into(), said, is_equal: false };
        Compared { batches: [BatchId::at(0), BatchId::at(1)], question, comparison }
    }

    #[test]
    fn wins_are_shares_with_an_interval_and_orders_that_disagree_are_counted() {
        let mut all: Vec<Compared> = (0..8).map(|question| compared(question, ["first", "second"])).collect();
        all.extend((8..10).map(|question| compared(question, ["second", "first"])));
        let clean = summed(&all.iter().collect::<Vec<_>>());
        assert_eq!((clean.outcomes, clean.questions, clean.both_orders), ([8, 0, 2], 10, 10));
        assert_eq!(clean.score.map(|score| Some(score.interval)), Some(wilson(0.8, 10)));
        assert_eq!(clean.order_decided.map(|share| share.mean), Some(0.0));
        all.push(compared(10, ["first", "first"]));
        all.push(compared(11, ["tie", "second"]));
        let found = summed(&all.iter().collect::<Vec<_>>());
        assert_eq!((found.outcomes, found.places, found.both_orders), ([8, 2, 2], [1, 1], 12));
        assert!((found.score.unwrap().mean - 0.75).abs() < 1e-12);
    }
}
