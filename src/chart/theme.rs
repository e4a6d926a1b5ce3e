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
pub(super) struct ModelStyle {
    pub color: RGBColor,
    pub shape: Shape,
}

/// The look of the model at this index. Shapes shift by one after each round of colours, so the
/// first 64 models differ.
pub(super) fn identity(index: usize) -> ModelStyle {
    let round = index / PALETTE.len();
    ModelStyle { color: PALETTE[index % PALETTE.len()], shape: SHAPES[(index + round) % SHAPES.len()] }
}

/// Where the bar or line of a list belongs: to which model, and to which of several levels of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Place of the model among all.
    pub model: usize,
    /// Place of the level among those of the model.
    pub level: usize,
    /// How many levels the model has.
    pub levels: usize,
}

impl Look {
    /// The model's colour; further levels are lighter, each with a shape of its own.
    pub(super) fn identity(self) -> ModelStyle {
        let own = identity(self.model);
        let share = self.level as f64 / self.levels.saturating_sub(1).max(1) as f64;
        let lighter =
            |channel: u8| (f64::from(channel) + (255.0 - f64::from(channel)) * LIGHTEST * share).round() as u8;
        let color = RGBColor(lighter(own.color.0), lighter(own.color.1), lighter(own.color.2));
        let shape = SHAPES.iter().position(|shape| *shape == own.shape).unwrap_or_default();
        ModelStyle { color, shape: SHAPES[(shape + FURTHER * self.level) % SHAPES.len()] }
    }
}

/// How many shapes further the next level is, so that it has not that of the next model.
const FURTHER: usize = 3;

/// How far towards white the last level of a model goes.
const LIGHTEST: f64 = 0.5;

/// The look of a place of a list: that of its model and level where these are known, else that of a model of its own.
pub(super) fn look_of(looks: &[Look], index: usize) -> ModelStyle {
    looks.get(index).map_or_else(|| identity(index), |look| look.identity())
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
        let all: Vec<ModelStyle> = (0..64).map(identity).collect();
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "model {index}");
        }
    }

    #[test]
    fn levels_of_a_model_differ_and_the_first_has_its_colour() {
        let of =
            |model| -> Vec<ModelStyle> { (0..4).map(|level| Look { model, level, levels: 4 }.identity()).collect() };
        for model in 0..8 {
            let levels = of(model);
            assert_eq!(levels[0], identity(model));
            assert_eq!(levels[0], Look { model, level: 0, levels: 1 }.identity());
            for (place, one) in levels.iter().enumerate() {
                let is_like = |other: &ModelStyle| one.color == other.color || one.shape == other.shape;
                assert!(!levels[..place].iter().any(is_like), "model {model}, level {place}");
            }
        }
    }
}
