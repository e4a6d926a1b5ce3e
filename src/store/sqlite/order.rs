//! Many keys against the rows of the store, both read in the order of the keys.

use rayon::slice::ParallelSliceMut;
use rusqlite::Connection;

use crate::request::RequestKey;

/// Keys in their order: each by its first bytes, which nearly always decide and lie side by side, with its place.
pub(super) struct Order<'k> {
    keys: &'k [&'k RequestKey],
    places: Vec<(u32, u32)>,
}

impl<'k> Order<'k> {
    /// The order of keys, of which some may be the same.
    pub(super) fn of(keys: &'k [&'k RequestKey]) -> Self {
        let mut places: Vec<(u32, u32)> = keys.iter().map(|key| start(&key.0)).zip(0..).collect();
        let rest = |place: u32| keys[place as usize];
        places.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| rest(a.1).cmp(rest(b.1))));
        Self { keys, places }
    }

    /// Which of the keys are among the rows of a statement that gives keys with the numbers of their rows, in the order
    /// of the keys. `found` gets their places with these numbers, in this order.
    pub(super) fn find(
        &self,
        connection: &Connection,
        sql: &str,
        mut found: impl FnMut(usize, i64),
    ) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut wanted = self.places.iter().map(|(start, place)| (*start, *place as usize)).peekable();
        while let Some(row) = rows.next()? {
            let key = row.get_ref(0)?.as_blob()?;
            let first = start(key);
            let against =
                |(start, place): &(u32, usize)| start.cmp(&first).then_with(|| self.keys[*place].0.as_slice().cmp(key));
            // A key may be wanted several times.
            while let Some(next) = wanted.next_if(|next| against(next).is_le()) {
                if against(&next).is_eq() {
                    found(next.1, row.get(1)?);
                }
            }
        }
        Ok(())
    }
}

/// The first four bytes of a key, in whose order keys are; those that are missing count as zero.
fn start(key: &[u8]) -> u32 {
    let mut bytes = [0; 4];
    bytes.iter_mut().zip(key).for_each(|(byte, given)| *byte = *given);
    u32::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_wherever_they_differ_and_however_often_they_are_wanted() {
        let key = |first: u8, last: u8| RequestKey(std::array::from_fn(|place| if place < 6 { first } else { last }));
        let connection = Connection::open_in_memory().unwrap();
        connection.execute("CREATE TABLE responses(id INTEGER PRIMARY KEY, key BLOB NOT NULL)", []).unwrap();
        for kept in [key(9, 1), key(9, 3), key(0, 0), key(255, 255)] {
            connection.execute("INSERT INTO responses(key) VALUES(?)", [kept.0]).unwrap();
        }
        let wanted = [key(255, 255), key(9, 3), key(9, 2), key(0, 1), key(9, 1), key(9, 3), key(0, 0), key(10, 0)];
        let mut found = Vec::new();
        let sql = "SELECT key, id FROM responses ORDER BY key";
        Order::of(&wanted.each_ref()).find(&connection, sql, |place, id| found.push((place, id))).unwrap();
        assert!(found.is_sorted_by_key(|(place, _)| wanted[*place].0));
        found.sort_unstable();
        assert_eq!(found, [(0, 4), (1, 2), (4, 1), (5, 2), (6, 3)]);
        Order::of(&[]).find(&connection, sql, |_, _| panic!("nothing is wanted")).unwrap();
    }
}
