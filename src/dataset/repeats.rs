//! Rows that repeat others, by their ids or by their questions.

use std::collections::hash_map::Entry;

use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;

use super::FileProvenance;
use super::place::samples_named;
use super::review::print;
use crate::format::counted;
use crate::sample::Sample;

/// Rows that repeat an earlier one.
#[derive(Debug, Default)]
pub(super) struct Repeats<'r> {
    /// Those with the id of another row of their subset.
    ids: Vec<&'r Sample>,
    /// Those with the question of another row, and its right answers.
    questions: Vec<&'r Sample>,
    /// Those with the question of another row, and other right answers.
    contradictions: Vec<&'r Sample>,
}

impl<'r> Repeats<'r> {
    /// Finds them; `subset` tells that of a file.
    pub(super) fn of(samples: &'r [Sample], subset: impl Fn(u32) -> Option<&'r str>) -> Self {
        let mut found = Self::default();
        let mut ids: AHashSet<(Option<&str>, &str)> = AHashSet::new();
        let mut questions: AHashMap<u64, &Sample> = AHashMap::with_capacity(samples.len());
        let prints: Vec<u64> = samples.par_iter().map(print).collect();
        for (sample, print) in samples.iter().zip(prints) {
            let id = sample.id.as_deref().map(|id| (subset(sample.place.file), id));
            if id.is_some_and(|id| !ids.insert(id)) {
                found.ids.push(sample);
            }
            match questions.entry(print) {
                Entry::Vacant(free) => _ = free.insert(sample),
                Entry::Occupied(first) => {
                    let is_alike = golds(first.get()) == golds(sample);
                    let repeated = if is_alike { &mut found.questions } else { &mut found.contradictions };
                    repeated.push(sample);
                }
            }
        }
        found
    }

    /// What is odd about the questions as such.
    pub(super) fn warning(&self, files: &[FileProvenance]) -> Option<String> {
        let count = self.questions.len();
        (count > 0).then(|| {
            let repeats = if count == 1 { "repeats" } else { "repeat" };
            format!(
                "{} {repeats} an earlier one ({})",
                counted(count, "question"),
                samples_named(self.questions.iter().copied(), files)
            )
        })
    }

    /// What makes results doubtful, for the check of it.
    pub(super) fn findings(&self, files: &[FileProvenance]) -> Vec<String> {
        let ids = self.ids.first().map(|first| {
            format!(
                "{} the id of an earlier one ({}; first `{}`); each is asked and counted as a question of its own, as rows are \
                 told apart by their place; correct the ids, or remove the rows",
                have(self.ids.len()),
                samples_named(self.ids.iter().copied(), files),
                first.id.as_deref().unwrap_or_default()
            )
        });
        let contradictions = (!self.contradictions.is_empty()).then(|| {
            format!(
                "{} the question of an earlier one and another right answer ({}), so no model can be right in both; correct or \
                 remove them",
                have(self.contradictions.len()),
                samples_named(self.contradictions.iter().copied(), files)
            )
        });
        ids.into_iter().chain(contradictions).collect()
    }
}

fn have(rows: usize) -> String {
    format!("{} {}", counted(rows, "row"), if rows == 1 { "has" } else { "have" })
}

/// The texts of all right answers, in order: choices may stand at other places.
fn golds(sample: &Sample) -> Vec<&str> {
    let mut golds: Vec<&str> = sample.golds().map(|gold| sample.text_of(gold).unwrap_or_default().trim()).collect();
    golds.sort_unstable();
    golds
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::sample::Answer;
    use crate::sample::RowPlace;

    fn sample(row: u32, id: &str, question: &str, (choices, answer): (&[&str], usize)) -> Sample {
        Sample {
            id: Some(id.into()),
            choices: choices.iter().map(|&choice| choice.to_owned()).collect(),
            answer: Some(Answer::Choice(answer)),
            place: RowPlace { file: row / 4, line: NonZeroU32::new(row % 4 + 2) },
            ..Sample::new(row as usize, question.into())
        }
    }

    #[test]
    fn rows_that_repeat_others_are_named() {
        let samples = [
            sample(0, "a", "one", (&["x", "y"], 0)),
            sample(1, "b", "two", (&["x", "y"], 0)),
            sample(2, "a", "one", (&["y", "x"], 1)),
            sample(3, "c", "two", (&["x", "y"], 1)),
            sample(4, "a", "three", (&["x", "y"], 1)),
        ];
        let file = |path: &str| FileProvenance { path: path.to_owned(), sha256: String::new(), rows: None };
        let files = [file("a.csv"), file("b.csv")];
        let of_one = Repeats::of(&samples, |_| None);
        assert_eq!(of_one.warning(&files).unwrap(), "1 question repeats an earlier one (line 4)");
        let [ids, contradictions] = <[String; 2]>::try_from(of_one.findings(&files)).unwrap();
        assert!(
            ids.starts_with("2 rows have the id of an earlier one (`a.csv` line 4, `b.csv` line 2; first `a`)"),
            "{ids}"
        );
        let expected = "1 row has the question of an earlier one and another right answer (line 5), so no model";
        assert!(contradictions.starts_with(expected), "{contradictions}");
        let subsets = ["x", "y"];
        let apart = Repeats::of(&samples, |file| Some(subsets[file as usize])).findings(&files);
        assert!(apart[0].starts_with("1 row has the id of an earlier one (line 4; first `a`)"), "{apart:?}");
        let none = Repeats::of(&samples[..2], |_| None);
        assert_eq!((none.warning(&files), none.findings(&files)), (None, Vec::new()));
    }
}
