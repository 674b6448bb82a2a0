//! What became of one member's mail of one post.

use serde_json::Value;

use crate::commands::Context;
use crate::commands::ways::taker;
use crate::commands::when::{moment, short, stamp};
use crate::ledger::{COUNTED, DeliveryState, Mode, Passage, ReleaseState, Standing};
use crate::members::address::Address;

/// A member's mail and what is known about it.
pub struct Fate {
    standing: Standing,
    list: String,
    message_id: String,
    /// What took it, or would.
    taker: String,
    trial: bool,
    stopped: bool,
    /// A process is sending at this moment.
    working: bool,
}

impl Fate {
    pub fn of(context: &Context, passage: &Passage, message_id: String, working: bool) -> Fate {
        Fate {
            standing: passage.standing.clone(),
            list: passage.part.list.clone(),
            message_id,
            taker: taker(context),
            trial: passage.release.mode == Mode::Trial,
            stopped: passage.release.state == ReleaseState::Stopped,
            working,
        }
    }

    /// For people: what happened, then what helps to find it again.
    pub fn lines(&self, context: &Context, slug: &str, address: &Address) -> Vec<String> {
        let standing = &self.standing;
        let detail = standing.detail.split_whitespace().collect::<Vec<_>>().join(" ");
        let on = |what: &str| match standing.settled_at {
            Some(at) => format!("{what} {}", moment(context, at)),
            None => what.to_owned(),
        };
        let mut lines = match standing.state {
            DeliveryState::Sent if self.trial => vec![on("written on"), detail],
            DeliveryState::Sent if standing.detail == COUNTED => vec![on("counted as sent by a person on")],
            DeliveryState::Sent => vec![on("accepted by the mail server on"), detail],
            DeliveryState::Pending if self.stopped => vec![format!("waits; the send was stopped ({SEND} {slug})")],
            DeliveryState::Pending if self.working => {
                vec!["waits; a send is running at this moment".to_owned(), detail]
            }
            DeliveryState::Pending => vec![format!("waits to be sent: {SEND} {slug}"), detail],
            DeliveryState::Claimed | DeliveryState::InFlight if self.working => {
                vec![format!("is being sent at this moment, by {}", self.taker)]
            }
            DeliveryState::Claimed | DeliveryState::InFlight => {
                vec![format!("the last send ended in the middle of it; to find out: {SEND} {slug}")]
            }
            DeliveryState::Deferred => {
                vec![
                    format!(
                        "refused for now and tried again from {} on: {SEND} {slug}",
                        short(context, standing.due_at)
                    ),
                    detail,
                ]
            }
            DeliveryState::Failed if standing.attempts == 0 => vec![on("taken out of the send on"), detail],
            DeliveryState::Failed => vec![on("refused on"), detail],
            DeliveryState::Uncertain => vec![
                on("may or may not have arrived, since"),
                detail,
                format!("it did not: rundbrief resolve {slug} --send-again {address}"),
                format!("it did:     rundbrief resolve {slug} --count-as-sent {address}"),
            ],
        };
        lines.retain(|line| !line.is_empty());
        if !self.list.is_empty() {
            lines.push(format!("as a member of the list “{}”", self.list));
        }
        if standing.attempts > 0 {
            lines.push(format!("Message-ID {}", self.message_id));
        }
        lines
    }

    /// For programs.
    pub fn add_to(&self, document: &mut Value) {
        let standing = &self.standing;
        document["state"] = name(standing.state).into();
        document["list"] = self.list.clone().into();
        document["at"] = standing.settled_at.map(stamp).into();
        if standing.state == DeliveryState::Deferred {
            document["due"] = stamp(standing.due_at).into();
        }
        document["reply"] = Some(&standing.detail).filter(|detail| !detail.is_empty()).cloned().into();
        document["message_id"] = Some(&self.message_id).filter(|_| standing.attempts > 0).cloned().into();
    }
}

/// The command that goes on with a post.
const SEND: &str = "rundbrief send";

/// The names of `status`.
const fn name(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "pending",
        DeliveryState::Claimed => "claimed",
        DeliveryState::InFlight => "in_flight",
        DeliveryState::Sent => "sent",
        DeliveryState::Deferred => "deferred",
        DeliveryState::Failed => "failed",
        DeliveryState::Uncertain => "uncertain",
    }
}
