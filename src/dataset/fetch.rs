//! Fetches a dataset: finds its files, and makes samples of their rows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::assemble::{self, Wanted};
use super::error::DatasetError;
use super::fetched::Dataset;
use super::hub::{Repository, StoredFile};
use super::hub_settings::HubSettings;
use super::locate::{Located, Part};
use super::plan::{DatasetPlan, ExamplesPlan, SourcePlan};
use super::provenance::Provenance;
use super::repeats::Repeats;
use super::review::Reviewed;
use super::{files, format, synthetic};
use crate::checksum::sha256_of;
use crate::sample::Sample;
use crate::spec::types::TextEncoding;

/// The files that were found, and how.
struct Found {
    place: String,
    split: String,
    asked: Vec<Part>,
    examples: Vec<Part>,
    revision: Option<String>,
    converted_revision: Option<String>,
    warnings: Vec<String>,
}

/// Fetches a dataset, from the cache if that suffices, else over the network.
///
/// # Errors
///
/// The source is unreachable or does not exist, the files are invalid, or
/// a row to be asked is invalid. [`DatasetError::hint`] says what to do next.
pub async fn fetch(plan: &DatasetPlan, hub: &HubSettings) -> Result<Dataset, DatasetError> {
    let found = match &plan.source {
        SourcePlan::Hub { repo, subsets, split, revision, pinned } => {
            refuse_own_split(plan, split)?;
            let repository = Repository::new(repo, hub)?;
            let located = Located::open(&repository, subsets.as_deref(), revision, pinned.as_deref()).await?;
            found_on_hub(plan, split, located).await?
        }
        SourcePlan::File { paths, .. } => found_in_files(plan, paths)?,
        SourcePlan::Synthetic(source) => return Ok(synthetic::dataset(plan, source)),
        SourcePlan::Trace(trace) => return Ok(trace.dataset(plan.name.clone())),
    };
    refuse_leak(&found)?;
    assembled(plan, found)
}

async fn found_on_hub(plan: &DatasetPlan, split: &str, mut located: Located<'_>) -> Result<Found, DatasetError> {
    let asked = located.split(split).await?;
    let examples = match wanted_examples(plan) {
        Some(ExamplesPlan::Split(split)) => located.split(split).await?,
        Some(ExamplesPlan::File(path)) => vec![local(path)?],
        None => Vec::new(),
    };
    Ok(Found {
        place: located.repo().to_owned(),
        split: format!("split `{split}` of `{}`", located.repo()),
        asked,
        examples,
        revision: Some(located.commit().to_owned()),
        converted_revision: located.converted_commit().map(str::to_owned),
        warnings: located.warnings,
    })
}

fn found_in_files(plan: &DatasetPlan, paths: &[PathBuf]) -> Result<Found, DatasetError> {
    let examples = match wanted_examples(plan) {
        Some(ExamplesPlan::Split(split)) => return Err(DatasetError::ExamplesSplit { split: split.clone() }),
        Some(ExamplesPlan::File(path)) => vec![local(path)?],
        None => Vec::new(),
    };
    let place = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    let files = files::found(paths)?;
    let asked = files.iter().map(|path| local(path)).collect::<Result<_, _>>()?;
    let warnings = files::several_splits(&place, &files).into_iter().collect();
    Ok(Found {
        split: format!("`{place}`"),
        place,
        asked,
        examples,
        revision: None,
        converted_revision: None,
        warnings,
    })
}

fn wanted_examples(plan: &DatasetPlan) -> Option<&ExamplesPlan> {
    plan.few_shot.as_ref().filter(|few_shot| few_shot.count > 0).map(|few_shot| &few_shot.source)
}

pub(super) fn local(path: &Path) -> Result<Part, DatasetError> {
    let shown = path.display().to_string();
    if format::Format::of(&shown).is_none() {
        return Err(DatasetError::Format { path: path.to_owned() });
    }
    let sha256 = sha256_of(path).map_err(|source| DatasetError::Io { path: shown.clone(), source })?;
    Ok(Part { subset: None, shown, stored: StoredFile { path: path.to_owned(), sha256 }, labels: Arc::default() })
}

fn refuse_own_split(plan: &DatasetPlan, asked: &str) -> Result<(), DatasetError> {
    match wanted_examples(plan) {
        Some(ExamplesPlan::Split(split)) if split == asked => {
            Err(DatasetError::Leak { place: format!("split `{split}`") })
        }
        _ => Ok(()),
    }
}

/// The same content under two names is a leak as well.
fn refuse_leak(found: &Found) -> Result<(), DatasetError> {
    let is_asked = |example: &&Part| found.asked.iter().any(|asked| asked.stored.sha256 == example.stored.sha256);
    match found.examples.iter().find(is_asked) {
        Some(example) => Err(DatasetError::Leak { place: format!("`{}`", example.shown) }),
        None => Ok(()),
    }
}

fn assembled(plan: &DatasetPlan, found: Found) -> Result<Dataset, DatasetError> {
    let mut warnings = found.warnings;
    // A shuffle may choose any row.
    let most = plan.limit.filter(|_| plan.shuffle.is_none()).unwrap_or(usize::MAX);
    let wanted = Wanted {
        columns: &plan.columns,
        filter: &plan.filter,
        on_bad_row: plan.on_bad_row,
        is_unjudged: plan.is_unjudged,
        encoding: match plan.source {
            SourcePlan::File { encoding, .. } => encoding,
            SourcePlan::Hub { .. } | SourcePlan::Synthetic(_) | SourcePlan::Trace(_) => TextEncoding::Utf8,
        },
        shuffle_choices: plan.shuffle_choices,
        has_files: matches!(plan.source, SourcePlan::File { .. }),
        most,
    };
    let mut drafts = assemble::draft(&found.place, &found.asked, wanted)?;
    let (rows, mut files, common) = (drafts.count(), drafts.files.clone(), drafts.common());
    let passage = std::mem::take(&mut drafts.passage);
    warnings.extend(drafts.without_answers(&found.split).filter(|_| plan.needs_answers));
    let (samples, told) = drafts.asked(plan.shuffle, plan.limit, &found.split)?;
    warnings.extend(told);
    let mut examples = Vec::new();
    if !found.examples.is_empty() {
        let place = format!("the examples of `{}`", plan.name);
        let wanted = Wanted { filter: &BTreeMap::new(), most: usize::MAX, is_unjudged: false, ..wanted };
        let mut drafts = assemble::draft(&place, &found.examples, wanted)?;
        files.append(&mut drafts.files);
        examples = drafts.examples(&common)?;
    }
    let asked = Reviewed { samples: &samples, files: &files };
    warnings.extend(asked.warnings(&examples));
    let repeats = Repeats::of(&samples, |file| found.asked.get(file as usize)?.subset.as_deref());
    let repeated = repeats.findings(&files);
    warnings.extend(repeats.warning(&files).into_iter().chain(repeated.iter().cloned()));
    let samples = match plan.rotations {
        Some(most) => samples.iter().flat_map(|sample| sample.rotations(most)).collect(),
        None => samples,
    };
    let samples = Sample::turn_by_turn(samples, plan.follow_ups);
    let provenance = Provenance {
        source: found.place,
        revision: found.revision,
        converted_revision: found.converted_revision,
        files,
        rows,
    };
    Ok(Dataset { name: plan.name.clone(), samples, examples, passage, provenance, repeated, warnings })
}
