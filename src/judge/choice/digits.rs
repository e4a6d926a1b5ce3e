//! Which numbers of an answer label a choice: `option 3`, `No. 3`, a number alone.

use super::items::Item;
use super::lexicon::*;
use super::near::Near;
use super::prepared::PreparedSample;
use super::scan::{Kind, Scan};

/// Whether a word shortens `number`.
pub(super) fn is_numero(item: &Item, scan: &Scan) -> bool {
    let word = scan.word_at(item.token);
    parts::parts(word) & parts::NUMERO != 0
}

impl Near<'_> {
    /// Whether a number labels a choice.
    pub fn digit(&self, choice: u8, scan: &Scan, prepared: &PreparedSample) -> bool {
        if self.is_a_value(choice) {
            return false;
        }
        if self.is_behind_numero(scan) || self.is_behind_option() || self.is_counted() || self.opens_own_text(choice) {
            return true;
        }
        // `4`, where another choice is `x = 4`.
        let word = self.this().map_or("", |item| scan.word_at(item.token));
        let value = |norm: &str| norm.rsplit([' ', '=']).next() == Some(word);
        let mut others = (0..).zip(&prepared.texts).filter(|(other, _)| *other != choice);
        if others.any(|(_, text)| text.norm.contains('=') && value(&text.norm)) {
            return false;
        }
        if self.is_behind_answer() {
            return self.ends();
        }
        self.is_all_there_is() || self.opens_numbered_line(prepared)
    }

    /// Whether it is the text of another choice, or a part of a longer number, a formula or a quantity.
    fn is_a_value(&self, choice: u8) -> bool {
        let other = self.this().is_none_or(|item| item.text.is_some_and(|text| text != choice));
        let continues = |before: &Item| before.kind == Kind::Number || before.is_any("=+×·/^-") && before.glued;
        let leads_on = |next: &Item| next.glued && (next.kind == Kind::Word || next.is_any("^/×·+%°=-"));
        other || self.before(1).is_some_and(continues) || self.after(1).is_some_and(leads_on)
    }

    /// `No. 3`, where nothing else precedes or a word does that an answer follows.
    fn is_behind_numero(&self, scan: &Scan) -> bool {
        let head = |head: &Item| {
            matches!(head.kind, Kind::Break | Kind::Mark(_)) || head.says(LINK | ANSWER | OPTION | CHOOSE | FILL)
        };
        self.before(1).is_some_and(|before| before.is_any(".°"))
            && self.before(2).is_some_and(|item| is_numero(item, scan))
            && self.before(3).is_none_or(head)
            && self.ends()
    }

    /// `option 3`, `option (3)`; not `statement 3`.
    fn is_behind_option(&self) -> bool {
        self.before(1).is_some_and(|before| before.says(OPTION) && !before.says(CLAIM))
            || self.before(2).is_some_and(|before| before.says(OPTION)) && self.bracketed()
    }

    /// `3番`: a noun for a choice is glued to it.
    fn is_counted(&self) -> bool {
        self.after(1).is_some_and(|next| next.says(OPTION) && next.kind == Kind::Glyph)
    }

    /// `3) Femur`: it opens its line, and the text of the third choice follows.
    fn opens_own_text(&self, choice: u8) -> bool {
        let text = (1..4).find_map(|distance| self.after(distance).filter(|next| !next.is_any(".):-([")));
        // `I think it is 4. Danube`
        let marked = self.after(1).is_some_and(|next| next.glued && next.is_any(".)"));
        text.is_some_and(|text| text.text == Some(choice)) && (self.leads() || marked)
    }

    /// `answer 3`, `the answer is: 3`, `#3`, a number in a box.
    fn is_behind_answer(&self) -> bool {
        let beside = self.before(1).is_some_and(|before| {
            before.says(ANSWER | CHOOSE | FINAL) || before.kind == Kind::BoxOpen || before.is('#')
        });
        let linked = || self.before(1).is_some_and(|before| before.says(LINK | FILL | THIS) || before.is_any(":=(["));
        let near = || (2..5).filter_map(|distance| self.before(distance)).any(|before| before.says(ANSWER | CHOOSE));
        beside || near() && linked()
    }

    /// Whether the answer is this number and marks.
    fn is_all_there_is(&self) -> bool {
        self.items
            .iter()
            .enumerate()
            .all(|(index, other)| index == self.index || matches!(other.kind, Kind::Mark(_) | Kind::Break))
    }

    /// Whether it opens a line as the question numbers its choices: `3.`, `3) …`, or `3` and nothing else.
    fn opens_numbered_line(&self, prepared: &PreparedSample) -> bool {
        let sign = self.after(1).is_some_and(|next| next.is_any(".):"));
        self.leads() && prepared.question().numbered && (sign || self.ends())
    }
}
