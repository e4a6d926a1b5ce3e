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

/// Every way to end, in the order of the codes.
pub const EXITS: [Exit; 7] =
    [Exit::Success, Exit::Internal, Exit::Usage, Exit::SomeFailed, Exit::Stopped, Exit::NotReady, Exit::Interrupted];

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

    /// What the code says.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Internal => "internal or I/O error, or a finding of `doctor`",
            Self::Usage => "usage or spec error; nothing was sent",
            Self::SomeFailed => "finished, but some requests failed; the next run sends them again",
            Self::Stopped => "a gate failed, or a lock file, a budget or a missing confirmation stopped the run",
            Self::NotReady => "not ready: `plan --check` found a key, a server or a model missing",
            Self::Interrupted => "interrupted; every response is stored, and the next run continues",
        }
    }
}
