//! The view of subjects and verdicts: scores by subject and model, and what became of each request.

use serde::Serialize;

use super::figure::{stacked, swatch};
use super::words::interval;
use crate::format::{known, percent};
use crate::id::Id;
use crate::judge::{CLASSES, Class};
use crate::report::parts::Parts;
use crate::statistics::macro_mean::{Estimate, macro_mean};
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;

/// Lines that are shown; the CSV has all.
const MOST_LINES: usize = 120;

/// Models that stand side by side; more are lines, where parts are fewer.
const MOST_COLUMNS: usize = 8;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Subjects {
    tables: Vec<Heatmap>,
    classes: Vec<ClassName>,
    bars: Vec<Bar>,
}

/// Scores by one property of questions.
#[derive(Debug, Serialize)]
struct Heatmap {
    what: &'static str,
    /// What its lines are: parts, or of many models and fewer parts the models.
    lines_are: &'static str,
    headings: Vec<String>,
    lines: Vec<Line>,
    more: usize,
}

/// The scores of a subject.
#[derive(Debug, Serialize)]
struct Line {
    name: String,
    is_mean: bool,
    cells: Vec<Cell>,
}

/// A score with its number of questions.
#[derive(Debug, Clone, Default, Serialize)]
struct Cell {
    score: String,
    interval: String,
    n: u64,
    /// Its colour: tenths of the score.
    heat: Option<u8>,
    value: f64,
}

/// A class of verdicts that occurs.
#[derive(Debug, Serialize)]
struct ClassName {
    class: &'static str,
    name: String,
}

/// What became of the requests of a model.
#[derive(Debug, Serialize)]
struct Bar {
    swatch: String,
    label: String,
    bar: String,
    counts: Vec<u64>,
    capped: u64,
    all: u64,
}

/// The view of a run; the bars alone where there is one subject.
pub(super) fn subjects(results: &Results) -> Subjects {
    let by_subject = heatmap(results, "subject", &Parts::new(&results.subjects, |part| results.subject_name(part)));
    let by_dataset = heatmap(results, "dataset", &Parts::new(&results.cells, |part| part.dataset.clone()));
    let mut tables: Vec<Heatmap> = [by_dataset, by_subject].into_iter().flatten().collect();
    // Where each dataset has one subject, both say the same.
    if tables.len() == 2 && tables[0].lines.len() == tables[1].lines.len() {
        tables.pop();
    }
    let known: Vec<Class> =
        CLASSES.into_iter().filter(|class| results.summaries().any(|summary| summary.verdicts(*class) > 0)).collect();
    let has_faults = results.summaries().any(|summary| summary.faults > 0);
    let name = |class: &Class| ClassName { class: class.word(), name: class_name(*class).to_owned() };
    let mut classes: Vec<ClassName> = known.iter().map(name).collect();
    if results.summaries().any(Summary::is_unjudged) && !known.contains(&Class::Unjudged) {
        classes.push(ClassName { class: "answered", name: "not judged".into() });
    }
    if has_faults {
        classes.push(ClassName { class: "fault", name: "failed".into() });
    }
    let bars = results.groups.iter().map(|group| bar(group, &classes)).collect();
    Subjects { tables, classes, bars }
}

/// The words of the page for a class.
pub(super) fn class_name(class: Class) -> &'static str {
    match class {
        Class::Correct => "right",
        Class::Wrong => "wrong",
        Class::NoAnswer => "no answer",
        Class::Ambiguous => "ambiguous",
        Class::Contradiction => "contradiction",
        Class::Refusal => "refusal",
        Class::Truncated => "truncated",
        Class::Echo => "echo",
        Class::Unjudged => "not judged",
    }
}

fn bar(group: &Group, classes: &[ClassName]) -> Bar {
    let summary = &group.summary;
    let count = |name: &ClassName| match name.class {
        "fault" => summary.faults,
        "answered" => summary.answers - summary.judged,
        word => CLASSES.into_iter().find(|class| class.word() == word).map_or(0, |class| summary.verdicts(class)),
    };
    let parts: Vec<(&str, u64)> = classes.iter().map(|name| (name.class, count(name))).collect();
    Bar {
        swatch: swatch(group.batch.model_id.place()),
        label: group.batch.label(),
        bar: stacked(&parts),
        counts: parts.iter().map(|part| part.1).collect(),
        capped: summary.capped,
        all: summary.answers + summary.faults,
    }
}

