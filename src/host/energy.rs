//! Counters of energy that a machine has: those of its processors, and of graphics processors where they tell.
//!
//! Linux shows the counters of Intel's and AMD's processors (RAPL) as files. Each counts microjoules up to a range, and
//! then begins anew.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::kernel_files::{folders, line};
#[cfg(feature = "energy")]
use super::nvml::Gpus;

/// Where the counters are, below the root of the system.
const POWERCAP: &str = "sys/class/powercap";

/// How the folders of processors begin; `intel-rapl-mmio` shows the same counters a second time.
const PREFIX: &str = "intel-rapl:";

/// What to do where the counters may not be read.
const REMEDY: &str = "only root may read them: `sudo chmod a+r /sys/class/powercap/intel-rapl*/energy_uj` until the next start, \
                      or a rule of udev";

/// What a program without the feature says besides.
const WITHOUT_GPUS: &str = if cfg!(feature = "energy") {
    ""
} else {
    "; those of NVIDIA's graphics processors are read by a program built with `--features energy`"
};

/// Counters that are read again and again, and their sum.
#[derive(Debug)]
pub struct EnergyMeter {
    zones: Vec<Zone>,
    #[cfg(feature = "energy")]
    gpus: Option<Gpus>,
    joules: f64,
}

/// A counter of a processor.
#[derive(Debug)]
struct Zone {
    path: PathBuf,
    /// Microjoules after which it begins anew, if it tells.
    range: Option<u64>,
    is_dram: bool,
    last: u64,
}

impl EnergyMeter {
    /// The counters of this machine.
    ///
    /// # Errors
    /// It has none, or they may not be read; the text says so.
    pub fn new() -> Result<Self, String> {
        Self::at(Path::new("/"))
    }

    fn at(root: &Path) -> Result<Self, String> {
        #[cfg(feature = "energy")]
        {
            let gpus = Gpus::find();
            match zones(root) {
                Ok(zones) => Ok(Self { zones, gpus, joules: 0.0 }),
                // What the processors take is missing then, and `of` says so.
                Err(_) if gpus.is_some() => Ok(Self { zones: Vec::new(), gpus, joules: 0.0 }),
                Err(why) => Err(why),
            }
        }
        #[cfg(not(feature = "energy"))]
        Ok(Self { zones: zones(root)?, joules: 0.0 })
    }

    /// What is counted: `packages`, `dram` and `gpus`, as far as they are there.
    pub fn of(&self) -> String {
        let has = |is_dram: bool| self.zones.iter().any(|zone| zone.is_dram == is_dram);
        #[cfg(feature = "energy")]
        let has_gpus = self.gpus.is_some();
        #[cfg(not(feature = "energy"))]
        let has_gpus = false;
        let parts = [(has(false), "packages"), (has(true), "dram"), (has_gpus, "gpus")];
        parts.iter().filter(|(is_there, _)| *is_there).map(|(_, name)| *name).collect::<Vec<_>>().join("+")
    }

    /// Joules since it was made.
    ///
    /// # Errors
    /// A counter cannot be read any more, or fell without a range; then no sum is right.
    pub fn read(&mut self) -> Result<f64, String> {
        for zone in &mut self.zones {
            self.joules += zone.taken()? as f64 * 1e-6;
        }
        #[cfg(feature = "energy")]
        if let Some(gpus) = &mut self.gpus {
            self.joules += gpus.taken()?;
        }
        Ok(self.joules)
    }
}

impl Zone {
    /// Microjoules since the last reading.
    fn taken(&mut self) -> Result<u64, String> {
        let now = number(&self.path)?;
        let taken = match (now.checked_sub(self.last), self.range) {
            (Some(taken), _) => taken,
            // It has begun anew once: readings are close enough together.
            (None, Some(range)) if self.last <= range => range - self.last + now,
            (None, _) => return Err(format!("{} fell from {} to {now}", self.path.display(), self.last)),
        };
        self.last = now;
        Ok(taken)
    }
}

/// The packages, and the memory beside them; not their parts, which are in the packages.
fn zones(root: &Path) -> Result<Vec<Zone>, String> {
    let folder = root.join(POWERCAP);
    let mut found = Vec::new();
    for path in folders(&folder) {
        let Some(number) = path.file_name().and_then(|name| name.to_str()?.strip_prefix(PREFIX)) else { continue };
        let name = line(&path.join("name")).unwrap_or_default();
        let is_dram = name == "dram";
        // A package is `intel-rapl:0`, and what is within it `intel-rapl:0:1`. The domain `psys` is the whole platform.
        let is_package = !number.contains(':') && name.starts_with("package");
        if is_dram || is_package {
            let (file, range) = (path.join("energy_uj"), line(&path.join("max_energy_range_uj")));
            let last = self::number(&file)?;
            found.push(Zone { path: file, range: range.and_then(|range| range.parse().ok()), is_dram, last });
        }
    }
    if found.is_empty() {
        let folder = folder.display();
        return Err(format!("this machine shows no counters of energy ({folder} has none){WITHOUT_GPUS}"));
    }
    Ok(found)
}

