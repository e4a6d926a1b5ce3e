//! What can end a run: one type, with what to do next and the exit code.

use std::path::PathBuf;

use crate::dataset::DatasetError;
use crate::endpoint::replay::cassette::CassetteError;
use crate::prompt::PromptError;
use crate::spec::diagnostic::{Diagnosis, suggestion};
use crate::store::StoreError;

/// What ended a run, or kept it from starting.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The spec is wrong.
    #[error("{}", .0.render(false))]
    Spec(Diagnosis),
    /// The command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// This program or its system does not do what it should.
    #[error("{0}")]
    Internal(String),
    /// A dataset could not be had.
    #[error("{0}")]
    Dataset(#[from] DatasetError),
    /// The prompt and the dataset do not fit.
    #[error("{0}")]
    Prompt(#[from] PromptError),
    /// The judge and the dataset do not fit.
    #[error("row {index} of the dataset `{dataset}` {why}")]
    Judge {
        /// The dataset.
        dataset: String,
        /// The row.
        index: usize,
        /// What does not fit.
        why: String,
    },
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A cassette could not be read or written.
    #[error("{0}")]
    Cassette(#[from] CassetteError),
    /// A server does not answer.
    #[error("endpoint `{endpoint}` does not answer at {url}: {message}")]
    Unreachable {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// What the network said.
        message: String,
        /// What to start.
        remedy: String,
    },
    /// A server refuses the key, or none is set.
    #[error("endpoint `{endpoint}` at {url}: {message}")]
    Unauthorized {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// What is wrong with the key.
        message: String,
        /// Name of the variable that holds it.
        variable: Option<String>,
    },
    /// Models that their endpoint does not have.
    #[error("{}", missing_models(.endpoint, .url, .models))]
    ModelsMissing {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// The models.
        models: Vec<String>,
        /// The models that are there.
        available: Vec<String>,
        /// How to get the others, if the provider knows.
        remedy: Option<String>,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The lock file says otherwise.
    #[error("{0}")]
    Lock(String),
    /// A costly run that nobody confirmed.
    #[error("this run may cost up to {amount}, and was not confirmed")]
    Unconfirmed {
        /// The most it may cost.
        amount: String,
    },
    /// A table could not be made.
    #[error("the tables could not be made: {0}")]
    Table(#[from] polars::prelude::PolarsError),
    /// A chart could not be drawn.
    #[error("the chart {name} could not be drawn: {message}")]
    Chart {
        /// The chart.
        name: String,
        /// Why.
        message: String,
    },
}

fn missing_models(endpoint: &str, url: &str, models: &[String]) -> String {
    let names = models.iter().map(|model| format!("`{model}`")).collect::<Vec<_>>().join(", ");
    let (noun, verb) = if models.len() == 1 { ("model", "is") } else { ("models", "are") };
    format!("{noun} {names} {verb} not on endpoint `{endpoint}` at {url}")
}

impl Error {
    /// An I/O error with its path.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Dataset(error) => error.hint(),
            Self::Store(error) => Some(error.hint()),
            Self::Prompt(PromptError::UnknownVariable { variable, known, .. }) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                Some(suggestion(variable, &known))
            }
            Self::Unreachable { remedy, .. } => Some(remedy.clone()),
            Self::Unauthorized { variable: Some(variable), .. } => {
                Some(format!("put a valid key into the environment variable {variable}"))
            }
            Self::Unauthorized { .. } => {
                Some("name the variable that holds the key: `api_key_env: NAME` in the endpoint".into())
            }
            Self::ModelsMissing { available, remedy, .. } => {
                let there = available.iter().map(String::as_str).collect::<Vec<_>>();
                let there = if there.is_empty() { "no models".into() } else { there.join(", ") };
                let remedy = remedy.as_ref().map(|remedy| format!("{remedy}; ")).unwrap_or_default();
                Some(format!("{remedy}the server has {there}"))
            }
            Self::Io { path, source } if is_in_the_way(source) => Some(format!(
                "a file is where a folder is wanted ({}); move it away, or choose another folder with `--set output.dir=…`",
                path.display()
            )),
            Self::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Some("check who may write there, or choose another folder with `--set output.dir=…`".into())
            }
            Self::Unconfirmed { .. } => Some(
                "`--yes` confirms it; `budget.max_cost` limits it; `smallbench plan` shows what it is made of".into(),
            ),
            Self::Lock(_) => Some("`apply --update` accepts what is there now and writes a new lock file".into()),
            _ => None,
        }
    }

    /// The exit code: 1 internal or I/O, 2 usage or spec, 4 a lock said no.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Spec(_)
            | Self::Usage(_)
            | Self::Prompt(_)
            | Self::Judge { .. }
            | Self::ModelsMissing { .. }
            | Self::Unauthorized { .. } => 2,
            Self::Dataset(error) if !is_of_the_world(error) => 2,
            Self::Lock(_) | Self::Unconfirmed { .. } => 4,
            _ => 1,
        }
    }
}

/// True if a file stands where a folder should.
fn is_in_the_way(source: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory)
}

/// True if the world, not the spec, is at fault.
fn is_of_the_world(error: &DatasetError) -> bool {
    matches!(
        error,
        DatasetError::Client { .. }
            | DatasetError::Unreachable { .. }
            | DatasetError::Silent { .. }
            | DatasetError::Answer { .. }
            | DatasetError::Offline { .. }
            | DatasetError::Damaged { .. }
    )
}
