//! Mattermost: an incoming webhook (Mattermost, "Incoming webhooks"), read as Markdown.

use serde_json::{Value, json};

use super::Announcement;
use super::plain::markdown;
use crate::render::teaser::length::limit;

pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    json!({ "text": markdown(announcement.text(), limit(announcement.kind())) })
}
