//! A baseline: what gates compare with, in a file that is small enough to be committed, and without texts.

use std::path::Path;

use crate::compare::source::{Source, SourceError, load};

/// The columns. The model has its level in its name where there are several.
const HEADER: &str = "model,question_hash,score,latency_sec,output_tokens,cost\n";

/// A row for each model and question: means over its repeats, in the order of names and hashes.
///
/// # Errors
/// Results cannot be read, or their questions have no hash that a run can find again.
pub fn baseline(results: &Path) -> Result<String, SourceError> {
    let source = load(results)?;
    if source.answers.iter().any(|answer| answer.question_hash.is_none()) {
        let message = "its questions have no `question_hash`, by which a gate finds them again";
        return Err(SourceError::unknown(results, message).or("run `smallbench apply` to write its tables again"));
    }
    table(&source).map_err(|message| SourceError::unknown(results, message))
}

fn table(source: &Source) -> Result<String, String> {
    let mut rows = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(HEADER.into());
    for model in source.models() {
        for (question, item) in &source.side(model).items {
            let figures = [item.score, item.latency, item.output_tokens, item.cost];
            let figures = figures.map(|figure| figure.map_or_else(String::new, |value| value.to_string()));
            let names = [&**model, &**question].into_iter();
            rows.write_record(names.chain(figures.iter().map(String::as_str))).map_err(|error| error.to_string())?;
        }
    }
    let bytes: Vec<u8> = rows.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
