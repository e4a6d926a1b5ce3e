//! The judge `choice`: finds the choice that an answer names.
//!
//! Echoes of the options and the instruction are masked. Then the rules, in order: an answer that is
//! stated ("the answer is B"), a letter at the start, the only letter that
//! is named, the text of a choice. Two different answers of one rule are `ambiguous`;
//! an article ("A group is …") or an echo ("Option A/B/C/D") is not an answer.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use regex::Regex;

use super::{Class, Verdict};
use crate::prompt::letter;
use crate::sample::{Answer, Sample};

/// Compiled once per run.
#[derive(Debug)]
pub struct ChoiceJudge {
    list: Regex,
    row: Regex,
    denied: Regex,
    refuted: Regex,
    stated: Regex,
    confirmed: Regex,
    stated_text: Regex,
    named: Regex,
    labelled: Regex,
    lead: Regex,
    thought: Regex,
}

/// Bytes before and after a letter that are searched for a negation.
const NEARBY: usize = 60;

/// The choices that one rule found, each with its first position.
type Found = BTreeMap<usize, Range<usize>>;

impl ChoiceJudge {
    /// Compiles the rules.
    #[expect(clippy::expect_used, reason = "the patterns are constants that a test compiles")]
    pub(super) fn new() -> Self {
        let compile = |pattern: &str| Regex::new(pattern).expect("a constant pattern");
        Self {
            list: compile(
                r"\b[A-Z][)\]]?(?:\s*[/|]\s*[A-Z]{1,4}\b|(?:\s*[&+]\s*|\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+)[(\[]?[A-Z]\b[)\]]?)+",
            ),
            row: compile(r"^(?:[(\[]?[A-Za-z](?:[)\].:,;]+\s*|\s+|$)){2,}$"),
            stated: compile(
                r"(?i:\b(?:answer|solution|choice|option|letter)s?(?:\s+(?:choice|option|letter)s?)?\s*(?:\s(?:is|be|was)|:|=|->)\s*(?:(?:the|options?|choices?|letters?|number)\s+)*|(?:\u{7b54}\u{6848}|\u{7b54}\u{3048}|\u{6b63}\u{89e3})\s*(?:\u{662f}|\u{4e3a}|\u{306f})?\s*:?\s*|\u{9009}\u{62e9}?\s*|\b(?:i\s+(?:would\s+)?(?:choose|pick|select|go\s+with)|i'd\s+(?:choose|pick|select|go\s+with))\s+(?:(?:the|option|choice|letter)\s+)*|\\boxed\{\s*(?:\\text\{)?|####\s*)[(\[]?([A-Za-z])\b",
            ),
            confirmed: compile(
                r"(?i:\b(?:option|choice|answer|letter)?\s*)[(\[]?\b([A-Z])\b[)\]]?\s+(?i:(?:is|seems|would\s+be)\s+(?:the\s+)?(?:correct|right|best|true)\b)",
            ),
            stated_text: compile(
                r"(?i:\b(?:answer|result|solution|output)\s*(?:\s(?:is|be)|:|=)|\b(?:is|are|equals|=))\s*([^\n]+)",
            ),
            named: compile(
                r"(?i:\b(?:option|choice|letter|answer)s?)\s*[(\[]?([A-Z])\b|[(\[]([A-Za-z])[)\]]|(?:^|[\s,;])([A-Z])(?:[.:)!?]|\s*(?:$|[\n,;/]))",
            ),
            labelled: compile(r"(?:^|[\s,;(])([A-Z])\s?[.:)]\s*"),
            lead: compile(
                r"^(?i:(?:option|choice|answer|letter)\s*:?\s*)?[(\[]?([A-Za-z])\b[)\]]?\s*[.:,)\-!]?\s*(.*)$",
            ),
            denied: compile(
                r"(?i:\b(?:not|never|neither|nor|cannot|except|eliminate|exclude|excluding|reject)|n['\s]{1,3}t)(?i:\s+(?:be|is|choose|pick|select|the|an?|answer|option|choice|letter))*\s*[(\[]?$|(?:\\in|\u{2208})\s*$",
            ),
            refuted: compile(
                r"^[)\]]?\s+(?i:(?:is|was|are|seems|would\s+be|can)\s*(?:not\b|n['\s]{1,3}t\b|wrong\b|incorrect\b|false\b|invalid\b)|isn['\s]{1,3}t\b|(?:is|are)\s+(?:clearly|also|definitely)\s+(?:not|wrong|incorrect|false)\b)",
            ),
            thought: compile(r"(?s)<think(?:ing)?>.*?(?:</think(?:ing)?>|$)"),
        }
    }

