//! Mentions as Mastodon finds them (`Account::MENTION_RE`, `Extractor`).
//!
//! Comes in: a text. Goes out: where the servers of mentioned accounts stand, which Mastodon does not count.

use std::ops::Range;

use super::twitter_text::is_latin;

/// The longest name of a server.
const LONGEST_DOMAIN: usize = 253;

/// Where the `@server.example` of each `@name@server.example` stands, in bytes.
pub fn servers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('@').map(|at| from + at) {
        from = at + 1;
        let name = words_len(&text[from..], |c| c.is_ascii_alphanumeric() || c == '_');
        if name == 0 || text[..at].ends_with(is_tied) {
            continue;
        }
        from += name;
        let server = text[from..].strip_prefix('@').map_or(0, |rest| words_len(rest, is_in_word));
        if server == 0 {
            continue;
        }
        let server = from..from + 1 + server;
        from = server.end;
        let rest = &text[from..];
        let goes_on = |c: char| matches!(c, '@' | '＠') || is_latin(c) || is_mark(c);
        let is_other = rest.starts_with(goes_on) || rest.starts_with("://");
        if !is_other && server.len() <= LONGEST_DOMAIN {
            found.push(server);
        }
    }
    found
}

/// Behind a word, its marks and an emoji's there is no mention.
fn is_tied(c: char) -> bool {
    is_in_word(c) || is_mark(c) || c.is_numeric() || matches!(c, '=' | '/')
}

const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}')
}

fn is_in_word(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || c == '_'
}

/// The length of words at the beginning that full stops and hyphens join.
fn words_len(text: &str, in_word: impl Fn(char) -> bool) -> usize {
    let word = |text: &str| text.find(|c| !in_word(c)).unwrap_or(text.len());
    let mut len = word(text);
    while len > 0 {
        let rest = text[len..].trim_start_matches(['.', '-']);
        let joined = text.len() - rest.len();
        match word(rest) {
            more if more > 0 && joined > len => len = joined + more,
            _ => break,
        }
    }
    len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_those_of_mentions() {
        let cases: &[(&str, &[&str])] = &[
            ("@verband@social.example.org dankt", &["@social.example.org"]),
            ("(@a@b.example, @c.d-e@xn--f.example.)", &["@b.example", "@xn--f.example"]),
            ("„@a@köln.example“", &["@köln.example"]),
            ("@a dankt a@b.example", &[]),
            ("=@a@b.example /@a@b.example x@a@b.example ❤\u{fe0f}@a@b.example", &[]),
            ("@.a@b.example @a.@b.example @-a@b.example", &[]),
            ("@a@b.example@c @a@b.example:// @a@b.https://example.org", &[]),
        ];
        for (text, expected) in cases {
            let found: Vec<&str> = servers(text).into_iter().map(|server| &text[server]).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }
}
