//! The run timeline: a bar per request over the time of the run, its phases coloured.

use plotters::style::RGBColor;

use super::ChartError;
use super::axis::{BOTTOM_MARGIN, Range, draw_horizontal, extent, is_drawable};
use super::canvas::{Align, Area, Canvas, TextStyle, paint};
use super::lanes::{Piece, lane_limit, merge, pack, row};
use super::number::{count, counted};
use super::sheet::{Heading, draw_nothing};
use super::text::{label, shorten, width};
use super::theme::{INK, MUTED, SMALL, TICK};

/// The kind of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BarKind {
    /// An answer of a warm model.
    #[default]
    Answer,
    /// A warm-up request, which is excluded from figures.
    WarmUp,
    /// An answer that waited for the model to be loaded.
    Cold,
    /// It failed.
    Fault,
}

/// One request, in seconds since the start of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TimelineBar {
    /// When it was due.
    pub scheduled: f64,
    /// When it was sent.
    pub sent: f64,
    /// When its first token arrived; `None` without a token or a stream.
    pub first_token: Option<f64>,
    /// When it ended.
    pub end: f64,
    /// Its kind.
    pub kind: BarKind,
}

/// The requests of one model at one level.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimelineGroup {
    /// Name of the model and the level.
    pub label: String,
    /// Its requests, in any order.
    pub bars: Vec<TimelineBar>,
}

/// A run over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimelineChart {
    /// Title, bold, at the left.
    pub title: String,
    /// Second line, smaller.
    pub subtitle: String,
    /// One group per model and level, in the order of the run.
    pub groups: Vec<TimelineGroup>,
    /// Sentences for the caption.
    pub note: String,
}

const WIDE: f64 = 1000.0;
const MOST_GROUPS: usize = 40;
/// More requests than this are thinned by whole lanes, down to `FEW_LANES` per group.
const MOST_BARS: usize = 2000;
const FEW_LANES: usize = 8;
/// More pieces than this are merged.
const MOST_PIECES: usize = 7000;
const LANES_HEIGHT: f64 = 560.0;
const LANES_HEIGHT_PER_GROUP: f64 = 22.0;
const THINNEST: f64 = 3.0;
const THICKEST: f64 = 13.0;
/// Height of a group's caption, and the space below its lanes.
const WORDS: f64 = 20.0;
const GROUP_GAP: f64 = 9.0;
/// A short request keeps a minimum width.
const NARROWEST: f64 = 1.0;
const LEGEND_LINE: f64 = 22.0;
const SWATCH: f64 = 22.0;

/// Draws the timeline.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn timeline(chart: &TimelineChart) -> Result<String, ChartError> {
    let plan = Plan::of(chart);
    let heading = Heading::new(WIDE, &chart.title, &chart.subtitle, &plan.captions(chart));
    let swatches = plan.swatches();
    let legend_height = if swatches.is_empty() { 0.0 } else { LEGEND_LINE + 8.0 };
    let plot_height = if plan.range.is_some() { legend_height + plan.height() + BOTTOM_MARGIN } else { 220.0 };
    let size = (WIDE, heading.height() + plot_height);
    paint(size, heading.name(), |canvas| {
        let area = heading.draw(canvas, size)?;
        let Some(range) = &plan.range else {
            return draw_nothing(canvas, area);
        };
        for swatch in &swatches {
            swatch.draw(canvas, area)?;
        }
        let (top, bottom) = (area.top + legend_height, area.bottom - BOTTOM_MARGIN);
        let plot = Area { left: area.left + 2.0, top, bottom, ..area };
        draw_horizontal(canvas, plot, range, "Seconds since the start of the run")?;
        plan.draw_groups(canvas, plot)
    })
}

/// A phase of a request; the time before it was sent has no kind.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    Queued,
    Waiting(BarKind),
    Generating(BarKind),
    /// A fault too short to be drawn at its own length.
    FaultWithin,
}

impl Phase {
    fn is_fault(self) -> bool {
        matches!(self, Self::Waiting(BarKind::Fault) | Self::Generating(BarKind::Fault) | Self::FaultWithin)
    }

