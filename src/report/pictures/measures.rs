//! What charts show of each response: counts of tokens, durations, cost.

use crate::plan::Plan;
use crate::spec::types::{TimeMeasure, TokenMeasure};
use crate::tables::figures::Figures;

/// Tokens of each row; none of a fault.
#[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
pub(in crate::report) fn tokens(figures: &Figures, wanted: TokenMeasure) -> impl Iterator<Item = Option<f64>> + '_ {
    let rows = figures.prompt_tokens.iter().zip(figures.counted_tokens.iter()).zip(figures.fault.iter());
    rows.map(move |((prompt, output), fault)| {
        let count = match wanted {
            TokenMeasure::Prompt => prompt,
            TokenMeasure::Output => output,
            TokenMeasure::Total => Some(prompt? + output?),
        };
        count.filter(|_| fault != Some(true)).map(|count| count as f64)
    })
}

/// A measure of each row; times of warm answers only.
pub(in crate::report) fn measure(figures: &Figures, wanted: TimeMeasure) -> impl Iterator<Item = Option<f64>> + '_ {
    let (column, is_time) = match wanted {
        TimeMeasure::Cost => (&figures.cost, false),
        TimeMeasure::Latency => (&figures.latency, true),
        TimeMeasure::Ttft => (&figures.ttft, true),
        TimeMeasure::TotalDuration => (&figures.server_total, true),
        TimeMeasure::LoadDuration => (&figures.server_load, true),
        TimeMeasure::PromptEvalDuration => (&figures.server_prompt_eval, true),
        TimeMeasure::EvalDuration => (&figures.server_eval, true),
    };
    let rows = column.iter().zip(figures.warm.iter());
    rows.map(move |(value, warm)| value.filter(|_| !is_time || warm == Some(true)))
}

pub(in crate::report) fn token_label(measure: TokenMeasure) -> &'static str {
    match measure {
        TokenMeasure::Prompt => "prompt tokens",
        TokenMeasure::Output => "output tokens",
        TokenMeasure::Total => "prompt and output tokens",
    }
}

pub(in crate::report) fn time_label(measure: TimeMeasure) -> &'static str {
    match measure {
        TimeMeasure::Latency => "latency",
        TimeMeasure::Ttft => "time to first token",
        TimeMeasure::TotalDuration => "server total duration",
        TimeMeasure::LoadDuration => "load duration",
        TimeMeasure::PromptEvalDuration => "prompt evaluation time",
        TimeMeasure::EvalDuration => "evaluation time",
        TimeMeasure::Cost => "cost per response",
    }
}

pub(in crate::report) fn with_unit(plan: &Plan, measure: TimeMeasure) -> String {
    let unit = match measure {
        TimeMeasure::Cost => plan.currency.as_deref().unwrap_or("?"),
        _ => "s",
    };
    format!("{} ({unit})", time_label(measure))
}

pub(in crate::report) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
