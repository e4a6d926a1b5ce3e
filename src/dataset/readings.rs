//! The readings of an answer among choices.

use super::usual::written;
use crate::format::counted;

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

/// A warning about a column that may say whether an answer is a right one.
pub(super) fn in_doubt(verdict: &str, answer: &str) -> String {
    format!(
        "`{answer}` is taken as the right answer of every row; if `{verdict}` says whether it is, keep the right ones with \
         `filter: {{ {verdict}: 1 }}`, else name the column: `columns: {{ answer: {answer} }}`"
    )
}

/// A warning about pictures that are not sent.
pub(super) fn unseen(column: &str) -> String {
    let column = written(column);
    format!(
        "`{column}` holds pictures, which are not sent; if the questions are about them, set `columns: {{ image: {column} }}`"
    )
}

/// A warning about choices that were left out.
pub(super) fn lacking(rows: usize) -> String {
    format!(
        "the last choice of {} is `nan`, which stands for a missing one, and is left out",
        counted(rows, "question")
    )
}

/// A warning about a split without answers; `spare` may hold them.
pub(super) fn without_answers(split: &str, column: Option<&String>, spare: Option<&String>) -> String {
    let found = match column {
        Some(column) => format!("{split} has no answers (`{column}` is empty or hidden in every row)"),
        None => format!("{split} has no answer column of a usual name"),
    };
    let line = spare.map(|spare| format!("; if `{spare}` holds them, set `columns: {{ answer: {} }}`", written(spare)));
    format!("{found}; answers cannot be scored{}", line.unwrap_or_default())
}
