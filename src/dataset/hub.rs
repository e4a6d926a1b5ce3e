//! Downloads files from the Hub.
//!
//! A Hub or a mirror is not trusted: the list of files is read up to a limit, and [`Cache`] accepts files with a
//! checked name and a verified hash, so that the error page of a CDN is never stored as data. Silence ends in an
//! error, and the cache is looked up first, so that a pinned commit needs neither the network nor a client.

use std::future::Future;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::cache::{Cache, Cached, Promise, Record, is_commit, is_inside};
use super::error::DatasetError;
use super::hub_settings::HubSettings;
use super::listing;
use super::transfer::{Description, HubConnection, Refusal, chain, file_address};

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";
/// Maximum number of downloads of a file until its hash matches.
const ATTEMPTS: usize = 2;
/// Time limit for the list of files, in multiples of the silence limit.
const LIST_PATIENCE: u32 = 20;
const TOO_MANY: &str = "too many requests (HTTP 429)";

/// One repository, read through the cache and, if needed, the network.
pub(super) struct Repository<'a> {
    pub name: &'a str,
    pub cache: Cache,
    settings: &'a HubSettings,
    connection: OnceLock<HubConnection>,
}

/// A commit and its files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    pub commit: String,
    pub record: Record,
    /// True if the list of files is complete.
    pub is_whole: bool,
    /// A warning about how the commit was found.
    pub warning: Option<String>,
}

/// A local file with verified content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoredFile {
    pub path: PathBuf,
    pub sha256: String,
}

