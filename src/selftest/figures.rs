//! Compares measured with true times; pure functions of responses and server settings.

use std::sync::Arc;
use std::time::Duration;

use super::server::Counted;
use super::trial::Measured;
use super::truth::Truth;
use crate::response::Response;
use crate::statistics::quantile;
use crate::tables::client_overhead::allowed_delay;

/// Median and 99th percentile, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The median.
    pub p50: f64,
    /// The 99th percentile.
    pub p99: f64,
}

/// The figures of a closed loop.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelFigures {
    /// Requests that were sent.
    pub requests: u32,
    /// How many of them failed, and one of the faults in words.
    pub failed: Option<(u32, String)>,
    /// Time to the first token.
    pub ttft: Option<Spread>,
    /// Time per output token after the first: `(last token − first token) / (tokens − 1)`.
    pub tpot: Option<Spread>,
    /// Latency: last token − sent.
    pub latency: Option<Spread>,
    /// Requests per second that a client without any delay of its own would reach.
    pub true_rate: Option<f64>,
    /// Requests per second: answers over the time from when the first was due to the end of the last.
    pub measured_rate: Option<f64>,
    /// CPU time of this process per request, user and system, in seconds.
    pub cpu_per_request: Option<f64>,
    /// Dispatch delay, 99th percentile, in seconds: sent − due without connecting.
    pub dispatch_delay_p99: Option<f64>,
    /// Share of the requests that found a connection open.
    pub reused: Option<f64>,
    /// Lateness of the server's tokens.
    pub server_late: Option<Spread>,
}

/// The figures of an open loop: dispatch delay of each request in seconds, without connecting.
#[derive(Debug, Clone, PartialEq)]
pub struct PacingFigures {
    /// Requests that were sent.
    pub requests: u32,
    /// How many of them failed, and one of the faults in words.
    pub failed: Option<(u32, String)>,
    /// Median and 99th percentile.
    pub late: Option<Spread>,
    /// The largest.
    pub max: Option<f64>,
}

impl Spread {
    /// Of values in any order; `None` without any.
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        Some(Self { p50: quantile(&values, 0.5)?, p99: quantile(&values, 0.99)? })
    }

    /// Its error against the true value, which is the same for each request.
    #[must_use]
    pub fn error(self, truth: Duration) -> Self {
        let truth = truth.as_secs_f64();
        Self { p50: self.p50 - truth, p99: self.p99 - truth }
    }
}

impl LevelFigures {
    /// The figures of a closed loop with `in_flight` requests in flight.
    pub fn new(truth: &Truth, in_flight: u32, measured: &Measured, server: Option<Counted>) -> Self {
        let responses = &measured.responses;
        let requests = count(responses);
        let connections = of_each(responses, |response| Some(f64::from(response.dispatch?.connect.is_none())));
        Self {
            requests,
            failed: failed(responses),
            ttft: Spread::of(times(responses, Response::time_to_first_token)),
            tpot: Spread::of(of_each(responses, time_per_output_token)),
            latency: Spread::of(times(responses, Response::latency)),
            true_rate: truth.requests_per_second(in_flight.min(requests)),
            measured_rate: rate(responses),
            cpu_per_request: measured.cpu.filter(|_| requests > 0).map(|cpu| cpu.as_secs_f64() / f64::from(requests)),
            dispatch_delay_p99: Spread::of(times(responses, Response::dispatch_delay)).map(|delay| delay.p99),
            reused: mean(&connections),
            server_late: server.and_then(|server| Some(Spread { p50: server.late_p50_s?, p99: server.late_p99_s? })),
        }
    }

    /// The dispatch delay, in seconds, above which a level is limited by the client: the larger of 5 ms and
    /// 1 % of the median latency.
    pub fn delay_limit(&self) -> f64 {
        allowed_delay(self.latency.map_or(0.0, |latency| latency.p50))
    }

