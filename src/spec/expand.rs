//! `${NAME}` and `${NAME:-default}` in plain values, from a snapshot of the environment.

use std::collections::BTreeMap;

use super::diagnostic::Problem;
use super::source_span::SourceSpan;
use super::tree::{Node, Value};

/// A snapshot of the environment; the library never reads the process's own.
pub type Environment = BTreeMap<String, String>;

/// A variable that was expanded, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Expansion {
    /// Its name.
    pub variable: String,
    /// The text after expansion.
    pub span: SourceSpan,
}

/// Expands every text of the tree except those of the `prompt` section, which are templates.
pub fn expand(root: &mut Node, environment: &Environment, problems: &mut Vec<Problem>) -> Vec<Expansion> {
    let mut expansions = Vec::new();
    match &mut root.value {
        Value::Table(table) => {
            for entry in &mut table.entries {
                if entry.key != "prompt" {
                    expand_below(&mut entry.value, environment, &mut expansions, problems);
                }
            }
        }
        _ => expand_below(root, environment, &mut expansions, problems),
    }
    expansions
}

fn expand_below(
    node: &mut Node,
    environment: &Environment,
    expansions: &mut Vec<Expansion>,
    problems: &mut Vec<Problem>,
) {
    match &mut node.value {
        Value::Text(text) if text.contains("${") => match expand_text(text, environment) {
            Ok((expanded, variables)) => {
                *text = expanded;
                let span = &node.span;
                expansions.extend(variables.into_iter().map(|variable| Expansion { variable, span: span.clone() }));
            }
            Err(message) => problems.push(Problem::new(message).at(node.span.clone())),
        },
        Value::List(items) => {
            items.iter_mut().for_each(|item| expand_below(item, environment, expansions, problems));
        }
        Value::Table(table) => {
            let entries = table.entries.iter_mut();
            entries.for_each(|entry| expand_below(&mut entry.value, environment, expansions, problems));
        }
        _ => {}
    }
}

/// Expands one text, and names the variables in it; `$${` stands for a literal `${`.
fn expand_text(text: &str, environment: &Environment) -> Result<(String, Vec<String>), String> {
    let mut variables = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            out.push_str(&rest[..at - 1]);
            out.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        let inner = &rest[at + 2..];
        let end = inner.find('}').ok_or_else(|| format!("`{text}` has an unclosed `${{`"))?;
        let (name, value) = value_of(&inner[..end], environment)?;
        out.push_str(value);
        variables.push(name.to_owned());
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    Ok((out, variables))
}

/// The name of the referenced variable, and its value or default.
fn value_of<'r>(reference: &'r str, environment: &'r Environment) -> Result<(&'r str, &'r str), String> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err(format!("`${{{reference}}}` is not `${{NAME}}` or `${{NAME:-default}}`"));
    }
    // As in a shell, `:-` also replaces an empty value.
    match (environment.get(name).filter(|value| !value.is_empty() || default.is_none()), default) {
        (Some(value), _) => Ok((name, value)),
        (None, Some(default)) => Ok((name, default)),
        (None, None) => {
            Err(format!("environment variable `{name}` is not set; set it, or write a default: `${{{name}:-value}}`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_defaults_and_escapes() {
        let environment = Environment::from([("A".into(), "1".into()), ("E".into(), String::new())]);
        let cases = [
            ("x${A}y${A}", Ok("x1y1")),
            ("${B:-2}", Ok("2")),
            ("${E:-3}", Ok("3")),
            ("${E}", Ok("")),
            ("${B:-}", Ok("")),
            ("$${A}", Ok("${A}")),
            ("$A {A}", Ok("$A {A}")),
            ("${B:-http://h:1}", Ok("http://h:1")),
            ("${B}", Err(())),
            ("${A", Err(())),
            ("${A B}", Err(())),
        ];
        for (text, expected) in cases {
            let expanded = expand_text(text, &environment).map(|(expanded, _)| expanded);
            assert_eq!(expanded.map_err(|_| ()), expected.map(str::to_owned), "{text}");
        }
    }
}
