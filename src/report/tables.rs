//! Tables for people: cells from summaries, and their legends.

use crate::format::{self, UNKNOWN, counted, known, money, percent, seconds, significant};
use crate::plan::Plan;
use crate::statistics::macro_mean::macro_mean;
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;
use crate::tables::timing::Percentiles;

/// A column of a table for people.
#[derive(Clone, Copy)]
struct Column {
    heading: &'static str,
    /// The higher, the longer it is shown where a terminal is narrow.
    importance: u8,
    cell: fn(&Group, &Plan) -> String,
}

/// A table for people: its headings, and a line per batch.
pub struct Table<const N: usize> {
    /// The headings.
    pub headings: [&'static str; N],
    /// The lines, in the order of the batches.
    pub lines: Vec<[String; N]>,
    /// How important each column is: the higher, the longer it is shown where a terminal is narrow.
    pub importance: [u8; N],
}

impl<const N: usize> Table<N> {
    /// A table whose columns are the less important the further right they stand.
    pub(super) fn plain(headings: [&'static str; N], lines: Vec<[String; N]>) -> Self {
        let importance = std::array::from_fn(|column| u8::try_from(N - column).unwrap_or(u8::MAX));
        Self { headings, lines, importance }
    }

    fn new(columns: [Column; N], groups: &[Group], plan: &Plan) -> Self {
        let line = |group| columns.map(|column| (column.cell)(group, plan));
        Self {
            headings: columns.map(|column| column.heading),
            lines: groups.iter().map(line).collect(),
            importance: columns.map(|column| column.importance),
        }
    }
}

/// The columns of the table per model.
const PER_MODEL: [Column; 9] = [
    Column { heading: "model", importance: 9, cell: |group, _| group.batch.label() },
    Column { heading: "score", importance: 8, cell: |group, _| score(&group.summary) },
    Column { heading: "95 % interval", importance: 7, cell: |group, _| interval(&group.summary) },
    Column { heading: "n", importance: 2, cell: |group, _| answers(&group.summary).to_string() },
    Column { heading: "no answer", importance: 1, cell: |group, _| not_answers(&group.summary) },
    Column {
        heading: "median latency",
        importance: 6,
        cell: |group, _| known(group.summary.latency().median, seconds),
    },
    Column { heading: "tail", importance: 0, cell: |group, _| tail(group.summary.latency()) },
    Column { heading: "tokens/s", importance: 4, cell: |group, _| token_rate(&group.summary) },
    Column {
        heading: "cost",
        importance: 5,
        cell: |group, plan| {
            known(group.summary.spending.cost, |cost| money(cost, plan.currency.as_deref().unwrap_or("")))
        },
    },
];

/// The columns of the table per level.
const PER_LEVEL: [Column; 11] = [
    Column { heading: "model", importance: 10, cell: |group, _| group.batch.model.label.clone() },
    Column { heading: "level", importance: 9, cell: |group, _| group.batch.level.to_string() },
    Column { heading: "req/s", importance: 8, cell: |group, _| known(group.summary.throughput.requests, significant) },
    Column { heading: "tokens/s", importance: 4, cell: |group, _| tokens_completed(&group.summary) },
    Column { heading: "ttft", importance: 6, cell: |group, _| known(group.summary.timing.ttft.median, seconds) },
    Column { heading: "tpot", importance: 2, cell: |group, _| known(group.summary.timing.tpot.median, seconds) },
    Column { heading: "latency", importance: 7, cell: |group, _| known(group.summary.latency().median, seconds) },
    Column { heading: "tail", importance: 0, cell: |group, _| tail(group.summary.latency()) },
    Column { heading: "good/s", importance: 3, cell: |group, _| known(group.summary.throughput.goodput, significant) },
    Column { heading: "attained", importance: 5, cell: |group, _| attained(&group.summary) },
    Column { heading: "client", importance: 1, cell: |group, _| client(&group.summary).to_owned() },
];

/// The table per model.
pub fn per_model(groups: &[Group], plan: &Plan) -> Table<9> {
    Table::new(PER_MODEL, groups, plan)
}

/// The table per model and dataset, with the mean over datasets, in which each counts alike; none with one dataset.
pub fn per_dataset(results: &Results) -> Option<Table<5>> {
    let mut lines = Vec::new();
    for group in &results.groups {
        let summary = &group.summary;
        let own = |cell: &&Summary| cell.batch == group.batch.id;
        let cells: Vec<&Summary> = results.cells.iter().filter(own).collect();
        let judged = cells.iter().filter(|cell| !cell.is_unjudged()).count();
        if cells.len() < 2 || judged == 0 {
            continue;
        }
        let line = |dataset: &str, shown: String, interval: String, n: u64| {
            [group.batch.label(), dataset.to_owned(), shown, interval, n.to_string()]
        };
        for cell in &cells {
            lines.push(line(cell.dataset.as_deref().unwrap_or_default(), score(cell), interval(cell), answers(cell)));
        }
        if judged < 2 {
            continue;
        }
        let judged = cells.iter().filter(|cell| !cell.is_unjudged());
        let estimates = judged.map(|cell| cell.estimate());
        let mean = estimates.collect::<Option<Vec<_>>>().and_then(|estimates| macro_mean(&estimates));
        let shown = known(mean.map(|mean| mean.value), percent);
        // Intervals that hold at every look cannot be recovered into one that does.
        let mean_interval = mean.map(|mean| mean.interval).filter(|_| !group.figures.is_sequential());
        let ends = known(mean_interval, ends);
        lines.push(line("mean of datasets", shown, ends, summary.samples));
    }
    let headings = ["model", "dataset", "score", "95 % interval", "n"];
    (!lines.is_empty()).then(|| Table::plain(headings, lines))
}

/// The headings of the table per level.
pub fn level_headings() -> [&'static str; 11] {
    PER_LEVEL.map(|column| column.heading)
}

/// The line of a group in the table per level.
pub fn level_line(group: &Group, plan: &Plan) -> [String; 11] {
    PER_LEVEL.map(|column| (column.cell)(group, plan))
}

/// The table per level.
pub fn per_level(groups: &[Group], plan: &Plan) -> Table<11> {
    Table::new(PER_LEVEL, groups, plan)
}

/// Marks a rate that is not comparable with the others.
pub const MARK: &str = "*";

/// The highest percentile that the sample size supports, with its name.
fn tail(percentiles: &Percentiles) -> String {
    known(percentiles.tail(), |(name, value)| format!("{name} {}", seconds(value)))
}

/// Marks a score that is not distinguishable from guessing.
const GUESSING: &str = "≈ guessing";

fn score(summary: &Summary) -> String {
    let mark = if summary.is_guessing() { format!(" {GUESSING}") } else { String::new() };
    known(summary.score, |score| format!("{}{mark}", percent(score)))
}

/// Answers that count in the score; where nobody judged, all of them.
fn answers(summary: &Summary) -> u64 {
    if summary.is_unjudged() { summary.answers } else { summary.samples }
}

fn not_answers(summary: &Summary) -> String {
    if summary.is_unjudged() { UNKNOWN.to_owned() } else { summary.not_answers().to_string() }
}

fn interval(summary: &Summary) -> String {
    known(summary.score_interval, ends)
}

pub(super) fn ends(ends: (f64, f64)) -> String {
    format::interval(ends, percent)
}

fn token_rate(summary: &Summary) -> String {
    let by_client = summary.client_tokens_per_s.map(|rate| format!("{} {MARK}", significant(rate)));
    summary.server_tokens_per_s.map(significant).or(by_client).unwrap_or_else(|| UNKNOWN.to_owned())
}

fn tokens_completed(summary: &Summary) -> String {
    let mark = if summary.chunk_counted > 0 { format!(" {MARK}") } else { String::new() };
    known(summary.throughput.tokens, |rate| format!("{}{mark}", significant(rate)))
}

fn attained(summary: &Summary) -> String {
    let attained = summary.throughput.attainment.zip(summary.throughput.attainment_interval);
    let attained =
        attained.map(|(share, (low, high))| format!("{} ({:.0}–{:.0})", percent(share), low * 100.0, high * 100.0));
    attained.unwrap_or_else(|| UNKNOWN.to_owned())
}

fn client(summary: &Summary) -> &'static str {
    summary.client.is_limit.map_or(UNKNOWN, |is_limit| if is_limit { "limited" } else { "ok" })
}

/// True if a table per level adds to the table per model.
pub fn has_load_table(plan: &Plan) -> bool {
    plan.levels.len() > 1 || plan.levels.iter().any(|level| level.is_open()) || plan.slo.is_set()
}

/// The legend of the table per model; empty if it needs none.
pub fn legend(groups: &[Group]) -> String {
    let models = || groups.iter().map(|group| &group.summary);
    let mut notes = Vec::new();
    let is_by_client =
        |summary: &Summary| summary.server_tokens_per_s.is_none() && summary.client_tokens_per_s.is_some();
    if models().any(is_by_client) {
        notes.push(format!("{MARK} output tokens divided by the whole latency, because the server reports no times; not comparable with the other rows"));
    }
    if models().any(|summary| summary.items < summary.samples) {
        notes.push(
            "n counts answers; the interval is over questions, because answers to one question are alike".to_owned(),
        );
    }
    if models().any(Summary::is_unjudged) {
        notes.push("the answers were not judged (`judge: none`), so there is no score; n counts answers".to_owned());
    }
    let by_batch: Vec<&str> =
        groups.iter().filter(|group| group.by_batch() > 0).map(|group| group.batch.model.name.as_str()).collect();
    if !by_batch.is_empty() {
        notes.push(format!("times not measured (batch API): {}", by_batch.join(", ")));
    }
    let guessing: Option<f64> = models().find(|summary| summary.is_guessing()).and_then(|summary| summary.guessing);
    if let Some(expected) = guessing {
        notes.push(format!(
            "{GUESSING}: not distinguishable from guessing, which scores {} on average",
            percent(expected)
        ));
    }
    let cold: u64 = models().map(|summary| summary.cold).sum();
    if cold > 0 {
        let loads: Vec<String> =
            models().filter_map(|summary| Some(format!("{} {}", summary.model, seconds(summary.cold_load?)))).collect();
        let loads = if loads.is_empty() { String::new() } else { format!(" (load time: {})", loads.join(", ")) };
        let answers = counted(cold, "answer");
        notes.push(format!(
            "{answers} waited for the model to be loaded{loads}; counted in the score, excluded from times"
        ));
    }
    if models().any(|summary| summary.is_open) {
        notes.push("in an open loop, latency counts from the arrival".to_owned());
    }
    notes.join("\n")
}

/// The legend of the table per level.
pub fn load_legend(groups: &[Group]) -> String {
    let models = || groups.iter().map(|group| &group.summary);
    let mut notes = vec![
        "medians of time to first token, time per output token and latency; rates are those of the steady window"
            .to_owned(),
    ];
    let is_whole = |summary: &&Summary| summary.throughput.steady == Some(0.0);
    let whole: Vec<String> =
        models().filter(is_whole).map(|summary| format!("{} {}", summary.model, summary.level)).collect();
    if !whole.is_empty() {
        notes.push(format!("rates over the whole run, because the load level was never reached: {}", whole.join(", ")));
    }
    if models().any(|summary| summary.chunk_counted > 0) {
        notes.push(format!(
            "{MARK} stream chunks, because the server reports no token counts; not comparable with the other rows"
        ));
    }
    notes.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, ms, verdict};

