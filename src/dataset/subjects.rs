//! The subjects of samples: each is one text that all its samples share.

use std::sync::Arc;

use ahash::AHashSet;

/// The subjects that were met.
#[derive(Default)]
pub(super) struct Subjects(AHashSet<Arc<str>>);

impl Subjects {
    /// The text that stands for a subject.
    pub(super) fn one(&mut self, subject: Arc<str>) -> Arc<str> {
        if let Some(known) = self.0.get(&subject) {
            return Arc::clone(known);
        }
        self.0.insert(Arc::clone(&subject));
        subject
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_subjects_are_one_text() {
        let mut subjects = Subjects::default();
        let texts = ["a", "b", "a"].map(|subject| subjects.one(subject.into()));
        assert_eq!(texts, ["a", "b", "a"].map(Arc::from));
        assert!(Arc::ptr_eq(&texts[0], &texts[2]));
    }
}
