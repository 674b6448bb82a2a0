//! URLs as twitter-text finds them (version 3.1.0, `extractUrlsWithIndices`), the library that X counts with. It links
//! domain names without `https://` too, and of a URL only the characters that it knows.
//!
//! Comes in: a text in NFC. Goes out: where its URLs stand, in order and apart from each other.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

mod emoji;

pub use emoji::emoji_len;

/// The endings of domain names.
struct TopLevel {
    ascii: HashSet<&'static str>,
    other: Vec<&'static str>,
}

static TOP_LEVEL: LazyLock<TopLevel> = LazyLock::new(|| {
    let lines = include_str!("twitter_text/top_level.txt").lines().filter(|line| !line.starts_with('#'));
    let names = || lines.clone().flat_map(str::split_whitespace);
    TopLevel {
        ascii: names().filter(|name| name.is_ascii()).collect(),
        other: names().filter(|name| !name.is_ascii()).collect(),
    }
});

/// The longest URL that is one, in UTF-16 code units with its scheme (`MAX_URL_LENGTH`).
const LONGEST: usize = 4096;

/// The longest path of a short link (`MAX_TCO_SLUG_LENGTH`).
const LONGEST_SLUG: usize = 40;

/// The longest ending that is not of ASCII letters alone, in characters.
const LONGEST_TOP_LEVEL: usize = 17;

/// The longest label of a domain name in Punycode (`MAX_DOMAIN_LABEL_LENGTH`).
const LONGEST_LABEL: usize = 63;

/// Where the URLs of a text stand, in bytes.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains('.') {
        return found;
    }
    let mut from = 0;
    while let Some(candidate) = next_candidate(text, from) {
        candidate.push_links(text, &mut found);
        from = candidate.end;
    }
    found
}

/// What reads like a URL (`extractUrl`).
struct Candidate {
    /// Whether what stands before it lets a name without a scheme be linked.
    may_be_bare: bool,
    start: usize,
    domain: Range<usize>,
    /// Where the path begins, if there is one.
    path: Option<usize>,
    /// Behind the query. Nothing before it is looked at again.
    end: usize,
}

fn next_candidate(text: &str, from: usize) -> Option<Candidate> {
    text[from..].char_indices().find_map(|(at, c)| {
        let at = from + at;
        // Half of a character outside of the Basic Multilingual Plane may precede, with the other half in the name.
        let halved = c.len_utf16() == 2;
        let within = || if halved { Candidate::parse(text, at, true) } else { None };
        let behind =
            || if may_precede(c) { Candidate::parse(text, at + c.len_utf8(), !"-_./".contains(c)) } else { None };
        let first = || if at == 0 { Candidate::parse(text, 0, true) } else { None };
        within().or_else(behind).or_else(first)
    })
}

impl Candidate {
    fn parse(text: &str, start: usize, may_be_bare: bool) -> Option<Candidate> {
        let scheme = scheme_len(&text[start..]);
        let domain = start + scheme;
        let domain = domain..domain + domain_len(&text[domain..])?;
        let mut end = domain.end + port_len(&text[domain.end..]);
        let path = text[end..].starts_with('/').then_some(end);
        end += path.map_or(0, |path| path_len(&text[path..]));
        end += query_len(&text[end..]);
        Some(Candidate { may_be_bare, start, domain, path, end })
    }

    /// What of it is linked.
    fn push_links(&self, text: &str, found: &mut Vec<Range<usize>>) {
        let domain = &text[self.domain.clone()];
        let has_scheme = self.start < self.domain.start;
        let scheme = if has_scheme { 0 } else { "https://".len() };
        if scheme + utf16(&text[self.start..self.end]) > LONGEST || !domain.split('.').all(is_short_label) {
            return;
        }
        if has_scheme {
            let end = match slug(text, self) {
                Some(slug) if slug.len() > LONGEST_SLUG => return,
                Some(slug) => {
                    let end = self.domain.end + 1 + slug.len();
                    end + query_len(&text[end..self.end])
                }
                None => self.end,
            };
            found.push(self.start..end);
            return;
        }
        if !self.may_be_bare {
            return;
        }
        let names = latin_domains(domain);
        let last = names.last().map_or(0, |name| name.end);
        found.extend(names.into_iter().map(|name| self.start + name.start..self.start + name.end));
        // Without a path the query is text.
        if let (Some(_), Some(link)) = (self.path, found.last_mut())
            && last == domain.len()
        {
            link.end = self.end;
        }
    }
}

/// `validUrlPrecedingChars`
fn may_precede(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃') || is_invalid(c))
}

