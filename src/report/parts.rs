//! Scores by a property of questions, such as their subject or dataset: its values in order, and what each group has of them.

use std::collections::{HashMap, HashSet};

use crate::tables::group::Group;
use crate::tables::summary::Summary;

/// Summaries by model, level and name.
pub(super) struct Parts<'r> {
    /// The names of parts with a score, in the order in which they come.
    pub(super) names: Vec<String>,
    known: HashMap<(&'r str, &'r str, String), &'r Summary>,
}

impl<'r> Parts<'r> {
    /// Summaries without a name are no part.
    pub(super) fn new(summaries: &'r [Summary], name: impl Fn(&Summary) -> Option<String>) -> Self {
        let (mut names, mut seen, mut known) = (Vec::new(), HashSet::new(), HashMap::new());
        for summary in summaries {
            let Some(own) = name(summary) else { continue };
            if summary.score.is_some() && seen.insert(own.clone()) {
                names.push(own.clone());
            }
            known.insert((summary.model.as_str(), summary.level.as_str(), own), summary);
        }
        Self { names, known }
    }

    /// What a group has of a part.
    pub(super) fn of(&self, group: &Group, name: &str) -> Option<&'r Summary> {
        let summary = &group.summary;
        self.known.get(&(summary.model.as_str(), summary.level.as_str(), name.to_owned())).copied()
    }

    /// All that a group has.
    pub(super) fn all_of(&self, group: &Group) -> impl Iterator<Item = &'r Summary> {
        self.names.iter().filter_map(|name| self.of(group, name))
    }
}
