//! Progress of a run: drawn in place on a terminal, a plain line now and then elsewhere.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use console::Term;

use super::Progress;
use crate::console::screen::{Mode, Screen, message_stream};
use crate::console::text::fold;
use crate::secret::Secrets;

/// Time between two pictures on a terminal.
const FRAME: Duration = Duration::from_millis(250);

/// Longest and shortest time between two plain lines.
const LINES: std::ops::RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(10);

/// Share of a run that is worth a plain line.
const WORTH: f64 = 0.1;

/// Width where a terminal tells none.
const WIDTH: usize = 80;

/// Progress, and how it is shown.
pub struct Live {
    mode: Mode,
    progress: Arc<Mutex<Progress>>,
    paper: Arc<Mutex<Paper>>,
    ticker: Mutex<Option<Ticker>>,
}

impl Live {
    /// Nothing is shown yet.
    pub fn new(mode: Mode, screen: Screen, secrets: Secrets) -> Self {
        let paper = Paper { screen, secrets, term: Term::buffered_stderr(), drawn: 0 };
        Self { mode, progress: Arc::default(), paper: Arc::new(Mutex::new(paper)), ticker: Mutex::new(None) }
    }

    /// The progress.
    pub fn progress(&self) -> MutexGuard<'_, Progress> {
        lock(&self.progress)
    }

    /// Shows progress for as long as there is any.
    pub fn show(&self) {
        let is_active = self.progress().is_active();
        if !is_active {
            return self.close();
        }
        let mut ticker = lock(&self.ticker);
        if ticker.is_none() {
            *ticker = match self.mode {
                Mode::Terminal => self.drawing(),
                Mode::Plain => self.lines(),
                Mode::Quiet | Mode::Json => None,
            };
        }
    }

    /// Removes what is drawn.
    pub fn close(&self) {
        let ticker = lock(&self.ticker).take();
        ticker.into_iter().for_each(Ticker::end);
        lock(&self.paper).draw(&[]);
    }

    /// Prints a line on standard error, above what is drawn.
    pub fn line(&self, text: &str) {
        let is_drawing = self.mode == Mode::Terminal && lock(&self.ticker).is_some();
        let lines = if is_drawing { self.progress().lines(Instant::now(), width()) } else { Vec::new() };
        let mut paper = lock(&self.paper);
        paper.draw(&[]);
        paper.print(text);
        paper.draw(&lines);
    }

    /// Draws progress anew for each frame.
    fn drawing(&self) -> Option<Ticker> {
        let (progress, paper) = (Arc::clone(&self.progress), Arc::clone(&self.paper));
        Ticker::start(FRAME, move |now| {
            let lines = lock(&progress).lines(now, width());
            lock(&paper).draw(&lines);
        })
    }

    /// Prints a line now and then.
    fn lines(&self) -> Option<Ticker> {
        let (progress, paper) = (Arc::clone(&self.progress), Arc::clone(&self.paper));
        let mut due = Due::new(Instant::now(), share(&self.progress()));
        Ticker::start(*LINES.start(), move |now| {
            let progress = lock(&progress);
            let line = due.is_now(now, share(&progress)).then(|| progress.plain(now));
            drop(progress);
            line.into_iter().for_each(|line| lock(&paper).print(&line));
        })
    }
}

fn width() -> usize {
    Screen::messages().unwrap_or(WIDTH)
}

/// Standard error: lines that stay, and below them lines that are drawn anew.
struct Paper {
    screen: Screen,
    secrets: Secrets,
    term: Term,
    /// Number of lines that are drawn.
    drawn: usize,
}

impl Paper {
    /// Puts lines in the place of those that are drawn. The cursor waits below them, where a terminal writes the keys that a
    /// user presses, so that they are wiped out with the lines.
    fn draw(&mut self, lines: &[String]) {
        if self.drawn == 0 && lines.is_empty() {
            return;
        }
        // A terminal that is gone needs no picture.
        let _ = self.term.clear_last_lines(self.drawn).and_then(|()| self.term.clear_to_end_of_screen());
        let text = lines.join("\n");
        let text = self.secrets.redact(&text);
        self.drawn = if lines.is_empty() { 0 } else { text.lines().count() };
        let _ = text.lines().try_for_each(|line| self.term.write_line(line));
        let _ = self.term.flush();
    }

    /// Prints a line that stays.
    fn print(&self, text: &str) {
        let text = fold(&self.secrets.redact(text), Screen::messages(), "          ");
        let _ = writeln!(message_stream(self.screen.has_colors), "{text}");
    }
}

/// A thread that does something now and then.
struct Ticker {
    end: Arc<(Mutex<bool>, Condvar)>,
    thread: JoinHandle<()>,
}

impl Ticker {
    /// Starts to do something after each pause; where no thread can be had, nothing is done.
    fn start(pause: Duration, mut tick: impl FnMut(Instant) + Send + 'static) -> Option<Self> {
        let end = Arc::new((Mutex::new(false), Condvar::new()));
        let ended = Arc::clone(&end);
        let run = move || {
            let mut is_over = lock(&ended.0);
            while !*is_over {
                is_over = ended.1.wait_timeout(is_over, pause).unwrap_or_else(PoisonError::into_inner).0;
                if !*is_over {
                    tick(Instant::now());
                }
            }
        };
        let thread = thread::Builder::new().name("progress".into()).spawn(run).ok()?;
        Some(Self { end, thread })
    }

    fn end(self) {
        *lock(&self.end.0) = true;
        self.end.1.notify_all();
        let _ = self.thread.join();
    }
}

fn share(progress: &Progress) -> f64 {
    let (done, all) = progress.requests();
    all.map_or(0.0, |all| super::estimate::share(done, all))
}

/// When a plain line is due.
struct Due {
    last: Instant,
    share: f64,
}

impl Due {
    fn new(now: Instant, share: f64) -> Self {
        Self { last: now, share }
    }

    /// True if a line is due, which is then taken as printed.
    fn is_now(&mut self, now: Instant, share: f64) -> bool {
        let passed = now.saturating_duration_since(self.last);
        let is_due = passed >= *LINES.end() || (passed >= *LINES.start() && share - self.share >= WORTH);
        if is_due {
            (self.last, self.share) = (now, share);
        }
        is_due
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_due_after_a_while_or_a_tenth_of_the_run() {
        let start = Instant::now();
        let mut due = Due::new(start, 0.0);
        let at = |seconds| start + Duration::from_secs(seconds);
        assert!(!due.is_now(at(0), 0.5));
        assert!(due.is_now(at(1), 0.5));
        assert!(!due.is_now(at(5), 0.55));
        assert!(due.is_now(at(6), 0.65));
        assert!(!due.is_now(at(15), 0.6));
        assert!(due.is_now(at(16), 0.6));
    }
}
