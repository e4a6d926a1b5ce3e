//! The files of an export: their texts and their names.

use std::path::PathBuf;

use serde_json::Value;

/// The files of one model and dataset.
pub(super) type Files = Vec<(PathBuf, String)>;

/// A JSON document with a line break at its end.
pub(super) fn document(value: &Value) -> String {
    format!("{value:#}\n")
}

/// JSON lines.
pub(super) fn lines(values: impl Iterator<Item = Value>) -> String {
    values.map(|value| format!("{value}\n")).collect()
}

/// A name as a part of a path, as lm-evaluation-harness writes it.
pub(super) fn file_name(name: &str) -> String {
    let mut out = String::new();
    let mut is_run = false;
    for sign in name.chars() {
        let is_bad = "<>:\"/\\|?*[]".contains(sign) || sign.is_control();
        match (is_bad, is_run) {
            (true, false) => out.push_str("__"),
            (true, true) => {}
            (false, _) => out.push(sign),
        }
        is_run = is_bad;
    }
    if out.is_empty() || out.chars().all(|sign| sign == '.') { format!("_{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parts_of_paths() {
        for (name, path) in [("gemma:2b", "gemma__2b"), ("../a", "..__a"), ("..", "_.."), ("", "_"), ("a b", "a b")] {
            assert_eq!(file_name(name), path);
        }
    }
}
