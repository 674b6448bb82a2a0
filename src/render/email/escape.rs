//! Text for XML and HTML.
//!
//! Comes in: any text. Goes out: the same text with `& < > " '` as references, fit for elements and for attributes,
//! and without the control characters that XML 1.0 (section 2.2) has no way to write. `/` stays as it is.

/// Escapes `text` for HTML and XML, in text and in attributes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_markup_and_keeps_slashes_and_umlauts() {
        assert_eq!(escape("<a href=\"/ä\">'&'\u{1}</a>"), "&lt;a href=&quot;/ä&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }
}
