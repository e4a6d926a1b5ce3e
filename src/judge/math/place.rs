//! Where in an output its answer stands: places by rank, the strongest first.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::margins::trimmed;
use super::named::right_side;
use super::phrases::{
    ANSWERS, CONCLUSIONS, DENIALS, FINAL, KEYS, LINKS, OPENING_REASONS, REASONS, REMARKS, TENTATIVE, VERBS,
};
use super::spans::{DELIMITERS, formula, formulas, inner, sentences};
use crate::judge::verdict::Rank;

/// A place that may hold the answer.
#[derive(Debug, Clone)]
pub(super) struct AnswerPlace {
    /// Name of the rule that found it.
    pub(super) rule: &'static str,
    /// How strong it is.
    pub(super) rank: Rank,
    /// Its possible readings as ranges, the likeliest first.
    pub(super) ranges: Vec<Range<usize>>,
    /// The text, where it is not the one of the range.
    pub(super) text: Option<String>,
}

/// An answer behind a phrase is no longer than this.
const REACH: usize = 1500;

/// What a boxed answer may have between its boxes.
const BETWEEN: usize = 40;

/// The most links of a sentence behind which it is read, from its end.
const MOST_LINKS: usize = 6;

/// Larger JSON is not looked into.
const LARGEST_JSON: usize = 100_000;

impl AnswerPlace {
    fn new(rule: &'static str, rank: Rank, ranges: Vec<Range<usize>>) -> Self {
        Self { rule, rank, ranges, text: None }
    }
}

/// The marked answers of a text, the strongest first.
pub(super) fn marked(text: &str) -> Vec<AnswerPlace> {
    let boxed = boxed(text);
    let last = FINAL_PHRASES.last(text).map(|range| range.end);
    let after_box =
        last.filter(|end| boxed.as_ref().is_some_and(|place| place.ranges.iter().all(|range| range.end < *end)));
    let stated = |end| AnswerPlace::new("final_answer", Rank::Final, behind(text, end));
    let announced =
        ANSWER_PHRASES.last(text).map(|range| AnswerPlace::new("answer_is", Rank::Statement, behind(text, range.end)));
    [json(text), hashes(text), after_box.map(stated), boxed, last.map(stated), announced]
        .into_iter()
        .flatten()
        .collect()
}

/// Answers that are not marked: the whole text, its conclusion, its last sentence.
pub(super) fn unmarked(text: &str) -> Vec<AnswerPlace> {
    let whole = trimmed(text, 0..text.len());
    let mut places = vec![];
    if whole.len() <= REACH {
        places.push(AnswerPlace::new(
            "whole_text",
            Rank::Text,
            [inner(text, whole.clone()), Some(whole.clone())]
                .into_iter()
                .flatten()
                .flat_map(|range| with_right_side(text, range))
                .collect(),
        ));
    }
    if let Some(found) = CONCLUSION_PHRASES.last(text).filter(|found| concludes(text, found.end)) {
        places.push(AnswerPlace::new("conclusion", Rank::Conclusion, behind(text, found.end)));
    }
    let tail = text.floor_char_boundary(text.len().saturating_sub(REACH));
    let stated = sentences(&text[tail..]).filter(|range| !opens(&text[tail + range.start..], REMARKS)).last();
    let states_one = |range: &Range<usize>| {
        let sentence = &text[tail + range.start..tail + range.end];
        !opens(sentence, TENTATIVE) && VERB_PHRASES.all(sentence).take(2).count() < 2
    };
    if let Some(stated) = stated.filter(states_one) {
        places.push(AnswerPlace::new(
            "last_sentence",
            Rank::Prose,
            values(text, trimmed(text, tail + stated.start..tail + stated.end)),
        ));
    }
    places
}

