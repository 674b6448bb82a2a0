//! Loads a page or picture that somebody named: GET with redirects, each hop checked like the first.
//!
//! Comes in: a URL and how much may come. Goes out: the last answer with its body, never more than was allowed, whatever
//! the server sends or however it is compressed. Asks for no compression; a server that compresses all the same is
//! read within the same limit.

use std::io::Read;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::{Response, Url};

use super::error::failure;
use super::{Client, HttpError};

/// The most redirects that are followed.
const MAX_HOPS: usize = 5;

/// What was loaded.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    pub status: u16,
    /// Where it was found in the end, without a name and password.
    pub url: String,
    /// `text/html`, in small letters.
    pub media_type: Option<String>,
    /// `utf-8`, as the server writes it.
    pub charset: Option<String>,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Fetched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetched").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}

impl Client {
    /// Loads `url`: at most `max_bytes`, all hops together within `time`.
    ///
    /// # Errors
    /// A hop is not permitted, there are more than five, or there is no complete answer within the limits.
    pub async fn fetch(&self, url: &str, max_bytes: usize, time: Duration) -> Result<Fetched, HttpError> {
        let url = self.checked(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        match tokio::time::timeout(time, self.load(url, max_bytes, time)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(HttpError::Unanswered { host, reason: "it took too long".to_owned() }),
        }
    }

    /// From a URL that was checked.
    pub(super) async fn load(&self, mut url: Url, max_bytes: usize, time: Duration) -> Result<Fetched, HttpError> {
        for _ in 0..=MAX_HOPS {
            let host = url.host_str().unwrap_or_default().to_owned();
            let request = self.inner.get(url.clone()).timeout(time);
            let request = request.header(ACCEPT, "text/html, text/plain;q=0.9, */*;q=0.5");
            let response = request.header(ACCEPT_ENCODING, "identity").send().await;
            let response = response.map_err(|error| failure(error, &host))?;
            match next(&response, &url) {
                Some(location) => url = self.checked(location.as_str()).map_err(|error| elsewhere(error, &host))?,
                None => return read(response, &url, &host, max_bytes).await,
            }
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        Err(HttpError::Unanswered { host, reason: format!("it redirects more than {MAX_HOPS} times") })
    }
}

/// Where an answer sends its reader (RFC 9110, section 15.4).
fn next(response: &Response, url: &Url) -> Option<Url> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    // Servers write letters here that no header should have; browsers follow them all the same.
    let location = String::from_utf8_lossy(response.headers().get(LOCATION)?.as_bytes()).into_owned();
    url.join(&location).ok()
}

/// Why a redirect is not followed: its address is not the user's.
fn elsewhere(error: HttpError, host: &str) -> HttpError {
    match error {
        HttpError::Url(_) => {
            let reason = "it leads to an address that does not begin with https://".to_owned();
            HttpError::Unanswered { host: host.to_owned(), reason }
        }
        other => other,
    }
}

async fn read(mut response: Response, url: &Url, host: &str, max_bytes: usize) -> Result<Fetched, HttpError> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (kind, encoding) = (text(CONTENT_TYPE), text(CONTENT_ENCODING));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(error, host))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(HttpError::TooLarge(host.to_owned()));
        }
        body.extend_from_slice(&chunk);
    }
    let body = decoded(body, encoding.as_deref(), host, max_bytes)?;
    let (media_type, charset) = kind.as_deref().map(content_type).unwrap_or_default();
    // A name and password in an address are for the server alone.
    let mut public = url.clone();
    let _ = (public.set_username(""), public.set_password(None));
    Ok(Fetched { status, url: public.to_string(), media_type, charset, body })
}

/// Media type and charset of a `Content-Type` (RFC 9110, section 8.3).
fn content_type(value: &str) -> (Option<String>, Option<String>) {
    let mut parts = value.split(';').map(str::trim);
    let media_type = parts.next().map(str::to_ascii_lowercase).filter(|media_type| !media_type.is_empty());
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    });
    (media_type, charset)
}

/// The body as it was before the server compressed it, as far as it is allowed to grow.
fn decoded(body: Vec<u8>, encoding: Option<&str>, host: &str, max_bytes: usize) -> Result<Vec<u8>, HttpError> {
    let mut plain = Vec::new();
    let limit = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    let encoding = encoding.unwrap_or("").trim().to_ascii_lowercase();
    let outcome = match encoding.as_str() {
        "" | "identity" => return Ok(body),
        "gzip" | "x-gzip" => flate2::read::MultiGzDecoder::new(body.as_slice()).take(limit).read_to_end(&mut plain),
        "deflate" => flate2::read::ZlibDecoder::new(body.as_slice()).take(limit).read_to_end(&mut plain),
        other => {
            let known = other.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-, ".contains(&byte));
            let other = if known { other } else { "something unknown" };
            let reason = format!("it compressed the page with {other}, although it was asked not to");
            return Err(HttpError::Unanswered { host: host.to_owned(), reason });
        }
    };
    if plain.len() > max_bytes {
        return Err(HttpError::TooLarge(host.to_owned()));
    }
    match outcome {
        Ok(_) => Ok(plain),
        Err(_) => {
            let reason = "what it compressed cannot be read".to_owned();
            Err(HttpError::Unanswered { host: host.to_owned(), reason })
        }
    }
}

#[cfg(test)]
mod tests;
