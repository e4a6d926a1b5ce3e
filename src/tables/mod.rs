//! Tables: columns of what was measured, and what is aggregated from them.
//!
//! A response becomes a [`row::Row`] while it is in memory, and the row becomes [`figures::Figures`]: the typed columns
//! of a polars frame, one for each batch. [`group::Results`] sums them up by batch, cell and subject, with
//! [`statistics`](crate::statistics) for what polars has no words for. [`results::Piece`] puts figures and texts together
//! where the whole table is written.
//!
//! Every column is declared once: those of results in [`columns`], what else figures need in [`figures`], those of
//! summaries in [`summary_columns`]; [`reference`](crate::reference) makes a page of them all.

pub mod agreement;
pub mod by_question;
pub mod client_overhead;
pub mod columns;
pub mod comparisons;
mod digits;
pub mod energy;
pub mod figures;
#[cfg(test)]
mod figures_tests;
pub mod gathered;
pub mod group;
pub mod judges;
pub mod machine;
pub mod pairs;
pub mod positions;
pub mod positions_table;
pub mod question_digest;
mod questions;
pub mod repeats;
pub mod results;
pub mod row;
mod runs;
mod series;
pub mod server;
pub mod server_metrics;
pub mod spending;
pub mod summary;
pub mod summary_columns;
pub mod throughput;
pub mod timing;
pub mod words;
pub mod write;

#[cfg(test)]
pub(crate) mod fixture;
