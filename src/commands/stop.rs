//! `stop`: ends a send within seconds, wherever it runs, until a person lets it go on.
//!
//! Comes in: a post. Goes out: its release is stopped, which every process looks for, and how it stands once nobody has
//! anything of it in hand any more. Never ends a process.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::released::Never;
use super::revisions::{self, Revision};
use super::stopped::noted_at;
use super::ways::mode;
use super::{Context, record};
use crate::cli;
use crate::error::{Error, Exit};
use crate::ledger::{
    Books, Event, EventKind, Ledger, LedgerError, Mode, Record, Release, ReleaseState, Revisions, Roll, Totals,
};
use crate::post::Slug;

/// How long it waits for those who send, which take some seconds at most unless a mail server is silent.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(100);
/// The most characters of a login name.
const NAME: usize = 60;

pub async fn run(arguments: &cli::Stop, context: &Context) -> Result<Exit, Error> {
    let login = login(|name| std::env::var(name).ok());
    let file = context.project.post_file(&arguments.post);
    let slug = Slug::of_file(&file).map_err(Error::Usage)?;
    let record = match (record::existing(context).await?, file.is_file()) {
        (Some(record), _) => record,
        (None, true) => record::open(context).await?,
        (None, false) => return Err(Never::sent(&slug, None)),
    };
    let stopping = Stopping { context, record: &record, slug: slug.as_str(), login: &login };
    let stopped = match stopping.release().await? {
        Some(release) => stopping.release_of(release).await?,
        None if file.is_file() => stopping.before_it_begins().await?,
        None => {
            let known = record.releases().await.map_err(|error| error.at(&record.place()))?;
            return Err(Never::sent(&slug, Some(&known)));
        }
    };
    context.screen.result(&stopped.text);
    context.screen.json(&stopped.document);
    record.shut().await;
    Ok(Exit::Settled)
}

/// What is said of it.
struct Said {
    text: String,
    document: Value,
}

struct Stopping<'a> {
    context: &'a Context,
    record: &'a Record,
    slug: &'a str,
    /// Who stops it; empty where that is not known.
    login: &'a str,
}

impl Stopping<'_> {
    fn at(&self, error: LedgerError) -> Error {
        error.at(&self.record.place())
    }

    /// The newest real release. A trial counts only where nothing is sent by a network: what is stopped is what comes next.
    async fn release(&self) -> Result<Option<Release>, Error> {
        let real = self.record.release(self.slug, Mode::Real).await.map_err(|error| self.at(error))?;
        match real {
            None if mode(self.context) == Mode::Trial => {
                self.record.release(self.slug, Mode::Trial).await.map_err(|error| self.at(error))
            }
            found => Ok(found),
        }
    }

    /// Notes the stop; whoever prepares a send reads it before anything leaves.
    async fn note(&self, release: Option<i64>) -> Result<(), Error> {
        let events = self.record.events(self.slug).await.map_err(|error| self.at(error))?;
        let event = Event {
            slug: self.slug.to_owned(),
            release,
            kind: EventKind::Stopped,
            detail: self.login.to_owned(),
            at: noted_at(self.context.clock.now(), &events),
        };
        self.record.note(&event).await.map_err(|error| self.at(error))
    }

    async fn before_it_begins(&self) -> Result<Said, Error> {
        self.note(None).await?;
        // A send that was just being prepared may have begun it in the meantime.
        if let Some(release) = self.release().await? {
            return self.halt(release).await;
        }
        let slug = self.slug;
        let text = format!("{slug} has not been sent; cron will not begin it until `rundbrief send {slug}`.");
        let document = json!({
            "slug": slug,
            "state": "not_sent",
            "code": null,
            "trial": false,
            "in_hand": 0,
            "totals": Totals::default(),
        });
        Ok(Said { text, document })
    }

    async fn release_of(&self, release: Release) -> Result<Said, Error> {
        let revisions = self.revisions(&release).await?;
        if own(&revisions).open() > 0 {
            self.note(Some(release.id)).await?;
            // A new text that took its place before the stop was noted is stopped too; one that does after, finds the note.
            let newest = self.release().await?.unwrap_or(release);
            return self.halt(newest).await;
        }
        let counts = own(&revisions);
        let mut text = format!("Nothing of {} is left to stop: {}.", self.slug, counted(&release, &revisions, &counts));
        if counts.uncertain > 0 {
            text += &format!("\n`rundbrief status {}` names what may or may not have arrived.", self.slug);
        }
        Ok(Said { text, document: self.document(&release, "done", 0, &counts) })
    }

    /// Stops a release and waits until nobody has anything of it in hand.
    async fn halt(&self, release: Release) -> Result<Said, Error> {
        let began = Instant::now();
        self.record.set_state(release.id, ReleaseState::Stopped).await.map_err(|error| self.at(error))?;
        let mut held = self.record.held(release.id, self.context.clock.now()).await.map_err(|error| self.at(error))?;
        while held > 0 && began.elapsed() < PATIENCE {
            tokio::time::sleep(LOOK).await;
            held = match self.record.held(release.id, self.context.clock.now()).await {
                Err(LedgerError::Locked) => held,
                other => other.map_err(|error| self.at(error))?,
            };
        }
        let revisions = self.revisions(&release).await?;
        let counts = own(&revisions);
        let slug = self.slug;
        let mut text = format!("Stopped. {}.\n", counted(&release, &revisions, &counts));
        if held > 0 {
            let what = if held == 1 {
                "1 that was handed over waits".to_owned()
            } else {
                format!("{held} that were handed over wait")
            };
            text += &format!(
                "{what} for an answer of the mail server; nothing more leaves. See: rundbrief status {slug}\n"
            );
        }
        text += &format!(
            "To go on:\n  rundbrief send {slug}                         the post is as it was\n  \
             rundbrief send {slug} --rest-with-new-text    it was edited: who has nothing yet gets the new text\n  \
             rundbrief send {slug} --rest-unchanged        it was edited: they get what the others have"
        );
        Ok(Said { text, document: self.document(&release, "stopped", held, &counts) })
    }

    async fn revisions(&self, release: &Release) -> Result<Vec<Revision>, Error> {
        revisions::of(self.record, self.slug, release.mode).await.map_err(|error| self.at(error))
    }

    fn document(&self, release: &Release, state: &str, held: u64, counts: &Totals) -> Value {
        json!({
            "slug": self.slug,
            "state": state,
            "code": super::survey::code_of(release),
            "trial": release.mode == Mode::Trial,
            "in_hand": held,
            "totals": counts,
        })
    }
}

