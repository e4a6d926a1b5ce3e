//! The arguments of commands that look after files: specs to start from, stores, results and price lists.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::spec_arguments::Spec;
use crate::reference::PAGES;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// Name of the experiment; writes NAME.yaml, in the folder `experiments` if it exists.
    pub(super) name: String,
    /// Ask a well-known dataset; `smallbench presets` lists them.
    #[arg(long, value_name = "NAME")]
    pub(super) preset: Option<String>,
    /// Ask a task that a dataset repository of the Hub describes in its `eval.yaml`: OWNER/DATASET, with /TASK where there are
    /// several, and @REVISION for a branch, tag or commit.
    #[arg(long, value_name = "TASK", conflicts_with = "preset")]
    pub(super) hub_task: Option<String>,
}

/// Arguments of `reference`.
#[derive(Debug, Args)]
pub(super) struct Reference {
    /// Name of the page.
    #[arg(value_name = "PAGE", value_parser = clap::builder::PossibleValuesParser::new(PAGES))]
    pub(super) page: String,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Shell.
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Folder, which is made if it does not exist; each command has a page of its own.
    pub(super) folder: PathBuf,
}

/// Arguments of `merge`.
#[derive(Debug, Args)]
pub(super) struct Merge {
    /// Stores: files such as `outputs/store-1-of-8.sqlite`, or `postgres:VARIABLE` for a database; they stay as they are.
    #[arg(required = true, value_name = "STORE")]
    pub(super) stores: Vec<PathBuf>,
    /// Store that gets their responses: a file such as `outputs/store.sqlite`, or `postgres:VARIABLE`; made if there is none.
    #[arg(long, value_name = "STORE")]
    pub(super) into: PathBuf,
    /// Merge stores that know different models under one name, too; each answer stays with the model that gave it.
    #[arg(long)]
    pub(super) other_models: bool,
}

/// The commands of `store`.
#[derive(Debug, Subcommand)]
pub(super) enum Store {
    /// Show the size of a store, and its responses by model and run.
    Show {
        /// Store file, such as `outputs/store.sqlite`; or `postgres:VARIABLE`, the variable with the address of a database, with
        /// `/SCHEMA` behind it where that is not `smallbench`.
        #[arg(value_name = "STORE")]
        path: PathBuf,
        /// Print all columns of the tables, however narrow the terminal is.
        #[arg(long)]
        wide: bool,
    },
    /// Remove the responses of a model, so that they are requested again when they are needed.
    Remove {
        /// Store file, such as `outputs/store.sqlite`; or `postgres:VARIABLE`, the variable with the address of a database, with
        /// `/SCHEMA` behind it where that is not `smallbench`.
        #[arg(value_name = "STORE")]
        path: PathBuf,
        /// The model's name at its endpoint.
        #[arg(long, value_name = "NAME")]
        model: String,
        /// Only those of one endpoint, as `store show` prints it.
        #[arg(long, value_name = "ENDPOINT")]
        endpoint: Option<String>,
        /// Do not ask for confirmation.
        #[arg(long, short)]
        yes: bool,
    },
    /// Give the space of removed responses back to the disk.
    Vacuum {
        /// Store file, such as `outputs/store.sqlite`.
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
    /// Copy every readable response to a new store, and rename the old files.
    Recover {
        /// Store file, such as `outputs/store.sqlite`.
        #[arg(value_name = "FILE")]
        path: PathBuf,
    },
}

/// Commands on a price list.
#[derive(Debug, Subcommand)]
pub(super) enum Prices {
    /// Read the price file of models.dev (`api.json`) or LiteLLM (`model_prices_and_context_window.json`).
    Update {
        /// The file, which you have downloaded; runs never fetch prices.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// The price list to write.
        #[arg(long, value_name = "FILE", default_value = "prices.lock")]
        output: PathBuf,
    },
}

/// Arguments of `clean`.
#[derive(Debug, Args)]
pub(super) struct Clean {
    #[command(flatten)]
    pub(super) spec: Spec,
    /// Only print what would be removed.
    #[arg(long)]
    pub(super) dry_run: bool,
}
