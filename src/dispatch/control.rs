//! How a run is brought to its end: by a signal, by `stop`, or because this worker was given up.

use tokio::sync::watch;

/// How far a run has been told to end. The order is the order of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Run,
    /// Begin nothing more; finish what is being sent.
    Finish,
    /// Wait for no answer any more.
    Abandon,
}

/// Why it ends before everything was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Ctrl-C, or SIGTERM.
    Signal,
    /// The release was stopped.
    Stopped,
    /// Another process took this one for dead.
    GivenUp,
    /// The sending record could not be used any more.
    Failed,
}

/// Shared by everything that works on a run.
#[derive(Debug)]
pub(super) struct Control {
    phase: watch::Sender<Phase>,
    ending: std::cell::Cell<Option<Ending>>,
}

impl Control {
    pub(super) fn new() -> Control {
        Control { phase: watch::Sender::new(Phase::Run), ending: std::cell::Cell::new(None) }
    }

    pub(super) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    pub(super) fn ending(&self) -> Option<Ending> {
        self.ending.get()
    }

    /// Tells everybody; a phase is never taken back, and the first reason stays.
    pub(super) fn end(&self, phase: Phase, why: Ending) {
        if self.ending.get().is_none() {
            self.ending.set(Some(why));
        }
        self.phase.send_if_modified(|now| {
            let later = phase > *now;
            *now = phase.max(*now);
            later
        });
    }

    /// Returns when the run is at least this far.
    pub(super) async fn reached(&self, phase: Phase) {
        // The sender is this value, so the channel cannot close while somebody waits here.
        let _ = self.phase.subscribe().wait_for(|now| *now >= phase).await;
    }
}
