//! What a question asks for, as far as it decides what is said of a choice.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use super::lexicon::parts::{ASKS_IN_SPANISH, DENIES, DENIES_IN_SPANISH, DENYING, EXCEPT, EXCEPTING, parts};
use super::lexicon::{FILL, LEXICON, NOT};
use super::scan::{Kind, Scan, Token, scan};

/// Endings of English words in other than their plain form.
const ENDINGS: [&str; 4] = ["s", "d", "ed", "ing"];

/// Forms of verbs that no ending tells, with the plain form.
const IRREGULAR: [(&str, &str); 22] = [
    ("fell", "fall"),
    ("won", "win"),
    ("wrote", "write"),
    ("written", "write"),
    ("began", "begin"),
    ("begun", "begin"),
    ("built", "build"),
    ("sank", "sink"),
    ("held", "hold"),
    ("became", "become"),
    ("took", "take"),
    ("broke", "break"),
    ("made", "make"),
    ("found", "find"),
    ("sold", "sell"),
    ("left", "leave"),
    ("came", "come"),
    ("grew", "grow"),
    ("gave", "give"),
    ("lost", "lose"),
    ("flew", "fly"),
    ("went", "go"),
];

/// The question, scanned only when an answer needs it.
#[derive(Debug)]
pub(super) struct Question {
    /// Its normal form.
    pub norm: String,
    /// Its words.
    words: HashSet<String>,
    /// Whether it lists the choices by number.
    pub numbered: bool,
    /// Whether it asks for what is not so.
    pub negated: bool,
    /// Whether its last sentence holds a denial.
    pub denies: bool,
    /// Whether it asks for what is untrue.
    pub untrue: bool,
    /// Whether it asks for what is so in one way and not in another.
    pub partly: bool,
    /// How many words of its last sentence carry its meaning.
    pub content: usize,
    /// Where its last sentence starts in the normal form.
    last: usize,
    /// Letters by which it calls something, as bits: `Let A = {1, 2}`.
    names: u32,
}

/// What a question asks for, as far as it decides what is said of a choice.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Asked {
    /// Whether a choice holds a word for true or false.
    pub truthful: bool,
    /// Whether it asks for what is not so: `which is NOT a fruit?`
    pub negated: bool,
    /// Whether it asks for what is untrue: `which statement is false?`
    pub untrue: bool,
    /// Whether it asks for what is so in one way and not in another: `found in RNA but not in DNA`.
    pub partly: bool,
}

/// Words that make a question and say nothing of what it asks for.
const ASKING: [&str; 26] = [
    "which",
    "what",
    "where",
    "when",
    "these",
    "following",
    "does",
    "that",
    "qual",
    "quais",
    "cual",
    "cuales",
    "quel",
    "quelle",
    "welche",
    "welcher",
    "welches",
    "welchen",
    "quale",
    "quali",
    "какой",
    "какая",
    "какое",
    "quem",
    "quien",
    "wann",
];

/// Words for what is untrue and for what is true, as questions for statements have them.
const UNTRUE: [&str; 4] = ["false", "incorrect", "untrue", "inaccurate"];
const TRUTHFUL: [&str; 3] = ["true", "correct", "accurate"];

/// Words that may stand behind them where a question asks for a statement.
const OF_STATEMENT: [&str; 12] = [
    "about",
    "regarding",
    "concerning",
    "of",
    "with",
    "for",
    "statement",
    "statements",
    "option",
    "one",
    "in",
    "except",
];

/// Words of conditions and reasons, which ask for no statement.
const CONDITIONS: [&str; 6] = ["if", "when", "why", "because", "unless", "while"];

/// What no question is without that asks for what is not so or untrue: a part of one of these words, or a letter that
/// normal forms change.
#[expect(clippy::unwrap_used, reason = "a constant pattern")]
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)not|isn|never|nie|nunca|nicht|kein|\b(?:pas|no|non)\b|except|eccetto|false|incorrect|untrue|inaccurate|[^\x00-\x7f]").unwrap()
});

fn is_word(token: &Token) -> bool {
    !matches!(token.kind, Kind::Mark(_) | Kind::Break)
}

/// The last sentence of a question.
fn last_sentence(scan: &Scan) -> &[Token] {
    let end = scan.tokens.iter().rposition(is_word).unwrap_or(0);
    let stops = |token: &Token| matches!(token.kind, Kind::Mark('.' | '!' | '?'));
    let start = scan.tokens.iter().take(end).rposition(stops).map_or(0, |stop| stop + 1);
    scan.tokens.get(start..=end).unwrap_or_default()
}

/// How many words carry the meaning of a sentence.
fn content(tokens: &[Token], scan: &Scan) -> usize {
    let first = tokens.first().map_or(0, |token| token.from);
    let first = scan.tokens.partition_point(|token| token.from < first);
    let plain =
        (first..).zip(tokens).filter(|(at, _)| LEXICON.find(scan, *at).is_none_or(|found| found.mask & FILL == 0));
    let words: HashSet<&str> = plain.map(|(_, token)| scan.word(token)).collect();
    let long = |word: &str| word.chars().count() > 3 && word.chars().all(char::is_alphabetic);
    words.iter().filter(|word| long(word) && !ASKING.contains(word)).count()
}

