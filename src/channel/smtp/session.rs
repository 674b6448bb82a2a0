//! The channel that one worker holds: a connection over many mails.
//!
//! Connects with the first mail, notices between mails when the connection has ended, and renews it after
//! [`MAILS_PER_CONNECTION`]. Where a server loses one of several commands that it offered to take at once, as behind some
//! firewalls, the connections that follow give it one after the other; where it does not like those of the next mail behind
//! the content of this one, they wait for its answer.

use super::SmtpRelay;
use super::ahead::Ahead;
use super::conversation::Conversation;
use super::failure::{Failure, Lost};
use super::mail::{Head, Mail, Unfit};
use super::transaction::{self, Ended, Told};
use super::verdict::{After, Verdict};
use crate::channel::{Channel, ChannelError, Content, Gate, Outcome, Outgoing, Repeat};

/// Mails over one connection. Many servers close it after a hundred by themselves, some in the middle of the next mail.
pub const MAILS_PER_CONNECTION: usize = 100;

/// One worker's way to the relay.
pub struct SmtpSession {
    relay: SmtpRelay,
    open: Option<Open>,
    one_by_one: bool,
    ahead: Ahead,
}

struct Open {
    conversation: Conversation,
    mails: usize,
    /// What was said ahead; the server waits for that mail, or will.
    said: Option<String>,
}

impl SmtpSession {
    pub(super) fn new(relay: SmtpRelay) -> SmtpSession {
        let ahead = relay.manners.of_one();
        SmtpSession { relay, open: None, one_by_one: false, ahead }
    }

    /// The connection at hand if it can take this mail, else a new one.
    async fn ready(&mut self, head: &Head) -> Result<(Open, Told), Failure> {
        match self.open.take() {
            Some(mut open) if open.said.is_some() => {
                let said = open.said.take();
                if said == transaction::commands(&open.conversation, head).ok() {
                    return Ok((open, Told::Ahead { known: self.ahead.is_liked() }));
                }
                // It waits for another mail, and takes whatever comes for that one's content.
            }
            Some(open) if !open.conversation.has_news() => {
                if open.mails < MAILS_PER_CONNECTION {
                    return Ok((open, Told::Nothing));
                }
                open.conversation.quit().await;
            }
            Some(_) | None => {}
        }
        let mut conversation = self.relay.dial().connect().await?;
        conversation.pipelines &= !self.one_by_one;
        Ok((Open { conversation, mails: 0, said: None }, Told::Nothing))
    }

    /// What to say ahead of the next mail over a connection that takes one now.
    fn commands_ahead(&mut self, open: &Open, next: Option<&Head>) -> Option<String> {
        let next = next.filter(|_| open.conversation.pipelines && open.mails < MAILS_PER_CONNECTION)?;
        let commands = transaction::commands(&open.conversation, next).ok()?;
        self.ahead.may().then_some(commands)
    }

    /// What a mail came to behind which something was said ahead, by a server that is not known to like that: it may have
    /// closed the connection or refused the mail for it. Such a refusal is none of the mail, unless it is one of policy; it is
    /// tried again.
    fn doubted(&self, verdict: Verdict, said: bool) -> Verdict {
        let place = self.relay.place();
        match verdict.outcome {
            Ok(Outcome::Uncertain { .. }) => {
                tracing::info!("{place} did not answer a mail with commands behind it; they wait for its answer now");
                self.ahead.disliked();
                verdict
            }
            Ok(Outcome::Rejected { reason, policy: None }) if said => {
                tracing::info!("{place} refused a mail with commands behind it; they wait for its answer now");
                self.ahead.disliked();
                Verdict::new(Outcome::Deferred { reason, retry_after: None, slow: None }, After::Drop)
            }
            _ => verdict,
        }
    }

    /// One mail over the connection at hand or a new one; the connection stays if it can.
    async fn one(&mut self, mail: &Mail<'_>, next: Option<&Head>, gate: &impl Gate) -> Result<Verdict, Failure> {
        loop {
            // The connection is out of `self` while it is in use: a mail that is abandoned half way takes it along.
            let (mut open, told) = self.ready(&mail.head).await?;
            if open.mails == 0 {
                gate.connected();
            }
            open.mails += 1;
            let (pipelined, ahead) = (open.conversation.pipelines, self.commands_ahead(&open, next));
            let lines = ahead.as_ref().map(|commands| format!("{commands}\r\n"));
            let ended = transaction::run(&mut open.conversation, mail, told, lines.as_deref(), gate).await;
            let (verdict, said) = match ended {
                Ended::Judged { verdict, ahead } => (verdict, ahead),
                // Once more over a new connection, which is told nothing ahead, so that this ends. One that has liked it has
                // another reason: so many mails, or some time.
                Ended::Closing => continue,
                Ended::Unclear(_) if self.ahead.is_liked() => continue,
                Ended::Unclear(Lost(reason)) => {
                    tracing::info!("{reason}; it gets the commands of a mail after its answer to the one before now");
                    self.ahead.disliked();
                    continue;
                }
            };
            if told != Told::Nothing {
                self.ahead.liked();
            }
            let verdict = match lines.is_some() && !self.ahead.is_liked() {
                true => self.doubted(verdict, said),
                false => verdict,
            };
            if pipelined && !open.conversation.pipelines {
                let place = self.relay.place();
                tracing::info!("{place} left one of several commands unanswered; it gets them one by one now");
                self.one_by_one = true;
            }
            let keep = match verdict.after {
                _ if verdict.ends_connection() => false,
                After::Keep => true,
                After::Reset => open.conversation.reset().await,
                After::Drop => false,
            };
            if keep {
                open.said = ahead.filter(|_| said);
                self.open = Some(open);
            }
            return Ok(verdict);
        }
    }
}

impl Channel for SmtpSession {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let Content::Message { envelope, message } = outgoing.content else {
            return Ok(Outcome::Rejected { reason: "only mails go to a mail server".into(), policy: None });
        };
        let mail = match Mail::new(envelope, message) {
            Ok(mail) => mail,
            Err(Unfit::Mail(reason)) => return Ok(Outcome::Rejected { reason, policy: None }),
            Err(Unfit::Sender(reason)) => {
                let help = "correct from or bounce_address in [sender]".into();
                return Err(ChannelError::Config { message: format!("nothing can be sent: {reason}"), help });
            }
        };
        let next = match outgoing.next {
            // What is wrong with it is said in its turn.
            Some(Content::Message { envelope, message }) => Head::new(envelope, message).ok(),
            _ => None,
        };
        match self.one(&mail, next.as_ref(), gate).await {
            Ok(verdict) => verdict.outcome,
            Err(failure) => failure.outcome(self.relay.place()),
        }
    }

    /// A mail whose answer was lost may have arrived; nobody recognises a second one.
    fn repeat(&self) -> Repeat {
        Repeat::Never
    }

    fn is_connected(&self) -> bool {
        self.open.is_some()
    }

    async fn close(&mut self) {
        // One that waits for a content would take a goodbye for it.
        if let Some(open) = self.open.take_if(|open| open.said.is_none()) {
            open.conversation.quit().await;
        }
        self.open = None;
    }
}
