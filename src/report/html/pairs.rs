//! The view of pairs: what every two models differ by, and the questions on which they do.

use serde::Serialize;

use super::figure::{strip, strip_axis};
use super::questions::Question;
use super::ratios::{Ratios, ratios};
use super::scale::Scale;
use super::words::p_value;
use crate::compare::{self, Pair, Party, points};
use crate::format::{interval, known};
use crate::level::Level;
use crate::report::pairs::{Listed, MOST_LISTED, PAIRS_LEGEND, has_line};
use crate::tables::group::{Group, Results};

/// Pairs that stand in the table, which those of 20 models fit into; `pairs.csv` has all.
const MOST_PAIRS: usize = 200;

/// Pairs whose questions and ratios are listed as well.
const MOST_DETAILED: usize = 60;

/// Models of a matrix.
const MOST_IN_MATRIX: usize = 20;

/// Questions of a pair that are listed without a script.
const MOST_FLIPS: usize = 24;

/// The view.
#[derive(Debug, Serialize)]
pub(super) struct Pairs {
    rows: Vec<Row>,
    /// Whether any two were judged on a common question.
    has_scores: bool,
    axis: String,
    ratios: Option<Ratios>,
    /// Which pairs come first, where there are many.
    order: Option<String>,
    /// Pairs in the table without their questions and ratios.
    less_detailed: usize,
    more: usize,
    matrices: Vec<Matrix>,
    legend: &'static str,
    /// For the script: the questions on which each pair differs.
    #[serde(skip)]
    pub(super) flips: Vec<Flips>,
}

/// A pair.
#[derive(Debug, Serialize)]
struct Row {
    number: usize,
    level: String,
    strip: String,
    difference: String,
    interval: String,
    p: String,
    is_told: bool,
    n: usize,
    a: String,
    b: String,
    a_higher: usize,
    b_higher: usize,
    detectable: String,
    needed: String,
    listed: Vec<Flip>,
    unlisted: usize,
}

/// A question on which the models of a pair differ.
#[derive(Debug, Serialize)]
struct Flip {
    question: usize,
    name: String,
    higher: &'static str,
}

/// The questions on which two groups differ, those first on which the first is higher.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Flips {
    /// Names of the two, with the level.
    pub(super) name: String,
    /// Questions on which the first scores higher.
    pub(super) a: Vec<usize>,
    /// Questions on which the second does.
    pub(super) b: Vec<usize>,
}

/// All pairs of a level as a matrix.
#[derive(Debug, Serialize)]
struct Matrix {
    level: String,
    headings: Vec<String>,
    lines: Vec<Vec<Cell>>,
}

/// A cell: the difference of the model of its line and that of its column.
#[derive(Debug, Default, Serialize)]
struct Cell {
    text: String,
    class: String,
    pair: Option<usize>,
    words: String,
}

