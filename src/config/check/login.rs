//! `[email.smtp]` username, password and oauth: how we say who we are.
//!
//! Comes in: the section as written. Goes out: a [`Login`] or none, with every problem told to the [`Checker`]. Secrets
//! stay references.

use toml::Spanned;

use super::super::file::{self, OAuth, Text};
use super::super::provider::Provider;
use super::super::url::is_url;
use super::super::{Login, OAuthSettings};
use super::Checker;
use crate::secret::SecretRef;

/// Microsoft's documentation, "Authenticate an IMAP, POP or SMTP connection using OAuth", client credentials.
const MICROSOFT_SCOPE: &str = "https://outlook.office365.com/.default";

impl Checker<'_> {
    /// `None` for a mistake; inside it, `None` for a server that wants no login.
    pub(super) fn login(&mut self, written: &Spanned<file::Smtp>, provider: Option<Provider>) -> Option<Option<Login>> {
        let smtp = written.get_ref();
        let username = smtp.username.clone().map(|username| self.line(username));
        let password = smtp.password.as_ref().map(|password| self.password(password));
        let oauth = smtp.oauth.as_ref().map(|oauth| self.oauth(oauth));
        match (username, password, oauth) {
            (_, Some(_), Some(_)) => {
                let both = smtp.password.as_ref()?;
                self.wrong(both, "password and oauth cannot be used together", "remove the one that you do not use");
                None
            }
            (Some(username), Some(password), None) => {
                Some(Some(Login::Password { username: username?, password: password? }))
            }
            (Some(username), None, Some(oauth)) => Some(Some(Login::OAuth { username: username?, oauth: oauth? })),
            (None, Some(_), None) | (None, None, Some(_)) => {
                self.missing(written, "`username` is missing", "add the account's name: username = \"newsletter@…\"");
                None
            }
            (Some(_), None, None) => {
                let help =
                    "add password = \"file:smtp.password\" (a file with the password alone in it), or oauth = { … }";
                self.wrong(smtp.username.as_ref()?, "a username needs a password", help);
                None
            }
            (None, None, None) => match provider.filter(|known| known.host.is_some() && smtp.host.is_none()) {
                Some(provider) => {
                    let message = format!("{} takes no mail without a login", provider.title);
                    let help = "add username = \"newsletter@…\" and password = \"file:smtp.password\"";
                    self.missing(written, &message, help);
                    None
                }
                None => Some(None),
            },
        }
    }

    fn password(&mut self, written: &Text) -> Option<SecretRef> {
        self.read(written, SecretRef::parse, "password = \"file:smtp.password\", or password = \"env:SMTP_PASSWORD\"")
    }

    fn oauth(&mut self, written: &Spanned<OAuth>) -> Option<OAuthSettings> {
        let oauth = written.get_ref();
        let tenant = oauth.tenant.as_ref().map(|tenant| self.tenant(tenant));
        let token_url = match (&oauth.token_url, tenant) {
            (Some(url), _) => self.token_url(url, oauth.allow_private),
            (None, Some(tenant)) => {
                tenant.map(|tenant| format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"))
            }
            (None, None) => {
                let help = "add tenant = \"…\" (Microsoft: the directory ID), or token_url = \"https://…\"";
                self.missing(written, "oauth does not say where tokens come from", help);
                None
            }
        };
        let scope = match oauth.scope.clone() {
            Some(scope) => self.line(scope),
            None => Some(MICROSOFT_SCOPE.to_owned()),
        };
        let client_id = self.line(oauth.client_id.clone());
        let help = "client_secret = \"file:smtp.secret\", or client_secret = \"env:SMTP_SECRET\"";
        let client_secret = self.read(&oauth.client_secret, SecretRef::parse, help);
        Some(OAuthSettings {
            token_url: token_url?,
            scope: scope?,
            client_id: client_id?,
            client_secret: client_secret?,
            allow_private: oauth.allow_private,
        })
    }

    /// A directory ID or a domain; it becomes a part of a URL.
    fn tenant(&mut self, written: &Text) -> Option<String> {
        let tenant = written.get_ref().trim();
        if tenant.is_empty() || !tenant.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.') {
            let help = "write the directory (tenant) ID from Microsoft Entra, or your domain: tenant = \"example.org\"";
            self.wrong(written, "this is no tenant", help);
            return None;
        }
        Some(tenant.to_owned())
    }

    fn token_url(&mut self, written: &Text, allow_private: bool) -> Option<String> {
        let url = written.get_ref().trim();
        if !is_url(url) || !(url.starts_with("https://") || allow_private) {
            let help = "for example token_url = \"https://login.example.org/oauth2/token\"";
            self.wrong(written, "the token URL must be a whole https address", help);
            return None;
        }
        Some(url.to_owned())
    }
}
