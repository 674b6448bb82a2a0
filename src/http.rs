//! The one HTTP client: for access tokens, and for the networks.
//!
//! Comes in: a request. Goes out: a [`Reply`] of bounded size, whatever its status. Never follows a redirect (but for
//! [`Client::visit`] and [`Client::fetch`], which check each), never uses a proxy, and speaks to private addresses, or
//! without TLS, only where that is permitted. The addresses are
//! checked after the name was looked up, and the connection goes to the ones that were checked. No error and no `Debug`
//! shows a URL, which may be a secret, or a body.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Method, Url};

mod address;
mod error;
mod fetch;
mod lookup;
mod visit;

use address::is_public;
pub use error::HttpError;
use error::{failure, reason};
pub use fetch::Fetched;
use lookup::PublicOnly;

/// Until the TCP connection and TLS stand.
const CONNECT: Duration = Duration::from_secs(5);
/// For the whole exchange.
const TOTAL: Duration = Duration::from_secs(15);
/// The largest reply that is read, in bytes.
const BODY_MAX: usize = 1024 * 1024;

/// Makes requests under one rule about private addresses. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    allow_private: bool,
    /// `http:` too.
    allow_plain: bool,
}

/// What goes out. `Debug` is missing on purpose.
pub struct Request<'a> {
    method: Method,
    url: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: Option<(&'static str, Vec<u8>)>,
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    /// How long the other side asks us to wait (RFC 9110, section 10.2.3).
    pub retry_after: Option<Duration>,
    pub body: Vec<u8>,
}

impl<'a> Request<'a> {
    pub const fn new(method: Method, url: &'a str) -> Request<'a> {
        Request { method, url, headers: Vec::new(), body: None }
    }

    pub const fn post(url: &'a str) -> Request<'a> {
        Request::new(Method::POST, url)
    }

    pub fn header(mut self, name: &'a str, value: &'a str) -> Request<'a> {
        self.headers.push((name, value));
        self
    }

    /// A body with its media type.
    pub fn body(mut self, media_type: &'static str, bytes: Vec<u8>) -> Request<'a> {
        self.body = Some((media_type, bytes));
        self
    }
}

impl Client {
    /// `allow_private` permits private and loopback addresses, and `http:`.
    ///
    /// # Errors
    /// [`HttpError::Client`]: the system's certificates cannot be used.
    pub fn new(allow_private: bool) -> Result<Client, HttpError> {
        Client::with(allow_private, allow_private)
    }

    /// For pages that anybody may look at: `http:` is permitted as well.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn for_pages(allow_private: bool) -> Result<Client, HttpError> {
        Client::with(allow_private, true)
    }

    fn with(allow_private: bool, allow_plain: bool) -> Result<Client, HttpError> {
        let builder = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .https_only(!allow_plain)
            .connect_timeout(CONNECT)
            .timeout(TOTAL)
            .user_agent(concat!("rundbrief/", env!("CARGO_PKG_VERSION")));
        let builder = if allow_private { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
        let inner = builder.build().map_err(|error| HttpError::Client(reason(error)))?;
        Ok(Client { inner, allow_private, allow_plain })
    }

    /// POST of `application/x-www-form-urlencoded` fields.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Reply, HttpError> {
        let url = self.checked(url)?;
        self.exchange(self.inner.post(url.clone()).form(fields), &url).await
    }

    /// # Errors
    /// The call is not permitted, or there is no complete reply. A status of 300 or more is none.
    pub async fn request(&self, request: Request<'_>) -> Result<Reply, HttpError> {
        let url = self.checked(request.url)?;
        let mut builder = self.inner.request(request.method, url.clone());
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some((media_type, bytes)) = request.body {
            builder = builder.header("content-type", media_type).body(bytes);
        }
        self.exchange(builder, &url).await
    }

    /// The URL, if it may be called as far as can be told before its name is looked up.
    fn checked(&self, url: &str) -> Result<Url, HttpError> {
        let url = Url::parse(url).map_err(|_| HttpError::Url("the URL cannot be read"))?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_plain => {}
            _ => return Err(HttpError::Url("the URL must begin with https://")),
        }
        let host = url.host_str().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if literal.is_ok_and(|address| !self.allow_private && !is_public(address)) {
            return Err(HttpError::Private(host.to_owned()));
        }
        Ok(url)
    }

    async fn exchange(&self, builder: reqwest::RequestBuilder, url: &Url) -> Result<Reply, HttpError> {
        let host = url.host_str().unwrap_or_default();
        let mut response = builder.send().await.map_err(|error| failure(error, host))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = retry_after.and_then(wait);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(error, host))? {
            if body.len() + chunk.len() > BODY_MAX {
                return Err(HttpError::TooLarge(host.to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, retry_after, body })
    }
}

/// Seconds, or a date (RFC 9110, section 5.6.7).
fn wait(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(value.trim()).ok()?.timestamp();
    Duration::try_from(date.duration_since(jiff::Timestamp::now())).ok()
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("allow_private", &self.allow_private).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
