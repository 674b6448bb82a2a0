//! `send`: freezes a release of a post and delivers what is open of it. With the outbox, a trial on this computer.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::audience::{Mail, compiled, decisions, known_names};
use super::ready::Ready;
use super::screen::finding_entry;
use super::survey::{self, Survey};
use super::{Context, build};
use crate::channel::feed::FeedFile;
use crate::channel::outbox::Outbox;
use crate::cli;
use crate::dispatch::freeze::{Sums, Wave};
use crate::dispatch::{Composer, Dispatch, Summary};
use crate::error::{Error, Exit};
use crate::ledger::{Ledger, LedgerError, Mode, Part, Release, ReleaseState, SqliteLedger, Totals};
use crate::plan::{Plan, SiteKey, Skip};
use crate::post::Slug;
use crate::project::site_key;
use crate::render::code::Code;

/// Sends a post, or shows what sending it would do.
pub async fn run(arguments: &cli::Send, context: &Context) -> Result<Exit, Error> {
    let ready = match Ready::make(context, &arguments.post) {
        Err(error @ Error::Input(_)) if !arguments.dry_run => return finish_released(arguments, context, error).await,
        ready => ready?,
    };
    context.screen.findings(&ready.warnings);
    check_names(arguments, &ready)?;
    if arguments.dry_run { dry_run(arguments, context, &ready).await } else { send(arguments, context, &ready).await }
}

fn check_names(arguments: &cli::Send, ready: &Ready) -> Result<(), Error> {
    let channels: Vec<String> = ready.parts.iter().map(|part| part.channel.clone()).collect();
    let lists: Vec<String> =
        ready.parts.iter().filter(|part| part.channel == "email").map(|part| part.list.clone()).collect();
    known_names("--channel", &arguments.channels, &channels)?;
    known_names("--list", &arguments.lists, &lists)
}

/// Writes what a build writes, prints the plan, and leaves no trace in the sending record.
async fn dry_run(arguments: &cli::Send, context: &Context, ready: &Ready) -> Result<Exit, Error> {
    let survey = survey::survey(context, ready, &arguments.lists).await?;
    let folder = build::out_folder(context, &context.project.path(Path::new("out")), ready)?;
    let mut staging = build::stage(context, ready, &folder, &survey)?;
    if arguments.messages {
        messages(context, ready, &survey, &mut staging).await?;
    }
    let files = staging.finish(build::OWNED)?;
    let mut text = head(ready, survey.earlier.as_ref());
    text += &plan_text(&survey.plan, &survey.sums, &arguments.channels);
    text += &format!(
        "\nA dry run: {} files in {} to look at, nothing was sent or recorded.",
        files.len(),
        folder.display()
    );
    context.screen.result(&text);
    context.screen.json(&json!({
        "slug": ready.slug(),
        "code": survey.plan.code,
        "dry_run": true,
        "changed": changed(ready, survey.earlier.as_ref()),
        "plan": survey.plan,
        "folder": folder.display().to_string(),
        "findings": ready.warnings.iter().map(finding_entry).collect::<Vec<_>>(),
    }));
    Ok(Exit::Settled)
}

/// Every new member's own message, one after the other.
async fn messages(
    context: &Context,
    ready: &Ready,
    survey: &Survey,
    staging: &mut super::staging::Staging,
) -> Result<(), Error> {
    let Some((scratch, release)) = &survey.scratch else { return Ok(()) };
    let composer = Composer::of_content(&context.project.config.sender, &ready.key, &ready.digest, 1);
    let mut message = Vec::new();
    for (number, part) in (0_i64..).zip(&survey.parts).filter(|(_, part)| part.channel == "email") {
        let compiled = compiled(part)?;
        let mut after = None;
        loop {
            let batch = scratch.pending(*release, number, after, 500).await.map_err(|error| error.at("of the plan"))?;
            let Some(last) = batch.last() else { break };
            after = Some(last.target);
            for recipient in batch.iter().filter_map(|delivery| delivery.recipient.as_ref()) {
                match composer.message(&compiled, &part.list, recipient, &context.now, &mut message) {
                    Ok(()) => staging.write(format!("messages/{}.eml", composer.name(recipient.target)), &message)?,
                    Err(error) => context.screen.note(&format!("{}: no message: {error}", recipient.address)),
                }
            }
        }
    }
    Ok(())
}

