//! What a new text takes the place of, and what is said about it.
//!
//! Comes in: the texts so far. Goes out: who keeps which, who waits, which channels have theirs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::commands::revisions::Revision;
use crate::commands::survey::code_of;
use crate::dispatch::freeze::Sums;
use crate::error::Exit;
use crate::ledger::{Part, Release, Totals};

/// A release whose place a new text takes.
#[derive(Debug)]
pub struct Replaced {
    pub release: Release,
    /// How many have which text, by release code, the newest first.
    have: Vec<(String, u64)>,
    /// Members who wait.
    waiting: u64,
    /// Members who may have one of them.
    uncertain: u64,
    /// Channels other than mail that have their text.
    served: BTreeSet<String>,
}

impl Replaced {
    pub(super) fn of(release: Release, revisions: &[Revision]) -> Replaced {
        let served = |(_, totals): &&(i64, Totals)| totals.all() > totals.pending + totals.deferred;
        let channels = |revision: &Revision| -> Vec<String> {
            revision.totals.iter().filter(served).map(|(part, _)| revision.channel(*part).to_owned()).collect()
        };
        Replaced {
            release,
            have: have(revisions),
            waiting: revisions.iter().map(|revision| revision.mails().open()).sum(),
            uncertain: revisions.iter().map(|revision| revision.mails().uncertain).sum(),
            served: revisions.iter().flat_map(channels).filter(|channel| channel != "email").collect(),
        }
    }

    /// Members who wait and are not among the recipients any more.
    fn dropped(&self, sums: &Sums) -> u64 {
        self.waiting.saturating_sub(sums.waited)
    }

    /// Whether a part has no text yet on a channel other than mail.
    fn is_open(&self, part: &Part) -> bool {
        part.channel != "email" && !self.served.contains(&part.channel)
    }

    /// What is open of the parts of the new text before its recipients are known.
    pub(super) fn before(&self, parts: &[Part]) -> Vec<(i64, Totals)> {
        let one = Totals { pending: 1, ..Totals::default() };
        (0..).zip(parts).filter(|(_, part)| self.is_open(part)).map(|(number, _)| (number, one)).collect()
    }

    /// Whether the new text has nobody to go to and changes nothing.
    pub fn is_idle(&self, sums: &Sums, parts: &[Part]) -> bool {
        sums.total() == 0 && self.waiting == 0 && !parts.iter().any(|part| self.is_open(part))
    }

    /// What is said where it is idle, and what that comes to.
    pub fn nothing_to_do(&self) -> (String, Exit) {
        let (may, slug) = (self.uncertain, &self.release.slug);
        match may {
            0 => ("Everybody on the lists has this post; nothing was sent.".to_owned(), Exit::Settled),
            _ => {
                let they = if may == 1 { "1 mail may".to_owned() } else { format!("{may} mails may") };
                let text = format!(
                    "Everybody else on the lists has this post; nothing was sent.\n{they} or may not have arrived: \
                     rundbrief status {slug}"
                );
                (text, Exit::SomeUncertain)
            }
        }
    }

    /// For people: who keeps what, who is left out, what is not made anew. Lines with their ends.
    pub fn lines(&self, sums: &Sums, parts: &[Part]) -> String {
        let mut text = String::new();
        let which = if self.have.len() > 1 { "an" } else { "the" };
        for (code, number) in &self.have {
            let (verb, keep) = if *number == 1 { ("has", "keeps") } else { ("have", "keep") };
            text += &format!("{number} {verb} {which} earlier text ({code}) and {keep} it.\n");
        }
        let dropped = self.dropped(sums);
        if dropped > 0 {
            let (gets, they) = if dropped == 1 { ("gets", "the address is") } else { ("get", "they are") };
            text += &format!(
                "{dropped} of the {} who wait {gets} nothing any more: {they} on no list now, refused, or not to be written to.\n",
                self.waiting
            );
        }
        let names = parts.iter().map(|part| part.channel.as_str());
        let kept: Vec<&str> = names.filter(|name| self.served.contains(*name)).collect();
        if !kept.is_empty() {
            text += &format!("The earlier text stays: {}.\n", kept.join(", "));
        }
        text
    }

    /// For programs.
    pub fn document(&self, sums: &Sums) -> Value {
        json!({
            "code": code_of(&self.release),
            "have": self.have.iter().map(|(_, number)| number).sum::<u64>(),
            "waiting": self.waiting,
            "dropped": self.dropped(sums),
        })
    }
}

/// How many have which text, those that nobody has left out.
pub(super) fn have(revisions: &[Revision]) -> Vec<(String, u64)> {
    let sent = revisions.iter().map(|revision| (code_of(&revision.release), revision.mails().sent));
    sent.filter(|(_, number)| *number > 0).collect()
}
