//! `smallbench import`: results of other tools as an output folder.

use std::path::Path;

use super::process_env;
use super::results_arguments::Import;
use super::session::Session;
use crate::compare::published::left_out;
use crate::console::text::{columns_within, printable};
use crate::error::Error;
use crate::exit::Exit;
use crate::format::{interval, known, known_count, percent};
use crate::import::{FILE, Measured, import};
use crate::report::{history, imported, unknown_letters};

/// The columns, and which of them matter more on a narrow terminal.
const HEADINGS: [&str; 6] = ["model", "dataset", "answers", "questions", "score", "95 % interval"];
const IMPORTANCE: [u8; 6] = [9, 6, 4, 5, 8, 7];

pub(super) fn run(arguments: &Import, session: &Session) -> Result<Exit, Error> {
    let folder = &arguments.output;
    if folder.join("results.csv").exists() && !folder.join(FILE).is_file() {
        let text = format!("{} holds the results of a run", folder.display());
        return Err(Error::misuse(text, "name another folder with `--output`"));
    }
    let imported = import(&arguments.results)?;
    let written = imported::write(folder, &imported)?;
    let outer = folder.parent().filter(|outer| !outer.as_os_str().is_empty()).unwrap_or(Path::new("."));
    history::add(outer, &imported::entry(folder, &imported, process_env::now()))?;
    let rows: Vec<[String; 6]> = imported.measured.iter().map(row).collect();
    let reporter = session.reporter_of_tables(arguments.wide);
    reporter.result(&columns_within(reporter.width(), HEADINGS, &rows, IMPORTANCE));
    reporter.note(&format!("the results do not say: {}", written.missing.join(", ")));
    left_out(&imported.sources).iter().for_each(|text| reporter.note(text));
    unknown_letters::warn_of(&written.unknown, |text| reporter.warn(&text));
    reporter.note(&format!("wrote {}", folder.display()));
    reporter.written()?;
    Ok(Exit::Success)
}

fn row(measured: &Measured) -> [String; 6] {
    [
        printable(&measured.model),
        known(Some(printable(&measured.dataset)).filter(|name| !name.is_empty()), |name| name),
        known_count(measured.answers),
        known_count(measured.questions),
        known(measured.score, percent),
        known(measured.interval, |ends| interval(ends, percent)),
    ]
}
