//! A second column of right answers, held against the one that counts.

use super::FileProvenance;
use super::answer::{Common, Key};
use super::place::named;
use super::usual::written;
use crate::sample::{Answer, RowPlace};

/// What two columns say of the same rows.
pub(super) struct Second {
    common: Common,
    /// Rows in which both name a choice.
    both: usize,
    /// Rows in which they name different ones.
    differ: Vec<(usize, RowPlace)>,
    /// True if the second column does not hold choices in every row.
    is_other: bool,
}

impl Second {
    /// The second answers of all rows, which settle together how they are read.
    pub(super) fn of<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let mut common = Common::new();
        keys.into_iter().for_each(|key| _ = common.add(key));
        Self { common, both: 0, differ: Vec::new(), is_other: false }
    }

    /// Holds the answers of a row against its second ones.
    pub(super) fn hold(&mut self, row: (usize, RowPlace), second: Key, answers: &[Answer], choices: usize) {
        let Ok(second) = second.settle(&self.common, choices, "") else {
            self.is_other = true;
            return;
        };
        if second.answers.is_empty() || answers.is_empty() {
            return;
        }
        self.both += 1;
        if !second.answers.iter().any(|answer| answers.contains(answer)) {
            self.differ.push(row);
        }
    }

    /// A warning if both columns hold right answers and these differ.
    pub(super) fn warning(self, (answer, spare): (&str, &str), files: &[FileProvenance]) -> Option<String> {
        let first = named(self.differ.get(..1).filter(|_| !self.is_other)?, files);
        let (first_line, second_line) = (written(answer), written(spare));
        Some(format!(
            "`{answer}` and `{spare}` name different choices in {} of {} rows (first in {first}); `{answer}` is taken as the \
             right answer; name the one that is: `columns: {{ answer: {first_line} }}` or `columns: {{ answer: {second_line} }}`",
            self.differ.len(),
            self.both
        ))
    }
}
