//! Progress as text: lines for a terminal of some width, and one plain line.

use std::time::{Duration, Instant};

use unicode_width::UnicodeWidthStr;

use super::estimate::share;
use super::{BatchProgress, Progress, Waiting};
use crate::clients::named;
use crate::console::text::{duration, fold};
use crate::event::{RunningScore, Wait};
use crate::format::{counted, money, percent, significant};

/// Models with a line of their own, at most.
const MOST_MODELS: usize = 8;

/// Widest name, and the narrowest and the widest bar.
const NAME: usize = 24;
const BAR: std::ops::RangeInclusive<usize> = 6..=28;

/// Space between two cells.
const GAP: &str = "  ";

/// A cell of a line; one of low importance gives way first.
struct Cell {
    text: String,
    importance: u8,
}

/// A line: name, bar, cells.
struct Line {
    name: String,
    share: Option<f64>,
    counts: String,
    cells: Vec<Cell>,
}

impl Progress {
    /// The lines for a terminal: each model that is asked, the whole run, what is waited for.
    pub fn lines(&self, now: Instant, width: usize) -> Vec<String> {
        let active: Vec<&BatchProgress> = self.batches().filter(|own| own.is_active()).collect();
        let is_alone = self.batches().count() == 1;
        let mut lines: Vec<Line> = Vec::new();
        match active.as_slice() {
            [] => {}
            [own] if is_alone => lines.push(self.only_line(own, now)),
            _ => {
                lines.extend(active.iter().take(MOST_MODELS).map(|own| self.model_line(own, now)));
                lines.push(self.run_line(active.len().saturating_sub(MOST_MODELS), now));
            }
        }
        lines.extend(self.judging_line(now));
        let names = lines.iter().map(|line| line.name.width()).max().unwrap_or(0).min(NAME);
        let counts = lines.iter().map(|line| line.counts.width()).max().unwrap_or(0);
        let waits =
            self.waits.iter().map(|(endpoint, waiting)| format!("waiting  {}", wait_text(endpoint, waiting, now)));
        let waits = waits.map(|text| fold(&text, Some(width), "         "));
        let waits: Vec<String> = if active.is_empty() { Vec::new() } else { waits.collect() };
        lines.iter_mut().for_each(|line| line.fit(width, names, counts));
        let bar = lines.iter().filter(|line| line.share.is_some()).map(|line| line.left(width, names, counts)).min();
        lines.iter().map(|line| line.text(width, (names, counts), bar.unwrap_or(0))).chain(waits).collect()
    }

    /// How far the run is, in one line for a log.
    pub fn plain(&self, now: Instant) -> String {
        if let Some(line) = self.judging_line(now) {
            return format!("judge     {}", line.named_parts());
        }
        let (done, all) = self.requests();
        let of =
            all.map_or(String::new(), |all| format!(" of {}{all} ({:.0} %)", self.bound(), 100.0 * share(done, all)));
        let run = Line { counts: format!("{done}{of}"), ..self.run_line(0, now) };
        let mut parts = vec![run.parts().join(", ")];
        let active: Vec<&BatchProgress> = self.batches().filter(|own| own.is_active()).collect();
        for own in active.iter().take(MOST_MODELS) {
            parts.push(self.model_line(own, now).named_parts());
        }
        if !active.is_empty() {
            parts.extend(
                self.waits.iter().map(|(endpoint, waiting)| format!("waiting: {}", wait_text(endpoint, waiting, now))),
            );
        }
        format!("generate  {}", parts.join("; "))
    }

