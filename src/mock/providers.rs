//! The table of providers that the server speaks: the same as the endpoints have.

use super::api::{Api, Details, MockPage, Models, Provider};
use super::{anthropic, ollama, openai};

/// Every provider.
pub(super) static PROVIDERS: &[Provider] = &[ollama::PROVIDER, openai::PROVIDER, anthropic::PROVIDER];

/// The API of a path that is asked for an answer.
pub(super) fn api(path: &str) -> Option<&'static dyn Api> {
    PROVIDERS.iter().flat_map(|provider| provider.apis).copied().find(|api| api.path() == path)
}

/// The API of a name.
pub(super) fn by_name(name: &str) -> Option<&'static dyn Api> {
    PROVIDERS.iter().flat_map(|provider| provider.apis).copied().find(|api| api.name() == name)
}

/// The API in which a path is refused.
pub(super) fn nearest(path: &str) -> &'static dyn Api {
    let owners = PROVIDERS.iter().filter(|provider| path.starts_with(provider.prefix));
    // Ollama's prefix is empty: every path has an owner.
    owners.max_by_key(|provider| provider.prefix.len()).unwrap_or(&PROVIDERS[0]).apis[0]
}

/// The page of a path.
pub(super) fn page(path: &str, models: &Models<'_>) -> Option<MockPage> {
    PROVIDERS.iter().find_map(|provider| (provider.page)(path, models))
}

/// The details of a model that are asked for on a path.
pub(super) fn details(path: &str) -> Option<&'static Details> {
    PROVIDERS.iter().filter_map(|provider| provider.details.as_ref()).find(|details| details.path == path)
}
