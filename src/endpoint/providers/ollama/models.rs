//! What an Ollama server says about itself and its models.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::endpoint::fault::Fault;
use crate::endpoint::models::{KnownModel, LoadedModel};
use crate::endpoint::provider::{Details, Inspection, ServerDocument};
use crate::response::Status;

/// What an Ollama server can be asked.
pub(super) const INSPECTION: Inspection = Inspection {
    models: ServerDocument { path: "/api/tags", read: read_tags },
    lists_all: true,
    version: Some(ServerDocument { path: "/api/version", read: read_version }),
    details: Some(Details { path: "/api/show", body: |model| json!({ "model": model }), add: add_details }),
    loaded: Some(ServerDocument { path: "/api/ps", read: read_loaded }),
};

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Tags {
    models: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    digest: Option<String>,
    size: Option<u64>,
    size_vram: Option<u64>,
    context_length: Option<u64>,
    details: Option<TagDetails>,
}

#[derive(Default, Deserialize)]
struct TagDetails {
    family: Option<String>,
    parameter_size: Option<String>,
    quantization_level: Option<String>,
}

#[derive(Deserialize)]
struct Description {
    details: Option<TagDetails>,
    model_info: Option<Map<String, Json>>,
}

fn read_version(body: &[u8]) -> Result<String, Fault> {
    serde_json::from_slice(body).map(|page: Version| page.version).map_err(|error| not_ollama(&error))
}

fn read_tags(body: &[u8]) -> Result<Vec<KnownModel>, Fault> {
    let models = tags(body)?.into_iter().map(|tag| {
        let details = tag.details.unwrap_or_default();
        KnownModel {
            name: tag.name,
            digest: tag.digest,
            size_bytes: tag.size,
            family: said(details.family),
            parameter_size: said(details.parameter_size),
            quantization: said(details.quantization_level),
            context_length: tag.context_length,
        }
    });
    Ok(models.collect())
}

fn read_loaded(body: &[u8]) -> Result<Vec<LoadedModel>, Fault> {
    let models = tags(body)?.into_iter().map(|tag| LoadedModel {
        name: tag.name,
        size_bytes: tag.size,
        // Ollama leaves out a zero: then all of it is in the machine's own memory.
        vram_bytes: tag.size.map(|_| tag.size_vram.unwrap_or(0)),
        context_length: tag.context_length,
    });
    Ok(models.collect())
}

fn tags(body: &[u8]) -> Result<Vec<Tag>, Fault> {
    let tags: Tags = serde_json::from_slice(body).map_err(|error| not_ollama(&error))?;
    Ok(tags.models.unwrap_or_default())
}

fn not_ollama(error: &serde_json::Error) -> Fault {
    Fault::new(Status::Malformed, format!("not an Ollama server: {error}"))
}

fn add_details(model: &mut KnownModel, body: &[u8]) {
    let Ok(description) = serde_json::from_slice::<Description>(body) else { return };
    let details = description.details.unwrap_or_default();
    model.family = said(details.family).or(model.family.take());
    model.parameter_size = said(details.parameter_size).or(model.parameter_size.take());
    model.quantization = said(details.quantization_level).or(model.quantization.take());
    let architecture = description.model_info.unwrap_or_default();
    let name = architecture.get("general.architecture").and_then(Json::as_str).unwrap_or_default();
    let context_length = architecture.get(&format!("{name}.context_length")).and_then(Json::as_u64);
    model.context_length = context_length.or(model.context_length);
}

/// An empty text is an unknown one.
fn said(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ollamas_models_are_read_with_their_details() {
        let tags = json!({ "models": [
            { "name": "gemma:2b", "digest": "abc", "size": 1_700_000_000_u64,
              "details": { "family": "gemma", "parameter_size": "3B", "quantization_level": "" } },
            { "name": "bare:latest" },
        ] });
        let mut models = read_tags(tags.to_string().as_bytes()).unwrap();
        assert_eq!((models[0].size_bytes, models[0].quantization.as_deref()), (Some(1_700_000_000), None));
        let show = json!({
            "details": { "family": "gemma", "parameter_size": "2.5B", "quantization_level": "Q4_0" },
            "model_info": { "general.architecture": "gemma", "gemma.context_length": 8192, "x.context_length": 1 },
        });
        add_details(&mut models[0], show.to_string().as_bytes());
        let expected = KnownModel {
            name: "gemma:2b".into(),
            digest: Some("abc".into()),
            size_bytes: Some(1_700_000_000),
            family: Some("gemma".into()),
            parameter_size: Some("2.5B".into()),
            quantization: Some("Q4_0".into()),
            context_length: Some(8192),
        };
        assert_eq!(models[0], expected);
        for nothing in ["{}", "<html>", r#"{"model_info":{"general.architecture":1}}"#] {
            add_details(&mut models[0], nothing.as_bytes());
            assert_eq!(models[0], expected, "{nothing}");
        }
        assert!(models[1].is("bare") && !models[0].is("gemma"));
    }

    #[test]
    fn loaded_models_are_read() {
        let page = json!({ "models": [
            { "name": "small:latest", "size": 7, "size_vram": 3, "context_length": 4096, "expires_at": "soon" },
            { "name": "other", "size": 5 },
        ] });
        let loaded = read_loaded(page.to_string().as_bytes()).unwrap();
        assert!(loaded[0].is("small") && !loaded[1].is("small"));
        assert_eq!((loaded[0].vram_bytes, loaded[0].context_length), (Some(3), Some(4096)));
        assert_eq!((loaded[1].size_bytes, loaded[1].vram_bytes, loaded[1].context_length), (Some(5), Some(0), None));
        assert_eq!(read_loaded(b"<html>").unwrap_err().status, Status::Malformed);
    }
}
