//! Bluesky: a post (lexicons `app.bsky.feed.post`, `app.bsky.embed.external`, `app.bsky.embed.images`). The channel
//! adds the time, the picture as the server keeps it, and the record's key.

use serde_json::{Value, json};

use super::{Announcement, Attached};
use crate::post::picture::MAX_BYTES;
use crate::render::teaser::length::fits;

mod facet;

/// The most bytes of a picture (`maxSize` in both lexicons, as they were before it was raised).
const PICTURE_MAX: usize = 1_000_000;

// Every picture is made smaller than that when it is prepared, so none has to be left out.
const _: () = assert!(MAX_BYTES <= PICTURE_MAX);

/// The text with its links and hashtags marked, and below it a card for the article; where there is none, the picture.
/// Nobody is mentioned: that would take a mark of its own.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let text = said(announcement);
    let text = text.as_str();
    let mut record = json!({
        "$type": "app.bsky.feed.post",
        "text": text,
        "langs": [announcement.post().header.lang],
    });
    let facets = facet::facets(text);
    if !facets.is_empty() {
        record["facets"] = facets.into();
    }
    if let Some(embed) = embed(announcement) {
        record["embed"] = embed;
    }
    record
}

/// The text; that of a correction says so, where there is room.
fn said(announcement: &Announcement<'_>) -> String {
    let text = announcement.text();
    let marked = announcement.source.words.fill("teaser.correction", &[("text", text)]);
    match announcement.source.correction && fits(&marked, announcement.network) {
        true => marked,
        false => text.to_owned(),
    }
}

fn embed(announcement: &Announcement<'_>) -> Option<Value> {
    let picture = announcement.attached();
    match (announcement.tracked_link(), picture) {
        (Some(link), picture) => Some(json!({
            "$type": "app.bsky.embed.external",
            "external": {
                "uri": link,
                "title": announcement.title(),
                "description": description(announcement, picture.as_ref()),
            },
        })),
        (None, Some(picture)) => Some(json!({
            "$type": "app.bsky.embed.images",
            "images": [{
                "alt": picture.alt,
                "aspectRatio": { "width": picture.width, "height": picture.height },
            }],
        })),
        (None, None) => None,
    }
}

/// A card has no place for a picture's alternative text, so it stands behind the description.
fn description(announcement: &Announcement<'_>, picture: Option<&Attached>) -> String {
    let alt = picture.map(|picture| picture.alt.trim()).filter(|alt| !alt.is_empty());
    let alt = alt.map(|alt| announcement.source.words.fill("email.picture", &[("alt", alt)]));
    announcement.lead().into_iter().chain(alt).collect::<Vec<_>>().join("\n\n")
}
