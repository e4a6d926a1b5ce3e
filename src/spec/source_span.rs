//! Where a value stands in the source texts.

use std::ops::Range;

/// A range of bytes in one source text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSpan {
    /// Index of the source text: 0 is the file, the others are `--set` arguments.
    pub source: usize,
    /// Byte range in that text.
    pub range: Range<usize>,
}
