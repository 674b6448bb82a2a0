//! What a reply, or none, means for a delivery, where the network has no rule of its own.
//!
//! Comes in: a [`Reply`] or an [`HttpError`]. Goes out: an [`Outcome`], or what stops the channel. The words name no
//! address.

use std::time::Duration;

use crate::channel::{ChannelError, Outcome, Repeat};
use crate::config::NetworkKind;
use crate::http::{HttpError, Reply};

/// The longest that a network may ask us to wait.
const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// The most characters of a reply that are kept.
const SHOWN: usize = 200;

/// No reply: nothing was sent, or nobody knows.
///
/// # Errors
/// The call is not permitted.
pub(super) fn of_error(error: HttpError) -> Result<Outcome, ChannelError> {
    if error.is_forbidden() {
        return Err(unusable(error));
    }
    let reason = error.to_string();
    Ok(match error.may_have_arrived() {
        true => Outcome::Uncertain { reason },
        false => Outcome::Deferred { reason, retry_after: None, slow: None },
    })
}

/// A call that can never be made.
pub(super) fn unusable(error: HttpError) -> ChannelError {
    let help = match error {
        HttpError::Private(_) => "if that is meant, write allow_private = true into the channel's section",
        HttpError::Client(_) => "the certificates of this computer cannot be used; is ca-certificates installed?",
        _ => "correct the address in the channel's section, or in the file or variable that it names",
    };
    ChannelError::Config { message: error.to_string(), help: help.to_owned() }
}

/// A reply whose status is not that of success (RFC 9110, section 15). `repeat` says whether a repetition would be
/// recognised: where the server broke off in the middle, it may have acted.
///
/// # Errors
/// The token, or the address, is refused: nothing of this channel will be taken before that is mended.
pub(super) fn of_failure(reply: &Reply, kind: NetworkKind, repeat: Repeat) -> Result<Outcome, ChannelError> {
    let reason = said(reply, kind);
    let retry_after = reply.retry_after.map(|wait| wait.min(WAIT_MAX));
    let deferred = |reason| Outcome::Deferred { reason, retry_after, slow: None };
    match reply.status {
        401 | 403 => {
            let help = "is the token still valid, and may it post? Make a new one there, and write it where the \
                        configuration says"
                .to_owned();
            Err(ChannelError::Credentials { message: reason, help })
        }
        300..=399 | 404 | 405 | 410 => {
            let help = "the address of this channel does not take posts; copy it anew from the network's settings";
            Err(ChannelError::Config { message: reason, help: help.to_owned() })
        }
        408 | 425 | 429 | 503 => Ok(deferred(reason)),
        500..=599 if repeat == Repeat::Never => Ok(Outcome::Uncertain { reason }),
        500..=599 => Ok(deferred(reason)),
        _ => Ok(Outcome::Rejected { reason, policy: None }),
    }
}

/// Parts of an address shorter than this are no secrets, and may be words of a sentence.
const SECRET_MIN: usize = 8;

/// The reply without the secrets that it may repeat: an error page often names the address that was asked for. `url` is
/// the address, `token` what was in the headers.
pub(super) fn discreet(mut reply: Reply, url: &str, token: Option<&str>) -> Reply {
    let path = url.split_once("://").and_then(|(_, rest)| rest.find(['/', '?']).map(|at| &rest[at..]));
    let parts = path.unwrap_or_default().split(['/', '?', '&', '=']);
    // Telegram's token stands behind `bot`.
    let parts = parts.map(|part| part.strip_prefix("bot").unwrap_or(part));
    let mut text = String::from_utf8_lossy(&reply.body).into_owned();
    for secret in parts.chain(token).filter(|secret| secret.len() >= SECRET_MIN) {
        text = text.replace(secret, "…");
    }
    reply.body = text.into_bytes();
    reply
}

/// A reply of success that is not what the network says when it has posted something.
pub(super) fn of_stranger(reply: &Reply, kind: NetworkKind) -> ChannelError {
    let message = format!("what answered is not {}: {}", kind.label(), said(reply, kind));
    let help = "nothing was posted as far as can be told; copy the channel's address anew from the network's settings";
    ChannelError::Config { message, help: help.to_owned() }
}

/// The same of a network that recognises no repetition. A page for people came from elsewhere; what else reports success may
/// have posted, and a person looks.
///
/// # Errors
/// The page.
pub(super) fn of_another_form(reply: &Reply, kind: NetworkKind) -> Result<Outcome, ChannelError> {
    if is_page(reply) {
        return Err(of_stranger(reply, kind));
    }
    let (said, network) = (said(reply, kind), kind.label());
    let reason = format!(
        "{said}, which is success, but not what {network} says of a post; if nothing was posted, copy the channel's address \
         anew from the network's settings"
    );
    Ok(Outcome::Uncertain { reason })
}

/// Whether a page for people came back, which no network answers with.
pub(super) fn is_page(reply: &Reply) -> bool {
    reply.body.trim_ascii_start().starts_with(b"<")
}

/// The status with the beginning of what was said, on one line.
pub(super) fn said(reply: &Reply, kind: NetworkKind) -> String {
    let text = sentence(&reply.body).unwrap_or_else(|| String::from_utf8_lossy(&reply.body).into_owned());
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    match text.is_empty() || is_page(reply) {
        true => format!("{} answered {}", kind.label(), reply.status),
        false => format!("{} answered {}: {text}", kind.label(), reply.status),
    }
}

/// The sentence for people in a JSON document: what most networks call `message` or `error`.
fn sentence(body: &[u8]) -> Option<String> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let text = |key: &str| document[key].as_str().filter(|text| !text.is_empty());
    text("message").or_else(|| text("error_description")).or_else(|| text("error")).map(ToOwned::to_owned)
}