    fn reduced(self) -> Option<Self> {
        self.is_fault().then_some(Self::FaultWithin)
    }

    /// The kind selects the hue; waiting is its lighter shade.
    fn color(self) -> RGBColor {
        match self {
            Self::Queued => RGBColor(196, 196, 196),
            Self::Waiting(BarKind::Answer) => RGBColor(86, 180, 233),
            Self::Generating(BarKind::Answer) => RGBColor(0, 104, 168),
            Self::Waiting(BarKind::WarmUp) => RGBColor(150, 215, 186),
            Self::Generating(BarKind::WarmUp) => RGBColor(0, 148, 108),
            Self::Waiting(BarKind::Cold) => RGBColor(238, 196, 219),
            Self::Generating(BarKind::Cold) => RGBColor(190, 98, 150),
            Self::Waiting(BarKind::Fault) => RGBColor(244, 170, 120),
            Self::Generating(BarKind::Fault) | Self::FaultWithin => RGBColor(213, 80, 0),
        }
    }
}

/// The part of the chart that is drawn.
struct Plan {
    range: Option<Range>,
    bands: Vec<Band>,
    row_height: f64,
    /// Width that pieces were merged to, in shares of the plot.
    merged: Option<f64>,
}

/// The drawable requests of a group in lanes, some of which have a row in the picture.
struct Band {
    label: String,
    bars: Vec<TimelineBar>,
    hidden: usize,
    lane_of: Vec<usize>,
    lanes: usize,
    shown_lanes: usize,
    shown_bars: usize,
    /// Pieces of each row, from 0 to 1 along the range.
    rows: Vec<Vec<Piece<Phase>>>,
}

impl Plan {
    fn of(chart: &TimelineChart) -> Self {
        let mut bands: Vec<Band> = chart.groups.iter().take(MOST_GROUPS).map(Band::of).collect();
        let limit = shown_lanes(&bands);
        for band in &mut bands {
            band.shown_lanes = band.lanes.min(limit);
        }
        let rows: usize = bands.iter().map(|band| band.shown_lanes).sum();
        let row_height = (lanes_height(&bands) / rows.max(1) as f64).clamp(THINNEST, THICKEST);
        let range = range(&bands);
        let mut plan = Self { range, bands, row_height, merged: None };
        if let Some(range) = range {
            plan.bands.iter_mut().for_each(|band| band.fill(&range));
            plan.merge();
        }
        plan
    }

    /// Joins neighbours, first those within a pixel, until the pieces are few enough.
    fn merge(&mut self) {
        let mut rows: Vec<&mut Vec<Piece<Phase>>> = self.bands.iter_mut().flat_map(|band| &mut band.rows).collect();
        if rows.iter().map(|row| row.len()).sum::<usize>() <= MOST_PIECES {
            return;
        }
        let mut width = 1.0 / WIDE;
        loop {
            let merged: Vec<_> = rows.iter().map(|row| merge(row, width, Phase::reduced)).collect();
            if width >= 1.0 || merged.iter().map(Vec::len).sum::<usize>() <= MOST_PIECES {
                rows.iter_mut().zip(merged).for_each(|(row, merged)| **row = merged);
                self.merged = Some(width);
                return;
            }
            width *= 1.25;
        }
    }

    fn height(&self) -> f64 {
        self.bands.iter().map(|band| band.height(self.row_height)).sum()
    }

    fn draw_groups(&self, canvas: &mut Canvas<'_>, plot: Area) -> Result<(), ChartError> {
        let mut top = plot.top;
        for band in &self.bands {
            let bottom = top + band.height(self.row_height);
            band.draw(canvas, Area { top, bottom, ..plot }, self.row_height)?;
            top = bottom;
        }
        Ok(())
    }

    /// The time that half a pixel covers.
    fn visible(&self) -> f64 {
        self.range.map_or(0.0, |range| (range.high - range.low) * 0.5 / WIDE)
    }

