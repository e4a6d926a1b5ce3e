//! The exact bytes of a picture of each kind, and of its values. `SMALLBENCH_GOLDEN=write cargo test --lib golden` writes them anew: look at
//! them before they are committed.

use std::path::Path;

use super::*;

const MODELS: [&str; 3] = ["alpha 1B", "beta 2B", "gamma 7B"];

fn frame(title: &str) -> Frame {
    Frame {
        title: title.into(),
        subtitle: "questions".into(),
        footer: ["golden", "n = 300", "1 fault", "c=1", "alpha 1B 0123abcd"].map(str::to_owned).into(),
        ..Frame::default()
    }
}

fn named(index: usize) -> String {
    MODELS[index].to_owned()
}

fn of_score() -> View {
    View::Score(ScoreChart {
        frame: frame("Mean score by model"),
        bars: [(0.31, 1), (0.62, 0), (0.78, 0)]
            .into_iter()
            .enumerate()
            .map(|(index, (mean, not_answers))| {
                let (low, high) = (mean - 0.09, mean + 0.08);
                ScoreBar { label: named(index), mean, low, high, n: 100, not_answers }
            })
            .collect(),
        chance: Some(0.25),
        note: "Whiskers: 95 % interval.".into(),
        ..ScoreChart::default()
    })
}

fn of_panels() -> View {
    let View::Score(mut second) = of_score() else { panic!("scores") };
    second.bars.truncate(2);
    second.note.push_str(" Not above guessing: alpha 1B.");
    let panels = [("algebra", of_score()), ("logic", View::Score(second))];
    let mut chart = PanelsChart::new("dataset", panels.map(|(name, view)| (name.to_owned(), view)));
    let look = |model, level, levels| Look { model, level, levels };
    chart.frame.looks = vec![look(0, 0, 2), look(0, 1, 2), look(1, 0, 1)];
    View::Panels(chart)
}

/// Panels with three and with two parts, of three and of two models.
fn of_parts_in_panels() -> View {
    let part = |models: usize| {
        let View::Durations(mut chart) = of_durations() else { panic!("durations") };
        chart.series.truncate(models);
        chart.groups.truncate(models);
        for group in &mut chart.groups {
            group.values.truncate(models);
            group.spread.truncate(models);
            group.n.truncate(models);
        }
        View::Durations(chart)
    };
    let panels = [("algebra", part(3)), ("logic", part(2))];
    View::Panels(PanelsChart::new("dataset", panels.map(|(name, view)| (name.to_owned(), view))))
}

fn of_heatmap() -> View {
    let cells = |shift: f64| {
        let cell = |(x, y): (usize, usize)| HeatmapCell { x, y, value: shift + (x + 2 * y) as f64 / 10.0, n: 12 };
        [(0, 0), (1, 0), (0, 1)].map(cell).to_vec()
    };
    View::Heatmap(Heatmap {
        frame: frame("Median latency by prompt and output tokens"),
        x_label: "prompt tokens".into(),
        y_label: "output tokens".into(),
        value_label: "latency (s)".into(),
        columns: vec!["41–60".into(), "61–90".into()],
        rows: vec!["3–20".into(), "21–128".into()],
        panels: (0..3)
            .map(|index| HeatmapPanel { label: named(index), model: index, cells: cells(index as f64 / 5.0) })
            .collect(),
        range: (0.0, 0.7),
        ..Heatmap::default()
    })
}

fn of_tradeoff() -> View {
    let point = |(index, (x, y)): (usize, (f64, f64))| TradeoffPoint {
        label: named(index),
        x,
        x_interval: Some((x * 0.9, x * 1.2)),
        y,
        y_interval: Some((y - 0.08, y + 0.09)),
        is_doubtful: index == 1,
    };
    View::Tradeoff(TradeoffChart {
        frame: Frame { medium: Medium::Slide, ..frame("Score against latency") },
        x_label: "median latency (s)".into(),
        points: [(0.2, 0.31), (0.9, 0.62), (2.4, 0.78)].into_iter().enumerate().map(point).collect(),
        ..TradeoffChart::default()
    })
}

fn of_forest() -> View {
    let row = |a: usize, b: usize, value: f64| ForestRow {
        sides: [named(a), named(b)],
        detail: "100 questions, p = 0.020 (Holm)".into(),
        value,
        interval: (value - 11.0, value + 12.0),
        is_distinct: value.abs() > 12.0,
        is_aside: false,
    };
    View::Forest(ForestChart {
        frame: frame("Differences on the same questions"),
        value_label: "difference of the scores (points)".into(),
        rows: vec![row(0, 1, -31.0), row(1, 2, -8.0)],
        note: String::new(),
        ..ForestChart::default()
    })
}

fn of_stacked() -> View {
    View::Stacked(StackedChart {
        frame: Frame { medium: Medium::Paper, ..frame("What became of the requests") },
        value_label: "Share of requests".into(),
        is_share: true,
        classes: ["correct", "wrong", "no answer"].map(str::to_owned).into(),
        bars: (0..3)
            .map(|index| StackedBar { label: named(index), parts: vec![31.0 + index as f64 * 20.0, 40.0, 1.0] })
            .collect(),
        note: "Numbers: requests.".into(),
        ..StackedChart::default()
    })
}

