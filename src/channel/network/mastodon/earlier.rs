//! Whether a status was posted by an earlier try whose answer was lost, when the instance has forgotten its key.

use serde_json::Value;

use super::super::step::{Halt, later};
use super::{Mastodon, place};
use crate::render::link;

/// The account's own statuses that are looked through, so many pages of so many (API, "Get account's statuses").
const PAGES: usize = 10;
const PAGE: usize = 40;
/// By how much the instance's clock and this one may differ, in milliseconds.
const CLOCKS: i64 = 5 * 60 * 1000;

impl Mastodon {
    /// Where the status of a post is, if it was posted since the content was frozen: one with the same text, or with the
    /// post's own link.
    pub(super) async fn earlier(&self, status: &Value, slug: &str, frozen: i64) -> Result<Option<String>, Halt> {
        let text = status["status"].as_str().unwrap_or_default();
        let account = self.get("/api/v1/accounts/verify_credentials").await?;
        let Some(id) = account["id"].as_str() else {
            return Err(later("Mastodon does not say whose token it is".to_owned()));
        };
        let statuses = format!(
            "/api/v1/accounts/{}/statuses?exclude_replies=true&exclude_reblogs=true&limit={PAGE}",
            super::super::encoded(id)
        );
        let mut below = String::new();
        for _ in 0..PAGES {
            let page = self.get(&format!("{statuses}{below}")).await?;
            let page = page.as_array().map(Vec::as_slice).unwrap_or_default();
            // A status that is pinned may be older than the ones behind it.
            let since: Vec<&Value> = page.iter().filter(|status| is_since(status, frozen)).collect();
            if let Some(found) = since.iter().find(|posted| is_same(posted, text, slug)) {
                return Ok(Some(place(found)));
            }
            match page.last().and_then(|last| last["id"].as_str()) {
                Some(last) if !since.is_empty() => below = format!("&max_id={}", super::super::encoded(last)),
                _ => return Ok(None),
            }
        }
        Err(later("the account posts so much that it cannot be seen whether this was posted before".to_owned()))
    }
}

fn is_since(status: &Value, frozen: i64) -> bool {
    let created = status["created_at"].as_str().and_then(|created| created.parse::<jiff::Timestamp>().ok());
    created.is_none_or(|created| created.as_millisecond() >= frozen - CLOCKS)
}

/// A link tells posts apart only where it names the post as its campaign: many lead to the same page.
fn is_same(status: &Value, text: &str, slug: &str) -> bool {
    let content = status["content"].as_str().unwrap_or_default();
    let campaign = format!("utm_campaign={slug}");
    let links = || link::urls(text).into_iter().map(|url| &text[url]).filter(|link| link.contains(&campaign));
    letters(&shown(content)) == letters(text) || links().any(|link| content.contains(&attribute(link)))
}

/// A link as it stands in the HTML of a status.
fn attribute(link: &str) -> String {
    format!("href=\"{}\"", link.replace('&', "&amp;"))
}

/// The text of a status without its elements.
fn shown(content: &str) -> String {
    let mut text = String::with_capacity(content.len());
    let mut inside = false;
    for character in content.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(character),
            _ => {}
        }
    }
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&amp;", "&")];
    named.iter().fold(text, |text, (name, sign)| text.replace(name, sign))
}

/// Paragraphs and blanks aside: an instance sets them anew.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_same;

    #[test]
    fn a_status_is_recognised_by_its_text_or_its_link() {
        let text = "Grüße & „mehr“ <3\n\nMehr dazu: https://a.example/b?x=1&utm_campaign=kurz\n\n#KI";
        let link = "<a href=\"https://a.example/b?x=1&amp;utm_campaign=kurz\" rel=\"nofollow\"><span class=\"invisible\">https://\
                    </span><span class=\"ellipsis\">a.example/b?x=1&amp;utm_camp</span><span class=\"invisible\">aign=kurz\
                    </span></a>";
        let tag = "<a href=\"https://m.example/tags/KI\">#<span>KI</span></a>";
        let whole = format!("<p>Grüße &amp; „mehr“ &lt;3</p><p>Mehr dazu: {link}</p><p>{tag}</p>");
        let said = |content: &str| is_same(&json!({ "content": content }), text, "kurz");
        assert!(said(&whole));
        assert!(said(&format!("<p>Anders gesagt: {link}</p>")));
        assert!(!said("<p>Grüße &amp; „mehr“ &lt;3</p>"));
        assert!(!said("<p>Mehr dazu: <a href=\"https://a.example/b?x=1&amp;utm_campaign=kurz-2\">…</a></p>"));
        assert!(is_same(&json!({ "content": "<p>Zeile<br />zwei</p>" }), "Zeile\nzwei", "kurz"));
        let home = "<p>Anders: <a href=\"https://verband.example\">…</a></p>";
        assert!(
            !is_same(&json!({ "content": home }), "Neues: https://verband.example", "kurz"),
            "a link of many posts"
        );
        assert!(!is_same(&json!({}), "Zeile", "kurz"));
    }
}
