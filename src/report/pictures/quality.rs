//! Views of what judges said: trade-offs, subjects, verdicts, letters, pairs.

use std::collections::BTreeMap;

use super::datasets::OfDataset;
use super::frame::titled;
use super::shown::Shown;
use crate::chart::{
    DurationBars, DurationsChart, ForestChart, ForestRow, Frame, Heatmap, HeatmapCell, HeatmapPanel, PanelsChart,
    StackedBar, StackedChart, TradeoffChart, TradeoffPoint, View,
};
use crate::checks::Check;
use crate::compare::{Pair, p_value};
use crate::format::counted;
use crate::id::DatasetId;
use crate::judge::{CLASSES, Class};
use crate::plan::Plan;
use crate::report::axes::{cost, cost_interval, is_doubtful, latency, latency_interval, rate, rate_interval};
use crate::report::pairs::{Listed, MOST_LISTED};
use crate::spec::types::TradeoffMeasure;
use crate::tables::group::{Group, Results};
use crate::tables::pairs::pairs_of_scores;
use crate::tables::summary::Summary;

/// Most subjects that are bars; more are a heat map.
const MOST_BARS: usize = 6;

/// A choice that no letter was found for.
const NONE: &str = "none";

/// A value of a group, and the ends of its interval.
type Read = (fn(&Group) -> Option<f64>, fn(&Group) -> Option<(f64, f64)>);

/// Score against what it takes; none without a model that has both.
pub(super) fn tradeoff_view(
    plan: &Plan,
    groups: &[Shown<'_>],
    (measure, checks): (TradeoffMeasure, &[Check]),
    frame: Frame,
) -> Option<TradeoffChart> {
    let currency = plan.currency.as_deref().unwrap_or("?");
    let (name, label, (value, interval)): (&str, String, Read) = match measure {
        TradeoffMeasure::Cost => ("cost", format!("cost of 1,000 answers ({currency})"), (cost, cost_interval)),
        TradeoffMeasure::Latency => ("latency", "median latency (s)".into(), (latency, latency_interval)),
        TradeoffMeasure::TokensPerS => ("speed", "output tokens per second".into(), (rate, rate_interval)),
    };
    let point = |shown: &Shown<'_>| {
        let own = |read: &dyn Fn(&Group) -> Option<f64>| shown.group.and_then(read).unwrap_or(f64::NAN);
        TradeoffPoint {
            label: shown.batch.label(),
            x: own(&value),
            x_interval: shown.group.and_then(interval),
            y: own(&|group| group.summary.score),
            y_interval: shown.group.and_then(|group| group.summary.score_interval),
            is_doubtful: shown.group.is_some_and(|group| is_doubtful(checks, group)),
        }
    };
    let points: Vec<TradeoffPoint> = groups.iter().map(point).collect();
    points.iter().any(|point| point.x.is_finite() && point.y.is_finite()).then(|| TradeoffChart {
        frame: titled(frame, &format!("Score against {name}")),
        x_label: label,
        is_better_above: measure == TradeoffMeasure::TokensPerS,
        points,
        note: "Lines: 95 % intervals.".into(),
        ..TradeoffChart::default()
    })
}

