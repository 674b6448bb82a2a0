//! Mail through a submission server (RFC 6409), one [`SmtpSession`] a worker.
//!
//! Comes in: `[email.smtp]`, and mails. Goes out: what the server answered, as an outcome that is honest about what may
//! have arrived. Never tries a mail again by itself, and never sends anything in the clear to another computer.
//!
//! | file | what it does |
//! |---|---|
//! | `dial` | from the host's name to a connection that is encrypted and logged in |
//! | `wire`, `conversation` | bytes; commands and answers, each within its time |
//! | `login`, `token` | AUTH, and access tokens |
//! | `mail`, `transaction` | one mail: its commands, its content, its stages |
//! | `verdict`, `known` | what an answer means; answers known by their words |
//! | `session` | one worker's connection over many mails |
//! | `ahead` | whether the server likes the next mail's commands behind the content of this one |
//! | `inspect` | what the server says before any mail, stage by stage |

use std::path::Path;
use std::sync::Arc;

use super::ChannelError;
use crate::config::{self, Security, SmtpSettings};
use crate::secret::{Secret, SecretRef};

mod ahead;
mod conversation;
mod dial;
mod failure;
mod inspect;
pub mod known;
mod login;
mod mail;
pub mod reply;
mod session;
mod timeouts;
mod tls;
mod token;
mod transaction;
mod verdict;
mod wire;

use ahead::Manners;
use dial::Dial;
use failure::Failure;
pub use inspect::{Inspection, Offers, Permission, Trouble};
use login::Login;
pub use session::{MAILS_PER_CONNECTION, SmtpSession};
pub use timeouts::Timeouts;
use tls::Tls;
use token::Tokens;

/// The relay as configured; cheap to clone. All its sessions share the certificates and the access token.
#[derive(Debug, Clone)]
pub struct SmtpRelay {
    dial: Arc<Dial>,
    manners: Manners,
}

/// Whether mails could be handed over at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// Connected, encrypted as configured, and logged in.
    Ready {
        /// What the server calls itself.
        server: String,
    },
    /// It does not answer or is busy; later may do.
    NotNow { reason: String },
}

impl SmtpRelay {
    /// Reads the secrets and the certificates. Relative files are relative to `folder`; `env` looks up a variable. No
    /// connection is made.
    ///
    /// # Errors
    /// [`ChannelError::Config`]: a secret is missing, `ca_file` is of no use.
    pub fn new(
        settings: &SmtpSettings,
        folder: &Path,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<SmtpRelay, ChannelError> {
        SmtpRelay::with_timeouts(settings, folder, env, Timeouts::default())
    }

    /// The same with other limits.
    ///
    /// # Errors
    /// As [`SmtpRelay::new`].
    pub fn with_timeouts(
        settings: &SmtpSettings,
        folder: &Path,
        env: impl Fn(&str) -> Option<String>,
        timeouts: Timeouts,
    ) -> Result<SmtpRelay, ChannelError> {
        let ca_file = settings.ca_file.as_ref().map(|file| folder.join(file));
        let tls = match settings.security {
            Security::StartTls | Security::Tls => Some(Tls::new(&settings.host, ca_file)?),
            Security::None => None,
        };
        let secret = |key: &str, reference: &SecretRef| -> Result<Secret, ChannelError> {
            reference.resolve(folder, &env).map_err(|problem| ChannelError::Config {
                message: format!("{key} in [email.smtp]: {problem}"),
                help: "set the variable, or write the secret into the file".into(),
            })
        };
        let login = match &settings.login {
            None => None,
            Some(config::Login::Password { username, password }) => {
                Some(Login::Password { username: username.clone(), password: secret("password", password)? })
            }
            Some(config::Login::OAuth { username, oauth }) => {
                let tokens = Tokens::new(oauth.clone(), secret("oauth client_secret", &oauth.client_secret)?)?;
                Some(Login::OAuth { username: username.clone(), tokens: Box::new(tokens) })
            }
        };
        let place = format!("{}:{}", settings.host, settings.port).into();
        let (host, port, security) = (settings.host.clone(), settings.port, settings.security);
        let dial = Arc::new(Dial { host, port, place, security, tls, login, timeouts });
        Ok(SmtpRelay { dial, manners: Manners::default() })
    }

    /// A channel for one worker; it connects with its first mail.
    pub fn session(&self) -> SmtpSession {
        SmtpSession::new(self.clone())
    }

    /// `host:port`, for messages.
    pub fn place(&self) -> &str {
        &self.dial.place
    }

    /// Connects, logs in and says goodbye; no mail is begun.
    ///
    /// # Errors
    /// What would stop a send: the certificate, the encryption, the login.
    pub async fn probe(&self) -> Result<Probe, ChannelError> {
        match self.dial.connect().await {
            Ok(conversation) => {
                let server = conversation.offers.name().to_owned();
                conversation.quit().await;
                Ok(Probe::Ready { server })
            }
            Err(Failure::NotNow { reason, .. }) => Ok(Probe::NotNow { reason }),
            Err(Failure::Stop(error)) => Err(error),
            Err(Failure::Token { reply, .. }) => Err(known::login_refused(self.place(), &reply)),
        }
    }

    fn dial(&self) -> &Dial {
        &self.dial
    }
}
