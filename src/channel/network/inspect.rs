//! What a network says of a login before anything is posted.
//!
//! Comes in: a [`Remote`]. Goes out: an [`Inspection`], or why there is none. Publishes nothing, changes nothing.

use super::Remote;
use super::step::Halt;
use crate::channel::{ChannelError, Outcome};

/// What was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// Whose login it is, as the network writes it: `@verband`.
    pub account: String,
    pub limits: Limits,
}

/// What the network takes, as far as it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    pub characters: Option<usize>,
    /// What each URL counts, whatever its length.
    pub url: Option<usize>,
    /// Bytes of a picture.
    pub picture: Option<usize>,
}

/// Why a network said nothing of itself.
#[derive(Debug)]
pub enum Trouble {
    /// Later may do.
    NotNow(String),
    /// Nothing works until a person has changed something.
    Stop(ChannelError),
}

impl From<Halt> for Trouble {
    fn from(halt: Halt) -> Trouble {
        match halt {
            Halt::Stop(error) => Trouble::Stop(error),
            Halt::Settled(
                Outcome::Deferred { reason, .. }
                | Outcome::Rejected { reason, .. }
                | Outcome::Uncertain { reason }
                | Outcome::Untried { reason, .. },
            ) => Trouble::NotNow(reason),
            Halt::Settled(Outcome::Sent { .. } | Outcome::Withheld) => Trouble::NotNow("it said nothing".to_owned()),
        }
    }
}

impl Remote {
    /// Logs in and asks what is taken. `None` for what cannot be asked without posting.
    pub async fn inspect(&self) -> Option<Result<Inspection, Trouble>> {
        match self {
            Remote::Hook(_) | Remote::Webhook(_) | Remote::WebSub(_) => None,
            Remote::Mastodon(mastodon) => Some(mastodon.inspect().await.map_err(Trouble::from)),
            Remote::Bluesky(bluesky) => Some(bluesky.inspect().await.map_err(Trouble::from)),
            Remote::Matrix(matrix) => Some(matrix.inspect().await.map_err(Trouble::from)),
        }
    }
}
