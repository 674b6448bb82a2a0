//! Microsoft Teams: a workflow "Post to a channel when a webhook request is received" that takes an Adaptive Card
//! (Microsoft, "Create incoming webhooks with Workflows"; Adaptive Cards 1.4, RichTextBlock).

use serde_json::{Value, json};

use super::Announcement;
use super::plain::{Run, runs};

/// A line of the text is a block of runs, which know no markup and no mention; the article opens by a button, too.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let mut blocks = vec![json!({
        "type": "RichTextBlock",
        "inlines": [{ "type": "TextRun", "text": announcement.title(), "size": "Large", "weight": "Bolder" }],
    })];
    let mut spacing = "Medium";
    for line in announcement.text().lines() {
        if line.trim().is_empty() {
            spacing = "Medium";
            continue;
        }
        let runs: Vec<Value> = runs(line).into_iter().map(inline).collect();
        blocks.push(json!({ "type": "RichTextBlock", "inlines": runs, "spacing": spacing }));
        spacing = "None";
    }
    let mut card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": announcement.post().header.lang,
        "body": blocks,
    });
    if let Some(link) = announcement.tracked_link() {
        let title = announcement.source.words.get("email.read_more");
        card["actions"] = json!([{ "type": "Action.OpenUrl", "title": title, "url": link }]);
    }
    json!({
        "type": "message",
        "attachments": [{ "contentType": "application/vnd.microsoft.card.adaptive", "content": card }],
    })
}

fn inline(run: Run<'_>) -> Value {
    match run {
        Run::Text(text) => json!({ "type": "TextRun", "text": text }),
        Run::Url(url) => json!({
            "type": "TextRun",
            "text": url,
            "selectAction": { "type": "Action.OpenUrl", "url": url },
        }),
    }
}
