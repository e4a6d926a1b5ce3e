//! Names of the question that hold a number: `Apollo 11`.

use super::tokens::{Kind, Token};

/// Sets aside the numbers of names that the question has as well, where the text holds other numbers. What
/// is calculated is left alone.
pub(super) fn set_aside(text: &str, tokens: &mut [Token], question: &str, asked: &[Token]) {
    // A name that opens a sentence may be a common word: `Add 5`.
    let opens = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| asked.get(before));
        before.is_none_or(|before| matches!(before.kind, Kind::Sign('.' | '?' | '!' | ':') | Kind::Line))
    };
    let named = (1..asked.len()).filter(|at| is_named(question, asked, *at) && !opens(at - 1));
    let names: Vec<&str> = named.filter_map(|at| name(question, asked, at)).collect();
    let calculates = tokens.iter().any(|token| matches!(token.kind, Kind::Sign('=' | '+' | '×' | '→')));
    if names.is_empty() || calculates {
        return;
    }
    let is_name = |at: &usize| name(text, tokens, *at).is_some_and(|name| names.contains(&name));
    let found: Vec<usize> = (1..tokens.len()).filter(|at| is_number(tokens, *at)).filter(is_name).collect();
    let numbers = (0..tokens.len()).filter(|at| is_number(tokens, *at)).count();
    if numbers == found.len() {
        return;
    }
    for at in found {
        if let Some(token) = tokens.get_mut(at) {
            token.kind = Kind::Part;
        }
    }
}

fn is_number(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| matches!(token.kind, Kind::Number(..)))
}

/// Whether a number stands behind a word with a capital.
fn is_named(text: &str, tokens: &[Token], at: usize) -> bool {
    let word = at.checked_sub(1).and_then(|before| tokens.get(before));
    let word = word.filter(|word| matches!(word.kind, Kind::Word(_))).and_then(|word| text.get(word.span.clone()));
    is_number(tokens, at) && word.is_some_and(|word| word.starts_with(char::is_uppercase))
}

/// A number with the word before it, as they are written.
fn name<'a>(text: &'a str, tokens: &[Token], at: usize) -> Option<&'a str> {
    let (word, number) = (tokens.get(at.checked_sub(1)?)?, tokens.get(at)?);
    text.get(word.span.start..number.span.end)
}
