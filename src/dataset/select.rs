//! Selects rows: filter, shuffle and limit.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;

use super::columns::Origin;
use super::error::DatasetError;
use super::likeness::nearest;
use super::path::{at, root};
use super::roles::Roles;
use super::rows::{Row, scalar_text};
use crate::spec::scalar::OneOrMany;

/// Maximum number of distinct values remembered for the error of an empty result.
const MOST_SEEN: usize = 1000;
/// Maximum number of values in an error.
const MOST_NAMED: usize = 10;

/// The spec's filter, and the values it has seen.
pub(super) struct Filter<'a> {
    wanted: &'a BTreeMap<String, OneOrMany<String>>,
    seen: BTreeMap<&'a str, Vec<String>>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(wanted: &'a BTreeMap<String, OneOrMany<String>>) -> Self {
        Self { wanted, seen: BTreeMap::new() }
    }

    /// Rejects a filter by a column that the file lacks.
    pub(super) fn check(&self, columns: &[String], roles: &Roles, origin: &Origin<'_>) -> Result<(), DatasetError> {
        let has_subject = roles.subject.is_some() || origin.subset.is_some();
        for column in self.wanted.keys() {
            let is_meant = (column == "subject" && has_subject) || (column == "id" && roles.id.is_some());
            if root(columns, column).is_none() && !is_meant {
                return Err(DatasetError::ColumnMissing {
                    path: origin.path.to_owned(),
                    column: column.clone(),
                    role: "filter",
                    columns: nearest(column, columns.iter().map(String::as_str)),
                });
            }
        }
        Ok(())
    }

    /// True if the row has one of the allowed values in each of the columns.
    pub(super) fn passes(&mut self, row: &Row, roles: &Roles, subset: Option<&str>) -> bool {
        let mut all = true;
        for (column, wanted) in self.wanted {
            let values = values(row, column, roles, subset);
            all &= values.iter().any(|value| wanted.contains(value));
            let seen = self.seen.entry(column).or_default();
            for value in values {
                if seen.len() < MOST_SEEN && !seen.contains(&value) {
                    seen.push(value);
                }
            }
        }
        all
    }

    /// The error of a filter that no row passes.
    pub(super) fn nothing_passed(self, place: &str, rows: usize) -> DatasetError {
        let named = |(column, values): (&str, Vec<String>)| {
            let wanted = self.wanted.get(column).and_then(|wanted| wanted.first().cloned()).unwrap_or_default();
            let mut values = nearest(&wanted, values.iter().map(String::as_str));
            values.truncate(MOST_NAMED);
            (column.to_owned(), values)
        };
        DatasetError::FilterEmpty { place: place.to_owned(), rows, seen: self.seen.into_iter().map(named).collect() }
    }
}

