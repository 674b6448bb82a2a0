//! Mastodon: a status (Mastodon API, `POST /api/v1/statuses`). The channel adds the picture's number.

use serde_json::{Value, json};

use super::{Announcement, mention};
use crate::config::{Access, Visibility};
use crate::render::teaser::length::fits;

/// The text with its language. Whom it names is told of it, so nobody is named by accident.
pub(super) fn body(announcement: &Announcement<'_>) -> Value {
    let visibility = match &announcement.network.access {
        Some(Access::Mastodon { visibility, .. }) => *visibility,
        _ => Visibility::default(),
    };
    let text = match announcement.names_on_purpose() {
        true => announcement.text().to_owned(),
        false => nobody_named(announcement),
    };
    // Mastodon knows languages without their countries (ISO 639-1).
    let lang = &announcement.post().header.lang;
    let language = lang.split('-').next().unwrap_or(lang).to_lowercase();
    json!({ "status": text, "language": language, "visibility": visibility.name() })
}

/// Of an account at another server Mastodon counts the name alone, of a word like any other all of it: where that is too
/// long, the server's name gives way, which readers would not see of an account either.
fn nobody_named(announcement: &Announcement<'_>) -> String {
    let whole = mention::silenced(announcement.text(), true);
    match fits(&whole, announcement.network) {
        true => whole,
        false => mention::silenced(announcement.text(), false),
    }
}
