//! `send`: freezes a release of a post and delivers what is open of it. With the outbox, a trial on this computer.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::audience::{Mail, compiled, decisions, known_names};
use super::ready::Ready;
use super::staging::Staging;
use super::survey::{self, Survey, code_of};
use super::{Context, build};
use crate::channel::feed::FeedFile;
use crate::channel::outbox::Outbox;
use crate::cli;
use crate::dispatch::freeze::{Sums, Wave};
use crate::dispatch::{BATCH, Chosen, Composer, Dispatch, Summary};
use crate::error::{Error, Exit};
use crate::ledger::{Ledger, LedgerError, Mode, Part, Release, ReleaseState, Roll, SqliteLedger, Totals};
use crate::plan::Recipient;
use crate::post::Slug;
use crate::project::site_key;

mod text;

use text::Told;

/// Sends a post, or shows what sending it would do. What was released before is finished even if the post or a list
/// cannot be read any more.
pub async fn run(arguments: &cli::Send, context: &Context) -> Result<Exit, Error> {
    let ready = match Ready::make(context, &arguments.post) {
        Err(error @ Error::Input(_)) => return finish_unreadable(arguments, context, error).await,
        ready => ready?,
    };
    context.screen.findings(&ready.warnings);
    if arguments.dry_run { dry_run(arguments, context, &ready).await } else { send(arguments, context, &ready).await }
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

/// Writes what a build writes, prints the plan, and leaves no trace in the sending record.
async fn dry_run(arguments: &cli::Send, context: &Context, ready: &Ready) -> Result<Exit, Error> {
    let survey = match survey::survey(context, ready, &arguments.lists).await {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) => {
            return finish_unreadable(arguments, context, error).await;
        }
        survey => survey?,
    };
    check_names(arguments, &survey.parts)?;
    let folder = build::out_folder(context, &context.project.path(Path::new("out")), ready)?;
    let mut staging = build::stage(context, ready, &folder, &survey)?;
    if arguments.messages {
        messages(arguments, context, ready, &survey, &mut staging).await?;
    }
    let files = staging.finish(build::OWNED)?;
    let told = Told::of(context, ready, survey.earlier.as_ref(), &survey.parts);
    let plan = text::plan(&survey.plan, &survey.sums, &survey.parts, &survey.before, chosen(arguments));
    context.screen.result(&(told.head() + &plan + &told.end_of_dry_run(files.len(), &folder)));
    let mut document = told.document(&survey.plan, true);
    document["folder"] = folder.display().to_string().into();
    context.screen.json(&document);
    Ok(Exit::Settled)
}

/// Every message that a send would make now, one after the other: what an earlier run left, and who is new.
async fn messages(
    arguments: &cli::Send,
    context: &Context,
    ready: &Ready,
    survey: &Survey,
    staging: &mut Staging,
) -> Result<(), Error> {
    let sender = &context.project.config.sender;
    let composer = match &survey.earlier {
        Some(release) => Composer::new(sender, &ready.key, release),
        None => Composer::of_content(sender, &ready.key, &ready.digest, 1),
    };
    let left = survey.record.as_ref().zip(survey.earlier.as_ref());
    let chosen = chosen(arguments);
    let mut message = Vec::new();
    let parts = if survey.earlier.is_some() { survey.parts.clone() } else { ready.frozen() };
    for (number, part) in (0_i64..).zip(&parts) {
        if part.channel != "email" || !chosen.takes(part) {
            continue;
        }
        let compiled = compiled(part)?;
        let mut write = |recipient: &Recipient| -> Result<(), Error> {
            match composer.message(&compiled, &part.list, recipient, &context.now, &mut message) {
                Ok(()) => staging.write(format!("messages/{}.eml", composer.name(recipient.target)), &message),
                Err(error) => {
                    context.screen.note(&format!("{}: no message: {error}", recipient.address));
                    Ok(())
                }
            }
        };
        let mut after = None;
        while let Some((record, earlier)) = left {
            let batch = record.pending(earlier.id, number, after, BATCH).await;
            let batch = batch.map_err(|error| error.at(&record.place()))?;
            let Some(last) = batch.last() else { break };
            after = Some(last.target);
            batch.iter().filter_map(|delivery| delivery.recipient.as_ref()).try_for_each(&mut write)?;
        }
        after = None;
        while let Some(new) = &survey.new {
            let batch = new.recipients(number, after, BATCH).await.map_err(|error| error.at(&new.place()))?;
            let Some(last) = batch.last() else { break };
            after = Some(last.target);
            batch.iter().try_for_each(&mut write)?;
        }
    }
    Ok(())
}

