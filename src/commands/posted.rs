//! `posted`: a person notes where a text can be seen that they posted by hand.

use serde_json::json;

use super::Context;
use super::released::Released;
use super::revisions::{self, Revision};
use crate::cli;
use crate::error::{Error, Exit};
use crate::finding::nearest;
use crate::ledger::{Books, ByHand, DeliveryKey, Form, Ledger, Mode};
use crate::plan::Target;

pub async fn run(arguments: &cli::Posted, context: &Context) -> Result<Exit, Error> {
    let cli::Posted { channel, url, .. } = arguments;
    if !crate::config::is_url(url) {
        let message =
            format!("`{url}` is no address of a page\n  = help: copy it from the browser; it begins with https://");
        return Err(Error::Usage(message));
    }
    let released = Released::real(context, &arguments.post).await?;
    let slug = released.release.slug.as_str();
    let revisions = released.revisions().await?;
    // Of a text that was changed on the way, the one that is open, or was posted already.
    let found = revisions.iter().find_map(|revision| {
        let by_hand = |part: &i64| revision.is_by_hand(*part) || waits_for_nobody(context, revision, *part);
        let part = revision.parts_of(channel).find(by_hand)?;
        Some((revision.release.id, part))
    });
    let Some((id, part)) = found else {
        let named = revisions.iter().flat_map(|revision| &revision.parts).map(|part| part.channel.as_str());
        let by_hand = revisions::by_hand(&revisions);
        let own = named.clone().any(|name| name == channel.as_str());
        return Err(Error::Usage(unknown(slug, channel, own, &by_hand)));
    };
    let key = DeliveryKey { part, target: Target::CHANNEL };
    let noted = released.record.settle_by_hand(id, key, url, context.clock.now()).await;
    let text = match noted.map_err(|error| released.at(error))? {
        ByHand::Done => format!("Noted: {slug} is on {channel}, {url}"),
        ByHand::Replaced(before) if before == *url => format!("That was noted before: {slug} is on {channel}, {url}"),
        ByHand::Replaced(before) => format!("Noted: {slug} is on {channel}, {url}\nBefore, it said {before}"),
        ByHand::Elsewhere => {
            let message = format!("{channel} is being sent at this moment\n  = help: see `rundbrief status {slug}`");
            return Err(Error::Usage(message));
        }
    };
    released.record.close(id).await.map_err(|error| released.at(error))?;
    context.screen.result(&text);
    context.screen.json(&json!({ "slug": slug, "channel": channel, "url": url }));
    released.record.shut().await;
    Ok(Exit::Settled)
}

/// Whether a part waits for a network that the program cannot post to any more.
pub fn waits_for_nobody(context: &Context, revision: &Revision, number: i64) -> bool {
    let open = revision.totals.iter().any(|(part, totals)| *part == number && totals.pending + totals.deferred > 0);
    let Some(part) = revision.part(number).filter(|_| open && revision.release.mode == Mode::Real) else {
        return false;
    };
    let network = context.project.config.channels.get(&part.channel);
    match part.form {
        Form::Payload => network.is_none_or(|network| network.access.is_none()),
        Form::Item => context.project.config.feed.is_none(),
        Form::Mail | Form::Text => false,
    }
}

/// Said of a channel whose text is not posted by hand; `own`: this program delivers it.
fn unknown(slug: &str, channel: &str, own: bool, by_hand: &[String]) -> String {
    if own {
        return format!("{channel} is not posted by hand\n  = help: `rundbrief send {slug}` delivers it");
    }
    let help = match nearest(channel, by_hand.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if by_hand.is_empty() => "this post has nothing to post by hand".to_owned(),
        None => format!("to post by hand: {}", by_hand.join(", ")),
    };
    format!("{slug} has no text for {channel}\n  = help: {help}")
}

/// What is said of a channel with something that waits for nobody.
pub fn for_nobody(slug: &str, channel: &str) -> String {
    format!(
        "{channel} waits, and the program cannot post there any more: it is not in the configuration, or has no address or \
         token.\n  Put that back, or post it by hand and note: rundbrief posted {slug} {channel} https://…\n"
    )
}
