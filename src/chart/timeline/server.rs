//! What a server said meanwhile, as two lines below the requests of a group: what it worked on, and what waited there.

use plotters::style::RGBColor;

use super::view::ServerReading;
use crate::chart::ChartError;
use crate::chart::axis::{Range, is_drawable};
use crate::chart::canvas::{Area, Canvas, Stroke, TextStyle};
use crate::chart::number::setting;
use crate::chart::theme::{GRID, INK, MUTED, ORANGE, SMALL};

/// Height of the lines with the words above them.
pub(super) const HEIGHT: f64 = 54.0;

/// Height of the words.
const WORDS: f64 = 17.0;

pub(super) const RUNNING: RGBColor = INK;
pub(super) const WAITING: RGBColor = ORANGE;

/// One line: times and values in steps, with the gaps between them.
type Line = Vec<Vec<(f64, f64)>>;

/// The lines of a group, from 0 to 1 along the range.
pub(super) struct ServerLines {
    running: Line,
    waiting: Line,
    most: (Option<f64>, Option<f64>),
}

impl ServerLines {
    /// The lines of readings, each with at most `most_steps` steps; none without readings.
    pub(super) fn of(readings: &[ServerReading], range: &Range, most_steps: f64) -> Option<Self> {
        let mut points: Vec<&ServerReading> =
            readings.iter().filter(|reading| is_drawable(reading.at, false)).collect();
        points.sort_by(|one, other| one.at.total_cmp(&other.at));
        let line = |value: fn(&ServerReading) -> Option<f64>| {
            let sound =
                |reading: &ServerReading| value(reading).filter(|value| is_drawable(*value, false) && *value >= 0.0);
            steps(points.iter().map(|reading| (range.unit(reading.at).clamp(0.0, 1.0), sound(reading))), most_steps)
        };
        let (running, waiting) = (line(|reading| reading.running), line(|reading| reading.waiting));
        let most = |line: &Line| line.iter().flatten().map(|(_, value)| *value).reduce(f64::max);
        let most = (most(&running), most(&waiting));
        (most.0.is_some() || most.1.is_some()).then_some(Self { running, waiting, most })
    }

    /// Whether there is a line of each.
    pub(super) fn has(&self) -> (bool, bool) {
        (self.most.0.is_some(), self.most.1.is_some())
    }

    fn words(&self) -> String {
        let part = |most: Option<f64>, word: &str| most.map(|most| format!("{} {word}", setting(most)));
        let parts = [part(self.most.0, "running"), part(self.most.1, "waiting")];
        format!("at the server: at most {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }

    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
        canvas.text_on_white(&self.words(), (area.left, area.top + SMALL), TextStyle::new(SMALL, MUTED))?;
        let area = Area { top: area.top + WORDS, bottom: area.top + HEIGHT - 3.0, ..area };
        canvas.line((area.left, area.bottom), (area.right, area.bottom), Stroke::solid(GRID, 1.0))?;
        let most = self.most.0.unwrap_or(0.0).max(self.most.1.unwrap_or(0.0)).max(1.0);
        let place =
            |(x, value): &(f64, f64)| (area.left + x * area.width(), area.bottom - value / most * area.height());
        // Where both are the same, both are seen.
        for (line, color, width) in [(&self.waiting, WAITING, 3.2), (&self.running, RUNNING, 1.4)] {
            for piece in line {
                canvas.path(&piece.iter().map(place).collect::<Vec<_>>(), Stroke::solid(color, width))?;
            }
        }
        Ok(())
    }
}

/// At most `most` steps through values in the order of their places; of those within one the largest counts.
fn steps(values: impl Iterator<Item = (f64, Option<f64>)>, most: f64) -> Line {
    let mut line: Line = Vec::new();
    let (mut is_open, mut step) = (false, None);
    for (x, value) in values {
        let own = Some((x * most).floor());
        let Some(value) = value else {
            is_open &= own == step;
            continue;
        };
        match line.last_mut().and_then(|piece| Some((piece.last_mut()?.1, piece))) {
            Some((before, piece)) if own == step => {
                if let Some(last) = piece.last_mut() {
                    last.1 = before.max(value);
                }
            }
            Some((before, piece)) if is_open => piece.extend([(x, before), (x, value)]),
            _ => line.push(vec![(x, value)]),
        }
        (is_open, step) = (true, own);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_steps_with_gaps() {
        let values = [(0.0, Some(1.0)), (0.5, Some(3.0)), (0.5001, Some(2.0)), (0.6, None), (0.7, Some(0.0))];
        assert_eq!(steps(values.into_iter(), 1000.0), [vec![(0.0, 1.0), (0.5, 1.0), (0.5, 3.0)], vec![(0.7, 0.0)]]);
    }

    #[test]
    fn many_gaps_are_few_pieces() {
        let line = steps((0..100_000).map(|place| (f64::from(place) / 1e5, (place % 2 == 0).then_some(1.0))), 500.0);
        assert!(line.len() <= 500, "{}", line.len());
    }

    #[test]
    fn many_readings_are_few_steps() {
        let line = steps((0..1_000_000).map(|place| (f64::from(place) / 1e6, Some(f64::from(place % 7)))), 500.0);
        assert!(line[0].len() <= 1001, "{}", line[0].len());
        assert!(line[0].iter().all(|(_, value)| *value == 6.0));
    }
}
