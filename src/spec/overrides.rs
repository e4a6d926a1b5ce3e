//! `--set key=value`: one field of the spec, replaced from the command line.

use super::diagnostic::Problem;
use super::source_span::SourceSpan;
use super::tree::{Node, PathSegment, Table, TableEntry, Value, from_yaml};

/// Maximum number of segments of a path: no key of a spec is deeper, and each segment is a recursive call.
const MOST_SEGMENTS: usize = 64;

/// Applies one override such as `load.concurrency=[1,2]` or `models[0].label=Gemma` to the tree.
/// `source` is the index of the override's text among the sources.
///
/// # Errors
/// The text is not `key=value`, the value is not YAML, or the path leads through a value that is
/// neither table nor list.
pub fn apply(root: &mut Node, text: &str, source: usize) -> Result<(), Problem> {
    let whole = SourceSpan { source, range: 0..text.len() };
    let (key, value_text) = text.split_once('=').ok_or_else(|| {
        Problem::new("an override has the form `key=value`")
            .at(whole.clone())
            .help("for example: `--set load.timeout=60s`")
    })?;
    let path = parse_path(key).ok_or_else(|| {
        Problem::new(format!("`{key}` is not a path such as `load.timeout` or `models[0].label`")).at(whole.clone())
    })?;
    if path.len() > MOST_SEGMENTS {
        return Err(Problem::new(format!(
            "a path of {} segments is too long; the maximum is {MOST_SEGMENTS}",
            path.len()
        ))
        .at(whole));
    }
    let mut value = from_yaml(value_text, source).map_err(|problem| problem.at(whole.clone()))?;
    shift(&mut value, key.len() + 1);
    put(root, &path, value, &whole)
}

fn parse_path(key: &str) -> Option<Vec<PathSegment>> {
    let mut path = Vec::new();
    for part in key.trim().split('.') {
        let (name, indices) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        if name.is_empty() {
            return None;
        }
        path.push(PathSegment::Key(name.to_owned()));
        for index in indices.split('[').filter(|index| !index.is_empty()) {
            path.push(PathSegment::Index(index.strip_suffix(']')?.parse().ok()?));
        }
    }
    Some(path)
}

fn shift(node: &mut Node, by: usize) {
    node.span.range = node.span.range.start + by..node.span.range.end + by;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| shift(item, by)),
        Value::Table(table) => {
            for entry in &mut table.entries {
                entry.key_span.range = entry.key_span.range.start + by..entry.key_span.range.end + by;
                shift(&mut entry.value, by);
            }
        }
        _ => {}
    }
}

fn put(node: &mut Node, path: &[PathSegment], value: Node, whole: &SourceSpan) -> Result<(), Problem> {
    let Some((segment, rest)) = path.split_first() else {
        *node = value;
        return Ok(());
    };
    if let (Value::Null, PathSegment::Key(_)) = (&node.value, segment) {
        node.value = Value::Table(Table::default());
    }
    match (&mut node.value, segment) {
        (Value::Table(table), PathSegment::Key(key)) => {
            let at = table.entries.iter().position(|entry| entry.key == *key).unwrap_or_else(|| {
                let empty = Node { value: Value::Null, span: whole.clone() };
                table.entries.push(TableEntry { key: key.clone(), key_span: whole.clone(), value: empty });
                table.entries.len() - 1
            });
            put(&mut table.entries[at].value, rest, value, whole)
        }
        (Value::List(items), PathSegment::Index(index)) => {
            let count = items.len();
            let item = items.get_mut(*index).ok_or_else(|| {
                Problem::new(format!("index [{index}] is out of range: the list has {count}")).at(whole.clone())
            })?;
            put(item, rest, value, whole)
        }
        _ => Err(Problem::new(format!("the path leads into {}", node.kind())).at(whole.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(yaml: &str, text: &str) -> Result<Node, Problem> {
        let mut root = from_yaml(yaml, 0)?;
        apply(&mut root, text, 1).map(|()| root)
    }

    fn key(name: &str) -> PathSegment {
        PathSegment::Key(name.into())
    }

    #[test]
    fn values_are_replaced_and_added() {
        let root = set("load: {timeout: 1s}\nmodels: [{name: a}]\n", "load.timeout=60s").unwrap();
        assert_eq!(root.at(&[key("load"), key("timeout")]).unwrap().value, Value::Text("60s".into()));
        let root = set("models: [{name: a}]\n", "models[0].label={B: no}").unwrap();
        let nested = root.at(&[key("models"), PathSegment::Index(0), key("label"), key("B")]).unwrap();
        assert_eq!((&nested.value, &nested.span.range), (&Value::Text("no".into()), &(20..22)));
        let root = set("models: [{name: a}]\n", "models[0].label=B").unwrap();
        assert_eq!(
            root.at(&[key("models"), PathSegment::Index(0), key("label")]).unwrap().value,
            Value::Text("B".into())
        );
        let root = set("name: x\n", "load.concurrency=[1, 2]").unwrap();
        assert_eq!(
            root.at(&[key("load"), key("concurrency"), PathSegment::Index(1)]).unwrap().value,
            Value::Integer(2)
        );
    }

    #[test]
    fn wrong_overrides_say_what_is_wrong() {
        for text in [
            "load",
            &format!("{}a=1", "a.".repeat(30_000)),
            &format!("a{}=1", "[0]".repeat(30_000)),
            "models[7].name=x",
            "name.first=x",
            "a..b=1",
            "models[x]=1",
        ] {
            assert!(set("name: x\nmodels: [{name: a}]\n", text).is_err(), "{text}");
        }
    }
}