    /// Judges an answer to a sample.
    pub(super) fn judge(&self, sample: &Sample, text: &str) -> Verdict {
        let count = sample.choices.len().min(26);
        let masked = self.mask(text, sample, count);
        if self.row.is_match(masked.trim()) {
            match letters(masked.trim(), count).len() {
                0 | 1 => {}
                all if all == count => return Verdict::none(Class::NoAnswer, "row_of_letters"),
                _ => return Verdict::none(Class::Ambiguous, "row_of_letters"),
            }
        }
        let stated = self.stated(&masked, count);
        let lead = self.lead(&masked, sample, count);
        let verdict = |found: &Found, rule| decide(found, rule, sample);
        if !stated.is_empty() {
            let mut all = stated;
            all.extend(lead.filter(|(index, _)| !all.contains_key(index)));
            return verdict(&all, "stated");
        }
        if let Some((index, span)) = lead {
            return verdict(&Found::from([(index, span)]), "lead");
        }
        let by_text = self.text_of_choice(&masked, sample);
        let named = self.named(&masked, count);
        if named.len() == 1 || (named.len() > 1 && by_text.len() != 1) {
            return verdict(&named, "named");
        }
        if !by_text.is_empty() {
            return verdict(&by_text, "choice_text");
        }
        Verdict::none(Class::NoAnswer, if text.trim().is_empty() { "empty" } else { "no_choice_named" })
    }

