//! The columns of the summaries, each declared once: name, unit and meaning for the reference, and its value.

use super::columns::{Value, number};
use super::repeats::DRAWN;
use super::summary::{Grouping, Summary};
use super::timing::Percentiles;
use crate::judge::{CLASSES, Class, RANKS};
use crate::statistics::{PERCENTILES, fewest};

/// One column of a summary.
pub struct SummaryColumn {
    /// Its name.
    pub name: String,
    /// Unit of its numbers; empty for texts, counts and flags.
    pub unit: &'static str,
    /// What it means, with formula and source, in Markdown.
    pub meaning: String,
    /// Its value in a row; empty where it is unknown.
    pub value: Box<dyn Fn(&Summary) -> Value<'_>>,
}

/// The columns of a summary, in order. The first ten are those that the old scripts wrote; what the rows are
/// grouped by besides the model comes after them.
pub fn summary_columns(grouping: Grouping) -> Vec<SummaryColumn> {
    let mut columns = Columns(Vec::new());
    columns.old();
    match grouping {
        Grouping::Model => {}
        Grouping::Cell => columns.name("dataset", "Name of the dataset.", |s| s.dataset.as_deref()),
        Grouping::Subject => {
            columns.name("subject", "Subject of the samples.", |s| s.subject.as_deref());
            columns.name("dataset", "Name of the dataset.", |s| s.dataset.as_deref());
        }
    }
    columns.counts();
    columns.times();
    columns.rates();
    columns.load();
    columns.costs();
    columns.energy();
    columns.0
}

struct Columns(Vec<SummaryColumn>);

/// How the interval of a score is made.
const SCORE_INTERVAL: &str = "Wilson's over the questions; with repeats or duplicates for the effective number of answers, \
                              robust against answers to one question being alike (Korn and Graubard 1998); for scores on a \
                              scale the BCa bootstrap by question";

/// How the interval of a ratio of sums is made.
const BOOTSTRAP: &str = "the BCa bootstrap by question (Efron 1987)";

impl Columns {
    fn add(
        &mut self,
        name: impl Into<String>,
        unit: &'static str,
        meaning: impl Into<String>,
        value: impl Fn(&Summary) -> Value<'_> + 'static,
    ) {
        self.0.push(SummaryColumn { name: name.into(), unit, meaning: meaning.into(), value: Box::new(value) });
    }

    fn name(&mut self, name: &str, meaning: &str, text: fn(&Summary) -> Option<&str>) {
        self.add(name, "", meaning, move |s| Value::Text(text(s).unwrap_or_default().into()));
    }

    fn count(&mut self, name: &str, meaning: impl Into<String>, value: impl Fn(&Summary) -> u64 + 'static) {
        self.add(name, "", meaning, move |s| Value::Count(i64::try_from(value(s)).unwrap_or(i64::MAX)));
    }

    /// A count of verdicts; unknown where nobody judged.
    fn verdicts(&mut self, name: &str, meaning: impl Into<String>, value: impl Fn(&Summary) -> u64 + 'static) {
        let known = move |s: &Summary| i64::try_from(value(s)).unwrap_or(i64::MAX);
        self.add(name, "", meaning, move |s| if s.is_unjudged() { Value::Empty } else { Value::Count(known(s)) });
    }

    fn number(
        &mut self,
        name: impl Into<String>,
        unit: &'static str,
        meaning: impl Into<String>,
        value: impl Fn(&Summary) -> Option<f64> + 'static,
    ) {
        self.add(name, unit, meaning, move |s| number(value(s)));
    }

    /// A pair of columns, `NAME_low` and `NAME_high`.
    fn interval(
        &mut self,
        name: &str,
        unit: &'static str,
        kind: &str,
        ends: impl Fn(&Summary) -> Option<(f64, f64)> + Clone + 'static,
    ) {
        let low = ends.clone();
        let meaning = |end: &str| format!("{end} end of the 95 % interval of `{name}`: {kind}.");
        self.number(format!("{name}_low"), unit, meaning("Lower"), move |s| low(s).map(|ends| ends.0));
        self.number(format!("{name}_high"), unit, meaning("Upper"), move |s| ends(s).map(|ends| ends.1));
    }

