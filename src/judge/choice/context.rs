//! What stands before a choice that is named, and what that makes of it.

use super::items::Item;
use super::lexicon::*;
use super::scan::Kind;

/// The most items that are looked at.
const REACH: usize = 16;

/// Words that may stand between a choice and what says that it is the answer.
const BETWEEN: Mask = LINK
    | FILL
    | OPTION
    | OPTIONS
    | ANSWER
    | CHOOSE
    | SO
    | LEAVES
    | NOT
    | WRONG
    | RIGHT
    | FINAL
    | FIX
    | DROP
    | MAY
    | OTHERS
    | TEMPT
    | IF
    | YES
    | THIS
    | FORMAT
    | WOULD
    | CLAIM
    | REFUSE;

/// What stands before a choice.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Left {
    /// Everything that is said.
    pub mask: Mask,
    /// What the nearest word says.
    pub nearest: Mask,
    /// Whether a colon or an equals sign ties it to what stands before.
    pub colon: bool,
    /// Whether a box encloses it.
    pub boxed: bool,
    /// Whether signs of a heading stand right before it.
    pub hashes: bool,
    /// A tick or a cross right before it.
    pub tick: Option<bool>,
    /// Whether it opens its line.
    pub opens_line: bool,
    /// Whether it opens the answer.
    pub opens: bool,
    /// Whether a bracket stands right before it.
    pub bracket: bool,
    /// Whether a word that sets it against what stands before stands right before it.
    pub but: bool,
    /// Whether I say it.
    pub first_person: bool,
    /// Whether a word that says nothing else, and so someone else, stands before it all.
    pub stranger: bool,
    /// Whether its line follows a heading or a colon.
    pub below: bool,
}

/// Reads what stands before an item.
pub(super) fn left(items: &[Item], start: usize) -> Left {
    let mut left = Left::default();
    let mut at = start;
    let mut steps = 0;
    left.bracket = start.checked_sub(1).and_then(|before| items.get(before)).is_some_and(|item| item.is_any("(["));
    while let Some(before) = at.checked_sub(1) {
        let Some(item) = items.get(before).filter(|_| steps < REACH) else { return left };
        steps += 1;
        let continues = match item.kind {
            Kind::Break => {
                left.opens_line |= left.mask & !(FILL | OPTION) == 0 && !left.below;
                !item.masked && left.crosses(items, before)
            }
            _ if item.masked => {
                left.opens = true;
                false
            }
            Kind::BoxOpen => {
                left.boxed = true;
                false
            }
            Kind::Mark(mark) => left.mark(mark, items, before),
            _ => left.word(item, items, before),
        };
        if !continues {
            return left;
        }
        at = before;
    }
    left.opens = !left.below || left.mask & !(FILL | OPTION | ANSWER | FINAL) == 0;
    left.opens_line |= !left.below && left.mask & !(FILL | OPTION) == 0;
    left
}

impl Left {
    /// Whether the line before belongs to this: a heading, a line that ends with a colon.
    fn crosses(&mut self, items: &[Item], at: usize) -> bool {
        let last = at.checked_sub(1).and_then(|before| items.get(before));
        let crosses = !self.below
            && last.is_some_and(|last| {
                last.is(':')
                    || last.says(LINK) && last.mask & RIGHT == 0
                    || last.says(ANSWER | FINAL) && self.mask & !(FILL | OPTION) == 0
            });
        self.below |= crosses;
        self.colon |= crosses;
        crosses
    }

    fn mark(&mut self, mark: char, items: &[Item], at: usize) -> bool {
        match mark {
            '(' | '[' | '|' => self.mask == 0,
            // `€10`
            '{' | '$' | '€' | '£' | '¥' | '₹' => true,
            ')' | ']' => {
                self.mask == 0
                    && items
                        .get(at.saturating_sub(1))
                        .is_some_and(|item| item.says(ANSWER) || item.kind == Kind::Number)
            }
            ':' | '=' | '→' | '≈' | '∈' => {
                self.colon = true;
                true
            }
            '-' => {
                self.colon |= self.mask == 0;
                true
            }
            '#' => {
                self.hashes |= self.mask & !(FILL | OPTION) == 0 && !self.below;
                true
            }
            '✓' | '✗' => {
                if self.mask & !(FILL | OPTION) == 0 && !follows_label(items, at) {
                    self.tick = Some(mark == '✓');
                }
                false
            }
            '.' | '•' => {
                self.mask & !(FILL | OPTION) == 0
                    && items.get(at.saturating_sub(1)).is_some_and(|item| {
                        item.mask == OPTION && self.mask == 0 && mark == '.'
                            || item.kind == Kind::Number
                                && (at < 2 || items.get(at - 2).is_some_and(|item| item.kind == Kind::Break))
                    })
            }
            ',' => at.checked_sub(1).and_then(|before| items.get(before)).is_some_and(|item| {
                (item.says(SO | FIX)
                    || item.says(YES | NO)
                        && at
                            .checked_sub(2)
                            .and_then(|before| items.get(before))
                            .is_none_or(|before| matches!(before.kind, Kind::Break | Kind::Mark(_))))
                    && !item.says(WRONG)
                    || item.says(LINK) && item.kind == Kind::Glyph
                    // `Typically, 16 A`
                    || item.says(FILL) && at == 1
            }),
            _ => false,
        }
    }

