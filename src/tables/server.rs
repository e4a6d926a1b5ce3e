//! What servers and machines said along a batch, beside what its responses say.

use std::sync::Arc;

use polars::prelude::ChunkAgg;

use super::energy::{EnergyFigures, answered_tokens};
use super::figures::Figures;
use super::group::{Group, Results};
use super::summary::Summary;
use crate::judge::Class;
use crate::telemetry::{Observed, Validity, Word};

/// How long before a reading a request may have been in flight that the server still tells of, and how long after it one
/// that it tells of already, in seconds.
const LATE: (f64, f64) = (0.5, 0.1);

impl Results {
    /// Adds what was read along each group. Energy is of a whole batch: one dataset of several has none.
    ///
    /// # Errors
    /// The readings of a group cannot be read.
    pub fn observe<E>(&mut self, read: impl Fn(&Group) -> Result<Observed, E>) -> Result<(), E> {
        for group in &mut self.groups {
            let mut observed = read(group)?;
            if observed.energy != Validity::NotAsked {
                let flights = flights(&group.figures);
                let flights = flights.iter().map(|(run, sent, end)| (&**run, *sent, *end));
                observed.energy = Validity::of(&observed.stretches, flights);
            }
            if let Some(energy) = observed.energy.known() {
                group.summary.energy =
                    EnergyFigures::of(energy, group.summary.verdicts(Class::Correct), &group.figures);
                let mut own: Vec<&mut Summary> =
                    self.cells.iter_mut().filter(|cell| cell.batch == group.batch.id).collect();
                if let [cell] = own.as_mut_slice() {
                    cell.energy = group.summary.energy.clone();
                }
            }
            group.observed = observed;
        }
        Ok(())
    }
}

/// The requests whose time is known: run, and when they were sent and had ended.
fn flights(figures: &Figures) -> Vec<(Arc<str>, f64, f64)> {
    let flight = |row: usize| {
        let ends = figures.flight_start.get(row).zip(figures.flight_end.get(row));
        let (sent, end) = ends.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
        Some((figures.word(figures.run.get(row))?, sent, end))
    };
    (0..figures.len()).filter_map(flight).collect()
}

impl Group {
    /// Output tokens that the server counted and that the responses report; none unless the readings cover every request
    /// of the batch and each was answered at the first try.
    pub fn counted_tokens(&self) -> Option<(f64, f64)> {
        let counted = self.observed.growth(Word::OutputTokens).filter(|_| self.is_covered())?;
        Some((counted, answered_tokens(&self.figures)? as f64))
    }

    /// True if one run alone measured it, with an answer at each first try, and read all the time: runs on several machines
    /// may have asked one server together, so that each of them saw what all sent.
    fn is_covered(&self) -> bool {
        let is_alone = self.batch.sharer.is_none() && self.figures.runs().len() == 1;
        let is_plain = self.summary.faults == 0 && self.figures.attempts.max().unwrap_or(1) <= 1;
        is_alone
            && is_plain
            && flights(&self.figures).iter().all(|(run, sent, end)| self.observed.covers(run, *sent, *end))
    }

    /// Readings at which the server had more requests than this client can have sent: how many, of how many, and the most
    /// that the server had then, with what this client had; none where the readings do not cover the batch.
    pub fn foreign_readings(&self) -> Option<(usize, usize, (f64, f64))> {
        if !self.is_covered() {
            return None;
        }
        let level = self.batch.level.in_flight().map_or(f64::INFINITY, |count| count as f64);
        let (mut foreign, mut all, mut most) = (0, 0, (0.0_f64, 0.0));
        for stretch in &self.observed.stretches {
            let own = flights(&self.figures).into_iter().filter(|(run, ..)| **run == *stretch.run);
            let (mut sent, mut ended): (Vec<f64>, Vec<f64>) = own.map(|(_, sent, end)| (sent, end)).unzip();
            sent.sort_unstable_by(f64::total_cmp);
            ended.sort_unstable_by(f64::total_cmp);
            for reading in stretch.within() {
                let Some(running) = reading.words.get(&Word::Running) else { continue };
                let there = running + reading.words.get(&Word::Waiting).unwrap_or(&0.0);
                let begun = sent.partition_point(|sent| *sent <= reading.at_s + LATE.1);
                let over = ended.partition_point(|end| *end < reading.at_s - LATE.0);
                let own = (begun.saturating_sub(over) as f64).min(level);
                all += 1;
                foreign += usize::from(there > own);
                if there > own && there > most.0 {
                    most = (there, own);
                }
            }
        }
        (all > 0).then_some((foreign, all, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::fixture::Fixture;
    use crate::telemetry::{Reading, Stretch};

    /// Forty requests of 100 ms in two lanes along 2 s, with readings each half of a second.
    pub(crate) fn observed(fixture: &mut Fixture, running: f64) -> Results {
        fixture.back_to_back(2);
        fixture.responses.iter_mut().for_each(|response| response.usage.output_tokens = Some(10));
        let reading = |step: u32| Reading {
            at_s: f64::from(step) * 0.5,
            words: [(Word::Running, running), (Word::OutputTokens, f64::from(step) * 100.0)].into(),
            energy_j: Some(f64::from(step) * 20.0),
        };
        let stretch = Stretch {
            run: fixture.responses[0].run.clone(),
            energy_of: Some("packages".into()),
            readings: (0..=5).map(reading).collect(),
            ..Stretch::default()
        };
        let mut results = fixture.results();
        let observed = Observed::new(true, true, vec![stretch]);
        results.observe(|_| Ok::<_, ()>(observed.clone())).unwrap();
        results
    }

    #[test]
    fn energy_is_of_all_answers_and_of_a_cell_that_has_them_all() {
        let mut fixture = Fixture::with(40, "{ concurrency: 2 }");
        let results = observed(&mut fixture, 2.0);
        let energy = &results.groups[0].summary.energy;
        assert_eq!((energy.joules, energy.of.as_deref()), (Some(100.0), Some("packages")));
        assert_eq!((energy.per_output_token, energy.per_correct), (Some(0.25), Some(2.5)));
        assert_eq!(&results.cells[0].energy, energy);
        fixture.in_second(30..fixture.responses.len());
        let results = observed(&mut fixture, 2.0);
        assert_eq!((results.groups[0].summary.energy.joules, results.cells[0].energy.joules), (Some(100.0), None));
    }

    #[test]
    fn what_the_server_counts_stands_beside_what_the_responses_report() {
        let mut fixture = Fixture::with(40, "{ concurrency: 2 }");
        assert_eq!(observed(&mut fixture, 2.0).groups[0].counted_tokens(), Some((500.0, 400.0)));
        fixture.responses[3].attempts = 2;
        assert_eq!(observed(&mut fixture, 2.0).groups[0].counted_tokens(), None);
    }

    #[test]
    fn more_than_the_level_is_foreign() {
        let mut fixture = Fixture::with(40, "{ concurrency: 2 }");
        let foreign = |fixture: &mut Fixture, running| observed(fixture, running).groups[0].foreign_readings();
        assert_eq!(foreign(&mut fixture, 2.0), Some((0, 4, (0.0, 0.0))));
        assert_eq!(foreign(&mut fixture, 5.0), Some((4, 4, (5.0, 2.0))));
    }
}
