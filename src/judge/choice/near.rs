//! An item among its neighbours, as far as they tell whether it labels a choice.

use super::items::Item;
use super::lexicon::*;
use super::prepared::PreparedSample;
use super::scan::{Kind, Scan};

/// The most items of an answer that repeats a letter: each of its letters asks for all of them.
const REPEATED: usize = 64;

/// An item among its neighbours.
pub(super) struct Near<'a> {
    /// The items.
    pub items: &'a [Item],
    /// The place of the item.
    pub index: usize,
}

impl Near<'_> {
    /// The item at a distance before it.
    pub fn before(&self, distance: usize) -> Option<&Item> {
        self.index.checked_sub(distance).and_then(|index| self.items.get(index))
    }

    /// The item at a distance behind it.
    pub fn after(&self, distance: usize) -> Option<&Item> {
        self.items.get(self.index + distance)
    }

    /// The item.
    pub fn this(&self) -> Option<&Item> {
        self.items.get(self.index)
    }

    /// Whether the item at a distance behind it is this word.
    pub fn is_word(&self, scan: &Scan, distance: usize, word: &str) -> bool {
        self.after(distance).and_then(|item| scan.tokens.get(item.token)).is_some_and(|token| scan.word(token) == word)
    }

    /// `Better C than A`, `I'd take C before A`: a letter that is set above another one, behind a word of preference.
    pub fn is_preferred(&self, scan: &Scan, prepared: &PreparedSample) -> bool {
        let part = |item: Option<&Item>| item.map_or(0, |item| parts::parts(scan.word_at(item.token)));
        let letter = |item: Option<&Item>| {
            let letter = item.filter(|item| item.single && item.upper).and_then(|item| item.initial.checked_sub(b'a'));
            letter.is_some_and(|choice| usize::from(choice) < prepared.count())
        };
        let next = self.after(1);
        let compares = next.is_some_and(|next| next.says(DROP)) || part(next) & parts::COMPARES != 0;
        let prefers =
            self.before(1).is_some_and(|before| before.says(CHOOSE)) || part(self.before(1)) & parts::PREFERS != 0;
        prefers && compares && letter(self.this()) && letter(self.after(2))
    }

    /// `D. D. D.`: the same letter again and again, and nothing else; `J. J. Thomson` is a name.
    pub fn is_repeated(&self) -> bool {
        let same = |item: &Item| self.this().is_some_and(|this| item.single && item.initial == this.initial);
        let again = self.after(2).or(self.before(2)).is_some_and(same);
        let all = || self.items.iter().all(|item| same(item) || item.is('.') || item.kind == Kind::Break);
        again && self.items.len() <= REPEATED && all()
    }

    /// Whether brackets enclose it.
    pub fn bracketed(&self) -> bool {
        self.before(1).is_some_and(|item| item.is_any("([{")) && self.after(1).is_some_and(|item| item.is_any(")]}"))
    }

    /// Whether it opens its line, after bullets, numbers and brackets.
    pub fn leads(&self) -> bool {
        let mut distance = 1;
        while let Some(before) = self.before(distance) {
            match before.kind {
                Kind::Break => return true,
                Kind::Mark('(' | '[' | '-' | '•' | '|' | '#' | '✓' | '✗' | '→' | '>') if distance < 6 => {
                    distance += 1
                }
                Kind::Mark('.' | ')') | Kind::Number if distance < 6 => distance += 1,
                _ => return false,
            }
        }
        true
    }

    /// Whether a noun for a choice stands before it, and nothing of the sentence follows.
    pub fn counts(&self) -> bool {
        self.before(1).is_some_and(|before| before.says(OPTION) && before.mask & (CLAIM | FILL) == 0) && self.ends()
    }

    /// `The right answer is the third`: a noun for the answer and a verb that ties it stand before, and nothing follows.
    pub fn is_answer(&self) -> bool {
        let before = (1..6).map_while(|distance| self.before(distance));
        let head = before.take_while(|item| item.says(FILL | LINK | ANSWER | OPTION | RIGHT) || item.is_any(":-"));
        let said = head.clone().fold(0, |mask, item| mask | item.mask);
        let tied = said & LINK != 0 || head.clone().any(|item| item.is_any(":-"));
        // In Hindi the verb stands last.
        let verb = self.after(1).is_some_and(|next| next.says(LINK) && next.initial >= 0xe0);
        let verb_last = verb && self.after(2).is_none_or(|next| next.is_any(".!") || next.kind == Kind::Break);
        (self.ends() && tied || verb_last) && said & ANSWER != 0
    }

    /// `the third one is`, and not `the last one that was pushed`: nothing behind its noun says which one it is.
    pub fn is_all_of_its_noun(&self) -> bool {
        let next = self.after(2);
        next.is_none_or(|next| next.says(LINK | REASON) || !matches!(next.kind, Kind::Word | Kind::Glyph))
    }

    /// Whether the answer says nothing else: `It is the fourth.`
    pub fn is_all(&self) -> bool {
        const WORDS: Mask = FILL | LINK | THIS | ANSWER | SO | CHOOSE | LEAVES;
        let before = self.items.get(..self.index).unwrap_or_default();
        let after = self.items.get(self.index + 1..).unwrap_or_default();
        before.len() < 8
            && before.iter().all(|item| item.says(WORDS) && !item.says(NOT | MAY | IF) || item.is_any(":(["))
            && after.iter().all(|item| item.is_any(".!)]") || item.kind == Kind::Break)
    }

    /// Whether nothing of the sentence follows.
    pub fn ends(&self) -> bool {
        self.after(1).is_none_or(|next| match next.kind {
            Kind::Break | Kind::BoxClose => true,
            Kind::Mark(mark) => ".,;:!)]}?|-".contains(mark),
            Kind::Glyph => true,
            _ => next.says(REASON | BUT | AND | SO),
        })
    }
}