/// Score per subject, of several datasets a panel for each; per dataset where none has subjects; none with fewer than two.
pub(super) fn subjects_view(
    (groups, datasets): (&[Shown<'_>], &[OfDataset]),
    results: &Results,
    frame: Frame,
) -> Option<View> {
    let of_dataset = |id: Option<DatasetId>| -> Vec<&Summary> {
        results.subjects.iter().filter(|part| id.is_none() || part.dataset_id == id).collect()
    };
    let subject: fn(&Summary) -> Option<&str> = |summary| summary.subject.as_deref();
    if datasets.is_empty() {
        return Form::of(&[&of_dataset(None)], subject).view(groups, &of_dataset(None), frame);
    }
    let own: Vec<(&OfDataset, Vec<&Summary>)> =
        datasets.iter().map(|dataset| (dataset, of_dataset(Some(dataset.id)))).collect();
    let form = Form::of(&own.iter().map(|(_, own)| own.as_slice()).collect::<Vec<_>>(), subject);
    let panel = |(dataset, own): &(&OfDataset, Vec<&Summary>)| {
        Some((dataset.name.clone(), form.view(groups, own, frame.clone())?))
    };
    let panels: Vec<(String, View)> = own.iter().filter_map(panel).collect();
    if panels.is_empty() {
        let cells: Vec<&Summary> = results.cells.iter().collect();
        return Form::of(&[&cells], |summary| summary.dataset.as_deref()).view(groups, &cells, frame);
    }
    Some(View::Panels(PanelsChart::new("dataset", panels)))
}

/// How scores by a property of questions are drawn, in all panels of a picture alike.
struct Form {
    read: fn(&Summary) -> Option<&str>,
    are_bars: bool,
}

impl Form {
    /// Bars, unless a panel would have too many of them.
    fn of(panels: &[&[&Summary]], read: fn(&Summary) -> Option<&str>) -> Self {
        Self { read, are_bars: panels.iter().all(|summaries| parts(summaries, read).len() <= MOST_BARS) }
    }

    /// A panel; none with fewer than two values of the property.
    fn view<'r>(&self, groups: &[Shown<'r>], summaries: &[&'r Summary], frame: Frame) -> Option<View> {
        let read = self.read;
        let names = parts(summaries, read);
        let of = |shown: &Shown<'r>, name: &str| {
            let group = shown.group?;
            summaries.iter().copied().find(|summary| summary.batch == group.batch.id && read(summary) == Some(name))
        };
        match (names.len(), self.are_bars) {
            (0 | 1, _) => None,
            (_, true) => Some(View::Durations(bars(groups, &names, &of, frame))),
            (_, false) => Some(View::Heatmap(by_subject(groups, &names, &of, frame))),
        }
    }
}

/// The names of parts, in the order in which they come.
fn parts(summaries: &[&Summary], read: fn(&Summary) -> Option<&str>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let named = summaries.iter().filter_map(|summary| read(summary).filter(|name| !name.is_empty()));
    named.filter(|name| seen.insert(*name)).map(str::to_owned).collect()
}

fn bars<'r>(
    groups: &[Shown<'r>],
    names: &[String],
    of: &impl Fn(&Shown<'r>, &str) -> Option<&'r Summary>,
    frame: Frame,
) -> DurationsChart {
    let group = |shown: &Shown<'r>| {
        let own: Vec<Option<&Summary>> = names.iter().map(|name| of(shown, name)).collect();
        DurationBars {
            label: shown.batch.label(),
            values: own.iter().map(|summary| summary.and_then(|summary| summary.score)).collect(),
            spread: own.iter().map(|summary| summary.and_then(|summary| summary.score_interval)).collect(),
            n: own.iter().map(|summary| summary.map_or(0, |summary| summary.samples)).collect(),
        }
    };
    DurationsChart {
        frame,
        series: names.to_vec(),
        groups: groups.iter().map(group).collect(),
        is_share: true,
        value_label: "Mean score".into(),
        note: "Whiskers: 95 % intervals.".into(),
        ..DurationsChart::default()
    }
}

fn by_subject<'r>(
    groups: &[Shown<'r>],
    names: &[String],
    of: &impl Fn(&Shown<'r>, &str) -> Option<&'r Summary>,
    frame: Frame,
) -> Heatmap {
    let places = || names.iter().rev().enumerate();
    let cell =
        |x: usize, y: usize, summary: &Summary| Some(HeatmapCell { x, y, value: summary.score?, n: summary.samples });
    let cells = groups
        .iter()
        .enumerate()
        .flat_map(|(x, shown)| places().filter_map(move |(y, name)| cell(x, y, of(shown, name)?)));
    Heatmap {
        frame,
        x_label: "model".into(),
        value_label: "mean score".into(),
        columns: groups.iter().map(|shown| shown.batch.label()).collect(),
        rows: names.iter().rev().cloned().collect(),
        panels: vec![HeatmapPanel { cells: cells.collect(), ..HeatmapPanel::default() }],
        range: (0.0, 1.0),
        is_share: true,
        ..Heatmap::default()
    }
}

/// The classes of verdicts that occur among all, and faults; none where nothing was judged.
pub(super) fn verdicts_view(all: &[Shown<'_>], groups: &[Shown<'_>], frame: Frame) -> Option<StackedChart> {
    let count = |class: Class, shown: &Shown<'_>| shown.group.map_or(0, |group| group.summary.verdicts(class));
    let occurs = |class: &Class| all.iter().any(|shown| count(*class, shown) > 0);
    let classes: Vec<Class> = CLASSES.into_iter().filter(occurs).collect();
    let faults = |shown: &Shown<'_>| shown.group.map_or(0, |group| group.summary.faults);
    let has_faults = all.iter().any(|shown| faults(shown) > 0);
    let bar = |shown: &Shown<'_>| StackedBar {
        label: shown.batch.label(),
        parts: classes
            .iter()
            .map(|class| count(*class, shown) as f64)
            .chain(has_faults.then(|| faults(shown) as f64))
            .collect(),
    };
    let names =
        classes.iter().map(|class| class.word().replace('_', " ")).chain(has_faults.then(|| "fault".to_owned()));
    (!classes.is_empty()).then(|| StackedChart {
        frame,
        value_label: "Share of requests".into(),
        is_share: true,
        classes: names.collect(),
        bars: groups.iter().map(bar).collect(),
        note: "Numbers: requests.".into(),
        ..StackedChart::default()
    })
}