    /// Median and percentiles of a measure, the latter with their intervals.
    fn percentiles(&mut self, column: &str, measure: &str, of: fn(&Summary) -> &Percentiles) {
        let median = format!("Median of {measure} over warm answers.");
        self.number(format!("{column}_median_s"), "s", median, move |s| of(s).median);
        for (place, (share, percentile)) in PERCENTILES.into_iter().enumerate() {
            let name = format!("{column}_{percentile}_s");
            let meaning =
                format!("{percentile} of {measure}, interpolated linearly; empty below {} answers.", fewest(share));
            self.number(&name, "s", meaning, move |s| of(s).known[place].map(|known| known.value));
            self.interval(&name, "s", "order statistics", move |s| {
                of(s).known[place].map(|known| (known.low, known.high))
            });
        }
    }

    fn old(&mut self) {
        self.name("model", "Name of the model.", |s| Some(&s.model));
        self.number("avg_score", "", "Mean score of the answers.", |s| s.score);
        self.number("avg_latency_sec", "s", "Mean latency, cold answers included.", |s| s.latency_mean);
        let server = |what: &str| format!("Mean {what} as the server reported it, cold answers included.");
        self.number("total_duration_s", "s", server("total duration"), |s| s.total_duration);
        self.number("load_duration_s", "s", server("duration of loading the model"), |s| s.load_duration);
        self.number("prompt_eval_duration_s", "s", server("duration of prompt evaluation"), |s| s.prompt_eval_duration);
        self.number("prompt_eval_count", "tokens", "Mean prompt tokens.", |s| s.prompt_tokens);
        self.number("eval_count", "tokens", "Mean output tokens, where the server counted them.", |s| s.output_tokens);
        self.number("eval_duration_s", "s", server("duration of generation"), |s| s.eval_duration);
        self.verdicts("samples", "Answers that count in the score; empty if none was judged.", |s| s.samples);
    }

    fn letters(&mut self) {
        let error = "Expected calibration error: mean distance of the share right from the probability over answers, in 15 bins of the probability of \
                     the most likely letter (Guo et al. 2017); only with log-probabilities.";
        self.number("ece", "", error, |s| s.calibration_error);
        self.number("brier", "", "Mean Brier score over all choices, from 0 to 2 (Brier 1950).", |s| s.brier);
    }

    fn positions(&mut self) {
        let questions = "Questions that were answered with their choices in several orders; empty without `rotate`.";
        self.add("rotated_questions", "", questions, |s| {
            let questions = s.positions.as_ref().and_then(|positions| i64::try_from(positions.questions).ok());
            questions.map_or(Value::Empty, Value::Count)
        });
        let changes =
            "Share of them whose chosen option, by its content, changes with its place; repeats count as their mean.";
        self.number("position_changes", "", changes, |s| s.positions.as_ref()?.changes);
        self.interval("position_changes", "", "Wilson", |s| s.positions.as_ref()?.changes_interval());
    }

    fn counts(&mut self) {
        self.name("site", "Name of the machine that was measured; empty for an experiment without `sites`.", |s| {
            s.site.as_deref()
        });
        self.add("level", "", "Load level, as in `results.csv`.", |s| Value::Text(s.level.as_str().into()));
        let items = "Different samples among the answers; repeats of one are not independent.";
        self.verdicts("items", items, |s| s.items);
        self.count("faults", "Requests that failed; in no score and no latency.", |s| s.faults);
        for class in CLASSES {
            let scored = match class {
                Class::Correct | Class::Wrong => "",
                Class::Unjudged => "; they count in no score",
                _ => "; scored 0",
            };
            let meaning = format!("Answers with the verdict `{}`{scored}.", class.word());
            self.verdicts(class.word(), meaning, move |s| s.verdicts(class));
        }
        self.count("capped", "Answers that were cut at the token limit.", |s| s.capped);
        let alone = "Capped answers of which the limit left reasoning alone.";
        self.count("capped_in_reasoning", alone, |s| s.capped_in_reasoning);
        self.count("refused", "Answers that a content filter stopped.", |s| s.refused);
        self.count("throttled", "Answers that came while the client was throttled.", |s| s.throttled);
        self.count("cold", "Answers for which the server had to load the model; in no figure of time.", |s| s.cold);
        self.number("cold_load_s", "s", "Mean load duration of the cold answers.", |s| s.cold_load);
        self.interval("score", "", SCORE_INTERVAL, |s| s.score_interval);
        let guessing =
            "Expected score of guessing: the mean of one over the number of choices; empty for open questions.";
        self.number("guessing_score", "", guessing, |s| s.guessing);
        let p = "Probability that guessing scores as high (one-sided exact test, Poisson binomial); from 0.05 on the score \
                 is not distinguishable from guessing. Repeats count as their mean.";
        self.number("guessing_p", "", p, |s| s.guessing_p);
        let bound =
            |what: &str| format!("Score if every answer that the token limit cut were {what}; empty without one.");
        self.number("score_capped_wrong", "", bound("wrong"), |s| s.score_bounds.map(|bounds| bounds.0));
        self.number("score_capped_right", "", bound("right"), |s| s.score_bounds.map(|bounds| bounds.1));
        self.letters();
        for (place, k) in DRAWN.into_iter().enumerate() {
            let any = format!(
                "pass@{k}: share of questions of which at least one of {k} answers, drawn from its repeats, is right: mean of \
                 1 − C(n−c, {k}) / C(n, {k}) (Chen et al. 2021); empty where a question has fewer answers."
            );
            self.number(format!("pass_at_{k}"), "", any, move |s| s.repeats.pass_at[place]);
            let all = format!(
                "pass^{k}: share of questions of which all of {k} drawn answers are right: mean of C(c, {k}) / C(n, {k})."
            );
            self.number(format!("pass_all_{k}"), "", all, move |s| s.repeats.pass_all[place]);
        }
        self.positions();
        let majority =
            "Mean score of the answer that most repeats of a question gave; a tie is shared. Empty without repeats.";
        self.number("majority_score", "", majority, |s| s.repeats.majority);
        let fit = "Share of the answers that have the form that `response_format` asked for, from 0 to 1; empty where none was.";
        self.number("format_fit_share", "", fit, Summary::format_fit_share);
        for rank in RANKS {
            let name = format!("evidence_{}_share", rank.word());
            let meaning =
                format!("Share of the verdicts that rest on evidence of the rank `{}`, from 0 to 1.", rank.word());
            self.number(name, "", meaning, move |s| s.evidence_share(rank));
        }
    }

