//! What was measured, grouped once: each batch with its rows, its summary and its checks.

use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::figures::Figures;
use super::machine::machine_costs;
use super::pairs::pairs;
use super::summary::{Grouping, Summary};
use crate::compare::Pair;
use crate::id::{LevelId, ModelId};
use crate::plan::Plan;
use crate::telemetry::Observed;
use crate::work::batch::Batch;

/// What one model answered at one level.
#[derive(Debug, Clone)]
pub struct Group {
    /// The batch.
    pub batch: Batch,
    /// Its rows, in the order of datasets, samples and repeats.
    pub figures: Figures,
    /// Warm-ups of the runs that measured it, which are no part of any figure.
    pub warmups: Figures,
    /// Its summary.
    pub summary: Summary,
    /// What its server and the machine of that said meanwhile.
    pub observed: Observed,
}

impl Group {
    /// Answers that came by a provider's batch API.
    pub fn by_batch(&self) -> u64 {
        u64::from(self.figures.by_batch.sum().unwrap_or(0))
    }
}

/// Everything that was measured.
#[derive(Debug, Clone)]
pub struct Results {
    /// By model and level, in the order in which they are measured; one without an answer or fault is left out.
    pub groups: Vec<Group>,
    /// By model, dataset and level.
    pub cells: Vec<Summary>,
    /// By model, dataset, subject and level.
    pub subjects: Vec<Summary>,
    /// Every two models at the same level.
    pub pairs: Vec<Pair>,
    /// How many questions a model is asked, unless it needs fewer.
    pub questions: usize,
}

impl Results {
    /// Sums up the figures of each batch; the second are those of its warm-ups.
    ///
    /// # Errors
    /// polars refuses the figures.
    pub fn new(plan: &Plan, measured: Vec<(Batch, Figures, Figures)>) -> PolarsResult<Self> {
        let mut groups = Vec::with_capacity(measured.len());
        let (mut cells, mut subjects) = (Vec::new(), Vec::new());
        for (batch, figures, warmups) in measured.into_iter().filter(|(_, figures, _)| !figures.is_empty()) {
            let figures = match batch.model.machine_per_hour {
                Some(per_hour) => figures.with_cost(machine_costs(&figures, batch.level, per_hour))?,
                None => figures,
            };
            let by = |grouping| parts(plan, &batch, &figures, grouping);
            let (summary, (of_cells, of_subjects)) = rayon::join(
                || Summary::of(&batch, &figures, Grouping::Model, plan.slo.is_set()),
                || rayon::join(|| by(Grouping::Cell), || by(Grouping::Subject)),
            );
            let summary = summary?;
            let only = |grouping| vec![(place(plan, &batch, &figures), summary.as_only_part(&figures, grouping))];
            cells.extend(of_cells?.unwrap_or_else(|| only(Grouping::Cell)));
            subjects.extend(of_subjects?.unwrap_or_else(|| only(Grouping::Subject)));
            groups.push(Group { batch, figures, warmups, summary, observed: Observed::default() });
        }
        let pairs = pairs(&groups.iter().map(|group| (&group.batch, &group.figures)).collect::<Vec<_>>());
        Ok(Self { groups, cells: in_order(cells), subjects: in_order(subjects), pairs, questions: 0 })
    }

    /// The summary of each batch.
    pub fn summaries(&self) -> impl Iterator<Item = &Summary> + Clone {
        self.groups.iter().map(|group| &group.summary)
    }

    /// The name of a subject; with that of its dataset where there are several. None of questions without either.
    pub fn subject_name(&self, part: &Summary) -> Option<String> {
        let dataset = part.dataset.as_deref().unwrap_or_default();
        let subject = part.subject.as_deref().unwrap_or_default();
        let is_one = self.cells.iter().all(|cell| cell.dataset == self.cells[0].dataset);
        let parts = [if is_one { "" } else { dataset }, subject];
        let name = parts.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(": ");
        (!name.is_empty()).then_some(name)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.figures.len()).sum()
    }
}

/// A summary and where it stands: by model, dataset of its first row, and level.
type Placed = ((ModelId, usize, LevelId), Summary);

fn place(plan: &Plan, batch: &Batch, part: &Figures) -> (ModelId, usize, LevelId) {
    let first = part.word(part.dataset.get(0)).unwrap_or_default();
    let dataset = plan.datasets.iter().position(|dataset| *dataset.name == *first).unwrap_or_default();
    (batch.model_id, dataset, batch.level_id)
}

/// A summary of each part; `None` if all rows are one part, whose summary is that of the batch.
fn parts(plan: &Plan, batch: &Batch, figures: &Figures, grouping: Grouping) -> PolarsResult<Option<Vec<Placed>>> {
    // Subjects of one name in two datasets are two subjects.
    let parts = match grouping {
        Grouping::Subject => figures.rows_by(&["dataset", "subject"])?,
        Grouping::Model | Grouping::Cell => figures.rows_by(&["dataset"])?,
    };
    if parts.len() < 2 {
        return Ok(None);
    }
    let summed = |rows| {
        let part = figures.take(rows)?;
        Ok((place(plan, batch, &part), Summary::of(batch, &part, grouping, plan.slo.is_set())?))
    };
    // A worker that waits takes up further work on the same stack: there are a few pieces of it, however many parts.
    let piece = parts.len().div_ceil(4 * rayon::current_num_threads());
    parts.into_par_iter().with_min_len(piece).map(summed).collect::<PolarsResult<_>>().map(Some)
}

fn in_order(mut placed: Vec<Placed>) -> Vec<Summary> {
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, summary)| summary).collect()
}