    fn swatches(&self) -> Vec<Swatch> {
        let bars = || self.bands.iter().flat_map(|band| &band.bars);
        let has = |kind: BarKind| bars().any(|bar| bar.kind == kind);
        let whole = |kind: BarKind| vec![Phase::Waiting(kind), Phase::Generating(kind)];
        let is_answered = has(BarKind::Answer);
        let is_streamed = bars().any(|bar| bar.kind == BarKind::Answer && bar.first_token.is_some());
        let entries = [
            (bars().any(|bar| bar.sent - bar.scheduled > self.visible()), vec![Phase::Queued], "queued"),
            (is_streamed, vec![Phase::Waiting(BarKind::Answer)], "waiting for the first token"),
            (is_streamed, vec![Phase::Generating(BarKind::Answer)], "generating"),
            (is_answered && !is_streamed, vec![Phase::Generating(BarKind::Answer)], "answering"),
            (has(BarKind::WarmUp), whole(BarKind::WarmUp), "warm-up"),
            (has(BarKind::Cold), whole(BarKind::Cold), "cold"),
            (has(BarKind::Fault), whole(BarKind::Fault), "fault"),
        ];
        let present = entries.into_iter().filter(|(is_present, _, _)| *is_present);
        let mut left = 0.0;
        present
            .map(|(_, phases, text)| {
                let swatch = Swatch { left, phases, text };
                left += SWATCH + 7.0 + width(text, SMALL, false) + 24.0;
                swatch
            })
            .collect()
    }

    fn captions(&self, chart: &TimelineChart) -> Vec<String> {
        let sum = |count: fn(&Band) -> usize| self.bands.iter().map(count).sum::<usize>() as u64;
        let mut sentences = vec![chart.note.clone()];
        if self
            .bands
            .iter()
            .flat_map(|band| &band.bars)
            .any(|bar| bar.kind != BarKind::Fault && bar.first_token.is_none())
        {
            sentences.push("A request without a first token has one colour from sending to end.".into());
        }
        let (lanes, shown) = (sum(|band| band.lanes), sum(|band| band.shown_lanes));
        if shown < lanes {
            sentences.push(format!(
                "{} of {} drawn, evenly spaced, with {} of {}.",
                count(shown),
                counted(lanes, "lane"),
                count(sum(|band| band.shown_bars)),
                counted(sum(|band| band.bars.len()), "request"),
            ));
        }
        if let Some(width) = self.merged {
            sentences.push(format!(
                "Requests closer than {} are merged; the longest phase gives the colour, faults stay marked.",
                counted((width * WIDE).ceil() as u64, "pixel"),
            ));
        }
        let hidden = sum(|band| band.hidden);
        if hidden > 0 {
            let reason = "times not finite, or an end before the start";
            sentences.push(format!("{} left out ({reason}).", counted(hidden, "request")));
        }
        let groups = chart.groups.len().saturating_sub(MOST_GROUPS) as u64;
        if groups > 0 {
            sentences.push(format!("{} not shown.", counted(groups, "more group")));
        }
        sentences
    }
}

fn lanes_height(bands: &[Band]) -> f64 {
    LANES_HEIGHT.max(bands.len() as f64 * LANES_HEIGHT_PER_GROUP)
}

/// The most lanes that any band may show, for the height of the picture and the number of bars.
fn shown_lanes(bands: &[Band]) -> usize {
    let lanes: Vec<usize> = bands.iter().map(|band| band.lanes).collect();
    let bars = |limit: usize| -> f64 {
        let share = |band: &Band| band.lanes.min(limit) as f64 / band.lanes.max(1) as f64;
        bands.iter().map(|band| band.bars.len() as f64 * share(band)).sum()
    };
    let mut limit = lane_limit(&lanes, (lanes_height(bands) / THINNEST) as usize);
    while limit > FEW_LANES && bars(limit) > MOST_BARS as f64 {
        limit -= 1;
    }
    limit
}

fn range(bands: &[Band]) -> Option<Range> {
    let times = || bands.iter().flat_map(|band| &band.bars).flat_map(|bar| [start(bar), bar.end]);
    let (low, _) = extent(times())?;
    if low < 0.0 { Range::around(times(), false) } else { Some(Range::from_zero(times())) }
}

fn start(bar: &TimelineBar) -> f64 {
    bar.scheduled.min(bar.sent)
}

