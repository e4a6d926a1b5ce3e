//! Addresses of servers that speak the OpenAI API: up to and with `/v1`.

use crate::endpoint::address;

/// Where Ollama listens, unless it is told otherwise.
const OLLAMA: &str = ":11434";

/// What users copy behind the base address.
const PATHS: [&str; 6] = ["/chat/completions", "/completions", "/responses", "/models", "/embeddings", "/messages"];

/// The base address.
///
/// # Errors
/// It is none, or is not where the paths of the API begin: the text says what to write instead.
pub(super) fn base_url(text: &str) -> Result<String, String> {
    let url = address::before(text, &PATHS)?;
    if let Some(base) = url.strip_suffix("/v1/v1") {
        return Err(format!("`{text}` has /v1 twice: write `{base}/v1`"));
    }
    if url.ends_with(OLLAMA) {
        return Err(format!(
            "`{text}` is Ollama's own API: write `{url}/v1` for its OpenAI API, or use an `ollama` endpoint"
        ));
    }
    if let Some(base) = url.strip_suffix("/api").filter(|base| base.ends_with(OLLAMA)) {
        return Err(format!("`{text}` is Ollama's own API: write `{base}/v1`, or use an `ollama` endpoint"));
    }
    Ok(url)
}

/// True if a base address is that of Ollama, where it listens by default.
pub(super) fn is_ollama(url: &str) -> bool {
    url.strip_suffix("/v1").is_some_and(|base| base.ends_with(OLLAMA))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_not_the_base_is_refused_with_the_one_to_write() {
        for (text, instead) in [
            ("http://host:1/v1/chat/completions", "http://host:1/v1"),
            ("http://host:1/v1/completions/", "http://host:1/v1"),
            ("https://host/v1/models", "https://host/v1"),
            ("http://host:1/v1/v1/", "http://host:1/v1"),
            ("http://localhost:11434", "http://localhost:11434/v1"),
            ("http://localhost:11434/api", "http://localhost:11434/v1"),
        ] {
            let refused = base_url(text).unwrap_err();
            assert!(refused.contains(&format!("write `{instead}`")), "{text}: {refused}");
        }
        for (text, base) in [
            ("http://localhost:11434/v1", "http://localhost:11434/v1"),
            ("https://api.perplexity.ai", "https://api.perplexity.ai"),
            ("https://host/openai/deployments/d/", "https://host/openai/deployments/d"),
        ] {
            assert_eq!(base_url(text).as_deref(), Ok(base), "{text}");
        }
    }
}
