//! `resolve`: a person decides about mails and posts that may or may not have arrived.

use std::collections::BTreeMap;

use serde_json::json;

use super::Context;
use super::released::Released;
use super::revisions;
use super::status::{Found, uncertain};
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::nearest;
use crate::ledger::{Books, Decided, DeliveryKey, DeliveryState, Ledger, Passage, Totals};
use crate::members::address::Address;
use crate::plan::{SiteKey, Target};
use crate::project::site_key;

pub async fn run(arguments: &cli::Resolve, context: &Context) -> Result<Exit, Error> {
    let released = Released::real(context, &arguments.post).await?;
    let slug = released.release.slug.as_str();
    let decided = if arguments.send_again { Decided::SendAgain } else { Decided::CountAsSent };
    let revisions = released.revisions().await?;
    let waiting = uncertain(&released.record, &revisions).await.map_err(|error| released.at(error))?;
    let chosen = match arguments.addresses.is_empty() {
        true => waiting,
        false => chosen(arguments, context, &released, waiting).await?,
    };
    let alive = released.record.workers(context.clock.now()).await.map_err(|error| released.at(error))? > 0;
    if alive && !chosen.is_empty() && decided == Decided::SendAgain {
        context
            .screen
            .note("warning: something is being sent at this moment; if it is this post, these go out again at once\n");
    }
    let mut counts = Counts { asked: chosen.len() as u64, ..Counts::default() };
    for revision in &revisions {
        let id = revision.release.id;
        let of_it = chosen.iter().filter(|found| found.release == id);
        let keys: Vec<DeliveryKey> = of_it.map(|found| found.standing.key).collect();
        let done = released.record.resolve(id, Some(&keys), decided, context.clock.now()).await;
        let done = done.map_err(|error| released.at(error))?;
        released.record.close(id).await.map_err(|error| released.at(error))?;
        counts.done += done;
        counts.earlier += if id == released.release.id { 0 } else { done };
    }
    let done = counts.done;
    let left = revisions::all(&released.revisions().await?);
    context.screen.result(&told(slug, decided, counts, &left, released.release.is_correction()));
    context.screen.json(&json!({
        "slug": slug,
        "decided": if arguments.send_again { "send-again" } else { "count-as-sent" },
        "count": done,
        "addresses": chosen.iter().map(called).collect::<Vec<_>>(),
        "totals": left,
    }));
    released.record.shut().await;
    Ok(Exit::Settled)
}

