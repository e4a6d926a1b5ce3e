//! The traces of a spec, read.

use std::path::Path;
use std::sync::Arc;

use super::check_synthetic::MOST_TOKENS;
use super::names::plain;
use super::resolved::Plan;
use crate::dataset::{SourcePlan, Trace};
use crate::level::Level;
use crate::spec::Document;
use crate::spec::diagnostic::Problem;
use crate::spec::tree::PathSegment;

/// The trace of each dataset that replays one. Its longest answer becomes the `max_tokens` of its dataset, which bounds cost and
/// context; requests have their own.
pub(super) fn read(
    document: &mut Document,
    folder: &Path,
    most: Option<usize>,
    problems: &mut Vec<Problem>,
) -> Vec<Option<Arc<Trace>>> {
    let mut traces = Vec::new();
    for index in 0..document.spec.datasets.len() {
        let dataset = &document.spec.datasets[index];
        let limit = [dataset.limit, most].into_iter().flatten().min();
        let Some(spec) = dataset.trace() else {
            traces.push(None);
            continue;
        };
        let outcome = Trace::read(&plain(&folder.join(&spec.path)), spec, limit);
        match outcome.map_err(|message| (message, FORM)).and_then(bounded) {
            Ok(trace) => {
                let generation = document.spec.datasets[index].generation.get_or_insert_default();
                generation.max_tokens = Some(Some(trace.most_output_tokens()));
                traces.push(Some(Arc::new(trace)));
            }
            Err((message, help)) => {
                let keys = ["source", "trace", "path"].map(|name| PathSegment::Key(name.to_owned()));
                let path = [&[PathSegment::Key("datasets".to_owned()), PathSegment::Index(index)], &keys[..]].concat();
                problems.push(document.located(Problem::new(message).help(help), &path));
                traces.push(None);
            }
        }
    }
    traces
}

/// What a trace that cannot be read should be.
const FORM: &str = "write a JSON object per line with `timestamp`, `input_length`, `output_length` and `hash_ids`";

fn bounded(trace: Trace) -> Result<Trace, (String, &'static str)> {
    let tokens = trace.all_input_tokens();
    if tokens <= MOST_TOKENS {
        return Ok(trace);
    }
    let message = format!("the prompts of the trace have {tokens:.0} tokens, and the maximum is {MOST_TOKENS}");
    Err((message, "set `limit` to keep the first arrivals"))
}

impl Plan {
    /// The trace that the levels replay; a plan that asks models as judges has other levels.
    pub fn replayed(&self) -> Option<&Arc<Trace>> {
        self.levels.iter().find(|level| matches!(level, Level::Trace(_)))?;
        self.datasets.iter().find_map(|dataset| match &dataset.source {
            SourcePlan::Trace(trace) => Some(trace),
            _ => None,
        })
    }
}

/// The only level, if a trace is replayed.
pub(super) fn level(traces: &[Option<Arc<Trace>>]) -> Option<Vec<Level>> {
    traces.iter().flatten().next().map(|trace| vec![Level::Trace(trace.level())])
}
