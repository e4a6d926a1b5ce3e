//! The table of a selftest, and its findings.

use std::fmt::Write;
use std::time::Duration;

use super::text::{columns, printable};
use crate::format::counted;
use crate::selftest::figures::{LevelFigures, PacingFigures, Spread};
use crate::selftest::trial::arrivals_word;
use crate::selftest::truth::Truth;
use crate::selftest::{Findings, Level, Pacing, Trouble};

/// Headings of the table of closed loops.
const HEADINGS: [&str; 10] = ["c", "sent", "TTFT", "TPOT", "latency", "req/s", "CPU", "delay", "server", "reused"];

/// The meaning of the headings.
const LEGEND: &str = "\
TTFT, TPOT, latency: true/p50/p99, ms. req/s: true/measured; true = c / true latency.
CPU: user and system time per request, ms. delay: dispatch delay (sent − due), p99, ms.
server: lateness of the server's own tokens, p50/p99, ms; not an error of the client.
reused: share of requests on a reused connection.";

/// Placeholder of a missing figure.
const NOTHING: &str = "-";

/// The complete text.
pub fn render(findings: &Findings) -> String {
    let Truth { provider, ttft, gap, tokens, .. } = findings.truth;
    let mut out = format!(
        "closed loops over {}: {} ms to the first token, {} ms per token after it, {tokens} tokens\n\n",
        provider.name,
        told(ttft),
        told(gap)
    );
    let lines: Vec<[String; 10]> = findings.levels.iter().map(|level| line(&findings.truth, level)).collect();
    let _ = write!(out, "{}\n\n{LEGEND}\n\nmeasured − true at p50/p99:\n", columns(HEADINGS, &lines));
    for level in &findings.levels {
        let _ = writeln!(out, "c={}: {}", level.concurrency, verdict(&findings.truth, &level.outcome));
    }
    if !findings.pacing.is_empty() {
        out.push_str("\nopen loops against a server without delays: dispatch delay, ms\n\n");
        let lines: Vec<[String; 5]> = findings.pacing.iter().map(pacing_line).collect();
        out.push_str(&columns(["arrivals", "sent", "p50", "p99", "max"], &lines));
    }
    for Pacing { arrivals, outcome } in &findings.pacing {
        match outcome {
            Ok(figures) => out.push_str(&failures(figures.failed.as_ref())),
            Err(trouble) => _ = write!(out, "\n{}: {}", arrivals_word(*arrivals), not_measured(trouble)),
        }
    }
    out.trim_end().to_owned()
}

fn line(truth: &Truth, level: &Level) -> [String; 10] {
    let Ok(figures) = &level.outcome else {
        let mut cells = std::array::from_fn(|_| NOTHING.to_owned());
        cells[0] = level.concurrency.to_string();
        return cells;
    };
    [
        level.concurrency.to_string(),
        figures.requests.to_string(),
        against(Some(truth.ttft), figures.ttft),
        against(truth.tpot(), figures.tpot),
        against(Some(truth.latency()), figures.latency),
        format!("{}/{}", rate(figures.true_rate), rate(figures.measured_rate)),
        figure(figures.cpu_per_request),
        figure(figures.dispatch_delay_p99),
        figures.server_late.map_or(NOTHING.to_owned(), spread),
        figures.reused.map_or(NOTHING.to_owned(), |share| format!("{:.1}%", share * 100.0)),
    ]
}

fn pacing_line(pacing: &Pacing) -> [String; 5] {
    let name = arrivals_word(pacing.arrivals).to_owned();
    let Ok(PacingFigures { requests, late, max, .. }) = &pacing.outcome else {
        return [name, NOTHING.into(), NOTHING.into(), NOTHING.into(), NOTHING.into()];
    };
    let late = |of: fn(&Spread) -> f64| figure(late.as_ref().map(of));
    [name, requests.to_string(), late(|late| late.p50), late(|late| late.p99), figure(*max)]
}

/// The finding of a level.
fn verdict(truth: &Truth, outcome: &Result<LevelFigures, Trouble>) -> String {
    let figures = match outcome {
        Ok(figures) => figures,
        Err(trouble) => return not_measured(trouble),
    };
    let (Some(ttft), Some(latency)) = (figures.ttft, figures.latency) else {
        return format!("no request was answered{}", failures(figures.failed.as_ref()));
    };
    let (ttft, latency) = (ttft.error(truth.ttft), latency.error(truth.latency()));
    let limited = match figures.is_limited_by_client() {
        true => format!("LIMITED BY THE CLIENT, delay over {} ms", ms(figures.delay_limit())),
        false => "not limited by the client".to_owned(),
    };
    let failed = failures(figures.failed.as_ref());
    format!("TTFT off by {} ms, latency by {} ms; {limited}{failed}", spread(ttft), spread(latency))
}

