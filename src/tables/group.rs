//! What was measured, grouped once: each batch with its rows and its summary.

use std::collections::HashMap;

use polars::prelude::PolarsResult;
use rayon::prelude::*;

use super::figures::Figures;
use super::machine::machine_costs;
use super::pairs::pairs;
use super::summary::{Grouping, Summary};
use crate::compare::Pair;
use crate::id::{BatchId, DatasetId};
use crate::plan::Plan;
use crate::telemetry::Observed;
use crate::work::batch::Batch;

/// A batch whose answers are judged, before it is summed up.
pub struct MeasuredBatch {
    /// The batch.
    pub batch: Batch,
    /// Its rows, in the order of datasets, samples and repeats.
    pub figures: Figures,
    /// Warm-ups of the runs that measured it.
    pub warmups: Figures,
}

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
    /// Sums up the figures of each batch; one without a row is left out.
    ///
    /// # Errors
    /// polars refuses the figures.
    pub fn new(plan: &Plan, measured: Vec<MeasuredBatch>) -> PolarsResult<Self> {
        let mut groups = Vec::with_capacity(measured.len());
        let (mut cells, mut subjects) = (Vec::new(), Vec::new());
        for MeasuredBatch { batch, figures, warmups } in
            measured.into_iter().filter(|measured| !measured.figures.is_empty())
        {
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
            let only = |grouping| {
                let mut part = summary.as_only_part(&figures, grouping);
                part.dataset_id = dataset_of(plan, &figures, 0);
                vec![part]
            };
            cells.extend(of_cells?.unwrap_or_else(|| only(Grouping::Cell)));
            subjects.extend(of_subjects?.unwrap_or_else(|| only(Grouping::Subject)));
            groups.push(Group { batch, figures, warmups, summary, observed: Observed::default() });
        }
        let pairs = pairs(&groups.iter().map(|group| (&group.batch, &group.figures)).collect::<Vec<_>>());
        let (cells, subjects) = (in_order(&groups, cells), in_order(&groups, subjects));
        Ok(Self { groups, cells, subjects, pairs, questions: 0 })
    }

    /// The summary of each batch.
    pub fn summaries(&self) -> impl Iterator<Item = &Summary> + Clone {
        self.groups.iter().map(|group| &group.summary)
    }

    /// The name of a subject; with that of its dataset where there are several. None of questions without either.
    pub fn subject_name(&self, part: &Summary) -> Option<String> {
        let dataset = part.dataset.as_deref().unwrap_or_default();
        let subject = part.subject.as_deref().unwrap_or_default();
        let is_one = self.cells.iter().all(|cell| cell.dataset_id == self.cells[0].dataset_id);
        let parts = [if is_one { "" } else { dataset }, subject];
        let name = parts.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(": ");
        (!name.is_empty()).then_some(name)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.groups.iter().map(|group| group.figures.len()).sum()
    }
}

/// The dataset that a row is of. Names are unique in a plan.
pub fn dataset_of(plan: &Plan, figures: &Figures, row: usize) -> Option<DatasetId> {
    let name = figures.word(figures.dataset.get(row))?;
    plan.datasets.with_ids().find(|(_, dataset)| *dataset.name == *name).map(|(id, _)| id)
}

/// A summary of each part; `None` if all rows are one part, whose summary is that of the batch.
fn parts(plan: &Plan, batch: &Batch, figures: &Figures, grouping: Grouping) -> PolarsResult<Option<Vec<Summary>>> {
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
        let mut summary = Summary::of(batch, &part, grouping, plan.slo.is_set())?;
        summary.dataset_id = dataset_of(plan, &part, 0);
        Ok(summary)
    };
    // A worker that waits takes up further work on the same stack: there are a few pieces of it, however many parts.
    let piece = parts.len().div_ceil(4 * rayon::current_num_threads());
    parts.into_par_iter().with_min_len(piece).map(summed).collect::<PolarsResult<_>>().map(Some)
}

/// By model, dataset and level.
fn in_order(groups: &[Group], mut parts: Vec<Summary>) -> Vec<Summary> {
    let batches: HashMap<BatchId, &Batch> = groups.iter().map(|group| (group.batch.id, &group.batch)).collect();
    parts.sort_by_cached_key(|part| {
        let batch = batches[&part.batch];
        (batch.model_id, part.dataset_id, batch.level_id)
    });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::Id;
    use crate::tables::fixture::Fixture;

    #[test]
    fn a_part_knows_its_batch_and_its_dataset() {
        let mut fixture = Fixture::new(8);
        (4..8).for_each(|index| fixture.places[index] = (1, 0));
        fixture.in_second([2, 3, 6, 7]);
        let results = fixture.results();
        let batches: Vec<_> = results.groups.iter().map(|group| group.batch.id).collect();
        let [first, second] = [0, 1].map(|place| Some(DatasetId::at(place)));
        let expected = [(batches[0], first), (batches[0], second), (batches[1], first), (batches[1], second)];
        for parts in [&results.cells, &results.subjects] {
            assert_eq!(parts.iter().map(|part| (part.batch, part.dataset_id)).collect::<Vec<_>>(), expected);
        }
        assert!(results.summaries().all(|summary| summary.dataset_id.is_none()));
    }
}
