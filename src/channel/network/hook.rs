//! Networks that take one JSON document at one address and post it: Slack, Mattermost, Rocket.Chat, Discord, Teams,
//! Telegram, ntfy.
//!
//! Comes in: an address or what makes one, and a payload. Goes out: one request, and what the network's own rule makes of
//! the answer ([`preset`]). None of them recognises a repetition, so an answer that is lost leaves it open whether it was
//! posted.

use std::time::Duration;

use serde_json::Value;

use super::describe::{Described, hidden};
use super::{Line, POSTED, TAKEN, answer};
use crate::channel::{ChannelError, Gate, Outcome, Outgoing, Repeat};
use crate::config::NetworkKind;
use crate::http::{Reply, Request};
use crate::render::payload::Payload;
use crate::secret::Secret;

const JSON: &str = "application/json";

#[derive(Debug)]
pub struct Hook {
    line: Line,
    url: Secret,
    /// The address as people may see it.
    shown: String,
    token: Option<Secret>,
    /// A key of the body that says where it is posted, and its value.
    place: Option<(&'static str, String)>,
}

/// What a network says to a post.
struct Preset {
    /// Goes behind the address.
    query: Option<&'static str>,
    /// What is kept of the answer to a post that was taken; `None`: that is not what the network answers.
    receipt: fn(&Reply) -> Option<String>,
    /// How long to wait, where it stands in the body.
    wait: fn(&Reply) -> Option<Duration>,
}

/// The rules of a kind, from its documentation:
///
/// - Slack, Mattermost: the body `ok`.
/// - Rocket.Chat: `{"success": true}`.
/// - Discord, "Execute Webhook": with `wait=true` the message.
/// - Teams: 202 with nothing; a workflow may answer something of its own, but no page.
/// - Telegram, "Making requests": `{"ok": true, "result": {…}}`; how long to wait stands in `parameters`.
/// - ntfy: the message with its `id`.
fn preset(kind: NetworkKind) -> Preset {
    let receipt: fn(&Reply) -> Option<String> = match kind {
        NetworkKind::RocketChat => |reply| (json(reply)["success"] == true).then(|| POSTED.to_owned()),
        NetworkKind::Discord => |reply| Some(format!("message {}", json(reply)["id"].as_str()?)),
        NetworkKind::Teams => |reply| (!answer::is_page(reply)).then(|| TAKEN.to_owned()),
        NetworkKind::Telegram => telegram_receipt,
        NetworkKind::Ntfy => |reply| Some(format!("message {}", json(reply)["id"].as_str()?)),
        _ => |reply| (reply.body.trim_ascii() == b"ok").then(|| POSTED.to_owned()),
    };
    let query = matches!(kind, NetworkKind::Discord).then_some("wait=true");
    let wait: fn(&Reply) -> Option<Duration> = match kind {
        NetworkKind::Telegram => |reply| json(reply)["parameters"]["retry_after"].as_u64().map(Duration::from_secs),
        _ => |_| None,
    };
    Preset { query, receipt, wait }
}

/// A public channel has a name, and its posts an address.
fn telegram_receipt(reply: &Reply) -> Option<String> {
    let said = json(reply);
    let id = (said["ok"] == true).then(|| said["result"]["message_id"].as_i64()).flatten()?;
    Some(match said["result"]["chat"]["username"].as_str() {
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            format!("https://t.me/{name}/{id}")
        }
        _ => format!("message {id}"),
    })
}

fn json(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_default()
}

impl Hook {
    /// An address that is a secret as a whole.
    pub(super) fn secret(line: Line, url: &Secret) -> Hook {
        let shown = hidden(url.reveal());
        let url = match preset(line.kind).query {
            Some(query) if url.reveal().contains('?') => Secret::typed(&format!("{}&{query}", url.reveal())),
            Some(query) => Secret::typed(&format!("{}?{query}", url.reveal())),
            None => url.clone(),
        };
        Hook { line, url, shown, token: None, place: None }
    }

