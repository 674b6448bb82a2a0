//! ntfy: publishing as JSON (ntfy, "Publish as JSON"). The topic is added where it is posted.

use serde_json::{Value, json};

use super::Announcement;

/// A tag that is the short name of an emoji becomes that emoji; others are shown as words. Without `markdown`, text is text.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let mut body = json!({ "title": announcement.title(), "message": announcement.text() });
    if let Some(link) = announcement.tracked_link() {
        body["click"] = link.into();
    }
    let tags = &announcement.post().header.tags;
    if !tags.is_empty() {
        body["tags"] = json!(tags);
    }
    body
}
