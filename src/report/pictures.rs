//! From rows to pictures: each chart of the plan as an SVG.

use crate::chart::{
    ChartError, DurationBars, DurationsChart, Heatmap, HeatmapCell, ScatterChart, ScatterSeries, ScoreBar, ScoreChart,
    bin_edges, bin_index, durations, ecdf, heatmap, load_curve, reliability, robust_range, scatter, score, timeline,
};
use crate::error::Error;
use crate::format::counted;
use crate::plan::Plan;
use crate::report::letter_views::reliability_view;
use crate::report::load_views::{ecdf_view, load_views, timeline_view};
use crate::report::names::safe_names;
use crate::report::shown::{Shown, shown};
use crate::spec::chart_files::{chart_file, time_name};
use crate::spec::types::{
    Average, ChartSpec, DurationsChartSpec, HeatmapChartSpec, ScatterChartSpec, TimeMeasure, TokenMeasure,
};
use crate::statistics::quantile;
use crate::tables::figures::{Figures, as_count};
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;
use crate::work::batch::Batch;

/// Maximum number of bins along an axis of a heatmap.
const BINS: usize = 8;

/// Ratio of largest to smallest value from which colours are logarithmic.
const LOG_FROM: f64 = 20.0;

/// A drawn chart.
pub struct Picture {
    /// Its file name without ending.
    pub name: String,
    /// The drawing.
    pub svg: String,
}

/// A chart to be drawn.
pub struct ChartJob<'r> {
    name: String,
    draw: Box<dyn Fn() -> Result<String, ChartError> + Send + Sync + 'r>,
}

impl ChartJob<'_> {
    /// Draws it.
    ///
    /// # Errors
    /// The drawing library refuses.
    pub fn draw(&self) -> Result<Picture, Error> {
        let svg =
            (self.draw)().map_err(|error| Error::Chart { name: self.name.clone(), message: error.to_string() })?;
        Ok(Picture { name: self.name.clone(), svg })
    }
}

/// The charts of a plan, each drawn on its own. A chart of a quantity that no server reported is left out.
pub fn chart_jobs<'r>(plan: &Plan, batches: &'r [Batch], results: &'r Results) -> Vec<ChartJob<'r>> {
    let groups = shown(batches, results);
    let subtitle = subtitle(plan, &results.groups);
    let mut jobs = Vec::new();
    for chart in &plan.charts {
        match chart {
            ChartSpec::Score(spec) => {
                let title = spec.title.clone().unwrap_or_else(|| "Mean score by model".into());
                let view = score_view(&groups, title, subtitle.clone());
                jobs.push(chart_job(&chart_file(chart), move || score(&view)));
            }
            ChartSpec::Durations(spec) => {
                let view = durations_view(&groups, spec, subtitle.clone());
                jobs.push(chart_job(&chart_file(chart), move || durations(&view)));
            }
            ChartSpec::Scatter(spec) => {
                let view = scatter_view(plan, &groups, spec, subtitle.clone());
                if view.series.iter().all(|series| series.points.is_empty()) {
                    continue;
                }
                jobs.push(chart_job(&chart_file(chart), move || scatter(&view)));
            }
            ChartSpec::Heatmap(spec) => jobs.extend(heatmap_jobs(plan, &groups, spec)),
            ChartSpec::LoadCurve(spec) => {
                let views = load_views(plan, &results.groups, spec.title.as_ref(), &subtitle);
                for (view, name) in views.into_iter().zip([chart_file(chart), "load_curve_rate".into()]) {
                    jobs.push(chart_job(&name, move || load_curve(&view)));
                }
            }
            ChartSpec::LatencyEcdf(spec) => {
                let view = ecdf_view(&groups, spec.title.as_ref(), subtitle.clone());
                jobs.extend(view.map(|view| chart_job(&chart_file(chart), move || ecdf(&view))));
            }
            ChartSpec::Reliability(spec) => {
                let view = reliability_view(&groups, spec.title.as_ref(), subtitle.clone());
                jobs.extend(view.map(|view| chart_job(&chart_file(chart), move || reliability(&view))));
            }
            ChartSpec::Timeline(spec) => {
                let view = timeline_view(&groups, spec.title.as_ref(), subtitle.clone());
                jobs.extend(view.map(|view| chart_job(&chart_file(chart), move || timeline(&view))));
            }
        }
    }
    jobs
}

fn chart_job<'r>(name: &str, draw: impl Fn() -> Result<String, ChartError> + Send + Sync + 'r) -> ChartJob<'r> {
    ChartJob { name: name.to_owned(), draw: Box::new(draw) }
}

