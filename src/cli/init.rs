//! `smallbench init`: a commented spec to start from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::arguments::Init;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::spec::diagnostic::suggestion;
use crate::spec::preset;

/// The spec; `NAME` stands for the experiment's name.
const TEMPLATE: &str = include_str!("init.yaml");

/// What stands before and after a preset.
const HEAD: &str = "version: 1\nname: NAME\n\n";
const MODELS: &str = "
endpoints:
  local:
    ollama: { url: \"${OLLAMA_HOST:-http://127.0.0.1:11434}\" }
models:
  - { name: \"gemma:2b\", endpoint: local }
output: { dir: OUTPUTS/NAME, formats: [png, svg] }
";

pub(super) fn run(arguments: &Init, session: &Session) -> Result<Exit, Error> {
    let (path, name) = target(&arguments.name)?;
    let preset = arguments.preset.as_deref().map(preset).transpose()?;
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
    file.write_all(text(&name, outputs, preset.as_deref()).as_bytes()).map_err(Error::io(&path))?;
    let reporter = session.reporter(false);
    reporter.result(&format!(
        "wrote {0}\nnext: edit it, then `smallbench plan {0}` and `smallbench apply {0}`",
        path.display()
    ));
    reporter.written()?;
    Ok(Exit::Success)
}

/// The spec of a new experiment, or that of a preset.
fn text(name: &str, outputs: &str, preset: Option<&str>) -> String {
    let text = match preset {
        Some(preset) => format!("{HEAD}{preset}{MODELS}"),
        None => TEMPLATE.to_owned(),
    };
    text.replace("OUTPUTS", outputs).replace("NAME", name)
}

/// The text of a preset, with its dataset as the only one.
fn preset(name: &str) -> Result<String, Error> {
    let text = preset::text_of(name)
        .ok_or_else(|| Error::Usage(format!("unknown preset `{name}`; {}", suggestion(name, &preset::names()))))?;
    let mut written = String::new();
    let mut is_in_dataset = false;
    for line in text.lines() {
        let indented = line.strip_prefix("  ");
        match (line, indented) {
            ("dataset:", _) => {
                is_in_dataset = true;
                written.push_str("datasets:\n");
            }
            (_, Some(rest)) if is_in_dataset => {
                let first = written.ends_with("datasets:\n");
                written.push_str(&format!("  {}{rest}\n", if first { "- " } else { "  " }));
            }
            _ => {
                is_in_dataset = false;
                written.push_str(&format!("{line}\n"));
            }
        }
    }
    Ok(written)
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
