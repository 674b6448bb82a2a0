//! `send --dry-run`: the plan and every file, without a trace in the sending record.

use std::path::Path;

use super::super::audience::compiled;
use super::super::ready::Ready;
use super::super::staging::Staging;
use super::super::survey::{self, Survey};
use super::super::{Context, build, record};
use super::order::Order;
use super::rest::Course;
use super::text::{self, Told};
use super::{Unreadable, approval, check_names};
use crate::cli;
use crate::dispatch::{BATCH, Composer};
use crate::error::{Error, Exit};
use crate::ledger::{Ledger, Roll};
use crate::plan::Recipient;

/// Writes what a build writes, prints the plan, and leaves no trace in the sending record.
pub(super) async fn dry_run(arguments: &cli::Send, order: &Order<'_>, context: &Context) -> Result<Exit, Error> {
    let ready = match Ready::make(context, order.post) {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) => return show_unreadable(order, context, error).await,
        ready => &ready?,
    };
    context.screen.findings(&ready.warnings);
    let record = record::existing(context).await?;
    let earlier = match &record {
        Some(record) => survey::earlier(context, ready, record).await?,
        None => None,
    };
    let course = Course::of(order, context, ready, record.as_ref(), earlier).await?;
    let survey = match survey::on_course(context, ready, order.lists, record, course).await {
        Err(error @ (Error::Input(_) | Error::Missing { .. })) => return show_unreadable(order, context, error).await,
        survey => survey?,
    };
    check_names(order, &survey.parts)?;
    let folder = build::out_folder(context, &context.project.path(Path::new("out")), ready)?;
    let mut staging = build::stage(context, ready, &folder, &survey)?;
    if arguments.messages {
        messages(order, context, ready, &survey, &mut staging).await?;
    }
    let files = staging.finish(build::OWNED)?;
    let told = match &survey.replaced {
        Some(replaced) => Told::of_new_text(ready, replaced, &survey.sums, &survey.parts),
        None => Told::of(context, ready, survey.earlier.as_ref(), &survey.parts, order.rest().is_some()),
    };
    let plan = text::plan(context, &survey.plan, &survey.sums, &survey.parts, &survey.before, order.chosen());
    let pass = approval::foreseen(order, context, ready, &survey).await?;
    let end = told.end_of_dry_run(files.len(), &folder);
    context.screen.result(&(told.head() + &plan + &pass.line + &requests(context, ready, &folder) + &end));
    let mut document = told.document(&survey.plan, super::mode(context), true);
    document["approval"] = pass.document;
    document["folder"] = folder.display().to_string().into();
    context.screen.json(&document);
    Ok(Exit::Settled)
}

/// A line for each request that goes out to a network, and where it can be read; nothing where there is none.
fn requests(context: &Context, ready: &Ready, folder: &Path) -> String {
    let mut text = String::new();
    for (channel, described) in build::described(context, ready).into_iter().flat_map(Result::ok) {
        let file = folder.join("payload").join(format!("{channel}.http"));
        text += &format!("\n{channel}: {} {} ({})", described.method, described.address, file.display());
    }
    if text.is_empty() { text } else { text + "\n" }
}

/// What goes on of an earlier release of a post that cannot be read any more.
async fn show_unreadable(order: &Order<'_>, context: &Context, error: Error) -> Result<Exit, Error> {
    let mut left = Unreadable::of(order, context, error).await?;
    left.document["dry_run"] = true.into();
    context.screen.result("\nA dry run: nothing was sent or recorded.");
    context.screen.json(&left.document);
    Ok(Exit::Settled)
}

/// Every message that a send would make now, one after the other: what an earlier run left, and who is new.
async fn messages(
    order: &Order<'_>,
    context: &Context,
    ready: &Ready,
    survey: &Survey,
    staging: &mut Staging,
) -> Result<(), Error> {
    let sender = &context.project.config.sender;
    let composer = match &survey.earlier {
        Some(release) => Composer::new(sender, &ready.key, release),
        None => {
            let revision = survey.replaced.as_ref().map_or(1, |replaced| replaced.release.revision + 1);
            Composer::of_content(sender, &ready.key, &ready.digest, revision)
        }
    };
    let left = survey.record.as_ref().zip(survey.earlier.as_ref());
    let chosen = order.chosen();
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
