//! The ways out that this program has, behind one type each: what is shared, and what one worker task holds.

use super::feed::FeedFile;
use super::network::Remote;
use super::outbox::Outbox;
use super::sendmail::Sendmail;
use super::smtp::{SmtpRelay, SmtpSession};
use super::{Channel, ChannelError, Gate, Outcome, Outgoing, Repeat};

/// A way out, shared by all its connections.
#[derive(Debug, Clone)]
pub enum Way {
    Outbox(Outbox),
    Feed(FeedFile),
    Network(Remote),
    Smtp(SmtpRelay),
    Sendmail(Sendmail),
}

/// A way out, as one worker task holds it.
pub enum Session {
    Outbox(Outbox),
    Feed(FeedFile),
    Network(Remote),
    Smtp(Box<SmtpSession>),
    Sendmail(Sendmail),
}

impl Way {
    /// Opens nothing yet; the first delivery does.
    pub fn session(&self) -> Session {
        match self {
            Way::Outbox(outbox) => Session::Outbox(outbox.clone()),
            Way::Feed(feed) => Session::Feed(feed.clone()),
            Way::Network(remote) => Session::Network(remote.clone()),
            Way::Smtp(relay) => Session::Smtp(Box::new(relay.session())),
            Way::Sendmail(sendmail) => Session::Sendmail(sendmail.clone()),
        }
    }

    /// Whether it makes sense only when the feed has been written.
    pub const fn follows_feed(&self) -> bool {
        matches!(self, Way::Network(remote) if remote.follows_feed())
    }

    /// What a delivery becomes whose answer was lost.
    pub fn repeat(&self) -> Repeat {
        match self {
            Way::Outbox(outbox) => outbox.repeat(),
            Way::Feed(feed) => feed.repeat(),
            Way::Network(remote) => remote.repeat(),
            Way::Smtp(_) | Way::Sendmail(_) => Repeat::Never,
        }
    }
}

impl Channel for Session {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        match self {
            Session::Outbox(outbox) => outbox.deliver(outgoing, gate).await,
            Session::Feed(feed) => feed.deliver(outgoing, gate).await,
            Session::Network(remote) => remote.deliver(outgoing, gate).await,
            Session::Smtp(session) => session.deliver(outgoing, gate).await,
            Session::Sendmail(sendmail) => sendmail.deliver(outgoing, gate).await,
        }
    }

    fn repeat(&self) -> Repeat {
        match self {
            Session::Outbox(outbox) => outbox.repeat(),
            Session::Feed(feed) => feed.repeat(),
            Session::Network(remote) => remote.repeat(),
            Session::Smtp(session) => session.repeat(),
            Session::Sendmail(sendmail) => sendmail.repeat(),
        }
    }

    fn is_connected(&self) -> bool {
        match self {
            Session::Smtp(session) => session.is_connected(),
            Session::Outbox(_) | Session::Feed(_) | Session::Network(_) | Session::Sendmail(_) => false,
        }
    }

    async fn close(&mut self) {
        match self {
            Session::Outbox(outbox) => outbox.close().await,
            Session::Feed(feed) => feed.close().await,
            Session::Network(remote) => remote.close().await,
            Session::Smtp(session) => session.close().await,
            Session::Sendmail(sendmail) => sendmail.close().await,
        }
    }
}