    /// The text with thoughts, emphasis and echoes replaced by spaces, so that positions stay the same.
    fn mask(&self, text: &str, sample: &Sample, count: usize) -> String {
        let mut bytes = plain_punctuation(text).into_bytes();
        for thought in self.thought.find_iter(text) {
            blank(&mut bytes, thought.range());
        }
        for byte in &mut bytes {
            if matches!(byte, b'*' | b'`' | b'"' | b'_' | b'\'' | b'$' | b'<' | b'>') {
                *byte = b' ';
            }
        }
        let question = sample.question.trim();
        // A question longer than the text cannot be in it; the search for a very long one is slow.
        if !question.is_empty() && question.len() <= text.len() {
            let echoes: Vec<Range<usize>> =
                text.match_indices(question).map(|(at, found)| at..at + found.len()).collect();
            echoes.into_iter().for_each(|range| blank(&mut bytes, range));
        }
        let mut masked = String::from_utf8_lossy(&bytes).into_owned();
        // Blanking whole characters keeps the length in bytes.
        if masked.len() != text.len() {
            text.clone_into(&mut masked);
        }
        let mut echoes: Vec<Range<usize>> = self
            .list
            .find_iter(&masked)
            .filter(|list| letters(list.as_str(), count).len() == count)
            .map(|list| list.range())
            .collect();
        echoes.extend(self.options_echo(&masked, sample));
        let mut bytes = masked.into_bytes();
        echoes.into_iter().for_each(|range| blank(&mut bytes, range));
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The run of all options, each label followed by its own text.
    fn options_echo(&self, text: &str, sample: &Sample) -> Option<Range<usize>> {
        let mut start = None;
        let mut next = 0;
        for label in self.labelled.captures_iter(text) {
            let (Some(whole), Some(name)) = (label.get(0), label.get(1)) else { continue };
            let Some(choice) = sample.choices.get(next).filter(|_| name.as_str() == letter(next)) else { continue };
            if !starts_with(&text[whole.end()..], choice) {
                continue;
            }
            start.get_or_insert(name.start());
            next += 1;
            if next == sample.choices.len() {
                return start.map(|start| start..(whole.end() + choice.trim().len()).min(text.len()));
            }
        }
        None
    }

    fn stated(&self, text: &str, count: usize) -> Found {
        let mut found = Found::new();
        for pattern in [&self.stated, &self.confirmed] {
            for captures in pattern.captures_iter(text) {
                if let Some(name) = captures.get(1) {
                    self.add(&mut found, text, name.range(), count);
                }
            }
        }
        // "The answer is A or B" states both.
        for list in self.list.find_iter(text) {
            if found.values().any(|span| list.range().contains(&span.start)) {
                self.add_list(&mut found, text, list.range(), count);
            }
        }
        found
    }

    /// A first line with only a letter, or a letter and the text of its choice.
    fn lead(&self, text: &str, sample: &Sample, count: usize) -> Option<(usize, Range<usize>)> {
        let start = text.len() - text.trim_start().len();
        let line = text[start..].lines().next()?.trim_end();
        let captures = self.lead.captures(line)?;
        let (name, rest) = (captures.get(1)?, captures.get(2)?.as_str());
        let index = index_of(name.as_str(), count)?;
        let rest = normal(rest);
        let own = rest.is_empty() || rest == normal(&sample.choices[index]);
        own.then(|| (index, start + name.start()..start + name.end()))
    }

    fn named(&self, text: &str, count: usize) -> Found {
        let mut found = Found::new();
        for captures in self.named.captures_iter(text) {
            if let Some(name) = captures.iter().skip(1).flatten().next() {
                self.add(&mut found, text, name.range(), count);
            }
        }
        for list in self.list.find_iter(text) {
            if self.is_denied(text, &list.range()) {
                found.retain(|_, span| !list.range().contains(&span.start));
            } else {
                self.add_list(&mut found, text, list.range(), count);
            }
        }
        found
    }

    fn add_list(&self, found: &mut Found, text: &str, list: Range<usize>, count: usize) {
        let singles = text[list.clone()].char_indices().filter(|(_, c)| c.is_ascii_uppercase());
        singles.for_each(|(at, _)| self.add(found, text, list.start + at..list.start + at + 1, count));
    }

    /// "It is not A", "except B", "a \\in A": named, and not as the answer.
    fn is_denied(&self, text: &str, span: &Range<usize>) -> bool {
        // Only the surroundings, so that a long answer is not scanned again for each letter.
        let before = text.floor_char_boundary(span.start.saturating_sub(NEARBY));
        let after = text.floor_char_boundary((span.end + NEARBY).min(text.len()));
        self.denied.is_match(&text[before..span.start]) || self.refuted.is_match(&text[span.end..after])
    }

    fn add(&self, found: &mut Found, text: &str, span: Range<usize>, count: usize) {
        if let Some(index) = index_of(&text[span.clone()], count)
            && !is_article(text, &span)
            && !self.is_denied(text, &span)
        {
            found.entry(index).or_insert(span);
        }
    }

    /// The choices whose whole text is the answer, or is stated by it.
    fn text_of_choice(&self, text: &str, sample: &Sample) -> Found {
        let mut found = Found::new();
        let whole = text.trim();
        let first_line = whole.lines().next().unwrap_or_default();
        let stated = self.stated_text.captures_iter(text).filter_map(|captures| captures.get(1));
        let offset = text.len() - text.trim_start().len();
        let places = [(whole, offset), (first_line, offset)].into_iter();
        let places = places.chain(stated.map(|part| (part.as_str(), part.start())));
        let choices: Vec<String> = sample.choices.iter().map(|choice| normal(choice)).collect();
        for (part, at) in places {
            let normal = normal(part);
            let matching: Vec<usize> = (0..choices.len()).filter(|index| choices[*index] == normal).collect();
            if let [index] = matching[..] {
                found.entry(index).or_insert(at..at + part.len());
            }
        }
        found
    }
}

fn decide(found: &Found, rule: &'static str, sample: &Sample) -> Verdict {
    match found.iter().next() {
        Some((index, span)) if found.len() == 1 => {
            let correct = sample.answer == Some(Answer::Choice(*index));
            Verdict::found(correct, letter(*index), rule, None, span.clone())
        }
        _ => Verdict::none(Class::Ambiguous, rule),
    }
}

/// `A` and `I` before a word in lower case are English, unless the word gives a reason. In lower case
/// they are English unless something ends there.
fn is_article(text: &str, span: &Range<usize>) -> bool {
    let rest = &text[span.end..];
    let ends_there = rest.starts_with([')', ']', '.', ',', ':', ';', '}', '\n']);
    match &text[span.clone()] {
        "a" | "i" => !ends_there,
        "A" | "I" => {
            let next: String =
                rest.trim_start_matches([' ', '\t']).chars().take_while(|c| c.is_alphanumeric()).collect();
            let joins =
                ["because", "since", "as", "and", "or", "is", "which", "with", "for", "but", "due", "would", "seems"];
            rest.starts_with([' ', '\t']) && next.starts_with(char::is_lowercase) && !joins.contains(&next.as_str())
        }
        _ => false,
    }
}

fn index_of(name: &str, count: usize) -> Option<usize> {
    let index = (name.as_bytes().first()?.to_ascii_uppercase() as usize).checked_sub('A' as usize)?;
    (index < count).then_some(index)
}

/// The choices whose letters stand in a list, as words of such letters alone.
fn letters(list: &str, count: usize) -> BTreeSet<usize> {
    let words = list
        .split(|c: char| !c.is_ascii_alphabetic())
        .map(|word| word.chars().map(|c| index_of(c.encode_utf8(&mut [0; 4]), count)).collect::<Option<Vec<usize>>>());
    words.flatten().flatten().collect()
}

/// Punctuation and letters of other scripts as ASCII, invisible characters as spaces, each as long in
/// bytes as it was.
fn plain_punctuation(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff1a}' => Some(':'),
        '\u{3002}' | '\u{ff0e}' => Some('.'),
        '\u{3001}' | '\u{ff0c}' => Some(','),
        '\u{ff08}' => Some('('),
        '\u{ff09}' => Some(')'),
        '\u{ff01}' => Some('!'),
        '\u{ff21}'..='\u{ff3a}' => char::from_u32(u32::from(c) - 0xff21 + u32::from('A')),
        '\u{2018}'..='\u{201f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' => Some(' '),
        _ => None,
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match plain(c) {
            Some(ascii) => {
                // The filler precedes an opening bracket or a letter, so that the next character stays adjacent.
                let filler = " ".repeat(c.len_utf8() - 1);
                let first = if ascii == '(' || ascii.is_ascii_alphabetic() { filler.clone() } else { String::new() };
                out.push_str(&first);
                out.push(ascii);
                out.push_str(&filler[first.len()..]);
            }
            None => out.push(c),
        }
    }
    out
}

