//! The table of providers: the one place that names them all.
//!
//! A provider is a folder here that implements [`Provider`], a line in [`PROVIDERS`], and a variant of [`EndpointSpec`]
//! with its arm in [`Source::of`].

mod anthropic;
mod ollama;
mod openai;

use std::path::Path;
use std::sync::Arc;

use super::provider::{Provider, Registration, Server};
use crate::spec::types::EndpointSpec;

/// Every provider.
pub const PROVIDERS: [Registration; 3] = [ollama::REGISTRATION, openai::REGISTRATION, anthropic::REGISTRATION];

/// The provider that a spec calls by this name.
pub fn by_name(name: &str) -> Option<Registration> {
    PROVIDERS.into_iter().find(|provider| provider.name == name)
}

/// The API that a recording calls by this name, with default settings.
pub fn api(name: &str) -> Option<Arc<dyn Provider>> {
    PROVIDERS.into_iter().flat_map(|provider| (provider.apis)()).find(|api| api.name() == name)
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

    /// Name of the variable that holds the key.
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
    use crate::endpoint::fault::{ErrorKind, Fault};
    use crate::endpoint::provider::OutputLimit;
    use crate::response::Status;
    use crate::secret::Secret;

    const NAMES: [&str; 5] =
        ["ollama generate", "ollama chat", "openai chat", "openai completions", "anthropic messages"];

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
    fn every_api_has_its_headers() {
        let bearer = [("authorization", "Bearer sk-1".to_owned())];
        let version = ("anthropic-version", "2023-06-01".to_owned());
        let own = [("x-api-key", "sk-1".to_owned()), version];
        for name in NAMES {
            let api = api(name).unwrap();
            let (with, without) = (api.headers(Some(&Secret::new("sk-1"))), api.headers(None));
            let (expected, keyless) =
                if name == "anthropic messages" { (&own[..], &own[1..]) } else { (&bearer[..], &[][..]) };
            assert_eq!((with.as_slice(), without.as_slice()), (expected, keyless), "{name}");
        }
    }

    #[test]
    fn only_ollama_can_be_told_to_unload_a_model() {
        let told = NAMES.map(|name| api(name).unwrap().unload("m").is_some());
        assert_eq!(told, [true, true, false, false, false]);
    }

    #[test]
    fn a_limit_that_is_not_set_stays_what_bodies_and_keys_hold() {
        let limits = NAMES.map(|name| api(name).unwrap().default_output_limit());
        let (room, assumed) = (OutputLimit::Assumed(1024), OutputLimit::Assumed(8192));
        assert_eq!(limits, [room, room, assumed, assumed, OutputLimit::Sent(4096)]);
        assert!(NAMES.iter().all(|name| api(name).unwrap().output_limit(Some(7)) == 7));
    }

    #[test]
    fn every_reason_to_stop_has_its_status() {
        let cases: [(&str, Status, &[&str]); 7] = [
            ("ollama chat", Status::Ok, &["stop"]),
            ("ollama generate", Status::Capped, &["length"]),
            ("openai chat", Status::Ok, &["stop", "tool_calls"]),
            ("openai completions", Status::Capped, &["length", "max_tokens", "model_context_window_exceeded"]),
            ("openai chat", Status::Refused, &["content_filter", "refusal"]),
            ("anthropic messages", Status::Ok, &["end_turn", "stop_sequence", "tool_use"]),
            ("anthropic messages", Status::Capped, &["max_tokens", "model_context_window_exceeded"]),
        ];
        for (name, status, reasons) in cases {
            assert!(reasons.iter().all(|reason| api(name).unwrap().finish(reason) == status), "{name} {reasons:?}");
        }
        assert_eq!(api("anthropic messages").unwrap().finish("refusal"), Status::Refused);
    }

    #[test]
    fn errors_that_a_status_does_not_tell_apart_are_told_by_their_text() {
        let overloaded = br#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
        let empty = br#"{"error":{"message":"pay first","code":"insufficient_quota"}}"#;
        let seen = |name: &str, http_status, body: &[u8]| {
            let fault = Fault::of_http(http_status, body, None);
            let kind = api(name).unwrap().classify(&fault.message);
            let fault = fault.classified(kind);
            (fault.retryable, fault.is_overload())
        };
        for name in ["anthropic messages", "openai chat"] {
            assert_eq!(seen(name, 500, overloaded), (true, true), "{name}");
            assert_eq!(seen(name, 500, b""), (true, false), "{name}");
        }
        assert_eq!(seen("openai chat", 429, empty), (false, true));
        assert_eq!(seen("openai chat", 429, b""), (true, true));
        let inside = Fault::new(Status::StreamError, "Overloaded (overloaded_error)").classified(ErrorKind::Overload);
        assert!(inside.retryable && inside.is_overload());
    }
}
