//! The judge `contains`: expected words or phrases stand in the answer.

mod words;

use std::ops::Range;

use words::{Word, find, words};

use super::golds::golds;
use super::said::silent;
use super::verdict::{Class, Ending, Evidence, Fate, Output, Rank, Verdict};
use super::zone::zone;
use crate::sample::Sample;
use crate::spec::types::ContainsSpec;

impl ContainsSpec {
    /// What is wrong with the options, if anything: a phrase without a letter or digit can never be found.
    pub fn fault(&self) -> Option<String> {
        let phrases = self.all.iter().chain(&self.any).chain(&self.none);
        phrases
            .into_iter()
            .find(|phrase| words(phrase, self.case_sensitive).is_empty())
            .map(|phrase| format!("`{phrase}` has no letter or digit"))
    }
}

/// Judges an output: right if it contains what it must and nothing that it must not.
pub fn judge(sample: &Sample, output: Output<'_>, options: &ContainsSpec) -> Verdict {
    let zone = zone(output.text, sample);
    if zone.is_blank(output.text) {
        return silent(output, "empty");
    }
    let search = Search {
        text: output.text,
        words: zone
            .pieces(output.text)
            .into_iter()
            .map(|(start, piece)| (start, words(piece, options.case_sensitive)))
            .collect(),
        case_sensitive: options.case_sensitive,
    };
    let own;
    let any = if options.all.is_empty() && options.any.is_empty() {
        own = golds(sample, options.answers.as_deref()).into_iter().map(std::borrow::Cow::into_owned).collect();
        &own
    } else {
        &options.any
    };
    let found = Found {
        all: search.each(&options.all, "all"),
        any: search.each(any, "any"),
        none: search.each(&options.none, "none"),
    };
    found.verdict(output)
}

/// The words of an answer.
struct Search<'a> {
    text: &'a str,
    words: Vec<(usize, Vec<Word>)>,
    case_sensitive: bool,
}

impl Search<'_> {
    /// What there is of each phrase.
    fn each(&self, phrases: &[String], rule: &'static str) -> Vec<Option<Evidence>> {
        phrases
            .iter()
            .map(|phrase| {
                let span = self.find(&words(phrase, self.case_sensitive))?;
                let value = self.text[span.clone()].to_owned();
                Some(Evidence { rank: Rank::Prose, rule, value, span, fate: Fate::Outranked })
            })
            .collect()
    }

    fn find(&self, phrase: &[Word]) -> Option<Range<usize>> {
        self.words.iter().find_map(|(start, words)| {
            let range = find(phrase, words)?;
            Some(range.start + start..range.end + start)
        })
    }
}

/// What was found of each list; `None` stands for a phrase that was not.
struct Found {
    all: Vec<Option<Evidence>>,
    any: Vec<Option<Evidence>>,
    none: Vec<Option<Evidence>>,
}

impl Found {
    fn verdict(mut self, output: Output<'_>) -> Verdict {
        let unwanted = self.none.iter().position(Option::is_some);
        let complete =
            self.all.iter().all(Option::is_some) && (self.any.is_empty() || self.any.iter().any(Option::is_some));
        let (class, rule, deciding) = match (unwanted, complete) {
            (Some(_), _) => (Class::Wrong, "unwanted_word", self.none.iter_mut().flatten().next()),
            (None, true) => (Class::Correct, "contains", self.any.iter_mut().chain(&mut self.all).flatten().next()),
            (None, false) if output.ending == Ending::Complete => (Class::Wrong, "missing_word", None),
            (None, false) => return silent(output, "missing_word"),
        };
        let mut verdict = Verdict::none(class, rule);
        verdict.score = f64::from(u8::from(class == Class::Correct));
        if let Some(evidence) = deciding {
            evidence.fate = Fate::Decided;
            verdict.extracted = Some(evidence.value.clone());
            verdict.span = Some(evidence.span.clone());
        }
        verdict.evidence = self.all.into_iter().chain(self.any).chain(self.none).flatten().collect();
        verdict.evidence.sort_by_key(|evidence| evidence.span.start);
        verdict
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::golds::tests::sample;
    use super::*;

    fn judged(text: &str, options: &serde_json::Value, ending: Ending) -> Verdict {
        let sample = sample("Marie Curie", &[], &json!({ "aliases": ["Sklodowska"] }));
        let options: ContainsSpec = serde_json::from_value(options.clone()).unwrap();
        judge(&sample, Output { text, ending, alternatives: &[], calls: &[] }, &options)
    }

    #[test]
    fn lists_are_asked_in_turn() {
        let lists = json!({ "all": ["radium", "polonium"], "any": ["1911", "1903"], "none": ["uranium"] });
        let cases = [
            ("Radium and polonium, in 1903.", json!({ "all": [] }), Class::Wrong, "missing_word"),
            ("It was Marie Curie.", json!({}), Class::Correct, "contains"),
            ("It was Pierre Curie.", json!({}), Class::Wrong, "missing_word"),
            ("Mme Sklodowska", json!({ "answers": "aliases" }), Class::Correct, "contains"),
            ("Radium and polonium, in 1903.", lists.clone(), Class::Correct, "contains"),
            ("Radium, in 1903.", lists.clone(), Class::Wrong, "missing_word"),
            ("Radium and polonium.", lists.clone(), Class::Wrong, "missing_word"),
            ("Radium, polonium, uranium, 1911", lists, Class::Wrong, "unwanted_word"),
            ("marie curie", json!({ "case_sensitive": true }), Class::Wrong, "missing_word"),
            ("<think>Marie Curie</think>I do not know.", json!({}), Class::Wrong, "missing_word"),
            (" \n", json!({}), Class::NoAnswer, "empty"),
        ];
        for (text, options, class, rule) in cases {
            let verdict = judged(text, &options, Ending::Complete);
            assert_eq!((verdict.class, verdict.rule), (class, rule), "{text}");
        }
    }

    #[test]
    fn a_cut_answer_that_lacks_words_is_truncated() {
        assert_eq!(judged("It was Marie", &json!({}), Ending::Capped).class, Class::Truncated);
        assert_eq!(judged("Marie Curie was", &json!({}), Ending::Capped).class, Class::Correct);
    }

    #[test]
    fn the_span_is_that_of_the_word() {
        let text = "<think>?</think>It was Marie  Curie.";
        let verdict = judged(text, &json!({ "none": ["Pierre"] }), Ending::Complete);
        assert_eq!(verdict.span.map(|span| &text[span]), Some("Marie  Curie"));
        assert_eq!(verdict.evidence.len(), 1);
    }

    #[test]
    fn a_phrase_without_words_is_a_fault() {
        let fault = |word: &str| ContainsSpec { all: vec![word.into()], ..ContainsSpec::default() }.fault();
        assert_eq!(fault("→").as_deref(), Some("`→` has no letter or digit"));
        assert_eq!(fault("x"), None);
    }
}
