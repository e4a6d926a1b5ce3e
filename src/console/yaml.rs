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
                beside(item, depth, written);
            }
        }
        scalar_value => written.push_str(&format!("{indent}{}\n", scalar(scalar_value))),
    }
}

/// What stands after a dash: the first member of a table in the same line, all else as after a name.
fn beside(value: &Value, depth: usize, written: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            let start = written.len();
            block(value, depth + 1, written);
            // The indentation of the first member gives way to the dash and a space.
            written.replace_range(start..start + 2 * (depth + 1), " ");
        }
        _ => below(value, depth, written),
    }
}

/// What stands after a name or a dash: a scalar in the same line, a table or list below it.
fn below(value: &Value, depth: usize, written: &mut String) {
    match value {
        Value::Object(members) if members.is_empty() => written.push_str(" {}\n"),
        Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
            let items: Vec<String> = items.iter().map(scalar).collect();
            written.push_str(&format!(" [{}]\n", items.join(", ")));
        }
        Value::Object(_) | Value::Array(_) => {
            written.push('\n');
            block(value, depth + 1, written);
        }
        Value::String(text) if reads_in_lines(text) => lines(text, depth + 1, written),
        scalar_value => written.push_str(&format!(" {}\n", scalar(scalar_value))),
    }
}

/// True if a text can stand in lines of its own and be read as it is.
fn reads_in_lines(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_plain = |character: char| character == '\n' || !character.is_control() && character != '\u{feff}';
    body.contains('\n')
        && body.chars().all(is_plain)
        && !body.starts_with([' ', '\n'])
        && !body.ends_with('\n')
        && !body.contains(['\u{2028}', '\u{2029}', '\u{85}'])
}

/// A text in lines of its own.
fn lines(text: &str, depth: usize, written: &mut String) {
    written.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in text.lines() {
        let indent = if line.is_empty() { String::new() } else { "  ".repeat(depth) };
        written.push_str(&format!("{indent}{line}\n"));
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

    #[test]
    fn a_text_of_several_lines_stands_in_lines_and_tables_start_beside_their_dash() {
        let value = json!([{ "prompt": { "template": "{% for a in b %}\n  a: #x\n\n{% endfor %}" }, "z": 1 }]);
        let expected =
            "- prompt:\n    template: |-\n      {% for a in b %}\n        a: #x\n\n      {% endfor %}\n  z: 1\n";
        assert_eq!(text(&value), expected);
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_read_as_it_was(text in "[ \n\ta:#'\"|>\\-\r\u{85}é\u{2028}]{0,12}") {
            let value = json!({ "text": text, "list": [{ "text": text }] });
            let written = super::text(&value);
            proptest::prop_assert_eq!(serde_saphyr::from_str::<Value>(&written).unwrap(), value, "{}", written);
        }
    }
}
