//! Datasets: from the Hub or a local file to samples.
//!
//! [`fetch()`] resolves a [`DatasetPlan`] in four steps, each in its own file: `locate` selects the
//! files of the subset and split (by the dataset card, the folder layout or the converted
//! Parquet branch), which `hub` and `cache` download and verify; `rows` reads them; `columns`
//! and `answer` convert rows into samples; `select` filters, shuffles and limits.
//!
//! This module neither reads the environment nor prints; warnings are in
//! [`Dataset::warnings`].

mod answer;
mod assemble;
mod cache;
mod card;
mod card_labels;
mod catalog;
mod chat;
mod choice;
mod choices;
mod columnar;
mod columns;
mod drafted;
mod encoding;
mod error;
mod extract;
#[cfg(test)]
mod fake_hub;
mod family;
mod fault;
mod fetch;
mod fetched;
mod files;
mod format;
mod gauge;
mod hint;
mod hub;
mod hub_settings;
#[cfg(test)]
mod hub_tests;
mod hub_text;
mod images;
mod json;
mod layout;
mod likeness;
#[cfg(test)]
mod limit_tests;
mod lines;
mod listing;
mod locate;
mod long_numbers;
mod made;
mod marks;
mod nan;
mod open;
mod options;
mod order;
mod path;
mod pieces;
mod place;
mod plan;
mod provenance;
mod python;
mod readings;
mod repeats;
mod review;
mod roles;
mod rows;
mod saved;
mod second;
mod select;
mod separated;
mod settled;
#[cfg(test)]
mod shape_tests;
mod spellings;
mod subjects;
mod synthetic;
#[cfg(test)]
mod tests;
mod text;
mod tools;
mod trace;
mod transfer;
mod usual;
mod words;

pub use catalog::SplitUse;
pub use error::DatasetError;
pub use fetch::fetch;
pub use fetched::Dataset;
pub use files::is_pattern;
pub use gauge::{Gauge, prompts as gauging_prompts};
pub use hub_settings::HubSettings;
pub use hub_text::text_on_hub;
pub use made::Made;
pub use plan::{DatasetPlan, ExamplesPlan, FewShotPlan, SourcePlan};
pub use provenance::FileProvenance;
pub use select::shuffle;
pub use trace::Trace;
