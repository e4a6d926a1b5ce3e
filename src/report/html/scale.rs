//! Axes: from values to places between 0 and 1, with ticks.

use crate::format::significant;

/// Fewest ticks of a logarithmic axis before the steps 2 and 5 are labelled as well.
const FEW: usize = 4;

/// An axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    is_log: bool,
    /// The values of the ticks, where they are not to be round.
    marked: Vec<f64>,
}

/// A tick: its place between 0 and 1, and its value.
pub(super) type Tick = (f64, f64);

impl Scale {
    /// From 0 to 1, for shares.
    pub(super) fn shares() -> Self {
        Self { low: 0.0, high: 1.0, is_log: false, marked: Vec::new() }
    }

    /// As far below zero as above it.
    pub(super) fn around_zero(reach: f64) -> Self {
        Self { low: -reach * 1.05, high: reach * 1.05, is_log: false, marked: Vec::new() }
    }

    /// From 0 to somewhat above the largest value.
    pub(super) fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        let high = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        Self { low: 0.0, high: if high > 0.0 { high * 1.06 } else { 1.0 }, is_log: false, marked: Vec::new() }
    }

    /// Around all values that are above zero, by their logarithms.
    pub(super) fn logarithmic(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite() && *value > 0.0)
            .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        if high <= 0.0 {
            return Self { low: 0.1, high: 1.0, is_log: true, marked: Vec::new() };
        }
        // Room at both ends, and never so little that a tenth of a percent fills the picture.
        let room = libm::pow(high / low, 0.05).max(1.12);
        Self { low: low / room, high: high * room, is_log: true, marked: Vec::new() }
    }

    /// With ticks at these values, such as the levels of a load.
    pub(super) fn marked(self, mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        values.dedup();
        Self { marked: thinned(values), ..self }
    }

    /// Where a value stands; what cannot be shown stands at the nearer end.
    pub(super) fn unit(&self, value: f64) -> f64 {
        let place = match self.is_log {
            true => libm::log(value.max(self.low) / self.low) / libm::log(self.high / self.low),
            false => (value - self.low) / (self.high - self.low),
        };
        if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The ticks, at least two wherever the range allows it.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let values = match self.marked.as_slice() {
            [] if self.is_log => self.logarithmic_ticks(),
            [] => self.linear_ticks(),
            marked => marked.to_vec(),
        };
        values.into_iter().map(|value| (self.unit(value), value)).collect()
    }

    fn linear_ticks(&self) -> Vec<f64> {
        let step = step((self.high - self.low) / 6.0);
        let first = (self.low / step).ceil();
        let count = ((self.high - self.low) / step + 1e-9).floor().clamp(0.0, 12.0);
        let mut values = Vec::new();
        let mut place = 0.0;
        while place <= count {
            values.push((first + place) * step);
            place += 1.0;
        }
        values.retain(|value| *value <= self.high * (1.0 + 1e-9));
        values
    }

    fn logarithmic_ticks(&self) -> Vec<f64> {
        let decades = || {
            (libm::log10(self.low).floor() as i32..=libm::log10(self.high).ceil() as i32)
                .map(|power| 10_f64.powi(power))
        };
        let within = |value: &f64| (self.low..=self.high).contains(value);
        let of = |steps: &[f64]| -> Vec<f64> {
            decades().flat_map(|decade| steps.iter().map(move |step| step * decade)).filter(within).collect()
        };
        let sets: [&[f64]; 4] = [
            &[1.0],
            &[1.0, 2.0, 5.0],
            &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0],
            &[1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0],
        ];
        let found = sets.into_iter().map(of).find(|values| values.len() >= FEW);
        let values = found.unwrap_or_else(|| of(sets[3]));
        if values.len() < 2 { self.even_ticks() } else { thinned(values) }
    }

    /// Three values with the same distance, where no round ones lie between the ends.
    fn even_ticks(&self) -> Vec<f64> {
        [0.15, 0.5, 0.85].map(|place| self.low * libm::pow(self.high / self.low, place)).to_vec()
    }
}

/// At most nine of them, the first among them.
fn thinned(values: Vec<f64>) -> Vec<f64> {
    let every = values.len().div_ceil(9).max(1);
    values.into_iter().step_by(every).collect()
}

/// The round number next to a distance: 1, 2 or 5 times a power of ten.
fn step(distance: f64) -> f64 {
    let decade = libm::pow(10.0, libm::log10(distance.abs().max(1e-300)).floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * decade);
    steps.into_iter().find(|step| *step >= distance * (1.0 - 1e-9)).unwrap_or(decade)
}

/// A number for a tick: without zeros at its end.
pub(super) fn plain(value: f64) -> String {
    let text = significant(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(scale: &Scale) -> Vec<String> {
        scale.ticks().iter().map(|(_, value)| plain(*value)).collect()
    }

    #[test]
    fn ticks_are_round_and_within() {
        assert_eq!(shown(&Scale::shares()), ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(shown(&Scale::from_zero([83.0].into_iter())), ["0", "20", "40", "60", "80"]);
        assert_eq!(shown(&Scale::logarithmic([0.01, 100.0].into_iter())), ["0.01", "0.1", "1", "10", "100"]);
        let narrow = Scale::logarithmic([0.00083, 0.00102].into_iter());
        assert_eq!(shown(&narrow), ["0.0008", "0.0009", "0.001", "0.0011"]);
        assert_eq!(shown(&Scale::logarithmic([0.2, 0.9].into_iter())).len(), 7);
        assert!(Scale::logarithmic([0.223, 0.224].into_iter()).ticks().len() >= 2);
        assert!(Scale::logarithmic(std::iter::empty()).ticks().len() >= 2);
    }

    #[test]
    fn what_cannot_be_shown_stands_at_an_end() {
        let scale = Scale::logarithmic([1.0, 10.0].into_iter());
        assert_eq!((scale.unit(0.0), scale.unit(f64::INFINITY), scale.unit(f64::NAN)), (0.0, 0.0, 0.0));
        assert!((scale.unit(1.0) - 0.05).abs() < 0.05 && scale.unit(1e9) >= 1.0);
    }
}
