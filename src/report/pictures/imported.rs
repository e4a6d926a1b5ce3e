//! The charts of results of other tools, as far as these say what the charts show.

use std::collections::{BTreeSet, HashMap};

use super::job::ChartJob;
use super::quality::forest;
use crate::chart::{
    DurationBars, DurationsChart, EcdfChart, EcdfPanel, EcdfSeries, Frame, Look, PanelsChart, ScatterChart,
    ScatterSeries, ScoreBar, ScoreChart, StackedBar, StackedChart, TradeoffChart, TradeoffPoint, View, count, counted,
};
use crate::compare::source::Answer;
use crate::compare::{Item, ModelName, Pair, Party, Peers, Side, family};
use crate::import::{Imported, Measured, question};
use crate::statistics::macro_mean::{Estimate, macro_mean};
use crate::statistics::quantile;
use crate::tables::figures::as_count;

/// Most subjects that bars are drawn of.
const MOST_SUBJECTS: usize = 12;

const NOTE: &str = "Whiskers: 95 % interval. Scores are those of the tool.";

/// What stands in a chart: models in their order, of one dataset.
struct Part<'i> {
    models: &'i [&'i ModelName],
    dataset: &'i str,
    imported: &'i Imported,
    answers: &'i Answers<'i>,
    /// Places of the classes that occur in any dataset.
    classes: &'i [usize],
}

/// All answers by dataset and model, in their order.
type Answers<'i> = HashMap<(&'i str, &'i ModelName), Vec<&'i Answer>>;

/// The charts of what was imported into a folder of this name.
pub fn imported_jobs(name: &str, imported: &Imported) -> Vec<ChartJob> {
    let models: Vec<&ModelName> = unique(imported.measured.iter().map(|part| &part.model));
    let datasets: Vec<&str> = unique(imported.measured.iter().map(|part| part.dataset.as_str()));
    let mut answers = Answers::new();
    let mut classes = BTreeSet::new();
    for answer in imported.sources.iter().flat_map(|source| &source.answers) {
        answers.entry((&answer.dataset, &answer.model)).or_default().push(answer);
        classes.insert(class(answer));
    }
    let classes: Vec<usize> = classes.into_iter().collect();
    let part = |dataset| Part { models: &models, dataset, imported, answers: &answers, classes: &classes };
    let parts: Vec<Part<'_>> = datasets.iter().copied().map(part).collect();
    let frame = |title: &str| Frame {
        title: title.into(),
        subtitle: datasets.join(", "),
        footer: footer(name, imported),
        ..Frame::default()
    };
    let of_each = |title: &str, view: fn(&Part<'_>, Frame) -> Option<View>| {
        let panel = |part: &Part<'_>| Some((part.dataset.to_owned(), view(part, frame(title))?));
        let mut panels: Vec<(String, View)> = parts.iter().filter_map(panel).collect();
        if parts.len() < 2 { panels.pop().map(|(_, view)| view) } else { together(panels) }
    };
    let mut score = of_each("Mean score by model", |part, frame| part.score(frame));
    if let Some(View::Panels(panels)) = score {
        let own = panels.panels.into_iter().map(|panel| (panel.label, panel.view));
        // Published means are of metrics that have no mean in common.
        let mean = || mean_of_datasets(&models, (&imported.measured, datasets.len()), frame("Mean score by model"));
        let mean = (!imported.has_means()).then(|| ("mean of datasets".to_owned(), mean()));
        score = together(own.chain(mean).collect());
    }
    if let ([model], 2.., true) = (models.as_slice(), datasets.len(), imported.has_means()) {
        score = Some(by_dataset((model, &imported.measured), frame("Mean score by dataset")));
    }
    let charts = [
        ("avg_score_by_model", score),
        ("pairs", of_each("Differences on the same questions", |part, frame| part.pairs(frame))),
        ("score_by_subject", of_each("Mean score by subject", |part, frame| part.subjects(frame))),
        ("verdicts", of_each("What became of the requests", |part, frame| part.verdicts(frame))),
        ("latency_ecdf", of_each("Share of responses by latency", |part, frame| part.latency(frame))),
        ("output_tokens_vs_latency", of_each("Latency by output tokens", |part, frame| part.scatter(frame))),
        ("score_vs_cost", of_each("Score against cost", |part, frame| part.cost(frame))),
    ];
    let job = |(name, view): (&str, Option<View>)| Some(ChartJob { name: name.to_owned(), view: view? });
    charts.into_iter().filter_map(job).collect()
}

/// Each value once, in its order.
fn unique<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}

fn together(panels: Vec<(String, View)>) -> Option<View> {
    (!panels.is_empty()).then(|| View::Panels(PanelsChart::new("dataset", panels)))
}

fn footer(name: &str, imported: &Imported) -> Vec<String> {
    let answers = || imported.sources.iter().flat_map(|source| &source.answers);
    let faults = as_count(answers().filter(|answer| answer.failed).count());
    let tools: BTreeSet<&str> = imported.sources.iter().map(|source| source.format).collect();
    let tools = tools.into_iter().collect::<Vec<_>>().join(", ");
    let n = as_count(answers().count()) - faults;
    let counts = if n + faults == 0 { Vec::new() } else { vec![format!("n = {}", count(n)), counted(faults, "fault")] };
    [vec![name.to_owned()], counts, vec![format!("imported from {tools}")]].concat()
}

