//! Tables: one row per response, and what is aggregated from them.
//!
//! Every column is declared once: those of results in [`columns`], those of summaries in
//! [`summary_columns`]. polars groups the rows; what it has no words for comes from the rows of each group
//! and [`statistics`](crate::statistics).

pub mod client;
pub mod columns;
pub mod frame;
pub mod machine;
pub mod row;
pub mod spending;
pub mod summary;
pub mod summary_columns;
pub mod throughput;
pub mod timing;
pub mod write;

#[cfg(test)]
pub(crate) mod fixture;
