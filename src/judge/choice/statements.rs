//! Choices that say which statements of the question hold: `1 only`, `I and II`, `neither`.

use super::lexicon::parts::{self, DEFINITE, ONLY};
use super::lexicon::*;
use super::scan::{Kind, Scan, scan};

/// The most statements of a question.
const MOST: usize = 6;

/// What a text says of statements, and nothing else.
enum Said {
    /// That these hold, as bits.
    Some(u32),
    /// That all of them do.
    All,
}

/// For each choice which statements hold, if all choices say so, each in another way, and the question lists statements.
pub(super) fn statements(question: &str, norms: &[&str]) -> Option<Vec<Vec<bool>>> {
    let lists = |norm: &&str| norm.split([' ', ',']).any(|word| numeral(word).is_some());
    // Most choices speak of no statements.
    if norms.len() < 2 || norms.iter().filter(|norm| lists(norm)).count() < 2 || !is_listed(question) {
        return None;
    }
    let all: Vec<Said> = norms.iter().map(|norm| said(&scan(&[(0, norm)]))).collect::<Option<_>>()?;
    let last = all.iter().filter_map(|said| match said {
        Said::Some(bits) => Some(u32::BITS - bits.leading_zeros()),
        Said::All => None,
    });
    let count = usize::try_from(last.max()?).ok().filter(|count| (2..=MOST).contains(count))?;
    let values: Vec<Vec<bool>> = all.iter().map(|said| values(said, count)).collect();
    let differ = (1..values.len()).all(|at| !values[..at].contains(&values[at]));
    differ.then_some(values)
}

/// Which statements a whole answer says to hold: `1`, `I and II`, `both`.
pub(super) fn said_by(answer: &Scan, count: usize) -> Option<Vec<bool>> {
    const LONGEST: usize = 40;
    let short = answer.norm.len() <= LONGEST;
    short.then(|| said(answer)).flatten().map(|said| values(&said, count))
}

fn values(said: &Said, count: usize) -> Vec<bool> {
    (0..count)
        .map(|at| match said {
            Said::Some(bits) => bits & (1 << at) != 0,
            Said::All => true,
        })
        .collect()
}

/// Whether the question lists its first two statements by numeral: `1. … 2. …`, `Statement I: …`.
fn is_listed(question: &str) -> bool {
    const NOUNS: [&str; 7] =
        ["tatement ", "ussage ", "ffirmation ", "firmación ", "firmação ", "ffermazione ", "тверждение "];
    let listed = |label: &str| {
        question.match_indices(label).any(|(at, _)| {
            let (before, behind) = (&question[..at], &question[at + label.len()..]);
            let apart = !before.ends_with(char::is_alphanumeric) && !behind.starts_with(char::is_alphanumeric);
            apart && (behind.starts_with(['.', ')', ':']) || NOUNS.iter().any(|noun| before.ends_with(noun)))
        })
    };
    listed("1") && listed("2") || listed("I") && listed("II")
}

fn said(scan: &Scan) -> Option<Said> {
    let (mut bits, mut all, mut none) = (0, false, false);
    for (at, token) in scan.tokens.iter().enumerate() {
        let word = scan.word(token);
        match token.kind {
            Kind::Mark(mark) if ",.&()/".contains(mark) => continue,
            Kind::Break => continue,
            Kind::Mark(_) | Kind::BoxOpen | Kind::BoxClose => return None,
            _ => {}
        }
        if let Some(number) = numeral(word) {
            bits |= 1 << number;
            continue;
        }
        let mask = LEXICON.find(scan, at).map_or(0, |found| found.mask);
        none |= mask & (NOT | NONE) != 0;
        all |= mask & BOTH != 0 || word == "all";
        let plain = parts::parts(word) & (ONLY | DEFINITE) != 0 || word == "of" || is_plural(word);
        if mask & (NOT | NONE | BOTH | AND | CLAIM) == 0 && !plain {
            return None;
        }
    }
    match (bits, none, all) {
        (_, true, _) => Some(Said::Some(0)),
        (0, _, true) => Some(Said::All),
        (0, ..) => None,
        (bits, ..) => Some(Said::Some(bits)),
    }
}

/// `statements`, whose singular is a noun for one.
fn is_plural(word: &str) -> bool {
    word.strip_suffix('s').or_else(|| word.strip_suffix('n')).is_some_and(|one| LEXICON.word(one) & CLAIM != 0)
}

/// The place of the statement that a numeral names.
fn numeral(word: &str) -> Option<usize> {
    // Most words are too long for one, or begin with another letter.
    if word.len() > 3 || !word.starts_with(|c: char| c.is_ascii_digit() || "ivx".contains(c)) {
        return None;
    }
    let number: usize = word.parse().ok().or_else(|| numerals::roman(word))?;
    number.checked_sub(1).filter(|place| *place < MOST)
}