fn number(path: &Path) -> Result<u64, String> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
    text.trim().parse().map_err(|_| format!("{} holds no number", path.display()))
}

fn unreadable(path: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::PermissionDenied => format!("the counters of energy are not readable: permission denied; {REMEDY}"),
        _ => format!("{}: {error}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::machine;
    use super::*;

    const PACKAGE: &str = "sys/class/powercap/intel-rapl:0";

    fn zone(number: &str, name: &str, energy: &str) -> [(String, String); 3] {
        let file = |file: &str| format!("sys/class/powercap/intel-rapl:{number}/{file}");
        [
            (file("name"), format!("{name}\n")),
            (file("energy_uj"), format!("{energy}\n")),
            (file("max_energy_range_uj"), "10000000\n".to_owned()),
        ]
    }

    fn two_packages() -> tempfile::TempDir {
        let zones = [
            zone("0", "package-0", "9000000"),
            zone("0:0", "core", "1"),
            zone("0:1", "dram", "500000"),
            zone("1", "package-1", "100"),
            zone("2", "psys", "7"),
        ];
        let files: Vec<(String, String)> = zones.into_iter().flatten().collect();
        machine(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
    }

    #[test]
    fn packages_and_memory_are_summed_and_a_counter_may_go_round() {
        let root = two_packages();
        let write = |path: &str, text: &str| std::fs::write(root.path().join(path).join("energy_uj"), text).unwrap();
        let mut meter = EnergyMeter::at(root.path()).unwrap();
        assert_eq!((meter.of().as_str(), meter.read()), ("packages+dram", Ok(0.0)));
        write(PACKAGE, "9500000\n");
        write("sys/class/powercap/intel-rapl:0:1", "1000000\n");
        write("sys/class/powercap/intel-rapl:2", "9000000\n");
        assert_eq!(meter.read(), Ok(1.0));
        // From 9.5 J up to 10 J, and 1.5 J more.
        write(PACKAGE, "1500000\n");
        write("sys/class/powercap/intel-rapl:1", "1000100\n");
        assert_eq!(meter.read(), Ok(4.0));
    }

    #[test]
    fn every_die_counts_and_a_second_view_of_it_does_not() {
        let dies = [zone("0", "package-0-die-0", "5"), zone("1", "package-0-die-1", "6"), zone("1:0", "uncore", "7")];
        let mut files: Vec<(String, String)> = dies.into_iter().flatten().collect();
        let again = files.clone().into_iter();
        files.extend(again.map(|(path, text)| (path.replace("intel-rapl:", "intel-rapl-mmio:"), text)));
        let root = machine(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
        let mut meter = EnergyMeter::at(root.path()).unwrap();
        assert_eq!(meter.of(), "packages");
        for zone in ["intel-rapl:0", "intel-rapl:1", "intel-rapl:1:0", "intel-rapl-mmio:0", "intel-rapl-mmio:1"] {
            std::fs::write(root.path().join("sys/class/powercap").join(zone).join("energy_uj"), "1000006").unwrap();
        }
        assert_eq!(meter.read(), Ok(2.000_001));
    }

    #[test]
    fn a_machine_without_counters_says_so() {
        let root = machine(&[("sys/class/powercap/other/name", "x")]);
        let why = EnergyMeter::at(root.path()).unwrap_err();
        assert!(why.starts_with("this machine shows no counters of energy"), "{why}");
    }

    #[test]
    fn a_counter_that_falls_without_a_range_or_goes_away_is_no_counter() {
        let root = two_packages();
        std::fs::remove_file(root.path().join(PACKAGE).join("max_energy_range_uj")).unwrap();
        let mut meter = EnergyMeter::at(root.path()).unwrap();
        std::fs::write(root.path().join(PACKAGE).join("energy_uj"), "5").unwrap();
        assert!(meter.read().unwrap_err().ends_with("energy_uj fell from 9000000 to 5"));
        std::fs::write(root.path().join(PACKAGE).join("energy_uj"), "none").unwrap();
        assert!(meter.read().unwrap_err().ends_with("energy_uj holds no number"));
        std::fs::remove_file(root.path().join(PACKAGE).join("energy_uj")).unwrap();
        assert!(meter.read().unwrap_err().contains("energy_uj: "));
    }

    #[test]
    fn what_only_root_may_read_is_explained() {
        let why = unreadable(Path::new("x"), &ErrorKind::PermissionDenied.into());
        assert!(why.starts_with("the counters of energy are not readable: permission denied; only root"), "{why}");
        assert!(unreadable(Path::new("x"), &ErrorKind::NotFound.into()).starts_with("x: "));
    }
}
