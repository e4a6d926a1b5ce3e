//! Servers that a run starts.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::endpoint::address::{self, PORT};
use crate::program::{located, whole_path};
use crate::spec::types::ServeSpec;

/// What stands for the name of a model in a command.
const MODEL: &str = "{model}";

/// A server that is started before the first request to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServePlan {
    /// Its program: a path, or a name to be found in `PATH`.
    pub program: PathBuf,
    /// The command line as the spec has it.
    pub command: Vec<String>,
    /// Its working directory: the folder of the spec.
    pub folder: PathBuf,
    /// Path that answers with success once it can be asked.
    pub health: String,
    /// Time that it has until then.
    pub start_timeout: Duration,
    /// File for its output, below the output folder.
    pub log: Option<PathBuf>,
}

impl ServePlan {
    /// The server of a spec that lies in a folder, for this address.
    ///
    /// # Errors
    /// It cannot be what is meant; the text says why.
    pub(super) fn new(spec: &ServeSpec, url: &str, folder: &Path) -> Result<Self, String> {
        let has_port = |text: &String| text.contains(PORT);
        match (spec.command.iter().any(has_port), url.contains(PORT)) {
            (true, false) => return Err("`serve.command` has `{port}`: write it into the `url` as well".into()),
            (false, true) => return Err("the `url` has `{port}`: write it into `serve.command` as well".into()),
            _ => {}
        }
        if address::machine(url) != address::LOOPBACK {
            return Err(format!("`serve` starts a server on this machine, but the `url` is `{url}`: write 127.0.0.1"));
        }
        if !spec.health.starts_with('/') || spec.health.contains(char::is_whitespace) {
            return Err(format!("`serve.health` is `{}`: write a path such as `/health`", spec.health));
        }
        if spec.start_timeout.0.is_zero() {
            return Err("`serve.start_timeout` must be greater than zero".into());
        }
        if let Some(log) = spec.log.as_ref().filter(|log| !is_below(log)) {
            let message = format!("`serve.log` is `{}`: write a path within the output folder", log.display());
            return Err(message);
        }
        let folder = whole_path(folder)?;
        // An empty list is refused by its limits.
        let program = spec.command.first().map(|program| located(program, &folder)).transpose()?.unwrap_or_default();
        Ok(Self {
            program,
            command: spec.command.clone(),
            folder,
            health: spec.health.clone(),
            start_timeout: spec.start_timeout.0,
            log: spec.log.clone(),
        })
    }

    /// True if each model has a server of its own.
    pub fn is_per_model(&self) -> bool {
        self.command.iter().any(|argument| argument.contains(MODEL))
    }

    /// The command line for a model at a port.
    pub fn filled(&self, model: &str, port: u16) -> Vec<OsString> {
        let arguments = self.command.iter().skip(1);
        let fill = |argument: &String| fill(argument, model, port).into();
        std::iter::once(self.program.clone().into()).chain(arguments.map(fill)).collect()
    }
}

/// An argument with what its placeholders stand for; a model may have any name, also one with a placeholder.
fn fill(argument: &str, model: &str, port: u16) -> String {
    let parts: Vec<String> = argument.split(MODEL).map(|part| address::with_port(part, port)).collect();
    parts.join(model)
}

fn is_below(path: &Path) -> bool {
    use std::path::Component;
    path.components().all(|part| matches!(part, Component::Normal(_))) && path.file_name().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serve(spec: serde_json::Value, url: &str) -> Result<ServePlan, String> {
        ServePlan::new(&serde_json::from_value(spec).unwrap(), url, Path::new(""))
    }

    #[test]
    fn placeholders_are_filled_and_nothing_else() {
        let command = ["server", "-m", "{model}", "--at={port}", "{\"a\":{}}", "{port}{model}"];
        let plan = serve(serde_json::json!({ "command": command }), "http://127.0.0.1:{port}/v1").unwrap();
        assert!(plan.is_per_model() && plan.folder.is_absolute());
        let filled = ["server", "-m", "a {port}.gguf", "--at=7", "{\"a\":{}}", "7a {port}.gguf"];
        assert_eq!(plan.filled("a {port}.gguf", 7), filled.map(OsString::from));
        assert_eq!((plan.health.as_str(), plan.start_timeout), ("/health", Duration::from_secs(60)));
        assert!(!serve(serde_json::json!({ "command": ["s"] }), "http://localhost:1").unwrap().is_per_model());
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_what_to_write() {
        for (spec, url, says) in [
            (serde_json::json!({ "command": ["s", "{port}"] }), "http://localhost:1", "write it into the `url`"),
            (serde_json::json!({ "command": ["s"] }), "http://localhost:{port}", "write it into `serve.command`"),
            (serde_json::json!({ "command": ["s", "{port}"] }), "http://far:{port}", "write 127.0.0.1"),
            (serde_json::json!({ "command": ["s"], "health": "health" }), "http://localhost:1", "such as `/health`"),
            (serde_json::json!({ "command": ["s"], "start_timeout": "0s" }), "http://localhost:1", "greater than zero"),
            (serde_json::json!({ "command": ["s"], "log": "../x" }), "http://localhost:1", "within the output folder"),
            (serde_json::json!({ "command": ["./none"] }), "http://localhost:1", "does not exist"),
        ] {
            let message = serve(spec, url).unwrap_err();
            assert!(message.contains(says), "{message}");
        }
    }
}