fn starts_with(text: &str, choice: &str) -> bool {
    let choice = choice.trim();
    !choice.is_empty() && text.get(..choice.len()).is_some_and(|start| start.eq_ignore_ascii_case(choice))
}

/// Lower case, single spaces, no punctuation at the ends.
fn normal(text: &str) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    words.trim_matches(|c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | ' ')).to_owned()
}

/// Blanks the whole characters of a range.
fn blank(bytes: &mut [u8], range: Range<usize>) {
    bytes[range].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn sample(choices: &[&str], answer: usize) -> Sample {
        Sample {
            index: 0,
            id: None,
            question: "Find the degree of the extension.".into(),
            choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
            answer: Some(Answer::Choice(answer)),
            subject: None,
            columns: serde_json::Map::new(),
        }
    }

    static JUDGE: LazyLock<ChoiceJudge> = LazyLock::new(ChoiceJudge::new);

    fn read(text: &str) -> (Class, Option<String>) {
        let verdict = JUDGE.judge(&sample(&["0", "4", "2", "6"], 1), text);
        (verdict.class, verdict.extracted)
    }

    #[test]
    fn clear_answers_are_read() {
        let answers = [
            "B",
            "b) 4".to_uppercase().as_str(),
            "(B)",
            "B.",
            "**B**",
            "B. 4",
            "B) 4",
            " B\n\nbecause A. is wrong and C) too",
            "The answer is B.",
            "Answer: B",
            "answer: (B)",
            "The correct answer is option B",
            "The correct option is: **B**",
            "Option B",
            "Option B: 4",
            "I choose B.",
            "Option B is correct.",
            "(B) is the right one",
            "\\boxed{B}",
            "#### B",
            "<think>A or C?</think>B",
            "Option A/B/C/D\nAnswer: 4",
            "4",
            "4.",
            "The degree is 4.",
            "A. 0\nB. 4\nC. 2\nD. 6\nAnswer: B",
            "A: 0, B: 4, C: 2, D: 6. The answer is B",
            "Option B/1",
            "B\n\nOption B",
            "Choose A, B, C, or D.\nThe answer is B",
        ]
        .map(str::to_owned);
        for text in answers {
            assert_eq!(read(&text), (Class::Correct, Some("B".into())), "{text}");
        }
    }

    #[test]
    fn clear_answers_in_other_hands_are_read() {
        let answers = [
            "b",
            "b.",
            "(b)",
            "**b**",
            "answer: b",
            "The answer is b.",
            "option b",
            "It is B!",
            "B!",
            "'B'",
            "\u{201c}B\u{201d}",
            "$B$",
            "<answer>B</answer>",
            "B</s>",
            "B\u{200b}",
            "\u{7b54}\u{6848}\u{ff1a}B",
            "\u{7b54}\u{6848}\u{662f}B",
            "\u{9009}B",
            "B\u{3002}",
            "\u{ff08}B\u{ff09}",
            "\u{ff22}",
            "Neither A nor C; it's B",
            "Eliminate A, C and D. Answer B.",
            "The answer cannot be A or C, leaving B.",
            "A is incorrect. The answer is B.",
            "The answer is B because A is zero",
            "Find the degree of the extension. B",
        ]
        .map(str::to_owned);
        for text in answers {
            assert_eq!(read(&text), (Class::Correct, Some("B".into())), "{text}");
        }
    }

    #[test]
    fn echoes_and_articles_are_no_answers() {
        for text in [
            "",
            "  \n",
            "Option A/B/C/D",
            "A/B/C/D",
            "Option A/B/C/D \n\nThe polynomial has no zeros because 5 is not prime.",
            "C/A/B/D",
            "A group is abelian if it commutes.",
            "A. 0\nB. 4\nC. 2\nD. 6",
            "Options A, B, C, and D",
            "I am not able to provide an option.",
            "The answer is a field.",
            "The answer is A group",
            "E",
            "Option E",
            "A/B/C/D \nThe first statement is True, the second statement is False.",
            "<think>B",
            "42",
            "Answer with A, B, C or D only",
            "It is not A.",
            "The answer is not A.",
            "The answer isn't A.",
            "Option A is wrong.",
            "Definitely not C.",
            "I would not choose C.",
            "A\nB\nC\nD",
            "A.B.C.D.",
            "(A)(B)(C)(D)",
            "A. B. C. D.",
            "Option A is not applicable here",
            "The statement holds for all a \\in A, so g is injective.",
            "bad",
            "a group",
        ] {
            assert_eq!(read(text).0, Class::NoAnswer, "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn several_answers_are_ambiguous() {
        for text in [
            "Option C/D",
            "A or B",
            "The answer is A or B.",
            "Answer: A/B/C",
            "B: Option D",
            "The answer is A. No, the answer is B.",
            "B: False, C: True",
            "A\n\nThe answer is B.",
            "A B",
            "Option B/CD",
            "B/CD",
            "Answer: A & C",
            "The answer is (A) and (C).",
            "Correct Answer: Options C & D",
        ] {
            assert_eq!(read(text).0, Class::Ambiguous, "{text}: {:?}", read(text));
        }
    }

    #[test]
    fn the_place_of_an_answer_is_that_in_the_original_text() {
        let text = "é **The** answer is **B**.";
        let verdict = JUDGE.judge(&sample(&["0", "4", "2", "6"], 0), text);
        assert_eq!((verdict.class, &text[verdict.span.unwrap()]), (Class::Wrong, "B"));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_judge_panic(text in "\\PC{0,60}", glue in "(A|B|/|: |\\n|answer is |é|<think>|\\*){0,20}") {
            let verdict = JUDGE.judge(&sample(&["0", "é", "", "True, True"], 0), &format!("{text}{glue}"));
            proptest::prop_assert!(verdict.score == 0.0 || verdict.class == Class::Correct);
        }
    }
}
