//! The channel that one worker holds: a connection over many mails.
//!
//! Connects with the first mail, notices between mails when the connection has ended, and renews it after
//! [`MAILS_PER_CONNECTION`]. Where a server loses one of several commands that it offered to take at once, as behind some
//! firewalls, the connections that follow give it one after the other.

use super::SmtpRelay;
use super::conversation::Conversation;
use super::failure::Failure;
use super::mail::{Mail, Unfit};
use super::transaction;
use super::verdict::After;
use crate::channel::{Channel, ChannelError, Content, Gate, Outcome, Outgoing, Repeat};

/// Mails over one connection. Many servers close it after a hundred by themselves, some in the middle of the next mail.
pub const MAILS_PER_CONNECTION: usize = 100;

/// One worker's way to the relay.
pub struct SmtpSession {
    relay: SmtpRelay,
    open: Option<Open>,
    one_by_one: bool,
}

struct Open {
    conversation: Conversation,
    mails: usize,
}

impl SmtpSession {
    pub(super) const fn new(relay: SmtpRelay) -> SmtpSession {
        SmtpSession { relay, open: None, one_by_one: false }
    }

    /// The connection at hand if it can take another mail, else a new one.
    async fn ready(&mut self) -> Result<Open, Failure> {
        if let Some(open) = self.open.take()
            && !open.conversation.has_news()
        {
            if open.mails < MAILS_PER_CONNECTION {
                return Ok(open);
            }
            open.conversation.quit().await;
        }
        let mut conversation = self.relay.dial().connect().await?;
        conversation.pipelines &= !self.one_by_one;
        Ok(Open { conversation, mails: 0 })
    }
}

impl Channel for SmtpSession {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let Content::Message { envelope, bytes } = outgoing.content else {
            return Ok(Outcome::Rejected { reason: "only mails go to a mail server".into(), policy: None });
        };
        let mail = match Mail::new(envelope, bytes) {
            Ok(mail) => mail,
            Err(Unfit::Mail(reason)) => return Ok(Outcome::Rejected { reason, policy: None }),
            Err(Unfit::Sender(reason)) => {
                let help = "correct from or bounce_address in [sender]".into();
                return Err(ChannelError::Config { message: format!("nothing can be sent: {reason}"), help });
            }
        };
        // The connection is out of `self` while it is in use: a mail that is abandoned half way takes it along.
        let mut open = match self.ready().await {
            Ok(open) => open,
            Err(failure) => return failure.outcome(self.relay.place()),
        };
        if open.mails == 0 {
            gate.connected();
        }
        open.mails += 1;
        let pipelined = open.conversation.pipelines;
        let verdict = transaction::run(&mut open.conversation, &mail, gate).await;
        if pipelined && !open.conversation.pipelines {
            tracing::info!(
                "{} left one of several commands unanswered; it gets them one by one now",
                self.relay.place()
            );
            self.one_by_one = true;
        }
        let keep = match verdict.after {
            _ if verdict.ends_connection() => false,
            After::Keep => true,
            After::Reset => open.conversation.reset().await,
            After::Drop => false,
        };
        if keep {
            self.open = Some(open);
        }
        verdict.outcome
    }

    /// A mail whose answer was lost may have arrived; nobody recognises a second one.
    fn repeat(&self) -> Repeat {
        Repeat::Never
    }

    fn is_connected(&self) -> bool {
        self.open.is_some()
    }

    async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.conversation.quit().await;
        }
    }
}