/// The pairs of a run; none where no two models can be compared.
pub(super) fn pairs(results: &Results, questions: &[Question<'_>], names: &dyn Fn(usize) -> String) -> Option<Pairs> {
    let with_line: Vec<&Pair> = results.pairs.iter().filter(|pair| has_line(pair)).collect();
    if with_line.is_empty() {
        return None;
    }
    let ends = with_line
        .iter()
        .filter_map(|pair| pair.score.as_ref())
        .flat_map(|score| [score.interval.0.abs(), score.interval.1.abs()]);
    let reach = ends.fold(0.05, f64::max);
    let scale = Scale::around_zero(reach);
    let listed = Listed::of(&with_line, MOST_LISTED);
    let others = with_line.iter().copied().filter(|pair| !listed.pairs.iter().any(|first| std::ptr::eq(*first, *pair)));
    let ordered: Vec<&Pair> = listed.pairs.iter().copied().chain(others).collect();
    let shown = &ordered[..ordered.len().min(MOST_PAIRS)];
    let detailed = &shown[..shown.len().min(MOST_DETAILED)];
    let flips: Vec<Flips> = detailed.iter().map(|pair| flips(pair, questions)).collect();
    let row = |(number, pair): (usize, &&Pair)| row(number, pair, flips.get(number), (&scale, names));
    let rows = shown.iter().enumerate().map(row).collect();
    Some(Pairs {
        rows,
        has_scores: shown.iter().any(|pair| pair.score.is_some()),
        ratios: ratios(detailed.iter().copied()),
        axis: strip_axis(&scale, |value| points(value).to_string()),
        order: listed.remark(listed.pairs.len()),
        less_detailed: shown.len() - detailed.len(),
        more: with_line.len() - shown.len(),
        matrices: matrices(results, shown),
        legend: PAIRS_LEGEND,
        flips,
    })
}

fn row(number: usize, pair: &Pair, flips: Option<&Flips>, (scale, names): (&Scale, &dyn Fn(usize) -> String)) -> Row {
    let score = pair.score.as_ref();
    let [only_a, only_b] = flips.map_or([&[][..], &[]], |flips| [&flips.a[..], &flips.b]);
    let listed = |higher: &'static str, questions: &[usize]| -> Vec<Flip> {
        questions
            .iter()
            .take(MOST_FLIPS)
            .map(|question| Flip { question: *question, name: names(*question), higher })
            .collect()
    };
    let mut all = listed("a", only_a);
    all.extend(listed("b", only_b));
    Row {
        number,
        level: text(pair.level),
        strip: score
            .map(|score| strip(None, scale, score.difference(), Some(score.interval), Some(0.0)))
            .unwrap_or_default(),
        difference: known(score, |score| points(score.difference())),
        interval: known(score, |score| interval(score.interval, points)),
        p: known(score, |score| p_value(score.p_adjusted)),
        is_told: score.is_some_and(crate::compare::ScoreDifference::is_distinguishable),
        n: score.map_or(pair.items, |score| score.items),
        a: pair.a.label.clone(),
        b: pair.b.label.clone(),
        a_higher: only_a.len(),
        b_higher: only_b.len(),
        detectable: known(score.and_then(|score| score.detectable), |least| points(least).replace('+', "")),
        needed: known(score.and_then(|score| score.needed), |needed| needed.to_string()),
        unlisted: only_a.len() + only_b.len() - all.len(),
        listed: all,
    }
}

/// A level as the page writes it; empty where there is one.
fn text(level: Option<Level>) -> String {
    level.map_or_else(String::new, |level| level.to_string())
}

