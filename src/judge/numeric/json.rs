//! Answer keys of JSON and where their values stand.

use std::ops::Range;

/// Keys, the best first; each list weighs more than the next.
const KEYS: [&[&str]; 2] = [
    &[
        "final_answer",
        "finalanswer",
        "final answer",
        "final",
        "answer",
        "ans",
        "antwort",
        "réponse",
        "reponse",
        "respuesta",
        "resposta",
        "risposta",
        "ответ",
        "答案",
        "答え",
        "回答",
        "정답",
        "답",
        "الإجابة",
        "उत्तर",
    ],
    &[
        "result",
        "value",
        "solution",
        "output",
        "total",
        "sum",
        "number",
        "ergebnis",
        "lösung",
        "résultat",
        "resultado",
        "risultato",
        "результат",
        "结果",
        "結果",
        "결과",
        "النتيجة",
        "परिणाम",
        "response",
        "prediction",
    ],
];

/// Bytes that a key may have.
const LONGEST: usize = 40;

/// The values of the best answer key of a piece of text, as byte ranges in it.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    let mut best = KEYS.len();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(quote) = text.get(at..).and_then(|rest| rest.find(['"', '\''])) {
        let start = at + quote;
        at = start + 1;
        let Some((weight, from)) = key(text, start).filter(|(weight, _)| *weight <= best) else { continue };
        // The key of an object only names what its own keys hold.
        if text.get(from..).is_some_and(|rest| rest.starts_with('{')) {
            at = from;
            continue;
        }
        let value = from..from + value(text.get(from..).unwrap_or_default());
        if weight < best {
            found.clear();
            best = weight;
        }
        at = value.end;
        found.push(value);
    }
    found
}

/// The weight of an answer key whose quote opens at a place, and where its value begins.
fn key(text: &str, start: usize) -> Option<(usize, usize)> {
    let before = text.get(..start)?;
    let before = before.get(before.floor_char_boundary(before.len().saturating_sub(LONGEST))..)?;
    if !matches!(before.trim_end().chars().next_back(), Some('{' | ',')) {
        return None;
    }
    let rest = text.get(start + 1..)?;
    let near = rest.get(..rest.floor_char_boundary(LONGEST))?;
    let close = near.find(text.get(start..=start)?)?;
    let name = near.get(..close)?.to_lowercase();
    let weight = KEYS.iter().position(|keys| keys.contains(&name.as_str()))?;
    let from = start + 1 + close + 1;
    let after = text
        .get(from..)?
        .trim_start_matches([' ', '\t'])
        .strip_prefix(':')?
        .trim_start_matches([' ', '\t', '\n', '\r']);
    Some((weight, text.len() - after.len()))
}

/// The length of the value at the start of a text: a string, a list, or up to the next separator.
fn value(rest: &str) -> usize {
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let mut escaped = false;
            for (at, c) in rest.char_indices().skip(1) {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    _ if c == quote => return at,
                    _ => {}
                }
            }
            rest.len()
        }
        Some('[') => rest.find(']').unwrap_or(rest.len()),
        _ => {
            let mut chars = rest.char_indices().peekable();
            while let Some((at, c)) = chars.next() {
                let grouped = c == ',' && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
                if matches!(c, '}' | '\n' | '\r' | '"') || c == ',' && !grouped {
                    return at;
                }
            }
            rest.len()
        }
    }
}

/// Whether a text is JSON as a whole, so that no sentence is in it.
pub(super) fn is_object(text: &str) -> bool {
    let text = text.trim().trim_start_matches("```json").trim_start_matches("```").trim_end_matches("```").trim();
    text.starts_with('{') && text.ends_with('}') && text.contains(['"', '\''])
}
