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
    let color = color(&chart.frame, chart.series.iter().map(|series| &series.label));
    let knee = json!({ "type": "point", "size": 320, "opacity": 1 });
    let knee = json!({
        "mark": knee,
        "transform": [{ "filter": "datum.is_knee == 1" }],
        "encoding": { "y": from_zero(&rate, &chart.throughput_label), "color": color },
    });
    let points = || chart.series.iter().flat_map(|series| &series.points);
    let plot = |fields: [(&str, &str); 2], others: Vec<Value>| {
        let names = fields.map(|(_, name)| name);
        let lines = fields.into_iter().flat_map(|(field, name)| line(field, (name, &names), &color));
        let x = number(&load, &chart.load_label, false);
        json!({ "width": WIDE, "encoding": { "x": x }, "layer": others.into_iter().chain(lines).collect::<Vec<_>>() })
    };
    let goodput = if points().any(|point| point.goodput.is_some()) { "goodput" } else { "" };
    let above = plot([(&rate, &chart.throughput_label), ("goodput", goodput)], vec![knee]);
    let whisker = interval("y", from_zero(&low, &chart.latency_label), &high, &color);
    let others = [whisker].into_iter().chain(chart.limit.map(|limit| reference("y", limit))).collect();
    let tail_name = if points().any(|point| point.tail.is_some()) {
        format!("{} latency", chart.tail_label)
    } else {
        String::new()
    };
    let below = plot([(&latency, &chart.latency_label), (&tail, &tail_name)], others);
    // Each plot names its own lines.
    let apart = json!({ "scale": { "strokeDash": "independent" } });
    (table, json!({ "vconcat": [above, below], "resolve": apart }))
}

/// A line with its points, hollow where the client was the limit; the second of two is dashed. Nothing without a name.
fn line(field: &str, (name, names): (&str, &[&str; 2]), color: &Value) -> Vec<Value> {
    if name.is_empty() {
        return Vec::new();
    }
    let is_second = names[1] == name;
    let known: Vec<&&str> = names.iter().filter(|name| !name.is_empty()).collect();
    let dashes = [[1, 0], [4, 3]];
    let scale = json!({ "domain": known, "range": dashes[..known.len()] });
    let y = from_zero(field, names[0]);
    let mut fill = color.clone();
    fill["condition"] = json!({ "test": "datum.client_limited == 1", "value": "white" });
    let size = if is_second { 25 } else { 60 };
    let dash = json!({ "field": "line", "type": "nominal", "title": null, "scale": scale });
    let named = json!([{ "calculate": json!(name).to_string(), "as": "line" }]);
    vec![
        json!({ "mark": "line", "transform": named, "encoding": { "y": y, "color": color, "strokeDash": dash } }),
        json!({ "mark": { "type": "point", "size": size, "opacity": 1 }, "encoding": { "y": y, "color": color, "fill": fill } }),
    ]
}

/// A quantity on an axis that begins at zero.
fn from_zero(field: &str, title: &str) -> Value {
    json!({ "field": field, "type": "quantitative", "title": title })
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
    let color = color(&chart.frame, chart.series.iter().map(|series| &series.label));
    let line = json!({ "type": "line", "point": true });
    let score = json!({ "mark": line, "encoding": { "y": share("score", "Mean score"), "color": color } });
    let rule = interval("y", share("low", "Mean score"), "high", &color);
    let run = json!({ "field": "run", "type": "ordinal", "title": "Run", "sort": null });
    (table, json!({ "width": WIDE, "height": HIGH, "encoding": { "x": run }, "layer": [rule, score] }))
}
