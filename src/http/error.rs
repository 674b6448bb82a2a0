//! Why a call has no reply, in words that show no URL.

use std::error::Error as _;

use thiserror::Error;

use super::lookup::NoPublicAddress;

/// Why there is no reply.
#[derive(Debug, Error)]
pub enum HttpError {
    /// The URL is none, or of a scheme that is not permitted.
    #[error("{0}")]
    Url(&'static str),
    /// The host has no address that may be called.
    #[error("{0} is in a private network, and calls there are not permitted")]
    Private(String),
    /// Nothing was sent: no address, no connection, no TLS.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable { host: String, reason: String },
    /// The connection broke or the time was up after the request may have been sent.
    #[error("{host} gave no complete answer: {reason}")]
    Unanswered { host: String, reason: String },
    #[error("{0} answered with more than can be read")]
    TooLarge(String),
    /// One page leads to another and to no end.
    #[error("{0} leads from one page to another and to no end")]
    Redirects(String),
    #[error("no HTTP client can be made: {0}")]
    Client(String),
}

impl HttpError {
    /// Whether the settings have to change before a call can work.
    pub const fn is_forbidden(&self) -> bool {
        matches!(self, HttpError::Url(_) | HttpError::Private(_) | HttpError::Client(_))
    }

    /// Whether the other side may have acted on the request.
    pub const fn may_have_arrived(&self) -> bool {
        matches!(self, HttpError::Unanswered { .. } | HttpError::TooLarge(_) | HttpError::Redirects(_))
    }
}

/// What a failed call means.
pub fn failure(error: reqwest::Error, host: &str) -> HttpError {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<NoPublicAddress>() {
            return HttpError::Private(host.to_owned());
        }
        source = cause.source();
    }
    let (before, host) = (error.is_connect() || error.is_builder(), host.to_owned());
    let reason = reason(error);
    if before { HttpError::Unreachable { host, reason } } else { HttpError::Unanswered { host, reason } }
}

/// The innermost cause, which names no URL.
pub fn reason(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let error = error.without_url();
    let mut cause: &dyn std::error::Error = &error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    // The operating system's sentence without Rust's `(os error 111)`.
    text.find(" (os error").map_or(text.clone(), |end| text[..end].to_lowercase())
}
