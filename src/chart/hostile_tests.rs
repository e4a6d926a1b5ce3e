//! Every chart with values and labels that would break a careless one.

use super::ecdf::ecdf;
use super::heatmap::heatmap;
use super::history::history;
use super::load_curve::load_curve;
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

fn titled(title: &str) -> Frame {
    Frame { title: title.to_owned(), footer: labels(), ..Frame::default() }
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
            let chart = ScoreChart { frame: titled(&title), bars: bars(count), chance, ..ScoreChart::default() };
            assert_sound("score", || score(&chart));
        }
    }
}

#[test]
fn histories() {
    for (runs, models) in [(0, 0), (1, 1), (2, 3), (40, 12), (400, 2)] {
        let value = |place: usize| VALUES[place % VALUES.len()];
        let point = |place: usize| HistoryPoint { value: value(place), low: value(place + 3), high: value(place + 5) };
        let series = (0..models).map(|model| HistorySeries {
            label: labels()[model % 8].clone(),
            points: (0..runs).map(|run| (run % 5 != 2).then(|| point(run + model))).collect(),
        });
        let chart = HistoryChart {
            renewed: vec![0, 1, models, usize::MAX],
            runs: labels().into_iter().cycle().take(runs).collect(),
            series: series.collect(),
            ..HistoryChart::default()
        };
        assert_sound("history", || history(&chart));
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
                n: (0..model as u64).collect(),
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
                let series = |index: usize| ScatterSeries {
                    label: labels()[index % 8].clone(),
                    points: points.clone(),
                    line: index.is_multiple_of(2).then(|| ScatterLine {
                        slope: VALUES[index % VALUES.len()],
                        intercept: VALUES[(index + 7) % VALUES.len()],
                        meaning: labels()[index % 8].clone(),
                    }),
                };
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
    let series = vec![ScatterSeries { label: "m".into(), points, ..ScatterSeries::default() }];
    let chart = ScatterChart { log_x: true, log_y: true, series, ..ScatterChart::default() };
    assert!(scatter(&chart).unwrap().contains("3 points not shown"));
}

#[test]
fn a_hundred_thousand_points_stay_a_small_picture() {
    let point = |step: u32| (f64::from(step % 977), f64::from(step.wrapping_mul(2_654_435_761) % 9973));
    let series = |index: u32| ScatterSeries {
        label: index.to_string(),
        points: (0..50_000).map(|step| point(step + index)).collect(),
        line: None,
    };
    let chart = ScatterChart { series: vec![series(0), series(1)], ..ScatterChart::default() };
    let svg = scatter(&chart).unwrap();
    assert!(svg.len() < 2_000_000, "{}", svg.len());
    assert!(svg.contains("100,000 points drawn as"));
}

#[test]
fn heatmaps_of_all_kinds() {
    let cell = |index: usize| HeatmapCell {
        x: index % 5,
        y: index / 3,
        value: VALUES[index % VALUES.len()],
        n: index as u64 * 1_000_000,
    };
    let names = |count: usize| labels().into_iter().cycle().take(count).collect::<Vec<String>>();
    for (columns, rows, panels) in [(0, 0, 0), (0, 1, 1), (1, 1, 1), (4, 4, 3), (2, 2, 30), (120, 2, 1), (2, 300, 1)] {
        for range in [(0.0, 0.0), (0.1, 5.0), (5.0, 0.1), (f64::NAN, 1.0), (f64::MIN, f64::MAX)] {
            let panel = |index: usize| HeatmapPanel {
                label: labels()[index % 8].clone(),
                model: index,
                cells: (0..24).map(|number| cell(number + index)).collect(),
            };
            let chart = Heatmap {
                frame: titled("t"),
                columns: names(columns),
                rows: names(rows),
                panels: (0..panels).map(panel).collect(),
                range,
                log_color: range.1 > 1.0,
                is_share: columns == 1,
                value_label: "Seconds".repeat(30),
                ..Heatmap::default()
            };
            assert_sound("heatmap", || heatmap(&chart));
        }
    }
}

#[test]
fn tradeoffs_forests_and_stacks_of_all_kinds() {
    for (count, shift) in [(0, 0), (1, 2), (3, 5), (12, 1), (300, 7)] {
        let value = |index: usize| VALUES[(index + shift) % VALUES.len()];
        let name = |index: usize| labels()[index % 8].clone();
        let point = |index: usize| TradeoffPoint {
            label: name(index),
            x: value(index),
            x_interval: index.is_multiple_of(2).then(|| (value(index + 1), value(index + 4))),
            y: if index.is_multiple_of(3) { value(index) } else { 0.5 },
            y_interval: Some((value(index + 2), value(index + 3))),
            is_doubtful: index.is_multiple_of(4),
        };
        let points = (0..count).map(point).collect();
        let chart = TradeoffChart { frame: titled("t"), points, x_label: name(3), ..TradeoffChart::default() };
        assert_sound("tradeoff", || tradeoff(&chart));
        let row = |index: usize| ForestRow {
            sides: [name(index), name(index + 2)],
            detail: name(index + 1),
            value: value(index),
            interval: (value(index + 1), value(index + 5)),
            is_distinct: index.is_multiple_of(2),
            is_aside: index.is_multiple_of(7),
        };
        let chart = ForestChart { frame: titled("t"), rows: (0..count).map(row).collect(), ..ForestChart::default() };
        assert_sound("forest", || forest(&chart));
        let parts = |index: usize| (0..index % 14).map(|class| value(class + index)).collect();
        let bar = |index: usize| StackedBar { label: name(index), parts: parts(index) };
        let bars: Vec<StackedBar> = (0..count).map(bar).collect();
        for is_share in [false, true] {
            let bars = Vec::clone(&bars);
            let chart =
                StackedChart { frame: titled("t"), classes: labels(), bars, is_share, ..StackedChart::default() };
            assert_sound("stacked", || stacked(&chart));
        }
    }
}

#[test]
fn every_medium_and_size_holds_every_chart() {
    let media = [Medium::Screen, Medium::Paper, Medium::Slide];
    let sizes = [None, Some((300.0, 200.0)), Some((2000.0, 300.0)), Some((f64::NAN, 0.0))];
    for (medium, size) in media.into_iter().flat_map(|medium| sizes.map(|size| (medium, size))) {
        let frame = Frame { medium, size, ..titled("A title") };
        let views = [
            View::Score(ScoreChart { frame: frame.clone(), bars: bars(7), ..ScoreChart::default() }),
            View::Scatter(ScatterChart {
                frame: frame.clone(),
                series: vec![ScatterSeries {
                    label: "m".into(),
                    points: (1..30).map(|x| (f64::from(x), 2.0)).collect(),
                    line: None,
                }],
                ..ScatterChart::default()
            }),
            View::Durations(DurationsChart {
                frame,
                series: labels(),
                groups: vec![DurationBars { values: vec![Some(1.0); 8], ..DurationBars::default() }],
                ..DurationsChart::default()
            }),
        ];
        for view in views {
            let svg = view.draw().unwrap();
            assert!(
                resvg::usvg::Tree::from_str(&svg, &resvg::usvg::Options::default()).is_ok() && !svg.contains("NaN")
            );
        }
    }
}

#[test]
fn panels_of_all_kinds() {
    let score = |count| View::Score(ScoreChart { bars: bars(count), ..ScoreChart::default() });
    let stacked = || View::Stacked(StackedChart { classes: labels(), ..StackedChart::default() });
    let kinds: [Vec<View>; 5] = [
        Vec::new(),
        vec![score(0)],
        vec![score(0), score(3), score(7)],
        vec![stacked(), score(2), View::Forest(ForestChart::default()), View::Tradeoff(TradeoffChart::default())],
        (0..30).map(|_| View::Scatter(ScatterChart::default())).collect(),
    ];
    for views in kinds {
        for (medium, size) in [(Medium::Screen, None), (Medium::Paper, None), (Medium::Slide, Some((400.0, 300.0)))] {
            let labelled = views.iter().zip(labels().into_iter().cycle()).map(|(view, name)| (name, view.clone()));
            let mut chart = PanelsChart::new("dataset", labelled);
            chart.frame = Frame { medium, size, ..titled("t") };
            assert_sound(&format!("{} panels", views.len()), || View::Panels(chart.clone()).draw());
            assert!(View::Panels(chart).values().vega()["vconcat"].is_array());
        }
    }
}

#[test]
fn clipped_colours_are_told() {
    let cell = |x: usize, value: f64| HeatmapCell { x, y: 0, value, n: 1 };
    let chart = Heatmap {
        columns: vec!["1".into(), "2".into()],
        rows: vec!["1".into()],
        panels: vec![HeatmapPanel { cells: vec![cell(0, 1.5), cell(1, 263.9)], ..HeatmapPanel::default() }],
        range: (1.0, 2.0),
        ..Heatmap::default()
    };
    let svg = heatmap(&chart).unwrap();
    assert!(svg.contains("≥ 2.00") && svg.contains("264") && !svg.contains("≤"));
}

#[test]
fn reliability_of_all_kinds() {
    let labels = labels();
    for models in [0, 1, 3, 40] {
        for bins in [0, 1, 15] {
            let value = |index: usize| VALUES[index % VALUES.len()];
            let point = |index: usize| ReliabilityPoint {
                confidence: if index.is_multiple_of(2) { 0.9 } else { value(index) },
                accuracy: if index.is_multiple_of(3) { value(index) } else { 0.4 },
                count: [0, 1, 100, u64::MAX / 64][index % 4],
                interval: (!index.is_multiple_of(5)).then(|| (value(index + 1), value(index + 2))),
            };
            let series = |index: usize| ReliabilitySeries {
                label: labels[index % labels.len()].clone(),
                points: (0..15).map(|bin| point(bin + index)).collect(),
                error: value(index).clamp(0.0, 1.0),
            };
            let series: Vec<_> = (0..models).map(series).collect();
            let chart =
                ReliabilityChart { frame: titled(&"t".repeat(90)), bins, series, ..ReliabilityChart::default() };
            assert_sound("reliability", || reliability(&chart));
        }
    }
}

#[test]
fn ecdfs_of_all_kinds() {
    let kinds: [Vec<f64>; 6] = [
        Vec::new(),
        vec![0.5],
        vec![0.5; 50],
        vec![f64::NAN; 3],
        VALUES.to_vec(),
        (0..300).rev().map(f64::from).collect(),
    ];
    for values in kinds {
        for log_x in [false, true] {
            for models in [1, 64, 300_usize] {
                let series = |index: usize| EcdfSeries {
                    label: labels()[index % 8].clone(),
                    values: values.clone(),
                    failed: [0, 1, u64::MAX][index % 3],
                };
                let title = "title & ".repeat(100);
                for (panels, is_ordered) in [(1, false), (3, true), (40, true)] {
                    let panel = |index: usize| EcdfPanel {
                        label: labels()[index % 8].clone(),
                        series: (index..index + models.div_ceil(panels)).map(series).collect(),
                    };
                    let chart = EcdfChart {
                        frame: titled(&title),
                        log_x,
                        is_ordered,
                        panels: (0..panels).map(panel).collect(),
                        ..EcdfChart::default()
                    };
                    assert_sound("ecdf", || ecdf(&chart));
                }
            }
        }
    }
}

#[test]
fn an_ecdf_says_what_it_left_out_and_who_failed() {
    let values = vec![1.0, 2.0, 0.0, -1.0, f64::NAN];
    let series = vec![EcdfSeries { label: "m".into(), values, failed: 1200 }];
    let panels = vec![EcdfPanel { label: String::new(), series }];
    let svg = ecdf(&EcdfChart { log_x: true, panels, ..EcdfChart::default() }).unwrap();
    let lines: Vec<&str> = svg.lines().filter(|line| !line.starts_with('<')).collect();
    let words = lines.join(" ");
    for text in ["3 values left out", "n = 1,202, 1,200 failed", "ends below 1"] {
        assert!(words.contains(text), "{text}");
    }
}

#[test]
fn two_hundred_thousand_durations_stay_a_small_picture() {
    let value = |step: u32| 0.01 + f64::from(step.wrapping_mul(2_654_435_761) % 99_991) / 1e4;
    let series = vec![EcdfSeries { label: "m".into(), values: (0..200_000).map(value).collect(), failed: 7 }];
    let panels = vec![EcdfPanel { label: String::new(), series }];
    let svg = ecdf(&EcdfChart { log_x: true, panels, ..EcdfChart::default() }).unwrap();
    assert!(svg.len() < 100_000, "{}", svg.len());
}

#[test]
fn load_curves_of_all_kinds() {
    for (models, points) in [(0, 0), (1, 0), (1, 1), (3, 7), (64, 12), (300, 12), (2, 9000)] {
        for shift in [0, 3, 7, 10] {
            let value = |index: usize| VALUES[(index + shift) % VALUES.len()];
            let point = |index: usize| LoadPoint {
                load: if shift % 2 == 0 { value(index) } else { index as f64 },
                throughput: (index % 4 != 3).then(|| value(index + 1)),
                goodput: index.is_multiple_of(3).then(|| value(index + 6)),
                latency: (index % 5 != 4).then(|| value(index + 2)),
                latency_interval: index.is_multiple_of(2).then(|| (value(index + 3), value(index))),
                tail: (index % 3 != 1).then(|| value(index + 5)),
                client_limited: index.is_multiple_of(3),
            };
            let series = |index: usize| LoadSeries {
                label: labels()[index % 8].clone(),
                points: (0..points).map(|point_index| point(point_index + index)).collect(),
                knee: [None, Some(0), Some(usize::MAX), Some(points / 2)][index % 4],
            };
            let chart = LoadCurveChart {
                load_label: "load ".repeat(90),
                tail_label: labels()[shift % 8].clone(),
                limit: Some(value(shift)),
                series: (0..models).map(series).collect(),
                ..LoadCurveChart::default()
            };
            assert_sound("load curve", || load_curve(&chart));
        }
    }
}

#[test]
fn timelines_of_all_kinds() {
    let kinds = [BarKind::Answer, BarKind::WarmUp, BarKind::Cold, BarKind::Fault];
    for (groups, bars) in [(0, 0), (1, 0), (1, 1), (3, 12), (64, 150), (300, 2), (2, 12_000)] {
        for shift in [0, 1, 5, 7, 9] {
            let value = |index: usize| VALUES[(index + shift) % VALUES.len()];
            let is_wild = |index: usize| index % 1000 < 30;
            let bar = |index: usize| TimelineBar {
                scheduled: if is_wild(index) { value(index) } else { index as f64 },
                sent: if is_wild(index) { value(index / 12) } else { index as f64 + 0.5 },
                first_token: (!index.is_multiple_of(3))
                    .then(|| if is_wild(index) { value(index + 1) } else { index as f64 + 1.0 }),
                end: if is_wild(index) { value(index / 5) } else { (index + index % 90 + 1) as f64 },
                kind: kinds[index % 7 % 4],
                tokens: None,
            };
            let reading = |index: usize| ServerReading {
                at: if is_wild(index) { value(index) } else { index as f64 },
                running: (!index.is_multiple_of(4)).then(|| value(index)),
                waiting: index.is_multiple_of(5).then(|| value(index / 3)),
            };
            let group = |index: usize| TimelineGroup {
                label: labels()[index % 8].clone(),
                bars: (0..bars).rev().map(|offset| bar(offset + index)).collect(),
                readings: (0..bars * shift).map(|place| reading(place + index)).collect(),
            };
            let chart = TimelineChart { groups: (0..groups).map(group).collect(), ..TimelineChart::default() };
            assert_sound("timeline", || timeline(&chart));
        }
    }
}

#[test]
fn requests_that_cannot_be_drawn_are_counted() {
    let bar = |sent: f64, end: f64| TimelineBar { scheduled: sent, sent, end, ..TimelineBar::default() };
    let bars = vec![bar(0.0, 1.0), bar(2.0, 1.0), bar(f64::NAN, 1.0), bar(0.0, f64::INFINITY)];
    let chart = TimelineChart {
        groups: vec![TimelineGroup { label: "m".into(), bars, readings: Vec::new() }],
        ..TimelineChart::default()
    };
    let svg = timeline(&chart).unwrap();
    assert!(svg.contains("3 requests left out") && svg.contains("n = 1, at most 1 at once"));
}

#[test]
fn every_chart_becomes_a_png_of_its_size() {
    let score_chart = ScoreChart { bars: bars(9), ..ScoreChart::default() };
    let points = vec![(1.0, 2.0); 9];
    let series = vec![ScatterSeries { label: "m".into(), points, ..ScatterSeries::default() }];
    let charts = [
        score(&score_chart),
        durations(&DurationsChart::default()),
        scatter(&ScatterChart { series, ..ScatterChart::default() }),
        heatmap(&Heatmap::default()),
        ecdf(&EcdfChart::default()),
        reliability(&ReliabilityChart::default()),
        load_curve(&LoadCurveChart::default()),
        timeline(&TimelineChart::default()),
    ];
    for svg in charts {
        let svg = svg.unwrap();
        let attribute = |name: &str| -> u32 {
            let start = svg.find(name).unwrap() + name.len();
            svg[start..].split('"').next().unwrap().parse().unwrap()
        };
        assert!(pdf(&svg, "<&\u{1}").unwrap().starts_with(b"%PDF-") && with_fonts(&svg).is_ok());
        let bytes = png(&svg, 0.5).unwrap();
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        assert_eq!(number(16), attribute("width=\"").div_ceil(2));
        assert_eq!(number(20), attribute("height=\"").div_ceil(2));
    }
}

#[test]
fn names_of_many_columns_stand_upright_and_whole() {
    let name = |index: usize| format!("model-{index:02}-instruct");
    let of = |columns: usize| {
        let cells = (0..columns).map(|x| HeatmapCell { x, y: 0, value: 0.5, n: 3 }).collect();
        let panels = vec![HeatmapPanel { cells, ..HeatmapPanel::default() }];
        let columns = (0..columns).map(name).collect();
        heatmap(&Heatmap { columns, rows: vec!["row".into()], panels, ..Heatmap::default() }).unwrap()
    };
    let many = of(20);
    assert!((0..20).all(|index| many.contains(&name(index))), "{many}");
    let upright = |svg: &str| svg.matches("rotate(270").count();
    assert_eq!(upright(&many), upright(&of(3)) + 20);
}

#[test]
fn many_models_have_one_trend_each() {
    let series = |index: usize| ScatterSeries {
        label: format!("m{index}"),
        points: (1..30).map(|x| (f64::from(x), f64::from(x) + index as f64)).collect(),
        line: None,
    };
    let of = |models: usize| {
        let series = (0..models).map(series).collect();
        scatter(&ScatterChart { series, log_x: true, log_y: true, ..ScatterChart::default() }).unwrap()
    };
    assert!(of(6).contains("power law") && of(6).contains("Power law"));
    assert!(!of(7).contains("ower law") && of(7).contains("running median"));
}
