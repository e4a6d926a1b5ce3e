//! The words of one language.

use super::mask::Mask;

/// The words of a language.
pub(super) struct Language {
    /// Words and phrases by what they say.
    pub words: &'static [(Mask, &'static [&'static str])],
    /// Ordinal numbers from the first on, each in its forms.
    pub ordinals: &'static [&'static [&'static str]],
    /// Words for the last of several.
    pub last: &'static [&'static str],
    /// Words of one letter.
    pub letters: &'static [&'static str],
    /// Rows of letters that label choices.
    pub labels: &'static [&'static [&'static str]],
}
