//! Pictures of few and of many groups on every medium: each page holds them, with type that is legible there.

use super::pages::pages;
use super::*;

const MEDIA: [(Medium, f64, f64, f64); 2] = [(Medium::Paper, 468.0, 648.0, 8.0), (Medium::Slide, 960.0, 540.0, 18.0)];

fn name(index: usize) -> String {
    format!("m{index:02}-7b")
}

fn frame(medium: Medium) -> Frame {
    Frame {
        title: "A title of usual length".into(),
        subtitle: "questions, answers".into(),
        footer: ["many", "n = 300", "1 fault"].map(str::to_owned).into(),
        medium,
        ..Frame::default()
    }
}

const NOTE: &str = "Whiskers: 95 % interval. Bins hold about as many answers each. The colours span at least a tenth of \
                    their middle, and at least what the medians resolve.";

fn of_rows(count: usize) -> [View; 4] {
    let bar = |index: usize| {
        let mean = 0.2 + 0.6 * index as f64 / count as f64;
        ScoreBar { label: name(index), mean, low: mean - 0.1, high: mean + 0.1, n: 100, not_answers: 3 }
    };
    let group = |index: usize| DurationBars {
        label: name(index),
        values: vec![Some(0.2 + index as f64); 3],
        spread: vec![Some((0.1, 0.5)); 3],
        n: vec![100; 3],
    };
    let stack = |index: usize| StackedBar { label: name(index), parts: vec![60.0, 30.0, index as f64] };
    let row = |index: usize| ForestRow {
        sides: [name(index), name(index + 1)],
        detail: "100 questions, p = 0.020 (Holm)".into(),
        value: index as f64 - 4.0,
        interval: (index as f64 - 9.0, index as f64 + 1.0),
        ..ForestRow::default()
    };
    [
        View::Score(ScoreChart { bars: (0..count).map(bar).collect(), chance: Some(0.25), ..ScoreChart::default() }),
        View::Durations(DurationsChart {
            series: ["client latency", "prompt eval", "eval"].map(str::to_owned).into(),
            groups: (0..count).map(group).collect(),
            value_label: "seconds".into(),
            ..DurationsChart::default()
        }),
        View::Stacked(StackedChart {
            classes: ["correct", "wrong", "no answer"].map(str::to_owned).into(),
            bars: (0..count).map(stack).collect(),
            is_share: true,
            ..StackedChart::default()
        }),
        View::Forest(ForestChart { rows: (0..count).map(row).collect(), ..ForestChart::default() }),
    ]
}

/// One panel, of a column per model and a row per subject.
fn of_subjects(count: usize) -> View {
    let rows = count * 3;
    let cell = |at: usize| HeatmapCell { x: at % count, y: at / count, value: (at % 10) as f64 / 10.0, n: 20 };
    View::Heatmap(Heatmap {
        columns: (0..count).map(name).collect(),
        rows: (0..rows).map(|row| format!("subject number {row:03}")).collect(),
        panels: vec![HeatmapPanel { cells: (0..rows * count).map(cell).collect(), ..HeatmapPanel::default() }],
        range: (0.0, 1.0),
        is_share: true,
        value_label: "mean score".into(),
        ..Heatmap::default()
    })
}

fn of_panels(count: usize) -> [View; 3] {
    let cells =
        |shift: usize| (0..25).map(move |at| HeatmapCell { x: at % 5, y: at / 5, value: (at + shift) as f64, n: 12 });
    let panel = |index: usize| HeatmapPanel { label: name(index), model: index, cells: cells(index).collect() };
    let names = |first: usize| (0..5).map(|bin| format!("{}–{}", first + 10 * bin, first + 10 * bin + 9)).collect();
    let line = |index: usize| EcdfSeries {
        label: name(index),
        values: (1..40).map(|step| f64::from(step) * (1 + index) as f64).collect(),
        failed: 1,
    };
    let bar = |(group, index): (usize, usize)| {
        let sent = (group * 50 + index) as f64;
        TimelineBar { scheduled: sent, sent, first_token: Some(sent + 0.5), end: sent + 3.0, ..TimelineBar::default() }
    };
    let group = |group: usize| TimelineGroup {
        label: name(group),
        bars: (0..40).map(|index| bar((group, index))).collect(),
        readings: Vec::new(),
    };
    [
        View::Heatmap(Heatmap {
            columns: names(40),
            rows: names(1),
            panels: (0..count).map(panel).collect(),
            range: (0.0, 30.0),
            value_label: "latency (s)".into(),
            ..Heatmap::default()
        }),
        View::Ecdf(EcdfChart {
            x_label: "latency (s)".into(),
            log_x: true,
            panels: vec![EcdfPanel { label: String::new(), series: (0..count).map(line).collect() }],
            ..EcdfChart::default()
        }),
        View::Timeline(TimelineChart { groups: (0..count).map(group).collect(), ..TimelineChart::default() }),
    ]
}

