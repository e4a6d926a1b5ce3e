//! The readings of an answer among choices.

/// The choice that a text selects as a label, as the text of a choice, as a letter, and as a number from 0 and from 1.
pub(super) type Readings = [Option<usize>; 5];

/// A property of each reading.
pub(super) type Fits = [bool; 5];

/// The readings in words.
pub(super) const READINGS: [&str; 5] =
    ["the label of a choice", "the text of a choice", "a letter", "a number from 0", "a number from 1"];

pub(super) const LABEL: usize = 0;
pub(super) const TEXT: usize = 1;
pub(super) const LETTER: usize = 2;
pub(super) const FROM_0: usize = 3;
pub(super) const FROM_1: usize = 4;

/// A warning about an answer that was read by the first reading that fits.
pub(super) fn by_default(column: &str) -> String {
    format!(
        "the only answer (`{column}`) has several readings; if it is a number, it counts from 0; \
         `columns: {{ answer: {{ base: 1 }} }}` counts from 1"
    )
}
