//! Results that gates compare with, read with the spec, so that what is wrong with them is said in its place.

use std::path::Path;
use std::sync::Arc;

use super::names::plain;
use crate::compare::ModelName;
use crate::compare::source::{self, Source};
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;

/// The baseline: the one of the command line, else the one of the spec.
pub(super) fn read(
    document: &Document,
    (folder, output): (&Path, &Path),
    given: Option<&Path>,
    problems: &mut Vec<Problem>,
) -> Option<Arc<Source>> {
    let own = document.spec.baseline.as_ref().map(|path| plain(&folder.join(path)));
    let path = given.map(Path::to_owned).or(own)?;
    match load(&path, output, document) {
        Ok(source) => Some(Arc::new(source)),
        Err(problem) if given.is_some() => {
            problems.push(Problem { message: format!("`--baseline`: {}", problem.message), ..problem });
            None
        }
        Err(problem) => {
            problems.push(document.located(problem, &[PathSegment::Key("baseline".into())]));
            None
        }
    }
}

fn load(path: &Path, output: &Path, document: &Document) -> Result<Source, Problem> {
    let real = |path: &Path| path.canonicalize().ok();
    let own = real(output);
    if own.is_some() && (real(path) == own || path.parent().and_then(real) == own) {
        return Err(Problem::new(
            "the baseline is the output folder of this run, which would overwrite it; copy it to a folder of its own",
        )
        .help(WRITTEN_BY));
    }
    let source = source::load(path).map_err(|error| Problem::new(error.to_string()).help(WRITTEN_BY))?;
    if source.answers.iter().all(|answer| answer.question_hash.as_ref().or(answer.hash.as_ref()).is_none()) {
        let message = "the questions of the baseline have no hash, so that no answer can be matched with them";
        return Err(Problem::new(message).help(WRITTEN_BY));
    }
    known_models(source, document)
}

/// The source, if it has a model of the spec. One model against one needs no name.
fn known_models(source: Source, document: &Document) -> Result<Source, Problem> {
    let own: Vec<&str> = document.spec.models.iter().map(|model| model.name.as_str()).collect();
    let models = source.models();
    // With its level where there were several.
    let is_known = |model: &&ModelName| {
        own.iter().any(|own| model.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    };
    if models.iter().any(is_known) || (models.len() == 1 && own.len() == 1) {
        return Ok(source);
    }
    let quoted = |name: &str| format!("`{name}`");
    let there: Vec<String> = models.iter().map(|name| quoted(name)).collect();
    let here: Vec<String> = own.iter().map(|name| quoted(name)).collect();
    let message =
        format!("the baseline has no model of this experiment: it has {}, not {}", there.join(", "), here.join(", "));
    Err(Problem::new(message).help("give models the names that they have there, or write a baseline of these"))
}

/// Where a baseline comes from.
const WRITTEN_BY: &str = "`smallbench baseline OUTPUT --output FILE.csv` writes one; an output folder of another run and \
                          its results.csv are baselines as well";
