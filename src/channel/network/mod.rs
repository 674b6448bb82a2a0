//! Networks that the program posts to by itself.
//!
//! Comes in: a [`Payload`] and what one request needs beside it: an address, a token, a name that stays the same over
//! every try. Goes out: an [`Outcome`]. Never follows a redirect, never shows an address or a token, and never posts again
//! what may have arrived unless the network knows a repetition when it sees one.

use std::path::Path;
use std::sync::Arc;

use super::{Channel, ChannelError, Content, Gate, Outcome, Outgoing, Repeat};
use crate::config::{Access, Network, NetworkKind};
use crate::http::Client;
use crate::render::payload::Payload;
use crate::secret::{Secret, SecretRef};

mod answer;
mod bluesky;
mod describe;
mod hook;
mod inspect;
mod mastodon;
mod matrix;
mod step;
mod tid;
mod webhook;
mod websub;

use bluesky::Bluesky;
pub use describe::Described;
use hook::Hook;
pub use inspect::{Inspection, Limits, Trouble};
use mastodon::Mastodon;
use matrix::Matrix;
use step::Halt;
use webhook::Webhook;
use websub::WebSub;

/// Kept of a network that says no more than that it posted.
pub const POSTED: &str = "posted";
/// Kept of one that says it has taken it, and does the rest later.
pub const TAKEN: &str = "taken by the receiver";
/// Kept of a hub.
pub const TOLD: &str = "the hub was told";

/// A network as a way out. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Remote {
    Hook(Arc<Hook>),
    Webhook(Arc<Webhook>),
    WebSub(Arc<WebSub>),
    Mastodon(Arc<Mastodon>),
    Bluesky(Arc<Bluesky>),
    Matrix(Arc<Matrix>),
}

/// What the program does about a post that was edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterEdit {
    /// The post itself changes.
    Rewritten,
    /// The new text is posted as an answer: readers keep seeing the first text of what is edited there.
    Answered,
    /// The other side is told of the correction, in a message of its own kind.
    Told,
    /// Nothing can be done there by the program; the first text stays.
    Stays,
}

/// What one request is made from, beside the payload.
#[derive(Debug)]
struct Line {
    kind: NetworkKind,
    client: Client,
}

