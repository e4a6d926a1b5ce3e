//! Statistics that the tables need and a column engine does not have, one subject per file.

pub mod agreement;
mod binomial;
mod bootstrap;
pub mod chance;
pub mod holm;
mod in_flight;
pub mod kinship;
mod knee;
pub mod macro_mean;
pub mod paired;
pub mod paired_bootstrap;
mod percentile;
mod reliability;
pub mod repeats;
mod wilson;

pub use bootstrap::ratio_interval;
pub use in_flight::{Flight, Window, covered, most_at_once, steady_window};
pub use knee::knee;
pub use percentile::{PERCENTILES, Percentile, adjusted, carries, fewest, interpolated, percentile, quantile};
pub use reliability::{BINS, ReliabilityBin, calibration_error, reliability};
pub use wilson::wilson;
