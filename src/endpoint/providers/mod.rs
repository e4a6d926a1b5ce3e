//! The table of providers: the one place that names them all.
//!
//! A new provider takes a folder here that implements [`Provider`] and has its `REGISTRATION` in [`PROVIDERS`], and a
//! variant of [`EndpointSpec`] with its arm in [`Source::of`]. The mock needs a file and a line of its own, which a test
//! asks for: it is written apart from the endpoint, so that one does not repeat the mistakes of the other.

mod anthropic;
mod ollama;
mod openai;
mod shared;

use std::path::Path;
use std::sync::Arc;

use super::provider::{Extras, Provider, Registration, Server};
use crate::spec::types::EndpointSpec;

/// Every provider.
pub const PROVIDERS: &[Registration] = &[ollama::REGISTRATION, openai::REGISTRATION, anthropic::REGISTRATION];

/// The provider that a spec calls by this name.
pub fn by_name(name: &str) -> Option<Registration> {
    PROVIDERS.iter().find(|provider| provider.name == name).copied()
}

/// The API that a recording calls by this name, with default settings.
pub fn api(name: &str) -> Option<Arc<dyn Provider>> {
    PROVIDERS.iter().flat_map(|provider| (provider.apis)()).find(|api| api.name() == name)
}

/// Where the answers of an endpoint come from.
#[derive(Debug, Clone)]
pub enum Source<'s> {
    /// A server.
    Server(Server<'s>),
    /// A recording: its file as the spec writes it.
    Recording(&'s Path),
}

impl<'s> Source<'s> {
    /// The source of an endpoint.
    pub fn of(spec: &'s EndpointSpec) -> Self {
        Self::Server(match spec {
            EndpointSpec::Ollama(spec) => ollama::server(spec),
            EndpointSpec::Openai(spec) => openai::server(spec),
            EndpointSpec::Anthropic(spec) => anthropic::server(spec),
            EndpointSpec::Replay(spec) => return Self::Recording(&spec.cassette),
        })
    }

    /// What the requests carry besides; nothing for a recording.
    pub fn extras(&self) -> Option<Extras<'s>> {
        match self {
            Self::Server(server) => Some(server.extras),
            Self::Recording(_) => None,
        }
    }

    /// Name of the environment variable that holds the key.
    pub fn key_variable(&self) -> Option<&'s str> {
        match self {
            Self::Server(server) => server.key_variable,
            Self::Recording(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name that request keys, stores and recordings may hold.
    const NAMES: &[&str] = &[
        "ollama generate",
        "ollama chat",
        "openai chat",
        "openai completions",
        "openai responses",
        "anthropic messages",
    ];

    #[test]
    fn names_stay_what_keys_and_recordings_hold() {
        let names: Vec<&str> = PROVIDERS.iter().flat_map(|provider| (provider.apis)()).map(|api| api.name()).collect();
        assert_eq!(names, NAMES);
        assert!(NAMES.iter().all(|name| api(name).is_some_and(|api| api.name() == *name)));
        assert!(api("ollama").is_none() && by_name("ollama chat").is_none());
    }

    #[test]
    fn a_spec_calls_every_provider_by_the_name_in_the_table() {
        for provider in PROVIDERS {
            let text = format!("{{ \"{}\": {{ \"url\": \"http://host{}\" }} }}", provider.name, provider.base_path);
            let spec: EndpointSpec = serde_json::from_str(&text).unwrap();
            let Source::Server(server) = Source::of(&spec) else { panic!("{text}") };
            assert_eq!(server.provider.name(), (provider.apis)()[0].name(), "the default API is the first");
            let url = server.provider.base_url(server.url).unwrap();
            assert!(url.starts_with("http://host") && url.ends_with(provider.base_path), "{url}");
            let text = format!("{{ \"{}\": {{ \"url\": \"http://host\", \"api_key_env\": \"KEY\" }} }}", provider.name);
            assert_eq!(serde_json::from_str::<EndpointSpec>(&text).is_ok(), provider.takes_key, "{text}");
        }
    }

    #[test]
    fn a_limit_of_the_spec_goes_before_that_of_the_provider() {
        for api in PROVIDERS.iter().flat_map(|provider| (provider.apis)()) {
            assert_eq!(api.output_limit(Some(7)), 7);
            assert_eq!(api.output_limit(None), api.default_output_limit().tokens());
        }
    }
}
