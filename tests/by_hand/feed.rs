//! Feed items of invented posts, and the feed that they are put into.

use std::fs;
use std::path::PathBuf;

use jiff::Zoned;
use jiff::tz::TimeZone;
use rundbrief::channel::feed::{ChannelInfo, Upserted, upsert};
use rundbrief::post::{BlockKind, Inline, Post};
use rundbrief::render::feed::{FeedItem, item};

use super::{House, block, paragraph, post, tags, text};

/// Thursday, 14 November 2024, 10:30 in Berlin.
pub fn built() -> Zoned {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone of the bundled database");
    jiff::civil::date(2024, 11, 14).at(10, 30, 0, 0).to_zoned(zone).expect("a time that exists")
}

pub fn info() -> ChannelInfo {
    ChannelInfo::of(&super::config()).expect("a feed is configured")
}

pub fn recap() -> Post {
    let mut recap = post("werkstatt-2024", "de", "Nachwuchs & Betriebe: <die> Werkstatt");
    recap.header.author = Some("Anna Muster".into());
    recap.header.categories = tags(&["Aktivitäten"]);
    recap.header.tags = tags(&["Nachwuchs", "Aktivitäten"]);
    recap.body = vec![
        paragraph("Rückkehrer*innen & Kolleg:innen trafen sich in Ulm; 3 < 4 sagt „niemand“."),
        block(BlockKind::Heading { level: 1, content: text("Was wir gelernt haben") }),
        block(BlockKind::Paragraph(vec![
            Inline::Text("Das Ende von CDATA ist ".into()),
            Inline::Code("]]>".into()),
            Inline::Text(", mehr im ".into()),
            Inline::Link { url: "https://www.example.org/bericht?a=1&b=2".into(), content: text("Bericht") },
            Inline::Text(".".into()),
        ])),
    ];
    recap
}

pub fn item_of(post: &Post) -> FeedItem {
    item(&House::new("de").source(post)).expect("an item")
}

/// An item of another day, with the day in its title.
pub fn item_of_day(slug: &str, day: i8) -> FeedItem {
    let mut other = post(slug, "de", &format!("Bericht vom {day}. Oktober"));
    other.header.date = Some(jiff::civil::date(2024, 10, day));
    item_of(&other)
}

pub fn changed(existing: &str, item: &FeedItem) -> (String, Upserted) {
    let (bytes, outcome) = upsert(Some(existing.as_bytes()), &info(), item, &built()).expect("a feed");
    (String::from_utf8(bytes).expect("UTF-8"), outcome)
}

pub fn case(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/feed").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Titles of the items, in the feed's order.
pub fn titles(feed: &str) -> Vec<&str> {
    feed.split("<item")
        .skip(1)
        .filter_map(|item| item.split_once("<title>")?.1.split_once("</title>"))
        .map(|t| t.0)
        .collect()
}