    /// True if the client, not the server, limits the rate.
    pub fn is_limited_by_client(&self) -> bool {
        self.dispatch_delay_p99.is_some_and(|delay| delay > self.delay_limit())
    }
}

impl PacingFigures {
    /// The figures of an open loop.
    pub fn new(responses: &[Arc<Response>]) -> Self {
        let late = times(responses, Response::dispatch_delay);
        let max = late.iter().copied().reduce(f64::max);
        Self { requests: count(responses), failed: failed(responses), late: Spread::of(late), max }
    }
}

fn count(responses: &[Arc<Response>]) -> u32 {
    u32::try_from(responses.len()).unwrap_or(u32::MAX)
}

fn of_each(responses: &[Arc<Response>], figure: impl Fn(&Response) -> Option<f64>) -> Vec<f64> {
    responses.iter().filter_map(|response| figure(response)).collect()
}

fn times(responses: &[Arc<Response>], time: impl Fn(&Response) -> Option<Duration>) -> Vec<f64> {
    of_each(responses, |response| time(response).map(|time| time.as_secs_f64()))
}

fn time_per_output_token(response: &Response) -> Option<f64> {
    let gaps = response.usage.output_tokens?.checked_sub(1).and_then(|gaps| u32::try_from(gaps).ok())?;
    let span = response.latency()?.checked_sub(response.time_to_first_token()?)?;
    (gaps > 0).then(|| span.as_secs_f64() / f64::from(gaps))
}

fn failed(responses: &[Arc<Response>]) -> Option<(u32, String)> {
    let faults: Vec<&Arc<Response>> = responses.iter().filter(|response| response.status.is_fault()).collect();
    let first = faults.first()?;
    let text = first.fault.clone().unwrap_or_else(|| first.status.to_string());
    Some((u32::try_from(faults.len()).unwrap_or(u32::MAX), text))
}

fn rate(responses: &[Arc<Response>]) -> Option<f64> {
    let answers = || responses.iter().filter(|response| !response.status.is_fault());
    let first = answers().filter_map(|response| Some(response.dispatch?.scheduled)).min()?;
    let last = answers().filter_map(|response| Some(response.dispatch?.sent + response.stamps.end?)).max()?;
    let answered = u32::try_from(answers().count()).ok()?;
    let span = last.checked_sub(first).filter(|span| !span.is_zero())?;
    Some(f64::from(answered) / span.as_secs_f64())
}

