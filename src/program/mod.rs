//! Programs of the user: started without a shell, in a process group of their own, with limits, and ended on every way out.

mod background;
mod groups;
mod guard;
mod limits;
mod place;
mod tail;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

pub use background::Background;
pub use groups::Groups;
pub use guard::guard;
pub use limits::can_limit_memory;
pub use place::{found, located, whole_path};

use groups::{Pipes, ProcessGroup};
use tail::Tail;

/// Time between two looks at a program that runs.
const LOOK: Duration = Duration::from_millis(5);

/// Time that a program has to end by itself after its output turned out to be wrong: why it fails is worth more than
/// what it printed on the way.
const LAST_GASP: Duration = Duration::from_millis(100);

/// Time in which the last words of an ended program are read.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Time in which the output of an ended program is read to its end.
const LAST_OUTPUT: Duration = Duration::from_secs(10);

/// A program with its arguments, and the conditions under which it runs.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its file, or its name to be found in `PATH`.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its working directory.
    pub folder: PathBuf,
    /// Variables of the environment that are withheld from it.
    pub withheld: Vec<String>,
    /// Address space that each of its processes may take, in bytes.
    pub memory: Option<u64>,
    /// Time limit.
    pub timeout: Duration,
}

/// Why a program gave no result.
#[derive(Debug)]
pub enum Failure<E> {
    /// It could not be started.
    Start(io::Error),
    /// It did not end in time.
    TimedOut,
    /// It ended by itself, and says that it failed.
    Exited(ExitStatus),
    /// It ended, and something that it started and that left its group keeps its output open.
    HeldOpen,
    /// Its output is wrong.
    Output(E),
}

/// A program that did its work or did not, and the end of its standard error.
pub struct ProgramOutcome<T, E> {
    /// What was read of its standard output.
    pub result: Result<T, Failure<E>>,
    /// The end of its standard error.
    pub last_words: String,
}

impl Program {
    /// Runs the program: `input` is written to its standard input while `read` reads its standard output and the end
    /// of its standard error is kept, so that no pipe fills up. Blocks until the program and its group have ended.
    pub fn run<T, E>(
        &self,
        input: Vec<u8>,
        read: impl FnOnce(&mut ChildStdout) -> Result<T, E> + Send + 'static,
        groups: &Groups,
    ) -> ProgramOutcome<T, E>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let end = Instant::now() + self.timeout;
        let started = groups.start(&mut self.command(), self.memory);
        let (group, pipes) = match started {
            Ok(started) => started,
            Err(error) => return ProgramOutcome { result: Err(Failure::Start(error)), last_words: String::new() },
        };
        let Pipes { input: mut stdin, output: mut stdout, errors } = pipes;
        thread::spawn(move || {
            // A program that does not read to the end is judged by what it prints.
            let _ = stdin.write_all(&input);
        });
        let words = Tail::of(errors);
        let (done, output) = mpsc::channel();
        thread::spawn(move || {
            // Nobody listens if the time was up.
            let _ = done.send(read(&mut stdout));
            // Kept open, so that a program whose output is wrong does not fail for want of a reader.
            let _ = io::copy(&mut stdout, &mut io::sink());
        });
        let result = supervise(&group, &output, end);
        groups.leave(&group);
        ProgramOutcome { result, last_words: words.text(LAST_WORDS) }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).current_dir(&self.folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.withheld.iter().for_each(|name| {
            command.env_remove(name);
        });
        command
    }
}

/// Waits for the output and the end of a program, and ends its group.
fn supervise<T, E>(group: &ProcessGroup, output: &Receiver<Result<T, E>>, end: Instant) -> Result<T, Failure<E>> {
    let mut result = None;
    let mut end_of_wait = end;
    let has_ended = loop {
        match result {
            None => result = received(output, LOOK),
            Some(_) => thread::sleep(LOOK),
        }
        if matches!(result, Some(Err(_))) {
            end_of_wait = end_of_wait.min(Instant::now() + LAST_GASP);
        }
        if group.has_ended() || Instant::now() >= end_of_wait {
            break group.has_ended();
        }
    };
    let status = group.end().map_err(Failure::Start)?;
    match (has_ended, result) {
        (true, _) if !status.success() => Err(Failure::Exited(status)),
        (_, Some(Err(error))) => Err(Failure::Output(error)),
        (true, Some(Ok(value))) => Ok(value),
        // Its group has ended; what it printed is still in the pipe.
        (true, None) => match received(output, LAST_OUTPUT) {
            Some(read) => read.map_err(Failure::Output),
            None => Err(Failure::HeldOpen),
        },
        (false, _) => Err(Failure::TimedOut),
    }
}