fn subtitle<'g>(plan: &Plan, groups: impl IntoIterator<Item = &'g Group>) -> String {
    let datasets: Vec<&str> = plan.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    let answered: u64 = groups
        .into_iter()
        .map(|group| as_count(group.figures.len()) - u64::from(group.figures.fault.sum().unwrap_or(0)))
        .sum();
    format!("{} · {}", datasets.join(", "), counted(answered, "response"))
}

fn score_view(groups: &[Shown<'_>], title: String, subtitle: String) -> ScoreChart {
    let bars = groups.iter().map(|shown| {
        let summary = shown.group.map(|group| &group.summary);
        let interval = summary.and_then(|summary| summary.score_interval).unwrap_or((f64::NAN, f64::NAN));
        ScoreBar {
            label: shown.batch.label(),
            mean: summary.and_then(|summary| summary.score).unwrap_or(f64::NAN),
            low: interval.0,
            high: interval.1,
            n: summary.map_or(0, |summary| summary.samples),
            not_answers: summary.map_or(0, Summary::not_answers),
        }
    });
    ScoreChart {
        title,
        subtitle,
        bars: bars.collect(),
        chance: chance(groups),
        note: format!("Whiskers: 95 % interval.{}", not_above_guessing(groups)),
    }
}

/// Names the models whose score cannot be told from guessing.
fn not_above_guessing(groups: &[Shown<'_>]) -> String {
    let is_guessing = |shown: &&Shown<'_>| shown.group.is_some_and(|group| group.summary.is_guessing());
    let named: Vec<String> = groups.iter().filter(is_guessing).map(|shown| shown.batch.label()).collect();
    if named.is_empty() { String::new() } else { format!(" Not above guessing: {}.", named.join(", ")) }
}

/// Expected score of guessing: the mean of one over the number of choices.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn chance(groups: &[Shown<'_>]) -> Option<f64> {
    let choices = groups.iter().flat_map(|shown| shown.column(|figures| figures.choices.iter().flatten().collect()));
    let shares: Option<Vec<f64>> = choices.map(|count: i64| (count > 0).then(|| 1.0 / count as f64)).collect();
    shares.filter(|shares| !shares.is_empty()).map(|shares| shares.iter().sum::<f64>() / shares.len() as f64)
}

fn durations_view(groups: &[Shown<'_>], spec: &DurationsChartSpec, subtitle: String) -> DurationsChart {
    let measures = [
        ("client latency", TimeMeasure::Latency),
        ("server total", TimeMeasure::TotalDuration),
        ("prompt eval", TimeMeasure::PromptEvalDuration),
        ("eval", TimeMeasure::EvalDuration),
    ];
    let word = match spec.statistic {
        Average::Mean => "Mean",
        Average::Median => "Median",
    };
    let bars = groups.iter().map(|group| {
        let columns: Vec<Vec<f64>> = measures.iter().map(|(_, measure)| sorted(group, *measure)).collect();
        DurationBars {
            label: group.batch.label(),
            values: columns.iter().map(|values| average(values, spec.statistic)).collect(),
            spread: columns.iter().map(|values| quartiles(values, spec.statistic)).collect(),
            n: u64::try_from(columns[0].len()).unwrap_or(u64::MAX),
        }
    });
    DurationsChart {
        title: spec.title.clone().unwrap_or_else(|| format!("{word} durations by model")),
        subtitle,
        series: measures.iter().map(|(label, _)| (*label).to_owned()).collect(),
        groups: bars.collect(),
        value_label: "seconds".into(),
        note: match spec.statistic {
            Average::Median => "Marks: medians; whiskers: quartiles.".into(),
            Average::Mean => "Marks: means.".into(),
        },
    }
}

/// Quartiles are shown with a median only; around a mean they would look like its error.
fn quartiles(sorted: &[f64], statistic: Average) -> Option<(f64, f64)> {
    match statistic {
        Average::Median => Some((quantile(sorted, 0.25)?, quantile(sorted, 0.75)?)),
        Average::Mean => None,
    }
}

fn scatter_view(plan: &Plan, groups: &[Shown<'_>], spec: &ScatterChartSpec, subtitle: String) -> ScatterChart {
    let series = groups.iter().map(|group| {
        let points = group.column(|figures| {
            let rows = tokens(figures, spec.x).zip(measure(figures, spec.y));
            rows.filter_map(|(tokens, time)| tokens.zip(time)).collect()
        });
        ScatterSeries { label: group.batch.label(), points }
    });
    ScatterChart {
        title: spec
            .title
            .clone()
            .unwrap_or_else(|| format!("{} by {}", capital(time_label(spec.y)), token_label(spec.x))),
        subtitle,
        x_label: token_label(spec.x).to_owned(),
        y_label: with_unit(plan, spec.y),
        log_x: spec.log_x,
        log_y: spec.log_y,
        series: series.collect(),
        note: String::new(),
    }
}

/// One heatmap per group, with bins and colours in common so that they can be compared.
fn heatmap_jobs<'r>(plan: &Plan, groups: &[Shown<'r>], spec: &HeatmapChartSpec) -> Vec<ChartJob<'r>> {
    let points: Vec<Vec<(f64, f64, f64)>> = groups.iter().map(|group| points(group, spec.color)).collect();
    let all = || points.iter().flatten();
    if all().next().is_none() {
        return Vec::new();
    }
    let x_edges = bin_edges(&all().map(|point| point.0).collect::<Vec<_>>(), BINS);
    let y_edges = bin_edges(&all().map(|point| point.1).collect::<Vec<_>>(), BINS);
    let cells: Vec<Vec<HeatmapCell>> = points.iter().map(|points| cells(points, &x_edges, &y_edges)).collect();
    let range = robust_range(&cells.iter().flatten().map(|cell| cell.value).collect::<Vec<_>>()).unwrap_or((0.0, 1.0));
    let names = safe_names(&groups.iter().map(|group| group.batch.name()).collect::<Vec<_>>());
    let with_points = groups.iter().zip(cells).zip(names).filter(|((_, cells), _)| !cells.is_empty());
    let drawn = with_points.map(|((group, cells), name)| {
        let title = spec
            .title
            .clone()
            .unwrap_or_else(|| format!("Median {} by prompt and output tokens", time_label(spec.color)));
        let view = Heatmap {
            title,
            subtitle: format!("{} · {}", group.batch.label(), subtitle(plan, group.group)),
            x_label: token_label(TokenMeasure::Prompt).to_owned(),
            y_label: token_label(TokenMeasure::Output).to_owned(),
            value_label: with_unit(plan, spec.color),
            x_edges: x_edges.clone(),
            y_edges: y_edges.clone(),
            cells,
            range,
            log_color: range.0 > 0.0 && range.1 / range.0 >= LOG_FROM,
            note: if groups.len() > 1 { "Bins and colours are the same for all models.".into() } else { String::new() },
        };
        chart_job(&format!("{}_heatmap_{name}", time_name(spec.color)), move || heatmap(&view))
    });
    drawn.collect()
}

