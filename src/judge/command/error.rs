//! What goes wrong with a program that judges, in words: never a score.

use std::time::Duration;

use crate::format::{counted, last_lines, seconds};
use crate::secret::Secrets;

/// Output that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    /// A line is not a verdict.
    #[error("line {line} of its output is not a verdict: {why}: {text}")]
    Malformed {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
        /// Its beginning.
        text: String,
    },
    /// A line does not end.
    #[error("line {line} of its output is longer than {} MB", most >> 20)]
    TooLong {
        /// The line.
        line: usize,
        /// The limit in bytes.
        most: usize,
    },
    /// An answer that it was not asked about.
    #[error("line {line} of its output judges answer {id}, but the call has answers 0 to {}", asked.saturating_sub(1))]
    Unasked {
        /// The line.
        line: usize,
        /// What it names as the answer.
        id: usize,
        /// Number of answers.
        asked: usize,
    },
    /// An answer that it has judged before.
    #[error("line {line} of its output judges answer {id} twice")]
    Twice {
        /// The line.
        line: usize,
        /// The answer.
        id: usize,
    },
    /// Answers without a verdict.
    #[error("it printed no verdict for {missing} of {}; the first is answer {first}", counted(*asked, "answer"))]
    Missing {
        /// How many.
        missing: usize,
        /// Of how many.
        asked: usize,
        /// The first of them.
        first: usize,
    },
    /// The system cannot read its output.
    #[error("its output cannot be read: {0}")]
    Unreadable(String),
}

/// What went wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// A file that the command line names cannot be read.
    File(String),
    /// The program cannot be started.
    Start(String),
    /// It did not end in time.
    TimedOut(Duration),
    /// It ended, and something that it started keeps its output open.
    HeldOpen,
    /// It failed; how it ended, as the system says it.
    Exited(String),
    /// Its output is not what was asked for.
    Output(Breach),
}

/// A program that judges and failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("judge `{command}` {}{words}", self.what())]
pub struct CommandError {
    command: String,
    fault: Fault,
    /// The end of its standard error, indented.
    words: String,
}

impl CommandError {
    /// A failure, with what the program last said on standard error, whatever that was.
    pub fn new(command: &str, fault: Fault, last_words: &str, secrets: &Secrets) -> Self {
        let fault = match fault {
            Fault::Output(Breach::Malformed { line, why, text }) => {
                Fault::Output(Breach::Malformed { line, why: secrets.redacted(why), text: secrets.redacted(text) })
            }
            other => other,
        };
        // Before it is cut: a part of a secret would not be recognized.
        let words = last_lines("its standard error ends with:", &secrets.redact(last_words));
        Self { command: secrets.redact(command).into_owned(), fault, words }
    }

    fn what(&self) -> String {
        match &self.fault {
            Fault::File(why) => format!("cannot be read: {why}"),
            Fault::Start(why) => format!("cannot be started: {why}"),
            Fault::TimedOut(limit) => {
                format!("did not finish within {} and was ended", seconds(limit.as_secs_f64()))
            }
            Fault::HeldOpen => "ended, but a process that it started keeps its output open".into(),
            Fault::Exited(how) => format!("failed: {how}"),
            Fault::Output(breach) => format!("broke its protocol: {breach}"),
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        let next = match &self.fault {
            Fault::File(_) | Fault::Start(_) => {
                return "check that the program of `judge.command.run` is installed and can be executed; a program \
                        beside the spec is written with a path, such as `./judge`"
                    .into();
            }
            Fault::TimedOut(_) => "raise `timeout` or lower `batch` of the judge",
            Fault::HeldOpen => "start no process that outlives the program, or redirect its output",
            Fault::Exited(_) => "correct the program",
            Fault::Output(_) => {
                "correct the program, which must print one verdict such as `{\"id\": 0, \"score\": 1}` per answer"
            }
        };
        format!("{next}, and rerun the command; answers and finished calls are stored")
    }

    /// True if no call can succeed until the spec or the machine is changed.
    pub fn is_of_the_spec(&self) -> bool {
        matches!(self.fault, Fault::File(_) | Fault::Start(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn a_failure_has_the_last_words_without_secrets() {
        let secrets = Secrets::default();
        secrets.add(&Secret::new("sk-0123456789"));
        let words = format!("{}\nTraceback\n  key sk-0123456789\n\nValueError: 3\n", "noise\n".repeat(50));
        let error = CommandError::new("sh j.sh", Fault::Exited("exit status: 1".into()), &words, &secrets);
        let text = error.to_string();
        assert!(text.starts_with("judge `sh j.sh` failed: exit status: 1\nits standard error ends with:\n  noise\n"));
        assert!(text.ends_with("\n  Traceback\n    key [redacted]\n  ValueError: 3"), "{text}");
        assert_eq!(text.lines().count(), 12);
    }

    #[test]
    fn a_failure_without_words_is_one_line() {
        let error = CommandError::new("x", Fault::TimedOut(Duration::from_secs(30)), "\n \n", &Secrets::default());
        assert_eq!(error.to_string(), "judge `x` did not finish within 30.0 s and was ended");
        assert!(error.hint().starts_with("raise `timeout` or lower `batch`"));
    }
}
