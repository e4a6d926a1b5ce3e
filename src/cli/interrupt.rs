//! Signals: Ctrl-C and SIGTERM.

use std::future::Future;

/// Installs the handlers of signals; the future waits for signals and passes each on. If handlers cannot be installed,
/// signals end the process at once.
pub(super) fn watch(on_signal: impl Fn()) -> impl Future<Output = ()> {
    // Now and once: no signal is lost before the future runs, nor a second one right after the first.
    let signals = Signals::listen();
    async move {
        if let Ok(mut signals) = signals {
            loop {
                signals.next().await;
                on_signal();
            }
        }
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
