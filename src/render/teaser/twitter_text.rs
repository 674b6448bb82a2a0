//! URLs as twitter-text finds them (version 3.1.0, `extractUrlsWithIndices`), the library that X counts with, and Mastodon
//! with changes of its own (`config/initializers/twitter_regex.rb`). Of a URL only the characters are linked that it knows.
//!
//! Comes in: a text, for X in NFC. Goes out: where its URLs stand, in order and apart from each other.

use std::ops::Range;

use super::length::URL_LENGTH;

mod domain;
mod emoji;
mod path;

pub use domain::is_latin;
pub use emoji::emoji_len;

/// Whose rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rules {
    /// Domain names without `https://` are linked too.
    X,
    Mastodon,
}

/// The longest URL that is one, in UTF-16 code units with its scheme (`MAX_URL_LENGTH`).
const LONGEST: usize = 4096;

/// The longest path of a short link (`MAX_TCO_SLUG_LENGTH`).
const LONGEST_SLUG: usize = 40;

/// Where the URLs of a text stand, in bytes.
pub fn urls(text: &str, rules: Rules) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains('.') {
        return found;
    }
    let mut from = 0;
    while let Some(candidate) = next_candidate(text, from, rules) {
        candidate.push_links(text, rules, &mut found);
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

fn next_candidate(text: &str, from: usize, rules: Rules) -> Option<Candidate> {
    text[from..].char_indices().find_map(|(at, c)| {
        let at = from + at;
        // For X, half of a character outside of the Basic Multilingual Plane may precede, with the other half in the name.
        let halved = rules == Rules::X && c.len_utf16() == 2;
        let behind = at + c.len_utf8();
        let starts = [(halved, at, true), (may_precede(c), behind, !"-_./".contains(c)), (at == 0, at, true)];
        let mut possible = starts.into_iter().filter(|(possible, ..)| *possible);
        possible.find_map(|(_, start, may_be_bare)| Candidate::parse(text, start, may_be_bare, rules))
    })
}

impl Candidate {
    fn parse(text: &str, start: usize, may_be_bare: bool, rules: Rules) -> Option<Candidate> {
        let scheme = scheme_len(&text[start..], rules);
        let domain = start + scheme;
        let domain = domain..domain + domain::domain_len(&text[domain..])?;
        let mut end = domain.end + path::port_len(&text[domain.end..]);
        let path = text[end..].starts_with('/').then_some(end);
        end += path.map_or(0, |path| path::path_len(&text[path..], rules));
        end += path::query_len(&text[end..], rules);
        Some(Candidate { may_be_bare, start, domain, path, end })
    }

    /// What of it is linked.
    fn push_links(&self, text: &str, rules: Rules, found: &mut Vec<Range<usize>>) {
        let domain = &text[self.domain.clone()];
        let whole = &text[self.start..self.end];
        let has_scheme = self.start < self.domain.start;
        let scheme = if has_scheme { 0 } else { "https://".len() };
        if scheme + utf16(whole) > LONGEST || !domain.split('.').all(domain::is_short_label) {
            return;
        }
        // X may have learnt the ending: what is more then counts.
        if domain::is_newer(domain) && (rules == Rules::Mastodon || whole.chars().count() > URL_LENGTH) {
            return;
        }
        if has_scheme {
            let end = match slug(text, self) {
                Some(slug) if slug.len() > LONGEST_SLUG => return,
                Some(slug) => {
                    let end = self.domain.end + 1 + slug.len();
                    let with_query = rules == Rules::X;
                    end + if with_query { path::query_len(&text[end..self.end], rules) } else { 0 }
                }
                None => self.end,
            };
            found.push(self.start..end);
            return;
        }
        if !self.may_be_bare || rules == Rules::Mastodon {
            return;
        }
        let names = domain::latin_domains(domain);
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
    !(c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃') || domain::is_invalid(c))
}

fn scheme_len(text: &str, rules: Rules) -> usize {
    let known: &[&str] = match rules {
        Rules::X => &["https://", "http://"],
        Rules::Mastodon => {
            &["https://", "http://", "dat://", "dweb://", "ipfs://", "ipns://", "ssb://", "gopher://", "gemini://"]
        }
    };
    let starts = |scheme: &&&str| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    known.iter().find(starts).map_or(0, |scheme| scheme.len())
}

/// The path of a short link of X itself, behind which nothing belongs to it but, for X, a query (`validTcoUrl`).
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
