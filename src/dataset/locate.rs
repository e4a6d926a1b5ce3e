//! Locates the files of a split: selects, downloads and verifies them.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::cache::Record;
use super::card_labels::{Labels, labels};
use super::catalog::{Catalog, Split, Subset};
use super::error::DatasetError;
use super::hub::{Repository, Snapshot, StoredFile};
use super::{card, layout};
use crate::files::read_bounded;

/// The branch with the Hub's Parquet conversion.
const CONVERTED: &str = "refs/convert/parquet";
const CARD: &str = "README.md";
/// Maximum size of a dataset card in bytes.
const MOST_CARD: u64 = 16 << 20;
/// Number of parallel downloads; most files are small, so round trips dominate.
const AT_ONCE: usize = 4;

/// One file of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// The subset; `None` for a local file and for the subset `default`.
    pub subset: Option<String>,
    /// The file's name in provenance and errors.
    pub shown: String,
    pub stored: StoredFile,
    /// The names that numbers of its columns stand for, if the file does not state them.
    pub labels: Arc<Labels>,
}

/// A repository at one commit, with its catalog.
pub(super) struct Located<'a> {
    repository: &'a Repository<'a>,
    subsets: Option<&'a [String]>,
    main: Source,
    converted: Option<Source>,
    pub warnings: Vec<String>,
}

struct Source {
    snapshot: Snapshot,
    catalog: Catalog,
    /// The names that columns have, by subset.
    labels: BTreeMap<String, Arc<Labels>>,
    has_card: bool,
}

impl<'a> Located<'a> {
    /// Resolves the commit and reads its card.
    pub(super) async fn open(
        repository: &'a Repository<'a>,
        subsets: Option<&'a [String]>,
        revision: &str,
        pinned: Option<&str>,
    ) -> Result<Self, DatasetError> {
        let mut snapshot = repository.snapshot(revision, pinned).await?;
        let warnings = snapshot.warning.take().into_iter().collect();
        let main = Source::open(repository, snapshot).await?;
        Ok(Self { repository, subsets, main, converted: None, warnings })
    }

    pub(super) fn repo(&self) -> &str {
        self.repository.name
    }

    /// The commit of the revision.
    pub(super) fn commit(&self) -> &str {
        &self.main.snapshot.commit
    }

    /// The commit of the converted branch, if it is used.
    pub(super) fn converted_commit(&self) -> Option<&str> {
        self.converted.as_ref().map(|source| source.snapshot.commit.as_str())
    }

    /// The files of a split, downloaded.
    pub(super) async fn split(&mut self, split: &str) -> Result<Vec<Part>, DatasetError> {
        let error = match self.main.wanted(self.repository.name, self.subsets, split) {
            Ok(wanted) => return self.fetched(&self.main.snapshot, wanted).await,
            Err(error) => error,
        };
        if self.main.may_be_converted(&error) {
            self.open_converted().await?;
        }
        if self.main.may_be_converted(&error)
            && let Some(source) = &self.converted
            && let Ok(wanted) = source.wanted(self.repository.name, self.subsets, split)
        {
            return self.fetched(&source.snapshot, wanted).await;
        }
        Err(self.cut_short(error))
    }

    /// Opens the converted branch, if there is one.
    async fn open_converted(&mut self) -> Result<(), DatasetError> {
        if self.converted.is_none() {
            let pinned = self.main.snapshot.record.converted.clone();
            let snapshot = match self.repository.snapshot(CONVERTED, pinned.as_deref()).await {
                Ok(snapshot) => snapshot,
                // The branch usually does not exist; the error of the repository itself is more useful.
                Err(DatasetError::RevisionMissing { .. } | DatasetError::Offline { .. }) => return Ok(()),
                Err(error) => return Err(error),
            };
            self.warnings.extend(snapshot.warning.clone());
            if self.main.snapshot.is_whole {
                let record = Record { converted: Some(snapshot.commit.clone()), ..self.main.snapshot.record.clone() };
                self.repository.cache.remember(&self.main.snapshot.commit, &record);
            }
            self.converted = Some(Source::open(self.repository, snapshot).await?);
        }
        Ok(())
    }

