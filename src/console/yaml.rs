//! A value as YAML, in blocks: what `show` prints can be read as a spec again.

use serde_json::Value;

/// The text of a value.
pub fn text(value: &Value) -> String {
    let mut written = String::new();
    block(value, 0, &mut written);
    written
}

fn block(value: &Value, depth: usize, written: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                written.push_str(&format!("{indent}{}:", scalar(&Value::from(name.as_str()))));
                below(member, depth, written);
            }
        }
        Value::Array(items) => {
            for item in items {
                written.push_str(&format!("{indent}-"));
                below(item, depth, written);
            }
        }
        scalar_value => written.push_str(&format!("{indent}{}\n", scalar(scalar_value))),
    }
}

/// What stands after a name or a dash: a scalar in the same line, a table or list below it.
fn below(value: &Value, depth: usize, written: &mut String) {
    let is_empty = match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(_) if is_empty => written.push_str(" {}\n"),
        Value::Array(_) if is_empty => written.push_str(" []\n"),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            written.push_str(&format!(" [{}]\n", items.join(", ")));
        }
        Value::Object(_) | Value::Array(_) => {
            written.push('\n');
            block(value, depth + 1, written);
        }
        scalar_value => written.push_str(&format!(" {}\n", scalar(scalar_value))),
    }
}

/// A scalar; a text that might be taken for something else is quoted as in JSON, which is YAML too.
fn scalar(value: &Value) -> String {
    let Value::String(text) = value else { return value.to_string() };
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "_./".contains(character))
        && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    if is_plain { text.clone() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_written_in_blocks() {
        let value = json!({
            "name": "trial", "none": null, "empty": {}, "list": [1, "a b", "no"], "rows": [{"a": 1, "b": {"c": [[2]]}}],
            "text": "two\nlines: \"x\"", "12": true
        });
        let written = text(&value);
        let read: Value = serde_saphyr::from_str(&written).unwrap();
        assert_eq!(read, value, "{written}");
        assert!(written.contains("name: trial\n") && written.contains("list: [1, \"a b\", \"no\"]\n"), "{written}");
    }
}
