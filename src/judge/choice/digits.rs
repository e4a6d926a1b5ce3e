//! Which numbers of an answer label a choice: `option 3`, `No. 3`, a number alone.

use super::items::Item;
use super::lexicon::*;
use super::near::Near;
use super::prepared::Prepared;
use super::scan::{Kind, Scan};

/// Whether a word shortens `number`.
pub(super) fn is_numero(item: &Item, scan: &Scan) -> bool {
    let word = scan.tokens.get(item.token).map_or("", |token| scan.word(token));
    parts::parts(word) & parts::NUMERO != 0
}

impl Near<'_> {
    /// Whether a number labels a choice.
    pub fn digit(&self, choice: u8, scan: &Scan, prepared: &Prepared) -> bool {
        let Some(item) = self.this() else { return false };
        if item.text.is_some_and(|text| text != choice)
            || self
                .before(1)
                .is_some_and(|before| before.kind == Kind::Number || before.is_any("=+×·/^-") && before.glued)
        {
            return false;
        }
        if self.after(1).is_some_and(|next| next.glued && (next.kind == Kind::Word || next.is_any("^/×·+%°=-"))) {
            return false;
        }
        let numero = self.before(1).is_some_and(|before| before.is_any(".°"))
            && self.ends()
            && self.before(2).is_some_and(|item| is_numero(item, scan))
            && self.before(3).is_none_or(|head| {
                matches!(head.kind, Kind::Break | Kind::Mark(_)) || head.says(LINK | ANSWER | OPTION | CHOOSE | FILL)
            });
        let option = numero
            || self.before(1).is_some_and(|before| before.says(OPTION) && !before.says(CLAIM))
            || self.before(2).is_some_and(|before| before.says(OPTION)) && self.bracketed();
        let counted = self.after(1).is_some_and(|next| next.says(OPTION) && next.kind == Kind::Glyph);
        let own = (1..4).find_map(|distance| self.after(distance).filter(|next| !next.is_any(".):-([")));
        if option || counted || own.is_some_and(|own| own.text == Some(choice)) && self.leads() {
            return true;
        }
        let alone = self.ends()
            && self
                .after(1)
                .is_none_or(|next| !next.is_any(".)") || self.after(2).is_none_or(|after| after.kind == Kind::Break));
        let head = self.before(1).is_some_and(|before| {
            before.says(ANSWER | CHOOSE | FINAL) || before.kind == Kind::BoxOpen || before.is('#')
        }) || (2..5).filter_map(|distance| self.before(distance)).any(|before| before.says(ANSWER | CHOOSE))
            && self.before(1).is_some_and(|before| before.says(LINK | FILL | THIS) || before.is_any(":=(["));
        if head {
            return self.ends();
        }
        let whole = self
            .items
            .iter()
            .all(|other| other.token == item.token || matches!(other.kind, Kind::Mark(_) | Kind::Break));
        whole
            || self.leads()
                && prepared.question().numbered
                && (alone || self.after(1).is_some_and(|next| next.is_any(".):")))
    }
}
