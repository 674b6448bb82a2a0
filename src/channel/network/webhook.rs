//! Webhooks of one's own: signed events (Standard Webhooks 1.0, <https://www.standardwebhooks.com>).
//!
//! Comes in: the receiver's address, its secrets, a payload. Goes out: one signed request. Its id stays the same over
//! every try, so that a receiver takes it once however often it comes. A receiver that says 410 gets nothing any more.

use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::describe::{Described, hidden};
use super::{Line, answer};
use crate::channel::{ChannelError, Gate, Outcome, Outgoing, Repeat};
use crate::http::Request;
use crate::render::payload::Payload;
use crate::secret::Secret;

const JSON: &str = "application/json";
/// Said of every delivery to a receiver that is gone.
const GONE: &str = "the receiver says that it is gone for good (410); nothing goes there until the channel's url or secret \
                    is another one";

#[derive(Debug)]
pub struct Webhook {
    line: Line,
    url: Secret,
    /// The newest first.
    keys: Vec<Key>,
    gone: AtomicBool,
}

/// What signs. `Debug` shows nothing of it.
struct Key(Vec<u8>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

impl Key {
    /// `whsec_` and base64, or the bytes themselves; 24 to 64 of them (Standard Webhooks, "Symmetric").
    fn of(secret: &Secret) -> Result<Key, String> {
        let bytes = match secret.reveal().strip_prefix("whsec_") {
            Some(encoded) => STANDARD.decode(encoded).map_err(|_| "what follows whsec_ is no base64".to_owned())?,
            None => secret.reveal().as_bytes().to_vec(),
        };
        match bytes.len() {
            24..=64 => Ok(Key(bytes)),
            other => Err(format!("it has {other} bytes, and 24 to 64 are needed")),
        }
    }

    /// `v1,` and the signature of what a receiver checks.
    fn sign(&self, id: &str, seconds: &str, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{seconds}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl Webhook {
    /// # Errors
    /// [`ChannelError::Config`] for a secret that signs nothing well.
    pub(super) fn new(line: Line, url: Secret, secrets: &[Secret]) -> Result<Webhook, ChannelError> {
        let keys = secrets.iter().map(Key::of).collect::<Result<_, _>>().map_err(|reason| ChannelError::Config {
            message: format!("the webhook's secret is of no use: {reason}"),
            help: "make a good one: echo \"whsec_$(openssl rand -base64 32)\"; the receiver needs the same".to_owned(),
        })?;
        Ok(Webhook { line, url, keys, gone: AtomicBool::new(false) })
    }

    /// Stands for the address and its secrets, and says nothing about them.
    pub(super) fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new_with_prefix(self.url.reveal());
        for key in &self.keys {
            hasher.update([0]);
            hasher.update(&key.0);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        digest[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Nothing goes there any more.
    pub(super) fn give_up(&self) {
        self.gone.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }

    pub(super) fn describe(&self, payload: &Payload) -> Described {
        let signatures = vec!["v1,…"; self.keys.len()].join(" ");
        Described::post(&hidden(self.url.reveal()), payload.body.clone())
            .header("content-type", JSON)
            .header("webhook-id", "(the same at every try)")
            .header("webhook-timestamp", "(the second at which it goes out)")
            .header("webhook-signature", signatures)
    }

    pub(super) async fn post(
        &self,
        outgoing: &Outgoing<'_>,
        payload: &Payload,
        gate: &impl Gate,
    ) -> Result<Outcome, ChannelError> {
        if self.is_gone() {
            return Ok(Outcome::Rejected { reason: GONE.to_owned(), policy: None });
        }
        let body = dated(payload, outgoing.times.frozen);
        let seconds = outgoing.times.now.div_euclid(1_000).to_string();
        let signatures: Vec<String> = self.keys.iter().map(|key| key.sign(outgoing.id, &seconds, &body)).collect();
        let signatures = signatures.join(" ");
        let request = Request::post(self.url.reveal())
            .header("webhook-id", outgoing.id)
            .header("webhook-timestamp", &seconds)
            .header("webhook-signature", &signatures)
            .body(JSON, body.into_bytes());
        if gate.open().is_err() {
            return Ok(Outcome::Withheld);
        }
        let reply = match self.line.client.request(request).await {
            Ok(reply) => reply,
            Err(error) => return answer::of_error(error),
        };
        match reply.status {
            200..=299 => Ok(Outcome::Sent { receipt: super::TAKEN.to_owned() }),
            410 => {
                self.give_up();
                Ok(Outcome::Rejected { reason: GONE.to_owned(), policy: None })
            }
            _ => {
                let reply = answer::discreet(reply, self.url.reveal(), None);
                answer::of_failure(&reply, self.line.kind, Repeat::Always)
            }
        }
    }
}

/// A post without a time of its own has that of its release, the same at every try.
fn dated(payload: &Payload, frozen: i64) -> String {
    let mut body: Value = serde_json::from_str(&payload.body).expect("a payload's body is JSON");
    match (&body["timestamp"], jiff::Timestamp::from_millisecond(frozen)) {
        (Value::Null, Ok(released)) => {
            body["timestamp"] = released.to_string().into();
            body.to_string()
        }
        _ => payload.body.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn a_signature_is_that_of_the_specification() {
        let key = Key::of(&Secret::typed("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).expect("a good secret");
        let signature = key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}");
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_that_is_too_short_too_long_or_no_base64_is_refused_and_not_shown() {
        for secret in ["kurz", "whsec_a2V5", "whsec_no base64!", &"x".repeat(65)] {
            let error = Key::of(&Secret::typed(secret)).expect_err(secret);
            assert!(!error.contains(secret), "{error}");
        }
        assert!(Key::of(&Secret::typed(&"x".repeat(24))).is_ok());
    }
}
