//! `smallbench init`: a commented spec to start from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::arguments::Init;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;

/// The spec; `NAME` stands for the experiment's name.
const TEMPLATE: &str = include_str!("init.yaml");

pub(super) fn run(arguments: &Init, session: &Session) -> Result<Exit, Error> {
    let (path, name) = target(&arguments.name)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|source| {
        if source.kind() == std::io::ErrorKind::AlreadyExists {
            Error::Usage(format!("{} already exists; choose another name", path.display()))
        } else {
            Error::io(&path)(source)
        }
    })?;
    // In `experiments`, results go to `outputs` beside it; elsewhere, beside the spec.
    let in_experiments = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "experiments");
    let outputs = if in_experiments { "../outputs" } else { "outputs" };
    file.write_all(text(&name, outputs).as_bytes()).map_err(Error::io(&path))?;
    let reporter = session.reporter(false);
    reporter.result(&format!(
        "wrote {0}\nnext: edit it, then `smallbench plan {0}` and `smallbench apply {0}`",
        path.display()
    ));
    reporter.written()?;
    Ok(Exit::Success)
}

/// The spec of a new experiment.
fn text(name: &str, outputs: &str) -> String {
    TEMPLATE.replace("OUTPUTS", outputs).replace("NAME", name)
}

fn target(argument: &str) -> Result<(PathBuf, String), Error> {
    let given = Path::new(argument);
    let is_file = given.extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    let name = if is_file { given.file_stem() } else { given.file_name() };
    let name = name.unwrap_or_default().to_string_lossy().into_owned();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(fits) {
        return Err(Error::Usage(format!("`{argument}` is not a valid name; use letters, digits, `_`, `-` and `.`")));
    }
    let path = match (is_file, given.components().count() > 1) {
        (true, _) => given.to_owned(),
        (false, true) => given.with_file_name(format!("{name}.yaml")),
        (false, false) if Path::new("experiments").is_dir() => Path::new("experiments").join(format!("{name}.yaml")),
        (false, false) => PathBuf::from(format!("{name}.yaml")),
    };
    Ok((path, name))
}
