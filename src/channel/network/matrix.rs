//! Matrix (Client-Server API v3: `PUT …/rooms/{roomId}/send/{eventType}/{txnId}`).
//!
//! Comes in: a homeserver, a room and a token. Goes out: a message, and the picture behind it as one of its own. The
//! homeserver knows a repetition by its transaction, though not for ever: one that comes late looks for the messages
//! first.

use serde_json::{Value, json};

use super::step::{Halt, concluded, later};
use super::{Described, Inspection, Limits, Line, encoded};
use crate::channel::{ChannelError, Gate, Outcome, Outgoing};
use crate::config::NetworkKind;
use crate::http::{Reply, Request};
use crate::render::payload::{Attached, Payload};
use crate::secret::Secret;

/// For so long after the content was frozen a repetition is surely recognised, in milliseconds. The specification names
/// no time; Synapse keeps transactions for half an hour in memory and for a day in its database.
const TRANSACTION_LIVES: i64 = 25 * 60 * 1000;
/// Messages of the room that are looked through for an earlier try: so many pages of so many.
const PAGES: usize = 10;
const PAGE: usize = 100;
/// By how much the homeserver's clock and this one may differ, in milliseconds.
const CLOCKS: i64 = 5 * 60 * 1000;

#[derive(Debug)]
pub struct Matrix {
    line: Line,
    url: String,
    /// `!abc:example.org` or `#name:example.org`
    room: String,
    /// `Bearer …`
    bearer: Secret,
}

impl Matrix {
    pub(super) fn new(line: Line, url: &str, room: &str, token: &Secret) -> Matrix {
        let bearer = Secret::typed(&format!("Bearer {}", token.reveal()));
        Matrix { line, url: url.to_owned(), room: room.to_owned(), bearer }
    }

    /// The request that posts.
    pub(super) fn describe(&self, payload: &Payload) -> Described {
        let address =
            format!("{}/_matrix/client/v3/rooms/{}/send/m.room.message/(the same at every try)", self.url, self.room);
        let described = Described::post(&address, payload.body.clone());
        Described { method: "PUT", ..described }
            .header("content-type", "application/json")
            .header("authorization", "Bearer …")
    }

    pub(super) async fn post(
        &self,
        outgoing: &Outgoing<'_>,
        payload: &Payload,
        gate: &impl Gate,
    ) -> Result<Outcome, ChannelError> {
        concluded(self.steps(outgoing, payload, gate).await)
    }

    async fn steps(&self, outgoing: &Outgoing<'_>, payload: &Payload, gate: &impl Gate) -> Result<Outcome, Halt> {
        let room = self.room_id().await?;
        let mut message: Value = serde_json::from_str(&payload.body).expect("a payload is JSON");
        let (mut without, mut image) = (None, None);
        if let Some(receipt) = outgoing.corrects {
            message = replacing(message, &decoded(&super::name_of(receipt)?));
        } else if let Some(picture) = &payload.picture {
            match self.upload(picture).await? {
                Ok(address) => image = Some(picture_message(picture, &address)),
                Err(reason) => without = Some(reason),
            }
        }
        let times = outgoing.times;
        let events = match times.now - times.frozen > TRANSACTION_LIVES {
            true => self.own_since(&room, times.frozen).await?,
            false => Vec::new(),
        };
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let event = match found(&events, &message) {
            Some(event) => event,
            None => self.say(&room, outgoing.id, &message).await?,
        };
        if let Some(image) = image.filter(|image| found(&events, image).is_none()) {
            match self.say(&room, &format!("{}-picture", outgoing.id), &image).await {
                // The text is posted, whatever becomes of the picture for good.
                Err(Halt::Settled(Outcome::Rejected { reason, .. })) => without = Some(reason),
                Err(Halt::Stop(error)) => without = Some(error.to_string()),
                said => drop(said?),
            }
        }
        let place = format!("https://matrix.to/#/{}/{}", encoded(&room), encoded(&event));
        Ok(Outcome::Sent { receipt: super::receipt(&place, without.as_deref()) })
    }

    fn signed<'a>(&'a self, request: Request<'a>) -> Request<'a> {
        request.header("authorization", self.bearer.reveal())
    }

    /// Posts one message; goes out: its name.
    async fn say(&self, room: &str, transaction: &str, message: &Value) -> Result<String, Halt> {
        let url = format!("{}/_matrix/client/v3/rooms/{}/send/m.room.message/{transaction}", self.url, encoded(room));
        let request = self.signed(Request::put(&url)).body("application/json", message.to_string().into_bytes());
        let reply = self.line.publish(request).await?;
        let answer = self.document(&reply)?;
        answer["event_id"]
            .as_str()
            .map(ToOwned::to_owned)
            .ok_or_else(|| later("Matrix took the message and does not say what it is called".to_owned()))
    }

    async fn get(&self, path: &str) -> Result<Value, Halt> {
        let url = format!("{}/_matrix/client/v3/{path}", self.url);
        let reply = self.line.ask(self.signed(Request::get(&url))).await?;
        self.document(&reply)
    }

    /// What a reply holds. Here 403 is about the room, and an error of the API is told from a server that has none.
    fn document(&self, reply: &Reply) -> Result<Value, Halt> {
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let reason = || super::answer::said(reply, NetworkKind::Matrix);
        match (reply.status, said["errcode"].as_str()) {
            (403, _) => {
                let help = "let the account of the token join the room, and see that it may write there";
                Err(Halt::Stop(ChannelError::Credentials { message: reason(), help: help.to_owned() }))
            }
            (404, Some("M_NOT_FOUND")) => {
                let help = "write the room's own name, `!…:server`, or an alias that exists, `#…:server`, as room";
                Err(Halt::Stop(ChannelError::Config { message: reason(), help: help.to_owned() }))
            }
            (429, _) if reply.retry_after.is_none() => {
                let wait = said["retry_after_ms"].as_u64().map(std::time::Duration::from_millis);
                Err(Halt::Settled(Outcome::Deferred { reason: reason(), retry_after: wait, slow: None }))
            }
            _ => self.line.document(reply),
        }
    }

