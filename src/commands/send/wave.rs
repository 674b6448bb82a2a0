//! One wave of recipients: filled from the lists, then sealed, or dropped again.
//!
//! Comes in: a post made ready, the sending record that is held, the course of the send. Goes out: a release with its new
//! recipients. Nobody is reached before [`seal`].

use super::order::Order;
use super::rest::Course;
use crate::commands::audience::{Mail, decisions};
use crate::commands::ready::Ready;
use crate::commands::released::REFUSED_SINCE;
use crate::commands::{Context, survey};
use crate::dispatch::freeze::{Sums, Wave};
use crate::error::Error;
use crate::ledger::{Books, Event, EventKind, Ledger, LedgerError, Part, Record, Release, Roll};
use crate::plan::Skip;

/// Begins a new release, or goes on with the earlier one, and adds who is to be written to and was not yet. Nobody is
/// reached before [`seal`].
pub(super) async fn fill(
    context: &Context,
    ready: &Ready,
    ledger: &Record,
    course: &Course,
    parts: &[Part],
    lists: &[String],
) -> Result<(Release, Sums), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let mails = Mail::of_parts(parts)?;
    let decisions = decisions(context, &ready.key, ready.lang(), &mails, lists)?;
    let (earlier, replaces) = (course.earlier.as_ref(), course.replaces());
    let release = match earlier {
        Some(release) => release.clone(),
        None => ledger.begin(&survey::new_release(context, ready)).await.map_err(at)?,
    };
    let number = release.waves + 1;
    let limited = context.project.config.limited_domains();
    let wave = Wave {
        roll: ledger,
        release: release.id,
        number,
        record: Some(ledger),
        earlier,
        replaces,
        corrects: None,
        limited,
    };
    match wave.fill(decisions).await {
        Ok(sums) => Ok((release, sums)),
        Err(error) => {
            ledger.discard(release.id, number).await.map_err(at)?;
            Err(error)
        }
    }
}

/// Opens what was filled; withdraws who asked not to be written to since the release. A timer adds nobody to what a person
/// released.
pub(super) async fn seal(
    order: &Order<'_>,
    context: &Context,
    ledger: &Record,
    earlier: Option<&Release>,
    release: &Release,
    sums: &Sums,
) -> Result<(), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let number = release.waves + 1;
    if earlier.is_some() {
        let withdrawn = ledger.withdraw_refused(release.id, REFUSED_SINCE, context.clock.now()).await.map_err(at)?;
        if withdrawn > 0 {
            let who = if withdrawn == 1 { "1 member".to_owned() } else { format!("{withdrawn} members") };
            context.screen.note(&format!("{who} on the list no longer want this mail; theirs was taken out."));
        }
    }
    if earlier.is_some() && (sums.total() == 0 || order.is_timer()) {
        ledger.discard(release.id, number).await.map_err(at)?;
    } else if let Err(error) = ledger.seal(release.id, number, sums.audience.0).await {
        ledger.discard(release.id, number).await.map_err(at)?;
        return Err(at(error));
    } else {
        ledger.note(&planned(context, release, sums)).await.map_err(at)?;
    }
    Ok(())
}

/// How many rows got no mail and why, for the report; who is already in this send was not skipped.
fn planned(context: &Context, release: &Release, sums: &Sums) -> Event {
    let skipped = sums.skipped.iter().filter(|(skip, _)| **skip != Skip::Known);
    let skipped: serde_json::Map<_, _> = skipped.map(|(skip, count)| (skip.key(), (*count).into())).collect();
    let detail = serde_json::Value::from(skipped).to_string();
    let (slug, at) = (release.slug.clone(), context.clock.now());
    Event { slug, release: Some(release.id), kind: EventKind::Planned, detail, at }
}

/// Drops what was filled, so that others can prepare their sends.
pub(super) async fn discard(ledger: &Record, release: &Release) -> Result<(), Error> {
    ledger.discard(release.id, release.waves + 1).await.map_err(|error| error.at(&ledger.place()))
}
