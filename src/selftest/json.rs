//! The figures for machines: one object, times in seconds.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::figures::{LevelFigures, PacingFigures, Spread};
use super::findings::{Findings, Trouble};
use super::trial::arrivals_word;
use super::truth::Truth;

/// The whole object. A level that was not measured has a `problem` and a `remedy` instead of figures.
pub fn render(findings: &Findings, rate: u32) -> Json {
    let truth = &findings.truth;
    let levels = findings.levels.iter().map(|level| {
        let start = json!({ "concurrency": level.concurrency });
        joined(start, level.outcome.as_ref().map_or_else(trouble, |figures| self::level(truth, figures)))
    });
    let pacing = findings.pacing.iter().map(|pacing| {
        let start = json!({ "arrivals": arrivals_word(pacing.arrivals), "requests_per_s": rate });
        joined(start, pacing.outcome.as_ref().map_or_else(trouble, self::pacing))
    });
    json!({
        "api": truth.provider.name,
        "tokens": truth.tokens,
        "true_ttft_s": truth.ttft.as_secs_f64(),
        "true_tpot_s": truth.tpot().map(|tpot| tpot.as_secs_f64()),
        "true_latency_s": truth.latency().as_secs_f64(),
        "levels": levels.collect::<Vec<_>>(),
        "pacing": pacing.collect::<Vec<_>>(),
    })
}

fn level(truth: &Truth, figures: &LevelFigures) -> Json {
    let (p50, p99) = (|spread: Spread| spread.p50, |spread: Spread| spread.p99);
    let error = |spread: Option<Spread>, truth: Duration| spread.map(|spread| spread.error(truth));
    let (ttft_error, latency_error) = (error(figures.ttft, truth.ttft), error(figures.latency, truth.latency()));
    json!({
        "requests": figures.requests,
        "failed": figures.failed.as_ref().map_or(0, |(count, _)| *count),
        "ttft_p50_s": figures.ttft.map(p50), "ttft_p99_s": figures.ttft.map(p99),
        "tpot_p50_s": figures.tpot.map(p50), "tpot_p99_s": figures.tpot.map(p99),
        "latency_p50_s": figures.latency.map(p50), "latency_p99_s": figures.latency.map(p99),
        "ttft_error_p50_s": ttft_error.map(p50), "ttft_error_p99_s": ttft_error.map(p99),
        "latency_error_p50_s": latency_error.map(p50), "latency_error_p99_s": latency_error.map(p99),
        "true_requests_per_s": figures.true_rate, "requests_per_s": figures.measured_rate,
        "cpu_per_request_s": figures.cpu_per_request,
        "dispatch_delay_p99_s": figures.dispatch_delay_p99,
        "limited_by_client": figures.is_limited_by_client(),
        "server_late_p50_s": figures.server_late.map(p50), "server_late_p99_s": figures.server_late.map(p99),
        "connections_reused_share": figures.reused,
    })
}

fn pacing(figures: &PacingFigures) -> Json {
    json!({
        "requests": figures.requests,
        "failed": figures.failed.as_ref().map_or(0, |(count, _)| *count),
        "late_p50_s": figures.late.map(|late| late.p50), "late_p99_s": figures.late.map(|late| late.p99),
        "late_max_s": figures.max,
    })
}

fn trouble(trouble: &Trouble) -> Json {
    json!({ "problem": trouble.text, "remedy": trouble.remedy })
}

fn joined(mut start: Json, rest: Json) -> Json {
    if let (Json::Object(start), Json::Object(rest)) = (&mut start, rest) {
        start.extend(rest);
    }
    start
}
