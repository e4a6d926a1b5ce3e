//! `extends`: a spec that says only what differs from another.

use std::path::{Path, PathBuf};

use super::diagnostic::{Problem, Source};
use super::preset::take;
use super::source_span::SourceSpan;
use super::text::{parsed, text_in};
use super::tree::{Node, Table, TableEntry, Value};
use crate::files::read_bounded;

/// Maximum size of a file in bytes.
pub const MOST_BYTES: u64 = 8 << 20;

/// Keys whose table names a kind, as `exact` in `judge: { exact: {} }`.
const KINDS: [&str; 3] = ["judge", "source", "response_format"];

/// Tables whose entries name kinds each.
const TABLES_OF_KINDS: [&str; 2] = ["endpoints", "other_judges"];

/// Puts the spec over the one that it extends, and that over its own.
pub(super) fn merge(root: &mut Node, path: &Path, sources: &mut Vec<Source>) -> Result<(), Problem> {
    let mut chain = vec![plain(path)];
    let mut folder = path.parent().unwrap_or(Path::new("")).to_owned();
    while let Some((named, span)) = named(root)? {
        let path = folder.join(&named);
        let problem = |message: String| Problem::new(message).at(span.clone());
        if chain.contains(&plain(&path)) {
            return Err(problem(format!("`{named}` is extended by itself")).help("remove one of the `extends`"));
        }
        let bytes = read_bounded(&path, MOST_BYTES).map_err(|error| {
            let message = format!("cannot read {}: {error}", path.display());
            problem(message).help("`extends` is relative to the file that it stands in")
        })?;
        sources.push(Source { name: path.display().to_string(), text: String::new() });
        let source = sources.len() - 1;
        sources[source].text =
            text_in(&bytes).map_err(|error| problem(format!("{}: {}", path.display(), error.message)))?;
        let mut base = parsed(&path, &sources[source].text, source)?;
        let (Value::Table(own), Value::Table(below)) = (&mut root.value, &mut base.value) else {
            return Err(Problem::new("the file is not a table of keys").at(base.span));
        };
        // What is left of it in the tree is that of the file below.
        take(own, "extends");
        let own = std::mem::take(own);
        let mut merged = std::mem::take(below);
        lay_over(&mut merged, own, "");
        root.value = Value::Table(merged);
        folder = path.parent().unwrap_or(Path::new("")).to_owned();
        chain.push(plain(&path));
    }
    Ok(())
}

/// Where the spec is that the text of another names in `extends`, beside that other; none where it names none.
pub fn base(path: &Path, text: &str) -> Option<PathBuf> {
    let (named, _) = named(&parsed(path, text, 0).ok()?).ok()??;
    Some(path.parent().unwrap_or(Path::new("")).join(named))
}

/// The file that a spec extends.
fn named(root: &Node) -> Result<Option<(String, SourceSpan)>, Problem> {
    let Value::Table(table) = &root.value else { return Ok(None) };
    let Some(entry) = table.get("extends") else { return Ok(None) };
    match &entry.value.value {
        Value::Text(path) => Ok(Some((path.clone(), entry.value.span.clone()))),
        _ => {
            let message = format!("`extends` is {}, expected the path of a spec", entry.value.kind());
            Err(Problem::new(message).at(entry.value.span.clone()))
        }
    }
}

