//! The machine that a run is made on: system, processor, memory, graphics processors, for the manifest alone, as no figure
//! depends on them; and its clocks and counters of energy.

mod boot;
mod energy;
mod gpu;
mod kernel_files;
mod memory;
#[cfg(feature = "energy")]
mod nvml;
mod program;

use std::fmt;
use std::path::Path;
use std::sync::OnceLock;
use std::thread::available_parallelism;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use kernel_files::{line, text, value};
use memory::{bytes, gigabytes};

pub use boot::{time_awake, time_since_boot};
pub use energy::EnergyMeter;
pub use gpu::Gpu;

/// The machine of a run. What its system does not tell is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Operating system, such as `linux`.
    pub os: String,
    /// Architecture, such as `x86_64`.
    pub arch: String,
    /// Name and version of the system, such as `Debian GNU/Linux 13 (trixie)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Version of the kernel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// What it is a container of, such as `docker`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// Name of the processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// Number of cores that this process may use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cores: Option<usize>,
    /// What sets the clock rate of the processor, such as `performance` or `powersave`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub governor: Option<String>,
    /// Limit of the processor's power in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_limit_w: Option<u64>,
    /// Size of the memory in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Its graphics processors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gpus: Vec<Gpu>,
}

impl Host {
    /// This machine. It is looked at once.
    pub fn look() -> Self {
        static HOST: OnceLock<Host> = OnceLock::new();
        HOST.get_or_init(|| Self::at(Path::new("/"))).clone()
    }

    /// The machine whose files are below a folder.
    fn at(root: &Path) -> Self {
        let read = |path: &str| text(&root.join(path));
        let line = |path: &str| line(&root.join(path));
        let is_there = |path: &str| root.join(path).exists();
        let release = read("etc/os-release");
        let container = match (is_there(".dockerenv"), is_there("run/.containerenv")) {
            (true, _) => Some("docker".to_owned()),
            (false, true) => Some("podman".to_owned()),
            (false, false) => None,
        };
        let power = line("sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw");
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            system: of_release(&release).or_else(|| program::first_line("sw_vers", &["-productVersion"])),
            kernel: line("proc/sys/kernel/osrelease"),
            container,
            cpu: value(&read("proc/cpuinfo"), "model name")
                .map(str::to_owned)
                // Of boards with ARM processors, which name the board and not the processor.
                .or_else(|| line("sys/firmware/devicetree/base/model"))
                .or_else(|| program::first_line("sysctl", &["-n", "machdep.cpu.brand_string"])),
            cores: available_parallelism().ok().map(usize::from),
            governor: line("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
            power_limit_w: power.and_then(|microwatts| microwatts.parse::<u64>().ok()).map(|limit| limit / 1_000_000),
            memory_bytes: value(&read("proc/meminfo"), "MemTotal")
                .and_then(bytes)
                .or_else(|| program::first_line("sysctl", &["-n", "hw.memsize"])?.parse().ok()),
            gpus: gpu::all(root),
        }
    }
}

/// As tables show it: what tells machines apart, in a line.
impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = vec![self.cpu.clone().unwrap_or_else(|| self.arch.clone())];
        parts.extend(self.cores.map(|cores| format!("{cores} {}", if cores == 1 { "core" } else { "cores" })));
        parts.extend(self.memory_bytes.map(gigabytes));
        parts.extend(self.gpus.iter().map(Gpu::to_string));
        parts.push(self.system.clone().unwrap_or_else(|| self.os.clone()));
        parts.extend(self.container.as_ref().map(|container| format!("in {container}")));
        f.write_str(&parts.join(", "))
    }
}

/// The name of a system in the file of it that Linux has.
fn of_release(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    Some(line.trim().trim_matches('"').to_owned()).filter(|name| !name.is_empty())
}

/// The clock of this machine, since 1970.
pub fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
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
        assert_eq!(of_release("ID=x\nPRETTY_NAME=\"Some Linux 1\"\n").as_deref(), Some("Some Linux 1"));
        assert_eq!((of_release("PRETTY_NAME=\"\""), of_release("")), (None, None));
    }

    /// The files of a machine, below a folder.
    pub(super) fn machine(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn a_machine_is_its_files() {
        let root = machine(&[
            ("etc/os-release", "PRETTY_NAME=\"Some Linux 1\"\n"),
            ("proc/cpuinfo", "model name : Fast CPU\n"),
            ("proc/meminfo", "MemTotal:       16302116 kB\n"),
            ("proc/sys/kernel/osrelease", "6.1.0\n"),
            ("run/.containerenv", ""),
            ("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n"),
            ("sys/class/powercap/intel-rapl:0/constraint_0_power_limit_uw", "65000000\n"),
        ]);
        let host = Host { cores: Some(8), gpus: Vec::new(), ..Host::at(root.path()) };
        assert_eq!(host.to_string(), "Fast CPU, 8 cores, 16 GB, Some Linux 1, in podman");
        assert_eq!(
            (host.governor.as_deref(), host.power_limit_w, host.kernel.as_deref()),
            (Some("powersave"), Some(65), Some("6.1.0"))
        );
    }

    #[test]
    fn a_board_is_named_where_its_processor_is_not() {
        let root = machine(&[("sys/firmware/devicetree/base/model", "Small Board 5\0")]);
        assert_eq!(Host::at(root.path()).cpu.as_deref(), Some("Small Board 5"));
    }

    #[test]
    fn a_machine_of_older_manifests_is_read() {
        let host: Host = serde_json::from_str(r#"{"os":"linux","arch":"x86_64","cores":2}"#).unwrap();
        assert_eq!(host.to_string(), "x86_64, 2 cores, linux");
        assert_eq!(serde_json::to_string(&host).unwrap(), r#"{"os":"linux","arch":"x86_64","cores":2}"#);
    }
}
