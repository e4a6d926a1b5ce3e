//! Pages: a picture that is taller than its medium becomes several, on axes that they share.

use std::borrow::Cow;
use std::ops::Range;

use super::canvas::size_of;
use super::shared::align;
use super::theme::Look;
use super::view::{Panel, PanelsChart, View};
use super::{ChartError, DurationsChart, Frame};

/// A page, as it is drawn.
pub struct DrawnPage<'v> {
    /// What it shows.
    pub view: Cow<'v, View>,
    /// The picture.
    pub svg: String,
}

impl<'v> DrawnPage<'v> {
    fn of(view: Cow<'v, View>) -> Result<Self, ChartError> {
        Ok(Self { svg: view.draw()?, view })
    }

    fn height(&self) -> f64 {
        size_of(&self.svg).1
    }
}

/// The view itself if it fits its medium, else its parts in order, some of them on each page.
///
/// # Errors
///
/// Only when the drawing library fails; never over the data.
pub fn pages(view: &View) -> Result<Vec<DrawnPage<'_>>, ChartError> {
    let frame = view.texts().0;
    let (room, parts) = (frame.most_height(), view.parts());
    let whole = DrawnPage::of(Cow::Borrowed(view))?;
    let high = whole.height();
    // A size that is asked for is that of one picture.
    if parts < 2 || frame.size.is_some() || high <= room {
        return Ok(vec![whole]);
    }
    let mut count = ((high / room) as usize).clamp(2, parts);
    loop {
        // What has a page of its own cannot be split further.
        let room = if count == parts { f64::INFINITY } else { room };
        if let Some(pages) = fitting(view.split(count), room)? {
            return Ok(pages);
        }
        count = (count + count.div_ceil(4)).min(parts);
    }
}

/// Pages with these views, if none is higher than its room; the first one that is ends the search.
fn fitting(views: Vec<View>, room: f64) -> Result<Option<Vec<DrawnPage<'static>>>, ChartError> {
    let mut pages = Vec::with_capacity(views.len());
    for view in views {
        let page = DrawnPage::of(Cow::Owned(view))?;
        if page.height() > room {
            return Ok(None);
        }
        pages.push(page);
    }
    Ok(Some(pages))
}

impl View {
    /// How many parts there are that can stand on pages of their own.
    fn parts(&self) -> usize {
        match self {
            Self::Score(chart) => chart.bars.len(),
            Self::Durations(chart) => chart.series.len().max(1) * chart.groups.len(),
            Self::Stacked(chart) => chart.bars.len(),
            Self::Forest(chart) => chart.drawn().count(),
            Self::Heatmap(chart) => chart.parts(),
            Self::Ecdf(chart) => chart.plots(),
            Self::Timeline(chart) => chart.groups.len(),
            Self::Panels(chart) => {
                let largest = chart.panels.iter().map(|panel| panel.view.parts()).max();
                chart.panels.len() * largest.unwrap_or(0)
            }
            Self::Scatter(_) | Self::Tradeoff(_) | Self::Reliability(_) | Self::LoadCurve(_) | Self::History(_) => 1,
        }
    }

    /// At most this many views of about as many parts each, with what all of them share.
    fn split(&self, count: usize) -> Vec<Self> {
        let mut pages = match self {
            Self::Panels(chart) => self.split_panels(chart, count),
            view => {
                let mut pages = view.chunks(count);
                align(&mut pages);
                pages
            }
        };
        let count = pages.len();
        for (place, page) in pages.iter_mut().enumerate() {
            page.texts_mut().0.title = format!("{} ({} of {count})", self.title(), place + 1);
        }
        pages
    }

    /// Pages of several panels, of one, or of parts of one. Their axes are those of all panels already.
    fn split_panels(&self, chart: &PanelsChart, count: usize) -> Vec<Self> {
        let panels = &chart.panels;
        let each = panels.len().div_ceil(count).max(1);
        if each == 1 {
            let parts = (count / panels.len()).max(1);
            return panels.iter().flat_map(|panel| alone(chart, panel).chunks(parts)).collect();
        }
        panels
            .chunks(each)
            .map(|panels| Self::Panels(PanelsChart { panels: panels.to_vec(), ..chart.clone() }))
            .collect()
    }

    /// Its parts in this number of views.
    fn chunks(&self, count: usize) -> Vec<Self> {
        let parts = self.parts();
        if parts < 2 {
            return vec![self.clone()];
        }
        if let Self::Durations(chart) = self
            && chart.series.len() > 1
        {
            return self.split_durations(chart, count);
        }
        let each = parts.div_ceil(count).max(1);
        (0..parts).step_by(each).map(|first| self.chunk(&(first..(first + each).min(parts)))).collect()
    }

    /// Several durations of all models on a page, or one of some models.
    fn split_durations(&self, chart: &DurationsChart, count: usize) -> Vec<Self> {
        let series = chart.series.len();
        let each = series.div_ceil(count).max(1);
        let pages = (0..series).step_by(each).map(|first| {
            let mut page = chart.clone();
            page.keep(&(first..(first + each).min(series)));
            Self::Durations(page)
        });
        if each > 1 { pages.collect() } else { pages.flat_map(|page| page.chunks((count / series).max(1))).collect() }
    }

    /// These parts alone. A model keeps its colour and its shape.
    fn chunk(&self, range: &Range<usize>) -> Self {
        let mut page = self.clone();
        match &mut page {
            Self::Score(chart) => keep(&mut chart.bars, range),
            Self::Durations(chart) => keep(&mut chart.groups, range),
            Self::Stacked(chart) => keep(&mut chart.bars, range),
            Self::Forest(chart) => {
                chart.rows.retain(|row| !row.is_aside);
                keep(&mut chart.rows, range);
            }
            Self::Heatmap(chart) if chart.panels.len() > 1 => keep(&mut chart.panels, range),
            Self::Heatmap(chart) => chart.keep_rows(range),
            Self::Timeline(chart) => keep(&mut chart.groups, range),
            Self::Ecdf(chart) => chart.keep(range),
            _ => {}
        }
        if matches!(page, Self::Score(_) | Self::Durations(_) | Self::Stacked(_)) {
            let looks = &self.texts().0.looks;
            let look = |index: usize| looks.get(index).copied().unwrap_or(Look { model: index, level: 0, levels: 1 });
            page.texts_mut().0.looks = range.clone().map(look).collect();
        }
        page
    }
}

/// The chart of a panel under the title of all of them, with more room than in their midst.
fn alone(chart: &PanelsChart, panel: &Panel) -> View {
    let mut view = panel.view.with_frame(Frame { subtitle: panel.label.clone(), ..chart.frame.clone() });
    if !chart.note.is_empty() {
        let note = view.texts_mut().1;
        *note = format!("{note} {}", chart.note);
    }
    view
}

fn keep<T>(list: &mut Vec<T>, range: &Range<usize>) {
    list.truncate(range.end);
    list.drain(..range.start.min(list.len()));
}