fn not_measured(trouble: &Trouble) -> String {
    let remedy = trouble.remedy.as_ref().map(|remedy| format!("; {remedy}")).unwrap_or_default();
    printable(&format!("not measured: {}{remedy}", trouble.text))
}

fn failures(failed: Option<&(u32, String)>) -> String {
    failed
        .map(|(count, example)| {
            format!("\n  {} failed, for example: {}", counted(*count, "request"), printable(example))
        })
        .unwrap_or_default()
}

fn against(truth: Option<Duration>, found: Option<Spread>) -> String {
    let truth = truth.map_or(NOTHING.to_owned(), told);
    format!("{truth}/{}", found.map_or(NOTHING.to_owned(), spread))
}

fn spread(spread: Spread) -> String {
    format!("{}/{}", ms(spread.p50), ms(spread.p99))
}

fn figure(seconds: Option<f64>) -> String {
    seconds.map_or(NOTHING.to_owned(), ms)
}

/// Milliseconds with two decimals, or one from 100 ms on.
fn ms(seconds: f64) -> String {
    let milliseconds = seconds * 1e3;
    if milliseconds.abs() < 99.995 { format!("{milliseconds:.2}") } else { format!("{milliseconds:.1}") }
}

/// A configured time in milliseconds, without trailing zeros.
fn told(time: Duration) -> String {
    let milliseconds = format!("{:.3}", time.as_secs_f64() * 1e3);
    milliseconds.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn rate(per_second: Option<f64>) -> String {
    match per_second {
        None => NOTHING.to_owned(),
        Some(rate) if rate < 99.95 => format!("{rate:.1}"),
        Some(rate) => format!("{rate:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level::Arrivals;
    use crate::selftest::figures::tests::{truth, usual};

    fn findings() -> Findings {
        let missing = Trouble { text: "no files".into(), remedy: Some("`ulimit -n 9`".into()) };
        let pacing = PacingFigures { requests: 2, failed: None, late: None, max: Some(0.5) };
        Findings {
            truth: truth(),
            levels: vec![
                Level { concurrency: 2, outcome: Ok(usual()) },
                Level { concurrency: 256, outcome: Err(missing.clone()) },
            ],
            pacing: vec![
                Pacing { arrivals: Arrivals::Constant, outcome: Ok(pacing) },
                Pacing { arrivals: Arrivals::Poisson, outcome: Err(missing) },
            ],
        }
    }

    #[test]
    fn true_stands_beside_measured() {
        let text = render(&findings());
        for words in [
            "over openai: 50 ms to the first token, 5 ms per token after it, 20 tokens",
            "50/51.00/53.94",
            "145/147.0/149.9",
            "13.8/10.0",
            "0.05/0.40",
            "100.0%",
            "c=2: TTFT off by 1.00/3.94 ms, latency by 2.00/4.94 ms; not limited",
            "c=256: not measured: no files; `ulimit -n 9`",
            "constant     2    -    -  500.0",
            "poisson: not measured: no files",
        ] {
            assert!(text.contains(words), "`{words}` is not in:\n{text}");
        }
    }

    #[test]
    fn a_limited_level_is_named_and_failures_are_told() {
        let figures = LevelFigures { dispatch_delay_p99: Some(0.009), failed: Some((3, "HTTP 500".into())), ..usual() };
        let text = verdict(&truth(), &Ok(figures));
        assert!(text.contains("LIMITED BY THE CLIENT, delay over 5.00 ms"), "{text}");
        assert!(text.ends_with("\n  3 requests failed, for example: HTTP 500"), "{text}");
    }

    #[test]
    fn the_table_is_no_wider_than_a_terminal() {
        let slow = Some(Spread { p50: 0.2003, p99: 0.3625 });
        let figures = LevelFigures { requests: 7168, ttft: slow, latency: slow, server_late: slow, ..usual() };
        let findings =
            Findings { levels: vec![Level { concurrency: 256, outcome: Ok(figures) }], pacing: vec![], ..findings() };
        let widest = render(&findings).lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= 100, "{widest}");
    }
}
