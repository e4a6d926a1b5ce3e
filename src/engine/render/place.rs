//! Selects the folder of the results: the output folder, unless it has a fuller result.

use std::path::{Path, PathBuf};

use crate::engine::Context;
use crate::format::counted;
use crate::plan::Plan;
use crate::report::manifest::{self, Manifest};

/// Subfolder of the output folder for a run with fewer answers than an earlier one.
pub const PARTIAL: &str = "partial";

/// The folder for the results of a run with `answered` answers. A run that was interrupted, or asked only part of
/// its experiment, does not replace a fuller result.
pub(in crate::engine) fn folder(plan: &Plan, answered: usize, asks_for_all: bool, context: &Context<'_>) -> PathBuf {
    let folder = &plan.output.folder;
    let earlier = Manifest::load(folder).filter(|earlier| earlier.experiment == plan.name);
    let earlier = earlier.and_then(|earlier| earlier.requests.answered).unwrap_or_default();
    if asks_for_all || answered >= earlier {
        return folder.clone();
    }
    let partial = folder.join(PARTIAL);
    context.warn(format!(
        "{} has a fuller result of this experiment ({}, this run has {answered}); writing to {} instead",
        folder.display(),
        counted(earlier, "answer"),
        partial.display(),
    ));
    partial
}

/// Removes files that an earlier run wrote and this one did not, and partial results if this run has more.
pub(in crate::engine) fn tidy(folder: &Path, earlier: Option<&Manifest>, written: &[String], answered: usize) {
    let stale = earlier.into_iter().flat_map(Manifest::file_names).filter(|name| !written.contains(name));
    // A chart that is no longer in the spec would look like one of this run.
    stale.for_each(|name| drop(std::fs::remove_file(folder.join(name))));
    // Folders stay if they contain files.
    drop(std::fs::remove_dir(folder.join(manifest::CHART_DATA)));
    let partial = folder.join(PARTIAL);
    let outdone = Manifest::load(&partial).filter(|less| less.requests.answered.is_some_and(|less| less <= answered));
    if let Some(outdone) = outdone {
        let names = outdone.file_names().chain([manifest::FILE.to_owned()]);
        names.for_each(|name| drop(std::fs::remove_file(partial.join(name))));
        drop(std::fs::remove_dir(partial.join(manifest::CHART_DATA)));
        drop(std::fs::remove_dir(&partial));
    }
}
