//! From the bytes of a spec to its tree.

use std::path::Path;

use super::diagnostic::Problem;
use super::tree::{self, Node, PathSegment, Value};

/// The version of the spec format.
const VERSION: i64 = 1;

/// The text of a file, without a byte order mark.
pub fn text_in(bytes: &[u8]) -> Result<String, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(error) => {
            let at = error.valid_up_to();
            let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Problem::new(format!("byte {at} (line {line}) is not valid UTF-8")))
        }
    }
}

/// The tree of a text: TOML by the ending of its file, else YAML.
///
/// # Errors
/// The first syntax error, or that the text is of another version.
pub(super) fn parsed(path: &Path, text: &str, source: usize) -> Result<Node, Problem> {
    let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let root = if is_toml { tree::from_toml(text, source) } else { tree::from_yaml(text, source) }?;
    of_known_version(&root)?;
    Ok(root)
}

/// Refuses a spec of another version before anything else is read: what else seems wrong with it may be right there.
pub(super) fn of_known_version(root: &Node) -> Result<(), Problem> {
    match root.at(&[PathSegment::Key("version".to_owned())]) {
        Some(Node { value: Value::Integer(version), span }) if *version != VERSION => {
            let problem = Problem::new(format!("unknown spec version {version}"));
            Err(problem.at(span.clone()).help(format!("this version of smallbench reads version {VERSION}")))
        }
        _ => Ok(()),
    }
}
