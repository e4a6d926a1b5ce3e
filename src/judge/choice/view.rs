//! An answer as the rules see it, and what it names.

use super::groups::ChoiceGroup;
use super::items::Items;
use super::prepared::{PreparedSample, Text};
use super::scan::Scan;
use crate::judge::verdict::Rank;

/// How an answer stands to a choice that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// It asserts it.
    Asserted,
    /// It denies it.
    Denied,
    /// It says what it is not, which need not be the answer.
    Negated,
    /// It asserts nothing: a question, a condition, the opinion of others.
    Tentative,
}

impl Stand {
    /// Whether it is no answer by what is said of it.
    pub fn denies(self) -> bool {
        matches!(self, Self::Denied | Self::Negated)
    }
}

/// A choice that is named, and what speaks for it.
#[derive(Debug, Clone)]
pub(super) struct Mention {
    /// What is named.
    pub group: ChoiceGroup,
    /// How the answer stands to it.
    pub stand: Stand,
    /// How strong it is, and by which rule; `None` for a name that says nothing by itself.
    pub rank: Option<(Rank, &'static str)>,
    /// Whether it opens its line.
    pub opens_line: bool,
}

/// An answer as the rules see it.
pub(super) struct View<'a> {
    /// The scanned text.
    pub scan: &'a Scan,
    /// Its items.
    pub items: &'a Items,
    /// The sample.
    pub prepared: &'a PreparedSample<'a>,
    /// Whether the output marks what it answers.
    pub marked: bool,
    /// Whether the output was cut.
    pub capped: bool,
}

impl View<'_> {
    /// The text of a choice or of a label that an item begins or continues, if it does.
    pub fn text(&self, index: usize) -> Option<&Text> {
        let text = self.items.items.get(index)?.text?;
        self.prepared.texts.get(usize::from(text))
    }

    /// The first word of an item, in its normal form.
    pub fn word(&self, index: usize) -> &str {
        self.items.items.get(index).map_or("", |item| self.scan.word_at(item.token))
    }
}