fn values(row: &Row, column: &str, roles: &Roles, subset: Option<&str>) -> Vec<String> {
    let meant = match (at(row, column), column) {
        (Some(value), _) => Some(value),
        (None, "subject") => match roles.subject.as_ref().and_then(|name| at(row, name)) {
            Some(value) => Some(value),
            None => return subset.map(str::to_owned).into_iter().collect(),
        },
        (None, "id") => roles.id.as_ref().and_then(|name| at(row, name)),
        (None, _) => None,
    };
    match meant {
        Some(Value::Array(items)) => items.iter().filter_map(scalar_text).collect(),
        Some(value) => scalar_text(&value).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Shuffles by a seed. The algorithm is part of the product: the same seed must give the same order
/// in every version and on every machine, so it does not depend on a library.
pub fn shuffle<T>(items: &mut [T], seed: u64) {
    shuffle_of_row(items, seed, 0);
}

/// Shuffles what belongs to one row, by a seed and the row's index.
pub(super) fn shuffle_of_row<T>(items: &mut [T], seed: u64, row: usize) {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(row as u64).to_le_bytes());
    let mut random = ChaCha8Rng::from_seed(key);
    for last in (1..items.len()).rev() {
        let chosen = below(&mut random, last as u64 + 1);
        items.swap(last, usize::try_from(chosen).unwrap_or(last));
    }
}

/// A uniform draw from `0..bound`; draws from the incomplete last part of the range are rejected.
fn below(random: &mut ChaCha8Rng, bound: u64) -> u64 {
    let whole = u64::MAX - u64::MAX % bound;
    loop {
        let drawn = random.next_u64();
        if drawn < whole {
            return drawn % bound;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filter(wanted: &[(&str, &[&str])]) -> BTreeMap<String, OneOrMany<String>> {
        let one = |(column, values): &(&str, &[&str])| {
            ((*column).to_owned(), OneOrMany(values.iter().map(|&value| value.to_owned()).collect()))
        };
        wanted.iter().map(one).collect()
    }

    fn row(value: Value) -> Row {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_seed_gives_the_same_order_for_ever() {
        let shuffled = |seed| {
            let mut items: Vec<u32> = (0..10).collect();
            shuffle(&mut items, seed);
            items
        };
        // Worked out by another implementation of ChaCha8.
        assert_eq!(shuffled(0), [3, 0, 5, 9, 6, 7, 2, 4, 1, 8]);
        assert_eq!(shuffled(42), [2, 1, 4, 3, 7, 0, 5, 8, 6, 9]);
        let mut sorted = shuffled(7);
        sorted.sort_unstable();
        assert_eq!(sorted, (0..10).collect::<Vec<_>>());
        shuffle::<u8>(&mut [], 1);
    }

    #[test]
    fn every_order_of_three_is_as_likely() {
        let mut counts = BTreeMap::new();
        for seed in 0..6000 {
            let mut items = [1, 2, 3];
            shuffle(&mut items, seed);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn rows_pass_by_text_number_list_and_subset() {
        let roles = Roles::of_question("question");
        let rows = [
            row(json!({"question": "a", "grade": 3, "tags": ["x", "y"]})),
            row(json!({"question": "b", "grade": "3", "tags": []})),
            row(json!({"question": "c", "grade": null, "tags": ["y"]})),
        ];
        for (wanted, expected) in [
            (filter(&[("grade", &["3"])]), [true, true, false]),
            (filter(&[("tags", &["y", "z"])]), [true, false, true]),
            (filter(&[("tags", &["y"]), ("grade", &["3"])]), [true, false, false]),
            (filter(&[("subject", &["logic"])]), [true, true, true]),
            (filter(&[("subject", &["algebra"])]), [false, false, false]),
            (filter(&[]), [true, true, true]),
        ] {
            let mut filter = Filter::new(&wanted);
            let passed = rows.each_ref().map(|row| filter.passes(row, &roles, Some("logic")));
            assert_eq!(passed, expected, "{wanted:?}");
        }
    }

    #[test]
    fn a_filter_that_fits_nothing_names_what_is_there() {
        let wanted = filter(&[("subject", &["Algebra"])]);
        let mut filter = Filter::new(&wanted);
        let roles = Roles::of_question("question");
        for subject in ["logic", "algebra", "logic"] {
            assert!(!filter.passes(&row(json!({"question": "a", "subject": subject})), &roles, None));
        }
        let error = filter.nothing_passed("o/n", 3);
        let expected = "no row of `o/n` passes the filter (3 rows read); `subject` holds `algebra`, `logic`";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_filter_by_an_unknown_column_is_refused() {
        let wanted = filter(&[("subjct", &["x"])]);
        let columns = ["question", "subject"].map(str::to_owned);
        let origin = Origin { path: "a.csv", subset: None };
        let error = Filter::new(&wanted).check(&columns, &Roles::of_question("question"), &origin).unwrap_err();
        assert_eq!(error.to_string(), "`a.csv` has no column `subjct` (filter); available: `subject`, `question`");
        assert_eq!(error.hint().unwrap(), "did you mean `subject`?");
    }
}
