//! Every chart with values and labels that would break a careless one.

use super::*;

const VALUES: [f64; 12] =
    [0.0, -0.0, 1.0, -3.5, 1e-9, 1e9, 1e300, f64::MAX, f64::MIN_POSITIVE, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn labels() -> Vec<String> {
    let mut labels: Vec<String> = ["", "\n\t ", "<script>&\"'>]]>", "a\0\u{1b}[31m\u{202e}\u{FFFE}z", "🦙 模型 قلب"]
        .iter()
        .map(ToString::to_string)
        .collect();
    labels.extend(["x".repeat(200), "word ".repeat(60), "gemma:2b".into()]);
    labels
}

/// Draws twice, and reads the result as the XML and the picture that it must be.
fn assert_sound(name: &str, draw: impl Fn() -> Result<String, ChartError>) {
    let svg = draw().unwrap();
    assert_eq!(svg, draw().unwrap(), "{name}: two drawings differ");
    assert!(svg.len() < 1_000_000, "{name}: {} bytes", svg.len());
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
    let tree = resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default());
    let size = tree.unwrap_or_else(|fault| panic!("{name}: {fault}")).size();
    assert!(size.width() <= 1000.0 && size.height() <= 5000.0, "{name}: {size:?}");
    for number in svg.split('"').filter_map(|attribute| attribute.parse::<f64>().ok()) {
        assert!(number.abs() < 1e6, "{name}: {number}");
    }
}

fn bars(count: usize) -> Vec<ScoreBar> {
    let labels = labels();
    let value = |index: usize| VALUES[index % VALUES.len()];
    let bar = |index: usize| ScoreBar {
        label: labels[index % labels.len()].clone(),
        mean: value(index),
        low: value(index + 3),
        high: value(index + 5),
        n: [0, 1, 100, u64::MAX][index % 4],
        not_answers: [0, u64::MAX][index % 2],
    };
    (0..count).map(bar).collect()
}

#[test]
fn scores() {
    for count in [0, 1, 2, 5, 7, 20, 300] {
        for chance in [None, Some(0.0), Some(1.0), Some(f64::NAN), Some(7.0)] {
            let title = "title & ".repeat(100);
            let chart = ScoreChart { title, bars: bars(count), chance, ..ScoreChart::default() };
            assert_sound("score", || score(&chart));
        }
    }
}

#[test]
fn a_score_shows_its_value_counts_and_chance() {
    let bar = ScoreBar { label: "gemma:2b".into(), mean: 0.23, low: 0.158, high: 0.322, n: 100, not_answers: 98 };
    for count in [1, 12] {
        let chart = ScoreChart { bars: vec![bar.clone(); count], chance: Some(0.25), ..ScoreChart::default() };
        let svg = score(&chart).unwrap();
        for text in ["gemma:2b", "0.23", "n = 100", "98 non-answers", "guessing 0.25"] {
            assert!(svg.contains(text), "{count} bars: {text}");
        }
    }
}

#[test]
fn durations_of_all_kinds() {
    for (models, series) in [(0, 4), (1, 0), (1, 1), (3, 4), (20, 4), (6, 9), (300, 2)] {
        for shift in 0..VALUES.len() {
            let value = |index: usize| VALUES[(index + shift) % VALUES.len()];
            let group = |model: usize| DurationBars {
                label: labels()[model % 8].clone(),
                values: (0..series).map(|index| (index != 2).then(|| value(model + index))).collect(),
                spread: (0..series / 2).map(|index| Some((value(index), value(model + 2)))).collect(),
                n: model as u64,
            };
            let chart = DurationsChart {
                series: labels().into_iter().cycle().take(series).collect(),
                groups: (0..models).map(group).collect(),
                ..DurationsChart::default()
            };
            assert_sound("durations", || durations(&chart));
        }
    }
}

