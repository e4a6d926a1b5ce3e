//! Words, signs, labels and texts of choices in an answer, with what each of them says.

use super::lexicon::*;
use super::prepared::PreparedSample;
use super::scan::{Kind, Scan};

/// A word or phrase, a sign, or the text of a choice.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    /// What its first token is.
    pub kind: Kind,
    /// What it says.
    pub mask: Mask,
    /// The number of an ordinal.
    pub value: u8,
    /// Its first token.
    pub token: usize,
    /// Where it starts in the original text.
    pub at: usize,
    /// Where it ends in the original text.
    pub to: usize,
    /// Whether nothing stands between it and the item before.
    pub glued: bool,
    /// Whether it starts with a capital.
    pub upper: bool,
    /// The first byte of its normal form.
    pub initial: u8,
    /// Whether it is one letter.
    pub single: bool,
    /// The choice whose text it is.
    pub text: Option<u8>,
    /// The choice that it labels.
    pub label: Option<u8>,
    /// Whether the label is a number where the question lists no numbers.
    pub weak: bool,
    /// Whether it belongs to an echo and says nothing.
    pub masked: bool,
    /// The sentence it belongs to.
    pub sentence: usize,
    /// What stands before it in its clause: a condition, the opinion of others.
    pub under: Mask,
}

impl Item {
    /// Whether it says one of these.
    pub fn says(&self, mask: Mask) -> bool {
        self.mask & mask != 0
    }

    /// Whether it is the word `number`, behind which stands a value and not a place.
    pub fn numbers(&self, scan: &Scan) -> bool {
        scan.tokens.get(self.token).is_some_and(|token| scan.word(token) == "number")
    }

    /// Whether it is this mark.
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }

    /// Whether it is one of these marks.
    pub fn is_any(&self, marks: &str) -> bool {
        matches!(self.kind, Kind::Mark(mark) if marks.contains(mark))
    }
}

/// The items of an answer.
pub(super) struct Items {
    /// In the order of the text.
    pub items: Vec<Item>,
    /// For each sentence whether it asks.
    pub asks: Vec<bool>,
}

/// Reads the items of a scanned answer; labels and sentences are found later.
pub(super) fn items(scan: &Scan, prepared: &PreparedSample) -> Vec<Item> {
    let mut items = Vec::with_capacity(scan.tokens.len());
    let mut index = 0;
    while let Some(token) = scan.tokens.get(index) {
        let text = prepared.text_at(scan, index).filter(|(choice, _)| !is_small(scan, index, prepared, *choice));
        let worded = matches!(token.kind, Kind::Word | Kind::Glyph | Kind::Number);
        let found = if worded { LEXICON.find(scan, index) } else { None };
        let text = text.filter(|(_, end)| found.is_none_or(|found| end - index >= found.tokens));
        let length = text.map(|(_, end)| end - index).or(found.map(|found| found.tokens)).unwrap_or(1);
        let same = found.filter(|found| found.tokens == length);
        let last = scan.tokens.get(index + length - 1).unwrap_or(token);
        let phrase = scan.norm.get(token.from..last.until).unwrap_or_default();
        items.push(Item {
            kind: token.kind,
            mask: same.map_or(0, |found| match found.mask & OPTIONS {
                // `The answer's B`, which no plural is.
                OPTIONS if length == 1 && token.to - token.at > phrase.len() => ANSWER | LINK,
                _ => asked(found.mask, phrase, prepared),
            }),
            value: same.map_or(0, |found| found.value),
            token: index,
            at: token.at,
            to: last.to,
            glued: token.glued,
            upper: token.upper,
            initial: scan.norm.as_bytes().get(token.from).copied().unwrap_or_default(),
            single: token.kind == Kind::Word && length == 1 && scan.word(token).chars().nth(1).is_none(),
            text: text.map(|(choice, _)| choice),
            label: None,
            weak: false,
            masked: false,
            sentence: 0,
            under: 0,
        });
        index += length;
    }
    items
}

/// `got a D`: an article, and not the choice `A`.
fn is_small(scan: &Scan, index: usize, prepared: &PreparedSample, choice: u8) -> bool {
    let Some(token) = scan.tokens.get(index) else { return false };
    let article = token.kind == Kind::Word && !token.upper && LEXICON.is_word(scan.word(token));
    let follows = || scan.tokens.get(index + 1).is_some_and(|next| next.kind == Kind::Word && !next.glued);
    let written = || prepared.sample.choices.get(usize::from(choice));
    article && follows() && written().is_some_and(|choice| choice.starts_with(char::is_uppercase))
}

