//! A worker's look at the record: what there is to do.
//!
//! Comes in: the record, which is opened when it answers and again after it did not. Goes out: the releases in which
//! something is due, those that must be left alone and why, or what keeps the worker from the record. Begins nothing.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::sleep;

use super::super::{Context, record};
use super::{Busy, share};
use crate::dispatch::Clock;
use crate::error::Error;
use crate::ledger::{Books, LedgerError, Mode, Record, Release, ReleaseState, Roll, Work};
use crate::plan::SiteKey;

/// A look that takes longer is worth a word.
const SLOW: Duration = Duration::from_secs(5);

/// Looks again and again.
pub struct Look<'a> {
    context: &'a Context,
    key: &'a SiteKey,
    opened: Option<Opened>,
}

/// A record that answered.
struct Opened {
    record: Record,
    /// By its clock.
    context: Context,
}

/// What was found.
#[derive(Default)]
pub struct Looked {
    pub due: Vec<Release>,
    /// Each with the reason and what to do.
    pub refused: Vec<(Release, String, &'static str)>,
}

/// Why a worker cannot look.
pub enum Trouble {
    /// Waiting helps.
    Passes(Kind, Error),
    Stays(Error),
}

/// What waiting helps against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The database does not answer.
    Away,
    /// It answers, and does not do what it is asked: it takes no changes, or is full.
    Unfit,
    /// Nobody has begun a record there. No worker does: in the middle of a restore it would be in the way.
    Empty,
}

impl Kind {
    /// What is said when it is over.
    pub const fn over(self) -> &'static str {
        match self {
            Kind::Away => "The database answers again.",
            Kind::Unfit => "The database can be used again.",
            Kind::Empty => "The sending record is there.",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Kind::Away => {
                "this worker waits for it and goes on by itself; see that the database runs and can be reached from here"
            }
            Kind::Unfit => {
                "this worker waits and goes on by itself; the database may be a copy of another one, or short of space: \
                 ask who looks after it"
            }
            Kind::Empty => {
                "this worker waits for it; the first `rundbrief send` of the machine with the posts makes it"
            }
        }
    }
}

impl Trouble {
    fn new(kind: Kind, place: &str, message: String) -> Trouble {
        let help = kind.help().to_owned();
        Trouble::Passes(kind, Error::Ledger { place: place.to_owned(), message, help })
    }

    fn of(error: &LedgerError, place: &str) -> Trouble {
        let kind = match error {
            LedgerError::Away(_) | LedgerError::Locked => Kind::Away,
            _ => Kind::Unfit,
        };
        Trouble::new(kind, place, error.to_string())
    }

    fn from(error: LedgerError, place: &str) -> Trouble {
        if error.passes() { Trouble::of(&error, place) } else { Trouble::Stays(error.at(place)) }
    }
}

impl Busy {
    /// Says what keeps the worker from the record, once.
    pub fn in_trouble(&self, context: &Context, kind: Kind, error: &Error) {
        if self.trouble.replace(Some(kind)) != Some(kind) {
            context.screen.failure(error);
        }
    }
}

impl<'a> Look<'a> {
    pub fn new(context: &'a Context, key: &'a SiteKey) -> Look<'a> {
        Look { context, key, opened: None }
    }

    /// Looks after a pause. When that takes long, it says so and goes on.
    pub async fn after(mut self, pause: Duration, busy: &Busy) -> (Look<'a>, Result<Looked, Trouble>) {
        sleep(pause).await;
        let context = self.context;
        let looked = {
            let looking = self.look(busy);
            tokio::pin!(looking);
            tokio::select! {
                looked = &mut looking => looked,
                () = sleep(SLOW) => {
                    tell_of_wait(context, busy);
                    looking.await
                }
            }
        };
        if looked.is_err() {
            self.opened = None;
        }
        (self, looked)
    }

    /// The releases in which something is due that this worker may do, and that it is not at already.
    async fn look(&mut self, busy: &Busy) -> Result<Looked, Trouble> {
        if self.opened.is_none() {
            self.opened = Some(open(self.context).await?);
        }
        let Opened { record: ledger, context } = self.opened.as_ref().expect("it was opened above");
        let at = |error: LedgerError| Trouble::from(error, &ledger.place());
        let now = context.clock.now();
        let mut found = Looked::default();
        let is_open = |release: &Release| release.mode == Mode::Real && release.state == ReleaseState::Open;
        for release in ledger.releases().await.map_err(at)?.into_iter().filter(is_open) {
            if busy.leaves_alone(release.id) {
                continue;
            }
            match share::parts(context, ledger, &release, self.key).await.map_err(at)? {
                share::Parts::None => {}
                share::Parts::Refused(reason, help) => found.refused.push((release, reason, help)),
                share::Parts::Some { numbers, until } => {
                    let untried = until.is_none_or(|until| now <= until);
                    let numbers: Vec<i64> = numbers.into_iter().collect();
                    if ledger.is_due(release.id, &numbers, untried, now).await.map_err(at)? {
                        found.due.push(release);
                    }
                }
            }
        }
        let doubtful =
            busy.trouble.get() == Some(Kind::Unfit) || busy.holds_on.take() || !busy.failed.borrow().is_empty();
        if doubtful || !found.due.is_empty() {
            // Whether it takes changes.
            ledger.note_fact("key", &self.key.fingerprint()).await.map_err(at)?;
        }
        if !found.due.is_empty() {
            // Now there is a record that somebody sends with: is it the one that the configuration names?
            let vouched = record::vouch(context, ledger, self.key, false).await;
            vouched.map_err(|error| match error {
                Error::Ledger { place, message, .. } => Trouble::new(Kind::Away, &place, message),
                error => Trouble::Stays(error),
            })?;
        }
        Ok(found)
    }
}

/// Opens the record, and says when this computer's clock is not that of the database.
async fn open(context: &Context) -> Result<Opened, Trouble> {
    let place = record::place(context).map_err(Trouble::Stays)?;
    let at = |error: LedgerError| Trouble::from(error, &place.to_string());
    let Some(record) = Record::existing(&place).await.map_err(at)? else {
        return Err(Trouble::new(Kind::Empty, &place.to_string(), "there is no sending record yet".to_owned()));
    };
    let own = by_its_clock(context, &record).await.map_err(at)?;
    record::tell_of_clock(context, own.now.timestamp());
    Ok(Opened { record, context: own })
}

/// The same, by the clock of the record: what waits and what is over there is judged by no other.
///
/// # Errors
/// The record's.
pub async fn by_its_clock(context: &Context, ledger: &Record) -> Result<Context, LedgerError> {
    let there = ledger.clock().await?.and_then(|at| Timestamp::from_millisecond(at).ok());
    let there = there.unwrap_or_else(|| context.clock.timestamp());
    let now = there.to_zoned(context.now.time_zone().clone());
    Ok(Context {
        project: context.project.clone(),
        screen: context.screen,
        clock: Clock::starting(&now),
        now,
        cache: context.cache.clone(),
        metrics: context.metrics.clone(),
    })
}

fn tell_of_wait(context: &Context, busy: &Busy) {
    let Ok(place) = record::place(context) else { return };
    let silent = LedgerError::Away(format!("nothing came within {} seconds", SLOW.as_secs()));
    if let Trouble::Passes(kind, error) = Trouble::of(&silent, &place.to_string()) {
        busy.in_trouble(context, kind, &error);
    }
}
