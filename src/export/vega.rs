//! A Vega-Lite 6 chart of the scores with their intervals; the data are in it.

use serde_json::{Value, json};

use super::summary::Model;

pub(super) fn value(models: &[Model]) -> Value {
    let scores = models.iter().filter_map(|model| {
        let score = model.score()?;
        let (low, high) = score.interval.unzip();
        Some(json!({ "model": model.name, "score": score.value, "low": low, "high": high }))
    });
    json!({
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "description": "Mean score of each model with its 95 % interval",
        "data": { "values": scores.collect::<Vec<_>>() },
        "encoding": { "y": { "field": "model", "type": "nominal", "sort": null, "title": null } },
        "layer": [
            {
                "mark": "rule",
                "transform": [{ "filter": "isValid(datum.low)" }],
                "encoding": {
                    "x": { "field": "low", "type": "quantitative", "title": "Mean score", "scale": { "domain": [0, 1] } },
                    "x2": { "field": "high" },
                },
            },
            {
                "mark": { "type": "point", "filled": true, "size": 60 },
                "encoding": { "x": { "field": "score", "type": "quantitative" } },
            },
        ],
    })
}