/// Does nothing but remarks with numbers follow the sentence that begins at a place?
fn concludes(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    let stated = |range: &Range<usize>| {
        let sentence = &rest[range.clone()];
        sentence.contains(|c: char| c.is_ascii_digit()) && !opens(sentence, REMARKS)
    };
    rest.len() <= REACH && !sentences(rest).skip(1).any(|range| stated(&range))
}

/// Does a sentence open with one of some phrases?
fn opens(sentence: &str, phrases: &[&str]) -> bool {
    let sentence = sentence.trim_start_matches(|c: char| c.is_whitespace() || "*_#>-([".contains(c));
    phrases.iter().any(|phrase| sentence.get(..phrase.len()).is_some_and(|start| start.eq_ignore_ascii_case(phrase)))
}

/// Phrases to search for, all at once.
struct Phrases(LazyLock<Regex>);

static FINAL_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(FINAL)));
static ANSWER_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(ANSWERS)));
static CONCLUSION_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(CONCLUSIONS)));
static LINK_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(LINKS)));
static VERB_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(VERBS)));
static DENIAL_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(DENIALS)));
static REASON_PHRASES: Phrases = Phrases(LazyLock::new(|| any_of(REASONS)));

/// A pattern of phrases; a test compiles all of them.
#[expect(clippy::expect_used, reason = "the phrases are constants that a test compiles")]
fn any_of(phrases: &[&str]) -> Regex {
    let pattern = phrases.iter().map(|phrase| regex::escape(phrase)).collect::<Vec<_>>().join("|");
    Regex::new(&format!("(?i:{pattern})")).expect("constant phrases")
}

impl Phrases {
    /// Where the phrases stand, but for those that begin within a word.
    fn all<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        let within = |at: usize| {
            let letter = text[at..].starts_with(|c: char| c.is_ascii_alphabetic());
            letter && text[..at].ends_with(|c: char| c.is_alphanumeric())
        };
        self.0.find_iter(text).map(|found| found.range()).filter(move |range| !within(range.start))
    }

    /// Where the last of the phrases stands.
    fn last(&self, text: &str) -> Option<Range<usize>> {
        self.all(text).last()
    }
}

/// The readings of what stands behind a phrase.
fn behind(text: &str, from: usize) -> Vec<Range<usize>> {
    let rest = &text[from..];
    let open =
        |rest: &str| rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || "*:_=：,".contains(c)).len();
    let lead = open(rest);
    let linked = LINKS.iter().find(|link| rest[lead..].starts_with(link.trim_start()) && !link.trim_start().is_empty());
    let lead = linked.map_or(lead, |link| lead + link.trim_start().len());
    let start = from + lead + open(&rest[lead..]);
    let reach = text.floor_char_boundary((start + REACH).min(text.len()));
    let sentence = sentences(&text[start..reach]).next().unwrap_or(0..0);
    let range = trimmed(text, start + sentence.start..start + sentence.end);
    let mut ranges = Vec::new();
    // A formula that opens the answer is all of it, unless a sentence states more.
    let opening = formula(text, start..reach)
        .filter(|found| !joins(&text[found.end..reach]) && !states_more(&text[found.end..reach]));
    ranges.extend(opening.into_iter().flat_map(|found| with_right_side(text, found)));
    ranges.extend(values(text, range));
    ranges
}

/// Does another formula follow that is joined to the one before: `$x=2$ and $x=4$`?
fn joins(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['$', ')', ']', '\\']).trim_start();
    let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    let rest = ["and ", "or ", "und ", "et ", "y ", "e ", "и "].iter().find_map(|word| rest.strip_prefix(word));
    rest.is_some_and(|rest| DELIMITERS.iter().any(|(open, _)| rest.trim_start().starts_with(open)))
}

