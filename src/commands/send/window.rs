//! Whether a send can be done in the time that its post gives it.
//!
//! Comes in: the plan's numbers, the pace, the time. Goes out: the error that keeps a timer from beginning what it cannot
//! end.

use super::super::Context;
use super::super::progress::duration;
use super::super::ready::Ready;
use super::order::{By, Order};
use crate::config::Transport;
use crate::dispatch::freeze::Sums;
use crate::error::Error;
use crate::finding::{Finding, Place};
use crate::plan::duration::shortest;

/// Refuses to begin by a timer what takes longer than until `not_after`.
///
/// # Errors
/// [`Error::Input`] with both times.
pub(super) fn fits(order: &Order<'_>, context: &Context, ready: &Ready, sums: &Sums) -> Result<(), Error> {
    let (By::Timer { window: Some(window) }, Transport::Smtp(smtp)) =
        (order.by, &context.project.config.email.transport)
    else {
        return Ok(());
    };
    let Some(long) = shortest(sums.total(), &sums.limited, &smtp.pace) else { return Ok(()) };
    let done = context.clock.timestamp().checked_add(long).ok();
    if done.is_some_and(|done| done <= window.closes) {
        return Ok(());
    }
    let closes = window.closes.to_zoned(context.project.config.site.zone.clone());
    let message = format!(
        "{} mails take at least {} at the pace of the mail server, but must be sent by {} (not_after)",
        sums.total(),
        duration(long),
        closes.strftime("%-d %B, %H:%M")
    );
    let help = "write a later not_after into the post, or send it earlier; a faster pace is set by per_minute and \
                per_hour in [email.smtp]";
    Err(Error::input(Finding::error("too-late", message).at(Place::whole_file(&ready.loaded.post.file)).help(help)))
}
