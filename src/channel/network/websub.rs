//! WebSub: the hub is told that the feed has something new, and fetches it.
//!
//! Comes in: the hub's address and the feed's. Goes out: one form, after the feed was written. Harmless to repeat.

use std::collections::BTreeMap;

use super::describe::Described;
use super::{Line, answer};
use crate::channel::{ChannelError, Gate, Outcome, Repeat};
use crate::render::payload::Payload;

#[derive(Debug)]
pub struct WebSub {
    line: Line,
    hub: String,
}

impl WebSub {
    pub(super) fn new(line: Line, hub: String) -> WebSub {
        WebSub { line, hub }
    }

    pub(super) fn describe(&self, payload: &Payload) -> Described {
        let fields = fields(payload);
        let lines: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Described::post(&self.hub, lines.join("\n")).header("content-type", "application/x-www-form-urlencoded")
    }

    pub(super) async fn post(&self, payload: &Payload, gate: &impl Gate) -> Result<Outcome, ChannelError> {
        let fields = fields(payload);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        match self.line.client.post_form(&self.hub, &fields).await {
            Ok(reply) if (200..=299).contains(&reply.status) => Ok(Outcome::Sent { receipt: super::TOLD.to_owned() }),
            Ok(reply) => answer::of_failure(&reply, self.line.kind, Repeat::Always),
            Err(error) => answer::of_error(error),
        }
    }
}

fn fields(payload: &Payload) -> BTreeMap<String, String> {
    serde_json::from_str(&payload.body).expect("a payload for a hub is an object of texts")
}
