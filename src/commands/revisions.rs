//! A post in all its texts: one release after the other, each with what became of it.
//!
//! Comes in: the sending record. Goes out: its revisions, the newest first, and sums over them.

use std::collections::BTreeMap;

use crate::ledger::{Books, Ledger, LedgerError, Mode, Part, Release, Revisions, SqliteLedger, Totals};

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
    /// The channel of a part, by its number.
    pub fn channel(&self, part: i64) -> &str {
        usize::try_from(part).ok().and_then(|part| self.parts.get(part)).map_or("", |part| &part.channel)
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
pub async fn of(record: &SqliteLedger, slug: &str, mode: Mode) -> Result<Vec<Revision>, LedgerError> {
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

/// One release with what became of it.
///
/// # Errors
/// The record's.
pub async fn of_release(record: &SqliteLedger, release: Release) -> Result<Revision, LedgerError> {
    let (parts, totals) = (record.outline(release.id).await?, record.totals(release.id).await?);
    Ok(Revision { release, parts, totals })
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
