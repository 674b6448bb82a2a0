//! A feed item as its reader reads it: title, link, summary and text, without tags.
//!
//! Comes in: a [`FeedItem`] that this program made. Goes out: paragraphs with a blank line between them.

use quick_xml::escape::unescape;
use rss::Channel;

use super::FeedItem;

/// What an item's prefixes stand for (the namespaces that `rss` writes).
const HEAD: &str = "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" \
                    xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel>";
const TAIL: &str = "</channel></rss>";

/// Elements that stand inside a line.
const INLINE: [&str; 11] = ["a", "abbr", "b", "code", "del", "em", "i", "span", "strong", "sub", "sup"];

impl FeedItem {
    /// The words of the item; the XML itself where it cannot be read.
    pub fn readable(&self) -> String {
        let whole = format!("{HEAD}{}{TAIL}", self.xml);
        let channel = Channel::read_from(whole.as_bytes()).ok();
        let Some(item) = channel.as_ref().and_then(|channel| channel.items().first()) else { return self.xml.clone() };
        let (summary, text) = (item.description().map(text_of), item.content().map(text_of).unwrap_or_default());
        // The summary is the text's first paragraph, as a rule.
        let summary = summary.filter(|summary| !text.starts_with(summary));
        let plain = [item.title(), item.link()].into_iter().flatten().map(str::to_owned);
        let parts = plain.chain(summary).chain([text]).filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("\n\n")
    }
}

/// The text of HTML: blocks become paragraphs, tags and entities go.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text += &rest[..at];
        let end = rest[at..].find('>').map_or(rest.len(), |end| at + end + 1);
        let tag = rest[at..end].trim_matches(|c| matches!(c, '<' | '>' | '/'));
        let name = tag.split([' ', '/', '\n']).next().unwrap_or_default();
        if !INLINE.contains(&name) {
            text += "\n\n";
        }
        rest = &rest[end..];
    }
    text += rest;
    let text = unescape(&text).map_or_else(|_| text.clone(), |text| text.into_owned());
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_reads_as_its_words() {
        let xml = "<item><title>Kurz &amp; gut</title><link>https://example.org/a</link>\
                   <description>Der Vorstand &amp;amp; die Mitglieder</description>\
                   <content:encoded><![CDATA[<p>Eins <strong>zwei</strong> &amp; <a href=\"x\">drei</a></p>\n<ul><li>vier</li></ul>]]>\
                   </content:encoded></item>";
        let item = FeedItem { guid: "a".to_owned(), xml: xml.to_owned() };
        assert_eq!(
            item.readable(),
            "Kurz & gut\n\nhttps://example.org/a\n\nDer Vorstand & die Mitglieder\n\nEins zwei & drei\n\nvier"
        );
    }

    #[test]
    fn a_summary_that_the_text_begins_with_is_read_once() {
        let xml = "<item><title>Kurz</title><description>Eins</description>\
                   <content:encoded><![CDATA[<p>Eins</p><p>Zwei</p>]]></content:encoded></item>";
        let item = FeedItem { guid: "a".to_owned(), xml: xml.to_owned() };
        assert_eq!(item.readable(), "Kurz\n\nEins\n\nZwei");
    }

    #[test]
    fn what_is_no_item_is_left_as_it_is() {
        let item = FeedItem { guid: String::new(), xml: "<item><title>".to_owned() };
        assert_eq!(item.readable(), "<item><title>");
    }
}
