//! How long a text is where it will be posted: each network counts in its own way.
//!
//! Comes in: a text and the network's kind. Goes out: its length in that network's units, and the limit.

use std::ops::Range;

use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_segmentation::UnicodeSegmentation;

use crate::config::{Network, NetworkKind};
use crate::render::teaser::twitter_text::{self, Rules};
use crate::render::teaser::{emoji, mention};

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
        NetworkKind::Mastodon => mastodon(text),
        NetworkKind::Bluesky | NetworkKind::Plain => graphemes(text),
        NetworkKind::X => {
            let text = ComposingNormalizerBorrowed::new_nfc().normalize(text);
            let urls = twitter_text::urls(&text, Rules::X).into_iter().map(|url| (url, URL_LENGTH));
            with_parts(&text, urls, weighted)
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

/// Graphemes, but for URLs and the servers of mentioned accounts.
fn mastodon(text: &str) -> usize {
    let urls = twitter_text::urls(text, Rules::Mastodon);
    let mut servers = mention::servers(text);
    servers.retain(|server| !urls.iter().any(|url| url.start < server.end && server.start < url.end));
    let servers = servers.into_iter().map(|server| (server, 0));
    let mut parts: Vec<_> = urls.into_iter().map(|url| (url, URL_LENGTH)).chain(servers).collect();
    parts.sort_by_key(|(part, _)| part.start);
    with_parts(text, parts, graphemes)
}

/// The sum over a text of whose parts some have their own length, and the others are counted by `count`. `parts` are in
/// order and apart from each other.
fn with_parts(
    text: &str,
    parts: impl IntoIterator<Item = (Range<usize>, usize)>,
    count: impl Fn(&str) -> usize,
) -> usize {
    let mut sum = 0;
    let mut from = 0;
    for (part, length) in parts {
        sum += count(&text[from..part.start]) + length;
        from = part.end;
    }
    sum + count(&text[from..])
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
