//! The scores by subject: a line per subject, a column per model.

use super::parts::Parts;
use crate::format::{known, percent};
use crate::statistics::macro_mean::{Estimate, macro_mean};
use crate::tables::group::{Group, Results};
use crate::tables::summary::Summary;

/// Most subjects that the table has.
const MOST_SUBJECTS: usize = 60;

/// Most models that the table has: more columns cannot be read.
const MOST_MODELS: usize = 8;

/// The table, its headings first; none with fewer than two subjects, or too many models.
pub fn per_subject<'r>(results: &'r Results) -> Option<Vec<Vec<String>>> {
    let parts = Parts::new(&results.subjects, |part| results.subject_name(part));
    if parts.names.len() < 2 || results.groups.len() > MOST_MODELS {
        return None;
    }
    let line = |name: &str, questions: u64, cell: &dyn Fn(&'r Group) -> Option<String>| {
        let cells = results.groups.iter().map(|group| known(cell(group), |text| text));
        [name.to_owned(), questions.to_string()].into_iter().chain(cells).collect::<Vec<String>>()
    };
    let headings = ["subject", "questions"].map(str::to_owned).into_iter();
    let mut lines = vec![headings.chain(results.groups.iter().map(|group| group.batch.label())).collect()];
    for subject in parts.names.iter().take(MOST_SUBJECTS) {
        let of = |group| parts.of(group, subject);
        let questions = results.groups.iter().filter_map(of).map(|summary| summary.items).max().unwrap_or(0);
        lines.push(line(subject, questions, &|group| of(group).and_then(Summary::estimate).map(shown)));
    }
    let questions = results.groups.iter().map(|group| group.summary.items).max().unwrap_or(0);
    let mean = |group: &Group| {
        let estimates: Vec<Estimate> = parts.all_of(group).filter_map(Summary::estimate).collect();
        let mean = macro_mean(&estimates)?;
        // Intervals that hold at every look cannot be recovered into one that does.
        Some(if group.figures.is_sequential() { percent(mean.value) } else { shown(mean) })
    };
    lines.push(line("mean of subjects (macro)", questions, &mean));
    lines.push(line("mean of questions (micro)", questions, &|group| group.summary.estimate().map(shown)));
    Some(lines)
}

fn shown(estimate: Estimate) -> String {
    let (low, high) = estimate.interval;
    format!("{} ({:.0}–{:.0})", percent(estimate.value), low * 100.0, high * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Class;
    use crate::tables::fixture::{Fixture, verdict};

    #[test]
    fn subjects_count_alike_in_the_macro_mean_and_questions_in_the_micro_mean() {
        let mut fixture = Fixture::new(20);
        assert_eq!(per_subject(&fixture.results()), None);
        for index in 0..20 {
            fixture.samples[index].subject = Some(if index < 15 { "law" } else { "art" }.into());
            fixture.verdicts[index] = Some(verdict(if index < 15 { Class::Correct } else { Class::Wrong }));
        }
        let lines = per_subject(&fixture.results()).unwrap();
        let cells: Vec<(&str, &str, &str)> =
            lines.iter().map(|line| (&*line[0], &*line[1], line[2].split(' ').next().unwrap())).collect();
        assert_eq!(
            cells[1..],
            [
                ("law", "15", "100.0"),
                ("art", "5", "0.0"),
                ("mean of subjects (macro)", "20", "50.0"),
                ("mean of questions (micro)", "20", "75.0"),
            ]
        );
    }
}
