//! The answers of a baseline that a model is compared with.

use crate::compare::source::Source;
use crate::compare::{ModelName, Pair, Side, compared};
use crate::tables::group::Group;
use crate::tables::pairs::side;
use crate::work::batch::Batch;

/// A model against the same model of the baseline; where each side has a single model, against that.
pub(super) fn against(group: &Group, baseline: &Source, is_alone: bool) -> Option<Pair> {
    let own = side(&group.batch, &group.figures);
    let before = before(&group.batch, baseline, is_alone)?;
    compared(&[(None, &own, &before)]).pop().filter(|pair| pair.items > 0)
}

/// The answers of a model in the baseline.
pub(super) fn before(batch: &Batch, baseline: &Source, is_alone: bool) -> Option<Side> {
    let models = baseline.models();
    let names: [ModelName; 2] = [batch.name().into(), batch.model.name.as_str().into()];
    let named = names.iter().find_map(|name| models.iter().find(|model| **model == name));
    let model = named.or_else(|| models.first().filter(|_| models.len() == 1 && is_alone))?;
    Some(baseline.side(model))
}
