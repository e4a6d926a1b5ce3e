//! The columns of the summaries, each declared once.

use super::columns::spreadsheet_safe;
use super::summary::{Grouping, Summary};
use super::timing::Percentiles;
use crate::statistics::PERCENTILES;

/// One column of a summary.
pub struct SummaryColumn {
    /// Its name.
    pub name: String,
    /// Its field in a row; empty where the value is unknown.
    pub field: Box<dyn Fn(&Summary) -> String>,
}

/// The columns of a summary, in order. The first ten are those that the old scripts wrote; what the rows are
/// grouped by besides the model comes after them.
pub fn summary_columns(grouping: Grouping) -> Vec<SummaryColumn> {
    let mut columns = Columns(Vec::new());
    columns.old();
    match grouping {
        Grouping::Model => {}
        Grouping::Cell => columns.text("dataset", |s| name(s.dataset.as_deref())),
        Grouping::Subject => columns.text("subject", |s| name(s.subject.as_deref())),
    }
    columns.counts();
    columns.times();
    columns.rates();
    columns.load();
    columns.costs();
    columns.0
}

struct Columns(Vec<SummaryColumn>);

impl Columns {
    fn text(&mut self, name: impl Into<String>, field: impl Fn(&Summary) -> String + 'static) {
        self.0.push(SummaryColumn { name: name.into(), field: Box::new(field) });
    }

    fn count(&mut self, name: &str, value: fn(&Summary) -> u64) {
        self.text(name, move |s| value(s).to_string());
    }

    fn number(&mut self, name: impl Into<String>, value: impl Fn(&Summary) -> Option<f64> + 'static) {
        self.text(name, move |s| value(s).map_or(String::new(), |value| value.to_string()));
    }

    /// A pair of columns, `NAME_low` and `NAME_high`.
    fn interval(&mut self, name: &str, ends: impl Fn(&Summary) -> Option<(f64, f64)> + Clone + 'static) {
        let low = ends.clone();
        self.number(format!("{name}_low"), move |s| low(s).map(|ends| ends.0));
        self.number(format!("{name}_high"), move |s| ends(s).map(|ends| ends.1));
    }

    /// Each percentile of a measure, with its interval.
    fn percentiles(&mut self, measure: &str, of: fn(&Summary) -> &Percentiles) {
        for (place, (_, percentile)) in PERCENTILES.into_iter().enumerate() {
            let name = format!("{measure}_{percentile}_s");
            self.number(&name, move |s| of(s).known[place].map(|known| known.value));
            self.interval(&name, move |s| of(s).known[place].map(|known| (known.low, known.high)));
        }
    }

    fn old(&mut self) {
        self.text("model", |s| spreadsheet_safe(&s.model).into_owned());
        self.number("avg_score", |s| s.score);
        self.number("avg_latency_sec", |s| s.latency_mean);
        self.number("total_duration_s", |s| s.total_duration);
        self.number("load_duration_s", |s| s.load_duration);
        self.number("prompt_eval_duration_s", |s| s.prompt_eval_duration);
        self.number("prompt_eval_count", |s| s.prompt_tokens);
        self.number("eval_count", |s| s.output_tokens);
        self.number("eval_duration_s", |s| s.eval_duration);
        self.count("samples", |s| s.samples);
    }

    fn counts(&mut self) {
        self.text("level", |s| s.level.clone());
        self.count("items", |s| s.items);
        self.count("faults", |s| s.faults);
        self.count("correct", |s| s.correct);
        self.count("wrong", |s| s.wrong);
        self.count("no_answer", |s| s.no_answer);
        self.count("ambiguous", |s| s.ambiguous);
        self.count("capped", |s| s.capped);
        self.count("refused", |s| s.refused);
        self.count("throttled", |s| s.throttled);
        self.count("cold", |s| s.cold);
        self.number("cold_load_s", |s| s.cold_load);
        self.interval("score", |s| s.score_interval);
    }

