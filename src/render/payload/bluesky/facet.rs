//! Facets: which parts of a text are links and hashtags (lexicon `app.bsky.richtext.facet`).
//!
//! Comes in: the text. Goes out: the parts, counted in bytes of UTF-8, in the order of the text, none over another.

use serde_json::{Value, json};
use unicode_segmentation::UnicodeSegmentation;

use crate::render::link;

/// The longest hashtag without its sign, in graphemes and in bytes.
const TAG_GRAPHEMES: usize = 64;
const TAG_BYTES: usize = 640;

/// Links with their addresses, hashtags with their words.
pub(super) fn facets(text: &str) -> Vec<Value> {
    let urls = link::urls(text);
    let mut marked: Vec<(usize, usize, Value)> = Vec::new();
    for url in &urls {
        let feature = json!({ "$type": "app.bsky.richtext.facet#link", "uri": text[url.clone()] });
        marked.push((url.start, url.end, feature));
    }
    for (start, tag) in tags(text).filter(|(start, _)| !urls.iter().any(|url| url.contains(start))) {
        let feature = json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag });
        marked.push((start, start + '#'.len_utf8() + tag.len(), feature));
    }
    marked.sort_by_key(|(start, ..)| *start);
    let facet = |(start, end, feature): (usize, usize, Value)| json!({ "index": { "byteStart": start, "byteEnd": end }, "features": [feature] });
    marked.into_iter().map(facet).collect()
}

/// Hashtags: behind a blank or at the beginning, up to the next blank or invisible
/// character, without punctuation at the end, and with more in them than digits. So `#Kolleg*innen` is one.
fn tags(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('#').filter_map(|(at, _)| {
        let own_word = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        let behind = &text[at + 1..];
        let end = behind.find(|c: char| c.is_whitespace() || is_invisible(c)).unwrap_or(behind.len());
        let tag = behind[..end].trim_end_matches(is_punctuation);
        let says_something = tag.chars().any(|c| !c.is_ascii_digit() && !is_punctuation(c));
        // `#` and a presentation selector are the beginning of an emoji, the key on a telephone.
        let is_key = tag.starts_with('\u{fe0f}') || tag.starts_with('\u{20e3}');
        let fits = tag.len() <= TAG_BYTES && tag.graphemes(true).count() <= TAG_GRAPHEMES;
        (own_word && says_something && !is_key && fits).then_some((at, tag))
    })
}

const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{2060}' | '\u{200a}'..='\u{200d}' | '\u{20e2}')
}

fn is_punctuation(character: char) -> bool {
    // Unicode counts these signs of ASCII as symbols.
    (character.is_ascii_punctuation() && !"$+<=>^`|~".contains(character))
        || "…–—‘’‚“”„«»‹›·¡¿§¶†‡•‰′″".contains(character)
}

#[cfg(test)]
mod tests;
