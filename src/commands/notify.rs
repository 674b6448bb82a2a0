//! `[notify]`: a mail to whoever runs it, after each send and when one did not happen.
//!
//! A failing notification never changes how a send ended: it is a warning, and stands in the sending record. A trial tells
//! nobody.

use std::io::IsTerminal;
use std::path::Path;

use super::Context;
use super::record;
use super::released::title;
use super::report::read;
use super::send::order::{By, Order};
use super::told;
use super::ways::mode;
use super::when::zoned;
use crate::cli::quoted;
use crate::dispatch::{Ending, Ran};
use crate::error::Error;
use crate::ledger::{Books, Event, EventKind, Ledger, Mode, Record, Release};
use crate::report::notice::{self, Commands, CutShort, NotSent, Run};

mod mail;

/// Whether anybody is to be told.
fn is_wanted(context: &Context) -> bool {
    !context.project.config.notify.is_empty() && mode(context) == Mode::Real
}

/// Tells how a send went, unless it did nothing. `post`: as it was named.
pub async fn sent(context: &Context, record: &Record, release: &Release, ran: &Ran, post: &Path) {
    let recovered = ran.recovered.settled + ran.recovered.uncertain;
    let did_nothing = ran.summary.all() + recovered == 0 && ran.failures.is_empty();
    if !is_wanted(context) || release.mode != Mode::Real || did_nothing {
        return;
    }
    let words = context.project.words();
    let report = read::report(context, record, std::slice::from_ref(release), &words).await;
    let next = record.moments(release.id).await.ok().and_then(|moments| moments.next);
    let report = match report {
        Ok(report) => report,
        Err(error) => return mail::warn(context, &error.to_string()),
    };
    let count = |channel: &str| ran.by_channel.get(channel).map_or(0, |summary| summary.sent);
    let run = Run {
        accepted: count("email"),
        feed: count("feed") > 0,
        cut_short: match ran.ending {
            Some(Ending::Stopped) => Some(CutShort::Stopped),
            Some(Ending::Signal | Ending::GivenUp) => Some(CutShort::Ended),
            Some(Ending::Failed) | None => None,
        },
        errors: ran.failures.iter().map(Error::to_string).collect(),
        next: next.map(|at| zoned(context, at)),
    };
    let commands = commands(context, &release.slug, Some(post));
    let letter = notice::sent(&report, &run, &commands, &words);
    let said = mail::tell(context, &letter).await;
    note(context, record, &release.slug, Some(release.id), EventKind::Told, &said).await;
}

/// Tells that a post was not sent, and why. Who calls it knows whether the same was told before (see [`told`]).
pub async fn not_sent(context: &Context, slug: &str, title: &str, reason: &str) {
    if !is_wanted(context) {
        return;
    }
    let record = record::existing(context).await.ok().flatten();
    let how = match &record {
        Some(record) if has_begun(context, record, slug).await => NotSent::BrokenOff,
        Some(record) if record.release(slug, Mode::Real).await.is_ok_and(|known| known.is_some()) => NotSent::NotNow,
        _ => NotSent::Never,
    };
    let (commands, words) = (commands(context, slug, None), context.project.words());
    let letter = notice::not_sent(title, reason, how, &commands, &words);
    let said = mail::tell(context, &letter).await;
    if let Some(record) = &record {
        note(context, record, slug, None, EventKind::Told, &said).await;
    }
}

/// Tells that a `send` without anybody at the keyboard ended with an error; the same reason once.
pub async fn failed(order: &Order<'_>, context: &Context, error: &Error) {
    let alone = matches!(order.by, By::Person { yes: true, .. }) && !std::io::stdin().is_terminal();
    if !alone || !is_wanted(context) {
        return;
    }
    let file = context.project.post_file(order.post);
    // Of a file whose name is no slug, `run` says it by the same name.
    let slug = file.file_stem().map_or_else(|| "?".into(), |stem| stem.to_string_lossy()).into_owned();
    let reason = error.to_string();
    if let Ok(Some(record)) = record::existing(context).await {
        match told::is_new(context, &record, &slug, &reason).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => mail::warn(context, &format!("what was told cannot be noted in the sending record: {error}")),
        }
    }
    let title = title(context, &slug).unwrap_or_else(|| slug.clone());
    not_sent(context, &slug, &title, &reason).await;
}

/// Whether this run had begun to send the post.
async fn has_begun(context: &Context, record: &Record, slug: &str) -> bool {
    let since = context.now.timestamp().as_millisecond();
    let events = record.events(slug).await.unwrap_or_default();
    events.iter().any(|event| event.kind == EventKind::Sending && event.at >= since)
}

async fn note(context: &Context, record: &Record, slug: &str, release: Option<i64>, kind: EventKind, what: &str) {
    let event = Event { slug: slug.to_owned(), release, kind, detail: what.to_owned(), at: context.clock.now() };
    if let Err(error) = record.note(&event).await {
        mail::warn(context, &format!("what was told cannot be noted in the sending record: {error}"));
    }
}

/// How this program was called, for the commands in a mail.
fn commands(context: &Context, slug: &str, post: Option<&Path>) -> Commands {
    let program = match &context.project.config_file {
        Some(file) if file != Path::new("config.toml") => format!("rundbrief --config {}", quoted(file.display())),
        _ => "rundbrief".to_owned(),
    };
    Commands {
        program,
        slug: slug.to_owned(),
        post: post.map_or_else(|| slug.to_owned(), |post| quoted(post.display())),
    }
}
