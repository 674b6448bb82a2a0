//! What a send goes on with: what was released before, or a new text in its place for those who have nothing yet.
//!
//! Comes in: the order, the post as it is now, what the sending record has of it. Goes out: a [`Course`]. A post that was
//! stopped goes on because a person says so, and an edited one only as that person says; never by a timer.

use super::super::Context;
use super::super::ready::Ready;
use super::super::revisions::{self, Revision};
use super::super::stopped::{is_stopped, noted_at, stops};
use super::order::{Order, Rest};
use super::text::Told;
use crate::dispatch::freeze::Sums;
use crate::dispatch::{Ways, clear_up};
use crate::error::Error;
use crate::ledger::{
    Books, Event, EventKind, LedgerError, Part, Record, Release, ReleaseState, Revisions, Roll, Totals,
};

mod replaced;

pub use replaced::Replaced;
use replaced::have;

/// What a send goes on with.
#[derive(Debug, Default)]
pub struct Course {
    /// The release that is gone on with.
    pub earlier: Option<Release>,
    /// What a new text takes the place of.
    pub replaced: Option<Replaced>,
    /// Whether the post was stopped, and how often.
    pub stopped: bool,
    stops: u64,
    /// What was released was corrected since: nobody new gets it as it was.
    pub corrected: bool,
    /// A person has said what the rest get.
    decided: bool,
}

impl Course {
    /// On from a release, whatever the post says now.
    pub fn onward(earlier: Option<Release>) -> Course {
        Course { earlier, ..Course::default() }
    }

    /// On from a release of a post to which all this happened.
    pub fn after(events: &[Event], release: Release) -> Course {
        let stopped = release.state == ReleaseState::Stopped || is_stopped(events);
        Course { earlier: Some(release), stopped, stops: stops(events), ..Course::default() }
    }

    /// Whether nothing of the release is open.
    pub fn is_done(&self) -> bool {
        self.earlier.as_ref().is_none_or(|release| release.state == ReleaseState::Settled)
    }

    /// As it is ordered. `earlier` is what was released before.
    ///
    /// # Errors
    /// [`Error::Usage`] for a post that was stopped and edited without a word about the rest, or for a word about the rest
    /// of a post that was not sent.
    pub async fn of(
        order: &Order<'_>,
        context: &Context,
        ready: &Ready,
        record: Option<&Record>,
        earlier: Option<Release>,
    ) -> Result<Course, Error> {
        let (slug, rest) = (ready.slug(), order.rest());
        let Some(record) = record.filter(|_| earlier.is_some() || rest.is_none()) else {
            return if rest.is_some() { Err(Error::Usage(no_rest(slug))) } else { Ok(Course::default()) };
        };
        let at = |error: LedgerError| error.at(&record.place());
        let events = record.events(slug).await.map_err(at)?;
        let mut course = match earlier {
            Some(release) => Course::after(&events, release),
            None => Course { stopped: is_stopped(&events), stops: stops(&events), ..Course::default() },
        };
        course.decided = rest.is_some();
        course.corrected = is_corrected(record, course.earlier.as_ref()).await.map_err(at)?;
        let corrected = course.corrected;
        let differs = |release: &&Release| release.code != ready.digest || corrected;
        let Some(release) = course.earlier.as_ref().filter(differs) else {
            if rest == Some(Rest::NewText) {
                context
                    .screen
                    .note("The post is as it was released: there is no new text, and the rest get this one.\n");
            }
            return Ok(course);
        };
        if order.is_timer() || rest == Some(Rest::Unchanged) || (rest.is_none() && !course.stopped) {
            return Ok(course);
        }
        let revisions = revisions::of(record, slug, release.mode).await.map_err(at)?;
        match rest {
            None => Err(Error::Usage(undecided(slug, &revisions, &ready.code()))),
            Some(_) => {
                let replaced = Replaced::of(release.clone(), &revisions);
                Ok(Course { earlier: None, replaced: Some(replaced), ..course })
            }
        }
    }

    /// The same for a send that began when the post had been stopped so often: whoever stops it since, means this one.
    pub(super) fn since(self, stops: u64) -> Course {
        Course { stops, ..self }
    }

    /// Whether nothing was released before.
    pub fn is_first(&self) -> bool {
        self.earlier.is_none() && self.replaced.is_none()
    }

    /// The release whose place is taken.
    pub fn replaces(&self) -> Option<&Release> {
        self.replaced.as_ref().map(|replaced| &replaced.release)
    }

    /// What is open of the parts of a new text before its recipients are known: the channels that have none yet.
    pub fn before(&self, parts: &[Part]) -> Vec<(i64, Totals)> {
        self.replaced.as_ref().map_or_else(Vec::new, |replaced| replaced.before(parts))
    }