fn points(group: &Shown<'_>, color: TimeMeasure) -> Vec<(f64, f64, f64)> {
    group.column(|figures| {
        let prompts = tokens(figures, TokenMeasure::Prompt);
        let rows = prompts.zip(tokens(figures, TokenMeasure::Output)).zip(measure(figures, color));
        rows.filter_map(|((prompt, output), value)| Some((prompt?, output?, value?))).collect()
    })
}

fn cells(points: &[(f64, f64, f64)], x_edges: &[f64], y_edges: &[f64]) -> Vec<HeatmapCell> {
    let mut cells = std::collections::BTreeMap::<(usize, usize), Vec<f64>>::new();
    for (x, y, value) in points {
        if let (Some(x), Some(y)) = (bin_index(x_edges, *x), bin_index(y_edges, *y)) {
            cells.entry((x, y)).or_default().push(*value);
        }
    }
    let cell = |((x, y), mut values): ((usize, usize), Vec<f64>)| {
        values.sort_by(f64::total_cmp);
        Some(HeatmapCell { x, y, value: quantile(&values, 0.5)?, n: u64::try_from(values.len()).ok()? })
    };
    cells.into_iter().filter_map(cell).collect()
}

fn sorted(group: &Shown<'_>, wanted: TimeMeasure) -> Vec<f64> {
    let mut values: Vec<f64> = group.column(|figures| measure(figures, wanted).flatten().collect());
    values.sort_by(f64::total_cmp);
    values
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn average(sorted: &[f64], statistic: Average) -> Option<f64> {
    match statistic {
        Average::Median => quantile(sorted, 0.5),
        Average::Mean if sorted.is_empty() => None,
        Average::Mean => Some(sorted.iter().sum::<f64>() / sorted.len() as f64),
    }
}

/// Tokens of each row; none of a fault.
#[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
fn tokens(figures: &Figures, wanted: TokenMeasure) -> impl Iterator<Item = Option<f64>> + '_ {
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
fn measure(figures: &Figures, wanted: TimeMeasure) -> impl Iterator<Item = Option<f64>> + '_ {
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

fn token_label(measure: TokenMeasure) -> &'static str {
    match measure {
        TokenMeasure::Prompt => "prompt tokens",
        TokenMeasure::Output => "output tokens",
        TokenMeasure::Total => "prompt and output tokens",
    }
}

fn time_label(measure: TimeMeasure) -> &'static str {
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

fn with_unit(plan: &Plan, measure: TimeMeasure) -> String {
    let unit = match measure {
        TimeMeasure::Cost => plan.currency.as_deref().unwrap_or("?"),
        _ => "s",
    };
    format!("{} ({unit})", time_label(measure))
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
}
