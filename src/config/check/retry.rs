//! `[email.retry]`: when a mail that was refused for now is tried again.
//!
//! Comes in: the section as written. Goes out: [`RetrySettings`] with first ≤ max ≤ give_up, with every problem told to
//! the [`Checker`].

use std::time::Duration;

use super::super::RetrySettings;
use super::super::duration::{HOW, parse, written};
use super::super::file::{self, Text};
use super::Checker;

impl Checker<'_> {
    pub(super) fn retry(&mut self, retry: &file::Retry) -> RetrySettings {
        let before = self.findings.len();
        let default = RetrySettings::default();
        let mut read = |text: &Option<Text>, default: Duration| match text {
            Some(text) => self.read(text, parse, HOW).unwrap_or(default),
            None => default,
        };
        let (first, max) = (read(&retry.first, default.first), read(&retry.max, default.max));
        let give_up = read(&retry.give_up, default.give_up);
        if self.findings.len() == before {
            self.in_order(["first", "max"], [&retry.first, &retry.max], [first, max]);
            self.in_order(["max", "give_up"], [&retry.max, &retry.give_up], [max, give_up]);
        }
        RetrySettings { first, max, give_up }
    }

    /// Says so where the shorter time is longer than the longer one, at the line that was written.
    fn in_order(&mut self, names: [&str; 2], texts: [&Option<Text>; 2], [short, long]: [Duration; 2]) {
        let Some(at) = texts[1].as_ref().or(texts[0].as_ref()).filter(|_| short > long) else { return };
        let (short, long) = (written(short), written(long));
        let message = format!("{} = \"{long}\" is shorter than {} = \"{short}\"", names[1], names[0]);
        let help = "the times grow: first (until the second try), max (between two tries), give_up (in all)";
        self.wrong(at, message, help);
    }
}
