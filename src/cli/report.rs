//! `smallbench report`: finds the page of a run, and opens it in a browser.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use super::arguments::Report;
use super::session::Session;
use super::spec_arguments::Overrides;
use crate::error::Error;
use crate::exit::Exit;
use crate::import;
use crate::report::html::FILE;
use crate::report::manifest;

/// The folder in which runs are looked for first where none is named.
const OUTPUTS: &str = "outputs";

pub(super) fn run(arguments: &Report, session: &Session) -> Result<Exit, Error> {
    let folder = match &arguments.run {
        Some(run) if run.is_dir() => run.clone(),
        Some(spec) => session.plan_at(spec, &Overrides::default())?.output.folder,
        None => newest(Path::new("."))?,
    };
    let page = folder.join(FILE);
    if !page.is_file() {
        let hint = "`smallbench apply SPEC` writes it, unless the spec has `output.report: false`";
        return Err(Error::misuse(format!("the report {} does not exist", page.display()), hint));
    }
    let reporter = session.reporter(false);
    reporter.result(&page.display().to_string());
    reporter.written()?;
    if arguments.open {
        open(&page)?;
    }
    Ok(Exit::Success)
}

/// Output folders of runs and of imports: those in `outputs`, and those that stand in the folder itself.
fn output_folders(here: &Path) -> Vec<PathBuf> {
    let inner = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_output = |folder: &PathBuf| [manifest::FILE, import::FILE].iter().any(|file| folder.join(file).is_file());
    // Names stay as short as a user writes them.
    let short = |folder: PathBuf| folder.strip_prefix(here).map(Path::to_owned).unwrap_or(folder);
    let mut folders: Vec<PathBuf> =
        inner(&here.join(OUTPUTS)).chain(inner(here)).filter(is_output).map(short).collect();
    folders.sort();
    folders
}

/// The folder with the newest page.
fn newest(here: &Path) -> Result<PathBuf, Error> {
    let folders = output_folders(here);
    let written =
        |folder: &PathBuf| -> Option<SystemTime> { here.join(folder).join(FILE).metadata().ok()?.modified().ok() };
    // Of those that were written at once the last by name, so that the choice is the same every time.
    let pages = folders.iter().filter_map(|folder| Some((written(folder)?, folder)));
    if let Some((_, folder)) = pages.max() {
        return Ok(folder.clone());
    }
    let text = match folders.as_slice() {
        [] => format!("no run and no import is in {OUTPUTS} or in the folders here"),
        [one] => format!("{} has no {FILE}", one.display()),
        [one, ..] => format!("none of {} folders with results has a {FILE}, such as {}", folders.len(), one.display()),
    };
    Err(Error::misuse(text, "`smallbench apply SPEC` and `smallbench import` write one, or name a spec or a folder"))
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
    Err(Error::misuse(
        format!("cannot open a browser with `{program}`: {why}"),
        format!("open the file {} yourself", page.display()),
    ))
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
    fn the_newest_page_is_that_of_a_run_or_of_an_import() {
        let here = tempfile::tempdir().unwrap();
        let said = || newest(here.path()).unwrap_err().to_string();
        assert!(said().contains("no run and no import is in outputs"), "{}", said());
        let page = |name: &str, kind: &str, seconds: Option<u64>| {
            let folder = here.path().join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(kind), "{}").unwrap();
            if let Some(seconds) = seconds {
                let file = std::fs::File::create(folder.join(FILE)).unwrap();
                file.set_modified(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)).unwrap();
            }
        };
        page("outputs/d", manifest::FILE, None);
        assert!(said().contains("d has no report.html"), "{}", said());
        page("e", manifest::FILE, None);
        assert!(said().contains("none of 2 folders with results has a report.html, such as e"), "{}", said());
        page("outputs/a", manifest::FILE, Some(100));
        page("outputs/b", manifest::FILE, Some(200));
        page("outputs/other", "unrelated.json", Some(900));
        assert_eq!(newest(here.path()).unwrap(), Path::new("outputs").join("b"));
        page("imported", import::FILE, Some(300));
        assert_eq!(newest(here.path()).unwrap(), Path::new("imported"));
    }
}