/// Freezes what is new and delivers what is open.
async fn send(arguments: &cli::Send, context: &Context, ready: &Ready) -> Result<Exit, Error> {
    build::out_folder(context, Path::new("out"), ready)?;
    if !context.project.path(&context.project.config.ledger.path).exists() {
        // A first send that cannot be planned leaves no empty record behind.
        drop(decisions(context, &ready.key, ready.lang(), &Mail::of_parts(&ready.parts)?, &arguments.lists)?);
    }
    let ledger = open_ledger(context).await?;
    build::publish_pictures(context, ready)?;
    let at = |error: LedgerError| error.at(&ledger.place());
    // Held from before the look at what was released, so that of two sends at once only one begins the release.
    ledger.hold().await.map_err(at)?;
    let earlier = begin_anew_without_files(context, ready, &ledger).await?;
    let _inside = outbox(context).enter(ready.slug())?;
    let frozen = freeze(context, ready, &ledger, earlier.as_ref(), &arguments.lists).await?;

    let mut text = head(ready, earlier.as_ref());
    text += &plan_text(&frozen.plan, &frozen.sums, &arguments.channels);
    context.screen.result(text.trim_end());

    let summary = dispatch(context, &ledger, &frozen.release, &frozen.parts, &ready.key, &arguments.channels).await?;
    let totals = by_channel(&frozen.parts, &ledger.totals(frozen.release.id).await.map_err(at)?);
    ledger.shut().await;
    context.screen.result(&end(summary, &outbox(context).folder(ready.slug())));
    context.screen.json(&json!({
        "slug": ready.slug(),
        "code": Code::of(&frozen.release.code).to_string(),
        "trial": true,
        "changed": changed(ready, earlier.as_ref()),
        "plan": frozen.plan,
        "written": summary.sent,
        "failed": summary.failed,
        "channels": totals,
    }));
    Ok(exit(summary))
}

/// Goes on with what was released, although the post cannot be read any more. Without such a release, its errors are
/// the answer.
async fn finish_released(arguments: &cli::Send, context: &Context, error: Error) -> Result<Exit, Error> {
    let file = context.project.post_file(&arguments.post);
    let record = context.project.path(&context.project.config.ledger.path);
    let (Ok(slug), true) = (Slug::of_file(&file), record.exists()) else { return Err(error) };
    let ledger = open_ledger(context).await?;
    let at = |error: LedgerError| error.at(&ledger.place());
    let release = ledger.release(slug.as_str(), Mode::Trial).await.map_err(at)?;
    let folder = outbox(context).folder(slug.as_str());
    let Some(release) = release.filter(|release| release.state == ReleaseState::Open && folder.exists()) else {
        return Err(error);
    };
    let _inside = outbox(context).enter(slug.as_str())?;
    context.screen.note(&format!("{error}\n\nThe post has errors now; what was released of it before goes on."));
    let (parts, _) = survey::frozen(&ledger, &release).await?;
    let key = site_key(&context.project, |name| std::env::var(name).ok())?;
    let summary = dispatch(context, &ledger, &release, &parts, &key, &arguments.channels).await?;
    let totals = by_channel(&parts, &ledger.totals(release.id).await.map_err(at)?);
    ledger.shut().await;
    context.screen.result(end(summary, &folder).trim_start());
    context.screen.json(&json!({
        "slug": slug,
        "code": Code::of(&release.code).to_string(),
        "trial": true,
        "changed": true,
        "written": summary.sent,
        "failed": summary.failed,
        "channels": totals,
    }));
    Ok(exit(summary))
}

async fn dispatch(
    context: &Context,
    ledger: &SqliteLedger,
    release: &Release,
    parts: &[Part],
    key: &SiteKey,
    channels: &[String],
) -> Result<Summary, Error> {
    let config = &context.project.config;
    let feed = FeedFile::of(config, &context.now);
    let dispatch = Dispatch {
        ledger,
        release,
        parts,
        composer: Composer::new(&config.sender, key, release),
        outbox: &outbox(context),
        feed: feed.as_ref(),
        now: &context.now,
    };
    dispatch.run(channels).await
}

fn outbox(context: &Context) -> Outbox {
    Outbox::new(context.project.path(&context.project.config.outbox.path))
}

fn exit(summary: Summary) -> Exit {
    if summary.failed > 0 { Exit::SomeRejected } else { Exit::Settled }
}

async fn open_ledger(context: &Context) -> Result<SqliteLedger, Error> {
    let path = context.project.path(&context.project.config.ledger.path);
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("make the folder", folder, error))?;
    }
    SqliteLedger::open(&path).await.map_err(|error| error.at(&path.display().to_string()))
}

/// The release to go on with. A trial whose files somebody has deleted is forgotten, so that it can be tried anew.
async fn begin_anew_without_files(
    context: &Context,
    ready: &Ready,
    ledger: &SqliteLedger,
) -> Result<Option<Release>, Error> {
    let earlier = survey::earlier(context, ready, ledger).await?;
    if earlier.is_none() {
        let at = |error: LedgerError| error.at(&ledger.place());
        if let Some(forgotten) = ledger.release(ready.slug(), Mode::Trial).await.map_err(at)? {
            ledger.forget_trial(forgotten.id).await.map_err(at)?;
        }
    }
    Ok(earlier)
}

