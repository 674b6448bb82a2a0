//! Whether a page can be reached by anybody: the status that a reader's program ends with.
//!
//! Comes in: a URL. Goes out: a status. Reads no body. Follows up to five redirects, each checked as the URL itself;
//! asks with HEAD, and with GET where that is refused.

use reqwest::{Method, Url};
use tokio::time::timeout;

use super::error::failure;
use super::{Client, HttpError, TOTAL};

/// How often a page may lead to another one.
const REDIRECTS: usize = 5;

impl Client {
    /// The status of the page at the end of all redirects, within the time for a whole exchange.
    ///
    /// # Errors
    /// The page, or one that it leads to, may not be called or cannot be reached; it leads on and on.
    pub async fn visit(&self, url: &str) -> Result<u16, HttpError> {
        let url = self.checked(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let asked = timeout(TOTAL, async {
            match self.follow(Method::HEAD, url.clone()).await? {
                // Many servers answer HEAD with anything but what they answer a reader with; asked too often is asked
                // too often.
                status if status >= 400 && status != 429 => self.follow(Method::GET, url).await,
                status => Ok(status),
            }
        });
        asked.await.unwrap_or_else(|_| Err(HttpError::Unanswered { host, reason: "it took too long".to_owned() }))
    }

    async fn follow(&self, method: Method, mut url: Url) -> Result<u16, HttpError> {
        for _ in 0..=REDIRECTS {
            let host = url.host_str().unwrap_or_default();
            let sent = self.inner.request(method.clone(), url.clone()).send().await;
            let response = sent.map_err(|error| failure(error, host))?;
            let status = response.status().as_u16();
            let location = response.headers().get("location").and_then(|value| value.to_str().ok());
            // 304 and 300 lead nowhere (RFC 9110, section 15.4).
            let next = location.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308));
            let Some(next) = next else { return Ok(status) };
            let next = url.join(next).map_err(|_| HttpError::Url("it leads to something that is no URL"))?;
            url = self.checked(next.as_str()).map_err(|error| match error {
                HttpError::Url(_) => HttpError::Url("it leads to something that is no web page"),
                other => other,
            })?;
        }
        Err(HttpError::Redirects(url.host_str().unwrap_or_default().to_owned()))
    }
}
