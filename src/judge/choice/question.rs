//! What a question asks for, as far as it decides what is said of a choice.

use std::hash::Hasher;
use std::sync::LazyLock;

use ahash::{AHashSet, AHasher};
use regex::Regex;

use super::lexicon::forms;
use super::lexicon::otherwise::{DENYING, EXCEPTING, PARTLY};
use super::lexicon::parts::{self, *};
use super::lexicon::{AND, FILL, LEXICON, NOT, ORDINAL};
use super::scan::{Kind, Scan, Token, scan};

/// The question, scanned only when an answer needs it.
#[derive(Debug)]
pub(super) struct Question {
    /// Its normal form.
    pub norm: String,
    /// Its words.
    words: Words,
    /// Its words without their endings.
    plain: Words,
    /// Names in its last sentence: words with a capital that do not open it.
    pub proper: AHashSet<String>,
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
    /// Whether its last sentence asks for what is more than all others.
    pub superlative: bool,
    /// The last word of its last sentence that carries meaning.
    pub object: Option<String>,
    /// Two words that its last sentence joins: `four equal sides and four right angles`.
    pub joined: Option<(String, String)>,
    /// Its last sentence, in its normal form.
    last: String,
    /// Capital letters that its own sentences hold, as bits.
    letters: u32,
    /// Letters by which it calls something, as bits: `Let A = {1, 2}`.
    names: u32,
}

/// A set of words, kept by their hashes of 64 bits, in order.
#[derive(Debug)]
struct Words(Vec<u64>);

impl Words {
    fn of(hashes: impl Iterator<Item = u64>) -> Self {
        let mut hashes: Vec<u64> = hashes.collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    fn hash(word: &str) -> u64 {
        let mut hasher = AHasher::default();
        hasher.write(word.as_bytes());
        hasher.finish()
    }

    fn has(&self, word: &str) -> bool {
        self.0.binary_search(&Self::hash(word)).is_ok()
    }
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

/// What no question is without that asks for what is not so or untrue: one of these words, or a letter that normal
/// forms change. Longer words that begin like a denial count as well: `cannot`, `isn't`.
#[expect(clippy::unwrap_used, reason = "a pattern of constant words, which tests compile")]
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| {
    let words = parts::words(DENIES | DENIES_IN_SPANISH | EXCEPT | UNTRUE).filter(|word| word.is_ascii());
    let words: Vec<String> = words.map(|word| word.replace("isnt", "isn't")).collect();
    Regex::new(&format!(r"(?i)cannot|n't\b|\b(?:{})\b|[^\x00-\x7f]", words.join("|"))).unwrap()
});

fn is_word(token: &Token) -> bool {
    !matches!(token.kind, Kind::Mark(_) | Kind::Break)
}

/// The lines of a question with their places, without those that quote what it is about; `None` if it quotes none.
fn own_lines(question: &str) -> Option<Vec<(usize, &str)>> {
    const QUOTES: [char; 9] = ['"', '“', '”', '„', '«', '»', '「', '」', '‟'];
    let quoted = |line: &str| line.trim().len() > 2 && line.trim().starts_with(QUOTES) && line.trim().ends_with(QUOTES);
    let mut at = 0;
    let lines = question.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line)
    });
    let (quotes, own): (Vec<_>, Vec<_>) = lines.partition(|(_, line)| quoted(line));
    (!quotes.is_empty() && own.iter().any(|(_, line)| line.contains(char::is_alphanumeric))).then_some(own)
}

/// The last sentence of a question.
fn last_sentence(scan: &Scan) -> &[Token] {
    let end = before_choices(scan).or_else(|| scan.tokens.iter().rposition(is_word)).unwrap_or(0);
    let stops = |token: &Token| matches!(token.kind, Kind::Mark('.' | '!' | '?'));
    let start = scan.tokens.iter().take(end).rposition(stops).map_or(0, |stop| stop + 1);
    scan.tokens.get(start..=end).unwrap_or_default()
}

/// The last word of a sentence that asks and that a list of the choices follows: `Which is it? (A) this (B) that`.
fn before_choices(scan: &Scan) -> Option<usize> {
    let asks = scan.tokens.iter().rposition(|token| token.kind == Kind::Mark('?'))?;
    let rest = scan.tokens.get(asks + 1..)?.iter();
    let mut rest = rest.skip_while(|token| matches!(token.kind, Kind::Break | Kind::Mark('(' | '[')));
    let label = rest.next().is_some_and(|token| matches!(scan.word(token), "a" | "1"));
    let marked = rest.next().is_some_and(|token| matches!(token.kind, Kind::Mark(')' | '.' | ':' | ']')));
    scan.tokens.get(..asks)?.iter().rposition(is_word).filter(|_| label && marked)
}

