//! JSON bodies as bytes.

use bytes::Bytes;
use serde_json::{Map, Value as Json};

/// Room for what a body has besides its texts.
const SCAFFOLD: usize = 512;

/// A body as bytes, allocated once: a long prompt is not copied again and again as the buffer grows.
pub(super) fn bytes(body: &Json) -> Bytes {
    let mut bytes = Vec::with_capacity(length(body) + SCAFFOLD);
    // Writing JSON into memory cannot fail.
    let _ = serde_json::to_writer(&mut bytes, body);
    bytes.into()
}

/// Merges members into a body: objects member by member, and `null` removes one (RFC 7396).
pub(super) fn merge(body: &mut Json, more: &Json) {
    let Json::Object(members) = more else {
        more.clone_into(body);
        return;
    };
    if !body.is_object() {
        *body = Json::Object(Map::new());
    }
    let Json::Object(body) = body else { return };
    for (name, value) in members {
        if value.is_null() {
            body.remove(name);
        } else {
            merge(body.entry(name.clone()).or_insert(Json::Null), value);
        }
    }
}

/// Bytes of the texts in a body, with some room for escapes.
fn length(body: &Json) -> usize {
    match body {
        Json::String(text) => text.len() + text.len() / 16,
        Json::Array(items) => items.iter().map(length).sum(),
        Json::Object(members) => members.values().map(length).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_merged_and_null_removes_one() {
        let mut body = json!({ "model": "m", "seed": 42, "options": { "seed": 42, "num_ctx": 8 } });
        merge(
            &mut body,
            &json!({ "seed": null, "options": { "num_ctx": 16, "mirostat": 2 }, "user": ["a"], "model": { "a": null } }),
        );
        let expected = json!({ "model": {}, "options": { "seed": 42, "num_ctx": 16, "mirostat": 2 }, "user": ["a"] });
        assert_eq!(body, expected);
    }

    #[test]
    fn a_long_body_fits_into_the_room_that_is_made_for_it() {
        let body = json!({ "messages": [{ "role": "user", "content": "long \"text\"\n".repeat(10_000) }] });
        let bytes = bytes(&body);
        assert!(bytes.len() > 120_000 && serde_json::from_slice::<Json>(&bytes).unwrap() == body);
        let text = json!({ "content": "plain text ".repeat(10_000) });
        assert!(super::bytes(&text).len() <= length(&text) + SCAFFOLD);
    }
}