fn heatmap(results: &Results, what: &'static str, parts: &Parts<'_>) -> Option<Heatmap> {
    if parts.names.len() < 2 {
        return None;
    }
    let line = |name: &String| Line {
        name: name.clone(),
        is_mean: false,
        cells: results.groups.iter().map(|group| parts.of(group, name).map(cell).unwrap_or_default()).collect(),
    };
    let mut lines: Vec<Line> = parts.names.iter().take(MOST_LINES).map(line).collect();
    let means = results.groups.iter().map(|group| {
        let scored = parts.all_of(group).filter(|summary| summary.score.is_some());
        let estimates: Option<Vec<Estimate>> = scored.map(Summary::estimate).collect();
        estimates
            .and_then(|estimates| macro_mean(&estimates))
            // Intervals that hold at every look cannot be recovered into one that does.
            .map(|mean| of_score(mean.value, Some(mean.interval).filter(|_| !group.figures.is_sequential()), 0))
            .unwrap_or_default()
    });
    lines.push(Line { name: format!("mean of {what}s"), is_mean: true, cells: means.collect() });
    let headings: Vec<String> = results.groups.iter().map(|group| group.batch.label()).collect();
    let more = parts.names.len().saturating_sub(MOST_LINES);
    let is_wide = headings.len() > MOST_COLUMNS && headings.len() > lines.len();
    let (lines_are, headings, lines) = if is_wide { turned(headings, &lines) } else { (what, headings, lines) };
    Some(Heatmap { what, lines_are, headings, lines, more })
}

/// The same with a line per model.
fn turned(headings: Vec<String>, lines: &[Line]) -> (&'static str, Vec<String>, Vec<Line>) {
    let of_model = |(place, name): (usize, String)| Line {
        name,
        is_mean: false,
        cells: lines.iter().map(|line| line.cells[place].clone()).collect(),
    };
    let parts = lines.iter().map(|line| line.name.clone()).collect();
    ("model", parts, headings.into_iter().enumerate().map(of_model).collect())
}

fn cell(summary: &Summary) -> Cell {
    summary.score.map(|score| of_score(score, summary.score_interval, summary.items)).unwrap_or_default()
}

fn of_score(score: f64, ends: Option<(f64, f64)>, n: u64) -> Cell {
    Cell {
        score: percent(score),
        interval: known(ends, interval),
        n,
        heat: Some((score * 10.0).round().clamp(0.0, 10.0) as u8),
        value: score,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Status;
    use crate::tables::fixture::{Fixture, verdict};

    #[test]
    fn many_models_are_lines() {
        let cell = |score: f64| of_score(score, None, 1);
        let line =
            |name: &str, scores: [f64; 3]| Line { name: name.into(), is_mean: false, cells: scores.map(cell).into() };
        let lines = [line("law", [0.1, 0.2, 0.3]), line("art", [0.4, 0.5, 0.6])];
        let (lines_are, headings, turned) = turned(vec!["a".into(), "b".into(), "c".into()], &lines);
        assert_eq!((lines_are, headings), ("model", vec!["law".to_owned(), "art".to_owned()]));
        let scores: Vec<Vec<&str>> =
            turned.iter().map(|line| line.cells.iter().map(|cell| cell.score.as_str()).collect()).collect();
        assert_eq!(scores, [["10.0 %", "40.0 %"], ["20.0 %", "50.0 %"], ["30.0 %", "60.0 %"]]);
    }

    #[test]
    fn subjects_are_lines_and_what_became_of_requests_adds_up() {
        let mut fixture = Fixture::new(10);
        assert!(subjects(&fixture.results()).tables.is_empty());
        for index in 0..4 {
            fixture.samples[index].subject = Some("law".into());
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        fixture.responses[9].status = Status::Stalled;
        let view = subjects(&fixture.results());
        let lines: Vec<(&str, &str, u64)> =
            view.tables[0].lines.iter().map(|line| (&*line.name, &*line.cells[0].score, line.cells[0].n)).collect();
        assert_eq!(lines, [("law", "0.0 %", 4), ("s", "100.0 %", 5), ("mean of subjects", "50.0 %", 0)]);
        assert_eq!((view.bars[0].counts.clone(), view.bars[0].all), (vec![5, 4, 1], 10));
        assert_eq!(view.classes.iter().map(|class| class.class).collect::<Vec<_>>(), ["correct", "wrong", "fault"]);
    }
}
