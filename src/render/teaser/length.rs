//! How long a text is where it will be posted: each network counts in its own way.
//!
//! Comes in: a text and the network's kind. Goes out: its length in that network's units, and the limit.

use std::borrow::Cow;
use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_segmentation::UnicodeSegmentation;

use crate::config::{Network, NetworkKind};
use crate::render::link;
use crate::render::teaser::{emoji, twitter_text};

/// What a URL counts on Mastodon (`characters_reserved_per_url`) and on X (`transformedURLLength`).
pub const URL_LENGTH: usize = 23;

/// The most that Bluesky takes beside its 300 graphemes, in UTF-8 bytes (lexicon `app.bsky.feed.post`, `maxLength`).
const BLUESKY_BYTES: usize = 3_000;

/// How the texts of a channel are measured: as its network counts, and up to its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    pub kind: NetworkKind,
    /// In the units of [`length`].
    pub limit: usize,
}

impl From<NetworkKind> for Measure {
    fn from(kind: NetworkKind) -> Measure {
        Measure { kind, limit: limit(kind) }
    }
}

impl From<&Network> for Measure {
    fn from(network: &Network) -> Measure {
        Measure { kind: network.kind, limit: network.characters.unwrap_or(limit(network.kind)) }
    }
}

/// The longest text that a network takes, in the units of [`length`]. For plain text it is the house's own limit: one
/// paragraph that fits into somebody else's newsletter.
pub const fn limit(kind: NetworkKind) -> usize {
    match kind {
        NetworkKind::Mastodon | NetworkKind::Threads => 500,
        NetworkKind::Bluesky => 300,
        NetworkKind::X => 280,
        NetworkKind::LinkedIn => 3_000,
        NetworkKind::Facebook => 63_206,
        NetworkKind::Plain => 1_000,
        // Slack, "Formatting with Block Kit": a section's text.
        NetworkKind::Slack => 3_000,
        // Mattermost, "Message length": PostPropsMaxRunes; Rocket.Chat, Message_MaxAllowedSize; both by default.
        NetworkKind::Mattermost => 16_383,
        NetworkKind::RocketChat => 5_000,
        NetworkKind::Discord => 2_000,
        // Telegram Bot API, sendMessage; ntfy, "Limitations", in bytes.
        NetworkKind::Telegram | NetworkKind::Ntfy => 4_096,
        // What carries the text may be larger (28 kB, 64 KiB); this is the house's own limit.
        NetworkKind::Teams | NetworkKind::Matrix | NetworkKind::Webhook | NetworkKind::WebSub => 4_000,
    }
}

/// The length that is worth reading there, in the units of [`length`]; never more than [`limit`].
pub const fn aim(kind: NetworkKind) -> usize {
    match kind {
        NetworkKind::LinkedIn => 1_200,
        NetworkKind::Facebook => 600,
        kind if !kind.is_social() && !matches!(kind, NetworkKind::Plain) => 600,
        _ => limit(kind),
    }
}

/// The length of `text` as the network counts it.
///
/// - Mastodon: graphemes, a URL as 23, of a mention only the local part (`StatusLengthValidator`).
/// - Bluesky, plain: graphemes, URLs as written. Bluesky's second limit is in [`fits`].
/// - X: weighted characters of the text in NFC (twitter-text configuration v3), a URL as 23, an emoji as 2.
/// - LinkedIn, Facebook, and the chats, none of which says more than "characters": UTF-16 code units, the most that
///   it can mean. ntfy: bytes.
/// - Threads: characters, an emoji as its UTF-8 bytes (Threads API, "Posts").
pub fn length(text: &str, kind: NetworkKind) -> usize {
    match kind {
        NetworkKind::Mastodon => with_urls(text, &link::urls(text), |part| graphemes(&without_domains(part))),
        NetworkKind::Bluesky | NetworkKind::Plain => graphemes(text),
        NetworkKind::X => {
            let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
            with_urls(&text, &twitter_text::urls(&text), weighted)
        }
        NetworkKind::Ntfy => text.len(),
        NetworkKind::Threads if is_simple(text) => text.chars().count(),
        NetworkKind::Threads => text.graphemes(true).map(threads_grapheme).sum(),
        NetworkKind::LinkedIn
        | NetworkKind::Facebook
        | NetworkKind::Matrix
        | NetworkKind::Slack
        | NetworkKind::Mattermost
        | NetworkKind::RocketChat
        | NetworkKind::Discord
        | NetworkKind::Teams
        | NetworkKind::Telegram
        | NetworkKind::Webhook
        | NetworkKind::WebSub => text.encode_utf16().count(),
    }
}