    fn bound(&self) -> &'static str {
        if self.is_upper_bound { "≤" } else { "" }
    }

    /// The line of a run of one batch.
    fn only_line(&self, own: &BatchProgress, now: Instant) -> Line {
        let mut line = self.model_line(own, now);
        let rest =
            self.run_cells(now).into_iter().filter(|cell| !line.cells.iter().any(|known| known.text == cell.text));
        let rest: Vec<Cell> = rest.collect();
        line.cells.extend(rest);
        line
    }

    fn model_line(&self, own: &BatchProgress, now: Instant) -> Line {
        let done = own.step.kept + own.done;
        let all = own.step.requests.map(|open| own.step.kept + open);
        let passed = own.step.time.map(|time| (own.elapsed(now).min(time), time));
        let (share, counts) = match (passed, all) {
            (Some((passed, time)), _) => {
                let counts = format!("{}s of {}, {done} done", passed.as_secs(), duration(time));
                (passed.as_secs_f64() / time.as_secs_f64(), counts)
            }
            (None, Some(all)) => (share(done, all), format!("{done}/{}{all}", self.bound())),
            (None, None) => (0.0, done.to_string()),
        };
        let mut cells = vec![Cell { text: rate_text(own.rate(now)), importance: 3 }];
        cells.extend(own.score.map(|score| Cell { text: score_text(&score), importance: 9 }));
        cells.extend(trouble(own.faults, own.retries));
        Line { name: own.name.clone(), share: Some(share), counts, cells }
    }

    fn run_line(&self, unseen: usize, now: Instant) -> Line {
        let (done, all) = self.requests();
        let more = if unseen == 0 { String::new() } else { format!(" (+{})", counted(unseen, "model")) };
        let counts = all.map_or_else(|| done.to_string(), |all| format!("{done}/{}{all}", self.bound()));
        Line {
            name: format!("whole run{more}"),
            share: all.map(|all| share(done, all)),
            counts,
            cells: self.run_cells(now),
        }
    }

    fn run_cells(&self, now: Instant) -> Vec<Cell> {
        let mut cells = vec![Cell { text: rate_text(self.rate(now)), importance: 3 }];
        let left = if self.is_stopping {
            "stopping".to_owned()
        } else {
            self.remaining(now)
                .map_or_else(|| "ETA –".to_owned(), |left| format!("ETA {}{}", self.bound(), clock(left)))
        };
        cells.push(Cell { text: left, importance: 9 });
        cells.extend(self.spend().map(|text| Cell { text, importance: 7 }));
        let sums = self.batches().fold((0, 0), |sums, own| (sums.0 + own.faults, sums.1 + own.retries));
        cells.extend(trouble(sums.0, sums.1));
        cells
    }

    fn spend(&self) -> Option<String> {
        let currency = self.currency.as_deref()?;
        let Some(projected) = self.projected() else { return Some(money(self.spent, currency)) };
        let sign = if projected.is_most { '≤' } else { '~' };
        Some(format!("{} of {sign}{}", significant(self.spent), money(projected.cost, currency)))
    }

    fn judging_line(&self, now: Instant) -> Option<Line> {
        let judging = self.judging.as_ref()?;
        let (started, before) = judging.started;
        let passed = now.saturating_duration_since(started).as_secs_f64();
        let rate = Some(share(judging.done - before.min(judging.done), 1) / passed).filter(|rate| rate.is_normal());
        let left = rate.and_then(|rate| {
            Duration::try_from_secs_f64(share(judging.answers.saturating_sub(judging.done), 1) / rate).ok()
        });
        let mut cells = vec![Cell { text: rate_text(rate), importance: 3 }];
        cells.extend(left.map(|left| Cell { text: format!("ETA {}", clock(left)), importance: 9 }));
        Some(Line {
            name: format!("judge {}", judging.judge),
            share: Some(share(judging.done, judging.answers)),
            counts: format!("{}/{}", judging.done, judging.answers),
            cells,
        })
    }
}

impl Line {
    /// Leaves out cells by importance until the others and a short bar fit a width.
    fn fit(&mut self, width: usize, names: usize, counts: usize) {
        let least_bar = self.share.map_or(0, |_| *BAR.start());
        while self.left(width, names, counts) < least_bar {
            let Some(least) = (0..self.cells.len()).min_by_key(|index| self.cells[*index].importance) else { break };
            self.cells.remove(least);
        }
    }

    /// Room for a bar. A terminal that is full to its last column wraps.
    fn left(&self, width: usize, names: usize, counts: usize) -> usize {
        let cells = self.cells.iter().map(|cell| GAP.len() + cell.text.width()).sum::<usize>();
        let taken = names.min(width / 3) + GAP.len() + counts + cells + GAP.len();
        width.saturating_sub(1 + taken)
    }

