//! Runs that share a store: when one ends before the others, and leaves the rest of the requests and the results to them.
//!
//! Of many runs one has to write the results, and a table that is not complete is of no use to anybody. A run that finds all
//! that is left in other runs' hands leaves; the last two stay, so that one takes over where the other dies. A run that ends
//! early leaves as well, if others have requests. Who finds nothing left sees to the results ([`super::writing`]).

use std::path::PathBuf;

use super::idling::shares;
use crate::engine::Context;
use crate::engine::generated::Generated;
use crate::error::Error;
use crate::plan::Plan;
use crate::store::Rest;

/// The end of a run that leaves something to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// What others do.
    pub others: Others,
    /// Requests that this run sent.
    pub sent: usize,
    /// Those of them that failed.
    pub failed: usize,
    /// True if this run ended before its time: it was stopped, or gave up a model.
    pub is_cut: bool,
    /// The limit of the budget that ended the run, if any.
    pub over_budget: Option<String>,
    /// The output folder, on the machine that writes the results.
    pub folder: PathBuf,
}

/// What other runs do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Others {
    /// They have requests left; the last of them writes the results.
    Ask(Rest),
    /// One of them writes the results.
    Write(Writer),
    /// One of them has written the results.
    HaveWritten(Writer),
}

/// A run that writes the results for others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    /// The run; empty if it is not known any more.
    pub run: String,
    /// Its machine; empty if it is not known.
    pub machine: String,
}

/// What others do for a run that has sent what it could; nothing if it has to see to the results.
pub(in crate::engine) async fn others_that_ask(
    plan: &Plan,
    generated: &Generated,
    context: &Context<'_>,
) -> Result<Option<Others>, Error> {
    let rest = match generated.left {
        None if generated.unsent > 0 && shares(plan, context) => context.store.leave_rest(None).await?,
        left => left,
    };
    Ok(rest.map(Others::Ask))
}
