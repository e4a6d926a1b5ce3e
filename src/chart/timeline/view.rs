//! The view of a run over time: the requests of each model at each level, and the texts around them.

use crate::chart::axis::is_drawable;
use crate::chart::frame::Frame;
use crate::chart::lanes::pack;

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
    /// Output tokens, where they were counted.
    pub tokens: Option<u32>,
}

impl TimelineBar {
    /// True if it has a place in the picture.
    fn is_sound(&self) -> bool {
        [self.scheduled, self.sent, self.end].into_iter().all(|time| is_drawable(time, false)) && self.end >= self.sent
    }

    /// When its bar starts.
    pub(in crate::chart) fn start(&self) -> f64 {
        self.scheduled.min(self.sent)
    }
}

/// What a server said at one moment, in seconds since the start of the run.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ServerReading {
    /// When it said so.
    pub at: f64,
    /// Requests that it worked on.
    pub running: Option<f64>,
    /// Requests that waited in its queue.
    pub waiting: Option<f64>,
}

/// The requests of one model at one level.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimelineGroup {
    /// Name of the model and the level.
    pub label: String,
    /// Its requests, in any order.
    pub bars: Vec<TimelineBar>,
    /// What its server said meanwhile, in their order.
    pub readings: Vec<ServerReading>,
}

impl TimelineGroup {
    /// The requests that have a place in the picture, by their start, and the lane of each.
    pub(in crate::chart) fn in_lanes(&self) -> Vec<LaneBar> {
        let mut bars: Vec<TimelineBar> = self.bars.iter().filter(|bar| bar.is_sound()).copied().collect();
        bars.sort_by(|one, other| one.start().total_cmp(&other.start()).then(one.end.total_cmp(&other.end)));
        let lanes = pack(&bars.iter().map(|bar| (bar.start(), bar.end)).collect::<Vec<_>>());
        bars.into_iter().zip(lanes).map(|(bar, lane)| LaneBar { bar, lane }).collect()
    }
}

/// A request in its lane.
#[derive(Debug, Clone, Copy)]
pub(in crate::chart) struct LaneBar {
    /// The request.
    pub(in crate::chart) bar: TimelineBar,
    /// Its lane, from 0.
    pub(in crate::chart) lane: usize,
}

/// The time that a picture spans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimelineAxis {
    /// Where it begins and ends, in seconds.
    pub span: (f64, f64),
    /// True if the groups ran one after another, so that each is drawn from its own start.
    pub is_aligned: bool,
}

/// A run over time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TimelineChart {
    /// What stands around it.
    pub frame: Frame,
    /// One group per model and level, in the order of the run.
    pub groups: Vec<TimelineGroup>,
    /// The axis of all pages, if its groups are a page of several.
    pub axis: Option<TimelineAxis>,
    /// Sentences for the caption.
    pub note: String,
}
