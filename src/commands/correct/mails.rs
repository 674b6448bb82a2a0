//! The mails of a post that went out, and which of them say or look otherwise than the post does now.
//!
//! Comes in: the post in all its texts, its mails as they would be now. Goes out: [`Mails`]. What somebody has is decided
//! member by member, from the last mail of each: after a new text for the rest, the members of one list have two.

use std::collections::BTreeMap;

use super::super::revisions::Revision;
use crate::dispatch::freeze::Outdated;
use crate::ledger::{Form, Ledger, LedgerError, Part, Record};
use crate::render::email::message::Compiled;

/// What is to be corrected of the mails.
#[derive(Debug, Default)]
pub struct Mails {
    /// Every mail that went out and is not what would go out now.
    pub outdated: Outdated,
    /// Those of them that no correction has taken the place of, the newest of each list, each with what stands for it now.
    pub standing: Vec<(Part, Part)>,
}

/// A mail that went out to somebody.
struct Sent {
    part: Part,
    outdated: bool,
    now: Option<Part>,
}

impl Mails {
    /// `plain` are the post's parts now, `marked` those of its correction: a correction is compared with a correction.
    ///
    /// # Errors
    /// The record's.
    pub async fn of(
        ledger: &Record,
        revisions: &[Revision],
        plain: &[Part],
        marked: &[Part],
    ) -> Result<Mails, LedgerError> {
        let newest = revisions.first().map_or(0, |revision| revision.release.id);
        let mut outdated = Outdated { newest, ..Outdated::default() };
        let mut standing: BTreeMap<String, Vec<Sent>> = BTreeMap::new();
        // The oldest first: what comes later has the last word.
        for revision in revisions.iter().rev() {
            let now = if revision.release.is_correction() { marked } else { plain };
            let parts = ledger.parts(revision.release.id).await?;
            let mails = || (0_i64..).zip(&parts).filter(|(_, part)| part.form == Form::Mail);
            if revision.release.is_correction() && mails().next().is_some() {
                // It went to everybody whose mail was another one.
                standing.clear();
            }
            for (number, part) in mails() {
                let totals = revision.totals.iter().find(|(of, _)| *of == number).map(|(_, totals)| totals);
                if totals.is_none_or(|totals| totals.sent + totals.uncertain == 0) {
                    continue;
                }
                let sent = Sent::compared(part, now);
                if sent.outdated {
                    outdated.mails.insert((revision.release.id, number));
                }
                standing.entry(part.list.clone()).or_default().push(sent);
            }
        }
        let newest_of_each =
            standing.into_values().filter_map(|sent| sent.into_iter().rev().find(|sent| sent.outdated));
        let standing = newest_of_each.filter_map(|sent| Some((sent.part, sent.now?))).collect();
        Ok(Mails { outdated, standing })
    }

    /// Whether the mails that went out read otherwise now, for all that the parts tell.
    pub fn differ(&self) -> bool {
        !self.standing.is_empty()
    }
}

impl Sent {
    /// Compares a mail with that of its list; where there is no such list any more, what it says with what all mails say:
    /// the list may only have another name, which stands in the mail's header.
    fn compared(before: &Part, now: &[Part]) -> Sent {
        let mails = || now.iter().filter(|part| part.form == Form::Mail);
        let own = mails().find(|part| part.list == before.list);
        let outdated = match own {
            Some(own) => differ(before, own),
            None => mails().all(|part| says(before) != says(part)),
        };
        let now = own.or_else(|| mails().next()).map(|part| Part { list: before.list.clone(), ..part.clone() });
        Sent { part: before.clone(), outdated, now }
    }
}

/// Subject and text; nothing of one that cannot be read.
fn says(part: &Part) -> Option<(String, String)> {
    let mail = Compiled::from_bytes(&part.body).and_then(|mail| mail.readable(&|field| format!("{{{field}}}"))).ok()?;
    Some((mail.subject, mail.text))
}

/// Whether two mails are not the same; one that cannot be read is another one.
fn differ(before: &Part, now: &Part) -> bool {
    let digest = |part: &Part| Compiled::from_bytes(&part.body).ok().map(|mail| mail.digest());
    match (digest(before), digest(now)) {
        (Some(before), Some(now)) => before != now,
        _ => true,
    }
}