    fn times(&mut self) {
        self.percentiles("latency", "latency (last token − sent)", |s| &s.timing.latency);
        for (place, percentile) in ["p90", "p95", "p99"].into_iter().enumerate() {
            let meaning = format!(
                "{percentile} of latency with each fault as slower than every answer (in an open loop of the latency \
                 from the schedule); `inf` if it falls among the faults, empty without a fault."
            );
            self.number(format!("latency_{percentile}_adjusted_s"), "s", meaning, move |s| s.timing.adjusted[place]);
        }
        let from_schedule = "latency from the schedule (last token − scheduled) of an open loop";
        self.percentiles("latency_from_schedule", from_schedule, |s| &s.timing.from_schedule);
        self.percentiles("ttft", "time to first token (first token − sent)", |s| &s.timing.ttft);
        let tpot = "time per output token ((last token − first token) / (output tokens − 1))";
        self.percentiles("tpot", tpot, |s| &s.timing.tpot);
        let gaps = |percentile: &str| format!("{percentile} of the gaps between pieces, over all streams.");
        self.number("chunk_gap_p50_s", "s", gaps("p50"), |s| s.timing.gaps.0);
        self.number("chunk_gap_p99_s", "s", gaps("p99"), |s| s.timing.gaps.1);
    }

    fn rates(&mut self) {
        let unit = "tokens/s";
        let by_server = "Σ output tokens / Σ evaluation time of the server, over warm answers.";
        self.number("server_tokens_per_s", unit, by_server, |s| s.server_tokens_per_s);
        self.interval("server_tokens_per_s", unit, BOOTSTRAP, |s| s.server_tokens_per_s_interval);
        let by_client = "Σ output tokens / Σ latency, over warm answers whose tokens the server counted.";
        self.number("client_tokens_per_s", unit, by_client, |s| s.client_tokens_per_s);
        self.interval("client_tokens_per_s", unit, BOOTSTRAP, |s| s.client_tokens_per_s_interval);
        let median = |column: &str| format!("Median of `{column}` of `results.csv` over warm answers.");
        self.number("decode_tokens_per_s", unit, median("decode_tokens_per_s"), |s| s.timing.decode_rate);
        let name = "server_decode_tokens_per_s";
        self.number(name, unit, median(name), |s| s.timing.server_decode_rate);
        let name = "server_prefill_tokens_per_s";
        self.number(name, unit, median(name), |s| s.timing.server_prefill_rate);
        let chunks = "Answers whose output tokens nobody counted, so that pieces of the stream stand in for them.";
        self.count("chunk_counted", chunks, |s| s.chunk_counted);
    }

