//! Figures of time of a group: percentiles of what its warm answers took.

use polars::prelude::{ChunkFilter, ExplodeOptions, IntoSeries, PolarsResult};

use super::figures::Figures;
use crate::level::Level;
use crate::statistics::{
    Bounds, PERCENTILES, Percentile, adjusted, bounds, carries, interpolated, percentile, quantile,
};

/// Median and percentiles of a measure in seconds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Percentiles {
    /// How many values there are.
    pub n: usize,
    /// Their median, which is an average and always there.
    pub median: Option<f64>,
    /// The percentiles of [`PERCENTILES`] in their order; none where too few values carry it.
    pub known: [Option<Percentile>; 4],
    /// Bounds of the same percentiles, also of those that too few values carry.
    pub bounds: [Bounds; 4],
}

impl Percentiles {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let sorted = sorted(values);
        let known = PERCENTILES.map(|(share, _)| percentile(&sorted, share));
        let bounds = PERCENTILES.map(|(share, _)| bounds(&sorted, share));
        Self { n: sorted.len(), median: quantile(&sorted, 0.5), known, bounds }
    }

    /// The bounds of a percentile by its name.
    pub fn bounds(&self, name: &str) -> Bounds {
        let place = PERCENTILES.iter().position(|known| known.1 == name);
        place.map_or((None, None), |place| self.bounds[place])
    }

    /// A percentile by its name.
    pub fn named(&self, name: &str) -> Option<Percentile> {
        self.tails().chain([("p50", self.known[0])]).find(|known| known.0 == name)?.1
    }

    /// The highest percentile above the median that is known, with its name.
    pub fn tail(&self) -> Option<(&'static str, f64)> {
        let known = self.tails().filter_map(|(name, percentile)| Some((name, percentile?.value)));
        known.last()
    }

    fn tails(&self) -> impl Iterator<Item = (&'static str, Option<Percentile>)> {
        PERCENTILES.into_iter().zip(self.known).skip(1).map(|((_, name), percentile)| (name, percentile))
    }
}

/// Figures of time of a group. Faults and cold answers are left out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timing {
    /// Latency.
    pub latency: Percentiles,
    /// Latency from the schedule, in an open loop.
    pub from_schedule: Percentiles,
    /// Time to first token.
    pub ttft: Percentiles,
    /// Time per output token after the first.
    pub tpot: Percentiles,
    /// 50th and 99th percentile of the gaps between pieces, over all gaps of all streams, in seconds.
    pub gaps: (Option<f64>, Option<f64>),
    /// 90th, 95th and 99th percentile of latency (in an open loop of that from the schedule) where each fault
    /// counts as slower than every answer; only where there are faults.
    pub adjusted: [Option<f64>; 3],
    /// Median of the decode rate on the client's clock, in tokens per second.
    pub decode_rate: Option<f64>,
    /// Median of the server's decode rate.
    pub server_decode_rate: Option<f64>,
    /// Median of the server's prefill rate.
    pub server_prefill_rate: Option<f64>,
}

impl Timing {
    /// Of some rows at one level.
    ///
    /// # Errors
    /// polars refuses the figures.
    pub fn of(figures: &Figures, level: Level) -> PolarsResult<Self> {
        let percentiles = |column| Percentiles::of(figures.of_warm(column));
        let median = |column| quantile(&sorted(figures.of_warm(column)), 0.5);
        let faults = figures.fault.sum().unwrap_or(0) as usize;
        Ok(Self {
            latency: percentiles(&figures.latency),
            from_schedule: if level.is_open() { percentiles(&figures.from_schedule) } else { Percentiles::default() },
            ttft: percentiles(&figures.ttft),
            tpot: percentiles(&figures.tpot),
            gaps: gaps(figures)?,
            adjusted: if faults > 0 { adjusted_tail(figures, level, faults) } else { [None; 3] },
            decode_rate: median(&figures.decode_rate),
            server_decode_rate: median(&figures.server_decode_rate),
            server_prefill_rate: median(&figures.server_prefill_rate),
        })
    }
}

fn adjusted_tail(figures: &Figures, level: Level, faults: usize) -> [Option<f64>; 3] {
    let sorted = sorted(figures.of_warm(figures.user_latency(level)));
    [0.9, 0.95, 0.99].map(|share| adjusted(&sorted, faults, share))
}

/// Selects instead of sorting: sorting the gaps of all streams would take longer than everything else.
fn gaps(figures: &Figures) -> PolarsResult<(Option<f64>, Option<f64>)> {
    let none = ExplodeOptions { empty_as_null: false, keep_nulls: false };
    let flat = figures.gaps.filter(&figures.warm)?.into_series().explode(none)?;
    let mut nanoseconds: Vec<u64> = flat.u64()?.iter().flatten().collect();
    let count = nanoseconds.len();
    let mut at = |share: f64| {
        let value = |place: usize| *nanoseconds.select_nth_unstable(place).1 as f64 / 1e9;
        interpolated(count, share, value).filter(|_| carries(count, share))
    };
    Ok((at(0.5), at(0.99)))
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, ms};

    fn timing(fixture: &Fixture) -> Timing {
        Timing::of(&fixture.figures(), fixture.plan.levels[Id::at(0)]).unwrap()
    }

    /// Latencies of 1 ms, 2 ms, and so on.
    fn rising(count: usize) -> Fixture {
        let mut fixture = Fixture::new(count);
        for (index, response) in fixture.responses.iter_mut().enumerate() {
            response.stamps.last_token = Some(ms(index as u64 + 1));
        }
        fixture
    }

    #[test]
    fn a_median_is_always_there_and_a_tail_only_where_it_is_carried() {
        let few = timing(&rising(19)).latency;
        assert_eq!((few.median, few.named("p50"), few.tail()), (Some(0.01), None, None));
        let more = timing(&rising(100)).latency;
        assert_eq!(more.named("p50"), Some(Percentile { value: 0.0505, low: 0.04, high: 0.061 }));
        assert_eq!((more.tail().unwrap().0, more.named("p95")), ("p90", None));
        assert_eq!(timing(&rising(1000)).latency.tail().unwrap().0, "p99");
    }

    #[test]
    fn cold_answers_and_faults_are_left_out() {
        let mut fixture = rising(3);
        fixture.responses[2].cold = true;
        fixture.responses[0].status = Status::Stalled;
        assert_eq!((timing(&fixture).latency.n, timing(&fixture).latency.median), (1, Some(0.002)));
    }

    #[test]
    fn only_faults_adjust_the_tail() {
        let mut fixture = rising(100);
        assert_eq!(timing(&fixture).adjusted, [None; 3]);
        fixture.responses[0].status = Status::Stalled;
        let [p90, p95, _] = timing(&fixture).adjusted;
        assert!((p90.unwrap() - 0.0911).abs() < 1e-9 && p95.is_none(), "{p90:?}");
        fixture.responses[..20].iter_mut().for_each(|response| response.status = Status::Stalled);
        assert_eq!(timing(&fixture).adjusted[0], Some(f64::INFINITY));
    }

    #[test]
    fn gaps_are_counted_over_all_streams() {
        let mut fixture = Fixture::new(2);
        fixture.responses[0].gaps = (1..=10).map(ms).collect();
        fixture.responses[1].gaps = (11..=20).map(ms).collect();
        let (p50, p99) = timing(&fixture).gaps;
        assert!((p50.unwrap() - 0.0105).abs() < 1e-12 && p99.is_none());
    }
}
