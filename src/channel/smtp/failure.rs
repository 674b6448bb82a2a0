//! Why a mail was not begun: the connection for now, or the whole channel.

use super::reply::Reply;
use crate::channel::{ChannelError, Outcome, Slow};

/// A connection that is of no use any more; the reason as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost(pub String);

/// What ended an attempt before any content left.
#[derive(Debug)]
pub enum Failure {
    /// Not the mail's fault; another connection, later, may work.
    NotNow { reason: String, slow: Option<Slow> },
    /// Nothing will work until a person has changed something.
    Stop(ChannelError),
    /// The server refused this access token; a new one is worth a try.
    Token { token: String, reply: Reply },
}

impl From<Lost> for Failure {
    fn from(lost: Lost) -> Failure {
        Failure::NotNow { reason: lost.0, slow: None }
    }
}

impl From<ChannelError> for Failure {
    fn from(error: ChannelError) -> Failure {
        Failure::Stop(error)
    }
}

impl Failure {
    pub fn config(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::Stop(ChannelError::Config { message: message.into(), help: help.into() })
    }

    pub fn credentials(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure::Stop(ChannelError::Credentials { message: message.into(), help: help.into() })
    }

    /// What it means for the mail at hand.
    ///
    /// # Errors
    /// What stops the channel.
    pub fn outcome(self, place: &str) -> Result<Outcome, ChannelError> {
        match self {
            Failure::NotNow { reason, slow } => Ok(Outcome::Untried { reason, slow }),
            Failure::Stop(error) => Err(error),
            Failure::Token { reply, .. } => Err(super::known::login_refused(place, &reply)),
        }
    }
}
