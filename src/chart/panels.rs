//! Small multiples: one chart of each part of the answers, one below the other, on axes that they share.

use super::ChartError;
use super::canvas::{embed, paint, size_of};
use super::frame::Frame;
use super::number::counted;
use super::shared::align;
use super::sheet::{Heading, draw_nothing};
use super::view::{Panel, PanelsChart, View};

/// More panels than this would make a picture that nobody reads.
const MOST_PANELS: usize = 9;
const WIDE: f64 = 900.0;
const GAP: f64 = 6.0;

impl Panel {
    /// The sentences of its caption.
    fn sentences(&self) -> Vec<String> {
        let captions = self.view.captions().join(" ");
        captions.split_inclusive(". ").map(|said| said.trim().to_owned()).filter(|said| !said.is_empty()).collect()
    }
}

impl PanelsChart {
    /// Puts charts of one kind together, on axes that they share. What stands around the first stands around them all.
    pub fn new(part: &str, panels: impl IntoIterator<Item = (String, View)>) -> Self {
        let (labels, mut views): (Vec<String>, Vec<View>) = panels.into_iter().unzip();
        align(&mut views);
        let frame = views.first().map(|view| view.texts().0.clone()).unwrap_or_default();
        let panels = labels.into_iter().zip(views).map(|(label, view)| Panel { label, view }).collect();
        Self { frame, part: part.to_owned(), panels, note: String::new() }
    }

    /// The sentences that all panels say.
    fn common_sentences(&self) -> Vec<String> {
        let said: Vec<Vec<String>> = self.shown().iter().map(Panel::sentences).collect();
        let is_common = |sentence: &&String| said.iter().all(|captions| captions.contains(sentence));
        said.first().into_iter().flatten().filter(is_common).cloned().collect()
    }

    fn shown(&self) -> &[Panel] {
        &self.panels[..self.panels.len().min(MOST_PANELS)]
    }

    fn unlisted(&self) -> String {
        match (self.panels.len() - self.shown().len()) as u64 {
            0 => String::new(),
            more => format!("{} not shown.", counted(more, &format!("more {}", self.part))),
        }
    }
}

/// What draws the view of a panel.
type Draw<'d> = &'d dyn Fn(&View) -> Result<String, ChartError>;

/// Draws the panels below one another; what all their captions say stands once, below the last.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub(super) fn panels(chart: &PanelsChart, draw_view: Draw<'_>) -> Result<String, ChartError> {
    let common = chart.common_sentences();
    let captions: Vec<String> = common.iter().cloned().chain([chart.note.clone(), chart.unlisted()]).collect();
    let around = Heading::new(chart.frame.width(WIDE), &chart.frame, &captions).height();
    let room = (chart.frame.most_height() - around) / chart.shown().len().max(1) as f64 - GAP;
    let own = |panel: &Panel| panel.sentences().into_iter().filter(|said| !common.contains(said)).collect();
    let drawn = chart.shown().iter().map(|panel| draw(chart, (panel, draw_view), (own(panel), room)));
    let drawn = drawn.collect::<Result<Vec<String>, _>>()?;
    let sizes: Vec<(f64, f64)> = drawn.iter().map(|svg| size_of(svg)).collect();
    let widest = sizes.iter().map(|size| size.0).fold(chart.frame.width(WIDE), f64::max);
    let heading = Heading::new(widest, &chart.frame, &captions);
    let needed: f64 = sizes.iter().map(|size| size.1 + GAP).sum();
    let size = (widest, (heading.height() + needed.max(200.0)).round());
    let mut top = size.1;
    let mut picture = paint(size, heading.sign(), |canvas| {
        let area = heading.draw(canvas, size)?;
        top = area.top;
        if drawn.is_empty() { draw_nothing(canvas, area) } else { Ok(()) }
    })?;
    for (svg, size) in drawn.iter().zip(sizes) {
        embed(&mut picture, (0.0, top), svg);
        top += size.1 + GAP;
    }
    Ok(picture)
}

/// A panel as a picture of its own, which should not be higher than its room. The size of the whole is shared out.
fn draw(
    chart: &PanelsChart,
    (panel, draw_view): (&Panel, Draw<'_>),
    (captions, room): (Vec<String>, f64),
) -> Result<String, ChartError> {
    let whole = &chart.frame;
    let size = whole.size.map(|(width, _)| (width, room * whole.medium.scale()));
    let frame = Frame {
        title: panel.label.clone(),
        medium: whole.medium,
        size,
        most_height: room.is_finite().then_some(room),
        looks: whole.looks.clone(),
        panel: Some(captions),
        ..Frame::default()
    };
    draw_view(&panel.view.with_frame(frame))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{DurationBars, DurationsChart, Medium, ScatterChart, ScatterSeries, pdf, png};

    fn drawn(chart: PanelsChart) -> String {
        View::Panels(chart).draw().unwrap()
    }

    fn view(points: &[(f64, f64)], note: &str) -> View {
        let series = ScatterSeries { label: "m".into(), points: points.to_vec(), line: None };
        View::Scatter(ScatterChart { series: vec![series], note: note.into(), ..ScatterChart::default() })
    }

    #[test]
    fn panels_share_their_axes_and_say_once_what_all_say() {
        let parts = [("one <b>", view(&[(1.0, 1.0)], "Both.")), ("two", view(&[(2.0, 700.0)], "Both."))];
        let chart = PanelsChart::new("dataset", parts.map(|(label, view)| (label.to_owned(), view)));
        let svg = drawn(chart);
        assert_eq!(svg.matches("Both.").count(), 1);
        assert_eq!(svg.matches("\n600\n").count(), 2, "{svg}");
        assert!(svg.contains("one &lt;b&gt;") && !svg.contains("<b>"));
        assert!(png(&svg, 1.0).is_ok() && pdf(&svg, "x").is_ok());
    }

    #[test]
    fn panels_of_fewer_parts_keep_the_scale_of_the_others() {
        let part = |count: usize| {
            let bars = DurationBars {
                label: "m".into(),
                values: vec![Some(0.5); count],
                spread: vec![None; count],
                n: vec![9; count],
            };
            let series = (0..count).map(|part| format!("part {part}")).collect();
            View::Durations(DurationsChart {
                series,
                groups: vec![bars; 7],
                is_share: true,
                ..DurationsChart::default()
            })
        };
        for medium in [Medium::Screen, Medium::Paper, Medium::Slide] {
            let parts = [("d".to_owned(), part(3)), ("e".to_owned(), part(2))];
            let mut chart = PanelsChart::new("dataset", parts);
            chart.frame.medium = medium;
            let svg = drawn(chart);
            let place = |(at, _)| svg[..at].rsplit("<text x=\"").next().and_then(|text| text.split('"').next());
            let places: Vec<Option<&str>> = svg.match_indices("\npart 1\n").map(place).collect();
            assert!(places.len() == 2 && places[0].is_some() && places[0] == places[1], "{medium:?}: {places:?}");
        }
    }

    #[test]
    fn many_panels_are_counted_and_none_is_no_fault() {
        let parts = (0..20).map(|part| (part.to_string(), view(&[(1.0, 1.0)], "")));
        assert!(drawn(PanelsChart::new("dataset", parts)).contains("11 more datasets not shown"));
        assert!(drawn(PanelsChart::new("dataset", [])).contains("no data"));
    }
}
