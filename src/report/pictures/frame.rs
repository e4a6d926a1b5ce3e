//! What stands around every chart of a run: datasets above it, and below it what it was made from.

use std::collections::BTreeSet;

use crate::chart::{Frame, Look, Medium, count, counted};
use crate::id::Id;
use crate::plan::Plan;
use crate::spec::types::{ChartSpec, PictureMedium};
use crate::tables::figures::as_count;
use crate::tables::group::Group;
use crate::work::Work;
use crate::work::batch::Batch;

/// Digits of a digest that tell models of one run apart.
const DIGITS: usize = 8;

impl From<PictureMedium> for Medium {
    fn from(medium: PictureMedium) -> Self {
        match medium {
            PictureMedium::Screen => Self::Screen,
            PictureMedium::Paper => Self::Paper,
            PictureMedium::Slide => Self::Slide,
        }
    }
}

/// The frame of a chart over these groups.
pub(super) fn frame(plan: &Plan, work: &Work, groups: &[Group], chart: &ChartSpec) -> Frame {
    Frame {
        title: chart.title().cloned().unwrap_or_default(),
        subtitle: datasets(plan),
        footer: footer(plan, work, groups),
        medium: plan.output.medium.into(),
        size: chart.size().map(|[width, height]| (f64::from(width), f64::from(height))),
        ..Frame::default()
    }
}

/// The frame with this title, unless it has one.
pub(super) fn titled(frame: Frame, title: &str) -> Frame {
    if frame.title.is_empty() { Frame { title: title.to_owned(), ..frame } } else { frame }
}

/// The frame of a chart that lists batches, in which several datasets stand apart.
pub(super) fn of_batches(frame: Frame, plan: &Plan, batches: &[Batch]) -> Frame {
    let names: Vec<&str> = plan.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    let look = |batch: &Batch| {
        let own = || batches.iter().filter(|other| other.is_of_model(batch));
        let level = own().position(|other| other.id == batch.id).unwrap_or_default();
        Look { model: batch.model_id.place(), level, levels: own().count() }
    };
    Frame { subtitle: names.join(", "), looks: batches.iter().map(look).collect(), ..frame }
}

/// The datasets; several are said to be together, as their rows are not kept apart.
fn datasets(plan: &Plan) -> String {
    let names: Vec<&str> = plan.datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    if names.len() > 1 {
        format!("{} together: {}", counted(as_count(names.len()), "dataset"), names.join(", "))
    } else {
        names.concat()
    }
}

/// Experiment, responses, faults, the level where there is one, and the digests of the models.
fn footer(plan: &Plan, work: &Work, groups: &[Group]) -> Vec<String> {
    let faults: u64 = groups.iter().map(|group| u64::from(group.figures.fault.sum().unwrap_or(0))).sum();
    let rows: u64 = groups.iter().map(|group| as_count(group.figures.len())).sum();
    let mut parts = vec![plan.name.clone(), format!("n = {}", count(rows - faults)), counted(faults, "fault")];
    let levels: BTreeSet<String> = groups.iter().map(|group| group.batch.level.to_string()).collect();
    if levels.len() == 1 {
        parts.extend(levels);
    }
    parts.extend(digests(work, groups));
    parts.extend(untimed(groups));
    parts
}

/// Models of which no times are known, because they were asked through a batch API.
fn untimed(groups: &[Group]) -> Option<String> {
    let by_batch = groups.iter().filter(|group| group.by_batch() > 0);
    let labels: Vec<&str> = by_batch.map(|group| group.batch.model.label.as_str()).collect();
    (!labels.is_empty()).then(|| format!("times not measured (batch API): {}", labels.join(", ")))
}

/// The start of the digest of each model whose server tells it.
fn digests(work: &Work, groups: &[Group]) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for group in groups {
        let digest = work.first_settings(&group.batch).digest.clone();
        let short = digest.map(|digest| digest.trim_start_matches("sha256:").chars().take(DIGITS).collect::<String>());
        let part = short.map(|short| format!("{} {short}", group.batch.model.label));
        named.extend(part.filter(|part| !named.contains(part)));
    }
    named
}
