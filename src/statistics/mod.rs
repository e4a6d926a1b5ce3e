//! Statistics that the tables need and a column engine does not have, one subject per file.

pub mod agreement;
pub mod bca;
mod binomial;
pub mod chance;
pub mod cluster;
#[cfg(test)]
mod coverage_tests;
pub mod holm;
mod in_flight;
pub mod kinship;
mod knee;
pub mod macro_mean;
pub mod paired;
mod percentile;
pub mod randomization;
mod reliability;
pub mod repeats;
pub mod sequential;
mod special;
mod theil_sen;
mod wilson;

pub use in_flight::{Flight, Window, covered, most_at_once, steady_window};
pub use knee::knee;
pub use percentile::{
    Bounds, PERCENTILES, Percentile, adjusted, bounds, carries, fewest, fewest_bounded, interpolated, percentile,
    quantile,
};
pub use reliability::{BINS, Confident, ReliabilityBin, calibration_error, reliability};
pub use theil_sen::theil_sen;
pub use wilson::{wilson, wilson_at};