fn plain(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Puts the entries of a table over those of another: tables key by key, anything else in its place.
fn lay_over(below: &mut Table, own: Table, name: &str) {
    let is_question = |key: &str| name == "prompt" && matches!(key, "template" | "messages");
    if own.entries.iter().any(|entry| is_question(&entry.key)) {
        below.entries.retain(|entry| !is_question(&entry.key));
    }
    for entry in own.entries {
        let place = below.entries.iter().position(|known| known.key == entry.key);
        let Some(place) = place else {
            below.entries.push(entry);
            continue;
        };
        let is_of_kinds = KINDS.contains(&entry.key.as_str()) || TABLES_OF_KINDS.contains(&name);
        let there = &mut below.entries[place];
        match (&mut there.value.value, entry.value.value) {
            (Value::Table(known), Value::Table(own)) if !is_of_kinds || is_of_one_kind(known, &own) => {
                lay_over(known, own, &entry.key);
            }
            (_, value) => *there = TableEntry { value: Node { value, span: entry.value.span }, ..entry },
        }
    }
}

fn is_of_one_kind(known: &Table, own: &Table) -> bool {
    own.entries.iter().all(|entry| known.get(&entry.key).is_some())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::tree;
    use super::*;

    fn merged(base: &str, own: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("base.yaml"), base).unwrap();
        let path = folder.path().join("own.yaml");
        std::fs::write(&path, own).unwrap();
        let mut root = tree::from_yaml(own, 0).unwrap();
        let mut sources = vec![Source { name: "own.yaml".into(), text: own.into() }];
        merge(&mut root, &path, &mut sources).map_err(|problem| problem.message)?;
        Ok(shown(&root))
    }

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Table(table) => {
                let entries: Vec<String> =
                    table.entries.iter().map(|entry| format!("{}: {}", entry.key, shown(&entry.value))).collect();
                format!("{{{}}}", entries.join(", "))
            }
            Value::List(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
            Value::Text(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn tables_are_merged_and_everything_else_is_replaced() {
        for (base, own, expected) in [
            ("{a: 1, b: {c: 2, d: 3}}", "{extends: base.yaml, b: {c: 4}}", "{a: 1, b: {c: 4, d: 3}}"),
            ("{models: [x, y]}", "{extends: base.yaml, models: [z]}", "{models: [z]}"),
            ("{a: 1, b: 2}", "{extends: base.yaml, a: null}", "{a: Null, b: 2}"),
            ("{judge: {exact: {normal: 1}}}", "{extends: base.yaml, judge: {numeric: {}}}", "{judge: {numeric: {}}}"),
            (
                "{judge: {exact: {a: 1}}}",
                "{extends: base.yaml, judge: {exact: {b: 2}}}",
                "{judge: {exact: {a: 1, b: 2}}}",
            ),
            ("{judge: {exact: {a: 1}}}", "{extends: base.yaml, judge: choice}", "{judge: choice}"),
            (
                "{endpoints: {e: {ollama: {}}}}",
                "{extends: base.yaml, endpoints: {e: {openai: {}}}}",
                "{endpoints: {e: {openai: {}}}}",
            ),
            (
                "{prompt: {template: t, system: s}}",
                "{extends: base.yaml, prompt: {messages: [m]}}",
                "{prompt: {system: s, messages: [m]}}",
            ),
        ] {
            assert_eq!(merged(base, own).as_deref(), Ok(expected), "{base} {own}");
        }
    }

    #[test]
    fn the_base_lies_beside_the_spec_that_names_it() {
        let base = |path: &str, text: &str| base(Path::new(path), text);
        assert_eq!(base("e/own.yaml", "extends: ../base.yaml\nname: x"), Some("e/../base.yaml".into()));
        assert_eq!(base("own.toml", "extends = 'base.toml'"), Some("base.toml".into()));
        for text in ["name: x", "extends: 3", "[1]", "{", ""] {
            assert_eq!(base("own.yaml", text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_extended_is_named() {
        for (base, own, expected) in [
            ("{extends: own.yaml}", "{extends: base.yaml}", "`own.yaml` is extended by itself"),
            ("{}", "{extends: own.yaml}", "`own.yaml` is extended by itself"),
            ("{}", "{extends: absent.yaml}", "cannot read"),
            ("{}", "{extends: 3}", "`extends` is an integer"),
            ("[1]", "{extends: base.yaml}", "not a table of keys"),
        ] {
            let error = merged(base, own).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
        assert!(plain(Path::new("absent")).ends_with("absent"));
    }
}
