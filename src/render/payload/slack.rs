//! Slack: an incoming webhook (Slack, "Sending messages using incoming webhooks", "Formatting text").

use serde_json::{Value, json};

use super::Announcement;

/// The text as a section, and again as what notifications show. Of Slack's markup nothing is used, and what would be
/// read as such is written so that it is not: a mention of all has the form `<!channel>`.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let text = escaped(announcement.text());
    json!({
        "text": escaped(announcement.title()),
        "blocks": [{ "type": "section", "text": { "type": "plain_text", "text": text, "emoji": false } }],
        "unfurl_links": true,
    })
}

/// The three characters that control sequences are made of.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
