//! Whether a number counts by itself: not the number of a step, of an item of a list or of a name.

use super::Lexer;
use crate::judge::numeric::number::Reading;
use crate::judge::numeric::roles::Roles;
use crate::judge::numeric::tokens::{Kind, Token};
use crate::judge::numeric::value::Number;

impl Lexer<'_> {
    /// "step 2", `第3步`.
    pub(super) fn labelled(&self) -> bool {
        // `chapters 3-7`
        let list = match self.tokens.as_slice() {
            [list @ .., part, dash] if part.kind == Kind::Part && dash.kind == Kind::Sign('-') => list,
            list => list,
        };
        let is_label = |token: &&Token| matches!(token.kind, Kind::Word(roles) if roles.has(Roles::LABEL));
        let behind = self.tokens.get(list.len()).map_or(self.at, |part| part.span.start);
        list.last().filter(is_label).is_some_and(|token| behind - token.span.end <= 1)
    }

    pub(super) fn counts(&self) -> bool {
        self.last().is_some_and(|token| matches!(token.kind, Kind::Word(roles) if roles.has(Roles::COUNT)))
    }

    /// `COVID-19`: a dash binds the number to a word.
    pub(super) fn is_name(&self) -> bool {
        let [.., word, dash] = self.tokens.as_slice() else { return false };
        let bound = dash.kind == Kind::Sign('-') && !dash.spaced && dash.span.end == self.at;
        bound && word.span.end == dash.span.start && matches!(word.kind, Kind::Word(_)) && word.span.len() > 1
    }

    /// The number of an item of a list: the first is one, each next is one more.
    pub(super) fn is_item(&mut self, reading: &Reading) -> bool {
        let Some(Number { whole: Some(whole), .. }) = reading.number else { return false };
        let before = self.tokens.iter().rev().take_while(|token| token.kind != Kind::Line);
        if !before.take(3).all(|token| matches!(token.kind, Kind::Hashes | Kind::Sign('-' | '•' | '(' | '['))) {
            return false;
        }
        let rest = self.text.get(reading.end..).unwrap_or_default();
        let rest = rest.trim_start_matches('*');
        let Some(after) = rest.strip_prefix(['.', ')', '、', '．', '）', ']']) else { return false };
        let after = after.trim_start_matches('*');
        let follows =
            after.trim_start_matches([' ', '\t', '\u{a0}']).chars().next().is_some_and(|c| c != '\n' && c != '\r');
        let item = follows && (whole == self.item + 1 || whole == 1);
        if item {
            self.item = whole;
        }
        item
    }
}
