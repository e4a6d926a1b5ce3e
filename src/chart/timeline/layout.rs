//! The layout of a run: its requests in lanes, thinned and merged to what the picture can show.

use super::phase::{Phase, pieces};
use super::server::{self, ServerLines};
use super::view::{LaneBar, ServerReading, TimelineAxis, TimelineBar, TimelineChart, TimelineGroup};
use crate::chart::axis::{Range, extent};
use crate::chart::lanes::{Piece, lane_limit, merge, row};
use crate::chart::text::label;

pub(super) const WIDE: f64 = 1000.0;
pub(super) const MOST_GROUPS: usize = 40;
/// More requests than this are thinned by whole lanes, down to `FEW_LANES` per group.
const MOST_BARS: usize = 2000;
const FEW_LANES: usize = 8;
/// More pieces than this are merged.
const MOST_PIECES: usize = 7000;
/// More steps of what servers said than this, in all groups, are merged.
const MOST_STEPS: f64 = 6000.0;
const LANES_HEIGHT: f64 = 560.0;
const LANES_HEIGHT_PER_GROUP: f64 = 22.0;
/// Least height of the lanes of a group; groups without it go to another page.
const LEAST_HEIGHT_PER_GROUP: f64 = 18.0;
const THINNEST: f64 = 3.0;
const THICKEST: f64 = 13.0;
/// Height of a group's caption, and the space below its lanes.
pub(super) const WORDS: f64 = 20.0;
const GROUP_GAP: f64 = 9.0;

/// The part of the chart that is drawn.
pub(super) struct TimelineLayout {
    pub(super) range: Option<Range>,
    pub(super) bands: Vec<Band>,
    pub(super) row_height: f64,
    /// True if the groups ran one after another, so that each is drawn from its own start.
    pub(super) is_aligned: bool,
    /// Width that pieces were merged to, in shares of the plot.
    pub(super) merged: Option<f64>,
}

/// The drawable requests of a group in lanes, some of which have a row in the picture.
pub(super) struct Band {
    pub(super) label: String,
    in_lanes: Vec<LaneBar>,
    pub(super) hidden: usize,
    /// When it began, if its times count from there.
    pub(super) began: Option<f64>,
    pub(super) lanes: usize,
    pub(super) shown_lanes: usize,
    pub(super) shown_bars: usize,
    /// Pieces of each row, from 0 to 1 along the range.
    pub(super) rows: Vec<Vec<Piece<Phase>>>,
    readings: Vec<ServerReading>,
    /// What the server said meanwhile.
    pub(super) server: Option<ServerLines>,
}

impl TimelineLayout {
    /// `room` is the height that groups may take.
    pub(super) fn of(chart: &TimelineChart, room: f64) -> Self {
        let (mut bands, is_aligned) = bands(chart.groups.iter(), chart.axis.map(|axis| axis.is_aligned));
        let high = lanes_height(&bands, room);
        let limit = shown_lanes(&bands, high);
        for band in &mut bands {
            band.shown_lanes = band.lanes.min(limit);
        }
        let rows: usize = bands.iter().map(|band| band.shown_lanes).sum();
        let row_height = (high / rows.max(1) as f64).clamp(THINNEST, THICKEST);
        let shared = chart.axis.map(|axis| Range { low: axis.span.0, high: axis.span.1, log: false });
        let range = shared.or_else(|| range(&bands));
        let mut plan = Self { range, bands, row_height, is_aligned, merged: None };
        if let Some(range) = range {
            let steps = (MOST_STEPS / plan.bands.len().max(1) as f64).min(WIDE);
            plan.bands.iter_mut().for_each(|band| band.fill(&range, steps));
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

    pub(super) fn height(&self) -> f64 {
        self.bands.iter().map(|band| band.height(self.row_height)).sum()
    }

    /// The time that half a pixel covers.
    pub(super) fn visible(&self) -> f64 {
        self.range.map_or(0.0, |range| (range.high - range.low) * 0.5 / WIDE)
    }
}

/// True if there are several groups with requests, and none began before the one before it had ended.
fn is_in_turn(bands: &[Band]) -> bool {
    let times = |band: &Band| extent(band.bars().flat_map(|bar| [bar.start(), bar.end]));
    let mut spans: Vec<(f64, f64)> = bands.iter().filter_map(times).collect();
    spans.sort_by(|one, other| one.0.total_cmp(&other.0));
    spans.len() > 1 && spans.windows(2).all(|pair| pair[0].1 <= pair[1].0)
}

/// The axis of all groups, which each page of them shares.
pub(in crate::chart) fn axis<'g>(groups: impl Iterator<Item = &'g TimelineGroup>) -> Option<TimelineAxis> {
    let (bands, is_aligned) = bands(groups, None);
    range(&bands).map(|range| TimelineAxis { span: (range.low, range.high), is_aligned })
}

/// The bands of groups, each from its own start if they ran one after another, which those of other pages may have settled.
fn bands<'g>(groups: impl Iterator<Item = &'g TimelineGroup>, is_aligned: Option<bool>) -> (Vec<Band>, bool) {
    let mut bands: Vec<Band> = groups.take(MOST_GROUPS).map(Band::of).collect();
    let is_aligned = is_aligned.unwrap_or_else(|| is_in_turn(&bands));
    if is_aligned {
        bands.iter_mut().for_each(Band::start_at_zero);
    }
    (bands, is_aligned)
}

