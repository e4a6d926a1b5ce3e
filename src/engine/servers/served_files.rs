//! The files of the commands that serve models: which program and which weights answered.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::checksum::sha256_of;
use crate::plan::{Plan, ServePlan};
use crate::report::manifest::{Manifest, ServedFile};

/// The files that the commands of `serve` name, with their hashes. Where nothing was sent no server ran, and those of the
/// earlier run in this folder still hold; large models take their time to read.
pub(in crate::engine) fn served_files(plan: &Plan, sent: usize, folder: &Path) -> Vec<ServedFile> {
    let serves = || plan.models.iter().filter_map(|model| Some((model, plan.endpoint_of(model).serve.as_ref()?)));
    if sent == 0 {
        return Manifest::load(folder).filter(|_| serves().next().is_some()).map_or_else(Vec::new, |run| run.served);
    }
    // No port is in the name of a file.
    let named = serves().flat_map(|(model, serve)| paths(serve, &serve.filled(&model.model, 0)));
    named.collect::<BTreeSet<_>>().into_iter().filter_map(|(shown, path)| file(shown, &path)).collect()
}

/// The files among the words of a command, each as it is written and where it is.
fn paths(serve: &ServePlan, command: &[OsString]) -> Vec<(String, PathBuf)> {
    let words = command.iter().filter_map(|word| word.to_str());
    // `--model=FILE` as well.
    let named = words.map(|word| word.split_once('=').filter(|_| word.starts_with('-')).map_or(word, |(_, file)| file));
    let found = named.map(|word| (word.to_owned(), serve.folder.join(word)));
    found.filter(|(_, path)| path.is_file()).collect()
}

fn file(path: String, place: &Path) -> Option<ServedFile> {
    let bytes = place.metadata().ok()?.len();
    Some(ServedFile { path, bytes, sha256: sha256_of(place).ok()? })
}
