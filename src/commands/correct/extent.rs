//! What a correction does on which channel.
//!
//! Comes in: the post in all its texts, as it is now, and how each network can be corrected. Goes out: [`Extent`], and the
//! parts of the release that carries it out.

use std::collections::BTreeMap;

use super::super::approval::{Change, Text, Texts, What, changes};
use super::super::ready::Ready;
use super::super::revisions::Revision;
use super::mails::Mails;
use crate::channel::network::{AfterEdit, Remote};
use crate::error::Error;
use crate::ledger::{Books, DeliveryState, Form, Ledger, LedgerError, Part, Record, Roll};
use crate::render::email::message::Compiled;
use crate::render::feed::FeedItem;
use crate::render::payload::Payload;

/// What happens on one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The item changes under its guid.
    Feed,
    Network(AfterEdit),
    /// A person corrects it where it is.
    ByHand,
    /// A person has not posted it yet, and posts the new text.
    StillToPost,
    /// It says what it said.
    Same,
    /// It is not in the configuration any more.
    Gone,
}

/// A channel that was served, with what happens there.
#[derive(Debug, Clone)]
pub struct Item {
    pub channel: String,
    pub fate: Fate,
    /// Where it can be seen, or what the network said of it.
    pub receipt: Option<String>,
    /// Whether a person has this very text already, to correct it with.
    lies_ready: bool,
}

/// What a correction does.
#[derive(Debug)]
pub struct Extent {
    pub items: Vec<Item>,
    /// Texts that read differently.
    pub changes: Vec<Change>,
    pub mails: Mails,
    /// Texts that a person posts, by channel.
    texts: BTreeMap<String, String>,
}

/// What was last said on a channel.
struct Said {
    part: Part,
    state: DeliveryState,
    /// Of the post itself.
    receipt: Option<String>,
    /// As a correction of what was posted.
    corrected: bool,
}

impl Extent {
    pub async fn of(
        ledger: &Record,
        ready: &Ready,
        marked: &[Part],
        revisions: &[Revision],
        networks: &BTreeMap<String, Remote>,
    ) -> Result<Extent, Error> {
        let at = |error: LedgerError| error.at(&ledger.place());
        let plain = ready.frozen();
        let said = said(ledger, revisions).await.map_err(at)?;
        let mails = Mails::of(ledger, revisions, &plain, marked).await.map_err(at)?;
        let texts: BTreeMap<String, String> =
            ready.renditions.teasers.iter().map(|teaser| (teaser.channel.clone(), teaser.text.clone())).collect();
        let mut items = Vec::new();
        for (channel, said) in &said {
            let now = if said.corrected { find(marked, channel) } else { find(&plain, channel) };
            let fate = fate(channel, said, now, texts.get(channel), networks.get(channel));
            let waits = said.part.form == Form::Text && said.state == DeliveryState::Pending;
            let is_this = texts.get(channel).is_some_and(|text| text.as_bytes() == &*said.part.body);
            let lies_ready = fate == Fate::ByHand && waits && is_this;
            items.push(Item { channel: channel.clone(), fate, receipt: said.receipt.clone(), lies_ready });
        }
        tell_hubs(&mut items, networks);
        let (mut before, mut after): (Vec<Part>, Vec<Part>) = mails.standing.iter().cloned().unzip();
        // Each text is compared with what stands in its place now: of a correction, with its mark.
        for said in said.values() {
            after.extend(standing_for(&said.part, if said.corrected { marked } else { &plain }, &texts));
            before.push(said.part.clone());
        }
        let changes = changes(&readable(&before), &readable(&after));
        Ok(Extent { items, changes, mails, texts })
    }

    /// The parts of the release that corrects; with `mail`, the marked mails first.
    pub fn parts(&self, marked: &[Part], mail: bool) -> Vec<Part> {
        let mails = marked.iter().filter(|part| part.form == Form::Mail && mail).cloned();
        let others = self.items.iter().filter_map(|item| match item.fate {
            Fate::Feed | Fate::Network(AfterEdit::Rewritten | AfterEdit::Answered | AfterEdit::Told) => {
                find(marked, &item.channel).cloned()
            }
            Fate::ByHand | Fate::StillToPost => Some(Part {
                channel: item.channel.clone(),
                list: String::new(),
                form: Form::Text,
                body: self.texts.get(&item.channel)?.clone().into_bytes().into(),
            }),
            Fate::Network(AfterEdit::Stays) | Fate::Same | Fate::Gone => None,
        });
        mails.chain(others).collect()
    }

    /// Channels other than mail that this program corrects.
    pub fn own(&self) -> u64 {
        let own = |item: &&Item| {
            matches!(
                item.fate,
                Fate::Feed | Fate::Network(AfterEdit::Rewritten | AfterEdit::Answered | AfterEdit::Told)
            )
        };
        self.items.iter().filter(own).count() as u64
    }

    /// Whether anything is to be done on a channel other than mail.
    pub fn does_anything(&self) -> bool {
        let by_hand = |item: &Item| item.fate == Fate::ByHand && !item.lies_ready;
        self.own() > 0 || self.items.iter().any(by_hand) || self.still_differs()
    }

