//! The judge `exact`: the whole answer equals a right one.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::fold::fold;
use super::golds::golds;
use super::said::{said, silent, whole};
use super::verdict::{Output, Verdict};
use super::zone::zone;
use crate::sample::Sample;
use crate::spec::types::ExactSpec;

/// Judges an output: right if it is one of the right answers and nothing else.
pub fn judge(sample: &Sample, output: Output<'_>, options: &ExactSpec) -> Verdict {
    let golds = golds(sample, options.answers.as_deref());
    let verdict = if options.normal {
        in_normal_form(sample, output, &golds)
    } else {
        as_written(output, &golds, options.ignore_case)
    };
    whole(verdict, output)
}

fn as_written<T: AsRef<str>>(output: Output<'_>, golds: &[T], ignore_case: bool) -> Verdict {
    let composed = |text: &str| ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned();
    let found = output.text.trim();
    if found.is_empty() {
        return silent(output, "empty");
    }
    let same = |gold: &T| {
        // `é` is one character or two, and the same text.
        let (gold, found) = (composed(gold.as_ref().trim()), composed(found));
        gold == found || ignore_case && gold.to_lowercase() == found.to_lowercase()
    };
    let start = output.text.len() - output.text.trim_start().len();
    Verdict::found(golds.iter().any(same), found.to_owned(), "exact", None, start..start + found.len())
}

fn in_normal_form<T: AsRef<str>>(sample: &Sample, output: Output<'_>, golds: &[T]) -> Verdict {
    let Some(found) = said(output.text, &zone(output.text, sample)) else {
        return silent(output, "empty");
    };
    let form = fold(&found.text);
    let right = golds.iter().any(|gold| fold(gold.as_ref()) == form);
    Verdict::found(right, found.text.into_owned(), "exact_normal", None, found.span)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::golds::tests::sample;
    use super::super::verdict::{Class, Ending};
    use super::*;

    fn class(text: &str, options: &ExactSpec) -> Class {
        let sample = sample("Paris", &[], &json!({ "aliases": ["City of Light", "Paname"] }));
        judge(&sample, Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] }, options).class
    }

    #[test]
    fn only_the_whole_text_counts() {
        let cases = [
            (" Paris\n", false, Class::Correct),
            ("paris", false, Class::Wrong),
            ("paris", true, Class::Correct),
            ("Paris.", true, Class::Wrong),
            ("Paname", false, Class::Wrong),
            ("  ", true, Class::NoAnswer),
        ];
        for (text, ignore_case, expected) in cases {
            assert_eq!(class(text, &ExactSpec { ignore_case, ..ExactSpec::default() }), expected, "{text}");
        }
    }

    #[test]
    fn one_text_in_two_compositions_is_the_same() {
        let sample = sample("Malmo\u{308}", &[], &json!({}));
        let output = Output { text: "Malmö", ending: Ending::Complete, alternatives: &[], calls: &[] };
        assert_eq!(judge(&sample, output, &ExactSpec::default()).class, Class::Correct);
        assert_eq!(judge(&sample, Output { text: "Malmo", ..output }, &ExactSpec::default()).class, Class::Wrong);
    }

    #[test]
    fn any_right_answer_counts_in_normal_form() {
        let options = ExactSpec { normal: true, answers: Some("aliases".into()), ..ExactSpec::default() };
        let cases = [
            ("**Paris.**", Class::Correct),
            ("the city of light", Class::Correct),
            ("PANAME", Class::Correct),
            ("Paris, France", Class::Wrong),
            ("<think>London? No.</think>Paris", Class::Correct),
        ];
        for (text, expected) in cases {
            assert_eq!(class(text, &options), expected, "{text}");
        }
    }

    #[test]
    fn the_span_is_that_of_the_answer() {
        let sample = sample("Paris", &[], &json!({}));
        let text = "<think>London?</think>\nParis.\n";
        let options = ExactSpec { normal: true, ..ExactSpec::default() };
        let verdict =
            judge(&sample, Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] }, &options);
        assert_eq!(verdict.span.map(|span| &text[span]), Some("Paris."));
    }

    #[test]
    fn a_cut_answer_is_not_wrong() {
        let sample = sample("Paris", &[], &json!({}));
        let class = |text, ending| {
            judge(&sample, Output { text, ending, alternatives: &[], calls: &[] }, &ExactSpec::default()).class
        };
        assert_eq!(class("The capital of", Ending::Capped), Class::Truncated);
        assert_eq!(class("I cannot say.", Ending::Refused), Class::Refusal);
        assert_eq!(class("Paris", Ending::Capped), Class::Correct);
    }

    #[test]
    fn options_are_read() {
        let options: ExactSpec = serde_json::from_value(json!({ "normal": true })).unwrap();
        assert!(options.normal && !options.ignore_case && options.answers.is_none());
    }
}
