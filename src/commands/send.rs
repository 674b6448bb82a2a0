//! `send`: freezes a release of a post and delivers what is due of it. With the outbox, a trial on this computer.

use std::collections::BTreeMap;
use std::path::Path;

use super::audience::{Mail, decisions, known_names};
use super::ready::Ready;
use super::survey::{self, code_of};
use super::{Context, build, record};
use crate::cli;
use crate::dispatch::freeze::{Sums, Wave};
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::ledger::{Books, Ledger, LedgerError, Mode, Part, Release, ReleaseState, Roll, SqliteLedger};
use crate::plan::{Plan, SiteKey};
use crate::project::{secret_warnings, site_key};

mod ask;
mod deliver;
mod dry_run;
mod end;
pub mod order;
pub mod test_mail;
mod text;
mod unreadable;
mod ways;
mod window;

use deliver::Delivering;
pub use deliver::Done;
pub use end::counts as counts_of;
use order::{By, Order};
use text::Told;
pub use text::takes;
use unreadable::Unreadable;
pub use ways::{mode, outbox, taker};

/// Said of a delivery that a row of the list has refused since the release.
const REFUSED_SINCE: &str = "the list says since the release that this mail is not wanted";

/// Sends a post, or shows what sending it would do.
pub async fn run(arguments: &cli::Send, context: &Context) -> Result<Exit, Error> {
    if !arguments.test.is_empty() {
        return test_mail::run(arguments, context).await;
    }
    let order = Order::of(arguments);
    match arguments.dry_run {
        true => dry_run::dry_run(arguments, &order, context).await,
        false => {
            if mode(context) == Mode::Real {
                ask::can_ask(arguments.yes)?;
            }
            let done = carry_out(&order, context).await?;
            Ok(done.map_or(Exit::Settled, |done| done.exit))
        }
    }
}

/// Sends a post; `None` where a person did not want it after all. What was released before is finished even if the post or
/// a list cannot be read any more.
pub async fn carry_out(order: &Order<'_>, context: &Context) -> Result<Option<Done>, Error> {
    if mode(context) == Mode::Real {
        may_reach_people(context)?;
    }
    let ready = match Ready::make(context, order.post) {
        Err(error @ Error::Input(_)) => return finish_unreadable(order, context, error).await,
        ready => ready?,
    };
    context.screen.findings(&ready.warnings);
    send(order, context, ready).await
}

/// Refuses what must not leave this computer, before anything is done.
fn may_reach_people(context: &Context) -> Result<(), Error> {
    let mut problems = context.project.config.network_problems();
    problems.extend(secret_warnings(&context.project));
    if problems.iter().any(Finding::is_error) {
        return Err(Error::Config(problems));
    }
    context.screen.findings(&problems);
    if std::env::var_os("SOURCE_DATE_EPOCH").is_some() {
        let now = context.now.strftime("%-d %B %Y, %H:%M");
        context.screen.note(&format!("SOURCE_DATE_EPOCH is set: this run takes {now} as now, and dates its mails so."));
    }
    Ok(())
}

/// Whether it is to be sent now.
fn goes_on(order: &Order<'_>, context: &Context, plan: &Plan) -> Result<bool, Error> {
    match order.by {
        By::Person { yes } => ask::go_on(context, yes, plan),
        By::Timer { .. } => Ok(true),
    }
}

fn check_names(order: &Order<'_>, parts: &[Part]) -> Result<(), Error> {
    let mut channels: Vec<String> = parts.iter().map(|part| part.channel.clone()).collect();
    channels.dedup();
    known_names("--channel", order.channels, &channels)?;
    check_lists(order.lists, parts)
}

fn check_lists(lists: &[String], parts: &[Part]) -> Result<(), Error> {
    let mails = parts.iter().filter(|part| part.channel == "email");
    let known: Vec<String> = mails.map(|part| part.list.clone()).collect();
    known_names("--list", lists, &known)
}

