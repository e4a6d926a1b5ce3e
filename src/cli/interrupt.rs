//! Signals: the first Ctrl-C or SIGTERM drains the run, the second aborts it.

use crate::stop::Stop;

/// Waits for signals for ever; each moves the stop one step on. `notice` is called at the first. Where
/// signals cannot be had, the run just cannot be drained.
pub(super) async fn watch(stop: Stop, notice: impl Fn()) {
    // Listening starts once: a second signal that comes at once must not be lost in between.
    if let Ok(mut signals) = Signals::listen() {
        loop {
            signals.next().await;
            if stop.drain.is_cancelled() {
                stop.abort.cancel();
            } else {
                notice();
                stop.drain.cancel();
            }
        }
    }
    std::future::pending::<()>().await;
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