/// Which letter was chosen where which was right, a panel per model; none without letters.
pub(super) fn letters_view(groups: &[Shown<'_>], frame: Frame) -> Option<Heatmap> {
    let counts: Vec<BTreeMap<(String, String), u64>> = groups.iter().map(letters).collect();
    let all = || counts.iter().flat_map(BTreeMap::keys);
    let mut rows: Vec<String> = all().map(|(right, _)| right.clone()).collect();
    let mut columns: Vec<String> = all().map(|(_, chosen)| chosen.clone()).chain(rows.iter().cloned()).collect();
    for names in [&mut rows, &mut columns] {
        // What is no letter stands last.
        names.sort_by_key(|name| (name == NONE, name.clone()));
        names.dedup();
    }
    rows.reverse();
    let place = |names: &[String], name: &str| names.iter().position(|known| known == name);
    let panel = |(model, shown): (usize, &Shown<'_>)| {
        let counts = &counts[model];
        let of_right =
            |right: &str| counts.iter().filter(|((known, _), _)| known == right).map(|(_, n)| n).sum::<u64>();
        let cells = counts.iter().filter_map(|((right, chosen), n)| {
            let value = *n as f64 / of_right(right) as f64;
            Some(HeatmapCell { x: place(&columns, chosen)?, y: place(&rows, right)?, value, n: *n })
        });
        HeatmapPanel { label: shown.batch.label(), model, cells: cells.collect() }
    };
    let panels: Vec<HeatmapPanel> = groups.iter().enumerate().map(panel).collect();
    (!rows.is_empty()).then(|| Heatmap {
        frame,
        x_label: "chosen".into(),
        y_label: "right".into(),
        value_label: "share of the row".into(),
        columns: columns.clone(),
        rows: rows.clone(),
        panels,
        range: (0.0, 1.0),
        is_share: true,
        note: "Rows: the right letter; columns: the letter that was read in the answer.".into(),
        ..Heatmap::default()
    })
}

/// How often a right letter met a chosen one. What was read and is no single letter counts as none.
fn letters(shown: &Shown<'_>) -> BTreeMap<(String, String), u64> {
    let is_letter = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    let pairs = shown.column(|figures| {
        let rows = figures.gold.iter().zip(figures.extracted.iter()).zip(figures.fault.iter());
        let pair = |((gold, chosen), fault): ((Option<u32>, Option<&str>), Option<bool>)| {
            let right = figures.word(gold).filter(|_| fault != Some(true))?;
            let chosen = chosen.filter(|chosen| is_letter(chosen)).unwrap_or(NONE);
            is_letter(&right).then(|| (right.to_string(), chosen.to_owned()))
        };
        rows.filter_map(pair).collect::<Vec<_>>()
    });
    let mut counts = BTreeMap::new();
    for pair in pairs {
        *counts.entry(pair).or_insert(0) += 1;
    }
    counts
}

/// The differences of pairs, of several datasets a panel for each; none without one.
pub(super) fn pairs_view(
    (groups, datasets): (&[Shown<'_>], &[OfDataset]),
    results: &Results,
    frame: Frame,
) -> Option<View> {
    if datasets.is_empty() {
        return forest(&results.pairs, frame).map(View::Forest);
    }
    let pairs = |dataset: &OfDataset| {
        let own = dataset.shown(groups);
        let measured = own.iter().filter_map(|shown| Some((shown.batch, &shown.group?.figures)));
        pairs_of_scores(&measured.collect::<Vec<_>>())
    };
    let panel =
        |dataset: &OfDataset| Some((dataset.name.clone(), View::Forest(forest(&pairs(dataset), frame.clone())?)));
    let panels: Vec<(String, View)> = datasets.iter().filter_map(panel).collect();
    (!panels.is_empty()).then(|| View::Panels(PanelsChart::new("dataset", panels)))
}

/// The differences of pairs in one plot; none without one. Of many the best model against each other one is drawn.
pub(super) fn forest(pairs: &[Pair], frame: Frame) -> Option<ForestChart> {
    let scored: Vec<&Pair> = pairs.iter().filter(|pair| pair.score.is_some()).collect();
    let listed = Listed::of(&scored, MOST_LISTED);
    // The best comes first in its rows, so that all of them lean to one side.
    let drawn = listed.pairs.iter().map(|pair| row(pair, listed.puts_second(pair), false));
    let is_drawn = |pair: &&Pair| listed.pairs.iter().any(|listed| std::ptr::eq(*listed, *pair));
    let aside = scored.iter().filter(|pair| !is_drawn(pair)).map(|pair| row(pair, false, true));
    let rows: Vec<ForestRow> = drawn.chain(aside).flatten().collect();
    let chosen = listed.remark(listed.pairs.len()).map_or_else(String::new, |remark| format!(" {remark}."));
    (!rows.is_empty()).then(|| ForestChart {
        frame,
        value_label: "difference of the scores (points)".into(),
        rows,
        note: format!(
            "Whiskers: 95 % interval of the difference on the questions that both answered. Grey: not distinguishable from zero.{chosen}"
        ),
        ..ForestChart::default()
    })
}

/// A pair as a row, with its sides turned where the second is to stand first.
fn row(pair: &Pair, is_turned: bool, is_aside: bool) -> Option<ForestRow> {
    let score = pair.score.as_ref()?;
    let level = pair.level.map_or_else(String::new, |level| format!("{level}, "));
    let adjusted = if score.family > 1 { " (Holm)" } else { "" };
    let (a, b, sign) = if is_turned { (&pair.b, &pair.a, -100.0) } else { (&pair.a, &pair.b, 100.0) };
    let ends = (score.interval.0 * sign, score.interval.1 * sign);
    Some(ForestRow {
        sides: [a.label.clone(), b.label.clone()],
        detail: format!("{level}{}, {}{adjusted}", counted(score.items, "question"), p_value(score.p_adjusted)),
        value: score.difference() * sign,
        interval: if is_turned { (ends.1, ends.0) } else { ends },
        is_distinct: score.is_distinguishable(),
        is_aside,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Item, Party, Side, SideId, family};

    #[test]
    fn of_many_models_the_best_stands_first_in_each_row_and_the_data_have_all_pairs() {
        let side = |place: usize| {
            let right = [7, 30, 12, 38, 21, 3, 26, 17][place];
            let item = |number: usize| Item { score: Some(if number < right { 1.0 } else { 0.0 }), ..Item::default() };
            let name = format!("m{place}");
            Side::new(
                Party::published(&name.as_str().into(), &*name),
                (0..40).map(|number| (format!("{number:02}").into(), item(number))),
            )
        };
        let pairs = |models: usize| family(&[(None, (0..models).map(side).collect())]);
        let many = pairs(8);
        let chart = forest(&many, Frame::default()).unwrap();
        let drawn: Vec<&ForestRow> = chart.rows.iter().filter(|row| !row.is_aside).collect();
        assert_eq!((chart.rows.len(), drawn.len(), drawn[0].sides[1].as_str()), (28, 7, "m1"));
        let is_in_order = |row: &&ForestRow| row.interval.0 <= row.value && row.value <= row.interval.1;
        assert!(drawn.iter().all(|row| row.sides[0] == "m3" && row.value > 0.0 && is_in_order(row)), "{drawn:?}");
        assert!(chart.note.contains("7 of 28 pairs: those of m3") && chart.note.ends_with("p is adjusted for all 28."));
        // Its own p and its own interval, only with the other sign.
        let own = many
            .iter()
            .find(|pair| pair.is_turned(&SideId::Model("m1".into()), &SideId::Model("m3".into())).is_some())
            .unwrap()
            .score
            .as_ref()
            .unwrap();
        assert_eq!((drawn[0].value, drawn[0].interval.0), (own.difference() * -100.0, own.interval.1 * -100.0));
        let few = forest(&pairs(6), Frame::default()).unwrap();
        assert!(few.rows.len() == 15 && few.rows.iter().all(|row| !row.is_aside) && !few.note.contains("pairs"));
    }
}
