//! `status`: what became of a send, and what is being sent at this moment.
//!
//! Only looks: it takes no lock that a send waits for and writes nothing.

use std::path::Path;

use serde_json::json;

use super::released::{Released, title};
use super::revisions::newest_of_each;
use super::{Context, record};
use crate::cli;
use crate::error::{Error, Exit};
use crate::ledger::{Books, LedgerError, Mode, Record, Release, ReleaseState, Roll};

mod document;
mod limit;
mod look;
mod named;
mod overview;
mod speed;
mod text;
mod upcoming;
mod watch;

use limit::UsedUp;
use look::{Look, Subject};
use named::Named;
pub use named::{Found, uncertain};
use upcoming::Upcoming;

pub async fn run(arguments: &cli::Status, context: &Context) -> Result<Exit, Error> {
    match &arguments.post {
        Some(post) => of_post(post, arguments.watch, context).await,
        None => of_all(arguments.watch, context).await,
    }
}

async fn of_post(post: &Path, watching: bool, context: &Context) -> Result<Exit, Error> {
    let Released { record, release } = Released::find(context, post).await?;
    let subject = Subject::of(context, release);
    if watching {
        watch::post(context, &record, &subject).await?;
    }
    let look = Look::at(context, &record, &subject).await?;
    let named = Named::of(&record, &look).await?;
    let used_up = UsedUp::of(context, &record, &subject, &look).await?;
    let limit = used_up.as_ref().map_or_else(String::new, |limit| limit.text(context));
    context.screen.result(&text::post(context, &subject, &look, &named, limit));
    let mut document = document::post(&subject, &look, &named);
    if let Some(limit) = used_up {
        document["used_up"] = limit.document();
    }
    context.screen.json(&document);
    record.shut().await;
    Ok(look.exit())
}

async fn of_all(watching: bool, context: &Context) -> Result<Exit, Error> {
    let Some(record) = record::existing(context).await? else {
        let upcoming = upcoming::upcoming(context, None).await?;
        tell(context, "Nothing was sent yet.", &upcoming);
        context.screen.json(&json!({ "posts": [], "scheduled": upcoming::document(&upcoming) }));
        return Ok(Exit::Settled);
    };
    if watching {
        watch::all(context, &record).await?;
    }
    let subjects = subjects(context, &record).await?;
    let looks = look::all(context, &record, &subjects).await?;
    let upcoming = upcoming::upcoming(context, Some(&record)).await?;
    tell(context, &overview::overview(context, &looks), &upcoming);
    let posts: Vec<_> = looks.iter().map(|(subject, look)| document::summary(subject, look)).collect();
    context.screen.json(&json!({ "posts": posts, "scheduled": upcoming::document(&upcoming) }));
    record.shut().await;
    Ok(Exit::Settled)
}

/// What was sent, and what is going to be.
fn tell(context: &Context, sent: &str, upcoming: &[Upcoming]) {
    let upcoming = upcoming::text(context, upcoming);
    let between = if upcoming.is_empty() { "" } else { "\n\n" };
    context.screen.result(&format!("{sent}{between}{upcoming}"));
}

/// The newest release of every post, the newest post first: the real ones, or the trials where there is nothing else.
async fn subjects(context: &Context, record: &Record) -> Result<Vec<Subject>, Error> {
    let releases = releases(record).await.map_err(|error| error.at(&record.place()))?;
    Ok(newest_of_each(&releases).into_iter().map(|release| Subject::of(context, release)).collect())
}

/// The same of the posts that are not done, as far as the record says it without counting.
async fn unfinished(context: &Context, record: &Record) -> Result<Vec<Subject>, LedgerError> {
    let releases = releases(record).await?;
    let is_open =
        |slug: &str| releases.iter().any(|release| release.slug == slug && release.state != ReleaseState::Settled);
    let newest = newest_of_each(&releases).into_iter().filter(|release| is_open(&release.slug));
    Ok(newest.map(|release| Subject::of(context, release)).collect())
}

/// The real releases; trials only where nothing was sent for real.
async fn releases(record: &Record) -> Result<Vec<Release>, LedgerError> {
    let mut releases = record.releases().await?;
    if releases.iter().any(|release| release.mode == Mode::Real) {
        releases.retain(|release| release.mode == Mode::Real);
    }
    Ok(releases)
}

/// The headline of a post on one line, if its file can be read.
fn headline(context: &Context, slug: &str) -> Option<String> {
    title(context, slug).map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "))
}