/// Freezes what is new and delivers what is open.
async fn send(arguments: &cli::Send, context: &Context, ready: &Ready) -> Result<Exit, Error> {
    build::out_folder(context, Path::new("out"), ready)?;
    if !context.project.path(&context.project.config.ledger.path).exists() {
        // A first send that cannot be planned leaves no empty record behind.
        check_names(arguments, &ready.parts)?;
        drop(decisions(context, &ready.key, ready.lang(), &Mail::of_ready(ready), &arguments.lists)?);
    }
    let ledger = open_ledger(context).await?;
    build::publish_pictures(context, ready)?;
    // Held from before the look at what was released, so that of two sends at once only one begins the release.
    ledger.hold().await.map_err(|error| error.at(&ledger.place()))?;
    let earlier = begin_anew_without_files(context, ready, &ledger).await?;
    let (parts, before) = match &earlier {
        Some(release) => survey::frozen(&ledger, release).await?,
        None => (ready.frozen(), Vec::new()),
    };
    check_names(arguments, &parts)?;
    let _inside = outbox(context).enter(ready.slug())?;
    let frozen = freeze(context, ready, &ledger, earlier.as_ref(), &parts, &arguments.lists).await;
    let (release, sums) = match frozen {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) if earlier.is_some() => {
            return finish_unreadable(arguments, context, error).await;
        }
        frozen => frozen?,
    };
    let told = Told::of(context, ready, earlier.as_ref(), &parts);
    let before_now = earlier.as_ref().map(|_| &before[..]);
    let plan = survey::plan(ready.slug(), &code_of(&release), &parts, &sums, before_now, &arguments.lists);
    let shown = told.head() + &text::plan(&plan, &sums, &parts, &before, chosen(arguments));
    context.screen.result(shown.trim_end());
    deliver(arguments, context, ledger, &release, &parts, told.document(&plan, false)).await
}

/// Goes on with what was released, although the post or a list cannot be read any more. Where nothing of a release is
/// open, the errors are the answer.
async fn finish_unreadable(arguments: &cli::Send, context: &Context, error: Error) -> Result<Exit, Error> {
    let file = context.project.post_file(&arguments.post);
    let record = context.project.path(&context.project.config.ledger.path);
    let (Ok(slug), true) = (Slug::of_file(&file), record.exists()) else { return Err(error) };
    let ledger = open_ledger(context).await?;
    let release = ledger.release(slug.as_str(), Mode::Trial).await.map_err(|error| error.at(&ledger.place()))?;
    let there = outbox(context).folder(slug.as_str()).exists();
    let Some(release) = release.filter(|release| release.state == ReleaseState::Open && there) else {
        return Err(error);
    };
    let (parts, before) = survey::frozen(&ledger, &release).await?;
    check_names(arguments, &parts)?;
    context.screen.note(&format!(
        "{error}\n\nThe post or a list has errors now; what was released of the post before goes on.\n"
    ));
    let told = Told::of_unreadable(&release, &error);
    let plan =
        survey::plan(slug.as_str(), &code_of(&release), &parts, &Sums::default(), Some(&before), &arguments.lists);
    let shown = told.head() + &text::plan(&plan, &Sums::default(), &parts, &before, chosen(arguments));
    context.screen.result(shown.trim_end());
    let document = told.document(&plan, arguments.dry_run);
    if arguments.dry_run {
        context.screen.result("\nA dry run: nothing was sent or recorded.");
        context.screen.json(&document);
        return Ok(Exit::Settled);
    }
    let _inside = outbox(context).enter(slug.as_str())?;
    deliver(arguments, context, ledger, &release, &parts, document).await
}

/// Delivers what is open and says what came of it; `document` is the answer as JSON so far.
async fn deliver(
    arguments: &cli::Send,
    context: &Context,
    ledger: SqliteLedger,
    release: &Release,
    parts: &[Part],
    mut document: Value,
) -> Result<Exit, Error> {
    let config = &context.project.config;
    let key = site_key(&context.project, |name| std::env::var(name).ok())?;
    let outbox = outbox(context);
    let feed = FeedFile::of(config, &context.now);
    let dispatch = Dispatch {
        ledger: &ledger,
        release,
        parts,
        composer: Composer::new(&config.sender, &key, release),
        outbox: &outbox,
        feed: feed.as_ref(),
        now: &context.now,
    };
    let summary = dispatch.run(chosen(arguments)).await?;
    let totals = ledger.totals(release.id).await.map_err(|error| error.at(&ledger.place()))?;
    ledger.shut().await;
    context.screen.result(&text::end(summary, chosen(arguments), &outbox.folder(&release.slug)));
    document["written"] = summary.sent.into();
    document["failed"] = summary.failed.into();
    document["channels"] = json!(by_channel(parts, &totals));
    context.screen.json(&document);
    Ok(exit(summary))
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

/// Freezes a new release, or adds those who joined since to the earlier one.
async fn freeze(
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
    let wave = Wave { roll: ledger, release: release.id, number, record: Some(ledger), earlier };
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
    Ok((release, sums))
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