    #[test]
    fn a_line_of_a_level_holds_what_was_measured_and_dashes() {
        let mut fixture = Fixture::with(100, "{ concurrency: [2, 4] }");
        fixture.plan.slo.latency = Some(ms(100));
        fixture.back_to_back(2);
        let models = fixture.groups();
        assert!(has_load_table(&fixture.plan));
        let expected = ["a", "c=2", "20.0", "400", "–", "–", "100 ms", "p90 100 ms", "20.0", "100.0 % (96–100)", "ok"];
        assert_eq!(per_level(&models, &fixture.plan).lines, [expected]);
        assert_eq!(load_legend(&models).lines().count(), 1);
    }

    #[test]
    fn a_line_of_a_model_names_its_tail_or_has_none() {
        let mut fixture = Fixture::new(99);
        let tail = |fixture: &Fixture| per_model(&fixture.groups(), &fixture.plan).lines[0][6].clone();
        assert_eq!(tail(&fixture), "–");
        fixture.responses[0].cold = true;
        assert!(legend(&fixture.groups()).contains("1 answer waited for the model to be loaded;"));
        assert_eq!(tail(&Fixture::new(200)), "p95 100 ms");
    }

    #[test]
    fn several_datasets_are_shown_with_their_mean() {
        let mut fixture = Fixture::new(20);
        assert!(per_dataset(&fixture.results()).is_none());
        fixture.in_second(15..20);
        for index in 15..20 {
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        let table = per_dataset(&fixture.results()).unwrap();
        let scores: Vec<_> = table.lines.iter().map(|line| (&*line[1], &*line[2], &*line[4])).collect();
        assert_eq!(scores, [("d", "100.0 %", "15"), ("e", "0.0 %", "5"), ("mean of datasets", "50.0 %", "20")]);
    }
}
