//! Telegram: `sendMessage` (Telegram Bot API). The chat is added where it is posted.

use serde_json::{Value, json};

use super::Announcement;

/// Without `parse_mode`, so that nothing in the text is markup. Telegram knows no mention of all.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    json!({ "text": announcement.text() })
}
