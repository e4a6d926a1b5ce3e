//! Tables for people: columns of texts from summaries, and what it takes to read them.

use crate::plan::Plan;
use crate::report::quantity::{counted, money, percent, seconds, significant};
use crate::tables::group::Group;
use crate::tables::summary::Summary;
use crate::tables::timing::Percentiles;

/// The columns of the table per model.
pub const HEADINGS: [&str; 9] =
    ["model", "score", "95 % interval", "n", "no answer", "median latency", "tail", "tokens/s", "cost"];

/// The columns of the table per level.
pub const LOAD_HEADINGS: [&str; 11] =
    ["model", "level", "req/s", "tokens/s", "ttft", "tpot", "latency", "tail", "good/s", "attained", "client"];

/// Marks a rate that does not compare with the others.
const MARK: &str = "*";

/// Stands where something is not known.
const UNKNOWN: &str = "–";

fn known(value: Option<f64>, text: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), text)
}

/// The highest percentile that there are answers enough for, by its name.
fn tail(percentiles: &Percentiles) -> String {
    percentiles.tail().map_or_else(|| UNKNOWN.to_owned(), |(name, value)| format!("{name} {}", seconds(value)))
}

/// One line of the table per model.
pub fn cells(group: &Group, plan: &Plan) -> [String; 9] {
    let summary = &group.summary;
    let by_client = summary.client_tokens_per_s.map(|rate| format!("{} {MARK}", significant(rate)));
    let rate = summary.server_tokens_per_s.map(significant).or(by_client);
    let interval = summary.score_interval.map(|(low, high)| format!("{} – {}", percent(low), percent(high)));
    [
        group.batch.label(),
        known(summary.score, percent),
        interval.unwrap_or_else(|| UNKNOWN.to_owned()),
        summary.samples.to_string(),
        summary.not_answers().to_string(),
        known(summary.latency().median, seconds),
        tail(summary.latency()),
        rate.unwrap_or_else(|| UNKNOWN.to_owned()),
        known(summary.spending.cost, |cost| money(cost, plan.currency.as_deref().unwrap_or(""))),
    ]
}

/// One line of the table per level.
pub fn load_cells(group: &Group) -> [String; 11] {
    let summary = &group.summary;
    let throughput = &summary.throughput;
    let mark = if summary.chunk_counted > 0 { format!(" {MARK}") } else { String::new() };
    let attained = throughput.attainment.zip(throughput.attainment_interval);
    let attained =
        attained.map(|(share, (low, high))| format!("{} ({:.0}–{:.0})", percent(share), low * 100.0, high * 100.0));
    [
        group.batch.model.label.clone(),
        group.batch.level.to_string(),
        known(throughput.requests, significant),
        known(throughput.tokens, |rate| format!("{}{mark}", significant(rate))),
        known(summary.timing.ttft.median, seconds),
        known(summary.timing.tpot.median, seconds),
        known(summary.latency().median, seconds),
        tail(summary.latency()),
        known(throughput.goodput, significant),
        attained.unwrap_or_else(|| UNKNOWN.to_owned()),
        summary.client.is_limit.map_or(UNKNOWN, |is_limit| if is_limit { "limited" } else { "ok" }).to_owned(),
    ]
}

/// True if the table per level says more than the one per model.
pub fn has_load_table(plan: &Plan) -> bool {
    plan.levels.len() > 1 || plan.levels.iter().any(|level| level.is_open()) || plan.slo.is_set()
}

/// What it takes to read the table per model; empty if it needs no word.
pub fn legend(groups: &[Group]) -> String {
    let models = || groups.iter().map(|group| &group.summary);
    let mut notes = Vec::new();
    let is_by_client =
        |summary: &Summary| summary.server_tokens_per_s.is_none() && summary.client_tokens_per_s.is_some();
    if models().any(is_by_client) {
        notes.push(format!("{MARK} output tokens over the whole latency, because the server tells no times of its own; not to be compared with the others"));
    }
    if models().any(|summary| summary.items < summary.samples) {
        notes.push(
            "n counts answers; the interval is over questions, because repeats of one are not independent".to_owned(),
        );
    }
    let cold: u64 = models().map(|summary| summary.cold).sum();
    if cold > 0 {
        let loads: Vec<String> =
            models().filter_map(|summary| Some(format!("{} {}", summary.model, seconds(summary.cold_load?)))).collect();
        let loads = if loads.is_empty() { String::new() } else { format!(" (loading took {})", loads.join(", ")) };
        let answers = counted(cold, "answer");
        notes.push(format!(
            "{answers} came from a model that had to be loaded first{loads}; counted in the score, in no figure of time"
        ));
    }
    if models().any(|summary| summary.is_open) {
        notes.push("latency of an open loop counts from the arrival".to_owned());
    }
    notes.join("\n")
}

/// What it takes to read the table per level.
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
        notes.push(format!("over the whole run, because the level was never reached: {}", whole.join(", ")));
    }
    if models().any(|summary| summary.chunk_counted > 0) {
        notes.push(format!(
            "{MARK} pieces of streams, because the server counts no tokens; not to be compared with the others"
        ));
    }
    notes.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::{Fixture, ms};

    #[test]
    fn a_line_of_a_level_holds_what_was_measured_and_dashes() {
        let mut fixture = Fixture::with(100, "{ concurrency: [2, 4] }");
        fixture.plan.slo.latency = Some(ms(100));
        fixture.back_to_back(2);
        let models = fixture.groups();
        assert!(has_load_table(&fixture.plan));
        let expected = ["a", "c=2", "20.0", "400", "–", "–", "100 ms", "p90 100 ms", "20.0", "100.0 % (96–100)", "ok"];
        assert_eq!(load_cells(&models[0]), expected);
        assert_eq!(load_legend(&models).lines().count(), 1);
    }

    #[test]
    fn a_line_of_a_model_names_its_tail_or_has_none() {
        let mut fixture = Fixture::new(99);
        let tail = |fixture: &Fixture| cells(&fixture.groups()[0], &fixture.plan)[6].clone();
        assert_eq!(tail(&fixture), "–");
        fixture.responses[0].cold = true;
        assert!(legend(&fixture.groups()).contains("1 answer came from a model that had to be loaded first;"));
        assert_eq!(tail(&Fixture::new(200)), "p95 100 ms");
    }
}
