//! The view of distributions: how long the responses of each line took, in panels.

use crate::chart::frame::Frame;

/// The durations of one line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EcdfSeries {
    /// Name of the line: of the model, or of the level where lines are ordered. It looks the same in every panel.
    pub label: String,
    /// One duration per response in seconds, in any order.
    pub values: Vec<f64>,
    /// Responses that failed; they count as slower than every value.
    pub failed: u64,
}

/// Lines that stand in one plot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EcdfPanel {
    /// What stands above it: the model where lines are ordered, else the dataset where there are several.
    pub label: String,
    /// Its lines. More than six are spread over several plots.
    pub series: Vec<EcdfSeries>,
}

/// Empirical distribution functions of durations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EcdfChart {
    /// What stands around it.
    pub frame: Frame,
    /// Label of the horizontal axis, with its unit.
    pub x_label: String,
    /// Logarithmic horizontal axis, which durations usually want.
    pub log_x: bool,
    /// True if lines are levels of a sweep in ascending order, which have colours from light to dark.
    pub is_ordered: bool,
    /// The panels, all on one axis.
    pub panels: Vec<EcdfPanel>,
    /// The panels of all pages, if these are a page of several: its axis has room for them, and lines look as among them.
    pub beside: Vec<EcdfPanel>,
    /// Sentences for the caption.
    pub note: String,
}
