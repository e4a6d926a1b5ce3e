//! Comparisons of every two models by a judge, for people.

use crate::format::percent;
use crate::report::tables::{Table, ends};
use crate::statistics::cluster::MeanScore;
use crate::tables::comparisons::PairwiseLine;

/// How the table is read.
pub(super) const COMPARISONS_LEGEND: &str = "\
Every two answers to a question were compared in both orders. A model wins that is preferred in both; orders that disagree, and equal \
answers, are a tie. The score of the first model counts a tie as half a win. The order decided where the two orders disagree: what a \
judge prefers for its place says nothing of the answer. Intervals are of 95 %, over the questions; `pairwise.csv` has all figures.";

/// Wins, ties and losses of every two models; none where nothing was compared.
pub(super) fn per_pair(lines: &[PairwiseLine]) -> Option<Table<8>> {
    let headings = ["first", "second", "judge", "wins", "ties", "losses", "score", "order decided"];
    let share = |mean: Option<MeanScore>| {
        mean.map_or_else(String::new, |mean| format!("{} ({})", percent(mean.mean), ends(mean.interval)))
    };
    let cells = |line: &PairwiseLine| {
        let [first, second] = line.labels.clone();
        let [wins, ties, losses] = line.outcomes.map(|count| count.to_string());
        let judge = format!("{} on {}", line.judge, line.dataset);
        [first, second, judge, wins, ties, losses, share(line.score), share(line.order_decided)]
    };
    (!lines.is_empty()).then(|| Table::plain(headings, lines.iter().map(cells).collect()))
}