fn of_plots(count: usize) -> [View; 5] {
    let points = |index: usize| (1..20).map(|x| (f64::from(x), f64::from(x) * (1 + index) as f64)).collect();
    let series = |index: usize| ScatterSeries { label: name(index), points: points(index), line: None };
    let tradeoff = |index: usize| TradeoffPoint {
        label: name(index),
        x: 1.0 + index as f64,
        y: 0.5,
        y_interval: Some((0.4, 0.6)),
        ..TradeoffPoint::default()
    };
    let bin = |bin: u32| ReliabilityPoint {
        confidence: f64::from(bin) / 10.0 - 0.05,
        accuracy: 0.5,
        count: 10,
        interval: Some((0.4, 0.6)),
    };
    let reliability =
        |index: usize| ReliabilitySeries { label: name(index), points: (1..=10).map(bin).collect(), error: 0.1 };
    let load = |load: u32| LoadPoint {
        load: f64::from(load),
        throughput: Some(f64::from(load)),
        goodput: Some(f64::from(load) * 0.8),
        latency: Some(1.0),
        tail: Some(2.0),
        ..LoadPoint::default()
    };
    let sweep = |index: usize| LoadSeries { label: name(index), points: (1..6).map(load).collect(), knee: Some(1) };
    let score = HistoryPoint { value: 0.5, low: 0.4, high: 0.6 };
    let history = |index: usize| HistorySeries { label: name(index), points: vec![Some(score); 4] };
    [
        View::Scatter(ScatterChart { series: (0..count).map(series).collect(), ..ScatterChart::default() }),
        View::Tradeoff(TradeoffChart { points: (0..count).map(tradeoff).collect(), ..TradeoffChart::default() }),
        View::Reliability(ReliabilityChart {
            bins: 10,
            series: (0..count).map(reliability).collect(),
            ..ReliabilityChart::default()
        }),
        View::LoadCurve(LoadCurveChart {
            series: (0..count).map(sweep).collect(),
            limit: Some(1.5),
            ..LoadCurveChart::default()
        }),
        View::History(HistoryChart {
            runs: (1..5).map(|day| format!("2026-11-0{day} 09:30")).collect(),
            series: (0..count).map(history).collect(),
            ..HistoryChart::default()
        }),
    ]
}

/// Every kind of chart of this number of models, and each kind that has panels of two datasets.
fn views(count: usize, medium: Medium) -> Vec<View> {
    let framed = |view: View| {
        let mut view = view.with_frame(frame(medium));
        NOTE.clone_into(view.texts_mut().1);
        view
    };
    let single = || {
        of_rows(count)
            .into_iter()
            .chain(of_panels(count))
            .chain(of_plots(count))
            .chain([of_subjects(count)])
            .map(framed)
    };
    let is_apart =
        |view: &View| !matches!(view, View::LoadCurve(_) | View::Timeline(_) | View::History(_) | View::Ecdf(_));
    let both = |view: View| {
        let panels = ["algebra", "law"].map(|dataset| (dataset.to_owned(), view.clone()));
        View::Panels(PanelsChart::new("dataset", panels))
    };
    single().chain(single().filter(is_apart).map(both)).collect()
}

fn kind(view: &View) -> String {
    let whole = format!("{view:?}");
    let name = whole.split('(').next().unwrap_or_default().to_owned();
    match view {
        View::Panels(chart) => format!("{name} of {}", kind(&chart.panels[0].view)),
        _ => name,
    }
}

