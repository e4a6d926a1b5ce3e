//! Values of a row by a column's name, or by a path such as `question.stem` into structs and lists.

use serde_json::Value;

use super::rows::Row;

/// Takes the value of a column out of a row; what a path leads to is copied.
pub(super) fn take(row: &mut Row, name: &str) -> Value {
    match row.remove(name) {
        Some(value) => value,
        None => at(row, name).unwrap_or_default(),
    }
}

/// The value of a column or at a path. A column of the whole name goes before a path.
pub(super) fn at(row: &Row, name: &str) -> Option<Value> {
    if let Some(value) = row.get(name) {
        return Some(value.clone());
    }
    let ends = name.char_indices().filter(|(_, character)| *character == '.').map(|(at, _)| at);
    ends.filter_map(|end| row.get(&name[..end]).and_then(|value| below(value, &name[end + 1..]))).next()
}

/// The value below another: a member, an item by its number, or a member of each item.
fn below(value: &Value, path: &str) -> Option<Value> {
    if path.is_empty() {
        return Some(value.clone());
    }
    match value {
        Value::Object(members) => at(members, path),
        Value::Array(items) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            match first.parse::<usize>() {
                Ok(index) => items.get(index).and_then(|item| below(item, rest)),
                Err(_) => Some(Value::Array(items.iter().filter_map(|item| below(item, path)).collect())),
            }
        }
        // CSV has no structs; they are written as JSON.
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            below(&serde_json::from_str(text).ok().filter(|inner: &Value| !inner.is_string())?, path)
        }
        _ => None,
    }
}

/// The members of the struct in which the last part of a path is missing.
pub(super) fn members_beside(row: &Row, path: &str) -> Option<Vec<String>> {
    let (mut members, mut rest) = (row, path);
    while let Some((name, below)) = rest.split_once('.') {
        members = members.get(name)?.as_object()?;
        rest = below;
    }
    let is_missing = rest.len() < path.len() && !members.contains_key(rest);
    is_missing.then(|| members.keys().cloned().collect())
}

/// The column that a path starts from.
pub(super) fn root<'c>(columns: &'c [String], name: &str) -> Option<&'c String> {
    let starts = |column: &&String| name.strip_prefix(column.as_str()).is_some_and(|rest| rest.starts_with('.'));
    columns.iter().find(|column| *column == name).or_else(|| columns.iter().find(starts))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_paths_reach_into_structs_and_lists() {
        let row = json!({
            "a.b": 1, "a": {"b": 2, "c": {"d": 3}}, "list": [{"t": "x"}, {"t": "y"}, {"u": 1}],
            "nested": [[1, 2], [3]], "text": "{\"k\": [5]}"
        });
        let row = row.as_object().unwrap();
        for (name, expected) in [
            ("a.b", Some(json!(1))),
            ("a.c.d", Some(json!(3))),
            ("list.t", Some(json!(["x", "y"]))),
            ("list.1.t", Some(json!("y"))),
            ("nested.0.1", Some(json!(2))),
            ("text.k.0", Some(json!(5))),
            ("a.x", None),
            ("b", None),
            ("list.9", None),
        ] {
            assert_eq!(at(row, name), expected, "{name}");
        }
        let columns = ["a".to_owned(), "a.b".to_owned()];
        assert_eq!(root(&columns, "a.b").unwrap(), "a.b");
        assert_eq!(root(&columns, "a.c").unwrap(), "a");
        assert_eq!(root(&columns, "ab"), None);
    }
}
