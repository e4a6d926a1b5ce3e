//! A list that gives its memory back while it is taken apart, for lists of which what is made of them takes as much.

/// Items that are taken before the list shrinks.
const TAKEN: usize = 1 << 14;

/// The items of a list in their order.
pub(super) struct Shrinking<T> {
    /// What is left, the next one last.
    left: Vec<T>,
}

impl<T> Shrinking<T> {
    pub(super) fn of(mut items: Vec<T>) -> Self {
        items.reverse();
        Self { left: items }
    }
}

impl<T> Iterator for Shrinking<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let item = self.left.pop();
        if self.left.len().is_multiple_of(TAKEN) {
            self.left.shrink_to_fit();
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_in_order_and_their_memory_goes() {
        let mut items = Shrinking::of((0..3 * TAKEN).collect());
        assert!(items.by_ref().take(TAKEN).eq(0..TAKEN));
        assert!(items.left.capacity() < 3 * TAKEN);
        assert!(items.eq(TAKEN..3 * TAKEN));
    }
}
