//! What can go wrong with a store in a database, and what to do then.

use std::error::Error as _;
use std::io;

use tokio_postgres::error::SqlState;

use crate::format::counted;

/// What can go wrong with a store in a database.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// Nobody says where it is.
    #[error("the environment variable {variable} is not set; it holds the address of the store")]
    Unset {
        /// The variable.
        variable: String,
    },
    /// The address cannot be used.
    #[error("the address of the store in {variable} cannot be used: {why}")]
    Address {
        /// The variable that holds it.
        variable: String,
        /// Why not, without the address.
        why: String,
    },
    /// The database could not be reached, read or written.
    #[error("the store {place}: {message}")]
    Failed {
        /// The database.
        place: String,
        /// What kept it from that.
        cause: Cause,
        /// What the database or the network said.
        message: String,
    },
    /// The tables were made by a newer version of this program.
    #[error("the store {place} has format {found}; this version of smallbench reads formats up to {known}")]
    Newer {
        /// The database.
        place: String,
        /// The format of the tables.
        found: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// Rows that are not as they were written.
    #[error("the store {place} is damaged: {} of its table {table} with a wrong checksum", counted(*.rows, "row"))]
    Damaged {
        /// The database.
        place: String,
        /// The table.
        table: &'static str,
        /// How many of those that were read.
        rows: usize,
    },
    /// There are no tables, and nobody who looks makes them.
    #[error("there is no store {place}")]
    Absent {
        /// The database.
        place: String,
    },
    /// Runs work on the store.
    #[error("the store {place} is in use by {}", counted(runs.unsigned_abs(), "run"))]
    InUse {
        /// The database.
        place: String,
        /// How many of them have a lease.
        runs: i64,
    },
    /// The run has ended.
    #[error("the store {place} is closed")]
    Closed {
        /// The database.
        place: String,
    },
}

/// What kept a database from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// It cannot be reached, or ended the connection.
    Away,
    /// Its disk, its memory or its list of connections is full.
    Full,
    /// Others wrote the same rows at the same time.
    Contended,
    /// The user or the password is wrong, or may not do this.
    Denied,
    /// The two do not agree on encryption, or on who they are.
    Encryption,
    /// Something else.
    Other,
}

impl Cause {
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        let Some(code) = error.code() else {
            let network = error.source().and_then(|source| source.downcast_ref::<io::Error>());
            // A certificate that is not believed is data that is not valid; a connection that ends at that moment is neither.
            let is_refused = network.is_none_or(|error| error.kind() == io::ErrorKind::InvalidData);
            if is_refused && error.to_string().contains("TLS handshake") {
                return Self::Encryption;
            }
            let is_network = network.is_some();
            return if is_network || error.is_closed() || is_timeout(error) { Self::Away } else { Self::Other };
        };
        match (code, code.code().get(..2)) {
            (&SqlState::INSUFFICIENT_PRIVILEGE, _) | (_, Some("28" | "3D")) => Self::Denied,
            (&SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW, _)
            | (&SqlState::DATABASE_DROPPED, _)
            | (_, Some("08")) => Self::Away,
            (&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED, _) => Self::Contended,
            (_, Some("53")) => Self::Full,
            _ => Self::Other,
        }
    }

    /// True if it may pass by itself or with help from outside.
    pub(super) fn passes(self) -> bool {
        matches!(self, Self::Away | Self::Full | Self::Contended)
    }
}

/// A host that does not answer in time.
fn is_timeout(error: &tokio_postgres::Error) -> bool {
    error.to_string().contains("timeout") || error.to_string().contains("timed out")
}

/// What an error says, without details, which may quote values.
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    match (error.as_db_error(), error.source()) {
        (Some(told), _) => told.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}

impl PostgresError {
    pub(super) fn failed(place: &str, error: &tokio_postgres::Error) -> Self {
        Self::Failed { place: place.to_owned(), cause: Cause::of(error), message: said(error) }
    }

    /// A value that cannot be handed to the database.
    pub(super) fn unfit(place: &str, error: &dyn std::error::Error) -> Self {
        Self::Failed { place: place.to_owned(), cause: Cause::Other, message: error.to_string() }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unset { variable } => {
                format!("set it, such as `export {variable}=postgresql://user:password@host:5432/name`")
            }
            Self::Address { variable, .. } => {
                format!("set {variable} to an address such as `postgresql://user:password@host:5432/name`")
            }
            Self::Failed { cause: Cause::Away | Cause::Contended, .. } => {
                "check that the database runs and can be reached, and rerun the command; all committed responses are kept"
                    .into()
            }
            Self::Failed { cause: Cause::Full, .. } => {
                "make room in the database and rerun the command; all committed responses are kept".into()
            }
            Self::Failed { cause: Cause::Denied, .. } => {
                "check user, password and name of the database; a run needs a role that may create and write the tables, \
                 a reader one that may read them (`GRANT SELECT ON ALL TABLES IN SCHEMA …`)"
                    .into()
            }
            Self::Failed { cause: Cause::Encryption, .. } => {
                "say in the address how the database encrypts: `sslmode=disable` for not at all, `sslrootcert=FILE` for the authority that \
                 signed its certificate; or let the database do what the address asks for"
                    .into()
            }
            Self::Failed { cause: Cause::Other, .. } | Self::Closed { .. } => {
                "rerun the command; all committed responses are kept".into()
            }
            Self::Newer { .. } => {
                "use the version of smallbench that made the tables, or a newer one; nothing was changed".into()
            }
            Self::Damaged { .. } => "restore the database from a backup, or remove these rows".into(),
            Self::Absent { .. } => "`smallbench apply` makes it".into(),
            Self::InUse { .. } => {
                "repeat the command when they have ended, or 30 s after they were killed; nothing was changed".into()
            }
        }
    }
}
