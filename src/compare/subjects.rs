//! The difference of two sides by subject, and whether it is another there than over all questions.

use std::collections::BTreeMap;

use super::side::{Side, Subject};

/// How two sides stand in each subject of the questions that both have a score for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BySubject {
    /// Subjects with such questions.
    pub subjects: usize,
    /// Subjects in which `a` has the higher mean score.
    pub a_ahead: usize,
    /// Subjects in which `b` has.
    pub b_ahead: usize,
    /// Mean of the differences `a − b` over subjects, each of which counts alike.
    pub mean_difference: f64,
}

impl BySubject {
    /// Counts the subjects; none with fewer than two, or where a question has none.
    pub fn of(a: &Side, b: &Side) -> Option<Self> {
        let mut sums: BTreeMap<&Subject, (f64, f64)> = BTreeMap::new();
        for (question, item) in &a.items {
            let Some((own, theirs)) = item.score.zip(b.items.get(question).and_then(|item| item.score)) else {
                continue;
            };
            let subject = a.subjects.get(question).or_else(|| b.subjects.get(question))?;
            let sum = sums.entry(subject).or_default();
            *sum = (sum.0 + own - theirs, sum.1 + 1.0);
        }
        let differences: Vec<f64> = sums.values().map(|(sum, questions)| sum / questions).collect();
        // Sums of scores on a scale differ by rounding.
        let ahead = |is: fn(f64) -> bool| differences.iter().filter(|difference| is(**difference)).count();
        (differences.len() > 1).then(|| Self {
            subjects: differences.len(),
            a_ahead: ahead(|difference| difference > 1e-9),
            b_ahead: ahead(|difference| difference < -1e-9),
            mean_difference: differences.iter().sum::<f64>() / differences.len() as f64,
        })
    }

    /// The subjects in which the side is ahead that is behind over all questions, if they are more than half of all
    /// subjects: the aggregate then says the opposite of most of its parts.
    ///
    /// Source: E. H. Simpson, "The interpretation of interaction in contingency tables", Journal of the Royal Statistical
    /// Society B 13 (1951) 238–241. On the same questions the parts cannot all contradict the aggregate, but most can.
    pub fn reversed(&self, overall: f64) -> Option<usize> {
        let against = match overall {
            ahead if ahead > 1e-9 => self.b_ahead,
            behind if behind < -1e-9 => self.a_ahead,
            _ => 0,
        };
        Some(against).filter(|against| against * 2 > self.subjects)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Item, Party};

    /// A side by subject: how many questions there are, and how many of them are right.
    fn side(subjects: &[(&str, usize, usize)]) -> Side {
        let questions = subjects.iter().flat_map(|(subject, count, right)| {
            (0..*count).map(move |place| (*subject, format!("{subject}{place}"), f64::from(u8::from(place < *right))))
        });
        let questions: Vec<_> = questions.collect();
        let items = questions
            .iter()
            .map(|(_, question, score)| (question.as_str().into(), Item { score: Some(*score), ..Item::default() }));
        let of_subjects = questions.iter().map(|(subject, question, _)| {
            let (dataset, name) = subject.split_once('/').unwrap_or(("", *subject));
            (question.as_str().into(), Subject { dataset: dataset.into(), name: name.into() })
        });
        Side::new(Party::published(&"x".into(), "X"), items).with_subjects(of_subjects)
    }

    #[test]
    fn a_large_subject_can_hide_all_others() {
        let a = side(&[("law", 100, 90), ("art", 10, 4), ("sea", 10, 5)]);
        let b = side(&[("law", 100, 70), ("art", 10, 8), ("sea", 10, 8)]);
        let found = BySubject::of(&a, &b).unwrap();
        assert_eq!((found.subjects, found.a_ahead, found.b_ahead), (3, 1, 2));
        assert!((found.mean_difference - (0.2 - 0.4 - 0.3) / 3.0).abs() < 1e-12);
        assert_eq!((found.reversed(0.11), found.reversed(-0.11), found.reversed(0.0)), (Some(2), None, None));
    }

    #[test]
    fn subjects_of_one_name_in_two_datasets_are_two() {
        let (a, b) = (side(&[("mmlu/law", 9, 9), ("bar/law", 3, 1)]), side(&[("mmlu/law", 9, 5), ("bar/law", 3, 2)]));
        let found = BySubject::of(&a, &b).unwrap();
        assert_eq!((found.subjects, found.a_ahead, found.b_ahead), (2, 1, 1));
    }

    #[test]
    fn half_of_the_subjects_reverse_nothing() {
        let (a, b) = (side(&[("law", 9, 9), ("art", 3, 1)]), side(&[("law", 9, 5), ("art", 3, 2)]));
        assert_eq!(BySubject::of(&a, &b).unwrap().reversed(0.25), None);
        assert_eq!(BySubject::of(&side(&[("law", 9, 9)]), &b), None);
    }
}
