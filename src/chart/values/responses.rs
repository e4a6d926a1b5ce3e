//! Values of charts with a mark per response: scatter, distributions, timeline, reliability.

use serde_json::{Value, json};

use super::marks::{HIGH, WIDE, color, colors, hex, number, reference, share};
use super::table::{Cell, Table, column};
use crate::chart::axis::is_drawable;
use crate::chart::ecdf::{LEVELS, line_colors, sorted};
use crate::chart::scatter::{Trend, trend_names, trends};
use crate::chart::timeline::{LaneBar, kind_color, waiting_color};
use crate::chart::{BarKind, EcdfChart, ReliabilityChart, ScatterChart, TimelineChart};

pub(super) fn scatter(chart: &ScatterChart) -> (Table, Value) {
    let (x, y) = (column(&chart.x_label, "x"), column(&chart.y_label, "y"));
    let mut table = Table::new(["model", &x, &y]);
    for series in &chart.series {
        let shown = series.points.iter().filter(|(x, y)| is_drawable(*x, chart.log_x) && is_drawable(*y, chart.log_y));
        table.rows.extend(shown.map(|(x, y)| vec![(&series.label).into(), (*x).into(), (*y).into()]));
    }
    let encoding = json!({
        "x": number(&x, &chart.x_label, chart.log_x),
        "y": number(&y, &chart.y_label, chart.log_y),
        "color": color(&chart.frame, chart.series.iter().map(|series| &series.label)),
    });
    let (first, second) = trend_names(chart);
    let trends = trends(chart);
    let lines = |points: for<'t, 'c> fn(&'t Trend<'c>) -> &'t Vec<(f64, f64)>, name: &str| {
        let point =
            |trend: &Trend, (at, value): &(f64, f64)| json!({ "model": trend.label, &x: at, &y: value, "line": name });
        let values: Vec<Value> =
            trends.iter().flat_map(|trend| points(trend).iter().map(move |place| point(trend, place))).collect();
        let scale = json!({ "domain": [first, second], "range": [[1, 0], [6, 4]] });
        json!({
            "data": { "values": values },
            "mark": "line",
            "encoding": { "strokeDash": { "field": "line", "type": "nominal", "title": null, "scale": scale } },
        })
    };
    let points = json!({ "mark": { "type": "point", "opacity": 0.6 } });
    let layer = [points, lines(|trend| &trend.first, first), lines(|trend| &trend.second, second)];
    let layer: Vec<Value> = layer.into_iter().take(if trends.is_empty() { 1 } else { 3 }).collect();
    (table, json!({ "width": WIDE, "height": HIGH, "encoding": encoding, "layer": layer }))
}

pub(super) fn ecdf(chart: &EcdfChart) -> (Table, Value) {
    let x = column(&chart.x_label, "latency_s");
    let (panel, line) = if chart.is_ordered { ("model", "level") } else { ("dataset", "model") };
    let has_panels = chart.panels.iter().any(|panel| !panel.label.is_empty());
    let mut table = Table::new(has_panels.then_some(panel).into_iter().chain([line, &x, "share"]));
    for (panel, series) in chart.panels.iter().flat_map(|panel| panel.series.iter().map(move |series| (panel, series)))
    {
        let (values, total) = sorted(series, chart.log_x);
        let step = |(place, value): (usize, f64)| {
            let panel = has_panels.then(|| (&panel.label).into());
            let point = [(&series.label).into(), value.into(), ((place + 1) as f64 / total as f64).into()];
            panel.into_iter().chain(point).collect()
        };
        table.rows.extend(values.into_iter().enumerate().map(step));
    }
    let encoding = json!({
        "x": number(&x, &chart.x_label, chart.log_x),
        "y": share("share", "Share of responses"),
        "color": colors(line, line_colors(chart)),
    });
    let curve = json!({ "mark": { "type": "line", "interpolate": "step-after" }, "encoding": encoding });
    let most = chart.panels.iter().flat_map(|panel| &panel.series).map(|series| sorted(series, chart.log_x).1).max();
    let levels = LEVELS.into_iter().filter(|(_, least, _)| most.is_some_and(|most| most >= *least));
    let levels = levels.map(|(level, ..)| reference("y", level));
    let layer: Vec<Value> = levels.chain([curve]).collect();
    let spec = json!({ "width": WIDE, "height": HIGH, "layer": layer });
    let facet = json!({ "field": panel, "type": "nominal", "title": null, "sort": null });
    (table, if has_panels { json!({ "facet": facet, "columns": 1, "spec": spec }) } else { spec })
}