fn received<T>(channel: &Receiver<T>, wait: Duration) -> Option<T> {
    match channel.recv_timeout(wait) {
        Ok(value) => Some(value),
        Err(RecvTimeoutError::Timeout) => None,
        // A reader that panicked has nothing to send; waiting costs no processor time all the same.
        Err(RecvTimeoutError::Disconnected) => {
            thread::sleep(wait);
            None
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::{BufRead, Read};

    use super::*;

    fn shell(script: &str) -> Program {
        Program {
            path: "sh".into(),
            arguments: vec!["-c".into(), script.into()],
            folder: std::env::temp_dir(),
            withheld: Vec::new(),
            memory: None,
            timeout: Duration::from_secs(60),
        }
    }

    fn whole(output: &mut ChildStdout) -> Result<String, io::Error> {
        let mut text = String::new();
        output.read_to_string(&mut text).map(|_| text)
    }

    fn run(program: &Program, input: &str) -> ProgramOutcome<String, io::Error> {
        program.run(input.into(), whole, &Groups::default())
    }

    #[test]
    fn input_and_output_larger_than_a_pipe_do_not_block_each_other() {
        let input = "line of text\n".repeat(100_000);
        let outcome = run(&shell("cat; echo x >&2"), &input);
        assert_eq!(outcome.result.unwrap().len(), input.len());
        assert_eq!(outcome.last_words, "x\n");
    }

    #[test]
    fn input_that_is_not_read_is_no_error() {
        assert_eq!(run(&shell("echo done"), &"x".repeat(1_000_000)).result.unwrap(), "done\n");
    }

    #[test]
    fn a_program_that_fails_has_its_status_and_its_last_words() {
        let outcome = run(&shell("seq 1 100000 >&2; echo half; exit 7"), "");
        assert!(matches!(outcome.result, Err(Failure::Exited(status)) if status.code() == Some(7)));
        assert!(outcome.last_words.ends_with("99999\n100000\n") && outcome.last_words.len() < 20_000);
    }

    #[test]
    fn a_program_that_cannot_be_started_says_why() {
        let program = Program { path: "./is-not-there".into(), ..shell("") };
        let Err(Failure::Start(error)) = run(&program, "").result else { panic!("it ran") };
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let alive = folder.path().join("alive");
        // The child ignores the polite signal.
        let script = format!("(trap '' TERM; sleep 2; touch {}) & trap '' TERM; sleep 60", alive.display());
        let program = Program { timeout: Duration::from_millis(200), ..shell(&script) };
        let start = Instant::now();
        assert!(matches!(run(&program, "").result, Err(Failure::TimedOut)));
        assert!(start.elapsed() < Duration::from_secs(30));
        assert!(!alive.exists());
    }

    #[test]
    fn children_end_with_the_program() {
        assert_eq!(run(&shell("sleep 60 & echo done"), "").result.unwrap(), "done\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_output_that_a_stranger_holds_open_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let script = "setsid sh -c 'touch up; sleep 15' & while [ ! -e up ]; do sleep 0.01; done; echo words >&2";
        let program = Program { folder: folder.path().to_owned(), ..shell(script) };
        let outcome = run(&program, "");
        assert!(matches!(outcome.result, Err(Failure::HeldOpen)));
        assert_eq!(outcome.last_words, "words\n");
    }

    #[test]
    fn an_output_that_is_refused_ends_the_program() {
        let first = |output: &mut ChildStdout| -> Result<(), String> {
            let mut line = String::new();
            io::BufReader::new(output).read_line(&mut line).unwrap();
            Err(line)
        };
        let outcome = shell("yes").run(Vec::new(), first, &Groups::default());
        assert!(matches!(outcome.result, Err(Failure::Output(line)) if line == "y\n"));
    }

    #[test]
    fn nothing_starts_once_the_groups_have_ended() {
        let groups = Groups::default();
        groups.end();
        let outcome = shell("echo done").run(Vec::new(), whole, &groups);
        assert!(matches!(outcome.result, Err(Failure::Start(_))));
    }

    #[test]
    fn variables_are_withheld() {
        let program = Program { withheld: vec!["HOME".into()], ..shell("echo \"<$HOME>\"") };
        assert_eq!(run(&program, "").result.unwrap(), "<>\n");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_is_limited() {
        // The limit holds before the program has read its input.
        let program = Program { memory: Some(1 << 30), ..shell("read line; ulimit -v") };
        assert_eq!(run(&program, "go\n").result.unwrap(), "1048576\n");
    }
}