impl<'a> Repository<'a> {
    pub(super) fn new(name: &'a str, settings: &'a HubSettings) -> Result<Self, DatasetError> {
        let is_word = |part: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            !part.is_empty() && part.chars().all(plain) && !part.starts_with('.') && !part.contains("--")
        };
        if name.split('/').count() > 2 || !name.split('/').all(is_word) {
            return Err(DatasetError::RepoName { repo: name.to_owned() });
        }
        let cache = Cache::new(&settings.cache_dir, name);
        Ok(Self { name, cache, settings, connection: OnceLock::new() })
    }

    /// The commit of a revision with the list of its files.
    pub(super) async fn snapshot(&self, revision: &str, pinned: Option<&str>) -> Result<Snapshot, DatasetError> {
        for name in [Some(revision), pinned].into_iter().flatten() {
            if !is_inside(name) {
                return Err(DatasetError::RevisionName { repo: self.name.to_owned(), revision: name.to_owned() });
            }
        }
        let known = pinned.or(Some(revision)).filter(|commit| is_commit(commit));
        if let Some(commit) = known
            && let Some(record) = self.cache.record(commit)
        {
            return Ok(Snapshot { commit: commit.to_owned(), record, is_whole: true, warning: None });
        }
        if self.settings.offline {
            return self.cached(revision, known, None);
        }
        match self.listed(known.or(pinned).unwrap_or(revision)).await {
            Ok(snapshot) => {
                self.cache.remember(&snapshot.commit, &snapshot.record);
                if pinned.is_none() {
                    self.cache.remember_commit(revision, &snapshot.commit);
                }
                Ok(snapshot)
            }
            Err(error @ (DatasetError::Unreachable { .. } | DatasetError::Silent { .. })) => {
                self.cached(revision, known, Some(error))
            }
            Err(error) => Err(error),
        }
    }

    /// A file of a commit, from the cache if it is there and valid.
    pub(super) async fn file(&self, commit: &str, file: &str) -> Result<StoredFile, DatasetError> {
        if !is_inside(file) {
            return Err(
                self.answer("the list of files", &format!("{} is not a path inside the repository", plainly(file)))
            );
        }
        let mut last = match self.look_up(commit, file)? {
            Ok(stored) => return Ok(stored),
            Err(error) => error,
        };
        if self.settings.offline {
            return Err(last);
        }
        for _ in 0..ATTEMPTS {
            last = match self.download(commit, file).await {
                Ok(()) => match self.look_up(commit, file)? {
                    Ok(stored) => return Ok(stored),
                    Err(error) => error,
                },
                // A second try would only double the wait.
                Err(error @ (DatasetError::Unreachable { .. } | DatasetError::Damaged { .. })) => error,
                Err(error) => return Err(error),
            };
        }
        Err(last)
    }

    fn look_up(&self, commit: &str, file: &str) -> Result<Result<StoredFile, DatasetError>, DatasetError> {
        let unreadable = |source| DatasetError::Io { path: file.to_owned(), source };
        Ok(match self.cache.look_up(commit, file).map_err(unreadable)? {
            Cached::Sound { path, sha256 } => Ok(StoredFile { path, sha256 }),
            Cached::Removed => Err(self.damaged(file)),
            Cached::Absent => Err(self.not_cached(format!("`{file}`"))),
        })
    }

    pub(super) fn not_cached(&self, what: String) -> DatasetError {
        DatasetError::Offline { repo: self.name.to_owned(), what, cache: self.settings.cache_dir.clone() }
    }

    /// The commit from the cache alone; `refused` is the error of the Hub.
    fn cached(
        &self,
        revision: &str,
        known: Option<&str>,
        refused: Option<DatasetError>,
    ) -> Result<Snapshot, DatasetError> {
        let commit = known.map(str::to_owned).or_else(|| self.cache.commit_of(revision));
        let found = commit.and_then(|commit| {
            let record = self.cache.record(&commit);
            let is_whole = record.is_some();
            let record = record.unwrap_or_else(|| Record { files: self.cache.present(&commit), converted: None });
            (!record.files.is_empty()).then_some((commit, record, is_whole))
        });
        let Some((commit, record, is_whole)) = found else {
            return Err(refused.unwrap_or_else(|| self.not_cached(format!("revision `{revision}`"))));
        };
        let warning = refused.map(|error| format!("{error}; using the cached commit {commit} of `{revision}`"));
        Ok(Snapshot { commit, record, is_whole, warning })
    }

    async fn listed(&self, revision: &str) -> Result<Snapshot, DatasetError> {
        let what = format!("revision `{revision}`");
        let url = listing::address(self.endpoint(), self.name, revision);
        let activity = AtomicU64::new(0);
        let request = listing::fetch(self.connection()?, &url, &activity);
        // The silence limit is per chunk; a list sent byte by byte must end as well.
        let whole = self.settings.timeout.saturating_mul(LIST_PATIENCE);
        let listed = tokio::time::timeout(whole, self.within_patience(&what, &activity, request)).await;
        let listed = listed.map_err(|_| self.answer(&what, "it is endless"))??;
        let listed = listed.map_err(|refusal| self.unlisted(revision, &what, refusal))?;
        let commit = listed.sha.filter(|sha| is_commit(sha)).ok_or_else(|| self.answer(&what, "it has no commit"))?;
        let siblings = listed.siblings.ok_or_else(|| self.answer(&what, "it has no list of files"))?;
        let files = siblings.into_iter().map(|sibling| sibling.rfilename).filter(|file| is_inside(file)).collect();
        Ok(Snapshot { commit, record: Record { files, converted: None }, is_whole: true, warning: None })
    }

    fn unlisted(&self, revision: &str, what: &str, refusal: Refusal) -> DatasetError {
        match refusal {
            Refusal::Status { status: 404, code } if code.as_deref() == Some("RepoNotFound") => self.access(404, None),
            Refusal::Status { status: 404, .. } => {
                DatasetError::RevisionMissing { repo: self.name.to_owned(), revision: revision.to_owned() }
            }
            refusal => self.refused(what, refusal),
        }
    }

    fn refused(&self, what: &str, refusal: Refusal) -> DatasetError {
        match refusal {
            Refusal::Network(source) => self.unreachable(&chain(&source)),
            Refusal::Content(reason) => self.answer(what, &reason),
            Refusal::Status { status: status @ (401 | 403), code } => self.access(status, code.as_deref()),
            Refusal::Status { status: 429, .. } => self.unreachable(TOO_MANY),
            Refusal::Status { status: status @ 500.., .. } => self.unreachable(&format!("HTTP {status}")),
            Refusal::Status { status, .. } => self.answer(what, &format!("HTTP {status}")),
        }
    }

    /// Downloads a file into the cache.
    async fn download(&self, commit: &str, file: &str) -> Result<(), DatasetError> {
        let what = format!("`{file}`");
        let hub = self.connection()?;
        let url = file_address(self.endpoint(), self.name, commit, file);
        let activity = AtomicU64::new(0);
        let told = self.within_patience(&what, &activity, hub.describe(&url)).await?;
        let promise = promised(&told.map_err(|refusal| self.refused(&what, refusal))?, commit)
            .map_err(|reason| self.answer(&what, &reason))?;
        let unwritable = |source: std::io::Error| DatasetError::Io { path: file.to_owned(), source };
        if self.cache.link_known(commit, file, &promise).map_err(unwritable)? {
            return Ok(());
        }
        let mut response = match self.within_patience(&what, &activity, hub.get(&url)).await? {
            Ok(response) => response,
            // The Hub has just granted access; this comes from a CDN with an expired signature.
            Err(Refusal::Status { status: 401 | 403, .. }) => return Err(self.damaged(file)),
            Err(refusal) => return Err(self.refused(&what, refusal)),
        };
        let mut arrival = self.cache.arrival(promise).map_err(unwritable)?;
        loop {
            let piece = self.within_patience(&what, &activity, response.chunk()).await?;
            let Some(piece) = piece.map_err(|error| self.refused(&what, Refusal::Network(error)))? else { break };
            if !arrival.add(&piece).map_err(unwritable)? {
                return Err(self.answer(&what, &arrival.excess()));
            }
        }
        let kept = arrival.keep(&self.cache, commit, file).map_err(unwritable)?;
        if kept { Ok(()) } else { Err(self.damaged(file)) }
    }

    fn damaged(&self, file: &str) -> DatasetError {
        DatasetError::Damaged { repo: self.name.to_owned(), path: file.to_owned() }
    }

    fn connection(&self) -> Result<&HubConnection, DatasetError> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection);
        }
        let built = HubConnection::new(self.token());
        let built = built.map_err(|error| DatasetError::Client { reason: self.redacted(&chain(&error)) })?;
        Ok(self.connection.get_or_init(|| built))
    }

    fn token(&self) -> Option<&str> {
        self.settings.token.as_deref().map(str::trim).filter(|token| !token.is_empty())
    }

    pub(super) fn endpoint(&self) -> &str {
        self.settings.endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT).trim_end_matches('/')
    }

    /// Ends a request after a silence: no answer, or no more bytes.
    async fn within_patience<T>(
        &self,
        what: &str,
        activity: &AtomicU64,
        request: impl Future<Output = T>,
    ) -> Result<T, DatasetError> {
        let patience = self.settings.timeout;
        let mut request = Box::pin(request);
        loop {
            let before = activity.load(Ordering::Relaxed);
            match tokio::time::timeout(patience, &mut request).await {
                Ok(outcome) => return Ok(outcome),
                Err(_) if activity.load(Ordering::Relaxed) != before => {}
                Err(_) => return Err(self.silent(what, patience)),
            }
        }
    }

    fn silent(&self, what: &str, patience: Duration) -> DatasetError {
        DatasetError::Silent {
            repo: self.name.to_owned(),
            endpoint: self.endpoint().to_owned(),
            what: what.to_owned(),
            seconds: patience.as_secs_f64(),
        }
    }

    fn access(&self, status: u16, code: Option<&str>) -> DatasetError {
        DatasetError::Access {
            repo: self.name.to_owned(),
            page: format!("{}/datasets/{}", self.endpoint(), self.name),
            status,
            gated: code == Some("GatedRepo"),
            with_token: self.token().is_some(),
        }
    }

    fn unreachable(&self, reason: &str) -> DatasetError {
        DatasetError::Unreachable {
            repo: self.name.to_owned(),
            endpoint: self.endpoint().to_owned(),
            reason: self.redacted(reason),
        }
    }

    fn answer(&self, what: &str, reason: &str) -> DatasetError {
        DatasetError::Answer { repo: self.name.to_owned(), what: what.to_owned(), reason: self.redacted(reason) }
    }

    /// A server may echo the token.
    fn redacted(&self, text: &str) -> String {
        self.token().map_or_else(|| text.to_owned(), |token| text.replace(token, "***"))
    }
}

