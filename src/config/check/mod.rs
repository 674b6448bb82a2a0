//! From the written configuration to the validated one; every problem is collected, none hides another.

use std::path::{Path, PathBuf};

use super::file::{File, Text};
use super::network::Places;
use super::{Config, Outbox};
use crate::finding::Finding;

mod access;
mod around;
mod email;
mod ledger;
mod login;
mod retry;
mod rules;
mod sender;
mod site;
mod smtp;
mod value;
mod ways;

pub use value::{NAME_HELP, is_name};

/// Checks values one by one and remembers what is wrong with each.
pub(super) struct Checker<'a> {
    path: &'a Path,
    source: &'a str,
    findings: Vec<Finding>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(path: &'a Path, source: &'a str) -> Checker<'a> {
        Checker { path, source, findings: Vec::new() }
    }

    pub(super) fn config(mut self, file: File) -> Result<Config, Vec<Finding>> {
        let places = self.places(&file);
        let site = self.site(file.site.into_inner());
        let sender = self.sender(file.sender);
        let email = self.email(file.email);
        let feed = file.feed.and_then(|feed| self.feed(feed));
        let channels = self.channels(file.channels, feed.as_ref().is_some_and(|feed| feed.url.is_some()));
        let lists = self.lists(file.lists);
        let ledger = self.ledger(file.ledger);
        let approval = self.approval(file.approval);
        let notify = self.notify(file.notify);
        let metrics = file.metrics.and_then(|metrics| self.metrics(&metrics));
        let dkim_selector = self.optional(file.doctor.dkim_selector, |checker, written| checker.selector(&written));
        let check = self.rules(file.check);
        let outbox = Outbox { path: path_or(file.outbox.path, "out/outbox") };
        let (Some(site), Some(sender), Some(email), Some(ledger), true) =
            (site, sender, email, ledger, self.findings.is_empty())
        else {
            self.findings.sort_by_key(|finding| finding.place.as_ref().map_or(0, |place| place.line));
            return Err(self.findings);
        };
        let folder = self.path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Config {
            folder,
            site,
            sender,
            outbox,
            email,
            feed,
            channels,
            lists,
            ledger,
            approval,
            notify,
            metrics,
            dkim_selector,
            check,
            import_private: file.import.allow_private,
            places,
        })
    }

    /// Where the lines stand that a send by a network may stumble over.
    fn places(&self, file: &File) -> Places {
        let place = |span: std::ops::Range<usize>| Some(self.place(span));
        let unsubscribe = &file.sender.unsubscribe;
        Places {
            site: place(file.site.span()),
            imprint: file.site.get_ref().imprint.as_ref().and_then(|text| place(text.span())),
            from: place(file.sender.from.span()),
            reply_to: file.sender.reply_to.as_ref().and_then(|text| place(text.span())),
            bounce_address: file.sender.bounce_address.as_ref().and_then(|text| place(text.span())),
            unsubscribe_mailto: unsubscribe.mailto.as_ref().and_then(|text| place(text.span())),
            unsubscribe_url: unsubscribe.url.as_ref().and_then(|text| place(text.span())),
            privacy_url: file.site.get_ref().privacy_url.as_ref().and_then(|text| place(text.span())),
            feed: file.feed.as_ref().and_then(|feed| place(feed.path.as_ref().or(feed.url.as_ref())?.span())),
            lists: file.lists.keys().filter_map(|name| Some((name.get_ref().clone(), place(name.span())?))).collect(),
            password: file.email.smtp.as_ref().and_then(|smtp| place(smtp.get_ref().password.as_ref()?.span())),
        }
    }
}

fn path_or(written: Option<Text>, default: &str) -> PathBuf {
    PathBuf::from(written.map_or(default.to_owned(), Text::into_inner))
}
