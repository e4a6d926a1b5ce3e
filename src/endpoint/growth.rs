//! Streams whose chunks hold all of the text so far instead of what is new.

/// Least number of chunks in a row, each of which begins with the one before.
const CHUNKS: usize = 3;

/// Shortest last chunk, in bytes: numbers of a list may begin alike.
const SHORTEST: usize = 6;

/// How the chunks of an answer follow each other.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Growth {
    last: String,
    chunks: usize,
    /// True once a chunk does not begin with the one before.
    is_over: bool,
}

impl Growth {
    /// Takes in a chunk of text. After the second one, nothing is kept of a usual stream.
    pub(super) fn push(&mut self, text: &str) {
        if self.is_over || text.is_empty() {
            return;
        }
        if text.starts_with(&self.last) && text.len() > self.last.len() {
            text.clone_into(&mut self.last);
            self.chunks += 1;
        } else {
            *self = Self { is_over: true, ..Self::default() };
        }
    }

    /// The whole text, if each chunk held all of it.
    pub(super) fn whole(&mut self) -> Option<String> {
        let is_whole = !self.is_over && self.chunks >= CHUNKS && self.last.len() >= SHORTEST;
        is_whole.then(|| std::mem::take(self).last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_that_hold_all_so_far_are_told_from_new_ones() {
        let whole = |chunks: &[&str]| {
            let mut growth = Growth::default();
            chunks.iter().for_each(|chunk| growth.push(chunk));
            growth.whole()
        };
        assert_eq!(whole(&["The", "", "The answer", "The answer is B"]).as_deref(), Some("The answer is B"));
        for chunks in [["The", " answer", " is B"], ["B", "B", "B"], ["1", "12", "123"], ["The", "The answer", " is"]] {
            assert_eq!(whole(&chunks), None, "{chunks:?}");
        }
    }
}
