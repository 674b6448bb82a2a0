//! What a reply, or none, means for a delivery, where the network has no rule of its own.
//!
//! Comes in: a [`Reply`] or an [`HttpError`]. Goes out: an [`Outcome`], or what stops the channel. The words name no
//! address.

use crate::channel::{ChannelError, Outcome, Repeat};
use crate::config::NetworkKind;
use crate::http::{HttpError, Reply};

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
    let deferred = |reason| Outcome::Deferred { reason, retry_after: reply.retry_after, slow: None };
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

/// The status with the beginning of what was said, on one line.
pub(super) fn said(reply: &Reply, kind: NetworkKind) -> String {
    let text = sentence(&reply.body).unwrap_or_else(|| String::from_utf8_lossy(&reply.body).into_owned());
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_page = text.get(..1) == Some("<");
    let text: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    match text.is_empty() || is_page {
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