/// Whether the network takes the text.
pub fn fits(text: &str, measure: impl Into<Measure>) -> bool {
    excess(text, measure).is_none()
}

/// Whether the network takes the text, and it is no longer than [`aim`].
pub fn is_readable(text: &str, measure: impl Into<Measure>) -> bool {
    let Measure { kind, limit } = measure.into();
    let aim = aim(kind).min(limit);
    fits_surely(text, aim, kind) || (takes_bytes(text, kind) && length(text, kind) <= aim)
}

/// Whether a text has no more bytes than the network takes units, so that nothing need be counted. It says nothing
/// where a URL may count more than it has bytes.
fn fits_surely(text: &str, most: usize, kind: NetworkKind) -> bool {
    !matches!(kind, NetworkKind::Mastodon | NetworkKind::X) && text.len() <= most.min(BLUESKY_BYTES)
}

fn takes_bytes(text: &str, kind: NetworkKind) -> bool {
    kind != NetworkKind::Bluesky || text.len() <= BLUESKY_BYTES
}

/// How much a text is over: the number and its unit, for a message.
pub fn excess(text: &str, measure: impl Into<Measure>) -> Option<(usize, &'static str)> {
    let Measure { kind, limit } = measure.into();
    if fits_surely(text, limit, kind) {
        return None;
    }
    let over = length(text, kind).saturating_sub(limit);
    if over > 0 {
        return Some((over, "characters"));
    }
    (!takes_bytes(text, kind)).then(|| (text.len() - BLUESKY_BYTES, "bytes"))
}

fn graphemes(text: &str) -> usize {
    if is_simple(text) { text.chars().count() } else { text.graphemes(true).count() }
}

/// Whether each character is a grapheme of its own and none is part of an emoji, as in nearly all German and English
/// text. Finding the graphemes takes ten times as long as this.
pub(in crate::render) fn is_simple(text: &str) -> bool {
    let simple = |c| matches!(c, '\n' | ' '..='~' | '\u{a0}'..='¨' | 'ª'..='¬' | '¯'..='\u{2ff}' | '‐'..='‧' | '€');
    text.chars().all(simple)
}

/// The sum over a text whose URLs count [`URL_LENGTH`] each and whose other parts are counted by `count`.
fn with_urls(text: &str, urls: &[Range<usize>], count: impl Fn(&str) -> usize) -> usize {
    let mut sum = 0;
    let mut from = 0;
    for url in urls {
        sum += count(&text[from..url.start]) + URL_LENGTH;
        from = url.end;
    }
    sum + count(&text[from..])
}

/// `@name@server.example` as Mastodon counts it: `@name`.
fn without_domains(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return text.into();
    }
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let own_word = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '@' | '.' | '_'));
        let local = rest[at + 1..].find(|c| !name(c)).map_or(rest.len(), |end| at + 1 + end);
        kept.push_str(&rest[..local]);
        rest = &rest[local..];
        if own_word && local > at + 1 && rest.starts_with('@') {
            let domain = rest[1..].find(|c| !name(c)).map_or(rest.len(), |end| 1 + end);
            let domain = rest[..domain].trim_end_matches(['.', '-']).len();
            if rest[..domain].contains('.') {
                rest = &rest[domain..];
            }
        }
    }
    (kept + rest).into()
}

/// Weighted characters (twitter-text configuration v3: weight 100 of a scale of 100 in four ranges, else 200, and 200
/// for an emoji sequence as a whole).
fn weighted(text: &str) -> usize {
    if is_simple(text) {
        return text.chars().map(weight).sum();
    }
    let mut sum = 0;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (len, weight) = match twitter_text::emoji_len(rest) {
            0 => (first.len_utf8(), weight(first)),
            len => (len, 2),
        };
        sum += weight;
        rest = &rest[len..];
    }
    sum
}

const fn weight(character: char) -> usize {
    match character as u32 {
        // Both are emoji for X, with or without a presentation selector.
        0xa9 | 0xae => 2,
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

/// Threads counts characters, but an emoji by its UTF-8 bytes.
fn threads_grapheme(grapheme: &str) -> usize {
    let emoji = emoji::prefix_len(grapheme);
    emoji + grapheme[emoji..].chars().count()
}

#[cfg(test)]
mod tests;
