//! `send`: freezes a release of a post and delivers what is due of it. With the outbox, a trial on this computer.

use std::path::Path;

use super::audience::{Mail, decisions, known_names};
use super::ready::Ready;
use super::survey::{self, code_of};
use super::{Context, build, record};
use crate::cli;
use crate::dispatch::Chosen;
use crate::dispatch::freeze::{Sums, Wave};
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::ledger::{Books, Ledger, LedgerError, Mode, Part, Release, ReleaseState, Roll, SqliteLedger};
use crate::plan::SiteKey;
use crate::post::Slug;
use crate::project::{secret_warnings, site_key};

mod ask;
mod deliver;
mod dry_run;
mod end;
mod test_mail;
mod text;
mod ways;

use deliver::Delivering;
use text::Told;
pub use ways::{mode, outbox, taker};

/// Said of a delivery that a row of the list has refused since the release.
const REFUSED_SINCE: &str = "the list says since the release that this mail is not wanted";

/// Sends a post, or shows what sending it would do. What was released before is finished even if the post or a list
/// cannot be read any more.
pub async fn run(arguments: &cli::Send, context: &Context) -> Result<Exit, Error> {
    if !arguments.test.is_empty() {
        return test_mail::run(arguments, context).await;
    }
    if mode(context) == Mode::Real && !arguments.dry_run {
        may_reach_people(context)?;
        ask::can_ask(arguments.yes)?;
    }
    let ready = match Ready::make(context, &arguments.post) {
        Err(error @ Error::Input(_)) => return finish_unreadable(arguments, context, error).await,
        ready => ready?,
    };
    context.screen.findings(&ready.warnings);
    match arguments.dry_run {
        true => dry_run::dry_run(arguments, context, &ready).await,
        false => send(arguments, context, ready).await,
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

fn check_names(arguments: &cli::Send, parts: &[Part]) -> Result<(), Error> {
    let mut channels: Vec<String> = parts.iter().map(|part| part.channel.clone()).collect();
    channels.dedup();
    let mails = parts.iter().filter(|part| part.channel == "email");
    let lists: Vec<String> = mails.map(|part| part.list.clone()).collect();
    known_names("--channel", &arguments.channels, &channels)?;
    known_names("--list", &arguments.lists, &lists)
}

fn chosen(arguments: &cli::Send) -> Chosen<'_> {
    Chosen { channels: &arguments.channels, lists: &arguments.lists }
}

/// Freezes what is new, asks where people are reached, and delivers what is due.
async fn send(arguments: &cli::Send, context: &Context, mut ready: Ready) -> Result<Exit, Error> {
    build::out_folder(context, Path::new("out"), &ready)?;
    if !context.project.path(&context.project.config.ledger.path).exists() {
        // A first send that cannot be planned leaves no empty record behind.
        check_names(arguments, &ready.parts)?;
        drop(decisions(context, &ready.key, ready.lang(), &Mail::of_ready(&ready), &arguments.lists)?);
    }
    let ways = ways::ways(context)?;
    let ledger = record::open(context).await?;
    if mode(context) == Mode::Real {
        ready.key = record::lasting_key(context, &ledger).await?;
        record::vouch(context, &ledger, &ready.key, arguments.new_ledger).await?;
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
    check_names(arguments, &parts)?;
    let _inside = match mode(context) {
        Mode::Trial => Some(outbox(context).enter(ready.slug())?),
        Mode::Real => None,
    };
    let filled = fill(context, &ready, &ledger, earlier.as_ref(), &parts, &arguments.lists).await;
    let (release, sums) = match filled {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) if earlier.is_some() => {
            // Others may prepare their sends while this one goes on.
            let release = earlier.as_ref().expect("the guard asked for it");
            let freed = ledger.discard(release.id, release.waves + 1).await;
            freed.map_err(|error| error.at(&ledger.place()))?;
            ledger.shut().await;
            return finish_unreadable(arguments, context, error).await;
        }
        filled => filled?,
    };
    let told = Told::of(context, &ready, earlier.as_ref(), &parts);
    let before_now = earlier.as_ref().map(|_| &before[..]);
    let plan = survey::plan(ready.slug(), &code_of(&release), &parts, &sums, before_now, &arguments.lists);
    let shown = told.head() + &text::plan(context, &plan, &sums, &parts, &before, chosen(arguments));
    context.screen.result(shown.trim_end());
    let targets = text::leaving(&plan, chosen(arguments));
    if mode(context) == Mode::Real && targets > 0 && !ask::go_on(context, arguments.yes, &plan)? {
        ledger.discard(release.id, release.waves + 1).await.map_err(|error| error.at(&ledger.place()))?;
        ledger.shut().await;
        context.screen.result("Nothing was sent.");
        return Ok(Exit::Settled);
    }
    seal(context, &ledger, earlier.as_ref(), &release, &sums).await?;
    let document = told.document(&plan, mode(context), false);
    Delivering { arguments, context, key: &ready.key, ways, ledger, release: &release, parts: &parts, targets }
        .deliver(document)
        .await
}

/// Goes on with what was released, although the post or a list cannot be read any more. Where nothing of a release is
/// open, the errors are the answer.
async fn finish_unreadable(arguments: &cli::Send, context: &Context, error: Error) -> Result<Exit, Error> {
    let file = context.project.post_file(&arguments.post);
    let there = context.project.path(&context.project.config.ledger.path).exists();
    let (Ok(slug), true) = (Slug::of_file(&file), there) else { return Err(error) };
    let ledger = record::open(context).await?;
    let mode = mode(context);
    let release = ledger.release(slug.as_str(), mode).await.map_err(|error| error.at(&ledger.place()))?;
    let there = mode == Mode::Real || outbox(context).has_trial(slug.as_str());
    let Some(release) = release.filter(|release| release.state == ReleaseState::Open && there) else {
        return Err(error);
    };
    let (parts, before) = survey::frozen(&ledger, &release).await?;
    check_names(arguments, &parts)?;
    context.screen.note(&format!(
        "{error}\n\nThe post or a list has errors now; what was released of the post before goes on.\n"
    ));
    let told = Told::of_unreadable(&release, &error);
    let sums = Sums::default();
    let plan = survey::plan(slug.as_str(), &code_of(&release), &parts, &sums, Some(&before), &arguments.lists);
    let shown = told.head() + &text::plan(context, &plan, &sums, &parts, &before, chosen(arguments));
    context.screen.result(shown.trim_end());
    let document = told.document(&plan, mode, arguments.dry_run);
    if arguments.dry_run {
        context.screen.result("\nA dry run: nothing was sent or recorded.");
        context.screen.json(&document);
        return Ok(Exit::Settled);
    }
    let targets = text::leaving(&plan, chosen(arguments));
    if mode == Mode::Real && targets > 0 && !ask::go_on(context, arguments.yes, &plan)? {
        context.screen.result("Nothing was sent.");
        return Ok(Exit::Settled);
    }
    let key = ensure_or_trial(context, &ledger, arguments, mode).await?;
    let _inside = match mode {
        Mode::Trial => Some(outbox(context).enter(slug.as_str())?),
        Mode::Real => None,
    };
    let ways = ways::ways(context)?;
    Delivering { arguments, context, key: &key, ways, ledger, release: &release, parts: &parts, targets }
        .deliver(document)
        .await
}

async fn ensure_or_trial(
    context: &Context,
    ledger: &SqliteLedger,
    arguments: &cli::Send,
    mode: Mode,
) -> Result<SiteKey, Error> {
    if mode == Mode::Trial {
        return site_key(&context.project, |name| std::env::var(name).ok());
    }
    let key = record::lasting_key(context, ledger).await?;
    record::vouch(context, ledger, &key, arguments.new_ledger).await?;
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

/// Opens what was filled; withdraws who asked not to be written to since the release.
async fn seal(
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
    if earlier.is_some() && sums.total() == 0 {
        ledger.discard(release.id, number).await.map_err(at)?;
    } else {
        ledger.seal(release.id, number, sums.audience.0).await.map_err(at)?;
    }
    if release.state != ReleaseState::Open {
        ledger.set_state(release.id, ReleaseState::Open).await.map_err(at)?;
    }
    Ok(())
}
