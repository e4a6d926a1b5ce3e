//! The process environment: files, variables, clock, limits.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::dataset::HubSettings;
use crate::error::Error;
use crate::files::read_bounded;
use crate::spec::expand::Environment;
use chrono::{DateTime, SecondsFormat, Utc};

/// Maximum size of a token file in bytes.
const MOST_TOKEN: u64 = 64 << 10;

/// Maximum size of the name of a machine in bytes.
const MOST_NAME: u64 = 4096;

/// File descriptors needed besides connections.
const OTHER_FILES: u64 = 64;

/// File descriptors needed for `connections` concurrent connections.
pub(super) fn files_for(connections: u64) -> u64 {
    connections.saturating_add(OTHER_FILES)
}

/// The process's environment variables, without those that are not valid UTF-8.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub(super) fn environment() -> Environment {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// The name of this machine, for people; empty where the system does not tell it.
pub(super) fn machine() -> String {
    let told = read_bounded(Path::new("/proc/sys/kernel/hostname"), MOST_NAME).ok();
    let told = told.and_then(|bytes| String::from_utf8(bytes).ok());
    let variable = || ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| environment().get(*name).cloned());
    told.or_else(variable).unwrap_or_default().trim().to_owned()
}

/// The file of this program.
pub(super) fn own_file() -> Result<PathBuf, Error> {
    std::env::current_exe().map_err(|error| Error::Internal(format!("cannot find the file of this program: {error}")))
}

/// Settings of the Hugging Face Hub, from the variables that its Python tools read.
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

/// The system time, clamped to the years 1970 to 9999.
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

/// A name for this run, unique on this machine.
pub(super) fn run_name() -> String {
    format!("{}-{:x}", clock().format("%Y%m%dT%H%M%S%3fZ"), std::process::id())
}

/// Today, as YYYY-MM-DD.
pub(super) fn today() -> String {
    clock().format("%Y-%m-%d").to_string()
}

/// Raises the limit on open files, and so on connections, as far as the system allows; returns the
/// new limit, if it is known.
#[cfg(unix)]
pub(super) fn raise_open_file_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    // Some systems report a limit that they do not grant; the old one stays.
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    }
}

/// Other systems have no such limit.
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
