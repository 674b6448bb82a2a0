//! `[sender]`: who writes, and how to unsubscribe.
//!
//! Comes in: the section as written. Goes out: a [`Sender`], with every problem told to the [`Checker`].

use super::super::file::{self, Text};
use super::super::url::is_url;
use super::super::{Sender, Unsubscribe};
use super::Checker;

impl Checker<'_> {
    pub(super) fn sender(&mut self, sender: file::Sender) -> Option<Sender> {
        let from = self.mailbox(&sender.from);
        let reply_to = self.optional(sender.reply_to, |checker, written| checker.mailbox(&written));
        let list_id = self.optional(sender.list_id, |checker, written| checker.list_id(&written));
        let mailto = self.optional(sender.unsubscribe.mailto, |checker, written| checker.address(&written));
        let url = self.optional(sender.unsubscribe.url, |checker, written| checker.unsubscribe_url(&written));
        let bounce_address = self.optional(sender.bounce_address, |checker, written| checker.address(&written));
        Some(Sender { from: from?, reply_to, list_id, unsubscribe: Unsubscribe { mailto, url }, bounce_address })
    }

    /// RFC 2919: dot-separated labels without spaces or brackets.
    fn list_id(&mut self, written: &Text) -> Option<String> {
        let id = written.get_ref().trim_matches(['<', '>']);
        let labels = id
            .split('.')
            .all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        if !labels || !id.contains('.') {
            self.wrong(
                written,
                format!("`{id}` is no list id"),
                "write it like a host name: members.example.org (RFC 2919)",
            );
            return None;
        }
        Some(id.to_owned())
    }

    /// RFC 8058: one https URL; here with `{token}` where the member's token goes.
    fn unsubscribe_url(&mut self, written: &Text) -> Option<String> {
        let url = written.get_ref();
        if !url.starts_with("https://") || !url.contains("{token}") || !is_url(&url.replace("{token}", "t")) {
            self.wrong(
                written,
                "the unsubscribe URL must be https and contain {token}",
                "for example \"https://www.example.org/u/{token}\"",
            );
            return None;
        }
        Some(url.clone())
    }
}
