//! `run`: everything that is due, for cron and timers. Silent when there is nothing to do; safe to overlap.
//!
//! Every post that is begun, goes on or cannot be sent has one line. What stands in its way is said once, not every five
//! minutes.

use jiff::Zoned;
use serde_json::{Value, json};

use super::released::title;
use super::send::order::{By, Order};
use super::send::{Done, carry_out, counts_of};
use super::stopped::is_stopped;
use super::ways::{mode, taker};
use super::{Context, notify, record, told};
use crate::dispatch::Ending;
use crate::error::{Error, Exit};
use crate::finding::{Finding, Place};
use crate::ledger::{Books, EventKind, Ledger, Mode, Record, Roll, Work};
use crate::plan::schedule::Window;

mod candidate;
mod due;

pub use candidate::{Candidate, candidates, standing};
pub use due::{Standing, Verdict, verdict};

/// What a run has to say about a post.
struct Line {
    slug: String,
    text: String,
    exit: Exit,
    /// Everything about why it was not sent, for standard error.
    error: Option<Error>,
    /// Whether the run itself was told to end.
    ends: bool,
}

/// Sends everything that is due.
///
/// # Errors
/// [`Error::Config`] without a configuration of one's own; a record that cannot be read. What is wrong with one post keeps
/// no other from being sent.
pub async fn run(context: &Context) -> Result<Exit, Error> {
    if context.project.config_file.is_none() {
        let help = "say where it is: rundbrief --config /path/to/config.toml run; `rundbrief init` makes one";
        let message = "there is no config.toml here, and a timer never sends as the example organisation";
        return Err(Error::Config(vec![Finding::error("no-config", message).help(help)]));
    }
    let mut record = record::existing(context).await?;
    if let Some(record) = &record {
        // By a clock that was ahead, nothing would be due for as long.
        record::go_by_the_clock(context, record).await?;
    }
    let mut exit = Exit::Settled;
    let mut lines = Vec::new();
    for candidate in candidates(context, record.as_ref()).await? {
        let (verdict, waits) = decide(context, record.as_ref(), &candidate).await?;
        // Of what is sent now, the outcome says whether something waits.
        let waiting = if waits { Exit::SomeDeferred } else { Exit::Settled };
        if verdict == Verdict::Nothing && candidate.unreadable.is_none() {
            exit = exit.max(waiting);
            continue;
        }
        let record = match &record {
            Some(record) => record,
            None => record.insert(record::open(context).await?),
        };
        let is_sent = matches!(verdict, Verdict::Send { .. });
        let line = take_up(context, record, candidate, verdict).await?;
        if line.is_none() || !is_sent {
            exit = exit.max(waiting);
        }
        if let Some(line) = line {
            exit = exit.max(line.exit);
            context.screen.result(&line.text);
            if let Some(error) = &line.error {
                context.screen.failure(error);
            }
            let ends = line.ends;
            lines.push(line);
            if ends {
                break;
            }
        }
    }
    context.screen.json(&json!({ "posts": lines.iter().map(Line::document).collect::<Vec<_>>() }));
    Ok(exit)
}

/// What to do with a post, and whether something of it waits for a later run.
async fn decide(context: &Context, record: Option<&Record>, candidate: &Candidate) -> Result<(Verdict, bool), Error> {
    let Some(record) = record else {
        return Ok((verdict(candidate.window, None, false, context.clock.timestamp()), false));
    };
    let standing = standing(context, record, &candidate.slug).await?;
    let events = record.events(&candidate.slug).await.map_err(|error| error.at(&record.place()))?;
    let waits = standing.is_some_and(|standing| standing.next.is_some());
    Ok((verdict(candidate.window, standing, is_stopped(&events), context.clock.timestamp()), waits))
}

/// Does what is to be done with a post; `None` where there is nothing new to say.
async fn take_up(
    context: &Context,
    record: &Record,
    candidate: Candidate,
    verdict: Verdict,
) -> Result<Option<Line>, Error> {
    // Another run has it; a send by hand shares the work.
    let seat = record.seat(&format!("run-{}", candidate.slug), 1).await.map_err(|error| error.at(&record.place()))?;
    let Some(_seat) = seat else { return Ok(None) };
    match verdict {
        Verdict::Send { window } => {
            // What another run did in the meantime is done.
            if decide(context, Some(record), &candidate).await?.0 != verdict {
                return Ok(None);
            }
            send(context, record, candidate, window).await
        }
        Verdict::Missed { window } => missed(context, record, &candidate, window, None).await,
        Verdict::Cut { window, untried } => missed(context, record, &candidate, window, Some(untried)).await,
        Verdict::Nothing => match candidate.unreadable {
            Some(error) if !is_released(context, record, &candidate.slug).await? => {
                not_sent(context, record, &candidate.slug, error).await
            }
            _ => Ok(None),
        },
    }
}