/// Freezes what is new, asks where people are reached, and delivers what is due.
async fn send(order: &Order<'_>, context: &Context, mut ready: Ready) -> Result<Option<Done>, Error> {
    build::out_folder(context, Path::new("out"), &ready)?;
    if !context.project.path(&context.project.config.ledger.path).exists() {
        // A first send that cannot be planned leaves no empty record behind.
        check_names(order, &ready.parts)?;
        drop(decisions(context, &ready.key, ready.lang(), &Mail::of_ready(&ready), order.lists)?);
    }
    let ways = ways::ways(context)?;
    let ledger = record::open(context).await?;
    if mode(context) == Mode::Real {
        ready.key = record::lasting_key(context, &ledger).await?;
        record::vouch(context, &ledger, &ready.key, order.new_ledger).await?;
    }
    build::publish_pictures(context, &ready)?;
    // Held from before the look at what was released, so that of two sends at once only one begins the release.
    ledger.hold().await.map_err(|error| error.at(&ledger.place()))?;
    record::forget_old_recipients(context, &ledger).await?;
    let earlier = begin_anew_without_files(context, &ready, &ledger).await?;
    let (parts, before) = match &earlier {
        Some(release) => survey::frozen(&ledger, release).await?,
        None => (ready.frozen(), Vec::new()),
    };
    check_names(order, &parts)?;
    let _inside = match mode(context) {
        Mode::Trial => Some(outbox(context).enter(ready.slug())?),
        Mode::Real => None,
    };
    let filled = fill(context, &ready, &ledger, earlier.as_ref(), &parts, order.lists).await;
    let (release, sums) = match filled {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) if earlier.is_some() => {
            // Others may prepare their sends while this one goes on.
            let release = earlier.as_ref().expect("the guard asked for it");
            let freed = ledger.discard(release.id, release.waves + 1).await;
            freed.map_err(|error| error.at(&ledger.place()))?;
            ledger.shut().await;
            return finish_unreadable(order, context, error).await;
        }
        filled => filled?,
    };
    let sums = if order.is_timer() && earlier.is_some() { Sums { new: BTreeMap::new(), ..sums } } else { sums };
    if earlier.is_none()
        && let Err(error) = window::fits(order, context, &ready, &sums)
    {
        ledger.discard(release.id, release.waves + 1).await.map_err(|error| error.at(&ledger.place()))?;
        ledger.shut().await;
        return Err(error);
    }
    let told = Told::of(context, &ready, earlier.as_ref(), &parts);
    let before_now = earlier.as_ref().map(|_| &before[..]);
    let plan = survey::plan(ready.slug(), &code_of(&release), &parts, &sums, before_now, order.lists);
    let shown = told.head() + &text::plan(context, &plan, &sums, &parts, &before, order.chosen());
    context.screen.result(shown.trim_end());
    let targets = text::leaving(&plan, order.chosen());
    if mode(context) == Mode::Real && targets > 0 && !goes_on(order, context, &plan)? {
        ledger.discard(release.id, release.waves + 1).await.map_err(|error| error.at(&ledger.place()))?;
        ledger.shut().await;
        context.screen.result("Nothing was sent.");
        return Ok(None);
    }
    seal(order, context, &ledger, earlier.as_ref(), &release, &sums).await?;
    let document = told.document(&plan, mode(context), false);
    Delivering { order, context, key: &ready.key, ways, ledger, release: &release, parts: &parts, targets }
        .deliver(document)
        .await
        .map(Some)
}

/// Goes on with what was released, although the post or a list cannot be read any more. Where nothing of a release is
/// open, the errors are the answer.
async fn finish_unreadable(order: &Order<'_>, context: &Context, error: Error) -> Result<Option<Done>, Error> {
    Unreadable::of(order, context, error).await?.finish(order, context).await
}

/// The site key that a release was made with; for a trial, as it is.
async fn lasting_key(
    context: &Context,
    ledger: &SqliteLedger,
    order: &Order<'_>,
    mode: Mode,
) -> Result<SiteKey, Error> {
    if mode == Mode::Trial {
        return site_key(&context.project, |name| std::env::var(name).ok());
    }
    let key = record::lasting_key(context, ledger).await?;
    record::vouch(context, ledger, &key, order.new_ledger).await?;
    Ok(key)
}

/// The release to go on with. A trial whose files somebody has deleted, or that was made with another key, is
/// forgotten, so that it can be tried anew.
async fn begin_anew_without_files(
    context: &Context,
    ready: &Ready,
    ledger: &SqliteLedger,
) -> Result<Option<Release>, Error> {
    let earlier = survey::earlier(context, ready, ledger).await?;
    if earlier.is_none() {
        let at = |error: LedgerError| error.at(&ledger.place());
        if let Some(forgotten) = ledger.release(ready.slug(), Mode::Trial).await.map_err(at)?
            && mode(context) == Mode::Trial
        {
            ledger.forget_trial(forgotten.id).await.map_err(at)?;
        }
    }
    Ok(earlier)
}

/// Begins a new release, or goes on with the earlier one, and adds who is to be written to and was not yet. Nobody is
/// reached before [`seal`].
async fn fill(
    context: &Context,
    ready: &Ready,
    ledger: &SqliteLedger,
    earlier: Option<&Release>,
    parts: &[Part],
    lists: &[String],
) -> Result<(Release, Sums), Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let mails = Mail::of_parts(parts)?;
    let decisions = decisions(context, &ready.key, ready.lang(), &mails, lists)?;
    let release = match earlier {
        Some(release) => release.clone(),
        None => ledger.begin(&survey::new_release(context, ready)).await.map_err(at)?,
    };
    let number = release.waves + 1;
    let limited = context.project.config.limited_domains();
    let wave = Wave { roll: ledger, release: release.id, number, record: Some(ledger), earlier, limited };
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
async fn seal(
    order: &Order<'_>,
    context: &Context,
    ledger: &SqliteLedger,
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
    } else {
        ledger.seal(release.id, number, sums.audience.0).await.map_err(at)?;
    }
    if release.state != ReleaseState::Open {
        ledger.set_state(release.id, ReleaseState::Open).await.map_err(at)?;
    }
    Ok(())
}
