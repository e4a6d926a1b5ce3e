//! The judge `first_letter`: the first standalone letter, in upper or lower case.
//!
//! It counts an echo of the options as an answer. It reproduces the results of simple
//! scripts, for comparison.

use super::{Class, Verdict};
use crate::prompt::letter;
use crate::sample::{Answer, Sample};

pub(super) fn judge(sample: &Sample, text: &str) -> Verdict {
    let Some((index, at)) = first_letter(text, sample.choices.len()) else {
        return Verdict::none(Class::NoAnswer, "no_letter");
    };
    let correct = sample.answer == Some(Answer::Choice(index));
    Verdict::found(correct, letter(index), "first_letter", None, at..at + 1)
}

fn first_letter(text: &str, count: usize) -> Option<(usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut before = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let alone = !before.is_some_and(is_word) && !characters.peek().is_some_and(|(_, next)| is_word(*next));
        let index = (c.to_ascii_uppercase() as usize).wrapping_sub('A' as usize);
        if alone && index < count.min(26) {
            return Some((index, at));
        }
        before = Some(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_standalone_letter_counts() {
        let cases = [
            ("Option A/B/C/D", Some(0)),
            ("Because b", Some(1)),
            ("a group", Some(0)),
            ("E", None),
            ("ABC", None),
            ("x_A", None),
            ("(c)", Some(2)),
            ("", None),
            ("é D", Some(3)),
            ("éD", None),
        ];
        for (text, expected) in cases {
            assert_eq!(first_letter(text, 4).map(|(index, _)| index), expected, "{text}");
        }
    }
}
