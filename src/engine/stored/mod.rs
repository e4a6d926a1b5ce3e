//! What the store holds of a plan: responses as they are read, requests sent anew, what timed levels and other sites have.

pub mod fresh;
pub mod in_turn;
pub mod responses;
pub mod sites;
pub mod timed_level;
