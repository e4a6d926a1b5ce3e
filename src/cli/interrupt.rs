//! Signals: the first Ctrl-C or SIGTERM drains the run, the second aborts it.

use crate::stop::Stop;

/// Waits for signals for ever; each moves the stop one step on. `notice` is called at the first.
pub(super) async fn watch(stop: Stop, notice: impl Fn()) {
    loop {
        if next().await.is_err() {
            // Without signals the run just cannot be drained.
            std::future::pending::<()>().await;
        }
        if stop.drain.is_cancelled() {
            stop.abort.cancel();
        } else {
            notice();
            stop.drain.cancel();
        }
    }
}

#[cfg(unix)]
async fn next() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn next() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
