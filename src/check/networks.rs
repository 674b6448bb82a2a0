//! Networks: texts that are too long, hashtags that end early, mentions of somebody else, pictures that are refused.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::check::rule::{Family, Rule, Teller};
use crate::check::subject::Subject;
use crate::check::told::Told;
use crate::config::NetworkKind;
use crate::post::OwnTeaser;
use crate::post::passage::PassageKind;
use crate::render::picture_file;

pub(super) static FAMILY: Family = Family {
    name: "networks",
    about: "What a network refuses, cuts or reads otherwise",
    rules: &[TOO_LONG, NO_HASHTAGS, BROKEN_HASHTAG, MENTION, PICTURE],
    look,
};

const TOO_LONG: Rule = Rule::error(
    "teaser-too-long",
    "the text for a network is longer than the network takes",
    "shorten the text of `teaser:`; the link behind it counts as well",
)
.told_by(Teller::Refusal);

const NO_HASHTAGS: Rule = Rule::warning(
    "no-hashtags",
    "the post goes to networks without a hashtag",
    "add two or three: `tags: [Ehrenamt, Nachwuchs]`; on Mastodon nobody finds a text without",
);

const BROKEN_HASHTAG: Rule = Rule::warning(
    "broken-hashtag",
    "a hashtag ends at `*`, `:` or a hyphen",
    "write it in one word with capitals, `#KollegInnen`; or leave it to `tags:`, which does that",
);

const MENTION: Rule = Rule::warning(
    "mention",
    "a mention in one text for all networks is another account on each, or nobody's",
    "write a text for each network: `teaser: { mastodon: \"… @verband@social.example\", bluesky: \"…\" }`",
);

const PICTURE: Rule = Rule::warning(
    "network-picture",
    "the picture's file is larger than a network takes",
    "post the picture of `rundbrief build`, out/…/images/, or export the original smaller",
);

/// Bytes of a picture that a network takes, and where it says so.
const fn most_bytes(kind: NetworkKind) -> Option<u64> {
    const MB: u64 = 1_000_000;
    match kind {
        // The instance's `configuration.media_attachments.image_size_limit`; the default of Mastodon 4.
        NetworkKind::Mastodon => Some(16 * 1024 * 1024),
        // Lexicon app.bsky.embed.images, `maxSize`.
        NetworkKind::Bluesky => Some(2 * MB),
        // X API, "Media best practices".
        NetworkKind::X => Some(5 * MB),
        // Threads API, "Image specifications".
        NetworkKind::Threads => Some(8 * MB),
        // Graph API, "Photo".
        NetworkKind::Facebook => Some(10 * MB),
        // LinkedIn Help, "Image specifications".
        NetworkKind::LinkedIn => Some(8 * MB),
        NetworkKind::Plain => None,
    }
}

fn look(subject: &Subject<'_>, told: &mut Told) {
    let networks = subject.networks();
    let social: Vec<&(String, NetworkKind)> = networks.iter().filter(|(_, kind)| *kind != NetworkKind::Plain).collect();
    if social.is_empty() {
        return;
    }
    hashtags(subject, told);
    own_text(subject, told, social.len());
    picture(subject, told, &social);
}

fn hashtags(subject: &Subject<'_>, told: &mut Told) {
    let mut social = subject.teasers.iter().filter(|teaser| teaser.kind != NetworkKind::Plain);
    let tagged = |text: &str| tags(text).next().is_some();
    if subject.post().header.tags.is_empty()
        && let Some(teaser) = social.find(|teaser| !tagged(&teaser.text))
    {
        let message = format!("the text for {} has no hashtag", teaser.channel);
        told.add(&NO_HASHTAGS, subject.key("tags"), message);
    }
}

/// Words behind a `#` that stands at the beginning of a word, with everything up to the next blank.
fn tags(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices('#').filter_map(|(at, _)| {
        let own_word = text[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || "(„\"".contains(c));
        let end = text[at..].find(char::is_whitespace).map_or(text.len(), |length| at + length);
        let letter = text[at + 1..end].starts_with(char::is_alphabetic);
        (own_word && letter).then_some(at..end)
    })
}

