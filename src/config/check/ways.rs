//! `[feed]`, `[channels]` and `[lists]`: where content goes, and to whom.
//!
//! Comes in: the sections as written. Goes out: their validated types, with every problem told to the [`Checker`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Spanned;

use super::super::file::{self, Text};
use super::super::{FeedSettings, List, Network, NetworkKind};
use super::{Checker, path_or};
use crate::finding::Finding;

impl Checker<'_> {
    pub(super) fn feed(&mut self, feed: file::Feed) -> Option<FeedSettings> {
        let items = feed.items.as_ref().map_or(30, |items| *items.get_ref());
        if let Some(written) = feed.items.as_ref().filter(|items| !(1..=1000).contains(items.get_ref())) {
            let place = self.place(written.span());
            self.findings.push(
                Finding::error("config-value", "a feed holds 1 to 1000 items").at(place).help("most feeds hold 30"),
            );
        }
        let url = self.optional(feed.url, |checker, written| checker.url(&written));
        Some(FeedSettings { path: path_or(feed.path, "public/feed.xml"), url, items: items as usize })
    }

    /// `published`: whether the feed has an address on the web.
    pub(super) fn channels(
        &mut self,
        written: BTreeMap<Text, file::Network>,
        published: bool,
    ) -> BTreeMap<String, Network> {
        let mut channels = BTreeMap::new();
        for (name, network) in written {
            self.name(&name, &["email", "feed"]);
            let kind = network.kind.clone();
            if let Some(network) = self.network(network) {
                if network.kind == NetworkKind::WebSub && !published {
                    let help = "add to [feed]: url = \"https://www.example.org/feed.xml\", where the feed is published";
                    self.wrong(&kind, "a hub is told of a feed, and [feed] has no url", help);
                }
                channels.insert(name.into_inner(), network);
            }
        }
        channels
    }

    pub(super) fn lists(&mut self, written: BTreeMap<Text, file::List>) -> BTreeMap<String, List> {
        let mut lists = BTreeMap::new();
        for (name, list) in written {
            self.name(&name, &[]);
            let informal = match list.address.as_ref().map(|address| address.get_ref().as_str()) {
                None | Some("Sie" | "formal") => false,
                Some("du" | "informal") => true,
                Some(_) => {
                    let address = list.address.as_ref().expect("matched as Some");
                    self.wrong(
                        address,
                        "members are addressed with \"Sie\" or \"du\"",
                        "write address = \"Sie\" (English: \"formal\" or \"informal\")",
                    );
                    false
                }
            };
            let filter = self.filter(list.filter);
            let language = self.optional(list.language, |checker, written| checker.lang(&written));
            let salutation = self.optional(list.salutation, |checker, written| checker.line(written));
            lists.insert(
                name.into_inner(),
                List {
                    file: PathBuf::from(list.file.into_inner()),
                    sheet: list.sheet.map(Text::into_inner),
                    language,
                    basis: list.basis.map(Text::into_inner),
                    columns: list.columns,
                    filter,
                    informal,
                    salutation,
                },
            );
        }
        lists
    }

    /// A list's `where`.
    fn filter(&mut self, written: BTreeMap<String, Spanned<file::Wanted>>) -> BTreeMap<String, Vec<String>> {
        for wanted in written.values().filter(|wanted| wanted.get_ref().0.is_empty()) {
            let help = "write what a row must have in this column, such as [\"aktiv\", \"passiv\"], or remove it";
            self.wrong(wanted, "this wants no value at all, so nobody would be written to", help);
        }
        written.into_iter().map(|(heading, wanted)| (heading, wanted.into_inner().0)).collect()
    }
}
