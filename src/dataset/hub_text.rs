//! A single text of a repository on the Hub.

use super::error::DatasetError;
use super::hub::Repository;
use super::hub_settings::HubSettings;
use crate::files::read_bounded;

/// The content of one file of a repository on the Hub, of at most `most` bytes, and its commit.
///
/// # Errors
///
/// The repository, the revision or the file does not exist or cannot be read.
pub async fn text_on_hub(
    (repo, revision, file): (&str, &str, &str),
    most: u64,
    hub: &HubSettings,
) -> Result<(String, String), DatasetError> {
    let repository = Repository::new(repo, hub)?;
    let snapshot = repository.snapshot(revision, None).await?;
    if snapshot.is_whole && !snapshot.record.files.iter().any(|known| known == file) {
        return Err(DatasetError::NoSuchFile { repo: repo.to_owned(), file: file.to_owned() });
    }
    let stored = repository.file(&snapshot.commit, file).await?;
    let unreadable = |source| DatasetError::Io { path: file.to_owned(), source };
    let bytes = read_bounded(&stored.path, most).map_err(unreadable)?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), snapshot.commit))
}
