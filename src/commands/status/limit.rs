//! Whether mails wait because an hour's or a day's limit of the mail server is used up.

use serde_json::{Value, json};

use super::look::{Look, Subject};
use crate::commands::Context;
use crate::commands::when::{short, stamp};
use crate::config::Transport;
use crate::dispatch::{LimitOf, limits_of};
use crate::error::Error;
use crate::ledger::{Limit, Pacing, Record, Roll};

/// A limit of which nothing is left.
pub struct UsedUp {
    of: LimitOf,
    /// When something is left again, in milliseconds since 1970.
    until: i64,
}

impl UsedUp {
    /// As this computer's configuration has the limits; `None` where no mails wait, too.
    pub async fn of(
        context: &Context,
        record: &Record,
        subject: &Subject,
        look: &Look,
    ) -> Result<Option<UsedUp>, Error> {
        let waits = look.channels.get("email").is_some_and(|totals| totals.pending + totals.deferred > 0);
        let Transport::Smtp(settings) = &context.project.config.email.transport else { return Ok(None) };
        let set = limits_of(&settings.host, &settings.pace);
        if !waits || subject.is_trial() || set.is_empty() {
            return Ok(None);
        }
        let limits: Vec<Limit<'_>> = set.iter().map(|(of, name, most)| of.limit(name, *most)).collect();
        let left = record.left_of(&limits, context.clock.now()).await.map_err(|error| error.at(&record.place()))?;
        let held_by = left.held_by.filter(|_| left.granted == 0);
        Ok(held_by.map(|number| UsedUp { of: set[number].0, until: left.again_at }))
    }

    pub fn text(&self, context: &Context) -> String {
        let until = short(context, self.until);
        format!("The limit of the {} (`{}`) is used up: nothing more leaves before {until}.\n", self.of, self.of.key())
    }

    pub fn document(&self) -> Value {
        json!({ "limit": self.of.key(), "until": stamp(self.until) })
    }
}
