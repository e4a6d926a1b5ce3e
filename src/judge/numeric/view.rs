//! What is judged, and what the rules find in it.

use super::roles::Roles;
use super::select::Choice;
use super::sentences::{Sentence, begins_with};
use super::tokens::Token;
use crate::judge::verdict::{Fate, Rank};

/// What a place says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// How strong it is.
    pub rank: Rank,
    /// Name of the rule that found it.
    pub rule: &'static str,
    /// The number there.
    pub choice: Choice,
    /// Whether it counts, and if not, why.
    pub fate: Option<Fate>,
}

/// How many tokens a statement may span: so that many of them in one sentence take no time.
pub(super) const REACH: usize = 64;

/// The part of a text that is judged.
pub(super) struct View<'a> {
    /// The original text.
    pub text: &'a str,
    /// The question.
    pub question: &'a str,
    /// Its pieces that count, with their places.
    pub pieces: &'a [(usize, &'a str)],
    /// Their tokens.
    pub tokens: &'a [Token],
    /// Their sentences.
    pub sentences: &'a [Sentence],
    /// The numbers of the question.
    pub given: &'a [f64],
    /// The last sentence with an equation that is no check.
    pub last_equation: usize,
    /// Whether the text was cut within these pieces.
    pub cut: bool,
}

/// What a rule found; a number that is denied does not count.
pub(super) fn place(rank: Rank, rule: &'static str, choice: Choice) -> Found {
    let fate = matches!(choice, Choice::Denied(_)).then_some(Fate::Denied);
    Found { rank, rule, choice, fate }
}

/// Whether the sentence of a number begins with a word of conclusion.
pub(super) fn begins_with_conclusion(view: &View<'_>, index: usize) -> bool {
    let sentence = view.sentences.iter().find(|sentence| sentence.range.contains(&index));
    sentence.is_some_and(|sentence| begins_with(view.tokens, sentence, Roles::CONCLUSION, 2))
}
