//! Exit codes of the program.

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Success.
    Success,
    /// Internal or I/O error, or a finding of `doctor`.
    Internal,
    /// Usage or spec error.
    Usage,
    /// Finished, but some requests failed.
    SomeFailed,
    /// A gate failed, or stopped by a lock file, a budget or a missing confirmation.
    Stopped,
    /// Not ready: `plan --check` found a key, a server or a model missing.
    NotReady,
    /// Interrupted, progress kept.
    Interrupted,
}

impl Exit {
    /// The code for the shell.
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::SomeFailed => 3,
            Self::Stopped => 4,
            Self::NotReady => 5,
            Self::Interrupted => 130,
        }
    }
}
