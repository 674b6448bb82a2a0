//! One of the several requests that a post takes, and what ends them early.
//!
//! Comes in: a [`Request`]. Goes out: its answer, or a [`Halt`]: what became of the delivery, or of the channel.

use serde_json::Value;

use super::{Line, answer};
use crate::channel::{ChannelError, Outcome, Repeat};
use crate::config::NetworkKind;
use crate::http::{Reply, Request};

/// What to do where a token of Mastodon may do less than is needed.
const SCOPES: &str = "make a token with the scopes read:accounts, read:statuses, write:media and write:statuses (Settings, \
                      Development), and see that the account may post";

/// Why it goes no further.
#[derive(Debug)]
pub(super) enum Halt {
    /// The delivery is settled, one way or the other.
    Settled(Outcome),
    /// The channel is of no use.
    Stop(ChannelError),
}

impl From<ChannelError> for Halt {
    fn from(error: ChannelError) -> Halt {
        Halt::Stop(error)
    }
}

/// Nothing was published; another try may do better.
pub(super) fn later(reason: String) -> Halt {
    Halt::Settled(Outcome::Deferred { reason, retry_after: None, slow: None })
}

/// What a channel says of the whole.
pub(super) fn concluded(done: Result<Outcome, Halt>) -> Result<Outcome, ChannelError> {
    match done {
        Ok(outcome) | Err(Halt::Settled(outcome)) => Ok(outcome),
        Err(Halt::Stop(error)) => Err(error),
    }
}

impl Line {
    /// A request that publishes nothing: it may be made again whatever became of it.
    pub(super) async fn ask(&self, request: Request<'_>) -> Result<Reply, Halt> {
        self.client.request(request).await.map_err(|error| match answer::of_error(error) {
            Ok(Outcome::Uncertain { reason }) => later(reason),
            Ok(outcome) => Halt::Settled(outcome),
            Err(error) => Halt::Stop(error),
        })
    }

    /// The request that publishes, behind the open gate.
    pub(super) async fn publish(&self, request: Request<'_>) -> Result<Reply, Halt> {
        self.client.request(request).await.map_err(|error| match answer::of_error(error) {
            Ok(outcome) => Halt::Settled(outcome),
            Err(error) => Halt::Stop(error),
        })
    }

    /// The document that a successful reply holds.
    pub(super) fn document(&self, reply: &Reply) -> Result<Value, Halt> {
        if !(200..300).contains(&reply.status) {
            return Err(self.refusal(reply));
        }
        let document = serde_json::from_slice(&reply.body).ok();
        document.filter(|value: &Value| value.is_object() || value.is_array()).ok_or_else(|| self.no_api(reply))
    }

    /// What a reply without success means, where a repetition would be recognised.
    pub(super) fn refusal(&self, reply: &Reply) -> Halt {
        match (reply.status, answer::of_failure(reply, self.kind, Repeat::Always)) {
            (300..=399 | 404 | 405 | 410, _) => self.no_api(reply),
            (403, _) if self.kind == NetworkKind::Mastodon => Halt::Stop(ChannelError::Credentials {
                message: answer::said(reply, self.kind),
                help: SCOPES.to_owned(),
            }),
            (_, Ok(outcome)) => Halt::Settled(outcome),
            (_, Err(error)) => Halt::Stop(error),
        }
    }

    /// What answers there is no server of this kind.
    fn no_api(&self, reply: &Reply) -> Halt {
        let name = server(self.kind);
        let page = reply.body.trim_ascii_start().starts_with(b"<");
        let with = if page { " with a web page" } else { "" };
        let message = format!("what answers at url is no {name}: it says {}{with}", reply.status);
        let help = format!("write the address of the {name} itself into the channel's section: url = \"https://…\"");
        Halt::Stop(ChannelError::Config { message, help })
    }
}

/// What a channel's `url` leads to.
const fn server(kind: NetworkKind) -> &'static str {
    match kind {
        NetworkKind::Mastodon => "Mastodon instance",
        NetworkKind::Bluesky => "Bluesky server",
        NetworkKind::Matrix => "Matrix homeserver",
        _ => "server of this network",
    }
}
