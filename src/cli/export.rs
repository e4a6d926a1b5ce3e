//! `smallbench export`: results in the formats of other tools.

use std::path::Path;

use super::results_arguments::Export;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::export::{Benchmark, Exported, export};
use crate::files::{folder_of, write_bytes};
use crate::format::counted;

pub(super) fn run(arguments: &Export, session: &Session) -> Result<Exit, Error> {
    let named = arguments.hub_dataset.clone().zip(arguments.hub_task.clone()).zip(arguments.unit);
    let benchmark = named.map(|((dataset, task), unit)| Benchmark { dataset, task, unit });
    let exported = export(&arguments.run, arguments.to, benchmark.as_ref())?;
    let reporter = session.reporter(false);
    match &arguments.output {
        Some(output) => {
            write(&exported, output)?;
            reporter.note(&format!("wrote {} to {}", counted(exported.files.len(), "file"), output.display()));
        }
        None if exported.is_single => {
            exported.files.iter().for_each(|(_, text)| reporter.result(text.trim_end()));
        }
        None => {
            return Err(Error::misuse(
                "this format has files for each model",
                "name a folder for them with `--output`",
            ));
        }
    }
    if exported.left_out > 0 {
        reporter.note(&format!("left out {}: no answer, or no score", counted(exported.left_out, "request")));
    }
    reporter.written()?;
    Ok(Exit::Success)
}

/// Writes to a file, or to a folder where the format has several.
fn write(exported: &Exported, output: &Path) -> Result<(), Error> {
    for (name, text) in &exported.files {
        let path = if exported.is_single { output.to_owned() } else { output.join(name) };
        let folder = folder_of(&path);
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
        write_bytes(&path, text.as_bytes())?;
    }
    Ok(())
}
