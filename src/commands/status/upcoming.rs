//! What `status` says about posts that `run` is going to send, and about those that it could not: nothing of them is in
//! the record of sends yet.
//!
//! Comes in: the posts with a time and what the record noted about them. Goes out: lines, and entries for programs. Only
//! looks; nothing is rendered, so that it says what stands in the way as far as that is known.

use serde_json::{Value, json};

use super::headline;
use crate::commands::Context;
use crate::commands::run::{Candidate, OVER, Verdict, candidates, verdict};
use crate::commands::stopped::is_stopped;
use crate::commands::table::{aligned, cut};
use crate::commands::told::first_line;
use crate::commands::ways::mode;
use crate::commands::when::{moment, stamp};
use crate::error::Error;
use crate::ledger::{Approvals, Books, Event, EventKind, Ledger, LedgerError, Mode, Record, Roll};
use crate::plan::schedule::{Due, Window};

/// The most characters of a headline and of a reason.
const TITLE: usize = 44;
const REASON: usize = 90;

/// A post of which nothing was sent, and how it stands.
pub struct Upcoming {
    slug: String,
    title: Option<String>,
    window: Option<Window>,
    state: State,
    /// What is known to stand in the way; empty: nothing.
    reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Scheduled,
    Due,
    Missed,
    Stopped,
    Unreadable,
}

impl State {
    /// The stable name in JSON.
    const fn name(self) -> &'static str {
        match self {
            State::Scheduled => "scheduled",
            State::Due => "due",
            State::Missed => "missed",
            State::Stopped => "stopped",
            State::Unreadable => "unreadable",
        }
    }
}

/// All of them, the one whose time comes first at the front.
///
/// # Errors
/// A folder or record that cannot be read.
pub async fn upcoming(context: &Context, record: Option<&Record>) -> Result<Vec<Upcoming>, Error> {
    let mut found = Vec::new();
    for candidate in candidates(context, record).await? {
        let known = match record {
            Some(record) => {
                Known::of(context, record, &candidate.slug).await.map_err(|error| error.at(&record.place()))?
            }
            None => Known { needs_approval: needs_approval(context), ..Known::default() },
        };
        found.extend(known.sorted(context, candidate));
    }
    Ok(found)
}

/// What the record noted about a post.
#[derive(Debug, Default)]
struct Known {
    /// It stands among what was sent.
    begun: bool,
    stopped: bool,
    /// Why it was not sent the last time.
    reason: String,
    needs_approval: bool,
}

impl Known {
    async fn of(context: &Context, record: &Record, slug: &str) -> Result<Known, LedgerError> {
        let events = record.events(slug).await?;
        // That its time is over is said anyway; what kept it from being sent until then is worth more.
        let told = |event: &&Event| event.kind == EventKind::NotSent && !event.detail.starts_with(OVER);
        let reason = events.iter().rfind(told);
        let approved = record.approvals(slug).await?.iter().any(|approval| approval.revoked_at.is_none());
        Ok(Known {
            begun: record.release(slug, mode(context)).await?.is_some(),
            stopped: is_stopped(&events),
            reason: reason.map(|event| event.detail.clone()).unwrap_or_default(),
            needs_approval: needs_approval(context) && !approved,
        })
    }

    fn sorted(self, context: &Context, candidate: Candidate) -> Option<Upcoming> {
        let now = context.clock.timestamp();
        let (state, reason) = match (&candidate.unreadable, candidate.window) {
            _ if self.begun => return None,
            (Some(error), _) => (State::Unreadable, first_line(&error.to_string()).to_owned()),
            (None, None) => return None,
            (None, Some(window)) => match (window.due(now), verdict(Some(window), None, false, now)) {
                (Due::Over, Verdict::Nothing) => return None,
                _ if self.stopped => (State::Stopped, format!("only `rundbrief send {}` sends it", candidate.slug)),
                (Due::NotYet | Due::Now, _) if self.needs_approval => (at(window, now), "not approved yet".to_owned()),
                (Due::NotYet, _) => (State::Scheduled, String::new()),
                (Due::Now, _) => (State::Due, self.reason),
                (Due::Over, _) => (State::Missed, self.reason),
            },
        };
        let title = headline(context, &candidate.slug);
        Some(Upcoming { slug: candidate.slug, title, window: candidate.window, state, reason })
    }
}

fn at(window: Window, now: jiff::Timestamp) -> State {
    if window.due(now) == Due::NotYet { State::Scheduled } else { State::Due }
}

fn needs_approval(context: &Context) -> bool {
    context.project.config.approval.required && mode(context) == Mode::Real
}

/// A heading and one line for each; empty where there is none.
pub fn text(context: &Context, all: &[Upcoming]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = all.iter().map(|one| one.row(context)).collect();
    let lines: Vec<String> = aligned(&rows, |_| false).iter().map(|line| format!("  {line}")).collect();
    format!("Planned:\n{}", lines.join("\n"))
}

/// For programs.
pub fn document(all: &[Upcoming]) -> Value {
    all.iter().map(Upcoming::entry).collect()
}

impl Upcoming {
    fn row(&self, context: &Context) -> Vec<String> {
        let name = match &self.title {
            Some(title) => format!("{}: {}", self.slug, cut(title, TITLE)),
            None => self.slug.clone(),
        };
        let time = |at: jiff::Timestamp| moment(context, at.as_millisecond());
        let when = match (self.state, self.window) {
            (State::Missed, Some(window)) => format!("not sent by {}", time(window.closes)),
            (State::Due, Some(window)) => format!("due since {}", time(window.opens)),
            (State::Stopped, _) => "stopped".to_owned(),
            (_, Some(window)) => time(window.opens),
            (_, None) => "cannot be read".to_owned(),
        };
        vec![when, name, cut(&self.reason, REASON)]
    }

    fn entry(&self) -> Value {
        let time = |at: jiff::Timestamp| stamp(at.as_millisecond());
        json!({
            "slug": self.slug,
            "title": self.title,
            "state": self.state.name(),
            "send_at": self.window.map(|window| time(window.opens)),
            "not_after": self.window.map(|window| time(window.closes)),
            "reason": (!self.reason.is_empty()).then_some(&self.reason),
        })
    }
}
