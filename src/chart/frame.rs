//! What stands around a chart, and how large it is drawn: title, subtitle, footer, the medium that it is for.

use super::theme::Look;

/// Smallest type of any chart, in logical pixels.
const SMALLEST_TYPE: f64 = super::theme::SMALL - 1.0;
const SMALLEST_WIDTH: f64 = 360.0;
const SMALLEST_HEIGHT: f64 = 240.0;
const LARGEST: f64 = 4000.0;
/// Height of a panel of several.
const PANEL: f64 = 340.0;
/// Height of all rows of a picture, unless they are too thin for it.
const ROWS: f64 = 420.0;

/// Where a picture will be seen. It sets the width, and with it how large the type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Medium {
    /// A screen: one pixel is one pixel.
    #[default]
    Screen,
    /// The text of a page, 6.5 by 9 inches; no type is smaller than 8 pt.
    Paper,
    /// A slide of 13.33 by 7.5 inches; no type is smaller than 18 pt.
    Slide,
}

impl Medium {
    /// Unit in which the picture states its size.
    pub(super) fn unit(self) -> &'static str {
        if self == Self::Screen { "" } else { "pt" }
    }

    /// Units per logical pixel.
    pub(super) fn scale(self) -> f64 {
        match self {
            Self::Screen => 1.0,
            Self::Paper => 8.0 / SMALLEST_TYPE,
            Self::Slide => 18.0 / SMALLEST_TYPE,
        }
    }

    /// Width and height of the whole medium in its unit. A screen takes the width that the chart prefers, and scrolls.
    fn page(self) -> Option<(f64, f64)> {
        match self {
            Self::Screen => None,
            Self::Paper => Some((6.5 * 72.0, 9.0 * 72.0)),
            Self::Slide => Some((960.0, 540.0)),
        }
    }

    /// The most lines of a caption.
    pub(super) fn caption_lines(self) -> usize {
        if self == Self::Slide { 3 } else { 6 }
    }
}

/// What stands around a chart, and how large it is drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frame {
    /// Title, bold, at the left.
    pub title: String,
    /// Second line, smaller.
    pub subtitle: String,
    /// What the picture was made from, the most important first. Parts without room are left out.
    pub footer: Vec<String>,
    /// Where it will be seen.
    pub medium: Medium,
    /// Width and height in the medium's unit, instead of the usual.
    pub size: Option<(f64, f64)>,
    /// Height in logical pixels that a part of a picture should not exceed; that of the medium where there is none.
    pub most_height: Option<f64>,
    /// Whose the places of its list of models are, where a model has several levels; else each is a model of its own.
    pub looks: Vec<Look>,
    /// Of a panel of a picture: its captions, instead of those of its chart. Its title is smaller.
    pub panel: Option<Vec<String>>,
}

impl Frame {
    /// Logical width, given the one that the chart prefers.
    pub(super) fn width(&self, preferred: f64) -> f64 {
        let scale = self.medium.scale();
        let width = self.size.map(|size| size.0).or(self.medium.page().map(|page| page.0));
        width.map_or(preferred, |width| bounded(width / scale, SMALLEST_WIDTH)).round()
    }

    /// Logical height, given the one that the chart needs for its contents.
    pub(super) fn height(&self, needed: f64) -> f64 {
        self.size.map_or(needed, |size| bounded(size.1 / self.medium.scale(), SMALLEST_HEIGHT)).round()
    }

    /// The largest logical height of a picture that can be seen at once; a screen has none.
    pub(super) fn most_height(&self) -> f64 {
        let scale = self.medium.scale();
        let asked = self.size.map(|size| bounded(size.1 / scale, SMALLEST_HEIGHT)).or(self.most_height);
        asked.or(self.medium.page().map(|page| page.1 / scale)).unwrap_or(f64::INFINITY).floor()
    }

    /// Height of each of these rows, from `least` to `most`, where the rest of the picture has this height.
    pub(super) fn row_height(&self, rows: usize, rest: f64, (least, most): (f64, f64)) -> f64 {
        let room = ROWS.min(self.most_height() - rest);
        (room / rows.max(1) as f64).clamp(least, most)
    }

    /// Logical size of a chart that can have any; it keeps its proportions where nothing else is asked for, unless what stands in it
    /// needs more height.
    pub(super) fn scaled(&self, preferred: (f64, f64), needed: f64) -> (f64, f64) {
        let width = self.width(preferred.0);
        let alone = (preferred.1 * width / preferred.0).max(SMALLEST_HEIGHT * 1.5).min(preferred.1);
        let usual = if self.panel.is_some() { PANEL } else { alone };
        (width, self.height(usual.max(needed).min(self.most_height().max(SMALLEST_HEIGHT))))
    }
}

fn bounded(length: f64, least: f64) -> f64 {
    if length.is_finite() { length.clamp(least, LARGEST) } else { least }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_type_is_legible_on_paper_and_on_a_slide() {
        for (medium, least, width) in [(Medium::Paper, 8.0, 468.0), (Medium::Slide, 18.0, 960.0)] {
            let frame = Frame { medium, ..Frame::default() };
            assert!(SMALLEST_TYPE * medium.scale() >= least - 1e-9);
            assert!((frame.width(900.0) * medium.scale() - width).abs() < 1.0);
        }
    }

    #[test]
    fn a_size_is_kept_within_reason() {
        let sized = |size| Frame { size: Some(size), ..Frame::default() }.scaled((960.0, 600.0), 0.0);
        assert_eq!(sized((800.0, 500.0)), (800.0, 500.0));
        assert_eq!(sized((0.0, f64::NAN)), (SMALLEST_WIDTH, SMALLEST_HEIGHT));
        assert_eq!(sized((1e9, 1e9)), (LARGEST, LARGEST));
        assert_eq!(Frame::default().scaled((960.0, 600.0), 0.0), (960.0, 600.0));
        assert_eq!(Frame::default().scaled((960.0, 600.0), 700.0), (960.0, 700.0));
    }
}