/// A release with its new wave sealed.
struct Frozen {
    release: Release,
    parts: Vec<Part>,
    sums: Sums,
    plan: Plan,
}

/// Freezes a new release, or adds those who joined since to the earlier one.
async fn freeze(
    context: &Context,
    ready: &Ready,
    ledger: &SqliteLedger,
    earlier: Option<&Release>,
    lists: &[String],
) -> Result<Frozen, Error> {
    let at = |error: LedgerError| error.at(&ledger.place());
    let (parts, before) = match earlier {
        Some(release) => survey::frozen(ledger, release).await?,
        None => (ready.parts.clone(), Vec::new()),
    };
    let mails = Mail::of_parts(&parts)?;
    let decisions = decisions(context, &ready.key, ready.lang(), &mails, lists)?;
    let release = match earlier {
        Some(release) => release.clone(),
        None => ledger.begin(&survey::new_release(context, ready)).await.map_err(at)?,
    };
    let number = release.waves + 1;
    let wave = Wave { ledger, release: release.id, number, record: Some(ledger), earlier };
    let sums = match wave.fill(decisions).await {
        Ok(sums) => sums,
        Err(error) => {
            ledger.discard(release.id, number).await.map_err(at)?;
            return Err(error);
        }
    };
    if earlier.is_some() && sums.total() == 0 {
        ledger.discard(release.id, number).await.map_err(at)?;
    } else {
        ledger.seal(release.id, number, sums.audience.0).await.map_err(at)?;
    }
    let plan =
        survey::plan(ready.slug(), &Code::of(&release.code).to_string(), &parts, &sums, earlier.map(|_| &before[..]));
    Ok(Frozen { release, parts, sums, plan })
}

fn changed(ready: &Ready, earlier: Option<&Release>) -> bool {
    earlier.is_some_and(|release| release.code != ready.digest)
}

/// The title, and what is to be said about an earlier run.
fn head(ready: &Ready, earlier: Option<&Release>) -> String {
    let title = &ready.loaded.post.header.title;
    match earlier {
        None => format!("{title}\nrelease code {}\n\n", ready.code()),
        Some(release) if release.code == ready.digest => {
            format!("{title}\nrelease code {}; this send goes on where the last one ended\n\n", ready.code())
        }
        Some(release) => format!(
            "{title}\nThe post has changed since its release: {} was released, the files now make {}.\n\
             Who has it keeps it, and who gets it now gets what was released. To try the new text from the start, delete\n\
             the post's folder in the outbox and send again; `rundbrief build` shows it without sending.\n\n",
            Code::of(&release.code),
            ready.code()
        ),
    }
}

/// Who gets what, and who not and why, one line a channel.
fn plan_text(plan: &Plan, sums: &Sums, chosen: &[String]) -> String {
    let mut text = String::new();
    let width = plan.channels.keys().map(|name| name.chars().count()).max().unwrap_or(0).max(8);
    for (name, channel) in &plan.channels {
        let what = match (name.as_str(), channel.targets) {
            ("email", 1) => "1 member".to_owned(),
            ("email", count) => format!("{count} members"),
            (_, 0) => "nothing new".to_owned(),
            ("feed", _) => "1 item".to_owned(),
            _ => "1 text".to_owned(),
        };
        let left = if chosen.is_empty() || chosen.contains(name) { "" } else { " (not now)" };
        text += &format!("  {name:width$}  {what}{left}\n");
        if name == "email" {
            for (skip, count) in sums.skipped.iter().filter(|(skip, _)| **skip != Skip::Known) {
                text += &format!("  {:width$}  skipped: {count} {}\n", "", skip.words());
            }
            if let Some(known) = sums.skipped.get(&Skip::Known) {
                text += &format!("  {:width$}  {known} already in this send\n", "");
            }
        }
    }
    text
}

/// The last words of a trial.
fn end(summary: Summary, folder: &Path) -> String {
    let mut text = String::from("\n");
    match summary.sent {
        0 => text += "Everything of this post was written before.\n",
        _ => text += &format!("The outbox: {}\n", folder.display()),
    }
    if summary.failed > 0 {
        text += &format!("{} could not be written: a value of theirs cannot stand in a message.\n", summary.failed);
    }
    let files = if summary.sent == 1 { "1 file".to_owned() } else { format!("{} files", summary.sent) };
    text + &format!("{files} written. Nothing has left this computer.")
}

fn by_channel(parts: &[Part], totals: &[(i64, Totals)]) -> BTreeMap<String, Value> {
    let mut sums: BTreeMap<String, Totals> = BTreeMap::new();
    for (number, totals) in totals {
        if let Some(part) = usize::try_from(*number).ok().and_then(|number| parts.get(number)) {
            let sum = sums.entry(part.channel.clone()).or_default();
            sum.merge(totals);
        }
    }
    sums.into_iter().map(|(channel, totals)| (channel, json!(totals))).collect()
}
