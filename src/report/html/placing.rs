//! Where the words beside marks stand: on a side where they touch no whisker, no mark and no other words, or nowhere.
//!
//! A picture is as wide as the page lets it be, while words keep their size. Words that are free on a phone are free on
//! every wider page, as everything but they moves apart.

/// Width of a plot on a phone 390 pixels wide, and on a page that is wide enough for words that a phone leaves out.
const PHONE: f64 = 225.0;
const WIDE: f64 = 620.0;
/// Size of the words, width of a letter, and distances of the words from their mark: aside, and of their baseline above or
/// below it.
const SIZE: f64 = 12.5;
const LETTER: f64 = SIZE * 0.62;
const ASIDE: f64 = SIZE * 0.8;
const ABOVE: f64 = SIZE * 0.6;
const BELOW: f64 = SIZE * 1.4;
/// Nearest that words come to a line and to the middle of a mark.
const FROM_LINE: f64 = 2.0;
const FROM_MARK: f64 = 7.0;

/// A place in shares of width and height, from the left and from above.
type Place = (f64, f64);

/// Left, top, right, bottom in pixels.
type Area = [f64; 4];

/// Which side of a place words are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    /// Centred, above or below the end of a whisker.
    Centre,
}

/// Words beside a mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Words {
    /// The place that they are beside.
    pub(super) at: Place,
    letters: usize,
    side: Side,
    is_below: bool,
    /// True if they are free on wide pages only.
    pub(super) is_roomy: bool,
}

impl Words {
    /// The attributes of their text that set it off from its mark.
    pub(super) fn attributes(&self) -> String {
        let (anchor, dx) = match self.side {
            Side::Left => ("end", "-0.8em"),
            Side::Right => ("start", "0.8em"),
            Side::Centre => ("middle", "0"),
        };
        let dy = if self.is_below { "1.4em" } else { "-0.6em" };
        format!(r#"dx="{dx}" dy="{dy}" text-anchor="{anchor}""#)
    }

    fn area(&self, (width, height): (f64, f64)) -> Area {
        let (x, y) = (self.at.0 * width, self.at.1 * height);
        let wide = self.letters as f64 * LETTER;
        let left = match self.side {
            Side::Left => x - ASIDE - wide,
            Side::Right => x + ASIDE,
            Side::Centre => x - wide / 2.0,
        };
        let baseline = if self.is_below { y + BELOW } else { y - ABOVE };
        [left, baseline - SIZE * 0.8, left + wide, baseline + SIZE * 0.25]
    }
}

/// What words must not touch, and those that are placed.
#[derive(Debug, Default)]
pub(super) struct Placing {
    lines: Vec<(Place, Place)>,
    marks: Vec<Place>,
    words: Vec<Words>,
}

impl Placing {
    /// Adds a line along an axis.
    pub(super) fn line(&mut self, from: Place, to: Place) {
        self.lines.push((from, to));
    }

    /// Adds a mark.
    pub(super) fn mark(&mut self, at: Place) {
        self.marks.push(at);
    }

    /// Places words beside a mark of a plot of this height, or at an end of the line that stands upright on it; none where they
    /// are free nowhere.
    pub(super) fn place(&mut self, at: Place, text: &str, height: f64) -> Option<Words> {
        let letters = text.chars().count();
        let (near, far) = if at.0 > 0.6 { (Side::Left, Side::Right) } else { (Side::Right, Side::Left) };
        let (top, bottom) = self.upright(at);
        let sides = [
            (at.1, near, false),
            (at.1, near, true),
            (at.1, far, false),
            (at.1, far, true),
            (bottom, Side::Centre, true),
            (top, Side::Centre, false),
        ];
        let candidates = [PHONE, WIDE].into_iter().flat_map(|width| {
            let is_roomy = width > PHONE;
            sides.map(|(y, side, is_below)| (Words { at: (at.0, y), letters, side, is_below, is_roomy }, width))
        });
        let found =
            candidates.map(|(words, width)| (words, (width, height))).find(|(words, size)| self.is_free(words, *size));
        let words = found.map(|(words, _)| words)?;
        self.words.push(words);
        Some(words)
    }