    fn load(&mut self) {
        let window = |what: &str| format!("{what} per second in the steady windows; over the whole if there is none.");
        let whole = |what: &str| format!("{what} per second over the whole of each run.");
        let (answers, tokens) = ("Warm answers completed", "Their output tokens");
        self.number("requests_per_s", "1/s", window(answers), |s| s.throughput.requests);
        self.number("requests_per_s_whole", "1/s", whole(answers), |s| s.throughput.requests_whole);
        self.number("output_tokens_per_s", "tokens/s", window(tokens), |s| s.throughput.tokens);
        self.number("output_tokens_per_s_whole", "tokens/s", whole(tokens), |s| s.throughput.tokens_whole);
        let steady = "Length of the steady windows: in a closed loop the longest time of each run with at least 0.9 of \
                      the level in flight, without its beginning; in an open loop from the first end to the last \
                      arrival.";
        self.number("steady_s", "s", steady, |s| s.throughput.steady);
        let share = "Share of the steady windows in the whole, from 0 to 1.";
        self.number("steady_share", "", share, |s| s.throughput.steady_share());
        let goodput = "Answers per second in the steady windows that meet every limit of `slo`.";
        self.number("goodput_per_s", "1/s", goodput, |s| s.throughput.goodput);
        let attainment = "Share of requests that meet every limit of `slo`, from 0 to 1; a failed one meets none.";
        self.number("attainment", "", attainment, |s| s.throughput.attainment);
        self.interval("attainment", "", "Wilson's", |s| s.throughput.attainment_interval);
        let delay = "p99 of the dispatch delay over requests of one attempt that were not throttled; of fewer than 100 \
                     the largest.";
        self.number("dispatch_delay_p99_s", "s", delay, |s| s.client.delay);
        let limited =
            "1 if that is more than 5 ms and more than 1 % of the median latency: the figures are the client's.";
        self.add("client_limited", "", limited, |s| s.client.is_limit.map_or(Value::Empty, Value::Flag));
        self.add("connections_new", "", "Requests that opened a connection.", |s| {
            let known = i64::try_from(s.client.connections_new).ok().filter(|_| s.client.connections_known > 0);
            known.map_or(Value::Empty, Value::Count)
        });
        let known = "Requests of which it is known whether they opened a connection.";
        self.count("connections_known", known, |s| s.client.connections_known);
    }

    fn costs(&mut self) {
        let kinds = [
            ("uncached_input", "the uncached part of the prompts"),
            ("cached_input", "the cached part of the prompts"),
            ("cache_write", "writing prompts into the cache"),
            ("output", "the output"),
        ];
        for (place, (name, what)) in kinds.into_iter().enumerate() {
            let meaning = format!("Cost of {what}; empty where a machine is paid by the hour.");
            let value = move |s: &Summary| s.spending.by_kind.map(|kinds| kinds[place]);
            self.number(format!("cost_{name}"), "currency", meaning, value);
        }
        let cost = "Cost of all answers and of attempts that brought none; empty if the cost of one answer is unknown.";
        self.number("cost", "currency", cost, |s| s.spending.cost);
        self.number("cost_per_correct", "currency", "Cost / right answers.", |s| s.spending.per_correct);
        self.interval("cost_per_correct", "currency", BOOTSTRAP, |s| s.spending.per_correct_interval);
        let per_million = "Cost / (prompt + output tokens) · 10⁶.";
        self.number("cost_per_million_tokens", "currency", per_million, |s| s.spending.per_million_tokens);
    }
}

impl Columns {
    fn energy(&mut self) {
        let joules = "Energy of the server's machine from just before the first request of the batch to just after the last \
                      response, idle power included; empty where it was not read (`energy`) or the reading is not valid, \
                      which the check `energy` explains.";
        self.number("energy_j", "J", joules, |s| s.energy.joules);
        let of = "What the energy is of: `packages` (processors), `dram` and `gpus`, as far as they have counters.";
        self.name("energy_of", of, |s| s.energy.of.as_deref());
        let per_token = "Energy / output tokens that the server counted, over all answers of the batch.";
        self.number("energy_per_output_token_j", "J", per_token, |s| s.energy.per_output_token);
        self.number("energy_per_correct_j", "J", "Energy / right answers.", |s| s.energy.per_correct);
    }
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
        let value = |name: &str| (columns.iter().find(|column| column.name == name).unwrap().value)(&summary);
        let infinite = value("latency_p99_adjusted_s");
        assert_eq!((infinite.field(&mut String::new()).as_ref(), infinite.json()), ("inf", serde_json::Value::Null));
        for name in
            ["latency_p95_s", "latency_p95_s_low", "client_limited", "cost", "requests_per_s", "connections_new"]
        {
            assert_eq!(value(name), Value::Empty, "{name}");
        }
    }
}
