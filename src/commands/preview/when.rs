//! When a post goes out, in the site's words, as `run` would decide.
//!
//! Comes in: the times of its header, the sending record, this moment. Goes out: a sentence.

use super::super::Context;
use super::super::ready::Ready;
use super::super::run::{Standing, Verdict, standing, verdict};
use super::super::stopped::is_stopped;
use super::numbers::moment;
use crate::error::Error;
use crate::ledger::{Books, Record, ReleaseState, Roll};
use crate::plan::schedule::{Due, Window};

/// What is known of a post beside its header.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    standing: Option<Standing>,
    stopped: bool,
}

/// The sentence. `unapproved`: a send would be refused for want of an approval.
///
/// # Errors
/// The record's.
pub async fn when(
    context: &Context,
    ready: &Ready,
    record: Option<&Record>,
    unapproved: bool,
) -> Result<String, Error> {
    let known = match record {
        None => Known::default(),
        Some(record) => {
            let events = record.events(ready.slug()).await.map_err(|error| error.at(&record.place()))?;
            Known { standing: standing(context, record, ready.slug()).await?, stopped: is_stopped(&events) }
        }
    };
    let header = &ready.loaded.post.header;
    let zone = &context.project.config.site.zone;
    let window = Window::of(header.send_at, header.not_after, zone);
    let words = context.project.words();
    let local = |at: jiff::Timestamp| moment(&at.to_zoned(zone.clone()), &words);
    let [from, to] = [window.map(|window| local(window.opens)), window.map(|window| local(window.closes))];
    let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
    let values = [("from", from.as_str()), ("to", to.as_str()), ("post", ready.slug())];
    let key = key(header.draft, window, known, context.clock.timestamp());
    let text = words.fill(key, &values);
    Ok(match unapproved && ["preview.due", "preview.due_now"].contains(&key) {
        true => format!("{text}. {}", words.get("preview.due_approved")),
        false => text,
    })
}

/// The sentence's name in the catalogue.
fn key(draft: bool, window: Option<Window>, Known { standing, stopped }: Known, now: jiff::Timestamp) -> &'static str {
    let state = standing.map(|standing| standing.state);
    // A timer does not begin a draft; what was begun of it goes on.
    let window = window.filter(|_| !draft);
    match (verdict(window, standing, stopped, now), window.map(|window| window.due(now))) {
        _ if stopped || state == Some(ReleaseState::Stopped) => "preview.due_stopped",
        _ if state == Some(ReleaseState::Settled) => "preview.due_done",
        (Verdict::Send { window: Some(_) }, _) => "preview.due_now",
        (Verdict::Send { window: None }, _) => "preview.due_rest",
        _ if standing.is_some_and(|standing| standing.next.is_some()) => "preview.due_rest",
        (_, Some(Due::NotYet)) => "preview.due",
        (_, Some(Due::Over)) => "preview.due_over",
        _ if draft => "preview.draft",
        _ => "preview.by_person",
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(hours * 3_600).expect("in range")
    }

    fn released(state: ReleaseState, untried: u64, next: Option<i64>) -> Known {
        let standing = Standing { state, untried, next: next.map(|hours| hours * 3_600_000), orphaned: false };
        Known { standing: Some(standing), stopped: false }
    }

    #[test]
    fn a_post_that_was_not_begun_goes_out_as_its_header_says() {
        let window = Some(Window { opens: at(10), closes: at(20) });
        let none = Known::default();
        assert_eq!(key(false, window, none, at(9)), "preview.due");
        assert_eq!(key(false, window, none, at(12)), "preview.due_now");
        assert_eq!(key(false, window, none, at(21)), "preview.due_over");
        assert_eq!(key(false, window, none, at(21 + 30 * 24)), "preview.due_over");
        assert_eq!(key(true, window, none, at(12)), "preview.draft");
        assert_eq!(key(false, None, none, at(12)), "preview.by_person");
        assert_eq!(key(false, window, Known { stopped: true, ..none }, at(12)), "preview.due_stopped");
    }

    #[test]
    fn what_was_sent_is_not_said_to_go_out() {
        let window = Some(Window { opens: at(10), closes: at(20) });
        for (known, hour, expected) in [
            (released(ReleaseState::Settled, 0, None), 12, "preview.due_done"),
            (released(ReleaseState::Settled, 0, None), 40, "preview.due_done"),
            (released(ReleaseState::Stopped, 5, None), 12, "preview.due_stopped"),
            (released(ReleaseState::Open, 5, None), 12, "preview.due_now"),
            (released(ReleaseState::Open, 0, Some(14)), 12, "preview.due_rest"),
            (released(ReleaseState::Open, 0, Some(14)), 30, "preview.due_rest"),
            (released(ReleaseState::Open, 5, None), 30, "preview.due_over"),
        ] {
            assert_eq!(key(false, window, known, at(hour)), expected, "{known:?} at {hour}");
        }
        assert_eq!(key(true, window, released(ReleaseState::Settled, 0, None), at(12)), "preview.due_done");
    }
}
