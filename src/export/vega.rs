//! A Vega-Lite chart of the scores with their intervals; the data are in it.

use serde_json::Value;

use super::summary::Model;
use crate::chart::{Frame, ScoreBar, ScoreChart, View};

pub(super) fn value(models: &[Model]) -> Value {
    let bar = |model: &Model| {
        let score = model.score()?;
        let (low, high) = score.interval.unwrap_or((f64::NAN, f64::NAN));
        Some(ScoreBar { label: model.name.clone(), mean: score.value, low, high, ..ScoreBar::default() })
    };
    let chart = ScoreChart {
        frame: Frame { title: "Mean score by model".into(), ..Frame::default() },
        bars: models.iter().filter_map(bar).collect(),
        note: "Mean score of each model with its 95 % interval".into(),
        ..ScoreChart::default()
    };
    View::Score(chart).values().only(&["model", "score", "low", "high"]).vega()
}
