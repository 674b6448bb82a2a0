//! Mastodon, and what speaks its API (docs.joinmastodon.org, "API Methods").
//!
//! Comes in: an instance and a token. Goes out: one status with its picture. An instance knows a repetition by its
//! `Idempotency-Key` for an hour; after that the account's own statuses are looked through before anything is posted
//! again. So a repetition is always safe.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;

use super::step::{Halt, concluded, later};
use super::{Described, Inspection, Limits, Line};
use crate::channel::{ChannelError, Gate, Outcome, Outgoing};
use crate::config::NetworkKind;
use crate::http::{Part, Request, multipart};
use crate::render::payload::{Attached, Payload};
use crate::secret::Secret;

mod earlier;

/// For so long after the content was frozen a repetition is recognised: the instance keeps keys for an hour (API,
/// `Idempotency-Key`), and no first try is older than the content.
const KEY_LIVES: i64 = 55 * 60 * 1000;
/// How often it is asked whether a picture is ready, and the pause before each.
const POLLS: u32 = 10;
const POLL_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Mastodon {
    line: Line,
    url: String,
    /// `Bearer …`
    bearer: Secret,
}

/// A picture, as far as it came.
enum Picture {
    Uploaded(String),
    /// The instance does not take it, and says why.
    Refused(String),
}

impl Mastodon {
    pub(super) fn new(line: Line, url: &str, token: &Secret) -> Mastodon {
        let bearer = Secret::typed(&format!("Bearer {}", token.reveal()));
        Mastodon { line, url: url.to_owned(), bearer }
    }

    /// The request that posts; the picture went up before.
    pub(super) fn describe(&self, payload: &Payload) -> Described {
        Described::post(&format!("{}/api/v1/statuses", self.url), payload.body.clone())
            .header("content-type", "application/json")
            .header("authorization", "Bearer …")
            .header("idempotency-key", "(the same at every try)")
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
        let mut status: Value = serde_json::from_str(&payload.body).expect("a payload is JSON");
        if let Some(receipt) = outgoing.corrects {
            return self.edit(outgoing, payload, status, receipt, gate).await;
        }
        let times = outgoing.times;
        if times.now - times.frozen > KEY_LIVES
            && let Some(receipt) = self.earlier(&status, outgoing.slug, times.frozen).await?
        {
            return Ok(Outcome::Sent { receipt });
        }
        let mut without = None;
        if let Some(picture) = &payload.picture {
            match self.upload(picture, outgoing.id).await? {
                Picture::Uploaded(id) => status["media_ids"] = json!([id]),
                Picture::Refused(reason) => without = Some(reason),
            }
        }
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let url = format!("{}/api/v1/statuses", self.url);
        let request = self.signed(Request::post(&url)).header("idempotency-key", outgoing.id);
        let reply = self.line.publish(request.body("application/json", status.to_string().into_bytes())).await?;
        let answer = self.line.document(&reply)?;
        Ok(Outcome::Sent { receipt: super::receipt(&place(&answer), without.as_deref()) })
    }

    /// Changes an earlier status (API, "Edit a status"). Doing it again changes nothing.
    async fn edit(
        &self,
        outgoing: &Outgoing<'_>,
        payload: &Payload,
        mut status: Value,
        receipt: &str,
        gate: &impl Gate,
    ) -> Result<Outcome, Halt> {
        let url = format!("{}/api/v1/statuses/{}", self.url, super::encoded(&super::name_of(receipt)?));
        let mut without = None;
        // A status that is edited without its pictures loses them.
        if let Some(picture) = &payload.picture {
            match self.upload(picture, outgoing.id).await? {
                Picture::Uploaded(id) => status["media_ids"] = json!([id]),
                Picture::Refused(reason) => without = Some(reason),
            }
        }
        if let Some(fields) = status.as_object_mut() {
            fields.remove("visibility");
        }
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let request = self.signed(Request::put(&url));
        let reply = self.line.publish(request.body("application/json", status.to_string().into_bytes())).await?;
        if matches!(reply.status, 404 | 410) {
            return Err(super::gone(super::answer::said(&reply, NetworkKind::Mastodon)));
        }
        let answer = self.line.document(&reply)?;
        Ok(Outcome::Sent { receipt: super::receipt(&place(&answer), without.as_deref()) })
    }

    fn signed<'a>(&'a self, request: Request<'a>) -> Request<'a> {
        request.header("authorization", self.bearer.reveal())
    }

    /// A document that the instance has for this account.
    async fn get(&self, path: &str) -> Result<Value, Halt> {
        let url = format!("{}{path}", self.url);
        let reply = self.line.ask(self.signed(Request::get(&url))).await?;
        self.line.document(&reply)
    }

    /// Uploads a picture with its alternative text, and waits until the instance has prepared it.
    async fn upload(&self, picture: &Attached, digits: &str) -> Result<Picture, Halt> {
        let file = Part {
            name: "file",
            file: Some((picture.name.as_str(), picture.media_type.as_str())),
            value: &picture.bytes,
        };
        let alt = Part { name: "description", file: None, value: picture.alt.as_bytes() };
        let parts: &[Part<'_>] = if picture.alt.is_empty() { &[file] } else { &[alt, file] };
        let (media_type, body) = multipart(parts, digits);
        let url = format!("{}/api/v2/media", self.url);
        let reply = self.line.ask(self.signed(Request::post(&url)).body(media_type, body)).await?;
        if matches!(reply.status, 400 | 413 | 415 | 422) {
            return Ok(Picture::Refused(super::answer::said(&reply, NetworkKind::Mastodon)));
        }
        let answer = self.line.document(&reply)?;
        let Some(id) = answer["id"].as_str() else {
            return Err(later("Mastodon took the picture and gave it no number".to_owned()));
        };
        if reply.status != 202 {
            return Ok(Picture::Uploaded(id.to_owned()));
        }
        // Numbers are of digits; whatever else they might be does not lead to another page.
        let path = format!("{}/api/v1/media/{}", self.url, super::encoded(id));
        for _ in 0..POLLS {
            sleep(POLL_PAUSE).await;
            let reply = self.line.ask(self.signed(Request::get(&path))).await?;
            match reply.status {
                206 => {}
                422 => return Ok(Picture::Refused(super::answer::said(&reply, NetworkKind::Mastodon))),
                _ => return self.line.document(&reply).map(|_| Picture::Uploaded(id.to_owned())),
            }
        }
        Err(later("Mastodon has not prepared the picture yet".to_owned()))
    }

    /// Whose token it is, and what the instance takes.
    pub(super) async fn inspect(&self) -> Result<Inspection, Halt> {
        let account = self.get("/api/v1/accounts/verify_credentials").await?;
        let Some(name) = account["acct"].as_str() else {
            return Err(later("Mastodon does not say whose token it is".to_owned()));
        };
        let configuration = &self.get("/api/v2/instance").await?["configuration"];
        let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
        let limits = Limits {
            characters: number(&configuration["statuses"]["max_characters"]),
            url: number(&configuration["statuses"]["characters_reserved_per_url"]),
            picture: number(&configuration["media_attachments"]["image_size_limit"]),
        };
        Ok(Inspection { account: format!("@{name}"), limits })
    }
}

/// Where a status is seen.
fn place(status: &Value) -> String {
    let url = status["url"].as_str().or_else(|| status["uri"].as_str());
    url.map_or_else(|| "Mastodon took it and does not say where it is".to_owned(), ToOwned::to_owned)
}