/// Those of the uncertain ones that were named.
///
/// # Errors
/// [`Error::Usage`] with every name that is none of them; then nothing was changed.
async fn chosen(
    arguments: &cli::Resolve,
    context: &Context,
    released: &Released,
    waiting: Vec<Found>,
) -> Result<Vec<Found>, Error> {
    let key = key_of(context, released)?;
    let known: Vec<String> = waiting.iter().map(|found| found.standing.address.clone()).collect();
    let is_post = |found: &Found| found.standing.key.target == Target::CHANNEL;
    let (posts, mails): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_post);
    let mut by_target: BTreeMap<_, _> = mails.into_iter().map(|found| (found.standing.key.target, found)).collect();
    let (mut chosen, mut taken, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    let mut taken_posts: Vec<String> = Vec::new();
    for written in &arguments.addresses {
        // A network is called by its channel's name.
        let named: Vec<&Found> = posts.iter().filter(|found| found.channel == *written).collect();
        if !named.is_empty() {
            let new = |found: &&Found| !taken_posts.contains(&found.channel);
            chosen.extend(named.into_iter().filter(new).cloned());
            taken_posts.push(written.clone());
            continue;
        }
        let address = match Address::parse(written) {
            Ok(address) => address,
            Err(error) => {
                wrong.push(format!("{written}: {error}"));
                continue;
            }
        };
        let target = key.target(&address);
        match by_target.remove(&target) {
            Some(found) => {
                taken.push(target);
                chosen.push(found);
            }
            None if taken.contains(&target) => {}
            None => {
                let history = released.record.history(target).await.map_err(|error| released.at(error))?;
                let passage = history.into_iter().find(|passage| {
                    let release = &passage.release;
                    release.slug == released.release.slug && release.mode == released.release.mode
                });
                wrong.push(format!("{address}: {}", why_not(passage, nearest(address.as_str(), known_of(&known)))));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(chosen);
    }
    let help = format!("nothing was changed; `rundbrief status {}` names those to decide about", released.release.slug);
    Err(Error::Usage(format!("there is nothing to decide about {}\n  = help: {help}", wrong.join("\n  and about "))))
}

/// Its address, or the channel of what has none.
fn called(found: &Found) -> &str {
    if found.standing.address.is_empty() { &found.channel } else { &found.standing.address }
}

fn known_of(known: &[String]) -> impl Iterator<Item = &str> {
    known.iter().map(String::as_str)
}

/// Why an address is not among those that may not have arrived.
fn why_not(passage: Option<Passage>, near: Option<&str>) -> String {
    match (passage.map(|passage| passage.standing.state), near) {
        (Some(DeliveryState::Sent), _) => "it was accepted".to_owned(),
        (Some(DeliveryState::Failed), _) => "it was refused".to_owned(),
        (Some(DeliveryState::Uncertain), _) => "it was named twice".to_owned(),
        (Some(_), _) => "it waits to be sent".to_owned(),
        (None, Some(near)) => format!("it was not written to; did you mean {near}?"),
        (None, None) => "it was not written to".to_owned(),
    }
}

/// The site key that the release's members are known by.
fn key_of(context: &Context, released: &Released) -> Result<SiteKey, Error> {
    let key = site_key(&context.project, |name| std::env::var(name).ok())?;
    if released.release.key.is_empty() || released.release.key == key.fingerprint() {
        return Ok(key);
    }
    Err(Error::Usage(
        "the site key is not the one that this post was sent with, so that nobody can be recognised by their address\n  \
         = help: restore the key from a backup; without addresses, the decision is about all of the post"
            .to_owned(),
    ))
}

/// How many it was about.
#[derive(Default, Clone, Copy)]
struct Counts {
    asked: u64,
    done: u64,
    /// Of them, those of an earlier text.
    earlier: u64,
}

/// What was decided and what comes next.
fn told(slug: &str, decided: Decided, counts: Counts, left: &Totals, corrected: bool) -> String {
    let Counts { asked, done, earlier } = counts;
    if asked == 0 {
        return format!("Nothing of {slug} is in doubt; there is nothing to decide.");
    }
    let with = if corrected && earlier > 0 { " --rest-with-new-text" } else { "" };
    let mut text = match (decided, done) {
        (Decided::SendAgain, 1) => format!("1 is to be sent again. Now run: rundbrief send {slug}{with}"),
        (Decided::SendAgain, _) => format!("{done} are to be sent again. Now run: rundbrief send {slug}{with}"),
        (Decided::CountAsSent, 1) => "1 counts as sent and is not written to again.".to_owned(),
        (Decided::CountAsSent, _) => format!("{done} count as sent and are not written to again."),
    };
    if earlier > 0 && decided == Decided::SendAgain {
        let what = match (earlier, earlier == done) {
            (1, true) => "It was the earlier text; the next send writes to them".to_owned(),
            (_, true) => "They were of an earlier text; the next send writes to those members".to_owned(),
            (_, false) => format!("{earlier} of them were of an earlier text; the next send writes to those members"),
        };
        text += &format!("\n{what} as new, with the newest text, if they are on a list.");
    }
    let late = asked.saturating_sub(done);
    if late > 0 {
        text += &format!("\n{late} had an answer after all, or somebody else decided at the same time.");
    }
    if left.uncertain > 0 {
        text += &format!("\n{} more may or may not have arrived: rundbrief status {slug}", left.uncertain);
    }
    text
}
