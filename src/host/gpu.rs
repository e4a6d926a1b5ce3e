//! Graphics processors of a machine.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::kernel_files::{MOST, folders, line, text, value};
use super::memory::gigabytes;
use super::program;

/// The vendor of AMD, as PCI numbers it.
const AMD: &str = "0x1002";

/// A graphics processor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Version of its driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// Size of its memory in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Limit of its power in watts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub power_limit_w: Option<u64>,
}

impl fmt::Display for Gpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.memory_bytes.map_or(Ok(()), |bytes| write!(f, " {}", gigabytes(bytes)))?;
        self.power_limit_w.map_or(Ok(()), |watts| write!(f, " {watts} W"))
    }
}

/// Those of the machine whose files are below a folder.
pub(super) fn all(root: &Path) -> Vec<Gpu> {
    // A machine without the driver has no program of it that could be asked.
    let is_nvidia = root.join("proc/driver/nvidia/version").exists();
    let query = ["--query-gpu=name,driver_version,memory.total,power.limit", "--format=csv,noheader,nounits"];
    let told = if is_nvidia { program::output("nvidia-smi", &query) } else { None };
    let mut gpus = told.map(|told| of_query(&told)).unwrap_or_default();
    if gpus.is_empty() {
        gpus = of_driver(root);
    }
    gpus.extend(of_amd(root));
    gpus
}

/// Lines of `name, driver, memory in MiB, power limit in W`.
fn of_query(told: &str) -> Vec<Gpu> {
    let gpu = |line: &str| {
        let mut cells = line.split(',').map(str::trim);
        let name = cells.next().filter(|name| !name.is_empty())?.to_owned();
        let driver = cells.next().map(str::to_owned);
        let mebibytes = cells.next().and_then(|cell| cell.parse::<u64>().ok());
        let watts = cells.next().and_then(|cell| cell.parse::<f64>().ok()).filter(|watts| (0.0..1e6).contains(watts));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a limit is between 0 and 10⁶")]
        let power_limit_w = watts.map(|watts| watts.round() as u64);
        Some(Gpu { name, driver, memory_bytes: mebibytes.and_then(|size| size.checked_mul(1 << 20)), power_limit_w })
    };
    told.lines().filter_map(gpu).take(MOST).collect()
}

/// What the files of NVIDIA's driver say.
fn of_driver(root: &Path) -> Vec<Gpu> {
    let folder = root.join("proc/driver/nvidia");
    let version = text(&folder.join("version"));
    let is_version = |word: &&str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    let driver = version.split_whitespace().find(is_version).map(str::to_owned);
    let gpu = |path: PathBuf| {
        let name = value(&text(&path.join("information")), "Model")?.to_owned();
        Some(Gpu { name, driver: driver.clone(), memory_bytes: None, power_limit_w: None })
    };
    folders(&folder.join("gpus")).into_iter().filter_map(gpu).collect()
}

/// What the files of AMD's driver say.
fn of_amd(root: &Path) -> Vec<Gpu> {
    let gpu = |path: PathBuf| {
        let device = path.join("device");
        if line(&device.join("vendor"))? != AMD {
            return None;
        }
        // The outputs of a card have folders of their own beside it.
        let memory_bytes = line(&device.join("mem_info_vram_total"))?.parse().ok();
        path.file_name()?.to_str()?.strip_prefix("card")?.parse::<u32>().ok()?;
        let name = line(&device.join("product_name")).unwrap_or_else(|| "AMD graphics".to_owned());
        Some(Gpu { name, driver: None, memory_bytes, power_limit_w: None })
    };
    folders(&root.join("sys/class/drm")).into_iter().filter_map(gpu).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::machine;
    use super::*;

    #[test]
    fn the_program_of_the_driver_tells_most() {
        let gpus = of_query("Fast GPU, 550.1, 24564, 420.00\nOld GPU, 550.1, [N/A], [N/A]\n\n");
        assert_eq!(gpus.iter().map(Gpu::to_string).collect::<Vec<_>>(), ["Fast GPU 24 GB 420 W", "Old GPU"]);
        assert_eq!(gpus[0].driver.as_deref(), Some("550.1"));
    }

    #[test]
    fn files_tell_names_and_memory() {
        let root = machine(&[
            ("proc/driver/nvidia/gpus/0000:01:00.0/information", "Model: \t Fast GPU\nIRQ: 1\n"),
            ("sys/class/drm/card1/device/vendor", "0x1002\n"),
            ("sys/class/drm/card1/device/mem_info_vram_total", "17163091968\n"),
            ("sys/class/drm/card0/device/vendor", "0x8086\n"),
            ("sys/class/drm/card1-DP-1/device/vendor", "0x1002\n"),
        ]);
        let shown: Vec<String> = all(root.path()).iter().map(Gpu::to_string).collect();
        assert_eq!(shown, ["Fast GPU", "AMD graphics 16 GB"]);
        assert_eq!(all(Path::new("/a-folder-that-is-not-there")), Vec::new());
    }
}
