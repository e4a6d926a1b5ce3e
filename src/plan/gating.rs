//! Conditions on the figures of a run.

use std::sync::Arc;

use crate::compare::source::Source;
use crate::spec::gate::Gate;
use crate::spec::prefer::Preference;
use crate::spec::types::UntilSpec;

/// Conditions on the figures of a run.
#[derive(Debug, Clone, Default)]
pub struct Gating {
    /// The conditions.
    pub gates: Vec<Gate>,
    /// When a model needs no more questions.
    pub until: Option<UntilSpec>,
    /// What decides between the models.
    pub prefer: Vec<Preference>,
    /// Results that they compare with.
    pub baseline: Option<Arc<Source>>,
    /// Whether one that cannot be told ends the run as one that failed.
    pub unsure_fails: bool,
}
