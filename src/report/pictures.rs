//! From rows to pictures: each chart of the plan as an SVG.

use crate::chart::{
    ChartError, DurationBars, DurationsChart, Heatmap, HeatmapCell, ScatterChart, ScatterSeries, ScoreBar, ScoreChart,
    bin_edges, bin_index, durations, ecdf, heatmap, load_curve, robust_range, scatter, score, timeline,
};
use crate::error::Error;
use crate::plan::Plan;
use crate::report::load_views::{ecdf_view, load_views, timeline_view};
use crate::report::names::{chart_file, safe_names, time_name};
use crate::spec::types::{
    Average, ChartSpec, DurationsChartSpec, HeatmapChartSpec, ScatterChartSpec, TimeMeasure, TokenMeasure,
};
use crate::statistics::quantile;
use crate::tables::row::Row;
use crate::tables::summary::Summary;

/// Most bins along an axis of a heatmap.
const BINS: usize = 8;

/// Colours turn logarithmic when the largest value is so many times the smallest.
const LOG_FROM: f64 = 20.0;

/// A drawn chart.
pub struct Picture {
    /// Its file name without ending.
    pub name: String,
    /// The drawing.
    pub svg: String,
}

/// The rows of one model at one level: what one colour stands for.
pub(super) struct Group<'r> {
    pub(super) label: String,
    name: String,
    pub(super) rows: Vec<&'r Row<'r>>,
}

/// A chart that is to be drawn.
pub struct Sketch<'r> {
    name: String,
    draw: Box<dyn Fn() -> Result<String, ChartError> + Send + Sync + 'r>,
}

impl Sketch<'_> {
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

/// The charts of a plan, ready to be drawn, each on its own. A chart of what no server told is left out.
pub fn sketches<'r>(plan: &Plan, rows: &'r [Row<'r>], warmups: &[Row<'_>], models: &[Summary]) -> Vec<Sketch<'r>> {
    let groups = groups(plan, rows);
    let subtitle = subtitle(plan, rows.iter());
    let mut sketches = Vec::new();
    for chart in &plan.charts {
        match chart {
            ChartSpec::Score(spec) => {
                let title = spec.title.clone().unwrap_or_else(|| "Mean score by model".into());
                let view = score_view(&groups, rows, models, title, subtitle.clone());
                sketches.push(sketch(&chart_file(chart), move || score(&view)));
            }
            ChartSpec::Durations(spec) => {
                let view = durations_view(&groups, spec, subtitle.clone());
                sketches.push(sketch(&chart_file(chart), move || durations(&view)));
            }
            ChartSpec::Scatter(spec) => {
                let view = scatter_view(plan, &groups, spec, subtitle.clone());
                if view.series.iter().all(|series| series.points.is_empty()) {
                    continue;
                }
                sketches.push(sketch(&chart_file(chart), move || scatter(&view)));
            }
            ChartSpec::Heatmap(spec) => sketches.extend(heatmap_sketches(plan, &groups, spec)),
            ChartSpec::LoadCurve(spec) => {
                let views = load_views(plan, models, spec.title.as_ref(), &subtitle);
                for (view, name) in views.into_iter().zip([chart_file(chart), "load_curve_rate".into()]) {
                    sketches.push(sketch(&name, move || load_curve(&view)));
                }
            }
            ChartSpec::LatencyEcdf(spec) => {
                let view = ecdf_view(&groups, spec.title.as_ref(), subtitle.clone());
                sketches.extend(view.map(|view| sketch(&chart_file(chart), move || ecdf(&view))));
            }
            ChartSpec::Timeline(spec) => {
                let view = timeline_view(&groups, warmups, spec.title.as_ref(), subtitle.clone());
                sketches.extend(view.map(|view| sketch(&chart_file(chart), move || timeline(&view))));
            }
        }
    }
    sketches
}

fn sketch<'r>(name: &str, draw: impl Fn() -> Result<String, ChartError> + Send + Sync + 'r) -> Sketch<'r> {
    Sketch { name: name.to_owned(), draw: Box::new(draw) }
}

pub(super) fn groups<'r>(plan: &Plan, rows: &'r [Row<'r>]) -> Vec<Group<'r>> {
    let mut groups = Vec::new();
    for model in &plan.models {
        for level in &plan.levels {
            let own = rows.iter().filter(|row| row.model.name == model.name && row.level == *level).collect();
            let several = plan.levels.len() > 1;
            let with_level = |text: &str| if several { format!("{text} {level}") } else { text.to_owned() };
            groups.push(Group { label: with_level(&model.label), name: with_level(&model.name), rows: own });
        }
    }
    groups
}

fn subtitle<'r>(plan: &Plan, rows: impl Iterator<Item = &'r Row<'r>>) -> String {
    let datasets: Vec<&str> = plan.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    let answered = rows.filter(|row| !row.response.status.is_fault()).count();
    format!("{} · {answered} responses", datasets.join(", "))
}

