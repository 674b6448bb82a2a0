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
mod describe;
mod hook;
mod webhook;
mod websub;

pub use describe::Described;
use hook::Hook;
use webhook::Webhook;
use websub::WebSub;

/// A network as a way out. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Remote {
    Hook(Arc<Hook>),
    Webhook(Arc<Webhook>),
    WebSub(Arc<WebSub>),
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
            _ => None,
        })
    }

    /// The request that a payload becomes, as people may see it.
    pub fn describe(&self, payload: &Payload) -> Described {
        match self {
            Remote::Hook(hook) => hook.describe(payload),
            Remote::Webhook(webhook) => webhook.describe(payload),
            Remote::WebSub(hub) => hub.describe(payload),
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
            Remote::Hook(_) | Remote::WebSub(_) => None,
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

    async fn post(
        &self,
        outgoing: &Outgoing<'_>,
        payload: &Payload,
        gate: &impl Gate,
    ) -> Result<Outcome, ChannelError> {
        match self {
            Remote::Hook(hook) => hook.post(outgoing, payload, gate).await,
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
        }
    }
}