impl Band {
    fn of(group: &TimelineGroup) -> Self {
        let is_sound = |bar: &&TimelineBar| {
            [bar.scheduled, bar.sent, bar.end].into_iter().all(|time| is_drawable(time, false)) && bar.end >= bar.sent
        };
        let mut bars: Vec<TimelineBar> = group.bars.iter().filter(is_sound).copied().collect();
        bars.sort_by(|one, other| start(one).total_cmp(&start(other)).then(one.end.total_cmp(&other.end)));
        let spans: Vec<(f64, f64)> = bars.iter().map(|bar| (start(bar), bar.end)).collect();
        let lane_of = pack(&spans);
        let lanes = lane_of.iter().max().map_or(0, |lane| lane + 1);
        let hidden = group.bars.len() - bars.len();
        Self {
            label: label(&group.label),
            bars,
            hidden,
            lane_of,
            lanes,
            shown_lanes: lanes,
            shown_bars: 0,
            rows: Vec::new(),
        }
    }

    fn fill(&mut self, range: &Range) {
        self.rows = vec![Vec::new(); self.shown_lanes];
        for (bar, lane) in self.bars.iter().zip(&self.lane_of) {
            if let Some(row) = row(*lane, self.lanes, self.shown_lanes) {
                self.rows[row].extend(pieces(bar, range));
                self.shown_bars += 1;
            }
        }
    }

    fn height(&self, row_height: f64) -> f64 {
        WORDS + self.shown_lanes as f64 * row_height + GROUP_GAP
    }

    fn draw(&self, canvas: &mut Canvas<'_>, area: Area, row_height: f64) -> Result<(), ChartError> {
        let baseline = area.top + TICK * 1.1;
        let detail = self.detail();
        let room = area.width() - width(&detail, SMALL, false) - 20.0;
        let name = shorten(&self.label, room / 1.16, TICK);
        canvas.text_on_white(&name, (area.left, baseline), TextStyle::new(TICK, INK).bold())?;
        let look = TextStyle::new(SMALL, MUTED).align(Align::End);
        canvas.text_on_white(&detail, (area.right, baseline), look)?;
        let gap = (row_height * 0.14).min(1.0);
        for (index, row) in self.rows.iter().enumerate() {
            let top = area.top + WORDS + index as f64 * row_height;
            let strip = Area { top, bottom: top + row_height - gap, ..area };
            // Faults come last, so that no neighbour covers a short one.
            for piece in row.iter().filter(|piece| !piece.paint.is_fault()) {
                draw_piece(canvas, strip, piece)?;
            }
            for piece in row.iter().filter(|piece| piece.paint.is_fault()) {
                draw_piece(canvas, strip, piece)?;
            }
        }
        Ok(())
    }

    fn detail(&self) -> String {
        let of = |kind: BarKind| self.bars.iter().filter(|bar| bar.kind == kind).count() as u64;
        let (faults, warmups) = (of(BarKind::Fault), of(BarKind::WarmUp));
        let mut detail = format!("n = {}", count(self.bars.len() as u64 - warmups));
        if faults > 0 {
            detail += &format!(", {}", counted(faults, "fault"));
        }
        if self.lanes > 0 {
            detail += &format!(", at most {} at once", count(self.lanes as u64));
        }
        detail
    }
}

/// The phases of a request that took any time, and at least the last of them.
fn pieces(bar: &TimelineBar, range: &Range) -> impl Iterator<Item = Piece<Phase>> {
    let first_token = bar.first_token.filter(|time| time.is_finite());
    let first_token = first_token.map_or(bar.sent, |time| time.clamp(bar.sent, bar.end));
    let phases = [
        (start(bar), bar.sent, Phase::Queued),
        (bar.sent, first_token, Phase::Waiting(bar.kind)),
        (first_token, bar.end, Phase::Generating(bar.kind)),
    ];
    let range = *range;
    phases
        .into_iter()
        .filter(|(from, to, paint)| from < to || matches!(paint, Phase::Generating(_)))
        .map(move |(from, to, paint)| Piece { from: range.unit(from), to: range.unit(to), paint })
}

