//! A hook: an address that takes one JSON document and posts it.
//!
//! Comes in: the address, which is a secret. Goes out: the payload's body, as it is. Nobody there recognises a repetition,
//! so an answer that is lost leaves it open whether it was posted.

use super::{Line, answer};
use crate::channel::{ChannelError, Gate, Outcome, Outgoing, Repeat};
use crate::http::{Reply, Request};
use crate::render::payload::Payload;
use crate::secret::Secret;

#[derive(Debug)]
pub struct Hook {
    line: Line,
    url: Secret,
}

impl Hook {
    pub(super) fn new(line: Line, url: Secret) -> Hook {
        Hook { line, url }
    }

    pub(super) async fn post(
        &self,
        _outgoing: &Outgoing<'_>,
        payload: &Payload,
        gate: &impl Gate,
    ) -> Result<Outcome, ChannelError> {
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let request = Request::post(self.url.reveal()).body("application/json", payload.body.clone().into_bytes());
        match self.line.client.request(request).await {
            Ok(reply) => self.outcome(&reply),
            Err(error) => answer::of_error(error),
        }
    }

    fn outcome(&self, reply: &Reply) -> Result<Outcome, ChannelError> {
        match reply.status {
            200..=299 => Ok(Outcome::Sent { receipt: answer::said(reply, self.line.kind) }),
            _ => answer::of_failure(reply, self.line.kind, Repeat::Never),
        }
    }
}
