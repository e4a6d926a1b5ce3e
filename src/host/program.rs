//! What a program of the system says of it, where no file does.

use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a program may take; that of a broken driver may never end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a program prints; nothing if it is missing, fails or takes too long.
pub(super) fn output(name: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let child = command.spawn().ok()?;
    let (told, tells) = mpsc::channel();
    thread::spawn(move || drop(told.send(child.wait_with_output())));
    let output = tells.recv_timeout(PATIENCE).ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first line that a program prints.
pub(super) fn first_line(name: &str, arguments: &[&str]) -> Option<String> {
    let output = output(name, arguments)?;
    output.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_says_nothing_is_none() {
        assert_eq!(first_line("echo", &["a b"]).as_deref(), Some("a b"));
        assert_eq!(first_line("false", &[]), None);
        assert_eq!(first_line("a-program-that-is-not-there", &[]), None);
    }
}
