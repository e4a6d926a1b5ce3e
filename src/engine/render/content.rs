//! What is rendered, and the files that are made of it.

use std::path::Path;

use crate::checksum::sha256_of;
use crate::engine::aggregate::Aggregated;
use crate::engine::opinions::Opinions;
use crate::engine::stored::responses::Responses;
use crate::error::Error;
use crate::report::manifest::FileEntry;

/// What was measured, in the shape in which it is written.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Rendered<'r> {
    pub(in crate::engine) responses: &'r Responses<'r>,
    pub(in crate::engine) aggregated: &'r Aggregated,
    pub(in crate::engine) opinions: &'r Opinions,
}

/// A file of the folder, as the manifest has it.
pub(super) fn entry(folder: &Path, name: &str) -> Result<FileEntry, Error> {
    let path = folder.join(name);
    let sha256 = sha256_of(&path).map_err(Error::io(&path))?;
    Ok(FileEntry { name: name.to_owned(), sha256 })
}
