//! The legend of a run: a swatch for each phase that is in the picture.

use super::layout::{Band, TimelineLayout};
use super::phase::Phase;
use super::server;
use super::server::ServerLines;
use super::view::BarKind;
use plotters::style::RGBColor;

use crate::chart::ChartError;
use crate::chart::canvas::{Area, Canvas, TextStyle};
use crate::chart::text::width;
use crate::chart::theme::{MUTED, SMALL};

const SWATCH: f64 = 22.0;

/// An entry of the legend, at this distance from the left.
pub(super) struct Swatch {
    left: f64,
    colors: Vec<RGBColor>,
    text: &'static str,
}

impl Swatch {
    pub(super) fn draw(&self, canvas: &mut Canvas<'_>, area: Area) -> Result<(), ChartError> {
        let left = area.left + self.left;
        let baseline = area.top + SMALL;
        let wide = SWATCH / self.colors.len().max(1) as f64;
        for (index, color) in self.colors.iter().enumerate() {
            let left = left + index as f64 * wide;
            let box_area = Area { left, top: baseline - 9.5, right: left + wide, bottom: baseline + 1.0 };
            canvas.rectangle(box_area, *color)?;
        }
        canvas.text(self.text, (left + SWATCH + 7.0, baseline), TextStyle::new(SMALL, MUTED))
    }
}

impl TimelineLayout {
    pub(super) fn swatches(&self) -> Vec<Swatch> {
        let bars = || self.bands.iter().flat_map(Band::bars);
        let has = |kind: BarKind| bars().any(|bar| bar.kind == kind);
        let whole = |kind: BarKind| vec![Phase::Waiting(kind), Phase::Generating(kind)];
        let is_answered = has(BarKind::Answer);
        let is_streamed = bars().any(|bar| bar.kind == BarKind::Answer && bar.first_token.is_some());
        let lines = || self.bands.iter().filter_map(|band| band.server.as_ref()).map(ServerLines::has);
        let entries = [
            (bars().any(|bar| bar.sent - bar.scheduled > self.visible()), vec![Phase::Queued], "queued"),
            (is_streamed, vec![Phase::Waiting(BarKind::Answer)], "waiting for the first token"),
            (is_streamed, vec![Phase::Generating(BarKind::Answer)], "generating"),
            (is_answered && !is_streamed, vec![Phase::Generating(BarKind::Answer)], "answering"),
            (has(BarKind::WarmUp), whole(BarKind::WarmUp), "warm-up"),
            (has(BarKind::Cold), whole(BarKind::Cold), "cold"),
            (has(BarKind::Fault), whole(BarKind::Fault), "fault"),
        ];
        let colors = |phases: Vec<Phase>| phases.into_iter().map(Phase::color).collect();
        let entries = entries.map(|(is_present, phases, text)| (is_present, colors(phases), text));
        let of_server = [
            (lines().any(|(running, _)| running), vec![server::RUNNING], "running at the server"),
            (lines().any(|(_, waiting)| waiting), vec![server::WAITING], "waiting at the server"),
        ];
        let present = entries.into_iter().chain(of_server).filter(|(is_present, _, _)| *is_present);
        let mut left = 0.0;
        present
            .map(|(_, colors, text)| {
                let swatch = Swatch { left, colors, text };
                left += SWATCH + 7.0 + width(text, SMALL, false) + 24.0;
                swatch
            })
            .collect()
    }
}
