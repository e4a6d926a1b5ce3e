//! Colours for values: viridis from embedded anchors, darker for more, and ink that reads on them.

use plotters::style::RGBColor;

use super::theme::{INK, WHITE};

/// viridis (van der Walt and Smith, CC0) at equal distances. Steps along it look equally large, in
/// colour, in grey and to colour-blind readers.
const VIRIDIS: [(u8, u8, u8); 17] = [
    (68, 1, 84),
    (72, 24, 106),
    (71, 45, 123),
    (66, 64, 134),
    (59, 82, 139),
    (51, 99, 141),
    (44, 114, 142),
    (38, 130, 142),
    (33, 145, 140),
    (31, 160, 136),
    (40, 174, 128),
    (63, 188, 115),
    (94, 201, 98),
    (132, 212, 75),
    (173, 220, 48),
    (216, 226, 25),
    (253, 231, 37),
];

/// The colour of a value at this share of the range. The map runs backwards, because on white paper
/// readers take the darker colour for the larger value.
pub(super) fn color(share: f64) -> RGBColor {
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    let place = (1.0 - share) * (VIRIDIS.len() - 1) as f64;
    let below = (place.floor() as usize).min(VIRIDIS.len() - 2);
    let part = place - below as f64;
    let (from, to) = (VIRIDIS[below], VIRIDIS[below + 1]);
    let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

/// Black or white, whichever stands out more on this colour.
pub(super) fn ink_on(ground: RGBColor) -> RGBColor {
    if contrast(ground, INK) >= contrast(ground, WHITE) { INK } else { WHITE }
}

/// Contrast ratio as WCAG defines it, 1 to 21.
fn contrast(one: RGBColor, other: RGBColor) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(color: RGBColor) -> f64 {
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
    };
    0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_is_darker_and_text_always_reads() {
        let mut last = f64::INFINITY;
        for step in 0..=100 {
            let ground = color(f64::from(step) / 100.0);
            assert!(luminance(ground) < last, "{step}");
            last = luminance(ground);
            assert!(contrast(ground, ink_on(ground)) > 4.0, "{step}");
        }
        assert_eq!(color(-1.0), color(0.0));
        assert_eq!(color(f64::NAN), color(0.0));
        assert_eq!(color(9.0), RGBColor(68, 1, 84));
    }
}
