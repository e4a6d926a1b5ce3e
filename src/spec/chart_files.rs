//! File names of charts, compatible with the Python scripts that smallbench replaces.

use super::types::{ChartSpec, TimeMeasure, TokenMeasure, TradeoffMeasure};

/// Name of a count of tokens in files and columns.
pub fn token_name(measure: TokenMeasure) -> &'static str {
    match measure {
        TokenMeasure::Prompt => "prompt_tokens",
        TokenMeasure::Output => "output_tokens",
        TokenMeasure::Total => "total_tokens",
    }
}

/// Name of a duration in files.
pub fn time_name(measure: TimeMeasure) -> &'static str {
    match measure {
        TimeMeasure::Latency => "latency",
        TimeMeasure::Ttft => "ttft",
        TimeMeasure::TotalDuration => "total_duration",
        TimeMeasure::LoadDuration => "load_duration",
        TimeMeasure::PromptEvalDuration => "prompt_eval_duration",
        TimeMeasure::EvalDuration => "eval_duration",
        TimeMeasure::Cost => "cost",
    }
}

/// File name of a chart without ending.
pub fn chart_file(chart: &ChartSpec) -> String {
    match chart {
        ChartSpec::Score(_) => "avg_score_by_model".to_owned(),
        ChartSpec::Durations(_) => "avg_score_by_model_durations".to_owned(),
        ChartSpec::Scatter(scatter) => scatter_name(scatter.x, scatter.y),
        ChartSpec::Heatmap(heatmap) => format!("{}_heatmap", time_name(heatmap.color)),
        ChartSpec::LoadCurve(_) => "load_curve".to_owned(),
        ChartSpec::LatencyEcdf(_) => "latency_ecdf".to_owned(),
        ChartSpec::Reliability(_) => "reliability".to_owned(),
        ChartSpec::Timeline(_) => "run_timeline".to_owned(),
        ChartSpec::Tradeoff(tradeoff) => format!("score_vs_{}", tradeoff_name(tradeoff.x)),
        ChartSpec::Subjects(_) => "score_by_subject".to_owned(),
        ChartSpec::Verdicts(_) => "verdicts".to_owned(),
        ChartSpec::Letters(_) => "letters".to_owned(),
        ChartSpec::Pairs(_) => "pairs".to_owned(),
    }
}

fn tradeoff_name(measure: TradeoffMeasure) -> &'static str {
    match measure {
        TradeoffMeasure::Cost => "cost",
        TradeoffMeasure::Latency => "latency",
        TradeoffMeasure::TokensPerS => "tokens_per_s",
    }
}

/// Name of a scatter chart.
pub fn scatter_name(x: TokenMeasure, y: TimeMeasure) -> String {
    let y = if y == TimeMeasure::PromptEvalDuration { "prompt_duration" } else { time_name(y) };
    format!("{}_vs_{y}", token_name(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_keep_the_names_people_know() {
        assert_eq!(
            scatter_name(TokenMeasure::Prompt, TimeMeasure::PromptEvalDuration),
            "prompt_tokens_vs_prompt_duration"
        );
        assert_eq!(scatter_name(TokenMeasure::Output, TimeMeasure::EvalDuration), "output_tokens_vs_eval_duration");
        assert_eq!(scatter_name(TokenMeasure::Total, TimeMeasure::Latency), "total_tokens_vs_latency");
    }
}
