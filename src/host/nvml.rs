//! Counters of energy of NVIDIA's graphics processors, which their driver's library tells. It is loaded when it is needed:
//! a machine without it has none.

use std::fmt;

use nvml_wrapper::Nvml;
use nvml_wrapper::error::NvmlError;

/// The graphics processors that count energy, which those from Volta on do.
pub(super) struct Gpus {
    library: Nvml,
    /// The number of each, and its counter in millijoules at the last reading.
    last: Vec<(u32, u64)>,
}

impl fmt::Debug for Gpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gpus").field("last", &self.last).finish_non_exhaustive()
    }
}

impl Gpus {
    /// Those of this machine; none without the driver.
    pub(super) fn find() -> Option<Self> {
        let library = Nvml::init().ok()?;
        let numbers = 0..library.device_count().ok()?;
        let last: Vec<(u32, u64)> =
            numbers.filter_map(|number| Some((number, energy(&library, number).ok()?))).collect();
        (!last.is_empty()).then_some(Self { library, last })
    }

    /// Joules since the last reading.
    pub(super) fn taken(&mut self) -> Result<f64, String> {
        let mut joules = 0.0;
        for (number, last) in &mut self.last {
            let now =
                energy(&self.library, *number).map_err(|error| format!("graphics processor {number}: {error}"))?;
            // It counts from the start of the driver: one that fell has lost what it had.
            let taken =
                now.checked_sub(*last).ok_or_else(|| format!("the driver of graphics processor {number} restarted"))?;
            joules += taken as f64 * 1e-3;
            *last = now;
        }
        Ok(joules)
    }
}

fn energy(library: &Nvml, number: u32) -> Result<u64, NvmlError> {
    library.device_by_index(number)?.total_energy_consumption()
}