async fn send(
    context: &Context,
    record: &Record,
    candidate: Candidate,
    window: Option<Window>,
) -> Result<Option<Line>, Error> {
    let order = Order {
        post: &candidate.file,
        lists: &[],
        channels: &[],
        by: By::Timer { window },
        new_ledger: false,
        force: false,
        offline: false,
        approve: None,
    };
    let done = match carry_out(&order, &context.silently()).await {
        Ok(Some(done)) => done,
        Ok(None) => return Ok(None),
        Err(error) => return not_sent(context, record, &candidate.slug, error).await,
    };
    after(context, record, candidate.slug, done).await
}

/// One line about what was done; a channel that failed is an error beside it.
async fn after(context: &Context, record: &Record, slug: String, done: Done) -> Result<Option<Line>, Error> {
    let Done { exit, mut ran, left, next } = done;
    let ends = ran.ending == Some(Ending::Signal);
    let error = if ran.failures.is_empty() { None } else { Some(ran.failures.swap_remove(0)) };
    let did_nothing = ran.summary.all() == 0;
    match error {
        Some(error) if did_nothing => not_sent(context, record, &slug, error).await,
        error => {
            if did_nothing && !ends {
                return Ok(None);
            }
            let counts = match mode(context) {
                Mode::Trial => {
                    let files = if ran.summary.sent == 1 { "file" } else { "files" };
                    format!("{} {files} written into the outbox", ran.summary.sent)
                }
                Mode::Real => counts_of(context, &ran, &left, next, &taker(context)).join(" · "),
            };
            let ended = if ends { " · ended early by a signal; the next run goes on" } else { "" };
            Ok(Some(Line { text: format!("{slug}: {counts}{ended}"), slug, exit, error, ends }))
        }
    }
}

/// Says that a post's time is over, with what kept it from being sent, as far as that is known.
async fn missed(
    context: &Context,
    record: &Record,
    candidate: &Candidate,
    window: Window,
    untried: Option<u64>,
) -> Result<Option<Line>, Error> {
    let closed = local(context, window).strftime("%-d %B %Y, %H:%M").to_string();
    let events = record.events(&candidate.slug).await.map_err(|error| error.at(&record.place()))?;
    let told = events.iter().rev().filter(|event| event.kind == EventKind::NotSent);
    let why = told.map(|event| event.detail.as_str()).find(|reason| !reason.starts_with(OVER));
    let why = why.map(|reason| format!(" ({reason})"));
    let what = match untried {
        None => "nothing was sent".to_owned(),
        Some(1) => "1 was not tried".to_owned(),
        Some(untried) => format!("{untried} were not tried"),
    };
    let message = format!("{OVER} {closed} is over, and {what}{}", why.unwrap_or_default());
    let help = format!(
        "to send all the same: rundbrief send {}; or write a later send_at and not_after into the post",
        candidate.slug
    );
    let place = Place::whole_file(&candidate.file);
    let error = Error::input(Finding::error("not-after", message).at(place).help(help));
    not_sent(context, record, &candidate.slug, error).await
}

/// How the message begins that a post's time is over.
pub const OVER: &str = "its time until";

fn local(context: &Context, window: Window) -> Zoned {
    window.closes.to_zoned(context.project.config.site.zone.clone())
}

/// The line for a post that could not be sent, unless the same was said before.
async fn not_sent(context: &Context, record: &Record, slug: &str, error: Error) -> Result<Option<Line>, Error> {
    let reason = error.to_string();
    let is_new = told::is_new(context, record, slug, &reason).await;
    if !is_new.map_err(|error| error.at(&record.place()))? {
        tracing::info!("{slug}: not sent, as said before: {}", told::first_line(&reason));
        return Ok(None);
    }
    let title = title(context, slug).unwrap_or_else(|| slug.to_owned());
    notify::not_sent(context, slug, &title, &reason).await;
    let text = format!("{slug}: not sent: {}", told::first_line(&reason));
    Ok(Some(Line { slug: slug.to_owned(), text, exit: error.exit(), error: Some(error), ends: false }))
}

async fn is_released(context: &Context, record: &Record, slug: &str) -> Result<bool, Error> {
    let release = record.release(slug, mode(context)).await.map_err(|error| error.at(&record.place()))?;
    Ok(release.is_some())
}

impl Line {
    fn document(&self) -> Value {
        json!({
            "slug": self.slug,
            "text": self.text,
            "exit": self.exit as u8,
            "errors": self.error.iter().flat_map(super::screen::error_entries).collect::<Vec<_>>(),
        })
    }
}
