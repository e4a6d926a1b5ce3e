//! Results at a commit, `REVISION:PATH`: read out of the repository by `git cat-file`, which checks nothing out.
//!
//! A folder or a file is read as it was committed. A spec stands for the run that was made from its text: the output
//! folder whose manifest has its digest.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::checksum::sha256;
use crate::compare::source::{Source, load as load_results};
use crate::error::Error;
use crate::files::folder_of;
use crate::report::manifest::Manifest;
use crate::spec::extends::{self, MOST_BYTES};
use crate::spec::text_in;

/// A path at a revision.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CommitPath {
    revision: String,
    path: String,
}

/// Files of an output folder that a comparison reads.
const FILES: [&str; 3] = ["results.csv", "manifest.json", "imported.json"];

/// The place that an argument names; none where it is a path on the disk.
pub(super) fn parse(argument: &Path) -> Option<CommitPath> {
    if argument.exists() {
        return None;
    }
    let (revision, path) = argument.to_str()?.split_once(':')?;
    // A single letter is a drive, and what begins with a dash would be an option.
    let is_revision = revision.len() > 1 && !revision.starts_with('-');
    let is_inside = !path.is_empty() && !Path::new(path).has_root();
    (is_revision && is_inside).then(|| CommitPath { revision: revision.to_owned(), path: path.to_owned() })
}

/// Loads the results at a place.
///
/// # Errors
/// The repository has no such commit or path, or no run of the spec is stored.
pub(super) fn load(place: &CommitPath, argument: &Path) -> Result<Source, Error> {
    let name = argument.display();
    let folder = tempfile::tempdir().map_err(Error::io(argument))?;
    let kind = text(&place.asked(&["cat-file", "-t"], "", Stdio::piped())?);
    let found = match kind.as_str() {
        "tree" => place.tree(&folder)?,
        _ if is_spec(&place.path) => return place.run(&name.to_string()),
        _ => place.file(&folder)?,
    };
    // What is wrong is said of the argument, not of the copy.
    let renamed = |error: crate::compare::source::SourceError| error.of(argument);
    Ok(Source { name: name.to_string(), ..load_results(&found).map_err(renamed)? })
}

fn is_spec(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ending| ["yaml", "yml", "toml"].iter().any(|known| ending == *known))
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

impl CommitPath {
    /// What git says of the path, or of a file in it.
    fn asked(&self, command: &[&str], inside: &str, to: Stdio) -> Result<Output, Error> {
        let object = format!("{}:./{}{inside}", self.revision, self.path.trim_end_matches('/'));
        let mut git = Command::new("git");
        git.args(command).arg(object).stdin(Stdio::null()).stdout(to).stderr(Stdio::piped());
        let output = git.output().map_err(|error| Error::Usage(format!("cannot run `git`: {error}")))?;
        if output.status.success() {
            return Ok(output);
        }
        let said = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
        let said = said.trim_start_matches("fatal: ").trim_start_matches("error: ").to_owned();
        Err(Error::Usage(format!("cannot read {}{inside} at `{}`: {said}", self.path, self.revision)))
    }

    /// The files of an output folder, copied into another one.
    fn tree(&self, folder: &TempDir) -> Result<PathBuf, Error> {
        for name in FILES {
            let copied = self.copied(&format!("/{name}"), &folder.path().join(name));
            // Only the table has to be there.
            if name == FILES[0] {
                copied?;
            }
        }
        Ok(folder.path().to_owned())
    }

    /// A file, copied with its name and that of its folder, which some formats need.
    fn file(&self, folder: &TempDir) -> Result<PathBuf, Error> {
        let path = Path::new(&self.path);
        let parent = path.parent().and_then(Path::file_name).unwrap_or_default();
        let copy = folder.path().join(parent).join(path.file_name().unwrap_or_default());
        std::fs::create_dir_all(folder_of(&copy)).map_err(Error::io(&copy))?;
        self.copied("", &copy)?;
        Ok(copy)
    }

    fn copied(&self, inside: &str, copy: &Path) -> Result<(), Error> {
        let file = File::create(copy).map_err(Error::io(copy))?;
        let copied = self.asked(&["cat-file", "blob"], inside, file.into());
        if copied.is_err() {
            std::fs::remove_file(copy).map_err(Error::io(copy))?;
        }
        copied.map(drop)
    }

    /// The text of the spec and, below it, those of the specs that it extends, as a manifest has their digest.
    fn spec_text(&self) -> Result<String, Error> {
        let mut whole = String::new();
        let mut known = BTreeSet::new();
        let mut next = Some(PathBuf::from(&self.path));
        while let Some(path) = next.filter(|path| known.insert(path.clone())) {
            let inside = path.to_string_lossy().replace('\\', "/");
            let place = Self { revision: self.revision.clone(), path: inside };
            let output = place.asked(&["cat-file", "blob"], "", Stdio::piped())?;
            if output.stdout.len() as u64 > MOST_BYTES {
                return Err(Error::Usage(format!("{} at `{}` is too large for a spec", place.path, place.revision)));
            }
            let text = text_in(&output.stdout)
                .map_err(|error| Error::Usage(format!("{} at `{}`: {}", place.path, place.revision, error.message)))?;
            next = extends::base(&path, &text);
            whole.push_str(&text);
        }
        Ok(whole)
    }

    /// The results of the run that was made from a spec as it is at the revision.
    fn run(&self, name: &str) -> Result<Source, Error> {
        let digest = sha256(self.spec_text()?.as_bytes());
        let roots = roots(Path::new(&self.path));
        let folders = roots.iter().flat_map(|root| std::fs::read_dir(root).into_iter().flatten().flatten());
        let runs = folders.filter_map(|entry| Some((Manifest::load(&entry.path())?, entry.path())));
        let own = runs.filter(|(manifest, _)| manifest.spec_sha256 == digest);
        let newest = own.max_by(|(one, path), (other, further)| (&one.finished, path).cmp(&(&other.finished, further)));
        let Some((_, folder)) = newest else {
            let roots: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
            return Err(Error::misuse(
                format!(
                    "no run of {name} is stored: no manifest in {} has the SHA-256 {}… of its text",
                    roots.join(", "),
                    &digest[..12]
                ),
                format!(
                    "name results that are committed, such as `{}:outputs/NAME`, or apply that version of the spec with an \
                     output folder of its own",
                    self.revision
                ),
            ));
        };
        Ok(Source { name: format!("{name} ({})", folder.display()), ..load_results(&folder)? })
    }
}

/// The folders in which output folders lie: `outputs` here, and beside the folder of the spec.
fn roots(spec: &Path) -> BTreeSet<PathBuf> {
    let beside = folder_of(spec).parent().map(|parent| parent.join("outputs"));
    [Some(PathBuf::from("outputs")), beside].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_revision_and_a_path() {
        let place = |text: &str| parse(Path::new(text)).map(|place| (place.revision, place.path));
        let is = |revision: &str, path: &str| Some((revision.to_owned(), path.to_owned()));
        assert_eq!(place("HEAD~3:experiments/x.yaml"), is("HEAD~3", "experiments/x.yaml"));
        assert_eq!(place("v1.2:outputs/a:b"), is("v1.2", "outputs/a:b"));
        for path in ["outputs/x", "C:\\results.csv", "-x:y", ":y", "HEAD:", "HEAD:/etc/passwd", "Cargo.toml"] {
            assert_eq!(place(path), None, "{path}");
        }
    }
}
