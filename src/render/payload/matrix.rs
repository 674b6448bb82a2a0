//! Matrix: a message (Client-Server API, `m.room.message`, `m.text`).

use serde_json::{Value, json};

use super::Announcement;
use crate::render::link;

/// The text, and again as HTML with its links. Nobody is mentioned, not the whole room either: `m.mentions` is there and
/// empty.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let text = announcement.text();
    json!({
        "msgtype": "m.text",
        "body": text,
        "format": "org.matrix.custom.html",
        "formatted_body": html(text),
        "m.mentions": {},
    })
}

fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    let mut from = 0;
    for url in link::urls(text) {
        let address = escaped(&text[url.clone()]);
        html += &lines(&text[from..url.start]);
        html += &format!("<a href=\"{address}\">{address}</a>");
        from = url.end;
    }
    html + &lines(&text[from..])
}

fn lines(text: &str) -> String {
    escaped(text).replace('\n', "<br>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn a_text_stays_a_text() {
        let text = "A & <b>\n\n„x“ https://a.example/?a=1&b=\"2 @room";
        let expected = "A &amp; &lt;b&gt;<br><br>„x“ <a href=\"https://a.example/?a=1&amp;b=\">\
                        https://a.example/?a=1&amp;b=</a>&quot;2 @room";
        assert_eq!(html(text), expected);
    }
}
