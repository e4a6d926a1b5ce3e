//! Datasets: from the Hub or a local file to samples.
//!
//! [`fetch`] resolves a [`DatasetPlan`] in four steps, each in its own file: `locate` selects the
//! files of the subset and split (by the dataset card, the folder layout or the converted
//! Parquet branch), which `hub` and `cache` download and verify; `rows` reads them; `columns`
//! and `answer` convert rows into samples; `select` filters, shuffles and limits.
//!
//! This module neither reads the environment nor prints; warnings are in
//! [`Dataset::warnings`].

mod answer;
mod assemble;
mod cache;
mod card;
mod card_labels;
mod catalog;
mod chat;
mod choice;
mod choices;
mod columnar;
mod columns;
mod drafted;
mod encoding;
mod error;
mod extract;
#[cfg(test)]
mod fake_hub;
mod family;
mod fault;
mod files;
mod format;
mod gauge;
mod hint;
mod hub;
#[cfg(test)]
mod hub_tests;
mod hub_text;
mod images;
mod json;
mod layout;
mod likeness;
#[cfg(test)]
mod limit_tests;
mod lines;
mod listing;
mod locate;
mod long_numbers;
mod made;
mod marks;
mod nan;
mod open;
mod options;
mod order;
mod path;
mod pieces;
mod place;
mod provenance;
mod python;
mod readings;
mod repeats;
mod review;
mod roles;
mod rows;
mod saved;
mod second;
mod select;
mod separated;
mod settled;
#[cfg(test)]
mod shape_tests;
mod spellings;
mod subjects;
mod synthetic;
#[cfg(test)]
mod tests;
mod text;
mod tools;
mod trace;
mod transfer;
mod usual;
mod words;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use catalog::SplitUse;
pub use error::DatasetError;
pub use files::is_pattern;
pub use gauge::{Gauge, prompts as gauging_prompts};
pub use hub_text::text_on_hub;
pub use made::Made;
pub use provenance::{FileProvenance, Provenance};
pub use select::shuffle;
pub use trace::Trace;

use crate::checksum::sha256_of;
use crate::sample::Sample;
use crate::spec::scalar::OneOrMany;
use crate::spec::types::{BadRow, ColumnsSpec, SyntheticSpec, TextEncoding};
use assemble::Wanted;
use hub::{Repository, StoredFile};
use locate::{Located, Part};
use repeats::Repeats;
use review::Reviewed;

/// What to fetch: a dataset of the spec with all defaults filled in.
#[derive(Debug, Clone)]
pub struct DatasetPlan {
    /// Name in tables and charts.
    pub name: String,
    /// Where the rows come from.
    pub source: SourcePlan,
    /// The roles of columns without a usual name.
    pub columns: ColumnsSpec,
    /// True if rows need no right answer, because nobody judges.
    pub is_unjudged: bool,
    /// True if a judge needs right answers, so that without them nothing can be scored.
    pub needs_answers: bool,
    /// Values that a row must have, by column.
    pub filter: BTreeMap<String, OneOrMany<String>>,
    /// What to do with invalid rows.
    pub on_bad_row: BadRow,
    /// Seed of the shuffle of each row's choices.
    pub shuffle_choices: Option<u64>,
    /// The most rotations of its choices that a question is asked with; none if in one order.
    pub rotations: Option<usize>,
    /// How many further messages of the user the prompt adds to a question, each a turn of its own.
    pub follow_ups: usize,
    /// Seed of the shuffle between filter and limit.
    pub shuffle: Option<u64>,
    /// Maximum number of samples, over all subsets.
    pub limit: Option<usize>,
    /// Worked examples.
    pub few_shot: Option<FewShotPlan>,
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum SourcePlan {
    /// A dataset repository on the Hub.
    Hub {
        /// Repository, as `owner/name`.
        repo: String,
        /// Subsets; `None` is the default one, `all` selects every one unless one has that name.
        subsets: Option<Vec<String>>,
        /// Split to ask.
        split: String,
        /// Branch, tag or commit.
        revision: String,
        /// The commit pinned by the lock file; the revision is then not resolved.
        pinned: Option<String>,
    },
    /// Local files.
    File {
        /// Files, folders and patterns.
        paths: Vec<PathBuf>,
        /// Encoding of texts.
        encoding: TextEncoding,
    },
    /// A generator.
    Synthetic(SyntheticSpec),
    /// A recorded load.
    Trace(Arc<Trace>),
}

/// Worked examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FewShotPlan {
    /// Number per prompt; 0 disables them.
    pub count: usize,
    /// Their source.
    pub source: ExamplesPlan,
}

/// Where worked examples come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExamplesPlan {
    /// Another split of the same subsets.
    Split(String),
    /// A local file.
    File(PathBuf),
}

/// Settings of the Hub. The caller reads the environment; this module does not.
#[derive(Clone)]
pub struct HubSettings {
    /// Address (`HF_ENDPOINT`); by default the public Hub.
    pub endpoint: Option<String>,
    /// Token (`HF_TOKEN`, or the file written by `hf auth login`).
    pub token: Option<String>,
    /// Cache folder (`HF_HUB_CACHE`, else `hub` below `HF_HOME`).
    pub cache_dir: PathBuf,
    /// Use only the cache (`HF_HUB_OFFLINE`).
    pub offline: bool,
    /// Time limit for the first byte and between two chunks of a file.
    pub timeout: Duration,
}

impl fmt::Debug for HubSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSettings")
            .field("endpoint", &self.endpoint)
            .field("has_token", &self.token.is_some())
            .field("cache_dir", &self.cache_dir)
            .field("offline", &self.offline)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// A dataset, ready to use.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Name in tables and charts.
    pub name: String,
    /// The questions, in order; each in all its rotations, if it has several.
    pub samples: Vec<Sample>,
    /// All worked examples, each with its answer; the prompt selects by subject.
    pub examples: Vec<Sample>,
    /// The columns of the passages that questions are about.
    pub passage: Vec<String>,
    /// The origin of the rows.
    pub provenance: Provenance,
    /// What makes results doubtful, for the check `repeated_rows`.
    pub repeated: Vec<String>,
    /// Warnings: an unreachable Hub, missing answers, examples that are also asked.
    pub warnings: Vec<String>,
}

impl Dataset {
    /// Prompts that are made.
    fn made(name: String, samples: Vec<Sample>, provenance: Provenance) -> Self {
        let (examples, passage, repeated, warnings) = Default::default();
        Self { name, samples, examples, passage, provenance, repeated, warnings }
    }

    /// How many questions there are, each counted once whatever its rotations and turns.
    pub fn questions(&self) -> usize {
        let is_first = |sample: &&Sample| sample.rotation.is_none_or(|places| places == 0) && sample.replies() == 0;
        self.samples.iter().filter(is_first).count()
    }
}

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
        SourcePlan::Trace(trace) => return Ok(trace.dataset(plan)),
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

fn local(path: &Path) -> Result<Part, DatasetError> {
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