fn flips(pair: &Pair, questions: &[Question<'_>]) -> Flips {
    let level = pair.level.map(|level| format!(" ({level})")).unwrap_or_default();
    let mut flips =
        Flips { name: format!("{} − {}{level}", pair.a.label, pair.b.label), a: Vec::new(), b: Vec::new() };
    for (number, question) in questions.iter().enumerate() {
        let mean = |side: &Party| {
            let own = question.rows.iter().filter(|answer| side.id == answer.group.batch.id.into());
            let scores: Vec<f64> = own.filter_map(|answer| answer.group.figures.score.get(answer.row)).collect();
            (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
        };
        match mean(&pair.a).zip(mean(&pair.b)) {
            Some((a, b)) if a > b + 1e-9 => flips.a.push(number),
            Some((a, b)) if b > a + 1e-9 => flips.b.push(number),
            _ => {}
        }
    }
    flips
}

fn matrices(results: &Results, pairs: &[&Pair]) -> Vec<Matrix> {
    let of_level = |level: Option<Level>| {
        let own = results.groups.iter().filter(|group| level.is_none_or(|level| level == group.batch.level));
        let groups: Vec<&Group> = own.collect();
        let cell = |a: &Group, b: &Group| cell(a, b, pairs);
        let line = |a: &&Group| groups.iter().map(|b| cell(a, b)).collect();
        let headings = groups.iter().map(|group| group.batch.model.label.clone()).collect();
        Matrix { level: text(level), headings, lines: groups.iter().map(line).collect() }
    };
    let matrices = levels(pairs).into_iter().map(of_level);
    matrices.filter(|matrix| (3..=MOST_IN_MATRIX).contains(&matrix.headings.len())).collect()
}

/// The levels of pairs, each once: those that are listed first need not be in their order.
fn levels(pairs: &[&Pair]) -> Vec<Option<Level>> {
    let mut levels = Vec::new();
    for pair in pairs {
        if !levels.contains(&pair.level) {
            levels.push(pair.level);
        }
    }
    levels
}

fn cell(a: &Group, b: &Group, pairs: &[&Pair]) -> Cell {
    let (first, second) = (a.batch.id.into(), b.batch.id.into());
    let found = pairs.iter().enumerate().find_map(|(number, pair)| {
        let sign = if pair.is_turned(&first, &second)? { -1.0 } else { 1.0 };
        let score = pair.score.as_ref()?;
        Some((number, score, sign))
    });
    let Some((number, score, sign)) = found else { return Cell::default() };
    let difference = score.difference() * sign;
    let strength = (difference.abs() * 100.0 / 5.0).ceil().clamp(1.0, 5.0);
    let direction = if difference.abs() < 5e-4 {
        "even"
    } else if difference > 0.0 {
        "up"
    } else {
        "down"
    };
    let told = if score.is_distinguishable() { " told" } else { "" };
    let (low, high) = score.interval;
    let ends = if sign > 0.0 { (low, high) } else { (-high, -low) };
    Cell {
        text: points(difference),
        class: format!("{direction}{strength}{told}"),
        pair: Some(number),
        words: format!("{}, {}", interval(ends, points), compare::p_value(score.p_adjusted)),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::judge::Class;
    use crate::report::html::questions::questions;
    use crate::tables::fixture::{Fixture, verdict};

    /// Two models that were asked the same ten questions.
    fn fixture() -> Fixture {
        let mut fixture = Fixture::new(20);
        for index in 10..20 {
            fixture.samples[index] = fixture.samples[index - 10].clone();
            fixture.places[index] = (1, 0);
        }
        for index in [3, 5, 17] {
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        fixture
    }

    #[test]
    fn each_level_has_one_matrix() {
        let pair = fixture().results().pairs[0].clone();
        let level = |count| Some(Level::Concurrency(NonZeroU32::new(count).unwrap()));
        let pairs = [1, 2, 4, 1, 2, 2, 4].map(|count| Pair { level: level(count), ..pair.clone() });
        assert_eq!(levels(&pairs.iter().collect::<Vec<_>>()), [1, 2, 4].map(level));
    }

    #[test]
    fn a_pair_is_joined_with_the_groups_of_its_level() {
        let mut fixture = Fixture::with(80, "{ concurrency: [1, 4] }");
        for index in 0..80 {
            fixture.samples[index] = fixture.samples[index % 20].clone();
            fixture.places[index] = (index / 40, index / 20 % 2);
        }
        // The first has question 7 wrong at c=4, the second question 3 at c=1.
        for index in [27, 43] {
            fixture.verdicts[index] = Some(verdict(Class::Wrong));
        }
        let results = fixture.results();
        let view = pairs(&results, &questions(&fixture.plan, &results), &|number| number.to_string()).unwrap();
        let found: Vec<_> = view.flips.iter().map(|flips| (&*flips.name, &flips.a[..], &flips.b[..])).collect();
        assert_eq!(found, [("a − Big B (c=1)", &[3][..], &[][..]), ("a − Big B (c=4)", &[][..], &[7][..])]);
        assert_eq!(view.rows.iter().map(|row| &*row.level).collect::<Vec<_>>(), ["c=1", "c=4"]);
    }

    #[test]
    fn the_questions_that_flipped_are_those_that_the_pair_counts() {
        let fixture = fixture();
        let results = fixture.results();
        let view = pairs(&results, &questions(&fixture.plan, &results), &|number| number.to_string()).unwrap();
        assert_eq!((&view.flips[0].a[..], &view.flips[0].b[..]), (&[7][..], &[3, 5][..]));
        let score = results.pairs[0].score.as_ref().unwrap();
        assert_eq!((view.rows[0].a_higher, view.rows[0].b_higher), (score.a_higher, score.b_higher));
    }
}
