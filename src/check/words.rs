//! Words and web addresses in running text.

use std::ops::Range;

/// The words of a text: letters, digits and what stands inside words (`Kolleg*innen`, `IT-Tag`, `geht's`).
pub(super) fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let inside = |c: char| matches!(c, '-' | '\'' | '’' | '*' | ':' | '_' | '/' | '\u{ad}' | '.');
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(char::is_alphanumeric)?;
        let mut end = start;
        let mut characters = text[start..].char_indices().peekable();
        while let Some((offset, c)) = characters.next() {
            let next = characters.peek().is_some_and(|(_, next)| next.is_alphanumeric());
            if !(c.is_alphanumeric() || is_mark(c) || (inside(c) && next)) {
                break;
            }
            end = start + offset + c.len_utf8();
        }
        at = end;
        Some((start..end, &text[start..end]))
    })
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Whether a word is written in capitals only and has at least so many letters.
pub(super) fn in_capitals(word: &str, letters: usize) -> bool {
    word.chars().filter(|c| c.is_alphabetic()).count() >= letters
        && word.chars().filter(|c| c.is_alphabetic()).all(|c| c.is_uppercase() || c == 'ß')
}

pub(super) fn is_web(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The host of a web address in lower case, without port; empty for others.
pub(super) fn host(url: &str) -> String {
    let Some((_, rest)) = url.split_once("://").filter(|_| is_web(url)) else { return String::new() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or("");
    let host = match host.strip_prefix('[') {
        Some(literal) => literal.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    host.trim_end_matches('.').to_lowercase()
}

/// Whether a host is a domain or stands below it.
pub(super) fn is_below(host: &str, domain: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Domains and endings that RFC 2606 and RFC 6761 set aside for examples.
pub(super) fn is_example(host: &str) -> bool {
    ["example.org", "example.com", "example.net", "example", "invalid", "test"].iter().any(|own| is_below(host, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_keeps_what_stands_inside_it() {
        let found: Vec<&str> =
            words("Die Kolleg*innen (IT-Tag), z. B. geht’s: 2.500 €.").map(|(_, word)| word).collect();
        assert_eq!(found, ["Die", "Kolleg*innen", "IT-Tag", "z", "B", "geht’s", "2.500"]);
    }

    #[test]
    fn a_host_is_told_from_what_surrounds_it() {
        assert_eq!(host("https://user@Example.ORG:8080/a?b"), "example.org");
        assert_eq!(host("http://[::1]:80/"), "::1");
        assert_eq!(host("mailto:a@b.de"), "");
        assert!(is_example("www.example.org") && !is_example("beispiel.example.de"));
    }
}
