//! Rocket.Chat: an incoming webhook integration, read as Markdown (Rocket.Chat, "Integrations", "Message formatting").

use serde_json::{Value, json};

use super::Announcement;
use super::plain::markdown;
use crate::render::teaser::length::limit;

/// `parseUrls` asks for the preview of the link.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    json!({ "text": markdown(announcement.text(), limit(announcement.kind())), "parseUrls": true })
}
