//! github-action-benchmark for `customSmallerIsBetter`: a file has one direction, so the score stands as its complement.

use serde_json::{Value, json};

use super::summary::{Figure, Model, SCORE};

pub(super) fn value(models: &[Model]) -> Value {
    models.iter().flat_map(|model| model.figures.iter().map(|figure| entry(&model.name, figure))).collect()
}

fn entry(model: &str, figure: &Figure) -> Value {
    let turned = |value: f64| 1.0 - value;
    let (name, value, interval) = if figure.name == SCORE {
        ("1 - score", turned(figure.value), figure.interval.map(|(low, high)| (turned(high), turned(low))))
    } else {
        (figure.name, figure.value, figure.interval)
    };
    let mut entry = json!({ "name": format!("{model}: {name}"), "unit": figure.unit, "value": value });
    if let Some((low, high)) = interval {
        entry["range"] = format!("{low} to {high}").into();
        entry["extra"] = "95 % interval".into();
    }
    entry
}