fn score_view(
    groups: &[Group<'_>],
    rows: &[Row<'_>],
    models: &[Summary],
    title: String,
    subtitle: String,
) -> ScoreChart {
    let bars = groups.iter().map(|group| {
        let summary = group.rows.first().and_then(|first| {
            let level = first.level.to_string();
            models.iter().find(|summary| summary.model == first.model.name && summary.level == level)
        });
        let interval = summary.and_then(|summary| summary.score_interval).unwrap_or((f64::NAN, f64::NAN));
        ScoreBar {
            label: group.label.clone(),
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
        chance: chance(rows),
        note: "Whiskers: 95 % Wilson interval.".into(),
    }
}

/// Expected score of guessing: the mean of one over the number of choices.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn chance(rows: &[Row<'_>]) -> Option<f64> {
    let shares: Option<Vec<f64>> = rows
        .iter()
        .map(|row| (!row.sample.choices.is_empty()).then(|| 1.0 / row.sample.choices.len() as f64))
        .collect();
    shares.filter(|shares| !shares.is_empty()).map(|shares| shares.iter().sum::<f64>() / shares.len() as f64)
}

fn durations_view(groups: &[Group<'_>], spec: &DurationsChartSpec, subtitle: String) -> DurationsChart {
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
            label: group.label.clone(),
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

/// Quartiles belong to a median; around a mean they would look like an error of it.
fn quartiles(sorted: &[f64], statistic: Average) -> Option<(f64, f64)> {
    match statistic {
        Average::Median => Some((quantile(sorted, 0.25)?, quantile(sorted, 0.75)?)),
        Average::Mean => None,
    }
}

fn scatter_view(plan: &Plan, groups: &[Group<'_>], spec: &ScatterChartSpec, subtitle: String) -> ScatterChart {
    let series = groups.iter().map(|group| {
        let points = group.rows.iter().filter_map(|row| Some((tokens(row, spec.x)?, measure(row, spec.y)?)));
        ScatterSeries { label: group.label.clone(), points: points.collect() }
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
fn heatmap_sketches<'r>(plan: &Plan, groups: &[Group<'r>], spec: &HeatmapChartSpec) -> Vec<Sketch<'r>> {
    let points: Vec<Vec<(f64, f64, f64)>> = groups.iter().map(|group| points(group, spec.color)).collect();
    let all = || points.iter().flatten();
    if all().next().is_none() {
        return Vec::new();
    }
    let x_edges = bin_edges(&all().map(|point| point.0).collect::<Vec<_>>(), BINS);
    let y_edges = bin_edges(&all().map(|point| point.1).collect::<Vec<_>>(), BINS);
    let cells: Vec<Vec<HeatmapCell>> = points.iter().map(|points| cells(points, &x_edges, &y_edges)).collect();
    let range = robust_range(&cells.iter().flatten().map(|cell| cell.value).collect::<Vec<_>>()).unwrap_or((0.0, 1.0));
    let names = safe_names(&groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>());
    let with_points = groups.iter().zip(cells).zip(names).filter(|((_, cells), _)| !cells.is_empty());
    let drawn = with_points.map(|((group, cells), name)| {
        let title = spec
            .title
            .clone()
            .unwrap_or_else(|| format!("Median {} by prompt and output tokens", time_label(spec.color)));
        let view = Heatmap {
            title,
            subtitle: format!("{} · {}", group.label, subtitle(plan, group.rows.iter().copied())),
            x_label: token_label(TokenMeasure::PromptTokens).to_owned(),
            y_label: token_label(TokenMeasure::OutputTokens).to_owned(),
            value_label: with_unit(plan, spec.color),
            x_edges: x_edges.clone(),
            y_edges: y_edges.clone(),
            cells,
            range,
            log_color: range.0 > 0.0 && range.1 / range.0 >= LOG_FROM,
            note: if groups.len() > 1 { "Bins and colours are the same for all models.".into() } else { String::new() },
        };
        sketch(&format!("{}_heatmap_{name}", time_name(spec.color)), move || heatmap(&view))
    });
    drawn.collect()
}

fn points(group: &Group<'_>, color: TimeMeasure) -> Vec<(f64, f64, f64)> {
    let point = |row: &&Row<'_>| {
        Some((tokens(row, TokenMeasure::PromptTokens)?, tokens(row, TokenMeasure::OutputTokens)?, measure(row, color)?))
    };
    group.rows.iter().filter_map(point).collect()
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

fn sorted(group: &Group<'_>, wanted: TimeMeasure) -> Vec<f64> {
    let mut values: Vec<f64> = group.rows.iter().filter_map(|row| measure(row, wanted)).collect();
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

#[expect(clippy::cast_precision_loss, reason = "token counts are far below 2^53")]
fn tokens(row: &Row<'_>, wanted: TokenMeasure) -> Option<f64> {
    if row.response.status.is_fault() {
        return None;
    }
    let usage = &row.response.usage;
    let count = match wanted {
        TokenMeasure::PromptTokens => usage.prompt_tokens,
        TokenMeasure::OutputTokens => usage.output_tokens,
        TokenMeasure::TotalTokens => Some(usage.prompt_tokens? + usage.output_tokens?),
    };
    count.map(|count| count as f64)
}

fn measure(row: &Row<'_>, wanted: TimeMeasure) -> Option<f64> {
    let server = &row.response.server;
    let duration = match wanted {
        TimeMeasure::Cost => return row.cost(),
        _ if !row.is_timed() => None,
        TimeMeasure::Latency => row.response.latency(),
        TimeMeasure::Ttft => row.response.time_to_first_token(),
        TimeMeasure::TotalDuration => server.total,
        TimeMeasure::LoadDuration => server.load,
        TimeMeasure::PromptEvalDuration => server.prompt_eval,
        TimeMeasure::EvalDuration => server.eval,
    };
    duration.map(|duration| duration.as_secs_f64())
}

fn token_label(measure: TokenMeasure) -> &'static str {
    match measure {
        TokenMeasure::PromptTokens => "prompt tokens",
        TokenMeasure::OutputTokens => "output tokens",
        TokenMeasure::TotalTokens => "prompt and output tokens",
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
