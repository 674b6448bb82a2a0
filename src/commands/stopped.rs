//! Whether a person has stopped a post.
//!
//! Comes in: what happened to it. Goes out: the last word about it.

use crate::ledger::{Event, EventKind};

/// Whether the post is stopped: the last that a person said about it was stop, not go on. A timer begins nothing of it.
pub fn is_stopped(events: &[Event]) -> bool {
    let said = |event: &&Event| [EventKind::Stopped, EventKind::WentOn].contains(&event.kind);
    events.iter().rfind(said).is_some_and(|event| event.kind == EventKind::Stopped)
}

/// How often it was stopped.
pub fn stops(events: &[Event]) -> u64 {
    events.iter().filter(|event| event.kind == EventKind::Stopped).count() as u64
}

/// When something is noted that happens now: never before what was noted already, even if the clock was set back, so that
/// the last word stays the last. Milliseconds since 1970.
pub fn noted_at(now: i64, events: &[Event]) -> i64 {
    events.iter().map(|event| event.at).fold(now, i64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind, at: i64) -> Event {
        Event { slug: "kurz".to_owned(), release: None, kind, detail: String::new(), at }
    }

    #[test]
    fn the_last_word_of_a_person_decides() {
        let of = |kinds: &[EventKind]| {
            let events: Vec<Event> = (0..).zip(kinds).map(|(at, kind)| event(*kind, at)).collect();
            (is_stopped(&events), stops(&events))
        };
        assert_eq!(of(&[]), (false, 0));
        assert_eq!(of(&[EventKind::Sending, EventKind::Stopped]), (true, 1));
        assert_eq!(of(&[EventKind::Stopped, EventKind::NotSent, EventKind::Told]), (true, 1), "others say nothing");
        assert_eq!(of(&[EventKind::Stopped, EventKind::WentOn, EventKind::Sending]), (false, 1));
        assert_eq!(of(&[EventKind::Stopped, EventKind::WentOn, EventKind::Stopped]), (true, 2));
    }

    #[test]
    fn a_clock_that_was_set_back_changes_no_order() {
        assert_eq!(noted_at(9, &[event(EventKind::WentOn, 5)]), 9);
        assert_eq!(noted_at(2, &[event(EventKind::WentOn, 5)]), 5, "what is noted later stands behind it");
    }
}