    /// The ends of the line that stands upright on a mark, from above.
    fn upright(&self, at: Place) -> (f64, f64) {
        let own = |(from, to): &&(Place, Place)| from.0 == at.0 && to.0 == at.0 && from.1 != to.1;
        let line = self.lines.iter().find(own).map(|(from, to)| (from.1.min(to.1), from.1.max(to.1)));
        line.unwrap_or((at.1, at.1))
    }

    fn is_free(&self, words: &Words, size: (f64, f64)) -> bool {
        let area = words.area(size);
        let in_pixels = |place: Place| (place.0 * size.0, place.1 * size.1);
        let around = |from: Place, to: Place, distance: f64| {
            let (from, to) = (in_pixels(from), in_pixels(to));
            let (left, right) = (from.0.min(to.0) - distance, from.0.max(to.0) + distance);
            [left, from.1.min(to.1) - distance, right, from.1.max(to.1) + distance]
        };
        let is_inside = area[0] >= 0.0 && area[2] <= size.0 && area[1] >= 0.0 && area[3] <= size.1;
        let lines = self.lines.iter().map(|(from, to)| around(*from, *to, FROM_LINE));
        let marks = self.marks.iter().map(|at| around(*at, *at, FROM_MARK));
        let others = self.words.iter().map(|other| other.area(size));
        is_inside && !lines.chain(marks).chain(others).any(|other| is_shared(&area, &other))
    }
}

fn is_shared(one: &Area, other: &Area) -> bool {
    one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two models with whiskers, the words of the second beside the end of the first's whisker.
    fn placing() -> Placing {
        let mut placing = Placing::default();
        for (at, ends) in [((0.26, 0.275), (0.19, 0.39)), ((0.74, 0.4375), (0.33, 0.55))] {
            placing.line((at.0, ends.0), (at.0, ends.1));
            placing.mark(at);
        }
        placing
    }

    #[test]
    fn words_keep_clear_of_whiskers_marks_and_other_words_on_a_phone() {
        let mut placing = placing();
        let first = placing.place((0.26, 0.275), "SmolLM2 135M Q4_1", 300.0).unwrap();
        let second = placing.place((0.74, 0.4375), "SmolLM2 135M Q3_K_M", 300.0).unwrap();
        assert_eq!((first.side, first.is_below, first.is_roomy), (Side::Right, false, false));
        assert_eq!((second.side, second.is_below, second.is_roomy), (Side::Left, true, false));
        let lines = placing.lines.clone();
        for width in [225.0, 300.0, 620.0, 1200.0] {
            let areas = [first.area((width, 300.0)), second.area((width, 300.0))];
            assert!(!is_shared(&areas[0], &areas[1]));
            for ((from, to), area) in lines.iter().flat_map(|line| areas.map(|area| (*line, area))) {
                let line = [from.0 * width, from.1 * 300.0, to.0 * width, to.1 * 300.0];
                assert!(!is_shared(&area, &line), "{width}");
            }
        }
    }

    #[test]
    fn words_without_room_aside_stand_at_the_end_of_the_whisker() {
        let mut placing = Placing::default();
        placing.line((0.5, 0.3), (0.5, 0.5));
        let words = placing.place((0.5, 0.4), "SmolLM2 135M Q3_K_M", 300.0).unwrap();
        assert_eq!((words.side, words.at, words.is_below, words.is_roomy), (Side::Centre, (0.5, 0.5), true, false));
    }

    #[test]
    fn words_that_only_a_wide_page_has_room_for_are_told_apart_and_others_are_left_out() {
        let mut placing = placing();
        let long = "a model with a name that is far too long for a phone";
        assert!(placing.place((0.26, 0.275), long, 300.0).unwrap().is_roomy, "{placing:?}");
        assert_eq!(placing.place((0.26, 0.28), &long.repeat(9), 300.0), None);
    }
}