    /// The line: name, bar, counts, cells.
    fn text(&self, width: usize, (names, counts): (usize, usize), bar_width: usize) -> String {
        let names = names.min(width / 3);
        let name = cut(&self.name, names);
        let mut parts = vec![format!("{name}{}", " ".repeat(names.saturating_sub(name.width())))];
        let bar = self.share.filter(|_| bar_width >= *BAR.start());
        parts.extend(bar.map(|share| self::bar(share, bar_width.min(*BAR.end()))));
        parts.push(format!("{}{}", " ".repeat(counts.saturating_sub(self.counts.width())), self.counts));
        parts.extend(self.cells.iter().map(|cell| cell.text.clone()));
        cut(parts.join(GAP).trim_end(), width.saturating_sub(1))
    }

    fn named_parts(self) -> String {
        let name = self.name.clone();
        format!("{name}: {}", self.parts().join(", "))
    }

    fn parts(self) -> Vec<String> {
        std::iter::once(self.counts).chain(self.cells.into_iter().map(|cell| cell.text)).collect()
    }
}

fn trouble(faults: usize, retries: u64) -> Vec<Cell> {
    let faults = (faults > 0).then(|| Cell { text: format!("{faults} failed"), importance: 8 });
    let retries = (retries > 0).then(|| {
        let text = if retries == 1 { "1 retry".to_owned() } else { format!("{retries} retries") };
        Cell { text, importance: 5 }
    });
    faults.into_iter().chain(retries).collect()
}

fn score_text(score: &RunningScore) -> String {
    let ends = |(low, high): (f64, f64)| format!(" ({:.1}–{:.1})", 100.0 * low, 100.0 * high);
    let word = if score.datasets > 1 { "pooled" } else { "score" };
    format!("{word} {}{}", percent(score.mean), score.interval.map(ends).unwrap_or_default())
}

fn rate_text(rate: Option<f64>) -> String {
    rate.map_or_else(|| "–/s".to_owned(), |rate| format!("{}/s", significant_rate(rate)))
}

/// A rate with enough digits to tell a slow one.
fn significant_rate(rate: f64) -> String {
    if rate < 0.1 { format!("{rate:.3}") } else { format!("{rate:.1}") }
}

fn wait_text(endpoint: &str, waiting: &Waiting, now: Instant) -> String {
    let left = |time: Duration| time.saturating_sub(now.saturating_duration_since(waiting.at));
    match &waiting.wait {
        Wait::RateLimited { left: pause } => {
            format!("{endpoint} asked for a pause (Retry-After); sending continues in {}", clock(left(*pause)))
        }
        Wait::ServerGone { since, tries, most, next } => {
            let next = left(*next);
            let when = if next.is_zero() { "now".to_owned() } else { format!("in {}", clock(next)) };
            let last = most.saturating_sub(*tries);
            let then = format!("given up after {}", counted(u64::from(last), "more failure"));
            format!("{endpoint} does not answer since {since}; try {} of {most} {when}, {then}", tries + 1)
        }
        Wait::Clients { missing, of } => clients_text(missing, *of),
        Wait::Start { left: until } => format!("the level begins in {}", clock(left(*until))),
    }
}

/// Which clients have not come to the start of a load level.
pub fn clients_text(missing: &[u32], of: u32) -> String {
    format!("waiting for {} of {of} to begin the level", named(missing))
}