fn of_parts() -> View {
    View::Stacked(StackedChart {
        frame: frame("Mean durations by model"),
        value_label: "seconds".into(),
        classes: ["prompt", "answer", "rest"].map(str::to_owned).into(),
        bars: (0..3)
            .map(|index| StackedBar { label: named(index), parts: vec![0.1, 0.4 + index as f64, 0.02] })
            .collect(),
        ..StackedChart::default()
    })
}

fn of_load_curve() -> View {
    let load = [(1.0, 1.9, 0.5), (2.0, 3.7, 0.52), (4.0, 4.1, 1.1)].map(|(load, rate, latency)| LoadPoint {
        load,
        throughput: Some(rate),
        goodput: Some(rate * 0.8),
        latency: Some(latency),
        latency_interval: Some((latency * 0.9, latency * 1.1)),
        tail: Some(latency * 1.6),
        client_limited: false,
    });
    View::LoadCurve(LoadCurveChart {
        frame: frame("Throughput and latency over load"),
        load_label: "requests in flight".into(),
        throughput_label: "requests per second".into(),
        latency_label: "median latency (s)".into(),
        tail_label: "p95".into(),
        limit: Some(1.0),
        series: vec![LoadSeries { label: named(0), points: load.into(), knee: Some(1) }],
        note: String::new(),
    })
}

fn of_durations() -> View {
    let group = |index: usize| {
        let base = 0.2 + index as f64 * 0.7;
        DurationBars {
            label: named(index),
            values: vec![Some(base), Some(base * 0.9), (index < 2).then_some(base * 0.1), Some(base * 0.75)],
            spread: vec![Some((base * 0.8, base * 1.4)), None, None, Some((base * 0.6, base))],
            n: vec![100, 100, 93, 93],
        }
    };
    View::Durations(DurationsChart {
        frame: frame("Median durations by model"),
        series: ["client latency", "server total", "prompt eval", "eval"].map(str::to_owned).into(),
        groups: (0..3).map(group).collect(),
        value_label: "seconds".into(),
        note: "Marks: medians; whiskers: quartiles.".into(),
        ..DurationsChart::default()
    })
}

/// Numbers that look random and are always the same, from 0 to 1.
fn scattered(index: usize) -> f64 {
    (index * 7919 % 1009) as f64 / 1009.0
}

fn of_scatter() -> View {
    let series = |model: usize| {
        let point = |index: usize| {
            let tokens = 5.0 + (120.0 * scattered(index + 31 * model)).floor();
            (tokens, 0.1 + tokens * 0.004 * (1 + model) as f64 * (0.8 + 0.4 * scattered(index * 3 + 1)))
        };
        let slope = 0.004 * (1 + model) as f64;
        let meaning = format!("100 ms to the first token + {:.1} ms per token", slope * 1e3);
        let line = ScatterLine { slope, intercept: 0.1, meaning };
        ScatterSeries { label: named(model), points: (0..60).map(point).collect(), line: Some(line) }
    };
    View::Scatter(ScatterChart {
        frame: frame("Latency by output tokens"),
        x_label: "output tokens".into(),
        y_label: "latency (s)".into(),
        log_x: true,
        log_y: true,
        series: (0..3).map(series).collect(),
        note: String::new(),
        ..ScatterChart::default()
    })
}

fn of_ecdf() -> View {
    let series = |model: usize| EcdfSeries {
        label: named(model),
        values: (0..120).map(|index| (0.2 + scattered(index + model)) * (1 + model) as f64).collect(),
        failed: model as u64 * 3,
    };
    View::Ecdf(EcdfChart {
        frame: frame("Share of responses by latency"),
        x_label: "latency (s)".into(),
        log_x: true,
        panels: vec![EcdfPanel { label: String::new(), series: (0..3).map(series).collect() }],
        ..EcdfChart::default()
    })
}

fn of_sweep() -> View {
    let series = |(model, level): (usize, usize)| EcdfSeries {
        label: format!("c={}", 1 << level),
        values: (0..120).map(|index| (0.2 + scattered(index + model)) * ((1 << level) + 2 * model) as f64).collect(),
        failed: (level / 4) as u64 * 3,
    };
    let panel =
        |model: usize| EcdfPanel { label: named(model), series: (0..6).map(|level| series((model, level))).collect() };
    View::Ecdf(EcdfChart {
        frame: frame("Share of responses by latency"),
        x_label: "latency (s)".into(),
        log_x: true,
        is_ordered: true,
        panels: (0..3).map(panel).collect(),
        ..EcdfChart::default()
    })
}