/// Does the sentence state another value behind a formula: `$x=3$ and the value is $x^2 = 9$`?
fn states_more(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['$', ')', ']', '\\', ',']).trim_start();
    let Some(rest) = ["and ", "so ", "und ", "et ", "y ", "e ", "и "].iter().find_map(|word| rest.strip_prefix(word))
    else {
        return false;
    };
    let sentence = sentences(rest).next().map_or("", |range| &rest[range]);
    let opens = |at: usize| DELIMITERS.iter().any(|(open, _)| sentence[at..].trim_start().starts_with(open));
    VERB_PHRASES.all(sentence).any(|verb| opens(verb.end))
}

/// A range, and before it the value that it names.
fn with_right_side(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    right_side(text, range.clone()).into_iter().chain([range])
}

/// Where a sentence continues that opens with a reason: `Since $x$ is positive, $x = 5$`.
fn behind_reason(sentence: &str) -> Option<usize> {
    let comma = sentence.find(", ").filter(|_| opens(sentence, OPENING_REASONS))?;
    let in_formula = sentence[..comma].matches('$').count() % 2 == 1;
    (!in_formula && sentence[comma..].contains(|c: char| c.is_ascii_digit())).then_some(comma + 2)
}

/// The readings of a sentence that states a value.
fn values(text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let part = &text[sentence.clone()];
    let reason = REASON_PHRASES.all(part).map(|range| range.start).find(|at| *at > 0);
    let start = behind_reason(part).filter(|start| reason.is_none_or(|reason| *start < reason)).unwrap_or(0);
    let sentence = trimmed(text, sentence.start + start..sentence.start + reason.unwrap_or(part.len()));
    let part = &text[sentence.clone()];
    if let Some(inner) = inner(text, sentence.clone()) {
        ranges.extend(with_right_side(text, inner));
    }
    if part.ends_with('!') && !part.contains(['$', '\\']) {
        // The mark ends the sentence; a factorial would stand in a formula.
        ranges.push(sentence.start..sentence.end - 1);
    }
    ranges.push(sentence.clone());
    let links: Vec<usize> = LINK_PHRASES.all(part).map(|range| range.end).collect();
    let spans = formulas(text, sentence.clone());
    for end in links.into_iter().rev().take(MOST_LINKS) {
        let range = trimmed(text, sentence.start + end..sentence.end);
        let within = spans.iter().any(|span| span.start < range.start && range.start < span.end);
        if !within {
            ranges.extend(inner(text, range.clone()));
            ranges.push(range);
        }
    }
    match spans.as_slice() {
        // "It is not 8": the only value is the one that it is not.
        _ if DENIAL_PHRASES.all(part).next().is_some() => {}
        [only] => ranges.extend(with_right_side(text, only.clone())),
        [] => ranges.extend(only_number(text, sentence.clone())),
        _ => {}
    }
    ranges
}

/// The only number of a sentence without formulas.
fn only_number(text: &str, sentence: Range<usize>) -> Option<Range<usize>> {
    let part = &text[sentence.clone()];
    let start = part.find(|c: char| c.is_ascii_digit())?;
    let numeric = |c: char| c.is_ascii_digit() || ".,/%^".contains(c);
    let length = part[start..].find(|c| !numeric(c)).unwrap_or(part.len() - start);
    let more = part[start + length..].contains(|c: char| c.is_ascii_digit());
    let within = part[..start].ends_with(|c: char| c.is_alphanumeric() || "_.".contains(c));
    let sign = part[..start]
        .ends_with(['-', '\u{2212}'])
        .then(|| part[..start].char_indices().next_back().map_or(0, |(at, _)| at));
    let start = sign.unwrap_or(start);
    let end = part[..]
        .len()
        .min(start + length + usize::from(sign.is_some()) * (part[start..].chars().next().map_or(0, char::len_utf8)));
    (!more && !within).then(|| trimmed(text, sentence.start + start..sentence.start + end))
}