fn own_text(subject: &Subject<'_>, told: &mut Told, networks: usize) {
    let one_for_all = matches!(subject.post().header.teaser, OwnTeaser::Text(_)) && networks > 1;
    for passage in subject.passages.iter().filter(|passage| passage.kind == PassageKind::Header("teaser")) {
        for range in tags(&passage.text) {
            if let Some(end) = broken(&passage.text[range.clone()]) {
                let (whole, left) = (&passage.text[range.clone()], &passage.text[range.start..range.start + end]);
                let whole = whole.trim_end_matches(|c: char| !c.is_alphanumeric());
                let place = subject.part(passage, range.start..range.start + whole.len());
                told.add(&BROKEN_HASHTAG, place, format!("networks read `{whole}` as `{left}`"));
            }
        }
        let mut said = BTreeSet::new();
        for range in mentions(&passage.text).filter(|_| one_for_all) {
            let account = &passage.text[range.clone()];
            if said.insert(account) {
                let message = format!("`{account}` is another account on each network, or nobody's");
                told.add(&MENTION, subject.part(passage, range.clone()), message);
            }
        }
    }
}

/// Where a hashtag ends although its word goes on.
fn broken(tag: &str) -> Option<usize> {
    let end = tag[1..].find(|c: char| !(c.is_alphanumeric() || c == '_')).map(|at| at + 1)?;
    let behind = tag[end..].trim_start_matches(|c: char| !c.is_alphanumeric());
    let sign = tag[end..].starts_with(['*', ':', '-', '.', '’', '\'', '/', '&']);
    (sign && behind.starts_with(char::is_alphanumeric)).then_some(end)
}

/// `@name` and `@name@server`, not the middle of an e-mail address.
fn mentions(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut until = 0;
    text.match_indices('@').filter_map(move |(at, _)| {
        let own_word = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && !"/._-".contains(c));
        if at < until || !own_word {
            return None;
        }
        let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@');
        let length = text[at + 1..].find(|c| !name(c)).unwrap_or(text.len() - at - 1);
        let account = text[at..at + 1 + length].trim_end_matches(['.', '-', '@']);
        until = at + account.len();
        (account.len() > 1).then_some(at..until)
    })
}

fn picture(subject: &Subject<'_>, told: &mut Told, networks: &[&(String, NetworkKind)]) {
    let Some(image) = &subject.post().header.image else { return };
    let file = picture_file(subject.post(), image);
    let Some(bytes) = subject.source.pictures.file_bytes(&file) else { return };
    let small = |kind: NetworkKind| most_bytes(kind).is_some_and(|most| bytes > most);
    let refusing: Vec<&str> = networks.iter().filter(|(_, kind)| small(*kind)).map(|(name, _)| name.as_str()).collect();
    if !refusing.is_empty() {
        let message =
            format!("`{}` has {:.1} MB, more than {} takes", image.src, bytes as f64 / 1e6, refusing.join(" or "));
        told.add(&PICTURE, subject.key("image"), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hashtag_that_goes_on_is_told_from_one_that_ends() {
        for (tag, left) in
            [("#Kolleg*innen", Some("#Kolleg")), ("#Kolleg:innen", Some("#Kolleg")), ("#IT-Tag", Some("#IT"))]
        {
            assert_eq!(broken(tag).map(|end| &tag[..end]), left);
        }
        for whole in ["#Ehrenamt", "#Ehrenamt.", "#Ehrenamt:", "#A_b", "#Tagung!"] {
            assert_eq!(broken(whole), None, "{whole}");
        }
    }

    #[test]
    fn a_mention_is_told_from_an_address() {
        let found = |text: &'static str| mentions(text).map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(found("mit @verband@social.de und (@x_y)."), ["@verband@social.de", "@x_y"]);
        assert_eq!(found("an info@verband.de, https://a.de/@b"), Vec::<&str>::new());
    }
}