fn mean(values: &[f64]) -> Option<f64> {
    let count = u32::try_from(values.len()).ok().filter(|count| *count > 0)?;
    Some(values.iter().sum::<f64>() / f64::from(count))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::endpoint::providers;
    use crate::request::RequestKey;
    use crate::response::{Dispatch, ServerDurations, Stamps, Status, Usage};

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    pub(crate) fn truth() -> Truth {
        Truth { provider: providers::by_name("openai").unwrap(), ttft: ms(50), gap: ms(5), tokens: 20 }
    }

    /// An answer: due and sent at these milliseconds of the run; its first and last token since then.
    fn answer(due: u64, sent: u64, first: u64, last: u64) -> Response {
        Response {
            key: RequestKey([0; 32]),
            status: Status::Ok,
            fault: None,
            text: String::new(),
            reasoning: None,
            finish_reason: None,
            attempts: 1,
            unanswered: 0,
            alternatives: Vec::new(),
            failed_attempts: Vec::new(),
            calls: Vec::new(),
            retry_time: Duration::ZERO,
            throttled: false,
            dispatch: Some(Dispatch { scheduled: ms(due), permit: ms(due), sent: ms(sent), connect: None }),
            stamps: Stamps {
                first_token: Some(ms(first)),
                last_token: Some(ms(last)),
                end: Some(ms(last)),
                ..Stamps::default()
            },
            gaps: Vec::new(),
            cold: false,
            warmup: false,
            usage: Usage { output_tokens: Some(20), ..Usage::default() },
            server: ServerDurations::default(),
            run: "selftest".into(),
        }
    }

    fn fault() -> Response {
        let fault = Some("HTTP 500: no".to_owned());
        Response { status: Status::ServerError, fault, dispatch: None, ..answer(0, 0, 0, 0) }
    }

    pub(crate) fn figures(responses: Vec<Response>) -> LevelFigures {
        let responses = responses.into_iter().map(Arc::new).collect();
        let counted =
            Counted { requests: 4, connections: 1, answers: 3, late_p50_s: Some(0.000_05), late_p99_s: Some(0.000_4) };
        LevelFigures::new(&truth(), 2, &Measured { responses, cpu: Some(ms(6)) }, Some(counted))
    }

    pub(crate) fn usual() -> LevelFigures {
        figures(vec![answer(0, 1, 50, 145), answer(0, 2, 51, 147), answer(150, 150, 54, 150)])
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    #[test]
    fn figures_are_those_of_the_responses() {
        let figures = usual();
        assert_eq!((figures.requests, &figures.failed), (3, &None));
        let (ttft, latency) = (figures.ttft.unwrap(), figures.latency.unwrap());
        assert!(near(ttft.p50, 0.051) && near(ttft.p99, 0.051 + 0.98 * 0.003), "{ttft:?}");
        assert!(near(latency.p50, 0.147) && near(figures.tpot.unwrap().p50, 0.096 / 19.0));
        let error = latency.error(truth().latency());
        assert!(near(error.p50, 0.002) && near(error.p99, 0.147 + 0.98 * 0.003 - 0.145), "{error:?}");
        assert!(near(figures.true_rate.unwrap(), 2.0 / 0.145) && near(figures.measured_rate.unwrap(), 3.0 / 0.3));
        assert!(near(figures.cpu_per_request.unwrap(), 0.002) && near(figures.reused.unwrap(), 1.0));
        assert!(near(figures.dispatch_delay_p99.unwrap(), 0.001_98));
    }

    #[test]
    fn a_new_connection_is_not_reused_and_its_time_is_no_delay() {
        let mut fresh = answer(0, 11, 50, 145);
        fresh.dispatch.as_mut().unwrap().connect = Some(ms(10));
        let figures = figures(vec![fresh, answer(0, 1, 50, 145)]);
        assert!(near(figures.reused.unwrap(), 0.5) && near(figures.dispatch_delay_p99.unwrap(), 0.001));
    }

    #[test]
    fn faults_count_in_no_time() {
        let found = figures(vec![fault(), answer(0, 1, 50, 145), fault()]);
        assert_eq!((found.requests, found.failed), (3, Some((2, "HTTP 500: no".to_owned()))));
        assert!(near(found.latency.unwrap().p99, 0.145));
        let empty = figures(vec![fault()]);
        assert_eq!((empty.ttft, empty.latency, empty.measured_rate, empty.reused), (None, None, None, None));
        assert!(!empty.is_limited_by_client());
    }

    #[test]
    fn a_client_that_sends_late_limits_the_level() {
        assert!(!figures(vec![answer(0, 5, 50, 145)]).is_limited_by_client());
        assert!(figures(vec![answer(0, 6, 50, 145)]).is_limited_by_client());
        // Of a long answer 1 % is more.
        assert!(!figures(vec![answer(0, 19, 50, 2000)]).is_limited_by_client());
        assert!(figures(vec![answer(0, 21, 50, 2000)]).is_limited_by_client());
    }

    #[test]
    fn pacing_is_sent_minus_due() {
        let responses: Vec<Arc<Response>> = (0..101).map(|late| Arc::new(answer(10, 10 + late, 0, 0))).collect();
        let figures = PacingFigures::new(&responses);
        let late = figures.late.unwrap();
        assert!(near(late.p50, 0.05) && near(late.p99, 0.099) && near(figures.max.unwrap(), 0.1), "{figures:?}");
        assert_eq!(PacingFigures::new(&[]).late, None);
    }
}