const KINDS: [(BarKind, &str); 4] =
    [(BarKind::Answer, "answer"), (BarKind::WarmUp, "warm-up"), (BarKind::Cold, "cold"), (BarKind::Fault, "fault")];

pub(super) fn timeline(chart: &TimelineChart) -> (Table, Value) {
    let mut table = Table::new(["model", "lane", "kind", "due_s", "sent_s", "first_token_s", "end_s"]);
    for group in &chart.groups {
        table.rows.extend(group.in_lanes().into_iter().map(|LaneBar { bar, lane }| {
            let kind = KINDS.iter().find(|(kind, _)| *kind == bar.kind).map_or("", |(_, word)| word);
            let [due, sent, end] = [bar.scheduled, bar.sent, bar.end].map(Cell::from);
            vec![(&group.label).into(), (lane as u64).into(), kind.into(), due, sent, bar.first_token.into(), end]
        }));
    }
    let colors = KINDS.map(|(kind, _)| hex(kind_color(kind)));
    let scale = json!({ "domain": KINDS.map(|(_, word)| word), "range": colors });
    let phase = |from: &str, to: &str, color: Value| {
        let scale = json!({ "nice": false });
        let x = json!({ "field": from, "type": "quantitative", "title": "Seconds since the start of the run", "scale": scale });
        let is_known = format!("isValid(datum.{from}) && isValid(datum.{to}) && datum.{from} < datum.{to}");
        json!({
            "mark": "bar",
            "transform": [{ "filter": is_known }],
            "encoding": { "x": x, "x2": { "field": to }, "color": color },
        })
    };
    let kind = json!({ "field": "kind", "type": "nominal", "title": null, "scale": scale });
    let waiting = KINDS
        .map(|(kind, word)| json!({ "test": format!("datum.kind == '{word}'"), "value": hex(waiting_color(kind)) }));
    // What waits for the first token is lighter, and lies over the bar of the whole request.
    let layer = [
        phase("due_s", "sent_s", json!({ "value": "#c4c4c4" })),
        phase("sent_s", "end_s", kind),
        phase("sent_s", "first_token_s", json!({ "condition": waiting, "value": "#c4c4c4" })),
    ];
    let lane = json!({ "field": "lane", "type": "ordinal", "title": null, "axis": null });
    let spec = json!({ "width": WIDE, "height": { "step": 8 }, "encoding": { "y": lane }, "layer": layer });
    let row =
        json!({ "field": "model", "type": "nominal", "title": null, "sort": null, "header": { "labelAngle": 0 } });
    let resolve = json!({ "scale": { "y": "independent" } });
    (table, json!({ "facet": { "row": row }, "spec": spec, "resolve": resolve }))
}

pub(super) fn reliability(chart: &ReliabilityChart) -> (Table, Value) {
    let mut table = Table::new(["model", "confidence", "accuracy", "accuracy_low", "accuracy_high", "n"]);
    for series in &chart.series {
        table.rows.extend(series.points.iter().map(|point| {
            let (low, high) = point.interval.unzip();
            let shares = [Some(point.confidence), Some(point.accuracy), low, high].map(Into::into);
            [(&series.label).into()].into_iter().chain(shares).chain([point.count.into()]).collect()
        }));
    }
    let encoding = json!({
        "x": share("confidence", "Confidence: probability of the chosen letter"),
        "y": share("accuracy", "Share of right answers"),
    });
    let color = color(&chart.frame, chart.series.iter().map(|series| &series.label));
    let corners = [0, 1].map(|end| json!({ "confidence": end, "accuracy": end }));
    let diagonal =
        json!({ "data": { "values": corners }, "mark": { "type": "line", "strokeDash": [5, 4], "color": "#606060" } });
    let size = json!({ "field": "n", "type": "quantitative", "title": "answers" });
    let layer = json!([
        diagonal,
        { "mark": "line", "encoding": { "color": color } },
        { "mark": "rule", "encoding": { "color": color, "y": share("accuracy_low", "Share of right answers"), "y2": { "field": "accuracy_high" } } },
        { "mark": { "type": "point", "filled": true }, "encoding": { "color": color, "size": size, "detail": { "field": "model" } } },
    ]);
    (table, json!({ "width": WIDE, "height": HIGH, "encoding": encoding, "layer": layer }))
}
