//! What `correct` says: what changed, and what happens where.

use serde_json::{Value, json};

use super::super::approval::{Change, told};
use super::super::ready::Ready;
use super::super::send::ask::answer_to;
use super::extent::{Extent, Fate, Item};
use crate::channel::network::AfterEdit;
use crate::dispatch::freeze::Sums;
use crate::error::Error;
use crate::plan::Skip;

/// A correction before it is carried out.
pub(super) struct Told<'a> {
    pub slug: &'a str,
    pub ready: &'a Ready,
    pub extent: &'a Extent,
    pub sums: &'a Sums,
}

impl Told<'_> {
    pub(super) fn text(&self, mail: bool) -> String {
        let extent = self.extent;
        let mut text =
            format!("{}\nrelease code {}, a correction\n\n", self.ready.loaded.post.header.title, self.ready.code());
        text += &match extent.changes.is_empty() && !self.mail_differs() {
            true => "Every text reads as it was sent.\n\n".to_owned(),
            false => format!("{}\n\n", told::texts(&extent.changes)),
        };
        let width = extent.items.iter().map(|item| item.channel.chars().count()).max().unwrap_or(0).max(8);
        text += &format!("  {:width$}  {}\n", "email", self.mails(mail));
        for (skip, count) in self.sums.skipped.iter().filter(|(skip, _)| **skip != Skip::Known) {
            text += &format!("  {:width$}  skipped: {count} {}\n", "", skip.words());
        }
        for item in &extent.items {
            text += &format!("  {:width$}  {}\n", item.channel, self.happens(item));
        }
        text
    }

    /// Whether somebody who is on a list, or may be, has another mail than would go out now.
    fn mail_differs(&self) -> bool {
        self.extent.mails.differ() || self.sums.total() > 0
    }

    fn mails(&self, mail: bool) -> String {
        match (self.mail_differs(), mail, self.sums.total()) {
            (false, ..) => "reads as it was sent; not sent again".to_owned(),
            (true, false, _) => {
                "not sent again; --mail sends it, marked as a correction, to those who got it".to_owned()
            }
            (true, true, 0) => "nobody who has an earlier text is on a list any more".to_owned(),
            (true, true, 1) => "1 member who got it, marked as a correction".to_owned(),
            (true, true, members) => format!("{members} members who got it, marked as a correction"),
        }
    }

    fn happens(&self, item: &Item) -> String {
        let place = item.receipt.as_deref().unwrap_or_default();
        match item.fate {
            Fate::Feed => "the item changes where it is".to_owned(),
            Fate::Network(AfterEdit::Rewritten) => format!("the post changes where it is: {place}"),
            Fate::Network(AfterEdit::Answered) => format!("the post gets an answer with the new text: {place}"),
            Fate::Network(AfterEdit::Told) => "is told of the correction".to_owned(),
            Fate::Network(AfterEdit::Stays) => {
                "the program cannot change it there: the earlier text stays, unless you change it".to_owned()
            }
            Fate::ByHand => format!("to correct by hand: {place}"),
            Fate::StillToPost => "still to post by hand, now with this text".to_owned(),
            Fate::Same => "reads as it was sent".to_owned(),
            Fate::Gone => "not in the configuration any more; the earlier text stays".to_owned(),
        }
    }

    pub(super) fn document(&self, mail: bool) -> Value {
        let channels = self
            .extent
            .items
            .iter()
            .map(|item| json!({ "channel": item.channel, "what": name(item.fate), "corrects": item.receipt }));
        json!({
            "slug": self.slug,
            "code": self.ready.code(),
            "correction": true,
            "changes": self.extent.changes.iter().map(Change::document).collect::<Vec<_>>(),
            "mail": { "differs": self.mail_differs(), "wanted": mail, "targets": self.sums.total() },
            "corrections": channels.collect::<Vec<_>>(),
        })
    }
}

/// The stable name in JSON.
const fn name(fate: Fate) -> &'static str {
    match fate {
        Fate::Feed | Fate::Network(AfterEdit::Rewritten) => "changed",
        Fate::Network(AfterEdit::Answered) => "answered",
        Fate::Network(AfterEdit::Told) => "told",
        Fate::Network(AfterEdit::Stays) => "stays",
        Fate::ByHand => "by_hand",
        Fate::StillToPost => "to_post",
        Fate::Same => "same",
        Fate::Gone => "gone",
    }
}

/// Said where nothing is carried out.
pub(super) const fn nothing_done(idle: bool, waits: bool) -> &'static str {
    match (idle, waits) {
        (true, false) => "\nThere is nothing to correct; nothing was changed.",
        (true, true) => "\nWhat is to be corrected by hand lies ready since the last correction; nothing was changed.",
        (false, _) => "\nA dry run: nothing was sent or recorded.",
    }
}

/// Asks.
///
/// # Errors
/// [`Error::Usage`] when no answer can be read.
pub(super) fn agreed() -> Result<bool, Error> {
    let answer = answer_to("\nCorrect it now? [y/N] ")?;
    Ok(answer.is_some_and(|answer| ["y", "yes", "j", "ja"].contains(&answer.to_lowercase().as_str())))
}
