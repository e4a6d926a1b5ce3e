//! The wire: HTTP/1.1 connections that say when bytes crossed the socket.
//!
//! A connection has no task of its own: the request that uses it drives it, so that nothing stands
//! between the socket and the time stamp. Each request in flight has a connection to itself, which goes
//! back to the others when its answer is over. HTTP/2 would put many answers into one connection, where
//! they wait for each other; a client that measures must not do that.
//!
//! | file | what it owns |
//! | --- | --- |
//! | `stamped` | the socket and its time stamps |
//! | `connect` | new connections: TCP, proxies, TLS |
//! | `connection`, `idle` | one connection; those that no request uses |
//! | `stream` | an answer on its way |
//! | `pool` | the connections to one server |

mod connect;
mod connection;
mod idle;
mod pool;
mod stamped;
mod stream;

pub use crate::trust::Trust;
pub use connect::{Failure, Proxies};
pub use connection::Tag;
pub use idle::Surplus;
pub use pool::{ConnectionPool, PostContent, SendError};
pub use stream::ResponseStream;
