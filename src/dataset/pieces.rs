//! A list in pieces, for lists of which what is made of them takes as much: it grows without a copy of all that it holds,
//! and while it is taken apart, each piece gives its memory back.

/// Items of a piece.
const PIECE: usize = 1 << 14;

/// A list in pieces.
pub(super) struct Pieces<T> {
    /// All but the last are full.
    pieces: Vec<Vec<T>>,
}

impl<T> Default for Pieces<T> {
    fn default() -> Self {
        Self { pieces: Vec::new() }
    }
}

impl<T> Pieces<T> {
    pub(super) fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1) * PIECE + last.len())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten()
    }

    pub(super) fn push(&mut self, item: T) {
        match self.pieces.last_mut().filter(|last| last.len() < PIECE) {
            Some(last) => last.push(item),
            None => self.pieces.push(vec![item]),
        }
    }

    /// Leaves out all items but the first ones.
    pub(super) fn truncate(&mut self, length: usize) {
        self.pieces.truncate(length.div_ceil(PIECE));
        if let Some(last) = self.pieces.get_mut(length / PIECE) {
            last.truncate(length % PIECE);
        }
    }
}

impl<T> FromIterator<T> for Pieces<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut pieces = Self::default();
        items.into_iter().for_each(|item| pieces.push(item));
        pieces
    }
}

impl<T> IntoIterator for Pieces<T> {
    type Item = T;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<T>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.pieces.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_their_order() {
        for count in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
            let pieces: Pieces<usize> = (0..count).collect();
            assert_eq!((pieces.len(), pieces.is_empty()), (count, count == 0));
            assert!(pieces.iter().copied().eq(0..count));
            assert!(pieces.into_iter().eq(0..count));
        }
    }

    #[test]
    fn the_first_items_are_kept() {
        for length in [0, 5, PIECE, PIECE + 5, 2 * PIECE, 2 * PIECE + 5, 9 * PIECE] {
            let mut pieces: Pieces<usize> = (0..2 * PIECE + 3).collect();
            pieces.truncate(length);
            assert!(pieces.iter().copied().eq(0..length.min(2 * PIECE + 3)), "{length}");
            assert_eq!(pieces.len(), pieces.iter().count());
            pieces.push(7);
            assert_eq!(pieces.iter().last(), Some(&7));
        }
    }
}