    /// The room itself, where an alias is configured.
    async fn room_id(&self) -> Result<String, Halt> {
        if !self.room.starts_with('#') {
            return Ok(self.room.clone());
        }
        let answer = self.get(&format!("directory/room/{}", encoded(&self.room))).await?;
        let room = answer["room_id"].as_str().map(ToOwned::to_owned);
        room.ok_or_else(|| later(format!("Matrix does not say which room {} is", self.room)))
    }

    /// Where the homeserver keeps the picture; inside, why it does not take it.
    async fn upload(&self, picture: &Attached) -> Result<Result<String, String>, Halt> {
        let url = format!("{}/_matrix/media/v3/upload?filename={}", self.url, encoded(&picture.name));
        let request = self.signed(Request::post(&url)).body(picture.media_type.clone(), picture.bytes.clone());
        let reply = self.line.ask(request).await?;
        if matches!(reply.status, 400 | 403 | 413 | 415) {
            return Ok(Err(super::answer::said(&reply, NetworkKind::Matrix)));
        }
        let address = self.document(&reply)?["content_uri"].as_str().map(ToOwned::to_owned);
        address.map(Ok).ok_or_else(|| later("Matrix took the picture and does not say where it is".to_owned()))
    }

    /// The account's own messages in the room since a moment.
    async fn own_since(&self, room: &str, frozen: i64) -> Result<Vec<Value>, Halt> {
        let who = self.get("account/whoami").await?;
        let (mut own, mut from) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let mut page = self.get(&format!("rooms/{}/messages?dir=b&limit={PAGE}{from}", encoded(room))).await?;
            let events = page["chunk"].as_array_mut().map(std::mem::take).unwrap_or_default();
            let is_older =
                |event: &Value| event["origin_server_ts"].as_i64().is_some_and(|sent| sent < frozen - CLOCKS);
            let done = events.iter().any(is_older);
            own.extend(events.into_iter().filter(|event| event["sender"] == who["user_id"] && !is_older(event)));
            match page["end"].as_str() {
                Some(end) if !done => from = format!("&from={}", encoded(end)),
                _ => return Ok(own),
            }
        }
        Err(later("so much is said in the room that it cannot be seen whether this was posted before".to_owned()))
    }

    /// Whose token it is, and whether the account is in the room.
    pub(super) async fn inspect(&self) -> Result<Inspection, Halt> {
        let who = self.get("account/whoami").await?;
        let Some(account) = who["user_id"].as_str() else {
            return Err(later("Matrix does not say whose token it is".to_owned()));
        };
        let room = self.room_id().await?;
        let joined = self.get("joined_rooms").await?;
        let inside = joined["joined_rooms"].as_array().is_none_or(|rooms| rooms.iter().any(|joined| *joined == room));
        if !inside {
            let message = format!("{account} is not in the room {}", self.room);
            let help = "let the account of the token join the room, and see that it may write there".to_owned();
            return Err(Halt::Stop(ChannelError::Credentials { message, help }));
        }
        Ok(Inspection { account: account.to_owned(), limits: Limits::default() })
    }
}

/// A message in the place of an earlier one (Client-Server API, "Event replacements").
fn replacing(message: Value, event: &str) -> Value {
    let mut replacing = message.clone();
    for key in ["body", "formatted_body"] {
        if let Some(text) = message[key].as_str() {
            replacing[key] = format!("* {text}").into();
        }
    }
    replacing["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": event });
    replacing["m.new_content"] = message;
    replacing
}

/// What [`encoded`] wrote.
fn decoded(part: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), part.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A picture as a message of its own; its text is the alternative one.
fn picture_message(picture: &Attached, address: &str) -> Value {
    let body = if picture.alt.is_empty() { &picture.name } else { &picture.alt };
    json!({
        "msgtype": "m.image",
        "body": body,
        "filename": picture.name,
        "url": address,
        "info": { "mimetype": picture.media_type, "size": picture.bytes.len(), "w": picture.width, "h": picture.height },
        "m.mentions": {},
    })
}

/// The name of the event that says the same as a message: every upload has an address of its own.
fn found(events: &[Value], message: &Value) -> Option<String> {
    let same = |event: &&Value| ["msgtype", "body", "filename"].iter().all(|key| event["content"][key] == message[key]);
    events.iter().find(same)?["event_id"].as_str().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{decoded, encoded, replacing};

    #[test]
    fn a_correction_takes_the_place_of_the_message_and_reads_well_where_that_is_not_known() {
        let message = json!({ "msgtype": "m.text", "body": "Neu", "formatted_body": "<b>Neu</b>" });
        let replacing = replacing(message.clone(), "$abc:example.org");
        assert_eq!((&replacing["body"], &replacing["formatted_body"]), (&json!("* Neu"), &json!("* <b>Neu</b>")));
        assert_eq!(replacing["m.new_content"], message);
        assert_eq!(replacing["m.relates_to"], json!({ "rel_type": "m.replace", "event_id": "$abc:example.org" }));
    }

    #[test]
    fn the_name_of_an_event_is_read_as_it_was_written() {
        for name in ["$abc:example.org", "$ü%41", "a%"] {
            assert_eq!(decoded(&encoded(name)), name);
        }
        assert_eq!(decoded("100%"), "100%");
    }
}
