//! The values of a chart: a table of what it draws, and a Vega-Lite chart of that table.
//!
//! Both are made of the view that is drawn. Each kind of chart has a function that gives its table and the fields of
//! the table that Vega-Lite draws, so that names and values stand in one place.

mod heatmap;
mod load;
mod marks;
mod models;
mod panels;
mod responses;
mod table;
mod vega;

use serde_json::Value;

use super::{Frame, View};

pub use table::{Cell, Table};

/// What a chart draws, in a form that other programs read.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// The values, a row per mark.
    pub table: Table,
    frame: Frame,
    note: String,
    drawing: Value,
}

impl Values {
    /// The same with these columns alone, for a view that has no values of the others.
    pub fn only(mut self, columns: &[&str]) -> Self {
        self.table.keep(columns);
        self
    }

    /// The Vega-Lite chart, which holds the values.
    pub fn vega(&self) -> Value {
        let data = vega::inline(&self.table);
        vega::document(data, (&self.frame, &self.note), &self.drawing).into()
    }

    /// The Vega-Lite chart as text, a row of the table in a line. Many rows stay in the file `csv` of the table.
    pub fn vega_text(&self, csv: &str) -> String {
        let data = vega::source(&self.table, csv);
        vega::text(&vega::document(data, (&self.frame, &self.note), &self.drawing))
    }
}

impl View {
    /// The values that it draws.
    pub fn values(&self) -> Values {
        let (table, drawing) = self.table_and_drawing();
        let (frame, note) = self.texts();
        Values { table, frame: frame.clone(), note: note.to_owned(), drawing }
    }

    fn table_and_drawing(&self) -> (Table, Value) {
        match self {
            Self::Score(chart) => models::score(chart),
            Self::Durations(chart) => models::durations(chart),
            Self::Tradeoff(chart) => models::tradeoff(chart),
            Self::Forest(chart) => models::forest(chart),
            Self::Stacked(chart) => models::stacked(chart),
            Self::Scatter(chart) => responses::scatter(chart),
            Self::Ecdf(chart) => responses::ecdf(chart),
            Self::Timeline(chart) => responses::timeline(chart),
            Self::Reliability(chart) => responses::reliability(chart),
            Self::Heatmap(chart) => heatmap::heatmap(chart),
            Self::LoadCurve(chart) => load::load_curve(chart),
            Self::History(chart) => load::history(chart),
            Self::Panels(chart) => panels::panels(chart),
        }
    }
}
