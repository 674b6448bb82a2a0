//! A mail outside the sending record: a test, a notification.
//!
//! Comes in: a session and the mail. Goes out: what became of it. Nothing is noted and nothing is tried again later.

use crate::channel::{Channel, ChannelError, Closed, Gate, Outcome, Outgoing};

/// It is kept back by nothing: nobody can have stopped it.
struct OpenGate;

impl Gate for OpenGate {
    fn open(&self) -> Result<(), Closed> {
        Ok(())
    }
}

/// Delivers once; where the connection failed before anything left, once more on a new one.
pub async fn deliver(session: &mut impl Channel, outgoing: &Outgoing<'_>) -> Result<Outcome, ChannelError> {
    match session.deliver(outgoing, &OpenGate).await? {
        Outcome::Untried { .. } => session.deliver(outgoing, &OpenGate).await,
        outcome => Ok(outcome),
    }
}
