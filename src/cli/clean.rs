//! `smallbench clean`: removes the files of an output folder that a run has written.

use std::path::Path;

use super::file_arguments::Clean;
use super::session::Session;
use crate::console::text::printable;
use crate::engine::render::place::PARTIAL;
use crate::error::Error;
use crate::exit::Exit;
use crate::files::remove_abandoned_drafts;
use crate::format::counted;
use crate::report::manifest::{self, Manifest};

pub(super) fn run(arguments: &Clean, session: &Session) -> Result<Exit, Error> {
    let plan = session.plan(&arguments.spec)?;
    let folder = &plan.output.folder;
    let mut removed = 0;
    for folder in [&folder.join(PARTIAL), folder] {
        removed += clean(folder, arguments.dry_run)?;
    }
    let reporter = session.reporter(false);
    let files = counted(removed, "file");
    let (folder, store) = (folder.display(), &plan.output.store);
    let text = match (removed, arguments.dry_run) {
        (0, _) => format!("{folder} has no results"),
        (_, true) => format!("{files} of {folder} would be removed"),
        (_, false) => format!("{files} removed from {folder}; the responses are kept in {store}"),
    };
    reporter.result(&printable(&text));
    reporter.written()?;
    Ok(Exit::Success)
}

/// Removes the files that the manifest of a folder lists, then the manifest, and the folder if it is empty; returns how
/// many there were.
fn clean(folder: &Path, dry_run: bool) -> Result<usize, Error> {
    let Some(manifest) = Manifest::load(folder) else { return Ok(0) };
    let names = manifest.file_names().chain([manifest::FILE.to_owned()]);
    let files: Vec<_> = names.map(|name| folder.join(name)).filter(|file| file.is_file()).collect();
    if !dry_run {
        remove_abandoned_drafts(folder);
        files.iter().try_for_each(|file| std::fs::remove_file(file).map_err(Error::io(file)))?;
        // Other files may be in it.
        drop(std::fs::remove_dir(folder));
    }
    Ok(files.len())
}
