//! The view of a heat map: panels of named rows and columns on one scale of colours.

use std::ops::Range;

use crate::chart::frame::Frame;

/// A cell with responses in it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HeatmapCell {
    /// Index of its column.
    pub x: usize,
    /// Index of its row, from below.
    pub y: usize,
    /// What the colour shows.
    pub value: f64,
    /// Responses behind the value.
    pub n: u64,
}

/// The cells of one model.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct HeatmapPanel {
    /// What stands above it; nothing where there is one panel.
    pub label: String,
    /// The place of the model among all, which gives its mark.
    pub model: usize,
    /// The cells that hold responses.
    pub cells: Vec<HeatmapCell>,
}

/// A measure over rows and columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heatmap {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the columns.
    pub x_label: String,
    /// Label of the rows.
    pub y_label: String,
    /// Label of the colour bar, with its unit.
    pub value_label: String,
    /// Names of the columns, from the left; see [`crate::chart::bin_names`].
    pub columns: Vec<String>,
    /// Names of the rows, from below.
    pub rows: Vec<String>,
    /// The panels, in the order of the models.
    pub panels: Vec<HeatmapPanel>,
    /// Ends of the colour range, the same for all panels; see [`crate::chart::resolved_range`]. Values outside
    /// take the colour of the end, which the colour bar marks.
    pub range: (f64, f64),
    /// Logarithmic colours.
    pub log_color: bool,
    /// True if values are shares of 1, which are written as percentages.
    pub is_share: bool,
    /// Sentences for the caption.
    pub note: String,
}

impl Heatmap {
    /// Number of its parts: panels, or the rows of a single one.
    pub(in crate::chart) fn parts(&self) -> usize {
        if self.panels.len() > 1 { self.panels.len() } else { self.rows.len() }
    }

    /// Keeps these rows, counted from above.
    pub(in crate::chart) fn keep_rows(&mut self, range: &Range<usize>) {
        let rows = self.rows.len() - range.end..self.rows.len() - range.start;
        self.rows = self.rows[rows.clone()].to_vec();
        for panel in &mut self.panels {
            panel.cells.retain(|cell| rows.contains(&cell.y));
            panel.cells.iter_mut().for_each(|cell| cell.y -= rows.start);
        }
    }
}
