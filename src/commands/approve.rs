//! `approve`: a person gives a post free for sending, as it is now, for the people whom it would reach now.

use serde_json::{Value, json};

use super::approval::told::{changed, people, who};
use super::approval::{Standing, Texts};
use super::ready::Ready;
use super::send::ask;
use super::ways::mode;
use super::{Context, record};
use crate::cli;
use crate::error::{Error, Exit};
use crate::ledger::{Approvals, Ledger, Mode, NewApproval, Roll};

mod look;
mod revoke;
mod show;

use look::Look;

/// Characters of a name.
const NAME: usize = 200;
/// Characters of a note.
const NOTE: usize = 2_000;

pub async fn run(arguments: &cli::Approve, context: &Context) -> Result<Exit, Error> {
    match (arguments.show, arguments.revoke) {
        (true, _) => show::show(&arguments.post, context).await,
        (_, true) => revoke::revoke(&arguments.post, context).await,
        _ => approve(arguments, context).await,
    }
}

async fn approve(arguments: &cli::Approve, context: &Context) -> Result<Exit, Error> {
    let by = arguments.by.as_deref().map(|by| line("--by", by, NAME)).transpose()?;
    let note = line("--note", arguments.note.as_deref().unwrap_or_default(), NOTE)?;
    if by.as_deref() == Some("") || (by.is_none() && !ask::at_terminal()) {
        let help = "name the person: rundbrief approve POST --by \"Dr. Erika Weber\"";
        return Err(Error::Usage(format!("nobody says who approves this\n  = help: {help}")));
    }
    let mut ready = Ready::make(context, &arguments.post)?;
    context.screen.findings(&ready.warnings);
    look::can_be_planned(context, &ready)?;
    let record = record::open(context).await?;
    ready.key = record::lasting_key(context, &record).await?;
    record::belongs(context, &record, &ready.key, false).await?;
    record.shut().await;
    let look = Look::at(context, &ready).await?;
    if let Some(done) = look.nothing_to_approve(context) {
        context.screen.result(&done);
        context
            .screen
            .json(&json!({ "slug": ready.slug(), "code": ready.code(), "approved": false, "reason": "sent" }));
        return Ok(Exit::Settled);
    }
    context.screen.result(&look.shown(context));
    show_what_changed(context, &look).await?;
    let by = match by {
        Some(by) => by,
        None => match ask::answer_to("\nWho approves this? Name (nothing: nobody): ")?.unwrap_or_default() {
            nobody if nobody.is_empty() => {
                context.screen.result("Nothing was approved.");
                context.screen.json(&not_done(&ready, "declined"));
                return Ok(Exit::Settled);
            }
            name => line("the name", &name, NAME)?,
        },
    };
    let new = NewApproval {
        slug: ready.slug().to_owned(),
        code: ready.digest,
        audience: look.sums.audience.0,
        by,
        note,
        texts: Texts::of(context, &ready).to_json(),
        at: context.clock.now(),
    };
    take_down(context, look, &new).await
}

fn not_done(ready: &Ready, reason: &str) -> Value {
    json!({ "slug": ready.slug(), "code": ready.code(), "approved": false, "reason": reason })
}

/// What changed since an earlier approval, which this one replaces.
async fn show_what_changed(context: &Context, look: &Look<'_>) -> Result<(), Error> {
    if let Standing::Outdated(before, since) = look.standing(context).await? {
        let text = format!("\nSince it was approved by {}:\n\n{}", who(context, &before), changed(&since, true));
        context.screen.result(&text);
    }
    Ok(())
}

/// Notes it, while no send begins.
async fn take_down(context: &Context, look: Look<'_>, new: &NewApproval) -> Result<Exit, Error> {
    let ledger = &look.record;
    ledger.hold().await.map_err(|error| error.at(&ledger.place()))?;
    // Again: the question may have waited for long, and a connection that nobody uses may be closed.
    look.note_present().await?;
    let approval = ledger.approve(new, None).await.map_err(|error| error.at(&ledger.place()))?;
    let code = look.ready.code();
    context.screen.result(&format!(
        "\nApproved by {}: {code}, for {}.\n{}",
        approval.by,
        people(approval.people),
        what_it_means(context, &look)
    ));
    let mut document = super::approval::told::approval(&approval);
    document["slug"] = approval.slug.as_str().into();
    document["approved"] = true.into();
    document["plan"] = json!(look.plan);
    context.screen.json(&document);
    look.record.shut().await;
    Ok(Exit::Settled)
}

/// What the approval is good for in this configuration.
fn what_it_means(context: &Context, look: &Look<'_>) -> String {
    let slug = look.ready.slug();
    let meaning = match (mode(context), context.project.config.approval.required) {
        (Mode::Trial, _) => {
            "Mails are only written as files now, which needs no approval ([email] transport = \"outbox\")."
        }
        (_, false) => {
            "The configuration does not ask for it: `[approval] required = true` keeps back what is not approved."
        }
        _ if look.another_release().is_some() && look.is_sent() => {
            return format!(
                "`rundbrief correct {slug}` puts right what was sent; after an edit it must be approved again."
            );
        }
        _ if look.another_release().is_some() => {
            "It is of the files as they are now; a send of what was released before goes on as it is."
        }
        _ => return format!("`rundbrief send {slug}` sends exactly this; after an edit it must be approved again."),
    };
    meaning.to_owned()
}

/// What a person wrote as one line.
fn line(what: &str, written: &str, most: usize) -> Result<String, Error> {
    let text = written.trim();
    if text.chars().any(char::is_control) {
        return Err(Error::Usage(format!("{what}: write it in one line, without control characters")));
    }
    match text.chars().count() > most {
        true => Err(Error::Usage(format!("{what}: at most {most} characters"))),
        false => Ok(text.to_owned()),
    }
}
