//! The selftest: measures the client's own timing error on this machine.
//!
//! Requests to a mock server with known times take the whole path of a real run: a spec, a plan, the
//! stage generate with its store, keys and events. The measured times are compared with the true ones.
//! The server is a separate process, so that the CPU time of this one is the client's alone; it shares
//! the machine's cores, so its own lateness is reported as well.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `truth` | the settings of the server, and the true times that follow |
//! | `trial` | one level through the engine |
//! | `server` | the counters of the server |
//! | `cpu` | the CPU time of this process |
//! | `figures` | measured compared with true |
//! | `findings` | what was found of each level, or why nothing was |
//! | `json` | the figures for machines |

pub mod cpu;
pub mod figures;
mod findings;
pub mod json;
pub mod server;
pub mod trial;
pub mod truth;

pub use findings::{Findings, Level, Pacing, Trouble};