/// The end of a request keeps a hair's breadth from the next one.
fn draw_piece(canvas: &mut Canvas<'_>, strip: Area, piece: &Piece<Phase>) -> Result<(), ChartError> {
    let left = strip.left + piece.from * strip.width();
    let top = if piece.paint == Phase::FaultWithin { strip.center().1 } else { strip.top };
    let mut wide = (piece.to - piece.from) * strip.width();
    if wide > 3.0 && matches!(piece.paint, Phase::Generating(_)) {
        wide -= 0.6;
    }
    canvas.rectangle(Area { left, top, right: left + wide.max(NARROWEST), ..strip }, piece.paint.color())
}

/// An entry of the legend, at this distance from the left.
struct Swatch {
    left: f64,
    phases: Vec<Phase>,
    text: &'static str,
}

impl Swatch {
    fn draw(&self, canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
        let left = area.left + self.left;
        let baseline = area.top + SMALL;
        let wide = SWATCH / self.phases.len().max(1) as f64;
        for (index, phase) in self.phases.iter().enumerate() {
            let left = left + index as f64 * wide;
            let box_area = Area { left, top: baseline - 9.5, right: left + wide, bottom: baseline + 1.0 };
            canvas.rectangle(box_area, phase.color())?;
        }
        canvas.text(self.text, (left + SWATCH + 7.0, baseline), TextStyle::new(SMALL, MUTED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: Range = Range { low: 0.0, high: 10.0, log: false };

    fn bar(scheduled: f64, sent: f64, first_token: Option<f64>, end: f64) -> TimelineBar {
        TimelineBar { scheduled, sent, first_token, end, kind: BarKind::Answer }
    }

    fn group(bars: Vec<TimelineBar>) -> TimelineGroup {
        TimelineGroup { label: "m".into(), bars }
    }

    #[test]
    fn a_request_is_its_phases_one_after_the_other() {
        let piece = |from, to, paint| Piece { from, to, paint };
        let all: Vec<_> = pieces(&bar(1.0, 2.0, Some(4.0), 8.0), &RANGE).collect();
        let (waiting, generating) = (Phase::Waiting(BarKind::Answer), Phase::Generating(BarKind::Answer));
        assert_eq!(all, [piece(0.1, 0.2, Phase::Queued), piece(0.2, 0.4, waiting), piece(0.4, 0.8, generating)]);
        let odd: Vec<_> = pieces(&bar(3.0, 2.0, Some(f64::NAN), 2.0), &RANGE).collect();
        assert_eq!(odd, [piece(0.2, 0.2, generating)]);
    }

    #[test]
    fn many_requests_at_once_are_thinned_by_whole_lanes() {
        let flat = |index: u32| bar(0.0, 0.0, None, 1.0 + f64::from(index % 7));
        let chart = TimelineChart { groups: vec![group((0..5000).map(flat).collect())], ..TimelineChart::default() };
        let plan = Plan::of(&chart);
        assert_eq!((plan.bands[0].lanes, plan.bands[0].shown_lanes, plan.bands[0].shown_bars), (5000, 186, 186));
        assert!(
            plan.captions(&chart)
                .contains(&"186 of 5,000 lanes drawn, evenly spaced, with 186 of 5,000 requests.".into())
        );
    }

    #[test]
    fn many_requests_in_a_row_are_merged_and_no_fault_is_lost() {
        let kind = |index: u32| if index == 777 { BarKind::Fault } else { BarKind::Answer };
        let short = |index: u32| {
            let at = f64::from(index);
            TimelineBar { kind: kind(index), ..bar(at, at, Some(at + 0.5), at + 1.0) }
        };
        let chart = TimelineChart { groups: vec![group((0..50_000).map(short).collect())], ..TimelineChart::default() };
        let plan = Plan::of(&chart);
        let row = &plan.bands[0].rows[0];
        assert!(row.len() <= 1001, "{}", row.len());
        assert_eq!(row.iter().filter(|piece| piece.paint.is_fault()).count(), 1);
        assert!(timeline(&chart).unwrap().contains("Requests closer than 1 pixel are merged"));
    }
}
