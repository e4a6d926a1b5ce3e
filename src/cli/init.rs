//! `smallbench init`: a commented spec to start from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::file_arguments::Init;
use super::hub_task;
use super::session::Session;
use crate::error::Error;
use crate::exit::Exit;
use crate::plan::{PLAIN_NAME, is_plain_name};
use crate::spec::diagnostic::suggestion;
use crate::spec::preset;

/// The spec; `NAME` stands for the experiment's name.
const TEMPLATE: &str = include_str!("init.yaml");

/// What stands before and after a dataset.
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
    let dataset = match (&arguments.preset, &arguments.hub_task) {
        (Some(name), _) => Some(preset(name)?),
        (None, Some(address)) => Some(hub_task::parts(address, session)?),
        (None, None) => None,
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(|source| {
        if source.kind() == std::io::ErrorKind::AlreadyExists {
            Error::misuse(format!("{} already exists", path.display()), "choose another name")
        } else {
            Error::io(&path)(source)
        }
    })?;
    // In `experiments`, results go to `outputs` beside it; elsewhere, beside the spec.
    let in_experiments = path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "experiments");
    let outputs = if in_experiments { "../outputs" } else { "outputs" };
    file.write_all(text(&name, outputs, dataset.as_deref()).as_bytes()).map_err(Error::io(&path))?;
    let reporter = session.reporter(false);
    reporter.result(&format!(
        "wrote {0}\nnext: edit it, then `smallbench plan {0}` and `smallbench apply {0}`",
        path.display()
    ));
    reporter.written()?;
    Ok(Exit::Success)
}

/// The spec of a new experiment, or that of a dataset with what belongs to it.
fn text(name: &str, outputs: &str, dataset: Option<&str>) -> String {
    let named = |text: &str| text.replace("OUTPUTS", outputs).replace("NAME", name);
    match dataset {
        Some(dataset) => format!("{}{dataset}{}", named(HEAD), named(MODELS)),
        None => named(TEMPLATE),
    }
}

/// The text of a preset, with its dataset as the only one.
fn preset(name: &str) -> Result<String, Error> {
    let text = preset::text_of(name)
        .ok_or_else(|| Error::misuse(format!("unknown preset `{name}`"), suggestion(name, &preset::names())))?;
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
    if name.starts_with('.') || !is_plain_name(&name) {
        return Err(Error::misuse(format!("`{argument}` is not a valid name"), format!("use {PLAIN_NAME}")));
    }
    let path = match (is_file, given.components().count() > 1) {
        (true, _) => given.to_owned(),
        (false, true) => given.with_file_name(format!("{name}.yaml")),
        (false, false) if Path::new("experiments").is_dir() => Path::new("experiments").join(format!("{name}.yaml")),
        (false, false) => PathBuf::from(format!("{name}.yaml")),
    };
    Ok((path, name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::hub_task::Address;

    #[test]
    fn a_task_of_the_hub_becomes_a_valid_spec() {
        let task = "
tasks:
  - id: sums
    config: main
    epochs: 2
    field_spec: { input: problem, target: total }
    solvers: [{ name: prompt_template, args: { template: \"{prompt}\\nAnswer:\" } }, { name: generate }]
    scorers: [{ name: match, args: { numeric: true } }, { name: answer, args: { pattern: line } }]
";
        let dataset = hub_task::section(task, "c0ffee", &Address::read("some/sums").unwrap()).unwrap();
        let text = text("sums", "outputs", Some(&dataset));
        let loaded = crate::spec::load(Path::new("sums.yaml"), text.as_bytes(), &BTreeMap::new(), &[]);
        assert!(loaded.is_ok(), "{text}");
    }
}
