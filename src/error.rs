//! The errors of the program: one type, with a hint and an exit code.

use std::path::PathBuf;

use crate::compare::source::SourceError;
use crate::dataset::DatasetError;
use crate::endpoint::replay::cassette::CassetteError;
use crate::exit::Exit;
use crate::files::FileError;
use crate::judge::command::CommandError;
use crate::prompt::PromptError;
use crate::spec::diagnostic::{Diagnosis, suggestion};
use crate::store::StoreError;

/// An error that ended a run or prevented it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An invalid spec.
    #[error("{}", .0.render(false))]
    Spec(Diagnosis),
    /// A usage error.
    #[error("{0}")]
    Usage(String),
    /// A usage error of which it is known what to do instead.
    #[error("{text}")]
    Misuse {
        /// What is wrong, and where.
        text: String,
        /// What to do.
        hint: String,
    },
    /// An internal error.
    #[error("{0}")]
    Internal(String),
    /// A dataset could not be fetched.
    #[error("{0}")]
    Dataset(#[from] DatasetError),
    /// The prompt does not fit the dataset.
    #[error("{0}")]
    Prompt(#[from] PromptError),
    /// The judge does not fit the dataset.
    #[error("{}", .0.join("\n  "))]
    Judge(Vec<String>),
    /// A program that judges failed.
    #[error("{0}")]
    Command(#[from] CommandError),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A cassette could not be read or written.
    #[error("{0}")]
    Cassette(#[from] CassetteError),
    /// Results to compare could not be read.
    #[error("{0}")]
    Source(#[from] SourceError),
    /// A server does not answer.
    #[error("endpoint `{endpoint}` does not answer at {url}: {message}")]
    Unreachable {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// The error of the network.
        message: String,
        /// What to start.
        remedy: String,
    },
    /// A server rejects the key, or no key is set.
    #[error("endpoint `{endpoint}` at {url}: {message}")]
    Unauthorized {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// The problem with the key.
        message: String,
        /// Name of the variable that holds it.
        variable: Option<String>,
    },
    /// Models that are missing on their endpoint.
    #[error("{}", missing_models(.endpoint, .url, .models))]
    ModelsMissing {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// The models.
        models: Vec<String>,
        /// The available models.
        available: Vec<String>,
        /// How to get the others, if the provider knows.
        remedy: Option<String>,
    },
    /// A batch API that does not do what it is asked.
    #[error("the batch API of endpoint `{endpoint}` at {url}: {message}")]
    BatchApi {
        /// The endpoint's name.
        endpoint: String,
        /// Its address.
        url: String,
        /// What went wrong.
        message: String,
        /// What to do.
        remedy: String,
    },
    /// The length of made prompts could not be calibrated.
    #[error("the length of the prompts of `{dataset}` cannot be calibrated for `{model}`: {message}")]
    Calibration {
        /// The model.
        model: String,
        /// The dataset.
        dataset: String,
        /// What the server said.
        message: String,
    },
    /// A server that the run was to start.
    #[error("the server of endpoint `{endpoint}` {what}{words}")]
    Serve {
        /// The endpoint's name.
        endpoint: String,
        /// What went wrong.
        what: String,
        /// The end of its output, indented.
        words: String,
        /// What to do.
        remedy: String,
    },
    /// A file could not be read or written.
    #[error("{0}")]
    Io(#[from] FileError),
    /// The lock file does not match, or cannot be read.
    #[error("{0}")]
    Lock(String),
    /// A costly run that was not confirmed.
    #[error("this run may cost up to {amount} and needs confirmation")]
    Unconfirmed {
        /// The upper bound of its cost.
        amount: String,
    },
    /// Clients that send load levels together have not come together.
    #[error("{0}")]
    Clients(String),
    /// A removal of responses that was not confirmed.
    #[error("{what} would be removed, which needs confirmation")]
    RemovalUnconfirmed {
        /// The responses.
        what: String,
    },
    /// A table could not be built.
    #[error("cannot build the tables: {0}")]
    Table(#[from] polars::prelude::PolarsError),
    /// A chart could not be drawn.
    #[error("cannot draw the chart {name}: {message}")]
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
    /// A usage error, and what to do instead.
    pub fn misuse(text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Misuse { text: text.into(), hint: hint.into() }
    }

    /// A model that an experiment of these does not have.
    pub fn unknown_model<'m>(name: &str, known: impl Iterator<Item = &'m str>) -> Self {
        Self::misuse(format!("the experiment has no model `{name}`"), suggestion(name, &known.collect::<Vec<_>>()))
    }

    /// An I/O error with its path.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let at = FileError::at(path);
        move |source| Self::Io(at(source))
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Dataset(error) => error.hint(),
            Self::Store(error) => Some(error.hint()),
            Self::Command(error) => Some(error.hint()),
            Self::Prompt(PromptError::UnknownVariable { variable, known, .. }) => {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                Some(suggestion(variable, &known))
            }
            Self::Unreachable { remedy, .. } | Self::Serve { remedy, .. } | Self::BatchApi { remedy, .. } => {
                Some(remedy.clone())
            }
            Self::Source(error) => error.hint(),
            Self::Misuse { hint, .. } => Some(hint.clone()),
            Self::Unauthorized { variable: Some(variable), .. } => {
                Some(format!("set the environment variable {variable} to a valid key"))
            }
            Self::Unauthorized { .. } => {
                Some("set `api_key_env` of the endpoint to the name of the variable that holds the key".into())
            }
            Self::ModelsMissing { available, remedy, .. } => {
                let there = available.iter().map(String::as_str).collect::<Vec<_>>();
                let there = if there.is_empty() { "none".into() } else { there.join(", ") };
                let remedy = remedy.as_ref().map(|remedy| format!("{remedy}; ")).unwrap_or_default();
                Some(format!("{remedy}available models: {there}"))
            }
            Self::Io(FileError { path, source }) if is_in_the_way(source) => Some(format!(
                "{} is a file, but a folder is needed; move it, or choose another folder with `--set output.dir=…`",
                path.display()
            )),
            Self::Io(FileError { source, .. }) if source.kind() == std::io::ErrorKind::PermissionDenied => {
                Some("check the permissions, or choose another folder with `--set output.dir=…`".into())
            }
            Self::Calibration { .. } => Some(
                "run it again when the server answers, or set `tokens_per_word` of the source, which takes a word for that many \
                 tokens without asking"
                    .into(),
            ),
            Self::Unconfirmed { .. } => Some(
                "confirm it with `--yes`, or limit it with `budget.max_cost`; `smallbench plan` shows the estimate"
                    .into(),
            ),
            Self::RemovalUnconfirmed { .. } => Some("confirm it with `--yes`".into()),
            Self::Lock(_) => {
                Some("run `apply --update` to accept the current datasets and models and rewrite the lock file".into())
            }
            _ => None,
        }
    }

    /// How the program ends with it.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Spec(_)
            | Self::Usage(_)
            | Self::Misuse { .. }
            | Self::Prompt(_)
            | Self::Source(_)
            | Self::Judge(_)
            | Self::ModelsMissing { .. }
            | Self::Unauthorized { .. } => Exit::Usage,
            Self::Dataset(error) if !is_of_the_world(error) => Exit::Usage,
            Self::Command(error) if error.is_of_the_spec() => Exit::Usage,
            Self::Lock(_) | Self::Unconfirmed { .. } | Self::RemovalUnconfirmed { .. } => Exit::Stopped,
            _ => Exit::Internal,
        }
    }
}

/// True if a file is in place of a folder.
fn is_in_the_way(source: &std::io::Error) -> bool {
    use std::io::ErrorKind;
    matches!(source.kind(), ErrorKind::AlreadyExists | ErrorKind::NotADirectory)
}

/// True if the cause is outside the spec: the network, the Hub or a file.
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
