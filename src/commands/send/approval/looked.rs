//! What changed since a person looked at the files of a build or a dry run.
//!
//! Comes in: the release code that they saw. Goes out: the texts that read differently now; `None` where the files in `out/`
//! are not those of that code. The subject is not among them: it stands in no file that people read.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::super::super::Context;
use super::super::super::approval::{Change, Text, Texts, What, changes};
use super::super::super::ready::Ready;
use super::super::super::sample::Sample;
use crate::plan::Recipient;
use crate::render::code::Code;
use crate::render::feed::FeedItem;

/// Compares the files with the post as it is now; `first` is the member whom the mail is shown for.
pub(super) fn changes_since(
    context: &Context,
    ready: &Ready,
    code: Code,
    first: Option<&Recipient>,
) -> Option<Vec<Change>> {
    let folder = context.project.path(Path::new("out")).join(ready.slug());
    let plan: Value = serde_json::from_str(&fs::read_to_string(folder.join("plan.json")).ok()?).ok()?;
    let seen: Code = plan["code"].as_str()?.parse().ok()?;
    if seen != code {
        return None;
    }
    let text = |what, of: &str, text: String| Text { what, of: of.to_owned(), text };
    let read = |what, of: &str, name: &str| Some(text(what, of, fs::read_to_string(folder.join(name)).ok()?));
    let mut before = Vec::new();
    let mut after = Vec::new();
    if ready.parts.iter().any(|part| part.channel == "email") {
        before.extend(read(What::Text, "", "email.txt"));
        after.push(text(What::Text, "", Sample::of(context, ready, first).text()));
    }
    for teaser in &ready.renditions.teasers {
        before.extend(read(What::Teaser, &teaser.channel, &format!("teaser/{}.txt", teaser.channel)));
        after.push(text(What::Teaser, &teaser.channel, teaser.text.clone()));
    }
    if let Some(item) = &ready.renditions.item {
        let item_of =
            |found: Text| Text { text: FeedItem { guid: String::new(), xml: found.text }.readable(), ..found };
        before.extend(read(What::Feed, "", "item.xml").map(item_of));
        after.push(text(What::Feed, "", item.readable()));
    }
    Some(changes(&Texts(before), &Texts(after)))
}
