//! Which rows are of one question: figures are summed up by it again and again.

use ahash::AHashMap;
use polars::prelude::Int64Chunked;

/// The questions of some rows, numbered in the order of their first rows.
#[derive(Debug)]
pub struct Questions {
    /// The number of each row's question.
    numbers: Vec<u32>,
    /// How many there are.
    count: usize,
}

impl Questions {
    /// Those of a column of questions.
    pub fn of(column: &Int64Chunked) -> Self {
        // Memory that is not used is not touched, while a table that grows is there twice.
        let mut known: AHashMap<i64, u32> = AHashMap::with_capacity(column.len());
        let (mut count, mut unknown) = (0, None);
        let mut next = || {
            count += 1;
            count - 1
        };
        let number = |question: Option<i64>| match question {
            Some(question) => *known.entry(question).or_insert_with(&mut next),
            None => *unknown.get_or_insert_with(&mut next),
        };
        let numbers = column.iter().map(number).collect();
        Self { numbers, count: count as usize }
    }

    /// The values of those rows that have any, put together by question, in the order of the first rows that have one.
    pub fn gathered<V, T>(
        &self,
        value: impl Fn(usize) -> Option<V>,
        begin: impl Fn(usize) -> T,
        add: impl Fn(&mut T, usize, V),
    ) -> Vec<T> {
        let mut places: Vec<Option<u32>> = vec![None; self.count];
        let mut gathered: Vec<T> = Vec::new();
        for (row, number) in self.numbers.iter().enumerate() {
            let Some(value) = value(row) else { continue };
            let next = u32::try_from(gathered.len()).unwrap_or(u32::MAX);
            let place = *places[*number as usize].get_or_insert_with(|| {
                gathered.push(begin(row));
                next
            });
            add(&mut gathered[place as usize], row, value);
        }
        gathered
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::NewChunkedArray;

    use super::*;

    #[test]
    fn rows_are_put_together_in_the_order_of_the_first_that_has_a_value() {
        let column =
            Int64Chunked::from_iter_options("question".into(), [Some(7), Some(3), None, Some(7), None].into_iter());
        let questions = Questions::of(&column);
        let rows = |from: usize| {
            let value = |row| (row >= from).then_some(row);
            questions.gathered(
                value,
                |first| (first, Vec::new()),
                |(_, rows), row, value| {
                    assert_eq!(row, value);
                    rows.push(row);
                },
            )
        };
        assert_eq!(rows(0), [(0, vec![0, 3]), (1, vec![1]), (2, vec![2, 4])]);
        assert_eq!(rows(1), [(1, vec![1]), (2, vec![2, 4]), (3, vec![3])]);
        assert_eq!(rows(5), []);
    }
}
