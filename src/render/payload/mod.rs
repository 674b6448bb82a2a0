//! Payloads: what a post says on a network that the program posts to by itself, complete.
//!
//! Comes in: a [`Source`], a channel, its teaser. Goes out: a [`Payload`], the body of the request as it will leave, with
//! the picture where the network takes one. Pure: no address, no token, no time; `channel::network` adds what belongs to
//! one request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{Network, NetworkKind};
use crate::render::Source;
use crate::render::teaser::Teaser;

mod announcement;
mod bluesky;
mod discord;
mod mastodon;
mod matrix;
mod mattermost;
mod mention;
mod ntfy;
mod plain;
mod rocketchat;
mod slack;
mod teams;
mod telegram;
mod webhook;
mod websub;

pub use announcement::Announcement;

/// What a post says on one network: frozen, shown and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    pub channel: String,
    pub kind: NetworkKind,
    /// The body of the request. Where a network needs several, or wants a name or a time in it, the part that says
    /// something; the channel completes it.
    pub body: String,
    /// Of the networks that take a picture itself.
    pub picture: Option<Attached>,
}

/// A picture that goes out beside the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// A file name that is a function of the bytes.
    pub name: String,
    pub media_type: String,
    pub alt: String,
    /// Pixels.
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// The first line of a kept payload; the picture's bytes stand behind it.
#[derive(Serialize, Deserialize)]
struct Head {
    channel: String,
    kind: String,
    body: String,
    picture: Option<PictureHead>,
}

#[derive(Serialize, Deserialize)]
struct PictureHead {
    name: String,
    media_type: String,
    alt: String,
    width: u32,
    height: u32,
}

/// How a kind says what there is to say.
type Body = fn(&Announcement<'_>) -> Value;

/// The body of each kind, and whether a picture goes with it; `None` for what a person posts.
fn form(kind: NetworkKind) -> Option<(Body, bool)> {
    match kind {
        NetworkKind::Mastodon => Some((mastodon::body, true)),
        NetworkKind::Bluesky => Some((bluesky::body, true)),
        NetworkKind::Matrix => Some((matrix::body, true)),
        NetworkKind::Slack => Some((slack::body, false)),
        NetworkKind::Mattermost => Some((mattermost::body, false)),
        NetworkKind::RocketChat => Some((rocketchat::body, false)),
        NetworkKind::Discord => Some((discord::body, false)),
        NetworkKind::Teams => Some((teams::body, false)),
        NetworkKind::Telegram => Some((telegram::body, false)),
        NetworkKind::Ntfy => Some((ntfy::body, false)),
        NetworkKind::Webhook => Some((webhook::body, false)),
        NetworkKind::WebSub => Some((websub::body, false)),
        _ => None,
    }
}

/// The payload of a channel; `None` where a person posts the teaser.
pub fn payload(source: &Source<'_>, channel: &str, network: &Network, teaser: Option<&Teaser>) -> Option<Payload> {
    network.access.as_ref()?;
    let (body, takes_picture) = form(network.kind)?;
    let announcement = Announcement::of(source, channel, network, teaser);
    let picture = takes_picture.then(|| announcement.attached()).flatten();
    let body = body(&announcement).to_string();
    Some(Payload { channel: channel.to_owned(), kind: network.kind, body, picture })
}

impl Payload {
    /// As a release keeps it: one line of JSON, then the picture's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let picture = self.picture.as_ref().map(|picture| PictureHead {
            name: picture.name.clone(),
            media_type: picture.media_type.clone(),
            alt: picture.alt.clone(),
            width: picture.width,
            height: picture.height,
        });
        let kind = self.kind.name().to_owned();
        let head = Head { channel: self.channel.clone(), kind, body: self.body.clone(), picture };
        let mut bytes = serde_json::to_vec(&head).expect("a payload has string keys");
        bytes.push(b'\n');
        bytes.extend_from_slice(self.picture.as_ref().map_or(&[], |picture| &picture.bytes));
        bytes
    }

    /// What [`Payload::to_bytes`] wrote; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Payload> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(&bytes[..end]).ok()?;
        let picture = head.picture.map(|picture| Attached {
            name: picture.name,
            media_type: picture.media_type,
            alt: picture.alt,
            width: picture.width,
            height: picture.height,
            bytes: bytes[end + 1..].to_vec(),
        });
        Some(Payload { channel: head.channel, kind: NetworkKind::of(&head.kind)?, body: head.body, picture })
    }

    /// What the body says, without the names of its fields: one text a paragraph.
    pub fn readable(&self) -> String {
        fn texts(value: &Value, found: &mut Vec<String>) {
            match value {
                Value::String(text) if !found.contains(text) => found.push(text.clone()),
                Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
                Value::Object(fields) => fields.values().for_each(|value| texts(value, found)),
                _ => {}
            }
        }
        let mut found = Vec::new();
        texts(&serde_json::from_str(&self.body).unwrap_or_default(), &mut found);
        found.join("\n\n")
    }

    /// The body as people read it: indented.
    pub fn shown(&self) -> String {
        let value: Result<Value, _> = serde_json::from_str(&self.body);
        value.map_or_else(|_| self.body.clone(), |value| format!("{value:#}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Attached, Payload};
    use crate::config::NetworkKind;

    #[test]
    fn a_payload_is_read_as_it_was_kept() {
        let picture = Attached {
            name: "tagung-1.jpg".to_owned(),
            media_type: "image/jpeg".to_owned(),
            alt: "Ein Saal\nmit Menschen".to_owned(),
            width: 1200,
            height: 800,
            bytes: b"\xFF\xD8\n\n\x00".to_vec(),
        };
        for picture in [Some(picture), None] {
            let payload = Payload {
                channel: "team".to_owned(),
                kind: NetworkKind::Slack,
                body: "{\"text\":\"Zeile\\nZeile\"}".to_owned(),
                picture,
            };
            assert_eq!(Payload::from_bytes(&payload.to_bytes()), Some(payload));
        }
    }

    #[test]
    fn anything_else_is_no_payload() {
        for bytes in [&b""[..], b"a text\nwith lines", b"{}\n"] {
            assert_eq!(Payload::from_bytes(bytes), None);
        }
    }
}
