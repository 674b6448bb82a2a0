//! WebSub: tells a hub that the feed has something new (W3C WebSub, section 7: how, is left to the hub; all known ones
//! take `hub.mode` and `hub.url` as a form).

use serde_json::{Value, json};

use super::Announcement;

/// Without a feed that is published somewhere the configuration is refused.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let feed = announcement.source.config.feed.as_ref().and_then(|feed| feed.url.as_deref());
    json!({ "hub.mode": "publish", "hub.url": feed.unwrap_or_default() })
}
