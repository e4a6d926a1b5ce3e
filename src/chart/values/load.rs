//! Values of charts with a line per model: load curves, and scores from run to run.

use serde_json::{Value, json};

use super::marks::{HIGH, WIDE, color, interval, number, reference, share};
use super::table::{Cell, Table, column, ends};
use crate::chart::{HistoryChart, LoadCurveChart};

pub(super) fn load_curve(chart: &LoadCurveChart) -> (Table, Value) {
    let load = column(&chart.load_label, "load");
    let (rate, latency) = (column(&chart.throughput_label, "throughput"), column(&chart.latency_label, "latency_s"));
    let (low, high) = (format!("{latency}_low"), format!("{latency}_high"));
    let tail = format!("{}_latency_s", column(&chart.tail_label, "tail"));
    let columns = ["model", &load, &rate, "goodput", &latency, &low, &high, &tail, "client_limited", "is_knee"];
    let mut table = Table::new(columns);
    for series in &chart.series {
        table.rows.extend(series.points.iter().enumerate().map(|(place, point)| {
            let mut row = vec![Cell::from(&series.label), point.load.into()];
            row.extend([point.throughput, point.goodput, point.latency].map(Cell::from));
            row.extend(ends(point.latency_interval));
            row.extend([point.tail.into(), point.client_limited.into(), (series.knee == Some(place)).into()]);
            row
        }));
    }
    let color = color(chart.series.iter().map(|series| &series.label));
    let plot = |field: &str, title: &str| {
        let mark = json!({ "type": "line", "point": true });
        json!({ "mark": mark, "encoding": { "y": number(field, title, false), "color": color } })
    };
    let x = number(&load, &chart.load_label, false);
    let mut above = plot(&rate, &chart.throughput_label);
    above["width"] = WIDE.into();
    above["encoding"]["x"] = x.clone();
    let mut layer = vec![
        plot(&latency, &chart.latency_label),
        interval("y", number(&low, &chart.latency_label, false), &high, &color),
    ];
    layer.extend(chart.limit.map(|limit| reference("y", limit)));
    let below = json!({ "width": WIDE, "encoding": { "x": x }, "layer": layer });
    (table, json!({ "vconcat": [above, below] }))
}

pub(super) fn history(chart: &HistoryChart) -> (Table, Value) {
    let mut table = Table::new(["run", "model", "score", "low", "high"]);
    for series in &chart.series {
        table.rows.extend(chart.runs.iter().zip(&series.points).filter_map(|(run, point)| {
            let point = point.as_ref()?;
            let [low, high] = ends(Some((point.low, point.high)));
            Some(vec![run.into(), (&series.label).into(), point.value.into(), low, high])
        }));
    }
    let color = color(chart.series.iter().map(|series| &series.label));
    let line = json!({ "type": "line", "point": true });
    let score = json!({ "mark": line, "encoding": { "y": share("score", "Mean score"), "color": color } });
    let rule = interval("y", share("low", "Mean score"), "high", &color);
    let run = json!({ "field": "run", "type": "ordinal", "title": "Run", "sort": null });
    (table, json!({ "width": WIDE, "height": HIGH, "encoding": { "x": run }, "layer": [rule, score] }))
}
