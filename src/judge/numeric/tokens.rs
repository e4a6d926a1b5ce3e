//! The words, numbers and signs of a text.

use std::ops::Range;

use super::roles::Roles;
use super::value::Number;

/// A word, a number or a sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    /// Its byte range in the original text.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
    /// Whether a space stands before it.
    pub spaced: bool,
    /// Whether it is in bold.
    pub strong: bool,
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A number; weak if its word is common without being a number.
    Number(Number, Style),
    /// A number that is part of something else: an index, a date, a step.
    Part,
    /// A word.
    Word(Roles),
    /// A sign; dashes, quotes and full-width forms in one spelling.
    Sign(char),
    /// The end of a line.
    Line,
    /// `\boxed`.
    Boxed,
    /// `####`.
    Hashes,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// In digits.
    Digits,
    /// In words.
    Words,
    /// In a word that is common without being a number, or as a mere count.
    Weak,
}
