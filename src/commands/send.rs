//! `send`: freezes a release of a post and delivers what is due of it. With the outbox, a trial on this computer.

use std::path::Path;

use super::audience::{Mail, decisions, known_names};
use super::ready::Ready;
use super::survey::{self, code_of};
use super::ways::{self, mode, outbox};
use super::{Context, build, check, links, networks, notify, record};
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::ledger::{Ledger, LedgerError, Mode, Part, Record, Release, Roll};
use crate::plan::{Plan, SiteKey};
use crate::post::Slug;
use crate::project::{secret_warnings, site_key};

mod approval;
pub mod ask;
mod deliver;
mod dry_run;
mod end;
pub mod order;
pub mod rest;
pub mod test_mail;
mod text;
mod unreadable;
mod wave;
mod window;

use approval::Gate;
pub use approval::{Unneeded, approval_needed};
pub use deliver::{Delivering, Done};
pub use end::counts as counts_of;
use order::{By, Order};
use rest::Course;
pub use text::plan as plan_in_words;
pub use text::takes;
use unreadable::Unreadable;
use wave::{discard, fill, seal};

/// Sends a post, or shows what sending it would do.
pub async fn run(arguments: &cli::Send, context: &Context) -> Result<Exit, Error> {
    if !arguments.test.is_empty() {
        return test_mail::run(arguments, context).await;
    }
    let order = Order::of(arguments)?;
    if arguments.dry_run {
        return dry_run::dry_run(arguments, &order, context).await;
    }
    let sent = send_now(&order, context).await;
    if let Err(error) = &sent {
        notify::failed(&order, context, error).await;
    }
    sent
}

async fn send_now(order: &Order<'_>, context: &Context) -> Result<Exit, Error> {
    if let (Mode::Real, By::Person { yes, .. }) = (mode(context), order.by) {
        ask::can_ask(yes)?;
    }
    let done = carry_out(order, context).await?;
    Ok(done.map_or(Exit::Settled, |done| done.exit))
}

/// Sends a post; `None` where a person did not want it after all. What was released before is finished even if the post or
/// a list cannot be read any more, or is gone.
pub async fn carry_out(order: &Order<'_>, context: &Context) -> Result<Option<Done>, Error> {
    if mode(context) == Mode::Real {
        may_reach_people(context)?;
    }
    if let Some(left) = unfinished_correction(order, context).await? {
        return left.finish(order, context).await;
    }
    let ready = match Ready::make(context, order.post) {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) => {
            return finish_unreadable(order, context, error).await;
        }
        ready => ready?,
    };
    context.screen.findings(&ready.warnings);
    check::gate(order, context, &ready).await?;
    send(order, context, ready).await
}

/// What is left of a post's correction, if one is under way.
async fn unfinished_correction(order: &Order<'_>, context: &Context) -> Result<Option<Unreadable>, Error> {
    let Ok(slug) = Slug::of_file(&context.project.post_file(order.post)) else { return Ok(None) };
    let Some(ledger) = record::existing(context).await? else { return Ok(None) };
    let release = ledger.release(slug.as_str(), mode(context)).await.map_err(|error| error.at(&ledger.place()))?;
    let under_way = match release.filter(Release::is_correction) {
        Some(release) if !survey::is_done(&ledger, &release).await? => Some(release),
        _ => None,
    };
    ledger.shut().await;
    let Some(release) = under_way else { return Ok(None) };
    let ledger = record::open(context).await?;
    Unreadable::of_correction(order, context, ledger, release).await.map(Some)
}

/// Goes on with a correction that is under way.
///
/// # Errors
/// As for any send.
pub async fn finish_correction(order: &Order<'_>, context: &Context) -> Result<Option<Done>, Error> {
    match unfinished_correction(order, context).await? {
        Some(left) => left.finish(order, context).await,
        None => Ok(None),
    }
}

/// Sends the mail of a post to one address, marked as a test. Goes out: how it ended, and the answer for programs.
///
/// # Errors
/// As those of `send --test`.
pub async fn test(context: &Context, post: &Path, address: &str) -> Result<(Exit, serde_json::Value), Error> {
    let arguments = cli::Send { post: post.to_owned(), test: vec![address.to_owned()], ..cli::Send::default() };
    test_mail::test(&arguments, context).await
}

/// Refuses what must not leave this computer, before anything is done.
pub fn may_reach_people(context: &Context) -> Result<(), Error> {
    let mut problems = context.project.config.network_problems();
    problems.extend(secret_warnings(&context.project));
    if problems.iter().any(Finding::is_error) {
        return Err(Error::Config(problems));
    }
    context.screen.findings(&problems);
    if super::time_is_set() {
        let now = context.now.strftime("%-d %B %Y, %H:%M");
        context.screen.note(&format!("SOURCE_DATE_EPOCH is set: this run takes {now} as now, and dates its mails so."));
    }
    Ok(())
}

