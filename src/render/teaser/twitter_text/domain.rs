//! Domain names as twitter-text knows them.
//!
//! Comes in: the text where a name may begin, or a name. Goes out: how long it is, and what of it is linked.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// The endings of domain names.
struct TopLevel {
    ascii: HashSet<&'static str>,
    other: Vec<&'static str>,
}

static TOP_LEVEL: LazyLock<TopLevel> = LazyLock::new(|| {
    let lines = include_str!("top_level.txt").lines().filter(|line| !line.starts_with('#'));
    let names = || lines.clone().flat_map(str::split_whitespace);
    TopLevel {
        ascii: names().filter(|name| name.is_ascii()).collect(),
        other: names().filter(|name| !name.is_ascii()).collect(),
    }
});

/// Endings that came after twitter-text 3.1.0.
const NEWER: [&str; 4] = ["amazon", "kids", "music", "spa"];

/// The longest ending that is not of ASCII letters alone, in characters.
const LONGEST_TOP_LEVEL: usize = 17;

/// The longest label of a domain name in Punycode (`MAX_DOMAIN_LABEL_LENGTH`).
const LONGEST_LABEL: usize = 63;

/// The longest domain name at the beginning (`validDomain`): labels of anything but punctuation and white space, then
/// an ending that is known. An underscore may stand in all labels but the last two.
pub fn domain_len(text: &str) -> Option<usize> {
    let mut longest = None;
    let mut start = 0;
    let mut is_name = false;
    loop {
        let rest = &text[start..];
        if is_name && let Some(len) = top_level_len(rest) {
            longest = Some(start + len);
        }
        let len = rest.find(|c| !(is_in_label(c) || matches!(c, '-' | '_'))).unwrap_or(rest.len());
        let label = &rest[..len];
        if !rest[len..].starts_with('.') || !label.starts_with(is_in_label) || !label.ends_with(is_in_label) {
            return longest;
        }
        is_name = !label.contains('_');
        start += len + 1;
    }
}

/// `validDomainChars`
fn is_in_label(c: char) -> bool {
    let punctuation = c.is_ascii_punctuation() && !matches!(c, '"' | '`');
    let space = c.is_whitespace() || c == '\u{180e}';
    let direction =
        matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(punctuation || space || direction || is_invalid(c))
}

/// The length of the ending of a domain name at the beginning (`validGTLD`, `validCCTLD`, `validPunycode`).
fn top_level_len(text: &str) -> Option<usize> {
    let ends = |len: &usize| !text[*len..].starts_with(|c: char| c.is_ascii_alphanumeric() || "@+-".contains(c));
    let ascii = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    if text[..ascii].eq_ignore_ascii_case("xn") && text[ascii..].starts_with("--") {
        let end = text[4..].find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).map_or(text.len(), |len| 4 + len);
        return Some(end).filter(|end| *end > 4);
    }
    let name = text[..ascii].to_ascii_lowercase();
    if TOP_LEVEL.ascii.contains(name.as_str()) || NEWER.contains(&name.as_str()) {
        return Some(ascii).filter(ends);
    }
    let lower = text.chars().take(LONGEST_TOP_LEVEL).collect::<String>().to_lowercase();
    let known = TOP_LEVEL.other.iter().filter(|name| lower.starts_with(**name)).map(|name| name.len());
    known.filter(|len| text.is_char_boundary(*len)).filter(ends).max()
}

/// Whether twitter-text does not know the ending of a domain name.
pub fn is_newer(domain: &str) -> bool {
    domain.rsplit('.').next().is_some_and(|name| NEWER.contains(&name.to_ascii_lowercase().as_str()))
}

/// Whether a label is no longer than the DNS allows.
pub fn is_short_label(label: &str) -> bool {
    let len = if label.is_ascii() {
        Some(label.len())
    } else {
        idna::punycode::encode_str(label).map(|encoded| "xn--".len() + encoded.len())
    };
    len.is_some_and(|len| (1..=LONGEST_LABEL).contains(&len))
}

/// The domain names of Latin letters in a wider one (`validAsciiDomain`), which are all that is linked without a scheme.
pub fn latin_domains(domain: &str) -> Vec<Range<usize>> {
    let in_label = |c: char| c.is_ascii_alphanumeric() || c == '-' || is_latin(c);
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(start) = domain[from..].find(in_label).map(|at| from + at) {
        let mut end = None;
        let mut label = start;
        loop {
            let rest = &domain[label..];
            let len = rest.find(|c| !in_label(c)).unwrap_or(rest.len());
            if label > start
                && let Some(top_level) = top_level_len(rest)
            {
                end = Some(label + top_level);
            }
            if len == 0 || !rest[len..].starts_with('.') {
                from = end.unwrap_or(label + len);
                break;
            }
            label += len + 1;
        }
        found.extend(end.map(|end| start..end));
    }
    found
}

/// `latinAccentChars`
pub const fn is_latin(c: char) -> bool {
    matches!(c,
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24f}' | 'ɓ' | 'ɔ' | 'ɖ' | 'ɗ' | 'ə' | 'ɛ' | 'ɣ' | 'ɨ' | 'ɯ' | 'ɲ' | 'ʉ' | 'ʋ'
        | 'ʻ' | '\u{300}'..='\u{36f}' | 'Ḁ'..='ỿ')
}

/// `invalidCharsGroup`
pub const fn is_invalid(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{feff}' | '\u{ffff}')
}