/// `invalidCharsGroup`
const fn is_invalid(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{feff}' | '\u{ffff}')
}

fn scheme_len(text: &str) -> usize {
    let starts = |scheme: &&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["https://", "http://"].iter().find(|scheme| starts(scheme)).map_or(0, |scheme| scheme.len())
}

/// The longest domain name at the beginning (`validDomain`): labels of anything but punctuation and white space, then
/// an ending that is known. An underscore may stand in all labels but the last two.
fn domain_len(text: &str) -> Option<usize> {
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
    if TOP_LEVEL.ascii.contains(text[..ascii].to_ascii_lowercase().as_str()) {
        return Some(ascii).filter(ends);
    }
    let lower = text.chars().take(LONGEST_TOP_LEVEL).collect::<String>().to_lowercase();
    let known = TOP_LEVEL.other.iter().filter(|name| lower.starts_with(**name)).map(|name| name.len());
    known.filter(|len| text.is_char_boundary(*len)).filter(ends).max()
}

fn is_short_label(label: &str) -> bool {
    let len = if label.is_ascii() {
        Some(label.len())
    } else {
        idna::punycode::encode_str(label).map(|encoded| "xn--".len() + encoded.len())
    };
    len.is_some_and(|len| (1..=LONGEST_LABEL).contains(&len))
}

/// The domain names of Latin letters in a wider one (`validAsciiDomain`), which are all that is linked without a scheme.
fn latin_domains(domain: &str) -> Vec<Range<usize>> {
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
const fn is_latin(c: char) -> bool {
    matches!(c,
        'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24f}' | 'ɓ' | 'ɔ' | 'ɖ' | 'ɗ' | 'ə' | 'ɛ' | 'ɣ' | 'ɨ' | 'ɯ' | 'ɲ' | 'ʉ' | 'ʋ'
        | 'ʻ' | '\u{300}'..='\u{36f}' | 'Ḁ'..='ỿ')
}

fn port_len(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(':') else { return 0 };
    match digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()) {
        0 => 0,
        len => 1 + len,
    }
}

/// The length of a path from its slash on (`validUrlPath`). Round brackets belong to it in pairs, at most two deep; at
/// its end only where it could end before them.
fn path_len(text: &str) -> usize {
    let mut at = 1;
    let mut len = at;
    while let Some(c) = text[at..].chars().next() {
        if is_in_path(c) {
            at += c.len_utf8();
            if ends_path(c) {
                len = at;
            }
        } else if let Some(brackets) = brackets_len(&text[at..]) {
            len = if len == at { at + brackets } else { len };
            at += brackets;
        } else {
            break;
        }
    }
    len
}

/// `(film)` and `(Album_(Edited))` (`validUrlBalancedParens`)
fn brackets_len(text: &str) -> Option<usize> {
    let run = |at: usize| text[at..].find(|c| !is_in_path(c)).map(|len| at + len);
    let mut at = run(text.starts_with('(').then_some(1)?)?;
    let mut filled = at > 1;
    if text[at..].starts_with('(') {
        let inner = run(at + 1)?;
        if inner == at + 1 || !text[inner..].starts_with(')') {
            return None;
        }
        at = run(inner + 1)?;
        filled = true;
    }
    (filled && text[at..].starts_with(')')).then_some(at + 1)
}

/// `validGeneralUrlPathChars`
fn is_in_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!*';:=+,.$/%#[]-–_~@|&".contains(c) || is_latin(c) || matches!(c, 'Ѐ'..='ӿ')
}

/// `validUrlPathEndingChars`
fn ends_path(c: char) -> bool {
    is_in_path(c) && !"!*';:,.$%[]–~@|&".contains(c)
}

/// The length of a query with its question mark (`validUrlQueryChars`); without anything asked for, the question mark is a
/// sentence's.
fn query_len(text: &str) -> usize {
    let Some(query) = text.strip_prefix('?') else { return 0 };
    let in_query = |c: char| c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c);
    let ends = |c: char| c.is_ascii_alphanumeric() || "-_&=#/".contains(c);
    let query = &query[..query.find(|c| !in_query(c)).unwrap_or(query.len())];
    query.rfind(ends).map_or(0, |last| 1 + last + 1)
}

/// The path of a short link of X itself, behind which nothing but a query belongs to it (`validTcoUrl`).
fn slug<'a>(text: &'a str, url: &Candidate) -> Option<&'a str> {
    let path = text[url.domain.end..].strip_prefix('/')?;
    let slug = &path[..path.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(path.len())];
    (text[url.domain.clone()].eq_ignore_ascii_case("t.co") && !slug.is_empty()).then_some(slug)
}

fn utf16(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests;
