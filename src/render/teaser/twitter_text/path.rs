//! What belongs to a URL behind its domain name: port, path and query.
//!
//! Comes in: the text behind the name, and whose rules. Goes out: how long each is, 0 where there is none.

use super::Rules;
use super::domain::is_latin;

/// `:8080`
pub fn port_len(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(':') else { return 0 };
    match digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()) {
        0 => 0,
        len => 1 + len,
    }
}

/// The length of a path from its slash on (`validUrlPath`). Round brackets belong to it in pairs, at most two deep. X takes
/// them at its end only where it could end before them, Mastodon only with what X knows inside.
pub fn path_len(text: &str, rules: Rules) -> usize {
    let mut at = 1;
    let mut len = at;
    while let Some(c) = text[at..].chars().next() {
        if rules.is_in_path(c) {
            at += c.len_utf8();
            if rules.ends_path(c) {
                len = at;
            }
        } else if let Some(brackets) = brackets_len(&text[at..], rules) {
            let may_end = match rules {
                Rules::X => len == at,
                Rules::Mastodon => brackets_len(&text[at..], Rules::X).is_some(),
            };
            at += brackets;
            if may_end {
                len = at;
            }
        } else {
            break;
        }
    }
    len
}

/// `(film)` and `(Album_(Edited))` (`validUrlBalancedParens`)
fn brackets_len(text: &str, rules: Rules) -> Option<usize> {
    let run = |at: usize| text[at..].find(|c| !rules.is_in_path(c)).map(|len| at + len);
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

/// The length of a query with its question mark (`validUrlQueryChars`); without anything asked for, the question mark is a
/// sentence's.
pub fn query_len(text: &str, rules: Rules) -> usize {
    let Some(query) = text.strip_prefix('?') else { return 0 };
    let query = &query[..query.find(|c| !rules.is_in_query(c)).unwrap_or(query.len())];
    let last = query.char_indices().rfind(|(_, c)| rules.ends_query(*c));
    last.map_or(0, |(at, c)| 1 + at + c.len_utf8())
}

impl Rules {
    /// `validGeneralUrlPathChars`
    fn is_in_path(self, c: char) -> bool {
        match self {
            Rules::X => {
                let sign = "!*';:=+,.$/%#[]-–_~@|&".contains(c);
                c.is_ascii_alphanumeric() || sign || is_latin(c) || matches!(c, 'Ѐ'..='ӿ')
            }
            Rules::Mastodon => !(c.is_whitespace() || "<>()?".contains(c)),
        }
    }

    /// `validUrlPathEndingChars`
    fn ends_path(self, c: char) -> bool {
        let signs = match self {
            Rules::X => "!*';:,.$%[]–~@|&",
            Rules::Mastodon => "!*\"'「」;:=,.$%[]~&|@",
        };
        self.is_in_path(c) && !signs.contains(c)
    }

    /// `validUrlQueryChars`
    fn is_in_query(self, c: char) -> bool {
        c.is_ascii_alphanumeric()
            || "!?*'@();:&=+$/%#[]-_.,~|".contains(c)
            || (self == Rules::Mastodon && (c == '^' || is_in_iri(c)))
    }

    /// `validUrlQueryEndingChars`
    fn ends_query(self, c: char) -> bool {
        c.is_ascii_alphanumeric() || "-_&=#/".contains(c) || (self == Rules::Mastodon && is_in_iri(c))
    }
}

/// The characters outside of ASCII that Mastodon takes for parts of a query (`UCHARS`).
const fn is_in_iri(c: char) -> bool {
    matches!(c, '\u{a0}'..='\u{fdcf}' | '\u{fdf0}'..='\u{ffef}')
        || (c as u32 >= 0x10000 && c as u32 & 0xffff <= 0xfffd && !matches!(c, '\u{e0000}'..='\u{e0fff}'))
}
