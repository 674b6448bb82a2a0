//! The last words of a `send`: what was accepted, refused, put off, in doubt, and what to do next.

use std::path::Path;

use super::super::Context;
use super::super::posted::{for_nobody, waits_for_nobody};
use super::super::revisions::{Revision, is_by_hand};
use super::super::when::short;
use crate::dispatch::{Chosen, Ending, Ran};
use crate::ledger::{Books, DeliveryState, LedgerError, Mode, Record, Standing, Totals};

/// The last words of a trial.
pub(super) fn end_of_trial(ran: &Ran, chosen: Chosen<'_>, folder: &Path) -> String {
    let summary = ran.summary;
    let mut text = String::from("\n");
    let all = chosen.channels.is_empty() && chosen.lists.is_empty();
    match summary.sent {
        0 if ran.ending.is_some() => {}
        0 if all => text += "Everything of this post was written before.\n",
        0 => text += "Everything that was chosen was written before.\n",
        _ => text += &format!("The outbox: {}\n", folder.display()),
    }
    if summary.failed > 0 {
        text += &format!("{} could not be written: a value of theirs cannot stand in a message.\n", summary.failed);
    }
    if ran.ending.is_some() {
        text += "Ended before everything was written; run the same command to go on.\n";
    }
    let files = if summary.sent == 1 { "1 file".to_owned() } else { format!("{} files", summary.sent) };
    text + &format!("{files} written. Nothing has left this computer.")
}

/// How many of a kind are named; `status` names all.
const NAMED: u32 = 5;

/// What the last words of a real send are made from.
pub(super) struct RealEnd {
    slug: String,
    left: Totals,
    /// What this program does not post.
    by_hand: Vec<String>,
    /// Channels that the configuration does not have any more.
    for_nobody: Vec<String>,
    refused: Vec<Standing>,
    deferred: Vec<Standing>,
    uncertain: Vec<Standing>,
    /// When the first of those that were refused for now is tried again.
    next: Option<i64>,
    /// Whether processes are at work that this one's end does not end.
    others: bool,
}

impl RealEnd {
    /// `revisions`: the post in all its texts, the newest first, which is the one that was sent.
    pub(super) async fn of(
        context: &Context,
        ledger: &Record,
        revisions: &[Revision],
        left: &Totals,
    ) -> Result<RealEnd, LedgerError> {
        let Revision { release, parts, totals } = revisions.first().expect("what was sent was released");
        let newest = revisions.first().expect("what was sent was released");
        let named = async |state| {
            let found = ledger.standings(release.id, state, None, NAMED).await?;
            Ok::<_, LedgerError>(found.into_iter().map(|standing| called(newest, standing)).collect())
        };
        let mut uncertain = Vec::new();
        for revision in revisions {
            let found = ledger.standings(revision.release.id, DeliveryState::Uncertain, None, NAMED).await?;
            uncertain.extend(found.into_iter().map(|standing| called(revision, standing)));
        }
        uncertain.truncate(NAMED as usize);
        let open = |number: i64| totals.iter().any(|(part, totals)| *part == number && totals.open() > 0);
        let by_hand = (0_i64..).zip(parts).filter(|(number, part)| is_by_hand(Mode::Real, part) && open(*number));
        Ok(RealEnd {
            slug: release.slug.clone(),
            left: *left,
            for_nobody: totals
                .iter()
                .filter(|(part, _)| waits_for_nobody(context, newest, *part))
                .map(|(part, _)| newest.channel(*part).to_owned())
                .collect(),
            by_hand: by_hand.map(|(_, part)| part.channel.clone()).collect(),
            refused: named(DeliveryState::Failed).await?,
            uncertain,
            deferred: named(DeliveryState::Deferred).await?,
            next: ledger.moments(release.id).await?.next,
            others: ledger.workers(context.clock.now()).await? > 0,
        })
    }

