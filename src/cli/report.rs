//! `smallbench report`: finds the page of a run, and opens it in a browser.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use super::arguments::Report;
use super::session::Session;
use super::spec_arguments::Overrides;
use crate::error::Error;
use crate::exit::Exit;
use crate::report::html::FILE;
use crate::report::manifest;

/// The folder in which runs are looked for where none is named.
const OUTPUTS: &str = "outputs";

pub(super) fn run(arguments: &Report, session: &Session) -> Result<Exit, Error> {
    let folder = match &arguments.run {
        Some(run) if run.is_dir() => run.clone(),
        Some(spec) => session.plan_at(spec, &Overrides::default())?.output.folder,
        None => newest(Path::new(OUTPUTS))?,
    };
    let page = folder.join(FILE);
    if !page.is_file() {
        let text = "is not there; `smallbench apply SPEC` writes it, unless the spec has `output.report: false`";
        return Err(Error::Usage(format!("the report {} {text}", page.display())));
    }
    let reporter = session.reporter(false);
    reporter.result(&page.display().to_string());
    reporter.written()?;
    if arguments.open {
        open(&page)?;
    }
    Ok(Exit::Success)
}

/// The folder of the run that ended last.
fn newest(outputs: &Path) -> Result<PathBuf, Error> {
    let ended = |folder: &Path| -> Option<SystemTime> { folder.join(manifest::FILE).metadata().ok()?.modified().ok() };
    let folders = std::fs::read_dir(outputs).into_iter().flatten().flatten().map(|entry| entry.path());
    let runs = folders.filter_map(|folder| Some((ended(&folder)?, folder)));
    // Of those that ended at once the last by name, so that the choice is the same every time.
    runs.max().map(|(_, folder)| folder).ok_or_else(|| {
        let text = "name a spec or the output folder of a run";
        Error::Usage(format!("there is no run in the folder `{}` here; {text}", outputs.display()))
    })
}

/// Opens a file with what the system opens such files with.
fn open(page: &Path) -> Result<(), Error> {
    let page = page.canonicalize().map_err(Error::io(page))?;
    let mut opener = opener();
    opener.arg(&page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = opener.status();
    if status.as_ref().is_ok_and(std::process::ExitStatus::success) || cfg!(windows) && status.is_ok() {
        return Ok(());
    }
    let program = opener.get_program().to_string_lossy().into_owned();
    let why = status.map_or_else(|error| error.to_string(), |status| status.to_string());
    Err(Error::Usage(format!(
        "cannot open a browser with `{program}` ({why}); open the file {} yourself",
        page.display()
    )))
}

fn opener() -> Command {
    if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer.exe")
    } else {
        Command::new("xdg-open")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_run_that_ended_last_is_the_newest() {
        let outputs = tempfile::tempdir().unwrap();
        assert!(newest(outputs.path()).unwrap_err().to_string().contains("there is no run"));
        for (name, seconds) in [("a", 100), ("c", 300), ("b", 200)] {
            let folder = outputs.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            let file = std::fs::File::create(folder.join(manifest::FILE)).unwrap();
            file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
        }
        std::fs::create_dir(outputs.path().join("d")).unwrap();
        assert!(newest(outputs.path()).unwrap().ends_with("c"));
    }
}
