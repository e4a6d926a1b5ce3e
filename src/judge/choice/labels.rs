//! Which letters and digits of an answer label a choice.

use super::digits::is_numero;
use super::items::Item;
use super::lexicon::*;
use super::near::Near;
use super::prepared::PreparedSample;
use super::scan::{Kind, Scan};

/// Signs beside which a letter is part of a formula.
const FORMULA: &str = "_^°√∈∩∪<>≤≥≠≈+×·÷±=∞@&\\";

/// Marks the items that label a choice.
pub(super) fn mark(items: &mut [Item], scan: &Scan, prepared: &PreparedSample) {
    for index in 0..items.len() {
        if let Some((choice, weak)) = label(items, index, scan, prepared)
            && let Some(item) = items.get_mut(index)
        {
            item.label = Some(choice);
            item.weak = weak;
            if item.text.is_none() && !item.says(ORDINAL) {
                item.mask = 0;
            }
            // `C before A`, where C is preferred.
            if (Near { items, index }).is_preferred(scan, prepared)
                && let Some(next) = items.get_mut(index + 1)
            {
                next.mask = DROP;
            }
            // `A、B都不对`: what is said of none is said of these.
            if let Some(next) = items.get_mut(index + 1).filter(|next| next.says(NONE)) {
                next.mask = WRONG;
            }
            let Some(item) = items.get(index) else { continue };
            // `No. 3`: the word is a noun for a choice here.
            let numero = index.checked_sub(2).filter(|_| item.kind == Kind::Number);
            if let Some([word, dot]) = numero.and_then(|at| items.get_mut(at..at + 2))
                && dot.is('.')
                && is_numero(word, scan)
            {
                word.mask = OPTION;
            }
        }
    }
}

fn label(items: &[Item], index: usize, scan: &Scan, prepared: &PreparedSample) -> Option<(u8, bool)> {
    let item = items.get(index)?;
    let word = scan.word(scan.tokens.get(item.token)?);
    let fits = |choice: u8| usize::from(choice) < prepared.count();
    let near = Near { items, index };
    match item.kind {
        Kind::Word if word.len() == 1 && item.single => {
            let choice = word.bytes().next()?.checked_sub(b'a').filter(|choice| fits(*choice))?;
            (near.letter(word, choice, scan, prepared) && !near.names(choice, prepared)).then_some((choice, false))
        }
        Kind::Word | Kind::Glyph
            if word.chars().count() == 1
                && (item.single || item.kind == Kind::Glyph && item.to - item.at == word.len()) =>
        {
            let native = LEXICON.label(word).filter(|choice| fits(*choice));
            let choice = native.or_else(|| shape(word).filter(|choice| fits(*choice)))?;
            (near.native(word, choice) && !near.in_name(choice, scan)).then_some((choice, false))
        }
        Kind::Number if near.bracketed() && near.is_all() && prepared.question().numbered => {
            // `(3)`, where the question lists numbers as `(3) 112`.
            let choice = word.parse::<u8>().ok()?.checked_sub(1).filter(|choice| fits(*choice))?;
            Some((choice, false))
        }
        Kind::Number if prepared.digits && !item.says(ORDINAL) => {
            let choice = word.parse::<u8>().ok()?.checked_sub(1).filter(|choice| fits(*choice))?;
            near.digit(choice, scan, prepared).then(|| (choice, !prepared.question().numbered))
        }
        _ if item.says(ORDINAL) && item.text.is_none() => {
            let last = u8::try_from(prepared.count()).ok().filter(|_| item.value == LAST);
            let choice = last.unwrap_or(item.value).checked_sub(1).filter(|choice| fits(*choice))?;
            if near.counts() {
                return Some((choice, false));
            }
            if (near.is_all() || near.is_answer()) && prepared.digits && !prepared.truths {
                return Some((choice, false));
            }
            let next = near.after(1)?;
            // `첫 번째가 정답입니다`
            let subject =
                next.kind == Kind::Glyph && next.says(LINK) && near.after(2).is_some_and(|item| item.says(ANSWER));
            // `a is the first letter` speaks of the alphabet.
            let spells = parts::parts(scan.word_at(next.token)) & parts::LETTER != 0;
            let names = next.says(OPTION | ANSWER) && !next.says(CLAIM) && !spells
                || subject
                || near.is_word(scan, 1, "one") && near.is_all_of_its_noun() && prepared.digits && !prepared.truths;
            names.then_some((choice, false))
        }
        Kind::Word if prepared.digits && item.text.is_none() && near.counts() => {
            let choice = numerals::numeral(word)?.checked_sub(1).filter(|choice| fits(*choice))?;
            Some((choice, false))
        }
        _ => None,
    }
}

