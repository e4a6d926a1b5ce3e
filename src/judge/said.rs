//! What an output says: the text of its zone, and the verdict on an output that says nothing.

use std::borrow::Cow;
use std::ops::Range;

use super::verdict::{Class, Ending, Output, Verdict};
use super::zone::Zone;

/// A text and where it stands in the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<'a> {
    /// The text, without white space at its ends.
    pub text: Cow<'a, str>,
    /// Its byte range in the output, from its first to its last character.
    pub span: Range<usize>,
}

/// The text of a zone; `None` if it is blank.
pub fn said<'a>(text: &'a str, zone: &Zone) -> Option<Said<'a>> {
    let mut pieces = zone.pieces(text);
    while pieces.last().is_some_and(|(_, piece)| piece.trim().is_empty()) {
        pieces.pop();
    }
    let first = pieces.iter().position(|(_, piece)| !piece.trim().is_empty())?;
    let pieces = pieces.get(first..)?;
    let (&(start, head), &(last, tail)) = (pieces.first()?, pieces.last()?);
    let start = start + head.len() - head.trim_start().len();
    let end = last + tail.trim_end().len();
    let text = match pieces {
        [_] => Cow::Borrowed(head.trim()),
        _ => Cow::Owned(pieces.iter().map(|(_, piece)| *piece).collect::<String>().trim().to_owned()),
    };
    Some(Said { text, span: start..end })
}

/// The verdict on an output in which nothing was found; `rule` says so if the output ended by itself.
pub fn silent(output: Output<'_>, rule: &'static str) -> Verdict {
    match output.ending {
        Ending::Refused => Verdict::none(Class::Refusal, "refused"),
        Ending::Capped => Verdict::none(Class::Truncated, "capped"),
        Ending::Complete => Verdict::none(Class::NoAnswer, rule),
    }
}

/// The verdict on an output whose answer is its whole text: a wrong one that was cut or declined is no answer.
pub fn whole(verdict: Verdict, output: Output<'_>) -> Verdict {
    match (verdict.class, output.ending) {
        (Class::Wrong, Ending::Capped | Ending::Refused) => silent(output, verdict.rule),
        _ => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(range: Range<usize>, masked: Vec<Range<usize>>) -> Zone {
        Zone { range, masked, marked: false }
    }

    #[test]
    fn masks_and_margins_are_left_out() {
        let text = "  <x>Oslo</x> \n";
        let found = said(text, &zone(0..text.len(), vec![2..5, 9..13])).unwrap();
        assert_eq!((found.text.as_ref(), found.span), ("Oslo", 5..9));
        let found = said("a[b]c[d]", &zone(0..8, vec![1..4, 5..8])).unwrap();
        assert_eq!((found.text.as_ref(), found.span), ("ac", 0..5));
        assert_eq!(said("   ", &zone(0..3, vec![])), None);
        assert_eq!(said("", &zone(0..0, vec![])), None);
    }

    #[test]
    fn silence_depends_on_the_ending() {
        let class = |ending| silent(Output { text: "", ending, alternatives: &[], calls: &[] }, "empty").class;
        assert_eq!(class(Ending::Complete), Class::NoAnswer);
        assert_eq!(class(Ending::Capped), Class::Truncated);
        assert_eq!(class(Ending::Refused), Class::Refusal);
    }
}
