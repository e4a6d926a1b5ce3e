//! Figures by the runs that measured them, each of which has a clock of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::figures::{Figures, duration};
use crate::clients::Session;
use crate::statistics::Flight;

impl Figures {
    /// The names of the runs that measured the rows, in order.
    pub fn runs(&self) -> Vec<Arc<str>> {
        let mut numbers: Vec<u32> = self.run.iter().flatten().collect();
        numbers.dedup();
        numbers.sort_unstable();
        numbers.dedup();
        let mut names: Vec<Arc<str>> = numbers.into_iter().filter_map(|number| self.word(Some(number))).collect();
        names.sort_unstable();
        names
    }

    /// What is made of the rows, by the run that measured them, in the order of the runs' names: each has a clock of its
    /// own. `read` gets the place of a row in the columns.
    pub fn by_run<T>(&self, read: impl Fn(usize) -> Option<T>) -> Vec<(Arc<str>, Vec<T>)> {
        let mut runs: BTreeMap<u32, Vec<T>> = BTreeMap::new();
        let known = self.run.iter().enumerate().filter_map(|(row, run)| run.zip(read(row)));
        known.for_each(|(run, value)| runs.entry(run).or_default().push(value));
        let named = |(run, values)| Some((self.word(Some(run))?, values));
        let mut named: Vec<(Arc<str>, Vec<T>)> = runs.into_iter().filter_map(named).collect();
        named.sort_by(|left, right| left.0.cmp(&right.0));
        named
    }

    /// The same by clock: that of a run, or of all clients that began a level together, to which `shift` puts what was read.
    pub fn by_clock<T>(&self, read: impl Fn(usize) -> Option<T>, shift: impl Fn(&mut T, Duration)) -> Vec<Vec<T>> {
        let mut clocks: Vec<(Option<Session>, Vec<T>)> = Vec::new();
        for (run, mut values) in self.by_run(read) {
            let place = self.clocks().place(&run);
            let session = place.map(|(session, later)| {
                values.iter_mut().for_each(|value| shift(value, later));
                session
            });
            match clocks.iter_mut().find(|(known, _)| known.is_some() && *known == session) {
                Some((_, known)) => known.extend(values),
                None => clocks.push((session, values)),
            }
        }
        clocks.into_iter().map(|(_, values)| values).collect()
    }

    /// When a row was in flight, where that is known.
    pub fn flight(&self, row: usize) -> Option<Flight> {
        Some(Flight { start: duration(self.flight_start.get(row)?), end: duration(self.flight_end.get(row)?) })
    }
}