/// What a phrase says of a choice: where the question asks what is too large, `too large` calls it right.
fn asked(mask: Mask, phrase: &str, prepared: &PreparedSample) -> Mask {
    if mask & ODD != 0 {
        return mask & !ODD | if prepared.asked().negated { RIGHT } else { 0 };
    }
    let describes = mask & WRONG != 0 && mask & (FALSE | NO | ANSWER | FIX | DROP) == 0;
    if describes && prepared.question().ends_with(phrase) {
        return mask & !WRONG | RIGHT;
    }
    // `the most likely`, where the least likely is asked for.
    match phrase.strip_prefix("most ") {
        Some(rest) if mask & RIGHT != 0 && prepared.question().ends_with(&format!("least {rest}")) => {
            mask & !RIGHT | WRONG
        }
        _ => mask,
    }
}

/// Whether a clause ends before an item.
fn ends_clause(item: Item) -> bool {
    item.is_any(",:-") || item.says(REASON)
}

/// Whether a full stop ends its sentence.
fn ends_before(stop: &Item, next: Item) -> bool {
    // A full stop of Chinese or Japanese is one wherever it stands.
    let wide = stop.to - stop.at > 1;
    // `"thought": "It may be A.", "answer": …`: a quote ends behind it.
    let quoted = next.at > stop.to && next.is_any(",}");
    !next.glued || next.kind == Kind::Glyph || wide || quoted
}

/// The most items of a sentence. What is longer is taken apart, so that a rule which reads a sentence for each choice in
/// it takes time in proportion to the text.
const LONGEST_SENTENCE: usize = 256;

/// Numbers the sentences and carries conditions and opinions through each clause; tells which sentences ask.
pub(super) fn sentences(items: &mut [Item]) -> Vec<bool> {
    let mut asks = vec![false];
    let mut under = 0;
    let mut first = true;
    let mut opens = true;
    let mut named = false;
    let mut start = 0;
    for index in 0..items.len() {
        let next = items.get(index + 1).copied();
        let before = index.checked_sub(1).and_then(|before| items.get(before)).copied();
        let predicated =
            (1..3).filter_map(|distance| items.get(index.checked_sub(distance)?)).any(|item| item.says(LINK | WOULD));
        let Some(item) = items.get_mut(index) else { break };
        item.sentence = asks.len() - 1;
        // A label at the start of a line ends no sentence.
        let labels = before.is_some_and(|before| before.label.is_some() || before.kind == Kind::Number) && first;
        let stops = match item.kind {
            _ if index - start >= LONGEST_SENTENCE => true,
            Kind::Break | Kind::Mark('!' | ';') => true,
            Kind::Mark('?') => {
                if let Some(last) = asks.last_mut() {
                    *last = true;
                }
                true
            }
            Kind::Mark('.') => !labels && next.is_none_or(|next| ends_before(item, next)),
            _ => false,
        };
        if item.says(BUT) && !item.says(OTHERS) {
            under = 0;
        }
        if item.is(',') || item.says(SO) {
            // What follows the comma is no condition itself; it stays one if it says what would be.
            under = if under & WOULD != 0 { under } else { under & !IF };
            if item.says(SO) && under & IF == 0 {
                under &= !OTHERS;
            }
        }
        // `tornou-se`: a pronoun behind a hyphen, not the condition that it is alone.
        if item.glued && before.is_some_and(|before| before.is('-')) {
            item.mask &= !IF;
        }
        item.under = under;
        // `The symbol Si`: a name, not a condition of another language.
        if item.upper && !opens && item.initial == b's' && item.to - item.at == 2 {
            item.mask &= !IF;
        }
        // `Choosing B would be a common mistake: …`: what is said of a choice before is not said of what follows.
        let past = named && predicated && next.is_some_and(ends_clause);
        if item.text.is_none() {
            under |= item.mask & if past { IF } else { IF | OTHERS | WOULD };
        }
        named |= item.text.is_some() || item.label.is_some();
        opens = stops || opens && matches!(item.kind, Kind::Mark(_) | Kind::Break | Kind::Number);
        if stops {
            (under, named, start) = (0, false, index + 1);
            first = item.kind == Kind::Break;
            if items.len() > index + 1 {
                asks.push(false);
            }
        } else if !(item.is_any("([.)]:|-•✓✗") || item.label.is_some() || item.kind == Kind::Number) {
            first = false;
        }
    }
    asks
}