#[test]
fn scatters_of_all_kinds() {
    let pairs = || VALUES.iter().flat_map(|x| VALUES.iter().map(move |y| (*x, *y)));
    let clouds: [Vec<(f64, f64)>; 6] = [
        Vec::new(),
        vec![(5.0, 1.0)],
        vec![(5.0, 1.0); 50],
        (0..50).map(|step| (5.0, f64::from(step))).collect(),
        vec![(0.0, -1.0), (f64::NAN, 1.0)],
        pairs().collect(),
    ];
    for points in clouds {
        for (log_x, log_y) in [(false, false), (true, false), (true, true)] {
            for models in [1, 20, 70] {
                let series =
                    |index: usize| ScatterSeries { label: labels()[index % 8].clone(), points: points.clone() };
                let series = (0..models).map(series).collect();
                let chart = ScatterChart { log_x, log_y, series, ..ScatterChart::default() };
                let svg = scatter(&chart).unwrap();
                assert!(!svg.contains("NaN"));
                if models == 20 {
                    assert_sound("scatter", || scatter(&chart));
                }
            }
        }
    }
}

#[test]
fn points_that_cannot_be_drawn_are_counted() {
    let points = vec![(1.0, 1.0), (0.0, 1.0), (2.0, -1.0), (3.0, f64::NAN), (4.0, 4.0)];
    let series = vec![ScatterSeries { label: "m".into(), points }];
    let chart = ScatterChart { log_x: true, log_y: true, series, ..ScatterChart::default() };
    assert!(scatter(&chart).unwrap().contains("3 points not shown"));
}

#[test]
fn fifty_thousand_points_stay_a_small_picture() {
    let point = |step: u32| (f64::from(step % 977), f64::from(step.wrapping_mul(2_654_435_761) % 9973));
    let series = |index: u32| ScatterSeries {
        label: index.to_string(),
        points: (0..25_000).map(|step| point(step + index)).collect(),
    };
    let chart = ScatterChart { series: vec![series(0), series(1)], ..ScatterChart::default() };
    let svg = scatter(&chart).unwrap();
    assert!(svg.len() < 1_000_000, "{}", svg.len());
    assert!(svg.contains("50,000 points drawn as"));
}

#[test]
fn heatmaps_of_all_kinds() {
    let cell = |index: usize| HeatmapCell {
        x: index % 5,
        y: index / 3,
        value: VALUES[index % VALUES.len()],
        n: index as u64 * 1_000_000,
    };
    let edges: [Vec<f64>; 5] = [
        Vec::new(),
        vec![1.0],
        vec![0.0, 1.0],
        vec![-5.0, 60.0, 1e9, 1e14, f64::INFINITY],
        (0..300).map(f64::from).collect(),
    ];
    for x_edges in &edges {
        for y_edges in &edges {
            for range in [(0.0, 0.0), (0.1, 5.0), (5.0, 0.1), (f64::NAN, 1.0), (f64::MIN, f64::MAX)] {
                let chart = Heatmap {
                    x_edges: x_edges.clone(),
                    y_edges: y_edges.clone(),
                    cells: (0..24).map(cell).collect(),
                    range,
                    log_color: range.1 > 1.0,
                    value_label: "Seconds".repeat(30),
                    ..Heatmap::default()
                };
                assert_sound("heatmap", || heatmap(&chart));
            }
        }
    }
}

#[test]
fn clipped_colours_are_told() {
    let cell = |x: usize, value: f64| HeatmapCell { x, y: 0, value, n: 1 };
    let chart = Heatmap {
        x_edges: vec![0.0, 1.0, 2.0],
        y_edges: vec![0.0, 1.0],
        cells: vec![cell(0, 1.5), cell(1, 263.9)],
        range: (1.0, 2.0),
        ..Heatmap::default()
    };
    let svg = heatmap(&chart).unwrap();
    assert!(svg.contains("≥ 2.00") && svg.contains("264") && !svg.contains("≤"));
}

#[test]
fn every_chart_becomes_a_png_of_its_size() {
    let score_chart = ScoreChart { bars: bars(3), ..ScoreChart::default() };
    let points = vec![(1.0, 2.0); 9];
    let series = vec![ScatterSeries { label: "m".into(), points }];
    let charts = [
        score(&score_chart),
        durations(&DurationsChart::default()),
        scatter(&ScatterChart { series, ..ScatterChart::default() }),
        heatmap(&Heatmap::default()),
    ];
    for svg in charts {
        let svg = svg.unwrap();
        let attribute = |name: &str| -> u32 {
            let start = svg.find(name).unwrap() + name.len();
            svg[start..].split('"').next().unwrap().parse().unwrap()
        };
        let bytes = png(&svg, 0.5).unwrap();
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(number(16), attribute("width=\"").div_ceil(2));
        assert_eq!(number(20), attribute("height=\"").div_ceil(2));
    }
}
