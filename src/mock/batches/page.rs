//! Pages of a list of batches.

use serde_json::Value as Json;

/// The page of a list that a query asks for: what comes after an id, and whether there is more.
pub(super) fn page(ids: Vec<Json>, query: &str, after: &str) -> (Vec<Json>, bool) {
    let parameter = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    };
    let limit = parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20);
    let start = parameter(after)
        .and_then(|after| ids.iter().position(|batch| batch["id"].as_str() == Some(after)))
        .map_or(0, |place| place + 1);
    let has_more = ids.len() > start + limit;
    (ids.into_iter().skip(start).take(limit).collect(), has_more)
}
