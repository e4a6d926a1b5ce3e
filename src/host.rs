//! The machine that a run is made on: operating system, processor, memory. For the manifest alone, as no figure depends on it.

use std::thread::available_parallelism;

use serde::{Deserialize, Serialize};

/// The machine of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Architecture, such as `x86_64`.
    pub arch: String,
    /// Name of the processor, where the system tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// Number of cores that this process may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<usize>,
    /// Size of the memory in bytes, where the system tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

impl Host {
    /// Looks at this machine.
    pub fn look() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cpu: value(&read("/proc/cpuinfo"), "model name").map(str::to_owned),
            cores: available_parallelism().ok().map(usize::from),
            memory_bytes: value(&read("/proc/meminfo"), "MemTotal").and_then(bytes),
        }
    }
}

/// The value of the first line `name: value` of a file of Linux; systems without such files have none.
fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(known, _)| known.trim() == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

fn bytes(kibibytes: &str) -> Option<u64> {
    kibibytes.strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_from_the_files_of_linux() {
        let text = "processor\t: 0\nmodel name\t: Fast CPU: 2 GHz\nmodel name\t: other\nflags\t:\n";
        assert_eq!(value(text, "model name"), Some("Fast CPU: 2 GHz"));
        assert_eq!((value(text, "flags"), value(text, "model")), (None, None));
        assert_eq!((bytes("16384 kB"), bytes("16 GB")), (Some(16_777_216), None));
    }
}
