//! The judge `exact`: the whole answer equals the expected text.

use super::Verdict;
use crate::sample::{Answer, Sample};

pub(super) fn judge(sample: &Sample, text: &str, ignore_case: bool) -> Verdict {
    let found = text.trim();
    if found.is_empty() {
        return Verdict::none(super::Class::NoAnswer, "empty");
    }
    let expected = expected(sample).unwrap_or_default();
    let same = |a: &str, b: &str| if ignore_case { a.to_lowercase() == b.to_lowercase() } else { a == b };
    let start = text.len() - text.trim_start().len();
    Verdict::found(same(found, expected.trim()), found.to_owned(), "exact", None, start..start + found.len())
}

/// The text of the right answer.
pub(super) fn expected(sample: &Sample) -> Option<&str> {
    match sample.answer.as_ref()? {
        Answer::Text(text) => Some(text),
        Answer::Choice(index) => sample.choices.get(*index).map(String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Class;
    use super::*;

    #[test]
    fn only_the_whole_text_counts() {
        let sample = Sample {
            index: 0,
            id: None,
            question: "q".into(),
            choices: vec![],
            answer: Some(Answer::Text("Paris".into())),
            subject: None,
            columns: serde_json::Map::new(),
        };
        let cases = [
            (" Paris\n", false, Class::Correct),
            ("paris", false, Class::Wrong),
            ("paris", true, Class::Correct),
            ("Paris.", true, Class::Wrong),
            ("  ", true, Class::NoAnswer),
        ];
        for (text, ignore_case, class) in cases {
            assert_eq!(judge(&sample, text, ignore_case).class, class, "{text}");
        }
    }
}