    /// Whether a person has still to correct something with a text that lies ready.
    pub fn waits_for_a_person(&self) -> bool {
        self.items.iter().any(|item| item.lies_ready)
    }

    /// Whether a text that waits for a person has changed.
    fn still_differs(&self) -> bool {
        let waits =
            |name: &String| self.items.iter().any(|item| item.fate == Fate::StillToPost && item.channel == *name);
        self.changes.iter().any(|change| change.what == What::Teaser && change.of.iter().any(waits))
    }
}

/// A hub says nothing of its own: it is told again when the feed changes.
fn tell_hubs(items: &mut [Item], networks: &BTreeMap<String, Remote>) {
    if !items.iter().any(|item| item.fate == Fate::Feed) {
        return;
    }
    let follows = |channel: &str| networks.get(channel).is_some_and(Remote::follows_feed);
    for item in items.iter_mut().filter(|item| item.fate == Fate::Same && follows(&item.channel)) {
        item.fate = Fate::Network(AfterEdit::Told);
    }
}

/// What happens on a channel; `now` is what this program would say there, `text` what a person would.
fn fate(channel: &str, said: &Said, now: Option<&Part>, text: Option<&String>, remote: Option<&Remote>) -> Fate {
    let text_differs = text.is_some_and(|text| text.as_bytes() != &*said.part.body);
    match (said.part.form, said.state, now) {
        (Form::Text, ..) if text.is_none() => Fate::Gone,
        (Form::Text, DeliveryState::Pending, _) if said.corrected && said.receipt.is_some() => Fate::ByHand,
        (Form::Text, DeliveryState::Pending, _) => Fate::StillToPost,
        (Form::Text, ..) if text_differs => Fate::ByHand,
        (Form::Text, ..) => Fate::Same,
        (_, _, None) if channel == "feed" || text.is_none() => Fate::Gone,
        (_, _, Some(now)) if now.form == said.part.form && now.body == said.part.body => Fate::Same,
        (Form::Item, _, Some(_)) => Fate::Feed,
        (_, _, Some(now)) if now.form == Form::Payload => match remote {
            Some(remote) => Fate::Network(remote.after_edit()),
            None => Fate::ByHand,
        },
        _ => Fate::ByHand,
    }
}

fn find<'a>(parts: &'a [Part], channel: &str) -> Option<&'a Part> {
    parts.iter().find(|part| part.form != Form::Mail && part.channel == channel)
}

/// What was last said on each channel other than mail that was served.
async fn said(ledger: &Record, revisions: &[Revision]) -> Result<BTreeMap<String, Said>, LedgerError> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    // The oldest first: what comes later has the last word.
    for revision in revisions.iter().rev() {
        let parts = ledger.parts(revision.release.id).await?;
        let part = |number: i64| usize::try_from(number).ok().and_then(|number| parts.get(number));
        let corrected = revision.release.is_correction();
        for standing in ledger.standings_of_channels(revision.release.id).await? {
            let Some(part) = part(standing.key.part) else { continue };
            let done = standing.state == DeliveryState::Sent;
            let waits_for_a_person = part.form == Form::Text && standing.state == DeliveryState::Pending;
            if !done && !waits_for_a_person {
                continue;
            }
            let known = said.get(&part.channel).and_then(|known| known.receipt.clone());
            let receipt = known.or_else(|| done.then_some(standing.detail));
            said.insert(part.channel.clone(), Said { part: part.clone(), state: standing.state, receipt, corrected });
        }
    }
    Ok(said)
}

/// What stands now in the place of something that was said.
fn standing_for(before: &Part, now: &[Part], texts: &BTreeMap<String, String>) -> Option<Part> {
    match before.form {
        Form::Mail => None,
        Form::Text => Some(Part { body: texts.get(&before.channel)?.clone().into_bytes().into(), ..before.clone() }),
        Form::Item | Form::Payload => find(now, &before.channel).filter(|part| part.form == before.form).cloned(),
    }
}

/// Parts as people read them.
fn readable(parts: &[Part]) -> Texts {
    let mut texts = Vec::new();
    for part in parts {
        let mut add = |what, of: &str, text: String| texts.push(Text { what, of: of.to_owned(), text });
        match part.form {
            Form::Mail => {
                let place = |field: &str| format!("{{{field}}}");
                let Ok(mail) = Compiled::from_bytes(&part.body).and_then(|mail| mail.readable(&place)) else {
                    continue;
                };
                add(What::Subject, &part.list, mail.subject);
                add(What::Text, &part.list, mail.text);
            }
            Form::Item => {
                let item = FeedItem::from_bytes(&part.body).map(|item| item.readable()).unwrap_or_default();
                add(What::Feed, "", item);
            }
            Form::Text => add(What::Teaser, &part.channel, String::from_utf8_lossy(&part.body).into_owned()),
            Form::Payload => {
                let text = Payload::from_bytes(&part.body).map(|payload| payload.readable()).unwrap_or_default();
                add(What::Teaser, &part.channel, text);
            }
        }
    }
    Texts(texts)
}
