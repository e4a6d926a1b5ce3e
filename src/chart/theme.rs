//! The look that all charts share: type sizes, quiet greys, and one colour and shape per model.

use plotters::style::RGBColor;

/// First family for our own painter, second for browsers that lack it.
pub(super) const FAMILY: &str = "DejaVu Sans, sans-serif";

pub(super) const TITLE: f64 = 18.0;
pub(super) const SUBTITLE: f64 = 13.5;
pub(super) const LABEL: f64 = 14.0;
pub(super) const TICK: f64 = 13.0;
pub(super) const SMALL: f64 = 12.2;

pub(super) const WHITE: RGBColor = RGBColor(255, 255, 255);
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
pub(super) const MUTED: RGBColor = RGBColor(96, 96, 96);
pub(super) const AXIS: RGBColor = RGBColor(130, 130, 130);
pub(super) const GRID: RGBColor = RGBColor(231, 231, 231);
pub(super) const EMPTY: RGBColor = RGBColor(244, 244, 244);
pub(super) const HATCH: RGBColor = RGBColor(206, 206, 206);

/// Okabe and Ito's colours, which stay apart for colour-blind readers; their yellow, which fades on
/// white paper, gives way to an olive, and their black to a grey that ink still stands out on.
const PALETTE: [RGBColor; 8] = [BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, GREY, OLIVE];

pub(super) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(super) const VERMILION: RGBColor = RGBColor(213, 94, 0);
pub(super) const GREEN: RGBColor = RGBColor(0, 158, 115);
pub(super) const PINK: RGBColor = RGBColor(204, 121, 167);
pub(super) const ORANGE: RGBColor = RGBColor(230, 159, 0);
pub(super) const SKY: RGBColor = RGBColor(86, 180, 233);
pub(super) const GREY: RGBColor = RGBColor(110, 110, 110);
pub(super) const OLIVE: RGBColor = RGBColor(153, 153, 51);

const SHAPES: [Shape; 8] = [
    Shape::Circle,
    Shape::TriangleUp,
    Shape::Square,
    Shape::Diamond,
    Shape::TriangleDown,
    Shape::Plus,
    Shape::Pentagon,
    Shape::Cross,
];

/// Form of a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Circle,
    Square,
    TriangleUp,
    TriangleDown,
    Diamond,
    Pentagon,
    Plus,
    Cross,
}

/// How one model looks in every chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Identity {
    pub color: RGBColor,
    pub shape: Shape,
}

/// The look of the model at this index. Shapes shift by one after each round of colours, so the
/// first 64 models differ.
pub(super) fn identity(index: usize) -> Identity {
    let round = index / PALETTE.len();
    Identity { color: PALETTE[index % PALETTE.len()], shape: SHAPES[(index + round) % SHAPES.len()] }
}

/// The colour for lines among markers of the same model: darker, so that the line stays in sight.
pub(super) fn darkened(color: RGBColor) -> RGBColor {
    let shade = |channel: u8| (f64::from(channel) * 0.72).round() as u8;
    RGBColor(shade(color.0), shade(color.1), shade(color.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_64_models_look_different() {
        let all: Vec<Identity> = (0..64).map(identity).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "model {index}");
        }
    }
}
