//! `smallbench selftest`: measures the client's own timing error on this machine.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::mock_arguments::Selftest;
use super::session::Session;
use super::{apply, interrupt, process_env};
use crate::console;
use crate::console::reporter::Reporter;
use crate::error::Error;
use crate::event::Event;
use crate::exit::Exit;
use crate::level::Arrivals;
use crate::selftest::figures::{LevelFigures, PacingFigures};
use crate::selftest::server::{Counted, counted};
use crate::selftest::trial::{Load, Measured, Trial, is_progress};
use crate::selftest::truth::Truth;
use crate::selftest::{Findings, Level, Pacing, Trouble, json};
use crate::stop::Stop;

/// Requests per second of the open loops.
const RATE: u32 = 1000;

/// Most requests of an open loop: two seconds of them.
const PACED: u32 = 2 * RATE;

pub(super) fn run(arguments: &Selftest, session: &Session) -> Result<Exit, Error> {
    let files = process_env::raise_open_file_limit();
    let reporter = session.reporter(false);
    let stop = Stop::default();
    let findings = apply::runtime()?.block_on(async {
        tokio::select! {
            biased;
            () = stop.drain.cancelled() => None,
            // Before the first server starts, so that an interrupt leaves none behind.
            () = interrupt::watch(|| stop.drain.cancel()) => None,
            findings = measure(arguments, files, &reporter) => Some(findings),
        }
    });
    reporter.close();
    let Some(findings) = findings else {
        reporter.note("interrupted; a selftest keeps no results");
        return Ok(Exit::Interrupted);
    };
    if arguments.json {
        reporter.result(&json::render(&findings, RATE).to_string());
    } else {
        reporter.result(&console::selftest::render(&findings));
    }
    reporter.written()?;
    Ok(if findings.is_complete() { Exit::Success } else { Exit::SomeFailed })
}

/// Measures the levels one after another, each on its own server.
async fn measure(arguments: &Selftest, files: Option<u64>, reporter: &Reporter) -> Findings {
    let Selftest { api, ttft, gap, tokens, .. } = *arguments;
    let truth = Truth { provider: api, ttft, gap, tokens };
    let mut levels = Vec::with_capacity(arguments.concurrency.len());
    for &concurrency in &arguments.concurrency {
        let requests = arguments.requests.unwrap_or_else(|| truth.requests(concurrency));
        let measured = match enough_files(concurrency, files) {
            Ok(()) => trial(truth, Load::Closed { concurrency }, requests, reporter).await,
            Err(trouble) => Err(trouble),
        };
        let figures = |(measured, server)| LevelFigures::new(&truth, concurrency, &measured, Some(server));
        levels.push(Level { concurrency, outcome: measured.map(figures) });
    }
    let at_once = Truth { ttft: Duration::ZERO, gap: Duration::ZERO, ..truth };
    let requests = arguments.requests.unwrap_or(PACED).min(PACED);
    let mut pacing = Vec::new();
    for arrivals in [Arrivals::Constant, Arrivals::Poisson] {
        let measured = trial(at_once, Load::Open { rate: RATE, arrivals }, requests, reporter).await;
        pacing.push(Pacing { arrivals, outcome: measured.map(|(it, _)| PacingFigures::new(&it.responses)) });
    }
    Findings { truth, levels, pacing }
}

/// One level, on a temporary server and in a temporary folder.
async fn trial(truth: Truth, load: Load, requests: u32, reporter: &Reporter) -> Result<(Measured, Counted), Trouble> {
    let folder = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
    let server = Server::start(&truth)?;
    let show = |event: &Event| {
        if is_progress(event) {
            reporter.show(event);
        }
    };
    let trial = Trial { truth, url: &server.url, load, requests };
    let measured = trial.run(folder.path(), &show).await?;
    let counted = counted(&server.url).await?;
    Ok((measured, counted))
}

/// Both this process and the server have one open file per connection.
fn enough_files(concurrency: u32, limit: Option<u64>) -> Result<(), Trouble> {
    let needed = process_env::files_for(concurrency.into());
    match limit.filter(|limit| *limit < needed) {
        None => Ok(()),
        Some(limit) => Err(Trouble {
            text: format!("{concurrency} connections need {needed} open files, but the limit is {limit}"),
            remedy: Some(format!("raise it with `ulimit -n {needed}`, or lower `--concurrency`")),
        }),
    }
}

/// The mock server as a child process; it ends when this is dropped or this process ends.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(truth: &Truth) -> Result<Self, Error> {
        let program = std::env::current_exe().map_err(Error::io("the program itself"))?;
        let seconds = |time: Duration| format!("{}s", time.as_secs_f64());
        let child = Command::new(&program)
            .args(["mock", "--port", "0", "--with-standard-input"])
            .args(["--ttft", &seconds(truth.ttft), "--gap", &seconds(truth.gap)])
            .args(["--tokens", &truth.tokens.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io(program))?;
        let mut server = Self { child, url: String::new() };
        if let Some(stdout) = &mut server.child.stdout {
            // A read error shows as a missing address.
            let _ = BufReader::new(stdout).read_line(&mut server.url);
        }
        server.url.truncate(server.url.trim_end().len());
        if server.url.is_empty() {
            return Err(Error::Internal(format!("cannot start the built-in server: {}", server.last_words().trim())));
        }
        Ok(server)
    }

    fn last_words(&mut self) -> String {
        let mut words = String::new();
        if let Some(stderr) = &mut self.child.stderr {
            // A partial message is better than none.
            let _ = stderr.read_to_string(&mut words);
        }
        words
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have exited.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_open_files_are_named_with_what_to_do() {
        assert_eq!(enough_files(256, None), Ok(()));
        assert_eq!(enough_files(256, Some(320)), Ok(()));
        let trouble = enough_files(256, Some(319)).unwrap_err();
        assert!(trouble.text.contains("256 connections need 320 open files, but the limit is 319"));
        assert!(trouble.remedy.unwrap().contains("ulimit -n 320"));
    }
}
