//! Bare addresses: where one ends that stands in the text without brackets.
//!
//! The parser ends it at a plain space, and takes German quotes, dashes and joining spaces along, as in
//! `„siehe https://example.org/x.“`. Comes in: such an address. Goes out: its part that is meant, and what is behind as text.

/// Signs that close a quotation, and dashes.
const QUOTES: [char; 12] = ['“', '”', '„', '’', '‘', '»', '«', '›', '‹', '…', '–', '—'];

/// Spaces other than the plain one, as people write them into Markdown.
const SPACES: [(&str, &str); 9] = [
    ("&nbsp;", "\u{a0}"),
    ("&#160;", "\u{a0}"),
    ("&#xA0;", "\u{a0}"),
    ("&#xa0;", "\u{a0}"),
    ("&#8239;", "\u{202f}"),
    ("&#x202F;", "\u{202f}"),
    ("&thinsp;", "\u{2009}"),
    ("&ensp;", "\u{2002}"),
    ("&emsp;", "\u{2003}"),
];

/// The address without what is behind it: a space and all that follows, quotes and dashes, and the punctuation that
/// stood before these.
pub(super) fn address(text: &str) -> &str {
    let is_web = ["http://", "https://", "www."]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(start)));
    let space = |c: char| c.is_whitespace() && !c.is_ascii();
    let ends = SPACES.iter().filter_map(|(reference, _)| text.find(reference)).chain(text.find(space));
    let mut address = &text[..ends.filter(|_| is_web).min().unwrap_or(text.len())];
    loop {
        let without = address.trim_end_matches(QUOTES);
        if without.len() == text.len() {
            return text;
        }
        let shorter = without_punctuation(without);
        if shorter.len() == address.len() {
            return address;
        }
        address = shorter;
    }
}

/// What stood behind an address as the text that it is.
pub(super) fn behind(text: &str) -> String {
    SPACES.iter().fold(text.to_owned(), |text, (reference, space)| text.replace(reference, space))
}

/// Without one sign of a sentence at the end; a bracket belongs to the address if it was opened inside it.
fn without_punctuation(address: &str) -> &str {
    let more = |close: char, open: char| address.matches(close).count() > address.matches(open).count();
    let ends = match address.chars().next_back() {
        Some('.' | ',' | ':' | ';' | '!' | '?' | '\'' | '"') => true,
        Some(')') => more(')', '('),
        Some(']') => more(']', '['),
        _ => false,
    };
    if ends { &address[..address.len() - 1] } else { address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_before_what_the_sentence_puts_behind_it() {
        for (text, end) in [
            ("https://example.org/x", ""),
            ("https://example.org/x“", "“"),
            ("https://example.org/x.“", ".“"),
            ("https://example.org/x?“", "?“"),
            ("https://example.org/x!)«", "!)«"),
            ("https://example.org/a_(b).“", ".“"),
            ("https://example.org/x‹", "‹"),
            ("www.example.org/x.“", ".“"),
            ("https://example.org/x“&nbsp;–", "“&nbsp;–"),
            ("https://example.org/x.&nbsp;Und", ".&nbsp;Und"),
            ("https://example.org/x\u{202f}und", "\u{202f}und"),
            // Somebody who wrote it with its full stop meant it.
            ("https://example.org/x.", ""),
            ("https://example.org/?a=1&nbspc=2", ""),
            ("a\u{a0}b", ""),
        ] {
            assert_eq!(&text[address(text).len()..], end, "{text}");
        }
    }

    #[test]
    fn a_joining_space_behind_it_is_one_again() {
        assert_eq!(behind("“&nbsp;– &thinsp;ja"), "“\u{a0}– \u{2009}ja");
    }
}
