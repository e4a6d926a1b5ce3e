//! Numbers of lines, of a text that is read in records.

use std::collections::VecDeque;
use std::num::NonZeroU32;

use memchr::memchr2;

/// The number of a line, if it is one that is kept.
pub(super) fn number(number: u64) -> Option<NonZeroU32> {
    u32::try_from(number).ok().and_then(NonZeroU32::new)
}

/// Beginnings of lines that are remembered of one record; of a longer one the next has no number.
const MOST: usize = 1 << 20;

/// Where the lines of a text begin that are not empty, from the record that is read on.
#[derive(Debug)]
pub(super) struct Lines {
    /// Bytes that have passed.
    passed: u64,
    /// How many there were when the last record was complete.
    before: u64,
    /// Number of the line of the next byte.
    number: u32,
    /// The last byte.
    last: u8,
    /// Byte and number of each.
    starts: VecDeque<(u64, u32)>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { passed: 0, before: 0, number: 1, last: b'\n', starts: VecDeque::new() }
    }
}

impl Lines {
    /// Takes note of the next bytes of the text. A line ends as in any editor: in both ends, or in one of them.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) {
        while let Some(first) = bytes.first() {
            let length = match first {
                b'\n' | b'\r' => {
                    self.number = self.number.saturating_add(u32::from((self.last, *first) != (b'\r', b'\n')));
                    1
                }
                _ => {
                    let is_start = matches!(self.last, b'\n' | b'\r');
                    if is_start && self.starts.len() < MOST {
                        self.starts.push_back((self.passed, self.number));
                    }
                    memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len())
                }
            };
            self.last = bytes[length - 1];
            self.passed += length as u64;
            bytes = &bytes[length..];
        }
    }

    /// The number of the line on which a record that is complete begins: at this byte, or behind the line ends there.
    pub(super) fn of_record(&mut self, byte: u64) -> Option<NonZeroU32> {
        self.before = self.passed;
        while self.starts.front().is_some_and(|(start, _)| *start < byte) {
            self.starts.pop_front();
        }
        self.starts.front().and_then(|(_, number)| NonZeroU32::new(*number))
    }

    /// Bytes that have passed since the last record.
    pub(super) fn since_record(&self) -> u64 {
        self.passed - self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_the_numbers_that_an_editor_shows() {
        for text in ["a\nb\n\n\nc", "a\r\nb\r\n\r\n\r\nc\r\n", "a\rb\r\r\rc\r", "a\nb\n\r\n\nc\n"] {
            for piece in [1, 2, 99] {
                let mut lines = Lines::default();
                text.as_bytes().chunks(piece).for_each(|bytes| lines.pass(bytes));
                let starts: Vec<usize> = ["a", "b", "c"].map(|line| text.find(line).unwrap()).to_vec();
                let numbers = starts.iter().map(|start| lines.of_record(*start as u64).map(NonZeroU32::get));
                assert_eq!(numbers.collect::<Vec<_>>(), [Some(1), Some(2), Some(5)], "{text:?}");
            }
        }
    }

    #[test]
    fn a_record_may_begin_behind_line_ends() {
        let mut lines = Lines::default();
        lines.pass(b"a\r\n\r\n\r\nb");
        assert_eq!(lines.of_record(2).map(NonZeroU32::get), Some(4));
        assert_eq!(lines.since_record(), 0);
        lines.pass(b"cd");
        assert_eq!(lines.since_record(), 2);
        assert_eq!(lines.of_record(8), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut lines = Lines::default();
        lines.pass(&b"a\n".repeat(MOST + 9));
        assert_eq!(lines.starts.len(), MOST);
        assert_eq!(lines.of_record(2 * MOST as u64), None);
    }
}
