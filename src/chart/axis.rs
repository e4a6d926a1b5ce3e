//! Axes: range, ticks and labels, linear or logarithmic.

use super::ChartError;
use super::canvas::{Align, Area, Canvas, Stroke, TextStyle};
use super::number::{exponent, power, stepped};
use super::text::{shorten, width};
use super::theme::{AXIS, GRID, INK, LABEL, MUTED, SMALL, TICK};

/// Largest magnitude for which ranges and margins do not overflow.
const LARGEST: f64 = 1e250;
/// Smallest magnitude for which a share of the value is not zero.
const SMALLEST: f64 = 1e-250;

/// Fewest labelled ticks from which the eye reads the scale of a logarithmic axis.
const LEAST_NAMED: usize = 3;

const TICK_LENGTH: f64 = 5.0;
const MINOR_LENGTH: f64 = 3.0;

/// The range of an axis; always `low < high`, and `0 < low` if `log`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub low: f64,
    pub high: f64,
    pub log: bool,
}

/// A tick; those without a label are minor.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub value: f64,
    pub label: String,
}

/// True if a value can be drawn on an axis of this kind.
pub(super) fn is_drawable(value: f64, log: bool) -> bool {
    value.abs() <= LARGEST && (!log || value >= SMALLEST)
}

impl Range {
    /// The range of the drawable values with a margin; `None` without any.
    pub(super) fn around(values: impl Iterator<Item = f64>, log: bool) -> Option<Self> {
        let (low, high) = extent(values.filter(|value| is_drawable(*value, log)))?;
        if log {
            let air = ((libm::log10(high) - libm::log10(low)) * 0.04).max(0.02);
            let is_one_value = high / low < 1.0 + 1e-9;
            let factor = if is_one_value { 2.0 } else { libm::pow(10.0, air) };
            return Some(Self { low: low / factor, high: high * factor, log });
        }
        let size = high.abs().max(low.abs());
        let air = if size < SMALLEST {
            1.0
        } else if high - low <= size * 1e-9 {
            size * 0.5
        } else {
            (high - low) * 0.05
        };
        // An axis that almost reaches zero should: the eye then reads distances as ratios.
        let floor = if low >= 0.0 && low <= high * 0.3 { 0.0 } else { low - air };
        Some(Self { low: floor, high: high + air, log })
    }

    /// From zero to a little above the largest of the values, for bars.
    pub(super) fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        let drawable = values.filter(|value| is_drawable(*value, false));
        let high = extent(drawable).map_or(0.0, |(_, high)| high);
        Self { low: 0.0, high: if high > 0.0 { high * 1.02 } else { 1.0 }, log: false }
    }

    /// Position of the value between the ends, 0 to 1.
    pub(super) fn unit(&self, value: f64) -> f64 {
        if self.log {
            (libm::log10(value) - libm::log10(self.low)) / (libm::log10(self.high) - libm::log10(self.low))
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    /// The value at a position between the ends.
    pub(super) fn value(&self, unit: f64) -> f64 {
        if self.log {
            libm::pow(10.0, libm::log10(self.low) + unit * (libm::log10(self.high) - libm::log10(self.low)))
        } else {
            self.low + unit * (self.high - self.low)
        }
    }

    /// About the wanted number of labelled ticks, and minor ones where they help.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<Tick> {
        let wanted = wanted.max(2);
        if !self.log {
            let ticks = self.linear_ticks(wanted);
            return if ticks.len() >= LEAST_NAMED { ticks } else { self.linear_ticks(2 * wanted) };
        }
        let decades = libm::log10(self.high) - libm::log10(self.low);
        let named = |ticks: &[Tick]| ticks.iter().filter(|tick| !tick.label.is_empty()).count();
        let ticks = if decades < 0.75 { self.linear_ticks(wanted) } else { self.log_ticks(decades, wanted) };
        if named(&ticks) >= LEAST_NAMED { ticks } else { self.linear_ticks(wanted.max(2 * LEAST_NAMED)) }
    }

    /// The label of an axis over this range, which says so if it is logarithmic.
    pub(super) fn titled(&self, label: &str) -> String {
        if self.log && !label.is_empty() { format!("{label}, log scale") } else { label.to_owned() }
    }

    fn linear_ticks(&self, wanted: usize) -> Vec<Tick> {
        let step = nice_step((self.high - self.low) / wanted as f64);
        let first = (self.low / step - 1e-9).ceil();
        let values: Vec<f64> = (0..=2 * wanted)
            .map(|index| (first + index as f64) * step)
            .take_while(|value| *value <= self.high + step * 1e-9)
            .collect();
        let labels = stepped(&values, step);
        values.into_iter().zip(labels).map(|(value, label)| Tick { value, label }).collect()
    }

    fn log_ticks(&self, decades: f64, wanted: usize) -> Vec<Tick> {
        let (first, last) = (exponent(self.low), exponent(self.high));
        let mut stride = (decades / wanted as f64).ceil().clamp(1.0, 700.0) as i32;
        // Between the multiples of a wide stride there may be hardly a tick.
        while stride > 1 && last.div_euclid(stride) - (first - 1).div_euclid(stride) < 3 {
            stride -= 1;
        }
        let plain = first >= -3 && last <= 4;
        let powers = (first..=last).filter(|power| (self.low..=self.high).contains(&10_f64.powi(*power))).count();
        // The fewest numbers from which the eye reads the scale.
        let named: &[u32] = match decades {
            _ if decades < 2.2 => &[1, 2, 5],
            _ if powers < LEAST_NAMED => &[1, 3],
            _ => &[1],
        };
        let mut ticks = Vec::new();
        for decade in first..=last {
            for mantissa in 1..10_u32 {
                let value = f64::from(mantissa) * 10_f64.powi(decade);
                if value < self.low || value > self.high || (mantissa > 1 && stride > 1) {
                    continue;
                }
                let is_major = named.contains(&mantissa) && (mantissa > 1 || decade.rem_euclid(stride) == 0);
                let label = if !is_major {
                    String::new()
                } else if plain {
                    stepped(&[value], 10_f64.powi(decade.min(0))).concat()
                } else {
                    power(mantissa, decade)
                };
                ticks.push(Tick { value, label });
            }
        }
        ticks
    }
}

/// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below the value.
pub(super) fn nice_step(least: f64) -> f64 {
    let base = 10_f64.powi(exponent(least));
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|factor| factor * base)
        .find(|step| *step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * base)
}

/// The smallest and the largest of the values.
pub(super) fn extent(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((value.min(low), value.max(high))),
    })
}

/// How far left of the plot the vertical axis reaches, with its label.
pub(super) fn left_margin(range: &Range, height: f64) -> f64 {
    let widest = vertical_ticks(range, height).iter().map(|tick| width(&tick.label, TICK, false)).fold(0.0, f64::max);
    widest + TICK_LENGTH + 5.0 + LABEL * 1.9
}

/// How far below the plot the horizontal axis reaches, with its label.
pub(super) const BOTTOM_MARGIN: f64 = TICK_LENGTH + 1.5 * TICK + 1.7 * LABEL;

/// From the plot down to the baseline of the horizontal axis' label.
pub(super) const LABEL_DROP: f64 = TICK_LENGTH + 1.5 * TICK + 1.2 * LABEL;

/// Draws grid, ticks and label of a vertical axis at the left of the area.
pub(super) fn draw_vertical(canvas: &mut Canvas<'_>, area: Area, range: &Range, label: &str) -> Result<(), ChartError> {
    draw_vertical_at(canvas, area, range, (label, left_margin(range, area.height())))
}

/// The same with the label as far left as the margin says, for panels whose labels stand in line.
pub(super) fn draw_vertical_at(
    canvas: &mut Canvas<'_>,
    area: Area,
    range: &Range,
    (label, margin): (&str, f64),
) -> Result<(), ChartError> {
    let look = TextStyle::new(TICK, MUTED).align(Align::End);
    for tick in vertical_ticks(range, area.height()) {
        let y = area.bottom - range.unit(tick.value) * area.height();
        let is_minor = tick.label.is_empty();
        if !is_minor {
            canvas.line((area.left, y), (area.right, y), Stroke::solid(GRID, 1.0))?;
        }
        let length = if is_minor { MINOR_LENGTH } else { TICK_LENGTH };
        canvas.line((area.left - length, y), (area.left, y), Stroke::solid(AXIS, 1.0))?;
        if !is_minor {
            canvas.text(&tick.label, (area.left - TICK_LENGTH - 4.0, y + TICK * 0.36), look)?;
        }
    }
    let x = area.left - margin + LABEL;
    let (label, look) = label_along(area.height(), &range.titled(label));
    canvas.text_upwards(&label, (x, area.center().1), look)?;
    canvas.line((area.left, area.top), (area.left, area.bottom), Stroke::solid(AXIS, 1.0))
}

/// Draws grid, ticks and label of a horizontal axis at the bottom of the area.
pub(super) fn draw_horizontal(
    canvas: &mut Canvas<'_>,
    area: Area,
    range: &Range,
    label: &str,
) -> Result<(), ChartError> {
    draw_horizontal_at(canvas, area, (range, &range.ticks(horizontal_ticks(area.width()))), label)
}

/// The same with ticks of the caller's choice, in ascending order; a label without room is left out.
pub(super) fn draw_horizontal_at(
    canvas: &mut Canvas<'_>,
    area: Area,
    (range, ticks): (&Range, &[Tick]),
    label: &str,
) -> Result<(), ChartError> {
    let look = TextStyle::new(TICK, MUTED).align(Align::Middle);
    let mut free_from = f64::NEG_INFINITY;
    for tick in ticks {
        let x = area.left + range.unit(tick.value) * area.width();
        let half = width(&tick.label, TICK, false) / 2.0;
        let is_minor = tick.label.is_empty() || x - half < free_from;
        if !is_minor {
            canvas.line((x, area.top), (x, area.bottom), Stroke::solid(GRID, 1.0))?;
        }
        let length = if is_minor { MINOR_LENGTH } else { TICK_LENGTH };
        canvas.line((x, area.bottom), (x, area.bottom + length), Stroke::solid(AXIS, 1.0))?;
        if !is_minor {
            free_from = x + half + 6.0;
            canvas.text(&tick.label, (x, area.bottom + TICK_LENGTH + TICK * 1.15), look)?;
        }
    }
    let y = area.bottom + LABEL_DROP;
    let (label, look) = label_along(area.width(), &range.titled(label));
    if !label.is_empty() {
        canvas.text(&label, (area.center().0, y), look)?;
    }
    canvas.line((area.left, area.bottom), (area.right, area.bottom), Stroke::solid(AXIS, 1.0))
}