impl Remote {
    /// The way to a network; `None` for one that a person posts to. Calls nobody. Relative files of secrets are relative
    /// to `folder`; `env` looks up a variable.
    ///
    /// # Errors
    /// [`ChannelError::Config`]: a secret is missing, or is no address.
    pub fn of(
        network: &Network,
        folder: &Path,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Remote>, ChannelError> {
        let Some(access) = &network.access else { return Ok(None) };
        let secret = |reference: &SecretRef| -> Result<Secret, ChannelError> {
            let help =
                "write it there, readable for you alone, or remove the channel from the configuration".to_owned();
            reference.resolve(folder, &env).map_err(|message| ChannelError::Config { message, help })
        };
        let client = Client::new(network.allow_private).map_err(answer::unusable)?;
        let line = Line { kind: network.kind, client };
        Ok(match access {
            Access::Hook { url } => Some(Remote::Hook(Arc::new(Hook::secret(line, &secret(url)?)))),
            Access::Telegram { url, token, chat } => {
                Some(Remote::Hook(Arc::new(Hook::telegram(line, url, &secret(token)?, chat))))
            }
            Access::Ntfy { url, topic, token } => {
                let token = token.as_ref().map(secret).transpose()?;
                Some(Remote::Hook(Arc::new(Hook::ntfy(line, url, token, topic))))
            }
            Access::Webhook { url, secrets } => {
                let secrets = secrets.iter().map(secret).collect::<Result<Vec<_>, _>>()?;
                Some(Remote::Webhook(Arc::new(Webhook::new(line, secret(url)?, &secrets)?)))
            }
            Access::WebSub { hub } => Some(Remote::WebSub(Arc::new(WebSub::new(line, hub.clone())))),
            Access::Mastodon { url, token, .. } => {
                Some(Remote::Mastodon(Arc::new(Mastodon::new(line, url, &secret(token)?))))
            }
            Access::Bluesky { url, handle, password } => {
                Some(Remote::Bluesky(Arc::new(Bluesky::new(line, url, handle, secret(password)?))))
            }
            Access::Matrix { url, room, token } => {
                Some(Remote::Matrix(Arc::new(Matrix::new(line, url, room, &secret(token)?))))
            }
        })
    }

    /// The request that a payload becomes, as people may see it; of several, the one that posts.
    pub fn describe(&self, payload: &Payload) -> Described {
        match self {
            Remote::Hook(hook) => hook.describe(payload),
            Remote::Webhook(webhook) => webhook.describe(payload),
            Remote::WebSub(hub) => hub.describe(payload),
            Remote::Mastodon(mastodon) => mastodon.describe(payload),
            Remote::Bluesky(bluesky) => bluesky.describe(payload),
            Remote::Matrix(matrix) => matrix.describe(payload),
        }
    }

    /// Whether it makes sense only when the feed has been written.
    pub const fn follows_feed(&self) -> bool {
        matches!(self, Remote::WebSub(_))
    }

    /// What stands for a receiver that can say that it is gone for good; `None` for networks that cannot.
    pub fn fingerprint(&self) -> Option<String> {
        match self {
            Remote::Webhook(webhook) => Some(webhook.fingerprint()),
            _ => None,
        }
    }

    /// Whether the receiver said that it is gone for good.
    pub fn is_gone(&self) -> bool {
        matches!(self, Remote::Webhook(webhook) if webhook.is_gone())
    }

    /// The receiver said so in an earlier run: nothing goes there any more.
    pub fn give_up(&self) {
        if let Remote::Webhook(webhook) = self {
            webhook.give_up();
        }
    }

    /// What becomes of a post there after an edit.
    pub const fn after_edit(&self) -> AfterEdit {
        match self {
            Remote::Mastodon(_) | Remote::Matrix(_) => AfterEdit::Rewritten,
            Remote::Bluesky(_) => AfterEdit::Answered,
            Remote::Webhook(_) | Remote::WebSub(_) => AfterEdit::Told,
            // An incoming hook takes new messages alone.
            Remote::Hook(_) => AfterEdit::Stays,
        }
    }

    async fn post(
        &self,
        outgoing: &Outgoing<'_>,
        payload: &Payload,
        gate: &impl Gate,
    ) -> Result<Outcome, ChannelError> {
        match self {
            Remote::Hook(hook) => hook.post(outgoing, payload, gate).await,
            Remote::Mastodon(mastodon) => mastodon.post(outgoing, payload, gate).await,
            Remote::Bluesky(bluesky) => bluesky.post(outgoing, payload, gate).await,
            Remote::Matrix(matrix) => matrix.post(outgoing, payload, gate).await,
            Remote::Webhook(webhook) => webhook.post(outgoing, payload, gate).await,
            Remote::WebSub(hub) => hub.post(payload, gate).await,
        }
    }
}

impl Channel for Remote {
    async fn deliver(&mut self, outgoing: &Outgoing<'_>, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let Content::Payload(payload) = outgoing.content else {
            unreachable!("a network is handed payloads only");
        };
        self.post(outgoing, payload, gate).await
    }

    fn repeat(&self) -> Repeat {
        match self {
            Remote::Hook(_) => Repeat::Never,
            Remote::Webhook(_) | Remote::WebSub(_) => Repeat::Always,
            Remote::Mastodon(_) | Remote::Bluesky(_) | Remote::Matrix(_) => Repeat::Always,
        }
    }
}

/// The last part of the address of an earlier post, by its receipt: what the network calls it.
///
/// # Errors
/// The receipt holds no address.
fn name_of(receipt: &str) -> Result<String, Halt> {
    let address = receipt.split_whitespace().next().unwrap_or_default();
    let last = address.starts_with("http").then(|| address.trim_end_matches('/').rsplit('/').next()).flatten();
    let name = last.map(|last| last.split(['?', '#']).next().unwrap_or(last)).filter(|name| !name.is_empty());
    name.map(ToOwned::to_owned).ok_or_else(|| gone("where the earlier post is, is not known".to_owned()))
}

/// The earlier post cannot be corrected.
fn gone(reason: String) -> Halt {
    Halt::Settled(Outcome::Rejected { reason: format!("{reason}; correct it there by hand"), policy: None })
}

/// Where a post is seen, with the reason where its picture is missing.
fn receipt(place: &str, without: Option<&str>) -> String {
    match without {
        Some(reason) => format!("{place} (without the picture: {reason})"),
        None => place.to_owned(),
    }
}

/// A part of a path or of a query: everything but the unreserved characters by its bytes (RFC 3986, section 2).
fn encoded(part: &str) -> String {
    let byte = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    part.bytes().map(byte).collect()
}
