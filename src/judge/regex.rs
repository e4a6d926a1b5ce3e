//! The judge `regex`: a pattern finds the answer, which is then compared with the right one.

use std::ops::Range;

use ::regex::{Regex, RegexBuilder};

use super::compare::compare;
use super::golds::golds;
use super::said::silent;
use super::verdict::{Output, Verdict};
use super::zone::zone;
use crate::sample::Sample;
use crate::spec::types::{Pick, RegexSpec};

/// The largest program that a pattern may become, in bytes.
const SIZE_LIMIT: usize = 1 << 20;

/// The most memory that the states of a running search may take, in bytes.
const STATES_LIMIT: usize = 8 << 20;

/// The group that holds the answer if no other is named.
const GROUP: &str = "answer";

/// A pattern that can be searched for.
#[derive(Debug, Clone)]
pub struct Compiled {
    regex: Regex,
    group: usize,
    options: RegexSpec,
}

impl RegexSpec {
    /// Compiles the pattern, or says what is wrong with it.
    pub fn compile(&self) -> Result<Compiled, String> {
        let regex = RegexBuilder::new(&self.pattern)
            .size_limit(SIZE_LIMIT)
            .dfa_size_limit(STATES_LIMIT)
            .build()
            .map_err(|error| error.to_string())?;
        let group = self.group_of(&regex)?;
        Ok(Compiled { regex, group, options: self.clone() })
    }

    fn group_of(&self, regex: &Regex) -> Result<usize, String> {
        let named = |name: &str| regex.capture_names().position(|group| group == Some(name));
        let Some(group) = &self.group else {
            return Ok(named(GROUP).unwrap_or_else(|| (regex.captures_len() - 1).min(1)));
        };
        let numbered = || group.parse().ok().filter(|number| *number < regex.captures_len());
        named(group).or_else(numbered).ok_or_else(|| format!("the pattern has no group `{group}`"))
    }
}

/// Judges an output: right if what the pattern finds in it is a right answer.
pub fn judge(sample: &Sample, output: Output<'_>, pattern: &Compiled) -> Verdict {
    let options = &pattern.options;
    let pieces = if options.raw { vec![(0, output.text)] } else { zone(output.text, sample).pieces(output.text) };
    let Some((found, span)) = pattern.find(&pieces) else {
        return silent(output, "no_match");
    };
    let golds = golds(sample, options.answers.as_deref());
    compare(found, &golds, sample, options.compare).verdict("match", span)
}

impl Compiled {
    /// The answer that counts, and its byte range in the output. Blank answers are none.
    fn find<'a>(&self, pieces: &[(usize, &'a str)]) -> Option<(&'a str, Range<usize>)> {
        let mut all = pieces.iter().flat_map(|(start, piece)| {
            self.regex.captures_iter(piece).filter_map(move |found| {
                let answer = found.get(self.group).filter(|answer| !answer.as_str().trim().is_empty())?;
                Some((answer.as_str(), answer.start() + start..answer.end() + start))
            })
        });
        match self.options.pick {
            Pick::First => all.next(),
            Pick::Last => all.last(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::golds::tests::sample;
    use super::super::verdict::{Class, Ending};
    use super::*;

    fn pattern(options: serde_json::Value) -> Result<Compiled, String> {
        serde_json::from_value::<RegexSpec>(options).unwrap().compile()
    }

    fn judged(text: &str, options: serde_json::Value) -> (Class, Option<String>) {
        let sample = sample("12", &["10", "12"], &json!({}));
        let verdict = judge(
            &sample,
            Output { text, ending: Ending::Complete, alternatives: &[], calls: &[] },
            &pattern(options).unwrap(),
        );
        assert!(verdict.span.is_none_or(|span| text.get(span).is_some()));
        (verdict.class, verdict.extracted)
    }

    #[test]
    fn the_group_and_the_match_are_chosen() {
        let text = "x = 10, y = 12, z = 14";
        let cases = [
            (json!({ "pattern": "= ([0-9]+)", "compare": "number" }), Class::Wrong, "14"),
            (json!({ "pattern": "= ([0-9]+)", "pick": "first" }), Class::Wrong, "10"),
            (json!({ "pattern": "(y) = (?<answer>[0-9]+)" }), Class::Correct, "12"),
            (json!({ "pattern": "(?<name>y) = (?<value>[0-9]+)", "group": "value" }), Class::Correct, "12"),
            (json!({ "pattern": "(y) = ([0-9]+)", "group": "2" }), Class::Correct, "12"),
            (json!({ "pattern": "1[24]", "pick": "first" }), Class::Correct, "12"),
        ];
        for (options, class, answer) in cases {
            assert_eq!(judged(text, options.clone()), (class, Some(answer.to_owned())), "{options}");
        }
    }

    #[test]
    fn the_answer_is_compared_as_asked() {
        let letter = |text| judged(text, json!({ "pattern": "(?i)answer: *(\\w)", "compare": "letter" }));
        assert_eq!(letter("Answer: b"), (Class::Correct, Some("B".into())));
        assert_eq!(letter("Answer: A"), (Class::Wrong, Some("A".into())));
        assert_eq!(letter("Answer: x"), (Class::NoAnswer, None));
        assert_eq!(letter("No idea"), (Class::NoAnswer, None));
        let number = |text| judged(text, json!({ "pattern": "is (\\S+)", "compare": "number" }));
        assert_eq!(number("it is 12.0").0, Class::Correct);
    }

    #[test]
    fn thoughts_are_searched_only_if_asked() {
        let text = "<think>is 12</think>is 10";
        assert_eq!(judged(text, json!({ "pattern": "is (\\d+)", "pick": "first" })).1, Some("10".into()));
        assert_eq!(judged(text, json!({ "pattern": "is (\\d+)", "pick": "first", "raw": true })).1, Some("12".into()));
    }

    #[test]
    fn faulty_patterns_are_refused() {
        assert!(pattern(json!({ "pattern": "(" })).unwrap_err().contains("unclosed group"));
        assert!(pattern(json!({ "pattern": "a", "group": "x" })).unwrap_err().contains("no group `x`"));
        assert!(pattern(json!({ "pattern": "\\w{1000}{1000}" })).unwrap_err().contains("size limit"));
    }
}
