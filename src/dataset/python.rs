//! Lists as Python prints them, which is how many CSV files hold them: `['red', "it's", 3, None]`.

use serde_json::{Map, Number, Value};

/// Maximum depth of lists in lists.
const DEEPEST: usize = 16;

/// The value of a printed list or dictionary; `None` if the text is not one.
pub(super) fn value(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text.trim() };
    let value = reader.value(0)?;
    reader.rest.trim().is_empty().then_some(value)
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '[' if depth < DEEPEST => self.items(']', depth).map(Value::Array),
            '(' if depth < DEEPEST => self.items(')', depth).map(Value::Array),
            '{' if depth < DEEPEST => self.members(depth).map(Value::Object),
            quote @ ('\'' | '"') => self.string(quote).map(Value::String),
            // numpy's `array([…], dtype=object)`
            'a' => {
                self.rest = self.rest.strip_prefix("array(")?;
                let items = self.value(depth)?;
                self.rest = self.rest.split_once(')')?.1;
                Some(items)
            }
            _ => self.word(),
        }
    }

    fn takes(&mut self, mark: char) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn items(&mut self, end: char, depth: usize) -> Option<Vec<Value>> {
        self.rest = &self.rest[1..];
        let mut items = Vec::new();
        while !self.takes(end) {
            items.push(self.value(depth + 1)?);
            self.takes(',');
        }
        Some(items)
    }

    fn members(&mut self, depth: usize) -> Option<Map<String, Value>> {
        self.rest = &self.rest[1..];
        let mut members = Map::new();
        while !self.takes('}') {
            let Value::String(name) = self.value(depth + 1)? else { return None };
            if !self.takes(':') {
                return None;
            }
            members.insert(name, self.value(depth + 1)?);
            self.takes(',');
        }
        Some(members)
    }

    fn string(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        let mut characters = self.rest[1..].char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    other @ ('\\' | '\'' | '"') => text.push(other),
                    other => text.extend(['\\', other]),
                },
                end if end == quote => {
                    self.rest = &self.rest[1 + at + 1..];
                    return Some(text);
                }
                other => text.push(other),
            }
        }
        None
    }

    fn word(&mut self) -> Option<Value> {
        let end = self.rest.find([',', ']', ')', '}', ':', ' ', '\n']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word {
            "None" | "nan" => Some(Value::Null),
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            number => match number.parse::<i64>() {
                Ok(number) => Some(number.into()),
                Err(_) => number.parse().ok().and_then(Number::from_f64).map(Value::Number),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn printed_lists_are_read() {
        for (text, expected) in [
            ("['red', 'green']", Some(json!(["red", "green"]))),
            (r#"['it\'s', "it's", 3, -1.5, None, True]"#, Some(json!(["it's", "it's", 3, -1.5, null, true]))),
            (r"['\frac{1}{2}', 'a\nb']", Some(json!(["\\frac{1}{2}", "a\nb"]))),
            ("['a' 'b'\n 'c']", Some(json!(["a", "b", "c"]))),
            ("array(['x', 'y'], dtype=object)", Some(json!(["x", "y"]))),
            ("{'text': ['a'], 'n': (1,)}", Some(json!({"text": ["a"], "n": [1]}))),
            ("['a'] or so", None),
            ("['a", None),
            ("[red, green]", None),
            ("[", None),
            ("", None),
        ] {
            assert_eq!(value(text), expected, "{text}");
        }
        assert_eq!(value(&"[".repeat(100_000)), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "[\\[\\](){}'\"a,:é\\\\1 ]{0,30}") {
            value(&text);
        }
    }
}