    /// What is to be said before the plan.
    pub(super) fn told(&self, context: &Context, ready: &Ready, parts: &[Part], sums: &Sums) -> Told {
        match &self.replaced {
            Some(replaced) => Told::of_new_text(ready, replaced, sums, parts),
            None => Told::of(context, ready, self.earlier.as_ref(), parts, self.decided),
        }
    }

    /// Before a new text: finds out what became of a send that did not end by itself, and refuses while one goes on.
    ///
    /// # Errors
    /// [`Error::Underway`] while something of the earlier text is in hand.
    pub(super) async fn make_way(&self, context: &Context, ledger: &Record, ways: &Ways<'_>) -> Result<(), Error> {
        let Some(replaced) = &self.replaced else { return Ok(()) };
        let at = |error: LedgerError| error.at(&ledger.place());
        clear_up(ledger, ways, &context.clock).await.map_err(at)?;
        match ledger.held(replaced.release.id, context.clock.now()).await.map_err(at)? {
            0 => Ok(()),
            _ => Err(at(LedgerError::InHand)),
        }
    }

    /// Lets it go on, unless somebody has stopped it since the send began. `release` is what is sent.
    ///
    /// # Errors
    /// The record's.
    pub(super) async fn go_on(
        &self,
        order: &Order<'_>,
        context: &Context,
        ledger: &Record,
        release: &Release,
    ) -> Result<bool, Error> {
        let at = |error: LedgerError| error.at(&ledger.place());
        let events = ledger.events(&release.slug).await.map_err(at)?;
        if order.is_timer() && is_stopped(&events) {
            return Ok(false);
        }
        if !self.stopped && self.replaced.is_none() {
            return Ok(stops(&events) <= self.stops);
        }
        let event = Event {
            slug: release.slug.clone(),
            release: Some(release.id).filter(|_| !self.is_first()),
            kind: EventKind::WentOn,
            detail: if self.replaced.is_some() { "new text" } else { "unchanged" }.to_owned(),
            at: noted_at(context.clock.now(), &events),
        };
        let open = self.earlier.as_ref().map(|release| release.id);
        ledger.go_on(&event, open, self.stops).await.map_err(at)
    }
}

/// How often a post was stopped so far.
///
/// # Errors
/// The record's.
pub(super) async fn stops_so_far(ledger: &Record, slug: &str) -> Result<u64, Error> {
    ledger.events(slug).await.map(|events| stops(&events)).map_err(|error| error.at(&ledger.place()))
}

/// Whether a later revision corrects a release.
async fn is_corrected(record: &Record, release: Option<&Release>) -> Result<bool, LedgerError> {
    let Some(release) = release else { return Ok(false) };
    let revisions = record.revisions(&release.slug, release.mode).await?;
    Ok(revisions.iter().any(|other| other.is_correction() && other.revision > release.revision))
}

/// What a person must decide about members who joined a list after what was sent was corrected.
pub(super) fn corrected_since(slug: &str, joined: u64) -> String {
    let (who, get) = if joined == 1 { ("1 member has", "gets") } else { ("some members have", "get") };
    format!(
        "{slug} was corrected since it was sent, and {who} nothing of it yet\n  \
         = help: so that nobody {get} the text with the mistake: rundbrief send {slug} --rest-with-new-text"
    )
}

fn no_rest(slug: &str) -> String {
    format!("{slug} was not sent yet, so there is no rest\n  = help: rundbrief send {slug}")
}

/// What a person must decide about a post that was stopped and edited.
fn undecided(slug: &str, revisions: &[Revision], new: &str) -> String {
    let verb = |number: u64| if number == 1 { "has" } else { "have" };
    let mails = revisions::sum(&revisions.iter().map(Revision::mails).collect::<Vec<_>>());
    let mut counts: Vec<String> =
        have(revisions).iter().map(|(code, number)| format!("{number} {} the text {code}", verb(*number))).collect();
    if counts.is_empty() {
        counts.push("nobody has it yet".to_owned());
    }
    if mails.uncertain > 0 {
        counts.push(format!("{} may have it", mails.uncertain));
    }
    counts.push(format!("{} {} nothing yet", mails.open(), verb(mails.open())));
    format!(
        "{slug} was stopped, and the post was edited since: {}\n  \
         = help: say what the rest get; --dry-run behind it shows the plan\n          \
         what was released:          rundbrief send {slug} --rest-unchanged\n          \
         the new text ({new}):   rundbrief send {slug} --rest-with-new-text",
        counts.join(", ")
    )
}
