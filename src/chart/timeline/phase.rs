//! The phases of a request: how long each took, and its colour.

use plotters::style::RGBColor;

use super::view::{BarKind, TimelineBar};
use crate::chart::axis::Range;
use crate::chart::lanes::Piece;

/// A phase of a request; the time before it was sent has no kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Phase {
    Queued,
    Waiting(BarKind),
    Generating(BarKind),
    /// A fault too short to be drawn at its own length.
    FaultWithin,
}

/// The colour of a kind.
pub(in crate::chart) fn kind_color(kind: BarKind) -> RGBColor {
    Phase::Generating(kind).color()
}

/// The colour of a kind before its first token.
pub(in crate::chart) fn waiting_color(kind: BarKind) -> RGBColor {
    Phase::Waiting(kind).color()
}

impl Phase {
    pub(super) fn is_fault(self) -> bool {
        matches!(self, Self::Waiting(BarKind::Fault) | Self::Generating(BarKind::Fault) | Self::FaultWithin)
    }

    pub(super) fn reduced(self) -> Option<Self> {
        self.is_fault().then_some(Self::FaultWithin)
    }

    /// The kind selects the hue; waiting is its lighter shade.
    pub(super) fn color(self) -> RGBColor {
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

/// The phases of a request that took any time, and at least the last of them.
pub(super) fn pieces(bar: &TimelineBar, range: &Range) -> impl Iterator<Item = Piece<Phase>> {
    let first_token = bar.first_token.filter(|time| time.is_finite());
    let first_token = first_token.map_or(bar.sent, |time| time.clamp(bar.sent, bar.end));
    let phases = [
        (bar.start(), bar.sent, Phase::Queued),
        (bar.sent, first_token, Phase::Waiting(bar.kind)),
        (first_token, bar.end, Phase::Generating(bar.kind)),
    ];
    let range = *range;
    phases
        .into_iter()
        .filter(|(from, to, paint)| from < to || matches!(paint, Phase::Generating(_)))
        .map(move |(from, to, paint)| Piece { from: range.unit(from), to: range.unit(to), paint })
}
