//! The exact bytes of a picture of each new kind. `SMALLBENCH_GOLDEN=write cargo test --lib golden` writes them anew: look at
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
    })
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
        panels: (0..3).map(|index| HeatmapPanel { label: named(index), cells: cells(index as f64 / 5.0) }).collect(),
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
        label: format!("{} − {}", MODELS[a], MODELS[b]),
        detail: "100 questions, p = 0.020 (Holm)".into(),
        value,
        interval: (value - 11.0, value + 12.0),
        is_distinct: value.abs() > 12.0,
    };
    View::Forest(ForestChart {
        frame: frame("Differences on the same questions"),
        value_label: "difference of the scores (points)".into(),
        rows: vec![row(0, 1, -31.0), row(1, 2, -8.0)],
        note: String::new(),
    })
}

fn of_stacked() -> View {
    View::Stacked(StackedChart {
        frame: Frame { medium: Medium::Paper, ..frame("What became of the requests") },
        value_label: "Share of requests".into(),
        classes: ["correct", "wrong", "no answer"].map(str::to_owned).into(),
        bars: (0..3)
            .map(|index| StackedBar { label: named(index), counts: vec![31 + index as u64 * 20, 40, 1] })
            .collect(),
        note: "Numbers: requests.".into(),
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

fn views() -> [(&'static str, View); 6] {
    [
        ("score", of_score()),
        ("heatmap", of_heatmap()),
        ("tradeoff_slide", of_tradeoff()),
        ("forest", of_forest()),
        ("stacked_paper", of_stacked()),
        ("load_curve", of_load_curve()),
    ]
}

#[test]
fn pictures_are_the_golden_ones_byte_for_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chart/golden");
    for (name, view) in views() {
        let (path, svg) = (folder.join(format!("{name}.svg")), view.draw().unwrap());
        if std::env::var_os("SMALLBENCH_GOLDEN").is_some_and(|value| value == "write") {
            std::fs::write(&path, &svg).unwrap();
        }
        let golden = std::fs::read_to_string(&path).unwrap();
        assert!(svg == golden, "{name}.svg changed; see the first line of golden_tests.rs");
    }
}
