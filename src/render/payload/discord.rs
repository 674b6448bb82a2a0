//! Discord: an incoming webhook (Discord, "Execute Webhook", "Allowed Mentions Object"), read as Markdown.

use serde_json::{Value, json};

use super::Announcement;
use super::plain::markdown;
use crate::render::teaser::length::limit;

/// No mention of any kind is looked for, so that `@everyone` calls nobody.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    json!({
        "content": markdown(announcement.text(), limit(announcement.kind())),
        "allowed_mentions": { "parse": [] },
    })
}
