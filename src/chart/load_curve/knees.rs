//! Marks the knees of the throughput curves: a ring each, and the word where the lines leave room.

use super::curves::Curves;
use super::view::LoadPoint;
use crate::chart::ChartError;
use crate::chart::canvas::{Area, Canvas, Point, Stroke, TextStyle};
use crate::chart::text::width;
use crate::chart::theme::{ModelStyle, SMALL, darkened};

pub(super) const KNEE: &str = "knee";
pub(super) const FEW_MODELS: usize = 6;
const RING: f64 = 9.0;
const WORD_DESCENT: f64 = 3.0;
const STEPS: u32 = 12;

impl Curves {
    /// Points along all throughput lines, dense enough to detect collisions with a label.
    pub(super) fn along_throughput(&self, at: impl Fn(&LoadPoint, f64) -> Point) -> Vec<Point> {
        let steps = |pair: &[LoadPoint]| {
            let ends = pair[0].throughput.zip(pair[1].throughput);
            let ends = ends.map(|(first, second)| (at(&pair[0], first), at(&pair[1], second)));
            ends.into_iter().flat_map(|(from, to)| {
                (0..=STEPS).map(move |step| {
                    let part = f64::from(step) / f64::from(STEPS);
                    (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
                })
            })
        };
        self.curves.iter().flat_map(|curve| curve.points.windows(2).flat_map(steps)).collect()
    }
}

/// A ring round each knee. Among few models the word stands beside it, where no other word does and
/// the lines are least in its way; among many, only the legend names it.
pub(super) fn draw_knees(
    canvas: &mut Canvas<'_>,
    panel: Area,
    knees: &[(Point, ModelStyle)],
    lines: &[Point],
) -> Result<(), ChartError> {
    let wide = width(KNEE, SMALL, false);
    let mut taken: Vec<Area> = Vec::new();
    for (center, look) in knees {
        let color = darkened(look.color);
        canvas.ring(*center, RING, Stroke::solid(color, 1.7))?;
        if knees.len() > FEW_MODELS {
            continue;
        }
        let free = knee_words(*center, wide)
            .into_iter()
            .filter(|area| is_inside(area, &panel) && !taken.iter().any(|other| overlap(area, other)))
            .min_by_key(|area| lines.iter().filter(|point| holds(area, **point)).count());
        if let Some(area) = free {
            canvas.text(KNEE, (area.left, area.bottom - WORD_DESCENT), TextStyle::new(SMALL, color))?;
            taken.push(area);
        }
    }
    Ok(())
}

/// Where the word may stand, the best place first.
fn knee_words((x, y): Point, wide: f64) -> [Area; 6] {
    let (left, right) = (x - RING * 0.8 - wide, x + RING * 0.8);
    let (above, below) = (y - RING - 4.0, y + RING + SMALL);
    let (beside, far_above) = (y + SMALL * 0.36, above - SMALL);
    [(left, above), (right, below), (x - wide / 2.0, far_above), (right, above), (left, below), (right + 4.0, beside)]
        .map(|(left, baseline)| Area {
            left,
            top: baseline - SMALL,
            right: left + wide,
            bottom: baseline + WORD_DESCENT,
        })
}

fn is_inside(area: &Area, panel: &Area) -> bool {
    area.left > panel.left && area.right < panel.right && area.top > panel.top - 8.0 && area.bottom < panel.bottom
}

fn holds(area: &Area, (x, y): Point) -> bool {
    (area.left..area.right).contains(&x) && (area.top..area.bottom).contains(&y)
}

fn overlap(one: &Area, other: &Area) -> bool {
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
}
