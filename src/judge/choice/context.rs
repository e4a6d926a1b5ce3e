//! What stands before and behind a choice that is named, and what that makes of it.

use super::ends::skip;
use super::items::Item;
use super::lexicon::*;
use super::question::Asked;
use super::scan::Kind;

/// The most items that are looked at on either side.
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

/// Words that may stand behind a choice before what says whether it is the answer.
const BEHIND: Mask = LINK
    | FILL
    | NOT
    | RIGHT
    | WRONG
    | MAY
    | TEMPT
    | ANSWER
    | OPTION
    | CHOOSE
    | OTHERS
    | THIS
    | WOULD
    | DROP
    | SO
    | TRUE
    | FALSE
    | LEAVES;

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
            '{' => true,
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

/// What is said behind a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// Nothing that matters.
    Nothing,
    /// That it is right.
    Called,
    /// That it is wrong.
    Denied,
    /// That it is not something, which need not be the answer.
    Negated,
    /// That it might be.
    Doubted,
    /// That it is chosen.
    Chosen,
}

/// Reads what stands behind an item, `end` on.
pub(super) fn right(items: &[Item], end: usize, asked: Asked) -> Right {
    let mut at = skip(items, end);
    let mut mask: Mask = 0;
    let mut bare = true;
    let mut postposed = false;
    let mut steps = 0;
    let sign = items.get(at).is_some_and(|item| item.is_any("-:→,.|"))
        && items.get(at + 1).is_some_and(|next| next.kind != Kind::Break);
    if sign {
        at += 1;
    }
    let limit = if asked.truthful { TRUE | FALSE } else { 0 };
    while let Some(item) = items.get(at).filter(|item| !item.masked && steps < REACH) {
        steps += 1;
        match item.kind {
            Kind::Mark('✓') => return Right::Called,
            Kind::Mark('✗') => return Right::Denied,
            Kind::Mark(mark) if is_passed(mark, mask, sign && names(items, at + 1)) => {
                at += 1;
                continue;
            }
            Kind::Mark(_) | Kind::Break | Kind::BoxOpen | Kind::BoxClose => break,
            Kind::Number if item.text.is_none() => break,
            _ => {}
        }
        if item.label.is_some() || item.text.is_some() && item.mask & (RIGHT | WRONG | TRUE | FALSE) == 0 {
            // `C, not A`: the denial belongs to what follows.
            // `C and D, I choose D`: so does the verb.
            // `They are positive. So the answer is B`: so does what is said of the answer.
            if sign && mask & LINK != 0 {
                return Right::Nothing;
            }
            let verb = mask & CHOOSE != 0 && mask & (RIGHT | WRONG | ANSWER) == 0;
            if verb || mask & (NOT | DROP) != 0 && !postposed && mask & (RIGHT | WRONG | CHOOSE) == 0 {
                return Right::Nothing;
            }
            break;
        }
        if (sign || bare) && item.mask & limit != 0 && mask & LINK == 0 {
            return Right::Nothing;
        }
        if item.mask & BEHIND == 0 {
            break;
        }
        if sign && (bare && item.mask & (RIGHT | WRONG | NOT | FILL | TEMPT) == 0 || praises_next(items, at)) {
            return Right::Nothing;
        }
        bare = false;
        mask |= item.mask;
        // Japanese and Korean deny behind the word.
        postposed |= item.says(NOT) && self::postposed(item);
        if item.says(RIGHT) && items.get(at + 1).is_some_and(|next| next.says(IF)) {
            return Right::Doubted;
        }
        if item.says(RIGHT | WRONG) && item.mask & FILL == 0 {
            break;
        }
        at += 1;
    }
    // `C remains.`, `C it is.`
    let ends = items.get(at).is_none_or(|item| matches!(item.kind, Kind::Mark('.' | '!') | Kind::Break));
    if ends && mask & LEAVES != 0 && mask & !(LEAVES | LINK | FILL | RIGHT) == 0 {
        return Right::Called;
    }
    if asked.untrue { verdict_on_untrue(mask) } else { verdict(mask) }
}

/// Whether what is said continues behind a mark: `C (is right)`, `(C), not (A)`.
fn is_passed(mark: char, said: Mask, before_choice: bool) -> bool {
    said == 0 && matches!(mark, '(' | '|' | '-') || before_choice && said & LINK == 0 && matches!(mark, '(' | '[')
}

fn names(items: &[Item], at: usize) -> bool {
    items.get(at).is_some_and(|item| item.label.is_some() || item.text.is_some())
}

/// `A and B, so the best is C`: the praise at an item belongs to what follows.
fn praises_next(items: &[Item], at: usize) -> bool {
    let says = |at: usize, mask: Mask| items.get(at).is_some_and(|item| item.says(mask));
    says(at, RIGHT) && says(at + 1, LINK) && names(items, at + 2)
}

/// Whether a word is Japanese or Korean, and so follows what it speaks of.
fn postposed(item: &Item) -> bool {
    item.initial == 0xe3 || item.initial >= 0xea
}

/// Where the untrue choice is asked for, `C is false` calls it, and `C is true` may say either.
fn verdict_on_untrue(mask: Mask) -> Right {
    match verdict(mask) {
        found if mask & (ANSWER | CHOOSE) != 0 => found,
        Right::Denied => Right::Called,
        Right::Called => Right::Doubted,
        found => found,
    }
}

fn verdict(mask: Mask) -> Right {
    let says = |word: Mask| mask & word != 0;
    if says(WRONG) {
        return if says(NOT) && !says(RIGHT) { Right::Doubted } else { Right::Denied };
    }
    if says(MAY | TEMPT | OTHERS) {
        return Right::Doubted;
    }
    if says(RIGHT) && says(WOULD) && !says(ANSWER) {
        return Right::Doubted;
    }
    if says(RIGHT) {
        return if says(NOT) { Right::Denied } else { Right::Called };
    }
    if says(NOT) {
        return if says(ANSWER) { Right::Denied } else { Right::Negated };
    }
    if says(LINK) && says(ANSWER) {
        return Right::Called;
    }
    if says(CHOOSE) && !says(LINK) { Right::Chosen } else { Right::Nothing }
}
