//! Headers of a spec.

use std::collections::BTreeMap;

use crate::spec::keys::is_key;

/// Headers that hold nothing but keys.
const KEY_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "api-key", "x-api-key"];

/// Headers that may be written down: a key must not be.
pub(super) fn written(written: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, String> {
    for (name, value) in written {
        let is_of_keys = KEY_HEADERS.contains(&&*name.to_lowercase());
        if is_of_keys || is_key(value) || is_key(value.trim_start_matches("Bearer ")) {
            return Err(format!(
                "`headers` holds a key in `{name}`: put it into an environment variable and write `headers_env: {{ {name}: VARIABLE }}`"
            ));
        }
    }
    Ok(written.iter().map(|(name, value)| (name.clone(), value.clone())).collect())
}