/// Of what this program delivers itself.
fn own(revisions: &[Revision]) -> Totals {
    let channels = |revision: &Revision| -> Vec<Totals> {
        let is_own = |part: i64| !revision.is_by_hand(part);
        revision.totals.iter().filter(|(part, _)| is_own(*part)).map(|(_, totals)| *totals).collect()
    };
    revisions::sum(&revisions.iter().flat_map(channels).collect::<Vec<_>>())
}

/// `312 have it, 688 wait`: of the mails, where there are some.
fn counted(release: &Release, revisions: &[Revision], own: &Totals) -> String {
    let mails = revisions::sum(&revisions.iter().map(Revision::mails).collect::<Vec<_>>());
    let counts = if mails.all() > 0 { mails } else { *own };
    let verb = |number: u64, one: &'static str, many: &'static str| if number == 1 { one } else { many };
    let done = match release.mode {
        Mode::Trial => format!("{} {} written", counts.sent, verb(counts.sent, "is", "are")),
        Mode::Real => format!("{} {} it", counts.sent, verb(counts.sent, "has", "have")),
    };
    let rest = [
        (counts.open(), format!("{} {}", counts.open(), verb(counts.open(), "waits", "wait"))),
        (counts.failed, format!("{} {} refused", counts.failed, verb(counts.failed, "was", "were"))),
        (counts.uncertain, format!("{} may or may not have arrived", counts.uncertain)),
    ];
    let rest = rest.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text);
    std::iter::once(done).chain(rest).collect::<Vec<_>>().join(", ")
}

/// The name that somebody is logged in with, on one line; empty where that is not known.
fn login(env: impl Fn(&str) -> Option<String>) -> String {
    let named = ["LOGNAME", "USER", "USERNAME"].into_iter().find_map(|name| env(name).filter(|name| !name.is_empty()));
    named.unwrap_or_default().chars().filter(|c| !c.is_control()).take(NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_one_line_of_some_length() {
        let of = |value: &str| login(|name| (name == "USER").then(|| value.to_owned()));
        assert_eq!(of("anna"), "anna");
        assert_eq!(of("an\nna\u{1b}[2J"), "anna[2J");
        assert_eq!(of(&"x".repeat(500)).len(), NAME);
        assert_eq!(login(|_| None), "");
    }
}
