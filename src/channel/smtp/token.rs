//! Access tokens for XOAUTH2, by client credentials (RFC 6749, section 4.4).
//!
//! Comes in: the settings and the client's secret. Goes out: a token that is good for another minute at least. One
//! fetch serves all connections. Never shows a token or the secret.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::failure::Failure;
use crate::channel::{ChannelError, Slow};
use crate::config::OAuthSettings;
use crate::http::{Client, HttpError, Reply};
use crate::secret::Secret;

/// A token is not used in its last minute.
const MARGIN: Duration = Duration::from_secs(60);

/// Of a token whose answer does not say how long it lasts.
const UNSAID: Duration = Duration::from_secs(300);

/// Where tokens come from, and the one at hand.
pub struct Tokens {
    http: Client,
    settings: OAuthSettings,
    secret: Secret,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: String,
    until: Instant,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: Option<u64>,
}

/// RFC 6749, section 5.2.
#[derive(Deserialize)]
struct Denied {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl Tokens {
    /// # Errors
    /// [`ChannelError::Config`] when no HTTP client can be made.
    pub fn new(settings: OAuthSettings, secret: Secret) -> Result<Tokens, ChannelError> {
        let http = Client::new(settings.allow_private).map_err(|error| ChannelError::Config {
            message: error.to_string(),
            help: "access tokens for [email.smtp] are fetched by HTTPS".into(),
        })?;
        Ok(Tokens { http, settings, secret, kept: Mutex::new(None) })
    }

    /// The token at hand, or a new one; a new one also in place of one that was `refused`.
    pub async fn token(&self, refused: Option<&str>) -> Result<String, Failure> {
        let mut kept = self.kept.lock().await;
        let good = |kept: &&Kept| kept.until > Instant::now() && refused != Some(kept.token.as_str());
        if let Some(kept) = kept.as_ref().filter(good) {
            return Ok(kept.token.clone());
        }
        let granted = self.fetch().await?;
        let lasts = granted.expires_in.map_or(UNSAID, Duration::from_secs).saturating_sub(MARGIN);
        *kept = Some(Kept { token: granted.access_token.clone(), until: Instant::now() + lasts });
        Ok(granted.access_token)
    }

    async fn fetch(&self) -> Result<Granted, Failure> {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.settings.client_id),
            ("client_secret", self.secret.reveal()),
            ("scope", &self.settings.scope),
        ];
        let answer = self.http.post_form(&self.settings.token_url, &fields).await;
        let reply = answer.map_err(|error| unreachable(&error))?;
        let granted = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == 200);
        granted.ok_or_else(|| refusal(&reply))
    }
}

fn unreachable(error: &HttpError) -> Failure {
    if error.is_forbidden() {
        return Failure::config(
            format!("no access token can be fetched: {error}"),
            "correct token_url in [email.smtp] oauth; allow_private = true there permits private addresses",
        );
    }
    Failure::NotNow { reason: format!("no access token can be fetched: {error}"), slow: None }
}

fn refusal(reply: &Reply) -> Failure {
    let status = reply.status;
    if status == 429 || status >= 500 {
        let reason = format!("no access token can be fetched now (HTTP {status})");
        return Failure::NotNow { reason, slow: Some(Slow::Relay) };
    }
    match serde_json::from_slice::<Denied>(&reply.body) {
        Ok(denied) => {
            let first_line = denied.error_description.lines().next().unwrap_or_default();
            Failure::credentials(
                format!("no access token is given to us: {} {first_line}", denied.error).trim_end().to_owned(),
                "check tenant, client_id and client_secret in [email.smtp] oauth; secrets of applications expire",
            )
        }
        Err(_) => Failure::config(
            format!("what should give access tokens answers something else (HTTP {status})"),
            "check tenant or token_url in [email.smtp] oauth",
        ),
    }
}

impl Debug for Tokens {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("client_id", &self.settings.client_id).finish_non_exhaustive()
    }
}
