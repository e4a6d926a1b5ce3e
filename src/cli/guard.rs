//! `smallbench guard`: a server of a spec, run between `apply` and the server.

use std::process::{ExitCode, ExitStatus};

use super::arguments::Guard;
use super::process_env;
use crate::console;
use crate::error::Error;
use crate::exit::Exit;
use crate::program::guard;
use crate::secret::Secrets;

/// Runs the server; ends as it does.
pub(super) fn run(arguments: &Guard) -> ExitCode {
    match guard(&arguments.command) {
        Ok(status) => ExitCode::from(code(status)),
        Err(error) => {
            let error = Error::Internal(format!("cannot run {error}"));
            console::error::print(&error, &process_env::environment(), &Secrets::default());
            ExitCode::from(Exit::Internal.code())
        }
    }
}

/// The code of a program that has ended, by a signal as a shell tells it.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    let by_signal = std::os::unix::process::ExitStatusExt::signal(&status).map(|signal| signal + 128);
    #[cfg(not(unix))]
    let by_signal = None;
    status.code().or(by_signal).and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}