fn of_timeline() -> View {
    let bar = |(index, model): (usize, usize)| {
        let sent = (index / 4) as f64 * 1.2 + model as f64 * 8.0 + 0.05 * (index % 4) as f64;
        let kind = match index {
            0 => BarKind::WarmUp,
            1 => BarKind::Cold,
            17 => BarKind::Fault,
            _ => BarKind::Answer,
        };
        let end = sent + 0.5 + scattered(index);
        TimelineBar {
            scheduled: sent - 0.1,
            sent,
            first_token: (kind != BarKind::Fault).then_some(sent + 0.2),
            tokens: None,
            end,
            kind,
        }
    };
    let group = |model: usize| TimelineGroup {
        label: named(model),
        bars: (0..24).map(|index| bar((index, model))).collect(),
        readings: Vec::new(),
    };
    View::Timeline(TimelineChart {
        frame: frame("Requests over the time of the run"),
        groups: (0..2).map(group).collect(),
        ..TimelineChart::default()
    })
}

fn of_timeline_with_a_server() -> View {
    let View::Timeline(mut chart) = of_timeline() else { unreachable!() };
    let reading = |second: u32| ServerReading {
        at: f64::from(second) + 0.3,
        running: (second != 4).then(|| f64::from(2 + second % 3)),
        waiting: (second != 4).then(|| f64::from(second.saturating_sub(3) * 2)),
    };
    chart.groups[0].readings = (0..8).map(reading).collect();
    View::Timeline(chart)
}

fn of_reliability() -> View {
    let series = |model: usize| {
        let point = |bin: u32| {
            let confidence = 0.05 + f64::from(bin) / 10.0;
            let accuracy = confidence.powi(1 + model as i32);
            let interval = Some((accuracy * 0.8, 1.0 - (1.0 - accuracy) * 0.8));
            ReliabilityPoint { confidence, accuracy, count: 5 + u64::from(bin) * 4, interval }
        };
        ReliabilitySeries {
            label: named(model),
            points: (2..10).map(point).collect(),
            error: 0.02 + model as f64 * 0.1,
        }
    };
    View::Reliability(ReliabilityChart {
        frame: frame("Reliability of the letters' probabilities"),
        bins: 10,
        series: (0..2).map(series).collect(),
        note: String::new(),
    })
}

fn of_history() -> View {
    let point = |(run, model): (usize, usize)| {
        let value = 0.3 + 0.2 * model as f64 + 0.05 * run as f64;
        (run != 1 || model != 2).then_some(HistoryPoint { value, low: value - 0.09, high: value + 0.08 })
    };
    View::History(HistoryChart {
        renewed: vec![2],
        frame: frame("Mean score from run to run"),
        runs: (1..5).map(|day| format!("2026-11-0{day} 09:30")).collect(),
        series: (0..3)
            .map(|model| HistorySeries { label: named(model), points: (0..4).map(|run| point((run, model))).collect() })
            .collect(),
        note: "Whiskers: 95 % interval.".into(),
    })
}

fn views() -> [(&'static str, View); 17] {
    [
        ("score", of_score()),
        ("panels", of_panels()),
        ("panels_of_parts", of_parts_in_panels()),
        ("heatmap", of_heatmap()),
        ("tradeoff_slide", of_tradeoff()),
        ("forest", of_forest()),
        ("stacked_paper", of_stacked()),
        ("load_curve", of_load_curve()),
        ("durations", of_durations()),
        ("durations_stacked", of_parts()),
        ("scatter", of_scatter()),
        ("ecdf", of_ecdf()),
        ("ecdf_sweep", of_sweep()),
        ("timeline", of_timeline()),
        ("timeline_server", of_timeline_with_a_server()),
        ("reliability", of_reliability()),
        ("history", of_history()),
    ]
}

/// Compares a file of the folder with what is drawn now, or writes it anew.
fn assert_golden(name: &str, drawn: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chart/golden").join(name);
    if std::env::var_os("SMALLBENCH_GOLDEN").is_some_and(|value| value == "write") {
        std::fs::write(&path, drawn).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert!(drawn == golden, "{name} changed; see the first line of golden_tests.rs");
}

#[test]
fn pictures_are_the_golden_ones_byte_for_byte() {
    for (name, view) in views() {
        assert_golden(&format!("{name}.svg"), &view.draw().unwrap());
    }
}

#[test]
fn values_are_the_golden_ones_and_their_charts_draw_columns_that_exist() {
    for (name, view) in views() {
        let values = view.values();
        assert!(values.table.rows.iter().all(|row| row.len() == values.table.columns.len()), "{name}");
        let vega = values.vega();
        for field in fields(&vega) {
            assert!(
                ["place", "line"].contains(&field.as_str()) || values.table.columns.contains(&field),
                "{name} has no column {field}"
            );
        }
        assert_golden(&format!("{name}.vl.json"), &values.vega_text("values.csv"));
    }
}

/// The names of the fields that a Vega-Lite chart uses.
fn fields(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Array(parts) => parts.iter().flat_map(fields).collect(),
        serde_json::Value::Object(parts) => {
            let own = parts.get("field").and_then(serde_json::Value::as_str).map(str::to_owned);
            own.into_iter().chain(parts.values().flat_map(fields)).collect()
        }
        _ => Vec::new(),
    }
}