impl<'i> Part<'i> {
    fn answers(&self, model: &'i ModelName) -> impl Iterator<Item = &'i Answer> {
        self.answers.get(&(self.dataset, model)).into_iter().flatten().copied()
    }

    fn measured(&self, model: &ModelName) -> Option<&'i Measured> {
        self.imported.measured.iter().find(|part| part.model == *model && part.dataset == self.dataset)
    }

    fn score(&self, frame: Frame) -> Option<View> {
        let bars: Vec<ScoreBar> = self.models.iter().map(|model| bar(model, self.measured(model))).collect();
        let note = NOTE.into();
        bars.iter()
            .any(|bar| bar.mean.is_finite())
            .then(|| View::Score(ScoreChart { frame, bars, note, ..ScoreChart::default() }))
    }

    fn pairs(&self, frame: Frame) -> Option<View> {
        let side = |model: &&'i ModelName| {
            let answers = self.answers(model).map(|answer| (question(answer).into(), answer.item));
            Side::new(Party::published(model, &***model), answers).with_scores_alone()
        };
        let peers: [Peers; 1] = [(None, self.models.iter().map(side).collect())];
        let pairs: Vec<Pair> = family(&peers);
        forest(&pairs, frame).map(View::Forest)
    }

    fn subjects(&self, frame: Frame) -> Option<View> {
        let own = self.imported.by_subject.iter().filter(|part| part.dataset == self.dataset);
        let own: Vec<&Measured> = own.filter(|part| part.score.is_some()).collect();
        let names: Vec<&str> =
            own.iter().map(|part| part.subject.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
        let shown = &names[..names.len().min(MOST_SUBJECTS)];
        let group = |model: &&ModelName| {
            let of = |name: &&str| own.iter().find(|part| part.model == **model && part.subject == **name);
            let parts: Vec<_> = shown.iter().map(of).collect();
            DurationBars {
                label: model.to_string(),
                values: parts.iter().map(|part| part.and_then(|part| part.score)).collect(),
                spread: parts.iter().map(|part| part.and_then(|part| part.interval)).collect(),
                n: parts.iter().map(|part| part.map_or(0, |part| as_count(part.questions))).collect(),
            }
        };
        let hidden = names.len() - shown.len();
        let more = if hidden > 0 { format!(" {hidden} more subjects not shown.") } else { String::new() };
        (names.len() > 1).then(|| {
            View::Durations(DurationsChart {
                frame,
                series: shown.iter().map(|name| (*name).to_owned()).collect(),
                groups: self.models.iter().map(group).collect(),
                is_share: true,
                value_label: "Mean score".into(),
                note: format!("Whiskers: 95 % intervals. n: questions.{more}"),
                ..DurationsChart::default()
            })
        })
    }

    fn verdicts(&self, frame: Frame) -> Option<View> {
        self.models.iter().any(|model| self.answers(model).next().is_some()).then(|| self.classes(frame))
    }

    fn classes(&self, frame: Frame) -> View {
        // The same classes in every panel, so that each keeps its colour.
        let classes = self.classes;
        let count = |model: &&'i ModelName| {
            let of = |place: &usize| self.answers(model).filter(|answer| class(answer) == *place).count() as f64;
            StackedBar { label: model.to_string(), parts: classes.iter().map(of).collect() }
        };
        View::Stacked(StackedChart {
            frame,
            value_label: "Share of requests".into(),
            is_share: true,
            classes: classes.iter().map(|place| CLASSES[*place].to_owned()).collect(),
            bars: self.models.iter().map(count).collect(),
            note: "Numbers: requests.".into(),
            ..StackedChart::default()
        })
    }

    fn latency(&self, frame: Frame) -> Option<View> {
        let line = |model: &&'i ModelName| EcdfSeries {
            label: model.to_string(),
            values: self.answers(model).filter_map(|answer| answer.item.latency).collect(),
            failed: as_count(self.answers(model).filter(|answer| answer.failed).count()),
        };
        let series: Vec<EcdfSeries> = self.models.iter().map(line).collect();
        series.iter().any(|series| !series.values.is_empty()).then(|| {
            let panels = vec![EcdfPanel { label: String::new(), series }];
            View::Ecdf(EcdfChart { frame, x_label: "latency (s)".into(), log_x: true, panels, ..EcdfChart::default() })
        })
    }

    fn scatter(&self, frame: Frame) -> Option<View> {
        let points = |model: &'i ModelName| {
            let own = self.answers(model).map(|answer| answer.item.output_tokens.zip(answer.item.latency));
            own.flatten().collect()
        };
        let series: Vec<ScatterSeries> = self
            .models
            .iter()
            .map(|model| ScatterSeries { label: model.to_string(), points: points(model), line: None })
            .collect();
        series.iter().any(|series| !series.points.is_empty()).then(|| {
            View::Scatter(ScatterChart {
                frame,
                x_label: "output tokens".into(),
                y_label: "latency (s)".into(),
                log_x: true,
                log_y: true,
                series,
                ..ScatterChart::default()
            })
        })
    }

    fn cost(&self, frame: Frame) -> Option<View> {
        let point = |model: &&'i ModelName| {
            let measured = self.measured(model);
            let mut costs: Vec<f64> = self.answers(model).filter_map(|answer| answer.item.cost).collect();
            costs.sort_by(f64::total_cmp);
            TradeoffPoint {
                label: model.to_string(),
                x: quantile(&costs, 0.5).map_or(f64::NAN, |cost| cost * 1000.0),
                y: measured.and_then(|part| part.score).unwrap_or(f64::NAN),
                y_interval: measured.and_then(|part| part.interval),
                ..TradeoffPoint::default()
            }
        };
        let points: Vec<TradeoffPoint> = self.models.iter().map(point).collect();
        points.iter().any(|point| point.x > 0.0 && point.y.is_finite()).then(|| {
            View::Tradeoff(TradeoffChart {
                frame,
                x_label: "1,000 times the median cost of an answer".into(),
                points,
                note: "Lines: 95 % intervals.".into(),
                ..TradeoffChart::default()
            })
        })
    }
}

