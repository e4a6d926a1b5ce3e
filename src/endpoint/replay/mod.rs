//! Recordings of real exchanges: how they are written, and how they answer in place of a server.

mod blank;
pub mod cassette;
pub(super) mod pieces;
pub mod recorder;
