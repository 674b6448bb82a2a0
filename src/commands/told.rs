//! Why a post was not sent is said once, so that a timer that comes every five minutes does not say it every time: by
//! `run` and by a `send` without anybody at the keyboard alike.
//!
//! Comes in: the events of a post. Goes out: whether a reason is new. What is noted has no member's data in it: the first
//! line of the reason.

use super::Context;
use super::ways::mode;
use crate::ledger::{Books, Event, EventKind, Ledger, LedgerError, Record};

/// Notes why a post was not sent; says whether that is new. Once something of it was sent, what was said before is history.
///
/// # Errors
/// The record's.
pub async fn is_new(context: &Context, record: &Record, slug: &str, reason: &str) -> Result<bool, LedgerError> {
    let (reason, now) = (first_line(reason), context.clock.now());
    let done_at = match record.release(slug, mode(context)).await? {
        Some(release) => record.moments(release.id).await?.last,
        None => None,
    };
    let events = record.events(slug).await?;
    if was_said(&events, reason, done_at) {
        return Ok(false);
    }
    let event =
        Event { slug: slug.to_owned(), release: None, kind: EventKind::NotSent, detail: reason.to_owned(), at: now };
    record.note(&event).await?;
    Ok(true)
}

/// Whether the last thing that was said is this, and nothing was sent since.
fn was_said(events: &[Event], reason: &str, done_at: Option<i64>) -> bool {
    let last = events.iter().rev().find(|event| event.kind == EventKind::NotSent);
    last.is_some_and(|last| last.detail == reason && done_at.is_none_or(|done_at| done_at <= last.at))
}

/// Without `error: ` in front, which belongs to a terminal.
pub fn first_line(reason: &str) -> &str {
    let line = reason.lines().next().unwrap_or_default();
    line.strip_prefix("error: ").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: EventKind, detail: &str, at: i64) -> Event {
        Event { slug: "x".to_owned(), release: None, kind, detail: detail.to_owned(), at }
    }

    #[test]
    fn the_same_reason_is_new_again_after_another_one_or_after_something_was_sent() {
        let (down, errors) = (said(EventKind::NotSent, "down", 10), said(EventKind::NotSent, "errors", 20));
        let sending = said(EventKind::Sending, "mail.example.org", 15);
        assert!(!was_said(&[], "down", None));
        assert!(was_said(&[down.clone(), sending], "down", Some(5)));
        assert!(!was_said(&[down.clone(), errors.clone()], "down", None));
        assert!(!was_said(&[down], "down", Some(11)));
        assert!(was_said(&[errors], "errors", Some(20)));
    }
}
