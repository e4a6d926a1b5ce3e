//! `${NAME}` and `${NAME:-default}` in plain values, from a snapshot of the environment.

use std::collections::BTreeMap;

use super::diagnostic::Problem;
use super::tree::{Node, Value};

/// A snapshot of the environment: the library never reads the process's own.
pub type Environment = BTreeMap<String, String>;

/// Expands every text of the tree except those of the `prompt` section, which are templates.
pub fn expand(root: &mut Node, environment: &Environment, problems: &mut Vec<Problem>) {
    match &mut root.value {
        Value::Table(table) => {
            for entry in &mut table.entries {
                if entry.key != "prompt" {
                    expand_below(&mut entry.value, environment, problems);
                }
            }
        }
        _ => expand_below(root, environment, problems),
    }
}

fn expand_below(node: &mut Node, environment: &Environment, problems: &mut Vec<Problem>) {
    match &mut node.value {
        Value::Text(text) if text.contains("${") => match expand_text(text, environment) {
            Ok(expanded) => *text = expanded,
            Err(message) => problems.push(Problem::new(message).at(node.place.clone())),
        },
        Value::List(items) => items.iter_mut().for_each(|item| expand_below(item, environment, problems)),
        Value::Table(table) => {
            table.entries.iter_mut().for_each(|entry| expand_below(&mut entry.value, environment, problems));
        }
        _ => {}
    }
}

/// Expands one text; `$${` stands for a literal `${`.
fn expand_text(text: &str, environment: &Environment) -> Result<String, String> {
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
        let end = inner.find('}').ok_or_else(|| format!("`{text}` opens `${{` and never closes it"))?;
        out.push_str(&value_of(&inner[..end], environment)?);
        rest = &inner[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn value_of(reference: &str, environment: &Environment) -> Result<String, String> {
    let (name, default) = match reference.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (reference, None),
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err(format!("`${{{reference}}}` is not `${{NAME}}` or `${{NAME:-default}}`"));
    }
    // As in a shell, `:-` also stands in for a variable that is set to nothing.
    match (environment.get(name).filter(|value| !value.is_empty() || default.is_none()), default) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(default)) => Ok(default.to_owned()),
        (None, None) => {
            Err(format!("environment variable `{name}` is not set; set it, or write `${{{name}:-a default}}`"))
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
            assert_eq!(expand_text(text, &environment).map_err(|_| ()), expected.map(str::to_owned), "{text}");
        }
    }
}