fn bar(model: &ModelName, measured: Option<&Measured>) -> ScoreBar {
    let (low, high) = measured.and_then(|part| part.interval).unwrap_or((f64::NAN, f64::NAN));
    ScoreBar {
        label: model.to_string(),
        mean: measured.and_then(|part| part.score).unwrap_or(f64::NAN),
        low,
        high,
        n: measured.map_or(0, |part| as_count(part.questions)),
        not_answers: 0,
    }
}

/// The scores of one model, of which there may be many more than a picture has room for panels.
fn by_dataset((model, measured): (&ModelName, &[Measured]), frame: Frame) -> View {
    let bar = |part: &Measured| ScoreBar { label: part.dataset.clone(), ..self::bar(model, Some(part)) };
    let bars: Vec<ScoreBar> = measured.iter().map(bar).collect();
    let looks = bars.iter().map(|_| Look { model: 0, level: 0, levels: 1 }).collect();
    let frame = Frame { subtitle: model.to_string(), looks, ..frame };
    View::Score(ScoreChart { frame, bars, note: NOTE.into(), ..ScoreChart::default() })
}

/// The mean over datasets, each of which counts alike; none of a model that lacks one.
fn mean_of_datasets(models: &[&ModelName], (measured, datasets): (&[Measured], usize), frame: Frame) -> View {
    let bar = |model: &&ModelName| {
        let own = || measured.iter().filter(|part| part.model == **model);
        let estimates = own().filter_map(|part| part.score.zip(part.interval));
        let estimates: Vec<Estimate> = estimates.map(|(value, interval)| Estimate { value, interval }).collect();
        let mean = macro_mean(&estimates).filter(|_| estimates.len() == datasets);
        let whole = Measured {
            model: (*model).clone(),
            dataset: String::new(),
            subject: String::new(),
            answers: own().map(|part| part.answers).sum(),
            questions: own().map(|part| part.questions).sum(),
            score: mean.map(|mean| mean.value),
            interval: mean.map(|mean| mean.interval),
        };
        self::bar(model, Some(&whole))
    };
    let note = "Whiskers: 95 % interval. Scores are those of the tool. Mean of datasets: each counts alike.".into();
    View::Score(ScoreChart { frame, bars: models.iter().map(bar).collect(), note, ..ScoreChart::default() })
}

/// What may become of a request.
const CLASSES: [&str; 5] = ["correct", "wrong", "in between", "not scored", "fault"];

fn class(answer: &Answer) -> usize {
    match (answer.failed, answer.is_correct, answer.item) {
        (true, ..) => 4,
        (_, Some(true), _) => 0,
        (_, Some(false), _) => 1,
        (.., Item { score: Some(score), .. }) if score >= 1.0 => 0,
        (.., Item { score: Some(score), .. }) if score <= 0.0 => 1,
        (.., Item { score: Some(_), .. }) => 2,
        _ => 3,
    }
}

/// What the results do not say, so that it is in no chart.
pub fn missing(imported: &Imported) -> Vec<&'static str> {
    let has = |known: fn(&Answer) -> bool| imported.sources.iter().flat_map(|source| &source.answers).any(known);
    let parts = [
        ("scores", imported.has_means() || has(|answer| answer.item.score.is_some())),
        ("latencies", has(|answer| answer.item.latency.is_some())),
        ("output tokens", has(|answer| answer.item.output_tokens.is_some())),
        ("costs", has(|answer| answer.item.cost.is_some())),
        ("subjects", has(|answer| !answer.subject.is_empty())),
        ("texts of answers", has(|answer| !answer.said.is_empty())),
        // No format that is read has the moments of a stream.
        ("when requests were sent and their first tokens came", false),
    ];
    parts.into_iter().filter(|(_, is_known)| !is_known).map(|(what, _)| what).collect()
}
