//! Webhooks: an event with everything that a program needs to publish the post elsewhere (Standard Webhooks, "Payload
//! structure"). The body is described by `docs/webhook.schema.json`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Announcement;
use crate::config::Images;
use crate::post::{ComingDate, Event};
use crate::render::Shown;
use crate::render::feed;

/// Grows when a receiver that was written for the earlier one could go wrong; new keys alone do not count.
const VERSION: u32 = 1;

/// `post.corrected` is told of a post that was published before, with the same slug.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let event_type = if announcement.source.correction { "post.corrected" } else { "post.published" };
    document(announcement, event_type)
}

/// `timestamp` is the time of the post, a value of its content, so that what was looked at is what is sent, at every
/// try: its `send_at`, else noon of its day. A post that has neither gets, where it is posted, the moment at which it was
/// released. The moment of a request stands in its header `webhook-timestamp`.
fn document(announcement: &Announcement<'_>, event_type: &str) -> Value {
    let post = announcement.post();
    let header = &post.header;
    json!({
        "type": event_type,
        "timestamp": timestamp(announcement),
        "data": {
            "version": VERSION,
            "slug": post.slug.as_str(),
            "link": header.link,
            "title": header.title,
            "lead": announcement.lead(),
            "html": feed::content(announcement.source),
            "text": announcement.plain(),
            "language": header.lang,
            "author": header.author,
            "categories": header.categories,
            "tags": header.tags,
            "published": header.date.map(|date| date.to_string()),
            "event": header.event.as_ref().map(event),
            "dates": header.dates.iter().map(date).collect::<Vec<_>>(),
            "image": image(announcement),
        },
    })
}

fn timestamp(announcement: &Announcement<'_>) -> Option<String> {
    let header = &announcement.post().header;
    let at = header.send_at.or_else(|| header.date.map(|date| date.at(12, 0, 0, 0)))?;
    let zoned = at.to_zoned(announcement.source.config.site.zone.clone()).ok()?;
    Some(zoned.timestamp().to_string())
}

fn event(event: &Event) -> Value {
    json!({ "name": event.name, "place": event.place, "date": event.date.map(|date| date.to_string()) })
}

fn date(date: &ComingDate) -> Value {
    json!({ "name": date.name, "date": date.date.to_string(), "place": date.place, "link": date.link })
}

/// The header picture: where it is published, or its bytes where it is nowhere.
fn image(announcement: &Announcement<'_>) -> Option<Value> {
    let source = announcement.source;
    let picture = source.post.header.image.as_ref()?;
    let prepared = source.pictures.of_post(source.post, picture, Shown::Hero)?;
    let url = match &source.config.email.images {
        Images::Link { url } => Some(feed::picture_url(url, &prepared.name)),
        Images::Embed => None,
    };
    let bytes = url.is_none().then(|| STANDARD.encode(&prepared.bytes));
    Some(json!({
        "url": url,
        "bytes": bytes,
        "alt": picture.alt,
        "credit": picture.credit,
        "name": prepared.name,
        "media_type": prepared.format.media_type(),
        "width": prepared.width,
        "height": prepared.height,
    }))
}
