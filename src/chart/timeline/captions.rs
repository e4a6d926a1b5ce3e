//! The texts of a run: the figures beside the name of a group, and what is merged or left out.

use super::layout::{Band, MOST_GROUPS, TimelineLayout, WIDE};
use super::view::{BarKind, TimelineChart};
use crate::chart::number::{count, counted, measured};

impl TimelineLayout {
    pub(super) fn captions(&self, chart: &TimelineChart) -> Vec<String> {
        let sum = |count: fn(&Band) -> usize| self.bands.iter().map(count).sum::<usize>() as u64;
        let mut sentences = vec![chart.note.clone()];
        if self.is_aligned {
            sentences
                .push("They ran one after another; each is drawn from its own start, at the time at its right.".into());
        }
        if self.bands.iter().flat_map(Band::bars).any(|bar| bar.kind != BarKind::Fault && bar.first_token.is_none()) {
            sentences.push("A request without a first token has one colour from sending to end.".into());
        }
        let (lanes, shown) = (sum(|band| band.lanes), sum(|band| band.shown_lanes));
        if shown < lanes {
            sentences.push(format!(
                "{} of {} drawn, evenly spaced, with {} of {}.",
                count(shown),
                counted(lanes, "lane"),
                count(sum(|band| band.shown_bars)),
                counted(sum(Band::count), "request"),
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

impl Band {
    pub(super) fn detail(&self) -> String {
        let of = |kind: BarKind| self.bars().filter(|bar| bar.kind == kind).count() as u64;
        let (faults, warmups) = (of(BarKind::Fault), of(BarKind::WarmUp));
        let mut detail = format!("n = {}", count(self.count() as u64 - warmups));
        if faults > 0 {
            detail += &format!(", {}", counted(faults, "fault"));
        }
        if self.lanes > 0 {
            detail += &format!(", at most {} at once", count(self.lanes as u64));
        }
        match self.began {
            Some(began) if self.count() > 0 => format!("{detail}, from {} s", measured(began)),
            _ => detail,
        }
    }
}