    pub(super) fn text(&self, context: &Context, ran: &Ran, taker: &str) -> String {
        let summary = ran.summary;
        let mut text = String::from("\n");
        if ran.recovered.pending + ran.recovered.settled + ran.recovered.uncertain > 0 {
            text += "An earlier send did not end by itself; this one went on from there.\n";
        }
        let counts = counts(context, ran, &self.left, self.next, taker);
        text += &match counts.is_empty() {
            true if self.for_nobody.is_empty() => "Everything of this post was sent before.\n".to_owned(),
            true => "Everything else of this post was sent before.\n".to_owned(),
            false => counts.join(" · ") + "\n",
        };
        if summary.failed > 0 {
            text += &named("Refused", &self.refused);
        }
        if self.left.deferred > 0 {
            text += &named("Refused for now", &self.deferred);
        }
        if self.left.uncertain > 0 {
            text += &named("May or may not have arrived", &self.uncertain);
            text += &format!(
                "  Ask one of them, or look into the server's log; then\n  \
                 rundbrief resolve {0} --send-again    or    rundbrief resolve {0} --count-as-sent\n",
                self.slug
            );
        }
        match ran.ending {
            Some(Ending::Signal) if self.others => {
                text += &format!(
                    "Ended by you; other processes may go on with it. `rundbrief stop {}` stops them all.\n",
                    self.slug
                );
            }
            Some(Ending::Signal) => text += "Ended by you; run the same command to go on.\n",
            Some(Ending::Stopped) => {
                text += &format!("Stopped. `rundbrief send {}` goes on when you want it to.\n", self.slug);
            }
            Some(Ending::GivenUp) => text += "Another process took over; see `rundbrief status`.\n",
            Some(Ending::Failed) | None if self.left.deferred > 0 => {
                text += "Run the same command again then, or let cron do it.\n";
            }
            Some(Ending::Failed) | None => {}
        }
        self.for_nobody.iter().for_each(|channel| text += &for_nobody(&self.slug, channel));
        if !self.by_hand.is_empty() {
            text += &format!("To post by hand: {} (texts: rundbrief build {})\n", self.by_hand.join(", "), self.slug);
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// What a run did and what is left: `3 accepted by smtp.example.org`, `1 refused`, …; `next` is when the first of those
/// that were refused for now is tried again.
pub fn counts(context: &Context, ran: &Ran, left: &Totals, next: Option<i64>, taker: &str) -> Vec<String> {
    let sent = |channel: &str| ran.by_channel.get(channel).map_or(0, |summary| summary.sent);
    let mut counts = Vec::new();
    if sent("email") > 0 || left.open() + left.uncertain + ran.summary.failed > 0 {
        counts.push(format!("{} accepted by {taker}", sent("email")));
    }
    if sent("feed") > 0 {
        counts.push("feed written".to_owned());
    }
    let posted =
        ran.by_channel.iter().filter(|(name, done)| done.sent > 0 && !["email", "feed"].contains(&name.as_str()));
    let posted: Vec<&str> = posted.map(|(name, _)| name.as_str()).collect();
    if !posted.is_empty() {
        counts.push(format!("posted to {}", posted.join(", ")));
    }
    let again = match next {
        Some(due_at) => format!("to be tried again from {} on", short(context, due_at)),
        None => "to be tried again".to_owned(),
    };
    for (number, what) in [
        (ran.summary.failed, "refused"),
        (left.deferred, &again),
        (left.uncertain, "may or may not have arrived"),
        (left.pending + left.claimed + left.in_flight, "waiting"),
    ] {
        if number > 0 {
            counts.push(format!("{number} {what}"));
        }
    }
    counts
}

/// A post to a network has no address: it is called by its channel.
fn called(revision: &Revision, mut standing: Standing) -> Standing {
    if standing.address.is_empty() {
        revision.channel(standing.key.part).clone_into(&mut standing.address);
    }
    standing
}

fn named(what: &str, standings: &[Standing]) -> String {
    let mut text = format!("{what}:\n");
    for standing in standings {
        text += &format!("  {}: {}\n", standing.address, standing.detail);
    }
    text
}
