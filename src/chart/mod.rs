//! Charts: pure functions from plain view structs to SVG text, and from SVG text to a PNG.
//!
//! plotters writes the SVG and resvg paints exactly that SVG, both with embedded faces, so
//! a chart is the same, byte for byte, on every machine; only letters that the embedded faces lack, such as
//! Chinese ones, come from fonts of the machine. A chart never fails over its data: values
//! that cannot be drawn are left out and counted in the caption, labels are cleaned and shortened,
//! and a chart without data is a frame with the text "no data".
//!
//! A model is identified by its index in its list: the same index has the same colour and the
//! same marker in every chart, so callers pass models in one order everywhere.

mod axis;
mod bins;
mod canvas;
mod colormap;
mod draw;
mod durations;
mod ecdf;
mod font;
mod forest;
mod frame;
mod heatmap;
mod history;
mod lanes;
mod legend;
mod load_curve;
mod number;
mod pages;
mod panels;
mod pdf;
mod png;
mod reliability;
mod rows;
mod runs;
mod scatter;
mod score;
mod shared;
mod sheet;
mod stacked;
mod text;
mod theme;
mod timeline;
mod tradeoff;
mod tree;
mod trend;
mod values;
mod view;

#[cfg(test)]
mod golden_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod page_tests;

pub use bins::{bin_edges, bin_index, bin_names, resolved_range};
pub use durations::{DurationBars, DurationsChart, durations};
pub use ecdf::{EcdfChart, EcdfPanel, EcdfSeries};
pub use font::{unknown_letters, with_fonts};
pub use forest::{ForestChart, ForestRow, forest};
pub use frame::{Frame, Medium};
pub use heatmap::{Heatmap, HeatmapCell, HeatmapPanel};
pub use history::{HistoryChart, HistoryPoint, HistorySeries};
pub use lanes::pack;
pub use load_curve::{LoadCurveChart, LoadPoint, LoadSeries};
pub use number::{count, counted};
pub use pages::pages;
pub use pdf::pdf;
pub use png::png;
pub use reliability::{ReliabilityChart, ReliabilityPoint, ReliabilitySeries, reliability};
pub use scatter::{ScatterChart, ScatterLine, ScatterSeries, scatter};
pub use score::{ScoreBar, ScoreChart, score};
pub use stacked::{StackedBar, StackedChart, stacked};
pub use theme::Look;
pub use timeline::{BarKind, ServerReading, TimelineBar, TimelineChart, TimelineGroup, timeline};
pub use tradeoff::{TradeoffChart, TradeoffPoint, tradeoff};
pub use values::{Cell, Table, Values};
pub use view::{PanelsChart, View};

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The drawing library refused an element.
    #[error("could not draw the chart: {0}")]
    Draw(String),
    /// The SVG text is not a picture.
    #[error("could not read the SVG of the chart: {0}")]
    Svg(String),
    /// An embedded face cannot be read.
    #[error("could not read a face: {0}")]
    Font(String),
    /// The size is zero or too large.
    #[error("a chart of {width} x {height} pixels cannot be painted; choose another scale")]
    Size {
        /// Wanted width in pixels.
        width: f32,
        /// Wanted height in pixels.
        height: f32,
    },
    /// The PNG encoder failed.
    #[error("could not encode the chart as PNG: {0}")]
    Encode(String),
}