/// The Latin letter that a letter of Greek or Cyrillic looks like.
fn shape(letter: &str) -> Option<u8> {
    let latin = match letter {
        "а" | "α" => b'a',
        "в" | "β" => b'b',
        "с" => b'c',
        "е" | "ε" => b'e',
        "н" | "η" => b'h',
        "ι" | "і" => b'i',
        "ј" => b'j',
        _ => return None,
    };
    latin.checked_sub(b'a')
}

impl Near<'_> {
    /// Whether the question calls something by this letter, and nothing here makes it a label: `in A or B`.
    fn names(&self, choice: u8, prepared: &PreparedSample) -> bool {
        let head = self.before(1).is_none_or(|before| {
            before.says(ANSWER | OPTION | OPTIONS | CHOOSE | LINK | SO | LEAVES | NOT | DROP | BUT | FIX)
                || !matches!(before.kind, Kind::Word | Kind::Number) && !before.is(',')
        });
        let called = self.after(1).is_some_and(|next| next.says(RIGHT | WRONG | LINK) || next.is_any(".:)"));
        let listed = self.before(2).is_some_and(|before| before.label.is_some());
        !head && !called && !listed && prepared.question().names(choice)
    }

    fn letter(&self, word: &str, choice: u8, scan: &Scan, prepared: &PreparedSample) -> bool {
        let Some(item) = self.this() else { return false };
        if self.in_formula(choice) || self.in_name(choice, scan) {
            return false;
        }
        if !item.upper {
            return self.small(word, choice);
        }
        if self.is_preferred(scan, prepared) {
            return true;
        }
        if self.bracketed() {
            return !self.symbol(word, choice);
        }
        let next = self.after(1);
        let before = self.before(1);
        // `vitamin D`, `type A`: a word that says nothing else names something by the letter.
        let named = before.is_some_and(|before| {
            before.kind == Kind::Word && before.mask == 0 && before.text.is_none() && !before.single
        });
        // `Bird B, the ostrich`: its own text behind it tells the label from a name.
        let own = self.after(1).is_some_and(|next| next.is_any(",(-:)."))
            && (2..4).filter_map(|distance| self.after(distance)).any(|item| item.text == Some(choice));
        // `Sentence B is correct`
        let called = self.after(1).is_some_and(|next| next.says(LINK))
            && self.after(2).is_some_and(|next| next.says(RIGHT | WRONG) && next.mask & FILL == 0);
        if named && !own && !called {
            return false;
        }
        if before.is_some_and(|before| before.says(OPTION) && !before.says(CLAIM)) {
            return true;
        }
        if word == "a" && self.is_article(scan, prepared) {
            return false;
        }
        let article = LEXICON.is_word(word);
        let Some(next) = next.filter(|next| {
            next.kind == Kind::Word
                && (next.text.is_none() || article && next.text != Some(choice))
                && next.label.is_none()
                && !next.single
        }) else {
            return true;
        };
        let after_head =
            before.is_some_and(|before| before.says(LINK | ANSWER | CHOOSE | OPTION | LEAVES) || before.is(':'));
        match word {
            "i" => next.says(LINK) && !next.says(FILL) && !after_head || after_head && next.says(REASON | BUT | AND),
            _ if article => {
                next.says(LINK | AND | REASON | BUT | NOT | SO | DROP | MAY | WOULD | FIX) && !next.says(ANSWER | FINAL)
                    || after_head && next.says(FILL)
            }
            _ => next.mask != 0 && !next.says(OPTION | OPTIONS),
        }
    }

    /// A letter in lower case labels only where it is set apart.
    fn small(&self, word: &str, choice: u8) -> bool {
        if self.bracketed() {
            return !self.symbol(word, choice);
        }
        let closes = self.after(1).is_some_and(|next| next.glued && next.is_any(").:"));
        // `la réponse est donc c) 1958`
        if closes && self.after(2).is_some_and(|own| own.text == Some(choice)) {
            return true;
        }
        let judged = |next: &Item| next.says(RIGHT) || next.says(ANSWER);
        let called = self.after(1).is_some_and(|next| next.says(LINK) && !next.says(NOT))
            && (self.after(2).is_some_and(judged)
                || self.after(2).is_some_and(|next| next.says(FILL)) && self.after(3).is_some_and(judged));
        if self.leads()
            && (closes
                || called
                || self.after(1).is_none_or(|next| next.kind == Kind::Break || next.text == Some(choice)))
        {
            return true;
        }
        let head = (1..4)
            .filter_map(|distance| self.before(distance))
            .take_while(|before| before.kind != Kind::Break)
            .any(|before| before.says(ANSWER | CHOOSE | OPTION | OPTIONS | THINK) || before.says(RIGHT) && word != "a");
        let adjacent = self.before(1).is_some_and(|before| {
            before.says(LINK | ANSWER | OPTION | OPTIONS | CHOOSE | FINAL | THINK)
                || before.is_any(":=([")
                || before.kind == Kind::BoxOpen
                || before.kind == Kind::Glyph
        });
        let listed = self.before(1).is_some_and(|before| before.is_any(",/") || before.says(AND))
            && self.before(2).is_some_and(|before| before.label.is_some() && !before.upper);
        let boxed = self.before(1).is_some_and(|before| before.kind == Kind::BoxOpen);
        let spoken_of = self.before(1).is_some_and(|before| before.says(OPTION) && before.mask & FILL == 0)
            && self.after(1).is_some_and(|next| next.says(LINK | RIGHT | WRONG));
        (head && adjacent || listed || boxed)
            && (self.ends()
                || spoken_of
                || self.after(1).is_some_and(|next| next.text == Some(choice) || next.is_any("/")))
    }

    /// `A bat` for the choice `Bat`, `A bat, a whale and an otter`.
    fn is_article(&self, scan: &Scan, prepared: &PreparedSample) -> bool {
        let Some(text) = self.after(1).filter(|next| next.text == Some(0)) else { return false };
        let capital = prepared.sample.choices.first().is_some_and(|choice| choice.starts_with(char::is_uppercase));
        let listed = self.after(2).is_some_and(|next| next.is(','))
            && self
                .after(3)
                .and_then(|next| scan.tokens.get(next.token))
                .is_some_and(|token| matches!(scan.word(token), "a" | "an"));
        let continues = self.after(2).is_some_and(|next| next.kind == Kind::Word);
        !text.upper && (capital || continues) || listed
    }

    /// Part of a formula, a unit, a compound.
    fn in_formula(&self, choice: u8) -> bool {
        let Some(item) = self.this() else { return true };
        if self.in_bars() {
            return true;
        }
        if let Some(before) = self.before(1) {
            let head = self.before(2).is_some_and(|head| head.says(ANSWER | OPTION | CHOOSE))
                || self.before(2).is_none_or(|head| head.kind == Kind::Break);
            match before.kind {
                Kind::Number => return true,
                Kind::Word if item.glued => return true,
                Kind::Mark('=') if head => {}
                Kind::Mark('/')
                    if !self.before(2).is_some_and(|other| {
                        other.label.is_some() || other.text.is_some() || other.says(AND | OPTION)
                    }) =>
                {
                    return true;
                }
                Kind::Mark('-') if item.glued && before.glued && !head => return true,
                Kind::Mark('(' | '[') if before.glued => {
                    let called = self.before(2).is_some_and(|name| {
                        matches!(name.kind, Kind::Word)
                            && !name.says(ANSWER | OPTION | OPTIONS | LINK | CHOOSE)
                            && name.text.is_none()
                    });
                    if called {
                        return true;
                    }
                }
                Kind::Mark('&') if self.lists(-1) => {}
                Kind::Mark(mark) if FORMULA.contains(mark) => return true,
                _ => {}
            }
        }
        if let Some(next) = self.after(1) {
            let own = self.after(2).is_some_and(|after| after.text == Some(choice));
            match next.kind {
                Kind::Mark('-') if next.glued => {
                    return !own
                        && self
                            .after(2)
                            .is_some_and(|after| after.glued && matches!(after.kind, Kind::Word | Kind::Number));
                }
                Kind::Mark('(') if next.glued => {
                    return !own && !self.after(2).is_some_and(|after| after.says(RIGHT | WRONG));
                }
                Kind::Mark('=') => return !own,
                Kind::Mark('#' | '!') if next.glued && self.after(2).is_some_and(|after| after.glued) => return true,
                Kind::Mark('&') if self.lists(1) => {}
                Kind::Mark(mark) if FORMULA.contains(mark) => return true,
                Kind::Word if next.glued => return true,
                Kind::Number => return next.text != Some(choice),
                _ => {}
            }
        }
        false
    }

    /// `|B| = 3`, and not the first cell of a table.
    fn in_bars(&self) -> bool {
        let opens = self.before(2).is_none_or(|before| before.kind == Kind::Break);
        let after = self.after(1).is_some_and(|next| next.is('|') && next.glued);
        after
            && !opens
            && self.before(1).is_some_and(|before| before.is('|'))
            && self.this().is_some_and(|item| item.glued)
    }

    /// `Options C & D`: a capital letter on the other side of the sign, and a noun for choices before both.
    fn lists(&self, side: isize) -> bool {
        let other = self.index.checked_add_signed(2 * side).and_then(|at| self.items.get(at));
        let first = if side < 0 { 3 } else { 1 };
        other.is_some_and(|other| other.single && other.upper)
            && self.before(first).is_some_and(|before| before.says(OPTION | OPTIONS | ANSWER | LINK) || before.is(':'))
    }

    /// Initials: `C. S. Lewis`, `D.C.`
    fn in_name(&self, choice: u8, scan: &Scan) -> bool {
        let single =
            |item: Option<&Item>| item.is_some_and(|item| item.kind == Kind::Word && item.single && item.upper);
        let dot = |item: Option<&Item>| item.is_some_and(|item| item.is('.') && item.glued);
        if self.is_repeated() {
            return false;
        }
        if dot(self.after(1))
            && single(self.after(2))
            && (dot(self.after(3)) || self.after(2).is_some_and(|next| next.glued))
        {
            return true;
        }
        if dot(self.before(1)) && single(self.before(2)) {
            return true;
        }
        // `E. coli`: a species, wherever it stands.
        let species = self.after(2).and_then(|next| scan.tokens.get(next.token)).map_or("", |token| scan.word(token));
        if dot(self.after(1)) && parts::parts(species) & parts::SPECIES != 0 {
            return true;
        }
        // `C. elegans`: in mid-sentence no label is followed by a full stop and a small letter.
        let small = self.after(2).is_some_and(|next| {
            next.kind == Kind::Word && !next.upper && next.text != Some(choice) && next.mask == 0 && !next.glued
        });
        dot(self.after(1)) && small && !self.leads()
    }

    /// `Carbon (C)`: the symbol of the word before.
    fn symbol(&self, word: &str, choice: u8) -> bool {
        let Some(name) = self.before(2) else { return false };
        name.text != Some(choice)
            && name.kind == Kind::Word
            && name.mask & (ANSWER | OPTION | CHOOSE | LINK) == 0
            && Some(name.initial) == word.bytes().next()
    }

    fn native(&self, word: &str, choice: u8) -> bool {
        let Some(item) = self.this() else { return false };
        let glyph = item.kind == Kind::Glyph;
        if self.in_formula(choice) && !glyph || item.text.is_some_and(|text| text != choice) {
            return false;
        }
        let closes = self.after(1).is_some_and(|next| next.is_any(").:]"));
        let head = self.before(1).is_some_and(|before| {
            before.says(OPTION | ANSWER | LINK | CHOOSE | BUT | NOT | SO) || before.is_any(":([-")
        });
        if glyph {
            let ends =
                self.after(1).is_none_or(|next| next.kind == Kind::Break || next.is_any(").:],") || next.says(LINK));
            return self.leads() && (closes || self.after(1).is_none())
                || self.bracketed()
                || head
                    && (self.before(1).is_some_and(|before| before.says(OPTION | ANSWER) || before.is(':'))
                        || self.before(2).is_some_and(|before| before.says(ANSWER)))
                    && ends;
        }
        let upper = item.upper || !word.starts_with(char::is_lowercase);
        self.bracketed()
            || self.leads() && (closes || self.ends())
            || upper && head && (self.ends() || self.after(1).is_some_and(|next| next.says(LINK | RIGHT | WRONG | NOT)))
            || upper
                && self.after(1).is_some_and(|next| next.says(RIGHT | WRONG | AND | NOT) || next.is(','))
                && !self.before(1).is_some_and(|before| before.kind == Kind::Word && before.mask == 0)
    }
}