/// The last boxed answer; boxes side by side are one answer.
fn boxed(text: &str) -> Option<AnswerPlace> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = text.len();
    for (at, command) in text.rmatch_indices("\\boxed").chain(text.rmatch_indices("\\fbox")).take(12) {
        let Some((range, end)) = contents(text, at + command.len()).filter(|(range, _)| !range.is_empty()) else {
            continue;
        };
        let near = text.get(end..start).is_some_and(|between| between.len() <= BETWEEN && connects(between));
        if !ranges.is_empty() && !near {
            break;
        }
        ranges.insert(0, range);
        start = at;
    }
    let (first, last) = (ranges.first()?.clone(), ranges.last()?.clone());
    let text =
        (ranges.len() > 1).then(|| ranges.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>().join(", "));
    let whole = first.start..last.end;
    Some(AnswerPlace { rule: "boxed", rank: Rank::Final, ranges: Vec::from([whole]), text })
}

/// Does a text only connect two values?
fn connects(text: &str) -> bool {
    let marks = |c: char| c.is_whitespace() || "$,;{}()[]".contains(c);
    let mut words = text.split(|c| marks(c) || c == '\\').filter(|word| !word.is_empty());
    words.all(|word| matches!(word, "and" | "or" | "text" | "quad" | "qquad" | "mbox"))
}

/// What braces hold, and where they end; without braces, the token that follows.
fn contents(text: &str, at: usize) -> Option<(Range<usize>, usize)> {
    let rest = &text[at..text.floor_char_boundary((at + 2 * REACH).min(text.len()))];
    let lead = rest.len() - rest.trim_start_matches(' ').len();
    if !rest[lead..].starts_with('{') {
        let length = rest[lead..].find(|c: char| !c.is_ascii_alphanumeric())?;
        return (length > 0).then(|| (at + lead..at + lead + length, at + lead + length));
    }
    let mut depth = 0_u32;
    let mut escaped = false;
    for (offset, c) in rest[lead..].char_indices() {
        match c {
            '{' if !escaped => depth += 1,
            '}' if !escaped => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if depth == 0 {
            let range = trimmed(text, at + lead + 1..at + lead + offset);
            return Some((range, at + lead + offset + 1));
        }
    }
    None
}

/// The answer behind `####`.
fn hashes(text: &str) -> Option<AnswerPlace> {
    for (at, _) in text.match_indices("####").take(20) {
        let rest = &text[at + 4..];
        if rest.starts_with('#') || text[..at].ends_with('#') {
            continue;
        }
        let line = rest.find('\n').unwrap_or(rest.len());
        let range = trimmed(text, at + 4..at + 4 + line);
        if !range.is_empty()
            && range.len() <= REACH
            && text[range.clone()].contains(|c: char| c.is_ascii_digit() || c == '\\')
        {
            let ranges = [inner(text, range.clone()), Some(range)].into_iter().flatten().collect();
            return Some(AnswerPlace::new("hash_marks", Rank::Final, ranges));
        }
    }
    None
}

/// The answer of a JSON object that is the text or stands in its fence.
fn json(text: &str) -> Option<AnswerPlace> {
    let start = text.find('{')?;
    let before = text[..start].trim();
    let alone = before.is_empty() || before.ends_with("```json") || before.ends_with("```");
    if !alone || text.len() - start > LARGEST_JSON {
        return None;
    }
    let mut stream = serde_json::Deserializer::from_str(&text[start..]).into_iter::<serde_json::Value>();
    let value = stream.next()?.ok()?;
    let end = start + stream.byte_offset();
    let (key, found) = KEYS.iter().find_map(|key| value.get(key).map(|found| (key, found)))?;
    let written = match found {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let key = format!("\"{key}\"");
    let at = start + text[start..end].rfind(&key)? + key.len();
    let colon = at + text[at..end].find(':')? + 1;
    let lead = text[colon..end].len() - text[colon..end].trim_start().len();
    let length = found.to_string().len().min(end - colon - lead);
    let range = colon + lead..text.floor_char_boundary(colon + lead + length);
    Some(AnswerPlace { rule: "json_key", rank: Rank::Final, ranges: vec![range], text: Some(written) })
}
