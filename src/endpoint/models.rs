//! What servers say about their models.

use serde_json::Value as Json;

/// A model that a server has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownModel {
    /// Its name.
    pub name: String,
    /// Digest of its files.
    pub digest: Option<String>,
    /// Size of its files in bytes.
    pub size_bytes: Option<u64>,
    /// Its family, such as `llama`.
    pub family: Option<String>,
    /// Its number of parameters as text, such as `1.5B`.
    pub parameter_size: Option<String>,
    /// Quantization of its weights, such as `Q4_0`.
    pub quantization: Option<String>,
    /// The longest context that it was trained for or that the server gives it, in tokens.
    pub context_length: Option<u64>,
}

/// A model that is in a server's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedModel {
    /// Its name.
    pub name: String,
    /// Bytes that it takes in total.
    pub size_bytes: Option<u64>,
    /// Bytes of them in the memory of a GPU.
    pub vram_bytes: Option<u64>,
    /// Context that was reserved for it, in tokens.
    pub context_length: Option<u64>,
}

impl KnownModel {
    /// True if this is the model of a name, which may omit `:latest`.
    pub fn is(&self, name: &str) -> bool {
        is_called(&self.name, name)
    }
}

impl LoadedModel {
    /// True if this is the model of a name, which may omit `:latest`.
    pub fn is(&self, name: &str) -> bool {
        is_called(&self.name, name)
    }
}

fn is_called(full: &str, name: &str) -> bool {
    full == name || full.strip_suffix(":latest") == Some(name)
}

/// Reads a list of models in the form of the OpenAI API, which others have adopted. vLLM and llama-server add the
/// context. What cannot be read lists nothing.
pub(super) fn read_list(body: &[u8]) -> Vec<KnownModel> {
    let list: Json = serde_json::from_slice(body).unwrap_or_default();
    let models = list["data"].as_array().into_iter().flatten().filter_map(|model| {
        let context = model["max_model_len"].as_u64().or_else(|| model["meta"]["n_ctx_train"].as_u64());
        Some(KnownModel {
            name: model["id"].as_str()?.to_owned(),
            size_bytes: model["meta"]["size"].as_u64(),
            context_length: context,
            ..KnownModel::default()
        })
    });
    models.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_list_of_models_is_read_as_far_as_it_is_one() {
        let page = json!({ "data": [
            { "id": "served", "max_model_len": 4096 },
            { "id": "local", "meta": { "n_ctx_train": 2048, "size": 80 } },
            { "object": "model" },
        ] });
        let models = read_list(page.to_string().as_bytes());
        assert_eq!(models.len(), 2);
        assert_eq!((models[0].name.as_str(), models[0].context_length), ("served", Some(4096)));
        assert_eq!((models[1].size_bytes, models[1].context_length), (Some(80), Some(2048)));
        for nothing in ["", "[]", "{}", r#"{"data":1}"#] {
            assert_eq!(read_list(nothing.as_bytes()), [], "{nothing}");
        }
    }
}