    /// With a partial snapshot, the cache lacks files, not the repository.
    fn cut_short(&self, error: DatasetError) -> DatasetError {
        if self.main.snapshot.is_whole {
            return error;
        }
        match error {
            DatasetError::NoFiles { .. } => self.repository.not_cached("a data file".to_owned()),
            DatasetError::SubsetMissing { subset, .. } => self.repository.not_cached(format!("subset `{subset}`")),
            DatasetError::SplitMissing { subset, split, .. } | DatasetError::SplitEmpty { subset, split, .. } => {
                self.repository.not_cached(format!("split `{split}` of subset `{subset}`"))
            }
            other => other,
        }
    }

    async fn fetched(&self, snapshot: &Snapshot, wanted: Vec<Wanted>) -> Result<Vec<Part>, DatasetError> {
        let names: Vec<String> = wanted.iter().map(|file| file.file.clone()).collect();
        if let Some(shard) = layout::missing_shard(&names).filter(|_| !snapshot.is_whole) {
            return Err(self.repository.not_cached(format!("`{shard}`")));
        }
        let fetch = |Wanted { subset, file, labels }| async move {
            let stored = self.repository.file(&snapshot.commit, &file).await?;
            Ok(Part { subset, shown: file, stored, labels })
        };
        stream::iter(wanted).map(fetch).buffered(AT_ONCE).try_collect().await
    }
}

impl Source {
    async fn open(repository: &Repository<'_>, snapshot: Snapshot) -> Result<Self, DatasetError> {
        let files = &snapshot.record.files;
        let card = match files.iter().any(|file| file == CARD) {
            true => read_card(repository, &snapshot.commit).await?,
            false => String::new(),
        };
        let declared = card::catalog(&card, files)
            .map_err(|reason| DatasetError::Card { repo: repository.name.to_owned(), reason })?;
        let has_card = declared.is_some();
        let catalog = declared.unwrap_or_else(|| layout::catalog(files));
        let labels = labels(&card).into_iter().map(|(subset, labels)| (subset, Arc::new(labels))).collect();
        Ok(Self { snapshot, catalog, labels, has_card })
    }

    fn wanted(&self, repo: &str, subsets: Option<&[String]>, split: &str) -> Result<Vec<Wanted>, DatasetError> {
        let chosen = self.catalog.files(repo, subsets, split)?;
        let of_split = |(subset, split): (&Subset, &Split)| {
            let labels = self.labels.get(&subset.name).cloned().unwrap_or_default();
            let subset = Some(subset.name.clone()).filter(|name| name != "default");
            let one =
                |file: &String| Wanted { subset: subset.clone(), file: file.clone(), labels: Arc::clone(&labels) };
            split.files.iter().map(one).collect::<Vec<_>>()
        };
        Ok(chosen.into_iter().flat_map(of_split).collect())
    }

    /// A card is authoritative; the search continues only if its files have unsupported formats.
    fn may_be_converted(&self, error: &DatasetError) -> bool {
        match error {
            DatasetError::SplitEmpty { unreadable, .. } => !unreadable.is_empty(),
            DatasetError::NoFiles { .. } | DatasetError::SubsetMissing { .. } | DatasetError::SplitMissing { .. } => {
                !self.has_card
            }
            _ => false,
        }
    }
}

struct Wanted {
    subset: Option<String>,
    file: String,
    labels: Arc<Labels>,
}

async fn read_card(repository: &Repository<'_>, commit: &str) -> Result<String, DatasetError> {
    let stored = repository.file(commit, CARD).await?;
    let bytes = read_bounded(&stored.path, MOST_CARD)
        .map_err(|source| DatasetError::Io { path: stored.path.display().to_string(), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
