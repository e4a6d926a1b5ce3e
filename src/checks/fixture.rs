//! The checks of a fixture, for tests.

use std::collections::BTreeMap;

use super::{Check, CheckStatus, Ground, checks};
use crate::id::Id;
use crate::tables::fixture::Fixture;

/// The checks of a fixture.
pub(super) fn of(fixture: &Fixture, contexts: &[Option<u64>]) -> Vec<Check> {
    let models = &fixture.plan.models;
    checks(Ground {
        plan: &fixture.plan,
        groups: &fixture.groups(),
        datasets: &[],
        contexts: &models.ids().map(|id| contexts.get(id.place()).copied().flatten()).collect(),
        digests: &models.ids().map(|_| None).collect(),
        prompt: &|place: usize| fixture.prompts.get(place),
        surplus: &BTreeMap::new(),
        several: &BTreeMap::new(),
        agreements: &[],
        comparisons: &[],
    })
}

/// The status of a check, by subject.
pub(super) fn statuses(fixture: &Fixture, name: &str) -> Vec<(CheckStatus, String)> {
    let own = of(fixture, &[]).into_iter().filter(|check| check.name == name);
    own.map(|check| (check.status, check.subject)).collect()
}
