//! What datasets have right answers for: their judges say whether they need any.

use super::judge_plan::Judges;
use crate::dataset::DatasetPlan;
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;

/// Notes for each dataset whether its answers are judged, and whether that needs right ones. A dataset that cannot have them
/// is a problem.
pub(super) fn note(
    (document, datasets): (&Document, &mut [DatasetPlan]),
    judges: &[Judges],
    problems: &mut Vec<Problem>,
) {
    // A judge that is missing here has a problem of its own.
    if datasets.len() != judges.len() {
        return;
    }
    for (index, (dataset, judges)) in datasets.iter_mut().zip(judges).enumerate() {
        dataset.is_unjudged = judges.score.judge.is_none();
        dataset.needs_answers = judges.all().any(|judge| judge.judge.needs_expected_answer());
        if dataset.needs_answers && dataset.source.made().is_some() {
            let field = if judges.score.judge.needs_expected_answer() { "judge" } else { "other_judges" };
            let path = ["datasets".into(), field.into()].map(PathSegment::Key);
            let [list, field] = path;
            let problem = Problem::new("made prompts have no right answers, which this judge needs").help(
                "remove it, so that nothing is judged, or use a judge that needs none, such as `contains` with `any`",
            );
            problems.push(document.located(problem, &[list, PathSegment::Index(index), field]));
        }
    }
}