/// Whether it is to be sent now.
fn goes_on(order: &Order<'_>, context: &Context, plan: &Plan) -> Result<bool, Error> {
    match order.by {
        By::Person { yes, .. } => ask::go_on(context, yes, plan),
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
    if !record::is_there(context).await? {
        // A first send that cannot be planned leaves no empty record behind.
        check_names(order, &ready.parts)?;
        drop(decisions(context, &ready.key, ready.lang(), &Mail::of_ready(&ready), order.lists)?);
    }
    let ways = ways::ways(context)?;
    links::must_answer(order.offline, order.channels, context, &ready).await?;
    networks::must_take(order.offline, order.channels, context, &ready, &ways.networks).await?;
    let ledger = record::open(context).await?;
    if mode(context) == Mode::Real {
        ready.key = record::lasting_key(context, &ledger).await?;
        record::vouch(context, &ledger, &ready.key, order.new_ledger).await?;
    }
    build::publish_pictures(context, &ready)?;
    let stops = rest::stops_so_far(&ledger, ready.slug()).await?;
    // Held from before the look at what was released, so that of two sends at once only one begins the release.
    ledger.hold().await.map_err(|error| error.at(&ledger.place()))?;
    record::forget_old_recipients(context, &ledger).await?;
    let earlier = begin_anew_without_files(context, &ready, &ledger).await?;
    let course = Course::of(order, context, &ready, Some(&ledger), earlier).await?.since(stops);
    if order.is_timer() && course.stopped {
        return stopped(order, ledger, None, ready.slug()).await;
    }
    course.make_way(context, &ledger, &ways).await?;
    let earlier = &course.earlier;
    let (parts, before) = match earlier {
        Some(release) => survey::frozen(&ledger, release).await?,
        None => (ready.frozen(), course.before(&ready.parts)),
    };
    check_names(order, &parts)?;
    let _inside = match mode(context) {
        Mode::Trial => Some(outbox(context).enter(ready.slug())?),
        Mode::Real => None,
    };
    let filled = fill(context, &ready, &ledger, &course, &parts, order.lists).await;
    let (release, mut sums) = match filled {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) if earlier.is_some() => {
            // Others may prepare their sends while this one goes on.
            let release = earlier.as_ref().expect("the guard asked for it");
            discard(&ledger, release).await?;
            ledger.shut().await;
            return finish_unreadable(order, context, error).await;
        }
        filled => filled?,
    };
    if order.is_timer() && earlier.is_some() {
        sums.new.clear();
    }
    if course.corrected && earlier.is_some() && sums.total() > 0 {
        discard(&ledger, &release).await?;
        ledger.shut().await;
        return Err(Error::Usage(rest::corrected_since(ready.slug(), sums.total())));
    }
    let gate =
        Gate { order, context, ready: &ready, ledger: &ledger, release: &release, parts: &parts, before: &before };
    let pass = gate.open(&mut sums).await?;
    if course.is_first()
        && let Err(error) = window::fits(order, context, &ready, &sums)
    {
        discard(&ledger, &release).await?;
        ledger.shut().await;
        return Err(error);
    }
    let told = course.told(context, &ready, &parts, &sums);
    let before_now = (!course.is_first()).then_some(&before[..]);
    let plan = survey::plan(ready.slug(), &code_of(&release), &parts, &sums, before_now, order.lists);
    let shown = told.head() + &text::plan(context, &plan, &sums, &parts, &before, order.chosen()) + &pass.line;
    context.screen.result(shown.trim_end());
    let targets = text::leaving(&plan, &parts, order.chosen());
    if mode(context) == Mode::Real && targets > 0 && !goes_on(order, context, &plan)? {
        discard(&ledger, &release).await?;
        ledger.shut().await;
        context.screen.result("Nothing was sent.");
        return Ok(None);
    }
    let mut document = told.document(&plan, mode(context), false);
    document["approval"] = pass.document.clone();
    if let Some(replaced) = course.replaced.as_ref().filter(|replaced| replaced.is_idle(&sums, &parts)) {
        discard(&ledger, &release).await?;
        ledger.shut().await;
        let (text, exit) = replaced.nothing_to_do();
        context.screen.result(&format!("\n{text}"));
        context.screen.json(&document);
        return Ok(Some(Done::nothing(exit)));
    }
    pass.note(&ledger, &release).await?;
    if !course.go_on(order, context, &ledger, &release).await? {
        return stopped(order, ledger, Some(&release), ready.slug()).await;
    }
    seal(order, context, &ledger, earlier.as_ref(), &release, &sums).await?;
    Delivering { order, context, key: &ready.key, ways, ledger, release: &release, parts: &parts, targets }
        .deliver(document)
        .await
        .map(Some)
}

/// Ends a send that a person stopped before anything of it has left; `filled` is what was prepared.
///
/// # Errors
/// [`Error::Underway`] for a person who wanted it sent; a timer leaves it alone.
async fn stopped(
    order: &Order<'_>,
    ledger: Record,
    filled: Option<&Release>,
    slug: &str,
) -> Result<Option<Done>, Error> {
    if let Some(release) = filled {
        discard(&ledger, release).await?;
    }
    ledger.shut().await;
    if order.is_timer() {
        return Ok(None);
    }
    let message = format!("{slug} was stopped while this send was being prepared; nothing was sent by it");
    Err(Error::Underway { message, help: format!("`rundbrief send {slug}` goes on when you want it to") })
}

/// Goes on with what was released, although the post or a list cannot be read any more. Where nothing of a release is
/// open, the errors are the answer.
async fn finish_unreadable(order: &Order<'_>, context: &Context, error: Error) -> Result<Option<Done>, Error> {
    if order.approve.is_some() {
        // Whoever approves wants to send what they have read, and that cannot be read any more.
        return Err(error);
    }
    Unreadable::of(order, context, error).await?.finish(order, context).await
}

/// The site key that a release was made with; for a trial, as it is.
async fn lasting_key(context: &Context, ledger: &Record, order: &Order<'_>, mode: Mode) -> Result<SiteKey, Error> {
    if mode == Mode::Trial {
        return site_key(&context.project, |name| std::env::var(name).ok());
    }
    let key = record::lasting_key(context, ledger).await?;
    record::vouch(context, ledger, &key, order.new_ledger).await?;
    Ok(key)
}

/// The release to go on with. A trial whose files somebody has deleted, or that was made with another key, is
/// forgotten, so that it can be tried anew.
async fn begin_anew_without_files(context: &Context, ready: &Ready, ledger: &Record) -> Result<Option<Release>, Error> {
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