    pub(super) fn telegram(line: Line, base: &str, token: &Secret, chat: &str) -> Hook {
        let url = Secret::typed(&format!("{base}/bot{}/sendMessage", token.reveal()));
        let place = Some(("chat_id", chat.to_owned()));
        Hook { line, url, shown: format!("{base}/bot…/sendMessage"), token: None, place }
    }

    pub(super) fn ntfy(line: Line, base: &str, token: Option<Secret>, topic: &str) -> Hook {
        let place = Some(("topic", topic.to_owned()));
        Hook { line, url: Secret::typed(&format!("{base}/")), shown: format!("{base}/"), token, place }
    }

    pub(super) fn describe(&self, payload: &Payload) -> Described {
        let described = Described::post(&self.shown, self.body(payload)).header("content-type", JSON);
        match self.token {
            Some(_) => described.header("authorization", "Bearer …"),
            None => described,
        }
    }

    pub(super) async fn post(
        &self,
        _outgoing: &Outgoing<'_>,
        payload: &Payload,
        gate: &impl Gate,
    ) -> Result<Outcome, ChannelError> {
        let server = match self.server().await {
            Ok(server) => server,
            Err(instead) => return instead,
        };
        let bearer = self.token.as_ref().map(|token| format!("Bearer {}", token.reveal()));
        let mut request = Request::post(self.url.reveal()).body(JSON, self.body(payload).into_bytes());
        if let Some(bearer) = &bearer {
            request = request.header("authorization", bearer);
        }
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        match self.line.client.request(request).await {
            Ok(reply) => {
                let token = self.token.as_ref().map(Secret::reveal);
                self.outcome(answer::discreet(reply, self.url.reveal(), token), server.as_deref())
            }
            Err(error) => answer::of_error(error),
        }
    }

    /// The payload's body with the place where it is posted.
    fn body(&self, payload: &Payload) -> String {
        let Some((key, value)) = &self.place else { return payload.body.clone() };
        let mut body: Value = serde_json::from_str(&payload.body).expect("a payload's body is JSON");
        body[key] = value.as_str().into();
        body.to_string()
    }

    /// The server that a hook of Discord belongs to, which its answer does not say and the address of a message needs
    /// ("Get Webhook with Token"). Nothing is posted by this, so that an address that is wrong, or a Discord that does not
    /// answer, leaves nothing in doubt.
    async fn server(&self) -> Result<Option<String>, Result<Outcome, ChannelError>> {
        if self.line.kind != NetworkKind::Discord {
            return Ok(None);
        }
        let reply = match self.line.client.request(Request::get(self.url.reveal())).await {
            Ok(reply) => answer::discreet(reply, self.url.reveal(), None),
            Err(error) if error.is_forbidden() => return Err(Err(answer::unusable(error))),
            Err(error) => {
                return Err(Ok(Outcome::Deferred { reason: error.to_string(), retry_after: None, slow: None }));
            }
        };
        match reply.status {
            200..=299 => match json(&reply)["guild_id"].as_str() {
                Some(server) => Ok(Some(server.to_owned())),
                None => Err(Err(answer::of_stranger(&reply, self.line.kind))),
            },
            _ => Err(answer::of_failure(&reply, self.line.kind, Repeat::Always)),
        }
    }

    fn outcome(&self, mut reply: Reply, server: Option<&str>) -> Result<Outcome, ChannelError> {
        let (kind, preset) = (self.line.kind, preset(self.line.kind));
        if let 200..=299 = reply.status {
            let Some(receipt) = (preset.receipt)(&reply) else { return answer::of_another_form(&reply, kind) };
            let message = json(&reply);
            let channel = message["channel_id"].as_str();
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            let receipt = match (server, channel, message["id"].as_str()) {
                (Some(server), Some(channel), Some(id)) if [server, channel, id].into_iter().all(is_number) => {
                    format!("https://discord.com/channels/{server}/{channel}/{id}")
                }
                _ => receipt,
            };
            return Ok(Outcome::Sent { receipt });
        }
        reply.retry_after = reply.retry_after.or_else(|| (preset.wait)(&reply));
        answer::of_failure(&reply, kind, Repeat::Never)
    }
}