    fn word(&mut self, item: &Item, items: &[Item], at: usize) -> bool {
        if item.kind == Kind::Number && self.mask & !FILL == 0 {
            return items.get(at + 1).is_some_and(|next| next.is_any(".)"));
        }
        // `the answer to question 3 is C`
        if item.kind == Kind::Number && self.mask & LINK != 0 {
            let numbered = at.checked_sub(1).and_then(|before| items.get(before)).is_some_and(|item| item.says(FILL));
            return numbered;
        }
        if item.text.is_some() && item.mask & (NOT | LINK | FILL) == 0 || item.label.is_some() && !item.says(ORDINAL) {
            return false;
        }
        let before = at.checked_sub(1).and_then(|before| items.get(before));
        let apart = before.is_some_and(|before| before.is(',') || before.label.is_some());
        if item.says(NOT) && postposed(item) {
            self.but = true;
            return false;
        }
        // `18 belongs to it, 65 does not: [18, 65)`
        let verb_before = before.is_some_and(|before| !matches!(before.kind, Kind::Break | Kind::Mark(_)));
        if item.mask == NOT && verb_before && items.get(at + 1).is_some_and(|next| next.is(':')) {
            return false;
        }
        if item.says(BUT) && apart && self.mask & !(FILL | LINK | OPTION | LEAVES | SO) == 0 {
            self.but = true;
            return false;
        }
        if item.says(BUT) && item.mask & (FILL | LEAVES | OTHERS | LINK | DROP | NOT) == 0 {
            self.but = self.mask & !(FILL | LINK | OPTION | LEAVES | SO) == 0;
            return false;
        }
        // `they are wrong and D is left`
        let clause = || items.get(at + 2).is_some_and(|next| next.says(LINK | LEAVES));
        if self.mask == 0 && item.says(AND) && before.is_some_and(|before| before.says(WRONG)) && clause() {
            return false;
        }
        if item.mask & BETWEEN == 0 {
            self.stranger = item.mask == 0 && item.kind == Kind::Word && !self.first_person;
            return false;
        }
        if self.mask == 0 {
            self.nearest = item.mask;
        }
        // What is both a filler and a denial in some language counts as what it is beside the choice.
        let said = items.get(at + 1).is_some_and(|next| matches!(next.kind, Kind::Mark(',' | ':' | '.')));
        self.first_person |= item.single && item.initial == b'i';
        self.mask |= if item.says(NO) && said { item.mask & !NOT | FIX } else { item.mask };
        true
    }

    /// Whether it is denied: `not A`, `the wrong answer is A`, `rather than A`.
    pub fn denies(&self) -> bool {
        self.mask & (NOT | DROP | WRONG) != 0 && self.tick != Some(true)
    }

    /// Whether it is no more than a thought.
    pub fn doubts(&self) -> bool {
        self.mask & (OTHERS | MAY | IF | FORMAT | TEMPT | REFUSE) != 0
    }
}

/// Whether the ticks of a line stand behind its labels: `A) ✗ B) ✓`.
fn follows_label(items: &[Item], tick: usize) -> bool {
    const LONGEST: usize = 64;
    let before = items.get(..tick).unwrap_or_default().iter().rev().take(LONGEST);
    let line = before.take_while(|item| item.kind != Kind::Break && !item.masked);
    line.filter(|item| item.label.is_some() || item.is_any("✓✗")).last().is_some_and(|first| first.label.is_some())
}

/// Whether a word is Japanese or Korean, and so follows what it speaks of.
pub(super) fn postposed(item: &Item) -> bool {
    item.initial == 0xe3 || item.initial >= 0xea
}