/// Height of all lanes, in a picture that has this room for groups.
fn lanes_height(bands: &[Band], room: f64) -> f64 {
    let usual = LANES_HEIGHT.max(bands.len() as f64 * LANES_HEIGHT_PER_GROUP);
    let others: f64 = bands.iter().map(|band| Band::height_around(!band.readings.is_empty())).sum();
    usual.min((room - others).max(bands.len() as f64 * LEAST_HEIGHT_PER_GROUP))
}

/// The most lanes that any band may show, for the height of the picture and the number of bars.
fn shown_lanes(bands: &[Band], high: f64) -> usize {
    let lanes: Vec<usize> = bands.iter().map(|band| band.lanes).collect();
    let bars = |limit: usize| -> f64 {
        let share = |band: &Band| band.lanes.min(limit) as f64 / band.lanes.max(1) as f64;
        bands.iter().map(|band| band.count() as f64 * share(band)).sum()
    };
    let mut limit = lane_limit(&lanes, (high / THINNEST) as usize);
    while limit > FEW_LANES && bars(limit) > MOST_BARS as f64 {
        limit -= 1;
    }
    limit
}

fn range(bands: &[Band]) -> Option<Range> {
    let times = || bands.iter().flat_map(Band::bars).flat_map(|bar| [bar.start(), bar.end]);
    let (low, _) = extent(times())?;
    if low < 0.0 { Range::around(times(), false) } else { Some(Range::from_zero(times())) }
}

impl Band {
    fn of(group: &TimelineGroup) -> Self {
        let in_lanes = group.in_lanes();
        let lanes = in_lanes.iter().map(|placed| placed.lane + 1).max().unwrap_or(0);
        let hidden = group.bars.len() - in_lanes.len();
        Self {
            label: label(&group.label),
            in_lanes,
            hidden,
            began: None,
            lanes,
            shown_lanes: lanes,
            shown_bars: 0,
            rows: Vec::new(),
            readings: group.readings.clone(),
            server: None,
        }
    }

    /// Its requests, by their start.
    pub(super) fn bars(&self) -> impl Iterator<Item = &TimelineBar> {
        self.in_lanes.iter().map(|placed| &placed.bar)
    }

    /// How many requests it has.
    pub(super) fn count(&self) -> usize {
        self.in_lanes.len()
    }

    /// Lets its times count from its first request.
    fn start_at_zero(&mut self) {
        let began = extent(self.bars().map(TimelineBar::start)).map_or(0.0, |(low, _)| low);
        for bar in self.in_lanes.iter_mut().map(|placed| &mut placed.bar) {
            bar.scheduled -= began;
            bar.sent -= began;
            bar.end -= began;
            bar.first_token = bar.first_token.map(|time| time - began);
        }
        self.readings.iter_mut().for_each(|reading| reading.at -= began);
        self.began = Some(began);
    }

    fn fill(&mut self, range: &Range, steps: f64) {
        self.rows = vec![Vec::new(); self.shown_lanes];
        self.server = ServerLines::of(&self.readings, range, steps);
        for LaneBar { bar, lane } in &self.in_lanes {
            if let Some(row) = row(*lane, self.lanes, self.shown_lanes) {
                self.rows[row].extend(pieces(bar, range));
                self.shown_bars += 1;
            }
        }
    }

    /// Height of what stands around its lanes.
    fn height_around(has_server: bool) -> f64 {
        WORDS + if has_server { server::HEIGHT } else { 0.0 } + GROUP_GAP
    }

    pub(super) fn height(&self, row_height: f64) -> f64 {
        Self::height_around(self.server.is_some()) + self.shown_lanes as f64 * row_height
    }
}