/// Whether a question has a word by which it may ask for what is not so; most have none.
pub(super) fn may_ask_otherwise(question: &str) -> bool {
    OTHERWISE.is_match(question)
}

/// Whether the last sentence of a question asks for what is not so, and whether for what is untrue.
fn asks_for(scan: &Scan) -> (bool, bool) {
    let tokens = last_sentence(scan);
    let words: Vec<&str> = tokens.iter().filter(|token| is_word(token)).map(|token| scan.word(token)).collect();
    if words.iter().any(|word| CONDITIONS.contains(word)) {
        return (false, false);
    }
    let has = |part| words.iter().any(|word| parts(word) & part != 0);
    let norm = tokens.first().zip(tokens.last()).and_then(|(first, last)| scan.norm.get(first.from..last.until));
    let glyphs = |phrases: &[&str]| norm.is_some_and(|norm| phrases.iter().any(|phrase| norm.contains(phrase)));
    let excepts = has(EXCEPT) || glyphs(&EXCEPTING);
    let denies = has(DENIES) || has(DENIES_IN_SPANISH) && has(ASKS_IN_SPANISH) || glyphs(&DENYING);
    let closes = |at: usize| words.get(at + 1).is_none_or(|next| OF_STATEMENT.contains(next));
    let untrue = |(at, word): (usize, &&str)| UNTRUE.contains(word) && closes(at);
    let not_true = words.windows(2).any(|pair| pair[0] == "not" && TRUTHFUL.contains(&pair[1]));
    let all_but = excepts && words.iter().any(|word| TRUTHFUL.contains(word));
    let untrue = words.iter().enumerate().any(untrue) && !denies && !excepts;
    (denies || excepts, untrue || not_true || all_but)
}

/// The capital letters that stand alone in a question, label nothing there and open no sentence.
fn names(scan: &Scan) -> u32 {
    let kind = |at: Option<usize>| at.and_then(|at| scan.tokens.get(at)).map(|token| token.kind);
    let single = scan.tokens.iter().enumerate().filter(|(_, token)| {
        token.kind == Kind::Word && token.upper && token.until - token.from == 1 && token.to - token.at == 1
    });
    let named = single.filter(|(at, _)| {
        let (before, after) = (kind(at.checked_sub(1)), kind(Some(at + 1)));
        let opens = matches!(before, None | Some(Kind::Break | Kind::Mark('.' | '?' | '|' | '(' | '[')));
        let labels = matches!(after, Some(Kind::Mark('.' | ')' | ':' | ']')));
        let equals = matches!(after, Some(Kind::Mark('=' | '∪' | '∩')));
        equals || !opens && !labels
    });
    let letters = named.filter_map(|(_, token)| scan.word(token).bytes().next()).filter(u8::is_ascii_lowercase);
    letters.fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}

impl Question {
    /// Takes a question apart; `texts` are the normal forms of the choices.
    pub fn new<'a>(question: &str, texts: impl Iterator<Item = &'a str>) -> Self {
        let scan = scan(&[(0, question)]);
        let words = scan.tokens.iter().filter(|token| token.kind != Kind::Break);
        let words: HashSet<String> = words.map(|token| scan.word(token).to_owned()).collect();
        let listed = |(number, text): (usize, &str)| {
            [".", ")", ":"].iter().any(|sign| scan.norm.contains(&format!("{number}{sign}{text}")))
        };
        let numbered = (1..).zip(texts).all(listed);
        let (negated, untrue) = asks_for(&scan);
        let partly = [" but not", " and not", " but is not", " but isnt", " but never", " but does not"];
        let partly = partly.iter().any(|words| scan.norm.contains(words));
        let names = names(&scan);
        let last = last_sentence(&scan).first().map_or(0, |token| token.from);
        let denial = |at: usize| LEXICON.find(&scan, at).is_some_and(|found| found.mask & NOT != 0);
        let denies = (0..scan.tokens.len()).filter(|at| scan.tokens[*at].from >= last).any(denial);
        let content = content(last_sentence(&scan), &scan);
        Self { norm: scan.norm, words, numbered, negated, untrue, denies, partly, content, last, names }
    }

    /// Whether it holds a word, in this form or a plain one: `ended` where it says `end`.
    pub fn holds(&self, word: &str) -> bool {
        let plain = ENDINGS.iter().filter_map(|ending| word.strip_suffix(ending)).filter(|plain| plain.len() > 2);
        let irregular = || IRREGULAR.iter().any(|(form, plain)| *form == word && self.words.contains(*plain));
        let longer = || word.len() > 2 && ENDINGS.iter().any(|ending| self.words.contains(&format!("{word}{ending}")));
        self.words.contains(word) || plain.clone().any(|plain| self.words.contains(plain)) || irregular() || longer()
    }

    /// Whether its last sentence holds a phrase, in its normal form.
    pub fn ends_with(&self, phrase: &str) -> bool {
        self.norm.get(self.last..).is_some_and(|sentence| sentence.contains(phrase))
    }

    /// Whether the question itself calls something by this letter.
    pub fn names(&self, choice: u8) -> bool {
        self.names & (1 << choice) != 0
    }
}
