//! Slack: an incoming webhook (Slack, "Sending messages using incoming webhooks", "Rich text block").

use serde_json::{Value, json};

use super::Announcement;
use super::plain::{Run, runs, without_mentions};

/// The text as rich text, whose runs are shown as they are: no markup, no mention, and links that can be clicked, which
/// `plain_text` has not. `text` is what notifications show; there, three characters make control sequences such as
/// `<!channel>` ("Formatting text").
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let runs: Vec<Value> = runs(announcement.text())
        .into_iter()
        .map(|run| match run {
            Run::Text(text) => json!({ "type": "text", "text": text }),
            Run::Url(url) => json!({ "type": "link", "url": url }),
        })
        .collect();
    json!({
        "text": without_mentions(&escaped(announcement.title())),
        "blocks": [{ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": runs }] }],
        "unfurl_links": true,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