/// Width, height and smallest type of a picture in points.
fn measures(svg: &str) -> (f64, f64, f64) {
    let of = |name: &str| svg.split_once(name).unwrap().1.split('"').next().unwrap().trim_end_matches("pt");
    let (width, height): (f64, f64) = (of("width=\"").parse().unwrap(), of("height=\"").parse().unwrap());
    let logical: f64 = of("viewBox=\"0 0 ").split(' ').next().unwrap().parse().unwrap();
    let sizes = svg.split("font-size=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<f64>().unwrap());
    (width, height, sizes.fold(f64::MAX, f64::min) * width / logical)
}

#[test]
fn every_page_fits_its_medium_with_legible_type() {
    let mut found = Vec::new();
    for (medium, width, height, least) in MEDIA {
        for count in [1, 3, 9, 24] {
            for view in views(count, medium) {
                let pages = pages(&view).unwrap();
                let measured = pages.iter().map(|page| measures(&page.svg));
                let is_wrong = |(wide, high, size): &(f64, f64, f64)| {
                    (wide - width).abs() > 1.5 || *high > height + 1.0 || *size < least * 0.995
                };
                let wrong = measured.enumerate().find(|(_, measures)| is_wrong(measures));
                found.extend(wrong.map(|wrong| format!("{medium:?} {} of {count}: {wrong:.2?}", kind(&view))));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_row_and_panel_stands_on_some_page_and_all_pages_have_one_scale() {
    for (medium, ..) in MEDIA {
        for count in [9, 40] {
            for view in of_rows(count).into_iter().chain(of_panels(count)) {
                let view = view.with_frame(frame(medium));
                let drawn: Vec<String> = pages(&view).unwrap().into_iter().map(|page| page.svg).collect();
                let all = drawn.concat();
                let missing: Vec<String> = (0..count).map(name).filter(|name| !all.contains(name.as_str())).collect();
                assert!(missing.is_empty(), "{medium:?} {} of {count}: {missing:?}", kind(&view));
                assert!(!all.contains("more") || all.contains("more models not shown"), "{medium:?} {}", kind(&view));
            }
        }
    }
}

#[test]
fn every_subject_is_named_on_some_page() {
    for (medium, ..) in MEDIA {
        let view = of_subjects(19).with_frame(frame(medium));
        let paged = pages(&view).unwrap();
        let all: String = paged.iter().map(|page| page.svg.as_str()).collect();
        let missing = (0..57).filter(|row| !all.contains(&format!("subject number {row:03}"))).count();
        assert_eq!(missing, 0, "{medium:?}");
        assert!(paged.len() > 1 && all.find("number 056").unwrap() < all.find("number 000").unwrap());
    }
}

#[test]
fn a_model_keeps_its_mark_on_every_page() {
    for view in of_rows(20).into_iter().take(3) {
        let whole = view.draw().unwrap();
        let view = view.with_frame(frame(Medium::Slide));
        let paged = pages(&view).unwrap();
        assert!(paged.len() > 1);
        let all: String = paged.iter().map(|page| page.svg.as_str()).collect();
        let colors = |svg: &str| {
            let fills = svg.match_indices("fill=\"#").map(|(at, _)| svg[at + 6..at + 13].to_owned());
            fills.collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(colors(&whole), colors(&all), "{}", kind(&view));
    }
}

#[test]
fn a_picture_that_fits_is_one_page_under_its_own_title() {
    for view in views(3, Medium::Paper).into_iter().chain(views(12, Medium::Screen)) {
        let paged = pages(&view).unwrap();
        assert_eq!(paged.len(), 1, "{}", kind(&view));
        assert_eq!(*paged[0].view, view);
    }
    let view = of_rows(60)[0].with_frame(frame(Medium::Slide));
    let paged = pages(&view).unwrap();
    let titles: Vec<&str> = paged.iter().map(|page| page.view.title()).collect();
    assert_eq!(titles[0], format!("A title of usual length (1 of {})", paged.len()));
}

#[test]
fn plots_that_would_be_too_low_to_read_have_pages_of_their_own() {
    for view in of_plots(6).into_iter().take(3) {
        let panels = ["algebra", "law"].map(|dataset| (dataset.to_owned(), view.with_frame(frame(Medium::Slide))));
        let both = View::Panels(PanelsChart::new("dataset", panels));
        let paged = pages(&both).unwrap();
        assert_eq!(paged.len(), 2, "{}", kind(&view));
        for (page, dataset) in paged.iter().zip(["algebra", "law"]) {
            let svg = &page.svg;
            assert!(svg.contains(dataset) && svg.contains(&name(5)), "{}", kind(&view));
        }
    }
}

#[test]
fn a_size_that_is_asked_for_is_one_page() {
    for view in views(20, Medium::Slide) {
        let sized = view.with_frame(Frame { size: Some((700.0, 400.0)), ..frame(Medium::Slide) });
        assert_eq!(pages(&sized).unwrap().len(), 1, "{}", kind(&view));
    }
}

#[test]
fn many_groups_on_a_screen_stay_a_picture_that_can_be_painted() {
    for count in [20, 40] {
        for view in views(count, Medium::Screen) {
            let svg = view.draw().unwrap();
            let (width, height, _) = measures(&svg);
            assert!(width <= 1000.0 && height <= 5000.0, "{} of {count}: {width} × {height}", kind(&view));
        }
    }
}
