//! What the program takes from around it: files, environment, clock.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};
use tempfile::TempDir;

use super::arguments::Spec;
use super::session::Session;
use crate::dataset::HubSettings;
use crate::error::Error;
use crate::files::read_bounded;
use crate::plan::{Options, Plan, resolve};
use crate::secret::Secret;
use crate::spec;
use crate::spec::expand::Environment;
use crate::store::SqliteStore;

/// Most bytes of a spec.
const MOST_SPEC: u64 = 8 << 20;

/// Most bytes of a file that holds a token.
const MOST_TOKEN: u64 = 64 << 10;

/// Open files that a process needs besides its connections.
const OTHER_FILES: u64 = 64;

/// Open files that a process needs that has so many connections at a time.
pub(super) fn files_for(connections: u64) -> u64 {
    connections.saturating_add(OTHER_FILES)
}

/// The process's environment, as far as it is text.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(super) fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Reads a spec and makes a plan of it.
pub(super) fn plan(arguments: &Spec, session: &Session) -> Result<Plan, Error> {
    let bytes = read_bounded(&arguments.spec, MOST_SPEC).map_err(|source| {
        let path = arguments.spec.display();
        if source.kind() == std::io::ErrorKind::NotFound {
            Error::Usage(format!("there is no spec {path}; `smallbench init NAME` writes one to start from"))
        } else {
            Error::Usage(format!("the spec {path} cannot be read: {source}"))
        }
    })?;
    let texts = [String::from_utf8_lossy(&bytes)].into_iter();
    for text in texts.chain(arguments.sets.iter().map(Cow::from)) {
        let keys = spec::keys::mentioned(&text);
        keys.variables.iter().for_each(|name| session.add_variable(name));
        keys.values.iter().for_each(|key| session.secrets.add(&Secret::new(key)));
    }
    let environment = &session.environment;
    let document = spec::load(&arguments.spec, &bytes, environment, &arguments.sets).map_err(Error::Spec)?;
    let limit = arguments.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let plan = resolve(document, environment, &Options { limit }).map_err(Error::Spec)?;
    plan.endpoints.iter().filter_map(|endpoint| endpoint.secret.as_ref()).for_each(|key| session.secrets.add(key));
    Ok(plan)
}

/// The store, for a command that only looks: where there is none yet, an empty one that goes away with
/// its folder.
pub(super) fn store_to_look_at(plan: &Plan) -> Result<(SqliteStore, Option<TempDir>), Error> {
    let path = &plan.output.store;
    if path.exists() {
        return Ok((SqliteStore::open(path)?, None));
    }
    let scratch = tempfile::tempdir().map_err(Error::io(std::env::temp_dir()))?;
    Ok((SqliteStore::open(&scratch.path().join("store.sqlite"))?, Some(scratch)))
}

/// How the Hub is reached, by the variables that Python's tools read as well.
pub(super) fn hub(environment: &Environment) -> HubSettings {
    let set = |name: &str| environment.get(name).map(String::as_str).filter(|value| !value.trim().is_empty());
    let home = set("HF_HOME").map(PathBuf::from).unwrap_or_else(|| {
        let cache = set("XDG_CACHE_HOME").map(PathBuf::from);
        let cache =
            cache.or_else(|| set("HOME").or_else(|| set("USERPROFILE")).map(|home| Path::new(home).join(".cache")));
        cache.unwrap_or_else(|| PathBuf::from(".cache")).join("huggingface")
    });
    let cache = set("HF_HUB_CACHE").or_else(|| set("HUGGINGFACE_HUB_CACHE")).map(PathBuf::from);
    let token_file = set("HF_TOKEN_PATH").map_or_else(|| home.join("token"), PathBuf::from);
    let token = set("HF_TOKEN")
        .map(str::to_owned)
        .or_else(|| String::from_utf8(read_bounded(&token_file, MOST_TOKEN).ok()?).ok());
    let is_on = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "yes" | "on");
    HubSettings {
        endpoint: set("HF_ENDPOINT").map(str::to_owned),
        token: token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty()),
        cache_dir: cache.unwrap_or_else(|| home.join("hub")),
        offline: set("HF_HUB_OFFLINE").is_some_and(is_on),
        timeout: Duration::from_secs(30),
    }
}

/// The time on the system's clock. One that is set to before 1970 or to after the year 9999 stands at that end.
pub(super) fn clock() -> DateTime<Utc> {
    since_epoch(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn since_epoch(time: Duration) -> DateTime<Utc> {
    /// The last second of the year 9999, after which years no longer have four digits.
    const LAST: u64 = 253_402_300_799;
    let seconds = i64::try_from(time.as_secs().min(LAST)).unwrap_or_default();
    DateTime::from_timestamp(seconds, time.subsec_nanos()).unwrap_or_default()
}

/// The time now, RFC 3339, to the second.
pub(super) fn now() -> String {
    clock().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A name for this run that no other run on this machine has.
pub(super) fn run_name() -> String {
    format!("{}-{:x}", clock().format("%Y%m%dT%H%M%S%3fZ"), std::process::id())
}

/// Today, as YYYY-MM-DD.
pub(super) fn today() -> String {
    clock().format("%Y-%m-%d").to_string()
}

/// Lets the process open as many files, and so connections, as the system allows it to; the limit from
/// then on, if there is one that is known.
#[cfg(unix)]
pub(super) fn raise_open_file_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // Some systems name a limit that they then refuse to grant: the old one stays.
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    }
}

/// Elsewhere there is no such limit.
#[cfg(not(unix))]
pub(super) fn raise_open_file_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clock_is_too_odd() {
        let shown = |time| since_epoch(time).to_rfc3339_opts(SecondsFormat::Secs, true);
        assert_eq!(shown(Duration::ZERO), "1970-01-01T00:00:00Z");
        assert_eq!(shown(Duration::from_secs(1_700_000_000)), "2023-11-14T22:13:20Z");
        for far in [Duration::from_secs(253_402_300_800), Duration::from_secs(i64::MAX.unsigned_abs()), Duration::MAX] {
            assert_eq!(shown(far), "9999-12-31T23:59:59Z");
        }
    }
}
