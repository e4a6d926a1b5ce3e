//! A packed log of inspect, `.eval`: a ZIP archive with the head of the log and a member for each sample.
//!
//! Samples are unpacked one after another, each into bounded memory, so neither a large log nor an archive that unpacks
//! to far more than it holds fills the memory.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;
use zip::ZipArchive;
use zip::result::ZipError;

use super::super::error::{SourceError, malformed, unreadable};
use super::super::json::parsed;
use super::super::results::Source;
use super::head::Head;
use super::sample::{Sample, answer};
use crate::files::{in_units, open_file};

/// Bounds of what is unpacked.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// Members of an archive.
    members: usize,
    /// Bytes of a member.
    member: u64,
    /// Bytes of all members.
    total: u64,
    /// Bytes out of each byte in, of a member and of all of them: text rarely gives more than 100.
    ratio: u64,
    /// Bytes up to which the ratio does not matter.
    small: u64,
}

const BOUNDS: Bounds = Bounds { members: 1_000_000, member: 512 << 20, total: 64 << 30, ratio: 1000, small: 16 << 20 };

/// Where the head of a log stands: of one that is complete, and of one that is still being written.
const HEADS: [&str; 2] = ["header.json", "_journal/start.json"];

/// Reads a packed log.
pub(super) fn read(path: &Path) -> Result<Source, SourceError> {
    let mut log = Packed::open(path, BOUNDS)?;
    let Some(name) = HEADS.into_iter().find(|name| log.archive.index_for_name(name).is_some()) else {
        return Err(SourceError::unknown(
            path,
            "it is not a log of inspect: it holds neither `header.json` nor `_journal/start.json`".to_owned(),
        ));
    };
    let whole: Value = log.member(name)?;
    let head =
        Head::new(&whole["eval"], &whole["status"]).map_err(|message| malformed(path, in_member(name), message))?;
    let mut answers = Vec::new();
    for name in log.samples()? {
        answers.push(answer(&head, &log.member::<Sample>(&name)?));
    }
    head.source(answers, &whole["results"])
        .ok_or_else(|| SourceError::unknown(path, "the log has neither samples nor scores"))
}

fn in_member(name: &str) -> String {
    format!("member {name}")
}

fn no_archive(path: &Path, error: &ZipError) -> SourceError {
    malformed(path, "directory of the archive".to_owned(), format!("no ZIP: {error}"))
}

/// An open archive.
struct Packed<'p> {
    path: &'p Path,
    archive: ZipArchive<BufReader<File>>,
    bounds: Bounds,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'p> Packed<'p> {
    fn open(path: &'p Path, bounds: Bounds) -> Result<Self, SourceError> {
        let file = open_file(path).map_err(unreadable(path))?;
        let size = file.metadata().map_err(unreadable(path))?.len();
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|error| no_archive(path, &error))?;
        if archive.len() > bounds.members {
            let message = format!("it holds {} members; the maximum is {}", archive.len(), bounds.members);
            return Err(SourceError::unknown(path, message));
        }
        let left = size.saturating_mul(bounds.ratio).max(bounds.small).min(bounds.total);
        Ok(Self { path, archive, bounds, left })
    }

    /// The names of the samples, `#9` before `#10`.
    fn samples(&self) -> Result<Vec<String>, SourceError> {
        let names = self.archive.file_names().map(|name| name.map(Cow::into_owned)).collect::<Result<Vec<String>, _>>();
        let mut names = names.map_err(|error| no_archive(self.path, &error))?;
        names.retain(|name| name.starts_with("samples/") && name.ends_with(".json"));
        names.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        Ok(names)
    }

    /// A member as JSON.
    fn member<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, SourceError> {
        let bytes = self.unpacked(name).map_err(|message| malformed(self.path, in_member(name), message))?;
        let place = |error: serde_json::Error| format!("no JSON of a log: {error}");
        parsed(&bytes).map_err(|error| malformed(self.path, in_member(name), place(error)))
    }

    /// The bytes of a member, as many as the bounds allow: what the archive says of its size may be wrong.
    fn unpacked(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let member = self.archive.by_name(name).map_err(|error| format!("cannot unpack it: {error}"))?;
        let by_ratio = member.compressed_size().saturating_mul(self.bounds.ratio).max(self.bounds.small);
        let most = by_ratio.min(self.bounds.member).min(self.left);
        let mut bytes = Vec::new();
        let read = member.take(most.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| format!("cannot unpack it: {error}"))?;
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > most {
            return Err(format!("it unpacks to more than {}, which is more than a log needs", in_units(most)));
        }
        self.left -= length;
        Ok(bytes)
    }
}

#[cfg(test)]
#[path = "packed_tests.rs"]
mod packed_tests;
