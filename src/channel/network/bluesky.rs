//! Bluesky (AT Protocol; lexicons `com.atproto.server.createSession`, `com.atproto.repo.uploadBlob` and `putRecord`).
//!
//! Comes in: a server, a handle and an app password. Goes out: one record. Its key and its time are functions of the
//! delivery, so a repetition writes the same record in the same place, which changes nothing.

use serde_json::{Value, json};

use super::step::{Halt, concluded, later};
use super::{Described, Inspection, Limits, Line, tid};
use crate::channel::{ChannelError, Gate, Outcome, Outgoing};
use crate::config::NetworkKind;
use crate::http::Request;
use crate::render::payload::{Attached, Payload};
use crate::render::teaser::length;
use crate::secret::Secret;

const COLLECTION: &str = "app.bsky.feed.post";

#[derive(Debug)]
pub struct Bluesky {
    line: Line,
    url: String,
    handle: String,
    password: Secret,
}

/// A login, for as long as one post takes.
struct Session {
    did: String,
    /// As the server writes it.
    handle: String,
    /// `Bearer …`
    bearer: Secret,
}

impl Bluesky {
    pub(super) fn new(line: Line, url: &str, handle: &str, password: Secret) -> Bluesky {
        let handle = handle.trim_start_matches('@').to_owned();
        Bluesky { line, url: url.to_owned(), handle, password }
    }

    /// The request that posts; login and picture went before.
    pub(super) fn describe(&self, payload: &Payload) -> Described {
        Described::post(&format!("{}/xrpc/com.atproto.repo.putRecord", self.url), payload.body.clone())
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
        let mut record: Value = serde_json::from_str(&payload.body).expect("a payload is JSON");
        let frozen = outgoing.times.frozen;
        let created = jiff::Timestamp::from_millisecond(frozen).expect("the ledger keeps times of this age");
        record["createdAt"] = json!(format!("{created:.3}"));
        let session = self.session().await?;
        if let Some(receipt) = outgoing.corrects {
            let post = self.earlier(&session, receipt).await?;
            record["reply"] = json!({ "root": post, "parent": post });
        }
        let mut without = None;
        if let Some(picture) = &payload.picture {
            match self.upload(&session, picture).await? {
                Ok(blob) => show(&mut record, blob),
                Err(reason) => {
                    without = Some(reason);
                    leave_out(&mut record);
                }
            }
        }
        let rkey = tid::of(frozen, outgoing.id);
        let body = json!({ "repo": session.did, "collection": COLLECTION, "rkey": rkey, "record": record });
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let url = format!("{}/xrpc/com.atproto.repo.putRecord", self.url);
        let request = Request::post(&url).header("authorization", session.bearer.reveal());
        let reply = self.line.publish(request.body("application/json", body.to_string().into_bytes())).await?;
        self.line.document(&reply)?;
        let place = format!("https://bsky.app/profile/{}/post/{rkey}", session.handle);
        Ok(Outcome::Sent { receipt: super::receipt(&place, without.as_deref()) })
    }

    /// The post that is answered, as an answer names it (lexicon `com.atproto.repo.strongRef`).
    async fn earlier(&self, session: &Session, receipt: &str) -> Result<Value, Halt> {
        let query = [("repo", session.did.as_str()), ("collection", COLLECTION), ("rkey", &super::name_of(receipt)?)]
            .map(|(name, value)| format!("{name}={}", super::encoded(value)))
            .join("&");
        let url = format!("{}/xrpc/com.atproto.repo.getRecord?{query}", self.url);
        let reply = self.line.ask(Request::get(&url).header("authorization", session.bearer.reveal())).await?;
        if matches!(reply.status, 400 | 404) {
            return Err(super::gone(super::answer::said(&reply, NetworkKind::Bluesky)));
        }
        let found = self.line.document(&reply)?;
        match (&found["uri"], &found["cid"]) {
            (uri @ Value::String(_), cid @ Value::String(_)) => Ok(json!({ "uri": uri, "cid": cid })),
            _ => Err(later("Bluesky has the earlier post and does not say what it is called".to_owned())),
        }
    }

    async fn session(&self) -> Result<Session, Halt> {
        let url = format!("{}/xrpc/com.atproto.server.createSession", self.url);
        let body = json!({ "identifier": self.handle, "password": self.password.reveal() });
        let reply = self.line.ask(Request::post(&url).body("application/json", body.to_string().into_bytes())).await?;
        if reply.status == 401 {
            let message = super::answer::said(&reply, NetworkKind::Bluesky);
            let help = "is the handle right, and is the password an app password that still exists? Bluesky makes them \
                        under Settings, Privacy and security, App passwords";
            return Err(Halt::Stop(ChannelError::Credentials { message, help: help.to_owned() }));
        }
        let answer = self.line.document(&reply)?;
        match (answer["did"].as_str(), answer["accessJwt"].as_str()) {
            (Some(did), Some(token)) => Ok(Session {
                did: did.to_owned(),
                handle: answer["handle"].as_str().unwrap_or(&self.handle).to_owned(),
                bearer: Secret::typed(&format!("Bearer {token}")),
            }),
            _ => Err(later("Bluesky takes the login and says not whose it is".to_owned())),
        }
    }

    /// The picture as the server keeps it; inside, why it does not take it.
    async fn upload(&self, session: &Session, picture: &Attached) -> Result<Result<Value, String>, Halt> {
        let url = format!("{}/xrpc/com.atproto.repo.uploadBlob", self.url);
        let request = Request::post(&url).header("authorization", session.bearer.reveal());
        let reply = self.line.ask(request.body(picture.media_type.clone(), picture.bytes.clone())).await?;
        if matches!(reply.status, 400 | 413 | 415 | 422) {
            return Ok(Err(super::answer::said(&reply, NetworkKind::Bluesky)));
        }
        match self.line.document(&reply)?["blob"].take() {
            blob @ Value::Object(_) => Ok(Ok(blob)),
            _ => Err(later("Bluesky took the picture and does not say where it is".to_owned())),
        }
    }

    /// Logs in.
    pub(super) async fn inspect(&self) -> Result<Inspection, Halt> {
        let session = self.session().await?;
        let limits = Limits { characters: Some(length::limit(NetworkKind::Bluesky)), ..Limits::default() };
        Ok(Inspection { account: format!("@{}", session.handle), limits })
    }
}

/// Puts the picture into the card, or into its place.
fn show(record: &mut Value, blob: Value) {
    if record["embed"]["external"].is_object() {
        record["embed"]["external"]["thumb"] = blob;
    } else if record["embed"]["images"][0].is_object() {
        record["embed"]["images"][0]["image"] = blob;
    }
}

/// A card does without its picture; pictures without a picture are none.
fn leave_out(record: &mut Value) {
    if record["embed"]["images"].is_array()
        && let Some(fields) = record.as_object_mut()
    {
        fields.remove("embed");
    }
}