/// How many words carry the meaning of a sentence.
fn content(tokens: &[Token], scan: &Scan) -> usize {
    let first = tokens.first().map_or(0, |token| token.from);
    let first = scan.tokens.partition_point(|token| token.from < first);
    let plain = (first..)
        .zip(tokens)
        .filter(|(at, _)| LEXICON.find(scan, *at).is_none_or(|found| found.mask & (FILL | ORDINAL | NOT) == 0));
    let words: AHashSet<&str> = plain.map(|(_, token)| scan.word(token)).collect();
    words.iter().filter(|word| carries_meaning(word)).count()
}

fn carries_meaning(word: &str) -> bool {
    let long = word.chars().count() > 3 && word.chars().all(|c| c.is_alphabetic() || !c.is_ascii());
    long && parts(word) & (ASKS | PLACES) == 0
}

/// The last word of a sentence that carries meaning: what its verb is about.
fn object(tokens: &[Token], scan: &Scan) -> Option<String> {
    let mut words = tokens.iter().rev().filter(|token| token.kind == Kind::Word).map(|token| scan.word(token));
    words.find(|word| carries_meaning(word)).map(str::to_owned)
}

/// The word that carries meaning on either side of the first `and`.
fn joined(tokens: &[Token], scan: &Scan) -> Option<(String, String)> {
    const REACH: usize = 4;
    let first = scan.tokens.partition_point(|token| token.from < tokens.first().map_or(0, |token| token.from));
    let and = |at: &usize| {
        let found = LEXICON.find(scan, first + at).is_some_and(|found| found.mask & AND != 0);
        // `le plus grand`
        found && parts(scan.word(&tokens[*at])) & (OR | SUPERLATIVE) == 0
    };
    let and = (0..tokens.len()).find(and)?;
    let meant = |token: &&Token| carries_meaning(scan.word(token));
    let before = tokens[..and].iter().rev().take(REACH).take_while(|token| is_word(token)).find(meant)?;
    let behind = tokens[and + 1..].iter().take(REACH).take_while(|token| is_word(token)).filter(meant).last()?;
    Some((scan.word(before).to_owned(), scan.word(behind).to_owned()))
}

/// Words behind an apostrophe, without what was elided before it: `océan` of `l'océan`.
fn elided(question: &str) -> impl Iterator<Item = String> {
    const LONGEST_BEFORE: usize = 2;
    let parts = question.split_whitespace().filter_map(|word| word.split_once(['\'', '\u{2019}']));
    let long = parts.filter(|(before, word)| before.chars().count() <= LONGEST_BEFORE && word.chars().count() > 2);
    long.map(|(_, word)| scan(&[(0, word.trim_end_matches(|c: char| !c.is_alphanumeric()))]).norm)
}

/// Whether a question has a word by which it may ask for what is not so; most have none.
pub(super) fn may_ask_otherwise(question: &str) -> bool {
    OTHERWISE.is_match(question)
}

/// Whether the last sentence of a question asks for what is not so, and whether for what is untrue.
fn asks_for(scan: &Scan) -> (bool, bool) {
    let tokens = last_sentence(scan);
    let words: Vec<&str> = tokens.iter().filter(|token| is_word(token)).map(|token| scan.word(token)).collect();
    let has = |part| words.iter().any(|word| parts(word) & part != 0);
    if has(CONDITION) {
        return (false, false);
    }
    let norm = tokens.first().zip(tokens.last()).and_then(|(first, last)| scan.norm.get(first.from..last.until));
    let glyphs = |phrases: &[&str]| norm.is_some_and(|norm| phrases.iter().any(|phrase| norm.contains(phrase)));
    let excepts = has(EXCEPT) || glyphs(&EXCEPTING);
    let denies = has(DENIES) || has(DENIES_IN_SPANISH) && has(ASKS_IN_SPANISH) || glyphs(&DENYING);
    let closes = |at: usize| words.get(at + 1).is_none_or(|next| parts(next) & OF_STATEMENT != 0);
    let untrue = |(at, word): (usize, &&str)| parts(word) & UNTRUE != 0 && closes(at);
    let both =
        |pair: &[&str]| matches!(pair, [first, then] if parts(first) & DENIES != 0 && parts(then) & TRUTHFUL != 0);
    let not_true = words.windows(2).any(both);
    let all_but = excepts && has(TRUTHFUL);
    let untrue = words.iter().enumerate().any(untrue) && !denies && !excepts;
    (denies || excepts, untrue || not_true || all_but)
}

/// The names in the last sentence of a question; `DNA` is an abbreviation and none.
fn proper(scan: &Scan, question: &str) -> AHashSet<String> {
    let tokens = last_sentence(scan);
    let small = |token: &Token| question.get(token.at..token.to).is_some_and(|word| word.contains(char::is_lowercase));
    let name = |token: &&Token| token.kind == Kind::Word && token.upper && token.until - token.from > 2 && small(token);
    let words = tokens.iter().skip_while(|token| !is_word(token)).skip(1).filter(name).map(|token| scan.word(token));
    words.filter(|word| parts(word) == 0).map(str::to_owned).collect()
}

/// The tokens that are a capital letter and nothing else, with their places.
fn capitals(scan: &Scan) -> impl Iterator<Item = (usize, &Token)> {
    scan.tokens.iter().enumerate().filter(|(_, token)| {
        token.kind == Kind::Word && token.upper && token.until - token.from == 1 && token.to - token.at == 1
    })
}

