//! What is asked of a send, whoever asks: a person at a terminal, or a timer.

use std::path::Path;

use crate::cli;
use crate::dispatch::{Chosen, Wish};
use crate::error::Error;
use crate::plan::schedule::Window;
use crate::render::code::Code;

/// A post to be sent, and how.
#[derive(Debug, Clone, Copy)]
pub struct Order<'a> {
    pub post: &'a Path,
    /// The chosen ones, or none for all.
    pub lists: &'a [String],
    pub channels: &'a [String],
    pub by: By,
    /// The sending record is really a new one.
    pub new_ledger: bool,
    /// Send although `check` finds errors.
    pub force: bool,
    /// Whether the article and hosted pictures are taken to be there.
    pub offline: bool,
    /// What a person has read and approves with the send.
    pub approve: Option<Code>,
}

/// Who wants the send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Can be asked, unless the answer is there already.
    Person { yes: bool, rest: Option<Rest> },
    /// Cannot be asked, adds nobody to a release, and keeps every time. Without a window, nothing is tried for the first
    /// time.
    Timer { window: Option<Window> },
}

/// What those get who have nothing yet of a post that was edited since its release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    Unchanged,
    NewText,
}

impl<'a> Order<'a> {
    /// # Errors
    /// [`Error::Usage`] for something else than a release code.
    pub fn of(arguments: &'a cli::Send) -> Result<Order<'a>, Error> {
        let approve = arguments.approve.as_deref().map(str::parse).transpose().map_err(Error::Usage)?;
        let rest = match (arguments.rest_unchanged, arguments.rest_with_new_text) {
            (true, _) => Some(Rest::Unchanged),
            (_, true) => Some(Rest::NewText),
            (false, false) => None,
        };
        Ok(Order {
            approve,
            post: &arguments.post,
            lists: &arguments.lists,
            channels: &arguments.channels,
            by: By::Person { yes: arguments.yes, rest },
            new_ledger: arguments.new_ledger,
            force: arguments.force,
            offline: arguments.offline,
        })
    }

    pub fn chosen(&self) -> Chosen<'a> {
        Chosen { channels: self.channels, lists: self.lists }
    }

    /// What a person wants the rest to get, if they said so.
    pub fn rest(&self) -> Option<Rest> {
        match self.by {
            By::Person { rest, .. } => rest,
            By::Timer { .. } => None,
        }
    }

    pub fn is_timer(&self) -> bool {
        matches!(self.by, By::Timer { .. })
    }

    /// What is tried now.
    pub fn wish(&self) -> Wish {
        match self.by {
            By::Person { .. } => Wish::Now,
            By::Timer { window } => {
                let until = window.map_or(i64::MIN, |window| window.closes.as_millisecond());
                Wish::InTime { until }
            }
        }
    }
}
