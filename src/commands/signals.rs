//! Ctrl-C and SIGTERM: the first ends a run in order, the second at once.

use tokio::sync::watch;

use crate::dispatch::Phase;

/// Listens from now on. Without signals on this system, the run simply goes on to its end.
pub fn listen() -> watch::Receiver<Phase> {
    let (sender, receiver) = watch::channel(Phase::Run);
    tokio::spawn(async move {
        for phase in [Phase::Finish, Phase::Abandon] {
            if next().await.is_none() {
                break;
            }
            sender.send_replace(phase);
        }
        // The receiver must not take a closed channel for a signal.
        sender.closed().await;
    });
    receiver
}

#[cfg(unix)]
async fn next() -> Option<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).ok()?;
    let mut interrupt = signal(SignalKind::interrupt()).ok()?;
    tokio::select! {
        got = terminate.recv() => got,
        got = interrupt.recv() => got,
    }
}

#[cfg(not(unix))]
async fn next() -> Option<()> {
    tokio::signal::ctrl_c().await.ok()
}