/// The label of an axis of this length: in smaller type where it would be cut in the usual one.
fn label_along(length: f64, label: &str) -> (String, TextStyle) {
    let room = length * 1.1;
    let size = if width(label, LABEL, false) > room { SMALL } else { LABEL };
    (shorten(label, room, size), TextStyle::new(size, INK).align(Align::Middle))
}

/// Small panels carry more ticks for their size than a wide plot needs.
fn horizontal_ticks(width: f64) -> usize {
    (width / 95.0).max((width / 31.0).min(4.0)) as usize
}

fn vertical_ticks(range: &Range, height: f64) -> Vec<Tick> {
    range.ticks((height / 60.0).max((height / 38.0).min(4.0)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_takes_smaller_type_before_it_is_cut() {
        let label = "latency (s), log scale";
        let size = |length: f64| {
            let (shown, look) = label_along(length, label);
            (shown == label, look.size)
        };
        let long = width(label, LABEL, false);
        assert_eq!([long, 0.85 * long, 0.5 * long].map(size), [(true, LABEL), (true, SMALL), (false, SMALL)]);
    }

    fn labels(low: f64, high: f64, log: bool) -> Vec<String> {
        let ticks = Range { low, high, log }.ticks(6);
        ticks.into_iter().map(|tick| tick.label).filter(|label| !label.is_empty()).collect()
    }

    #[test]
    fn linear_ticks_are_round_numbers() {
        assert_eq!(labels(0.0, 1.0, false), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(57.0, 251.0, false), ["100", "150", "200", "250"]);
        assert_eq!(labels(0.0, 140.0, false), ["0", "25", "50", "75", "100", "125"]);
        assert_eq!(labels(-1.0, 1.0, false), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
    }

    #[test]
    fn log_ticks_are_powers_or_their_halves_and_fifths() {
        assert_eq!(labels(0.05, 300.0, true), ["0.1", "1", "10", "100"]);
        assert_eq!(labels(0.04, 1.2, true), ["0.05", "0.1", "0.2", "0.5", "1"]);
        assert_eq!(labels(0.2, 50.0, true), ["0.3", "1", "3", "10", "30"]);
        assert_eq!(labels(60.0, 220.0, true), ["100", "150", "200"]);
        assert_eq!(labels(2e-10, 5e9, true), ["10⁻⁸", "10⁻⁴", "10⁰", "10⁴", "10⁸"]);
        assert_eq!(labels(1e-5, 10.0, true), ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
    }

    #[test]
    fn logarithmic_axes_say_so_and_have_three_numbers() {
        for high in [1.2, 2.0, 5.0, 5.7, 9.0, 30.0, 150.0, 900.0, 1e4, 1e9] {
            for low in [1.0, 1.1, 1.9, 2.1, 3.3, 6.0] {
                let found = labels(low, low * high, true);
                assert!(found.len() >= 3, "{low} {high} {found:?}");
            }
        }
        let range = Range { low: 1.0, high: 9.0, log: true };
        assert_eq!((range.titled("latency (s)"), range.titled("")), ("latency (s), log scale".into(), String::new()));
    }

    #[test]
    fn no_range_is_too_odd_for_ticks() {
        let odd = [0.0, -1.0, 1.0, 1e-9, 1e9, 1e-300, 1e300, -1e300, 5e-324, f64::NAN, f64::INFINITY];
        for first in odd {
            for second in odd {
                for log in [false, true] {
                    let Some(range) = Range::around([first, second].into_iter(), log) else { continue };
                    assert!(range.low < range.high && range.high.is_finite(), "{range:?}");
                    let ticks = range.ticks(6);
                    assert!(ticks.len() <= 700, "{range:?} {}", ticks.len());
                    for tick in ticks {
                        let unit = range.unit(tick.value);
                        assert!((-0.01..=1.01).contains(&unit), "{range:?} {tick:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn close_values_at_a_large_offset_still_have_a_range() {
        let range = Range::around([1e9, 1e9 + 1e-6].into_iter(), false).unwrap();
        assert!(range.ticks(6).len() >= 2);
    }

    #[test]
    fn steps_are_nice() {
        for (least, step) in [(0.2, 0.2), (0.21, 0.25), (3.0, 5.0), (6.0, 10.0), (1e-9, 1e-9)] {
            assert!((nice_step(least) / step - 1.0).abs() < 1e-9, "{least}");
        }
    }
}