/// Letters as bits.
fn bits<'a>(scan: &Scan, letters: impl Iterator<Item = &'a Token>) -> u32 {
    let letters = letters.filter_map(|token| scan.word(token).bytes().next()).filter(u8::is_ascii_lowercase);
    letters.fold(0, |bits, letter| bits | 1 << (letter - b'a'))
}

/// The capital letters that stand alone in a question.
fn letters(scan: &Scan) -> u32 {
    bits(scan, capitals(scan).map(|(_, token)| token))
}

/// The capital letters that stand alone in a question, label nothing there and open no sentence.
fn names(scan: &Scan) -> u32 {
    let kind = |at: Option<usize>| at.and_then(|at| scan.tokens.get(at)).map(|token| token.kind);
    let named = capitals(scan).filter(|(at, _)| {
        let (before, after) = (kind(at.checked_sub(1)), kind(Some(at + 1)));
        let opens = matches!(before, None | Some(Kind::Break | Kind::Mark('.' | '?' | '|' | '(' | '[')));
        let labels = matches!(after, Some(Kind::Mark('.' | ')' | ':' | ']')));
        let equals = matches!(after, Some(Kind::Mark('=' | '∪' | '∩')));
        equals || !opens && !labels
    });
    bits(scan, named.map(|(_, token)| token))
}

/// Whether a question lists the text of a choice with its number: `2. Rome`.
fn is_listed(question: &str, number: usize, text: &str) -> bool {
    question.match_indices(text).any(|(at, _)| {
        let marked = question[..at].strip_suffix(['.', ')', ':']);
        marked.is_some_and(|before| before.ends_with(&number.to_string()))
    })
}

impl Question {
    /// Takes a question apart; `texts` are the normal forms of the choices. What it quotes to be read says nothing of
    /// what it asks.
    pub fn new<'a>(question: &str, texts: impl Iterator<Item = &'a str>) -> Self {
        let whole = scan(&[(0, question)]);
        let own = own_lines(question).map(|lines| scan(&lines));
        let scan = own.as_ref().unwrap_or(&whole);
        let elided: Vec<String> = elided(question).collect();
        let words = scan.tokens.iter().filter(|token| token.kind != Kind::Break).map(|token| scan.word(token));
        let words = words.chain(elided.iter().map(String::as_str));
        let irregular = words.clone().filter_map(forms::irregular).map(Words::hash);
        let plain = Words::of(words.clone().flat_map(forms::plain).map(Words::hash).chain(irregular));
        let words = Words::of(words.map(Words::hash));
        let numbered = (1..).zip(texts).all(|(number, text)| is_listed(&whole.norm, number, text));
        let (negated, untrue) = asks_for(scan);
        let partly = PARTLY.iter().any(|phrase| scan.norm.contains(phrase));
        let asking = last_sentence(scan);
        let from = asking.first().map_or(0, |token| token.from);
        let denial = |at: usize| LEXICON.find(scan, at).is_some_and(|found| found.mask & NOT != 0);
        let denies = (0..scan.tokens.len()).filter(|at| scan.tokens[*at].from >= from).any(denial);
        Self {
            names: names(&whole),
            letters: letters(scan),
            words,
            plain,
            proper: proper(scan, question),
            numbered,
            negated,
            untrue,
            denies,
            partly,
            content: content(asking, scan),
            object: object(asking, scan),
            joined: joined(asking, scan),
            superlative: asking.iter().any(|token| parts(scan.word(token)) & SUPERLATIVE != 0),
            last: scan.norm.get(from..).unwrap_or_default().to_owned(),
            norm: whole.norm,
        }
    }

    /// Whether its own sentences hold a capital letter that stands alone.
    pub fn has_letter(&self, letter: u8) -> bool {
        letter.checked_sub(b'a').is_some_and(|letter| letter < 26 && self.letters & (1 << letter) != 0)
    }

    /// Whether a letter may stand for one of its words.
    pub fn starts_a_word(&self, letter: &str) -> bool {
        const SHORTEST: usize = 4;
        self.norm.split(' ').any(|word| word.len() >= SHORTEST && word.starts_with(letter))
    }

    /// Whether it holds a word, in this form or a plain one: `ended` where it says `end`.
    pub fn holds(&self, word: &str) -> bool {
        let has = |word: &str| self.words.has(word);
        has(word)
            || forms::plain(word).any(|plain| has(plain) || self.plain.has(plain))
            || forms::irregular(word).is_some_and(|plain| has(plain) || self.plain.has(plain))
            || self.plain.has(word)
    }

    /// Whether its last sentence holds a phrase, in its normal form.
    pub fn ends_with(&self, phrase: &str) -> bool {
        self.last.contains(phrase)
    }

    /// Whether the question itself calls something by this letter.
    pub fn names(&self, choice: u8) -> bool {
        self.names & (1 << choice) != 0
    }
}
