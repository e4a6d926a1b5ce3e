//! The name of a model in results of which nothing else identifies it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// The name of a model, with its level where the results have several. Models of several results are the same if their
/// names are: results that were published have no other identity.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName(Arc<str>);

impl ModelName {
    /// The name of the model at one of several levels.
    #[must_use]
    pub fn at_level(&self, level: &str) -> Self {
        format!("{self} {level}").into()
    }
}

impl Deref for ModelName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ModelName {
    fn as_ref(&self) -> &str {
        self
    }
}

impl From<&str> for ModelName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for ModelName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