/// A remaining time: `4s`, `1m 05s`, `2h 10m`, `3d 4h`.
pub fn clock(time: Duration) -> String {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a width")]
fn bar(share: f64, width: usize) -> String {
    let full = ((share.clamp(0.0, 1.0) * width as f64).floor() as usize).min(width);
    format!("{}{}", "█".repeat(full), "░".repeat(width - full))
}

/// A text cut to a width, with a mark at the cut.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut taken = String::new();
    for letter in text.chars() {
        taken.push(letter);
        if taken.width() >= width {
            taken.pop();
            break;
        }
    }
    format!("{taken}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{BatchStep, Event, SendingPlan};
    use crate::response::Status;
    use crate::tables::fixture::Fixture;
    use crate::work::batch::Batch;

    /// A run of some batches of 100 requests each, of which the first is asked and has sent 40 in 20 s.
    fn progress(batches: usize, now: Instant) -> Progress {
        let fixture = Fixture::new(1);
        let all: Vec<Batch> = Batch::all(&fixture.plan).iter().cloned().collect();
        let mut progress = Progress::default();
        let step = |batch: &Batch| BatchStep {
            batch: batch.clone(),
            requests: Some(100),
            kept: 10,
            time: None,
            most_cost: Some(1.0),
        };
        let sending = SendingPlan {
            machines: vec![all[..batches].iter().map(step).collect()],
            kept: 10 * batches,
            is_upper_bound: false,
            currency: Some("USD".into()),
        };
        progress.see(&Event::SendingStarted(sending), now);
        let start = Event::ModelStarted { batch: all[0].clone(), requests: Some(100), time: None };
        progress.see(&start, now - Duration::from_secs(20));
        for index in 0..40 {
            let stored = Event::ResponseStored {
                batch: all[0].clone(),
                status: Status::Ok,
                latency: None,
                fault: (index == 7).then(|| "HTTP 500".to_owned()),
                attempts: if index == 7 { 3 } else { 1 },
                cost: Some(0.001),
                spent: Some(0.001 * f64::from(index + 1)),
            };
            progress.see(&stored, now);
        }
        let score = RunningScore { answers: 49, datasets: 1, mean: 0.5, interval: Some((0.36, 0.64)) };
        progress.see(&Event::ScoreSoFar { batch: all[0].clone(), score }, now);
        progress
    }

    #[test]
    fn lines_fit_and_cells_give_way_by_importance() {
        let now = Instant::now() + Duration::from_secs(60);
        let progress = progress(2, now);
        for width in [20, 40, 60, 80, 140, 300] {
            let lines = progress.lines(now, width);
            assert!(lines.iter().all(|line| line.width() < width), "{width}: {lines:#?}");
        }
        insta::assert_snapshot!("wide", progress.lines(now, 140).join("\n"));
        insta::assert_snapshot!("at_80", progress.lines(now, 80).join("\n"));
        insta::assert_snapshot!("narrow", progress.lines(now, 40).join("\n"));
        insta::assert_snapshot!("plain", progress.plain(now));
    }

    #[test]
    fn a_run_of_one_batch_has_one_line() {
        let now = Instant::now() + Duration::from_secs(60);
        insta::assert_snapshot!("alone", progress(1, now).lines(now, 140).join("\n"));
    }

    #[test]
    fn waits_say_since_when_and_what_comes_next() {
        let now = Instant::now() + Duration::from_secs(60);
        let mut progress = progress(1, now);
        let batch = progress.machines[0][0].step.batch.clone();
        let mut wait = |wait| {
            progress.see(&Event::Waiting { batch: batch.clone(), endpoint: "local".into(), wait }, now);
            progress.lines(now + Duration::from_secs(2), 100)[1..].join("\n")
        };
        assert_eq!(
            wait(Some(Wait::RateLimited { left: Duration::from_secs(14) })),
            "waiting  local asked for a pause (Retry-After); sending continues in 12s"
        );
        let next = Duration::from_secs(5);
        assert_eq!(
            wait(Some(Wait::ServerGone { since: "12:03:10 UTC".into(), tries: 2, most: 6, next })),
            "waiting  local does not answer since 12:03:10 UTC; try 3 of 6 in 3s, given up after 4 more failures"
        );
        assert_eq!(wait(None), "");
    }

    #[test]
    fn nobody_knows_the_end_while_a_server_does_not_answer() {
        let now = Instant::now() + Duration::from_secs(60);
        let mut progress = progress(1, now);
        let batch = progress.machines[0][0].step.batch.clone();
        let mut first_line = |wait| {
            progress.see(&Event::Waiting { batch: batch.clone(), endpoint: "local".into(), wait }, now);
            progress.lines(now, 140)[0].clone()
        };
        let wait = Wait::ServerGone { since: "12:03:10 UTC".into(), tries: 2, most: 6, next: Duration::from_secs(5) };
        assert!(first_line(Some(wait)).contains("ETA –"));
        assert!(first_line(None).contains("ETA 30s"));
    }

    #[test]
    fn times_are_as_long_as_they_have_to_be() {
        let shown = [0, 59, 61, 3700, 90_000].map(|seconds| clock(Duration::from_secs(seconds)));
        assert_eq!(shown, ["0s", "59s", "1m 01s", "1h 01m", "1d 1h"]);
    }
}
