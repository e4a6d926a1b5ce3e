//! Tables: one row per response, and what is aggregated from them.
//!
//! Every column is declared once, in [`columns`]; the CSV file and the Parquet file come from that
//! list, and everything else is aggregated by polars from the same frame.

pub mod columns;
pub mod frame;
pub mod row;
pub mod summary;
pub mod write;
