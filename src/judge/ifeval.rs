//! The judge `ifeval`: an output follows every instruction of its prompt that a program can check.
//!
//! The 25 checks are those of "Instruction-Following Evaluation for Large Language Models" (Zhou et al. 2023,
//! arXiv:2311.07911), as its published program has them. Three are approximate here: the language of a text, its
//! sentences, and its words in capitals; keywords are taken as they are written, not as patterns. Thoughts before the
//! answer are left out; all behind them counts.

mod ends;
mod instruction;
mod language;
mod languages;
mod layout;
mod scripts;
mod sentences;
mod wording;

use std::ops::Range;

use instruction::{Instruction, NAMES};
use serde_json::{Map, Value};

use super::said::{silent, whole};
use super::verdict::{Class, Evidence, Fate, Output, Rank, Verdict};
use super::zone::zone;
use crate::sample::Sample;
use crate::spec::types::IfevalSpec;

/// Judges an output: right if it follows all instructions.
///
/// The evidence lists each instruction by its name with the value `followed` or `not followed`; the rule is the name
/// of the first that was not. An instruction that is not known, or lacks an argument, leaves the output unjudged.
pub fn judge(sample: &Sample, output: Output<'_>, options: &IfevalSpec) -> Verdict {
    let instructions = match read(sample, options) {
        Ok(instructions) => instructions,
        Err(rule) => return Verdict::none(Class::Unjudged, rule),
    };
    let span = response(sample, output.text);
    let text = &output.text[span.clone()];
    if text.trim().is_empty() {
        return silent(output, "empty");
    }
    let texts = if options.loose { loose(text) } else { vec![text.to_owned()] };
    let fates: Vec<(&'static str, bool)> = instructions
        .iter()
        .map(|(name, instruction)| (*name, texts.iter().any(|text| instruction.is_followed_by(text))))
        .collect();
    whole(verdict(&fates, &span), output)
}

/// The instructions of a sample, or the rule that says what is wrong with them.
fn read(sample: &Sample, options: &IfevalSpec) -> Result<Vec<(&'static str, Instruction)>, &'static str> {
    const FAULT: &str = "invalid_instructions";
    let names = list(sample.columns.get(&options.instructions)).ok_or(FAULT)?;
    let arguments = list(sample.columns.get(&options.arguments)).ok_or(FAULT)?;
    if names.is_empty() || names.len() != arguments.len() {
        return Err(FAULT);
    }
    let none = Map::new();
    names
        .iter()
        .zip(&arguments)
        .map(|(name, arguments)| {
            let name = NAMES.into_iter().find(|known| name.as_str() == Some(known)).ok_or("unknown_instruction")?;
            let arguments = arguments.as_object().unwrap_or(&none);
            Ok((name, Instruction::read(name, arguments).ok_or("invalid_arguments")?))
        })
        .collect()
}

/// The list in a column, which may be written as JSON.
fn list(column: Option<&Value>) -> Option<Vec<Value>> {
    match column? {
        Value::Array(values) => Some(values.clone()),
        Value::String(text) => serde_json::from_str(text).ok(),
        _ => None,
    }
}

/// The text without thoughts before it.
///
/// What the zone cuts off behind is kept: a quiz with "Question 2" is an answer here.
fn response(sample: &Sample, text: &str) -> Range<usize> {
    let zone = zone(text, sample);
    if zone.is_blank(text) {
        return text.len()..text.len();
    }
    let mut start = zone.range.start;
    for mask in &zone.masked {
        let between = text.get(start..mask.start).unwrap_or_default();
        if !between.trim().is_empty() {
            break;
        }
        start = mask.end.max(start);
    }
    start..text.len()
}

/// The texts of which one has to follow an instruction when the judge is loose, without those that are the same.
fn loose(text: &str) -> Vec<String> {
    let rest = |cut: Option<(&str, &str)>, first: bool| match cut {
        Some((head, tail)) => (if first { tail } else { head }).trim().to_owned(),
        None => String::new(),
    };
    let without_first = rest(text.split_once('\n'), true);
    let without_last = rest(text.rsplit_once('\n'), false);
    let inner = text.split_once('\n').map_or("", |(_, tail)| tail);
    let without_both = rest(inner.rsplit_once('\n'), false);
    let mut texts = vec![text.to_owned(), without_first, without_last, without_both];
    texts.extend(texts.clone().iter().filter(|text| text.contains('*')).map(|text| text.replace('*', "")));
    texts.retain(|text| !text.trim().is_empty());
    texts
}

fn verdict(fates: &[(&'static str, bool)], span: &Range<usize>) -> Verdict {
    let failed = fates.iter().find(|(_, followed)| !followed).map(|(name, _)| *name);
    let followed = fates.iter().filter(|(_, followed)| *followed).count();
    let extracted = format!("{followed} of {}", fates.len());
    let evidence = |(name, followed): &(&'static str, bool)| Evidence {
        rank: Rank::Statement,
        rule: name,
        value: if *followed { "followed" } else { "not followed" }.to_owned(),
        span: span.clone(),
        fate: if *followed == failed.is_none() { Fate::Decided } else { Fate::Outranked },
    };
    let rule = failed.unwrap_or("all_followed");
    let mut verdict = Verdict::found(failed.is_none(), extracted, rule, None, span.clone());
    verdict.evidence = fates.iter().map(evidence).collect();
    verdict
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::golds::tests::sample;
    use super::super::verdict::Ending;
    use super::*;

    fn judged(text: &str, columns: &Value, options: &Value) -> Verdict {
        let options: IfevalSpec = serde_json::from_value(options.clone()).unwrap();
        judge(
            &sample("", &[], columns),
            Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] },
            &options,
        )
    }

    fn columns() -> Value {
        json!({
            "instruction_id_list": ["punctuation:no_comma", "change_case:english_lowercase", "startend:quotation"],
            "kwargs": [{}, { "keyword": null }, null],
        })
    }

    #[test]
    fn all_must_be_followed() {
        let verdict = judged("\"the tea is cold\"", &columns(), &json!({}));
        assert_eq!((verdict.class, verdict.rule, verdict.score), (Class::Correct, "all_followed", 1.0));
        let verdict = judged("the tea, cold", &columns(), &json!({}));
        assert_eq!((verdict.class, verdict.rule, verdict.score), (Class::Wrong, "punctuation:no_comma", 0.0));
        assert_eq!(verdict.extracted.as_deref(), Some("1 of 3"));
        let fates: Vec<&str> = verdict.evidence.iter().map(|evidence| evidence.value.as_str()).collect();
        assert_eq!(fates, ["not followed", "followed", "not followed"]);
    }

    #[test]
    fn loose_forgives_lines_around_the_answer_and_stars() {
        let loose = json!({ "loose": true });
        let text = "Sure, here it is:\n\"the tea is cold\"\nAnything else, dear?";
        assert_eq!(judged(text, &columns(), &json!({})).class, Class::Wrong);
        assert_eq!(judged(text, &columns(), &loose).class, Class::Correct);
        assert_eq!(judged("**\"the tea is cold\"**", &columns(), &loose).class, Class::Correct);
        assert_eq!(judged("The tea", &columns(), &loose).class, Class::Wrong);
    }

    #[test]
    fn thoughts_do_not_count_but_questions_do() {
        let text = "<think>Commas, commas.</think>\n\"the tea is cold\n\nquestion 2: is it?\"";
        assert_eq!(judged(text, &columns(), &json!({})).rule, "all_followed");
        assert_eq!(judged("<think>hm", &columns(), &json!({})).class, Class::NoAnswer);
    }

    #[test]
    fn what_cannot_be_checked_is_unjudged() {
        let cases = [
            (json!({}), "invalid_instructions"),
            (json!({ "instruction_id_list": ["punctuation:no_comma"], "kwargs": [] }), "invalid_instructions"),
            (json!({ "instruction_id_list": ["a:b"], "kwargs": [{}] }), "unknown_instruction"),
            (json!({ "instruction_id_list": ["keywords:existence"], "kwargs": [{}] }), "invalid_arguments"),
            (json!({ "instruction_id_list": "[\"punctuation:no_comma\"]", "kwargs": "[{}]" }), "all_followed"),
        ];
        for (columns, rule) in cases {
            assert_eq!(judged("tea", &columns, &json!({})).rule, rule, "{columns}");
        }
    }

    #[test]
    fn a_cut_answer_is_truncated() {
        let sample = sample("", &[], &columns());
        let output = Output { text: "\"the tea", ending: Ending::Capped, alternatives: &[], calls: &[] };
        assert_eq!(judge(&sample, output, &IfevalSpec::default()).class, Class::Truncated);
    }

    fn everything() -> Value {
        let arguments = json!({
            "keywords": ["a"], "keyword": "a", "frequency": 1, "relation": "at least", "forbidden_words": ["a"],
            "letter": "a", "let_frequency": 1, "let_relation": "less than", "language": "en", "num_sentences": 1,
            "num_paragraphs": 1, "num_words": 1, "nth_paragraph": 1, "first_word": "a", "num_placeholders": 1,
            "postscript_marker": "P.S.", "num_bullets": 1, "num_highlights": 1, "section_spliter": "a",
            "num_sections": 1, "prompt_to_repeat": "a", "end_phrase": "a", "capital_frequency": 1,
            "capital_relation": "at least",
        });
        json!({ "instruction_id_list": NAMES, "kwargs": vec![arguments; NAMES.len()] })
    }

    proptest! {
        #[test]
        fn never_a_panic(text in "[\\PC\\n*.\\[<\" aİß]{0,60}") {
            judged(&text, &everything(), &json!({ "loose": true }));
        }
    }

    #[test]
    fn long_texts_are_judged_soon() {
        for piece in ["A ", "\n", "* ", "***", "[", "<<", "-\n", ". ", "a,", "İ", "p. ", "\"", "section 1"] {
            judged(&piece.repeat(200_000 / piece.len()), &everything(), &json!({ "loose": true }));
        }
    }
}