    fn times(&mut self) {
        self.number("latency_median_s", |s| s.timing.latency.median);
        self.percentiles("latency", |s| &s.timing.latency);
        for (place, name) in ["p90", "p95", "p99"].into_iter().enumerate() {
            self.number(format!("latency_{name}_adjusted_s"), move |s| s.timing.adjusted[place]);
        }
        self.number("latency_from_schedule_median_s", |s| s.timing.from_schedule.median);
        self.percentiles("latency_from_schedule", |s| &s.timing.from_schedule);
        self.number("ttft_median_s", |s| s.timing.ttft.median);
        self.percentiles("ttft", |s| &s.timing.ttft);
        self.number("tpot_median_s", |s| s.timing.tpot.median);
        self.percentiles("tpot", |s| &s.timing.tpot);
        self.number("chunk_gap_p50_s", |s| s.timing.gaps.0);
        self.number("chunk_gap_p99_s", |s| s.timing.gaps.1);
    }

    fn rates(&mut self) {
        self.number("server_tokens_per_s", |s| s.server_tokens_per_s);
        self.number("client_tokens_per_s", |s| s.client_tokens_per_s);
        self.number("decode_tokens_per_s", |s| s.timing.decode_rate);
        self.number("server_decode_tokens_per_s", |s| s.timing.server_decode_rate);
        self.number("server_prefill_tokens_per_s", |s| s.timing.server_prefill_rate);
        self.count("chunk_counted", |s| s.chunk_counted);
    }

    fn load(&mut self) {
        self.number("requests_per_s", |s| s.throughput.requests);
        self.number("requests_per_s_whole", |s| s.throughput.requests_whole);
        self.number("output_tokens_per_s", |s| s.throughput.tokens);
        self.number("output_tokens_per_s_whole", |s| s.throughput.tokens_whole);
        self.number("steady_s", |s| s.throughput.steady);
        self.number("steady_share", |s| s.throughput.steady_share());
        self.number("goodput_per_s", |s| s.throughput.goodput);
        self.number("attainment", |s| s.throughput.attainment);
        self.interval("attainment", |s| s.throughput.attainment_interval);
        self.number("dispatch_delay_p99_s", |s| s.client.delay);
        self.text("client_limited", |s| s.client.is_limit.map_or(String::new(), |is| u8::from(is).to_string()));
        self.text("connections_new", |s| {
            let is_known = s.client.connections_known > 0;
            if is_known { s.client.connections_new.to_string() } else { String::new() }
        });
        self.count("connections_known", |s| s.client.connections_known);
    }

    fn costs(&mut self) {
        for (place, name) in ["uncached_input", "cached_input", "cache_write", "output"].into_iter().enumerate() {
            self.number(format!("cost_{name}"), move |s| s.spending.by_kind.map(|kinds| kinds[place]));
        }
        self.number("cost", |s| s.spending.cost);
        self.number("cost_per_correct", |s| s.spending.per_correct);
        self.interval("cost_per_correct", |s| s.spending.per_correct_interval);
        self.number("cost_per_million_tokens", |s| s.spending.per_million_tokens);
    }
}

fn name(name: Option<&str>) -> String {
    spreadsheet_safe(name.unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_own_name() {
        for grouping in [Grouping::Model, Grouping::Cell, Grouping::Subject] {
            let columns = summary_columns(grouping);
            let mut names: Vec<_> = columns.iter().map(|column| &column.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), columns.len(), "{grouping:?}");
        }
    }

    #[test]
    fn what_is_unknown_is_empty_and_what_failed_too_often_is_infinite() {
        let mut summary = Summary::default();
        summary.timing.adjusted[2] = Some(f64::INFINITY);
        let columns = summary_columns(Grouping::Model);
        let field = |name: &str| {
            let column = columns.iter().find(|column| column.name == name).unwrap();
            (column.field)(&summary)
        };
        assert_eq!(field("latency_p99_adjusted_s"), "inf");
        for name in
            ["latency_p95_s", "latency_p95_s_low", "client_limited", "cost", "requests_per_s", "connections_new"]
        {
            assert_eq!(field(name), "", "{name}");
        }
    }
}
