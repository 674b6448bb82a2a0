//! A post in all its texts: one release after the other, each with what became of it.
//!
//! Comes in: the sending record. Goes out: its revisions, the newest first, and sums over them.

use std::collections::BTreeMap;

use crate::ledger::{Books, DeliveryState, Form, Ledger, LedgerError, Mode, Part, Record, Release, Revisions, Totals};

/// Whether a person posts it, and not this program.
pub fn is_by_hand(mode: Mode, part: &Part) -> bool {
    mode == Mode::Real && part.is_by_hand()
}

/// One text of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    pub release: Release,
    /// Without their content.
    pub parts: Vec<Part>,
    /// By the number of the part.
    pub totals: Vec<(i64, Totals)>,
}

impl Revision {
    /// A part by its number.
    pub fn part(&self, number: i64) -> Option<&Part> {
        usize::try_from(number).ok().and_then(|number| self.parts.get(number))
    }

    /// The channel of a part, by its number.
    pub fn channel(&self, part: i64) -> &str {
        self.part(part).map_or("", |part| &part.channel)
    }

    /// Whether a person posts a part, by its number.
    pub fn is_by_hand(&self, part: i64) -> bool {
        self.part(part).is_some_and(|part| is_by_hand(self.release.mode, part))
    }

    /// The numbers of the parts of a channel that have deliveries.
    pub fn parts_of(&self, channel: &str) -> impl Iterator<Item = i64> {
        self.totals.iter().map(|(part, _)| *part).filter(move |part| self.channel(*part) == channel)
    }

    /// Of the mails alone.
    pub fn mails(&self) -> Totals {
        sum(self.totals.iter().filter(|(part, _)| self.channel(*part) == "email").map(|(_, totals)| totals))
    }
}

/// The revisions of a post, the newest first.
///
/// # Errors
/// The record's.
pub async fn of(record: &Record, slug: &str, mode: Mode) -> Result<Vec<Revision>, LedgerError> {
    let releases = record.revisions(slug, mode).await?;
    let mut revisions = Vec::with_capacity(releases.len());
    for release in releases {
        revisions.push(of_release(record, release).await?);
    }
    Ok(revisions)
}

/// Of releases, the newest text of each post and mode, in the order of the first of each.
pub fn newest_of_each(releases: &[Release]) -> Vec<Release> {
    let mut newest: Vec<Release> = Vec::new();
    for release in releases {
        match newest.iter_mut().find(|known| known.slug == release.slug && known.mode == release.mode) {
            // The clock may have been set back between two.
            Some(known) if known.revision < release.revision => *known = release.clone(),
            Some(_) => {}
            None => newest.push(release.clone()),
        }
    }
    newest
}

/// The channels with deliveries that a person makes, in the order of the parts.
pub fn by_hand(revisions: &[Revision]) -> Vec<String> {
    let mut channels: Vec<String> = Vec::new();
    for revision in revisions {
        for (part, _) in revision.totals.iter().filter(|(part, _)| revision.is_by_hand(*part)) {
            let channel = revision.channel(*part);
            if !channels.iter().any(|known| known == channel) {
                channels.push(channel.to_owned());
            }
        }
    }
    channels
}

/// The networks that the program has posted to by itself, in the order of the parts; none of a trial.
pub fn posted(revisions: &[Revision]) -> Vec<String> {
    let mut channels: Vec<String> = Vec::new();
    for revision in revisions.iter().filter(|revision| revision.release.mode == Mode::Real) {
        for (number, _) in revision.totals.iter().filter(|(_, totals)| totals.sent > 0) {
            let part = revision.part(*number).filter(|part| part.form == Form::Payload);
            channels.extend(part.map(|part| part.channel.clone()).filter(|channel| !channels.contains(channel)));
        }
    }
    channels
}

/// One release with what became of it.
///
/// # Errors
/// The record's.
pub async fn of_release(record: &Record, release: Release) -> Result<Revision, LedgerError> {
    let (parts, totals) = (record.outline(release.id).await?, record.totals(release.id).await?);
    Ok(Revision { release, parts, totals })
}

/// What each channel said of the post that a correction corrects; nothing for a publication.
///
/// # Errors
/// The record's.
pub async fn receipts(ledger: &Record, release: &Release) -> Result<BTreeMap<String, String>, LedgerError> {
    let mut receipts = BTreeMap::new();
    if !release.is_correction() {
        return Ok(receipts);
    }
    // The newest first: what was posted first has the last word.
    for revision in of(ledger, &release.slug, release.mode).await? {
        if revision.release.is_correction() {
            continue;
        }
        for standing in ledger.standings_of_channels(revision.release.id).await? {
            if standing.state == DeliveryState::Sent {
                receipts.insert(revision.channel(standing.key.part).to_owned(), standing.detail);
            }
        }
    }
    Ok(receipts)
}

/// The sum of some counts.
pub fn sum<'a>(totals: impl IntoIterator<Item = &'a Totals>) -> Totals {
    totals.into_iter().fold(Totals::default(), |mut sum, totals| {
        sum.merge(totals);
        sum
    })
}

/// Of everything.
pub fn all(revisions: &[Revision]) -> Totals {
    sum(revisions.iter().flat_map(|revision| &revision.totals).map(|(_, totals)| totals))
}

/// By channel; one without deliveries is there too.
pub fn by_channel(revisions: &[Revision]) -> BTreeMap<String, Totals> {
    let mut sums: BTreeMap<String, Totals> = BTreeMap::new();
    for revision in revisions {
        for part in &revision.parts {
            sums.entry(part.channel.clone()).or_default();
        }
        for (part, totals) in &revision.totals {
            sums.entry(revision.channel(*part).to_owned()).or_default().merge(totals);
        }
    }
    sums
}