/// What the Hub says that a file is, if it can be believed.
fn promised(told: &Description, commit: &str) -> Result<Promise, String> {
    if told.commit != commit {
        return Err(format!("it is of commit {}, not {commit}", plainly(&told.commit)));
    }
    Promise::new(&told.etag, told.size).ok_or_else(|| {
        format!("its ETag is {}, which names no content: 40 or 64 hexadecimal digits do", plainly(&told.etag))
    })
}

/// An untrusted text, shortened and escaped.
fn plainly(text: &str) -> String {
    format!("`{}`", text.chars().take(80).flat_map(char::escape_default).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(token: &str) -> HubSettings {
        HubSettings {
            endpoint: None,
            token: Some(token.to_owned()),
            cache_dir: PathBuf::from("cache"),
            offline: true,
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn names_of_repositories_are_checked() {
        let settings = settings("");
        for name in ["cais/mmlu", "gsm8k", "a.b/c_d-e"] {
            assert!(Repository::new(name, &settings).is_ok(), "{name}");
        }
        for name in ["", "a/b/c", "../x", "a/..", "https://huggingface.co/datasets/a/b", "a/ b", "a--b/c"] {
            assert!(matches!(Repository::new(name, &settings), Err(DatasetError::RepoName { .. })), "{name}");
        }
    }

    #[test]
    fn the_token_is_in_no_text() {
        let settings = settings("hf_secret\n");
        assert!(!format!("{settings:?}").contains("secret"));
        let repository = Repository::new("o/n", &settings).unwrap();
        assert_eq!(repository.answer("it", "you sent hf_secret").to_string().matches("secret").count(), 0);
    }

    #[tokio::test]
    async fn a_revision_that_leaves_the_cache_is_refused() {
        let settings = settings("");
        let repository = Repository::new("o/n", &settings).unwrap();
        let error = repository.snapshot("../../main", None).await.unwrap_err();
        assert!(matches!(error, DatasetError::RevisionName { .. }));
    }
}
