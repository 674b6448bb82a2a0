//! Ctrl-C, SIGTERM, and a terminal that is closed: the first ends a run in order, the second at once.

use tokio::sync::watch;

use crate::dispatch::Phase;

/// Listens from now on. Without signals on this system, the run simply goes on to its end.
pub fn listen() -> watch::Receiver<Phase> {
    let (sender, receiver) = watch::channel(Phase::Run);
    tokio::spawn(async move {
        if let Some(mut signals) = Signals::listen() {
            for phase in [Phase::Finish, Phase::Abandon] {
                signals.next().await;
                sender.send_replace(phase);
            }
        }
        // The receiver must not take a closed channel for a signal.
        sender.closed().await;
    });
    receiver
}

/// One stream of each for the whole run, so that none is missed between two.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn listen() -> Option<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        // Where it is not known what is ignored, a hang-up keeps what it does, or `nohup` would be of no use.
        let ignored = ignored().unwrap_or(1);
        let kinds = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::terminate()];
        let heard = kinds.into_iter().filter(|kind| ignored & (1 << (kind.as_raw_value() - 1)) == 0);
        heard.map(signal).collect::<Result<_, _>>().ok().map(Signals)
    }

    async fn next(&mut self) {
        if self.0.is_empty() {
            return std::future::pending().await;
        }
        let each = self.0.iter_mut().map(|signal| Box::pin(signal.recv()));
        futures_util::future::select_all(each).await;
    }
}

/// The signals that this process was started to ignore, as `nohup` does (Linux, proc(5)): bit n − 1 is signal n.
#[cfg(unix)]
fn ignored() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Option<Signals> {
        Some(Signals)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
