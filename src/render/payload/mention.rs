//! Accounts that a text names by accident: on some networks whoever is named gets a message.
//!
//! Comes in: a text. Goes out: the same to the eye, in which no account is named.

/// Between `@` and a name: invisible, and no part of a name anywhere. It joins the `@` to one character with itself, so
/// that the text is no longer than before.
const JOINER: char = '\u{200d}';

/// The text without mentions of the form `@name` and `@name@server`; without `servers`, of the second only `@name` is
/// left. Addresses of mail and of pages are as they were.
pub(super) fn silenced(text: &str, servers: bool) -> String {
    let mut silent = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let own_word = !rest[..at].ends_with(|c: char| c.is_alphanumeric() || "/=@._-".contains(c));
        silent.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        let name = name_len(rest);
        if !own_word || name == 0 {
            continue;
        }
        silent.push(JOINER);
        silent.push_str(&rest[..name]);
        rest = &rest[name..];
        let server = rest.strip_prefix('@').map_or(0, name_len);
        if server > 0 {
            silent.push_str(if servers { &rest[..=server] } else { "" });
            rest = &rest[server + 1..];
        }
    }
    silent + rest
}

/// The length in bytes of a name, or of a server's, at the beginning of a text.
fn name_len(text: &str) -> usize {
    let end = text.find(|c: char| !(c.is_alphanumeric() || "_.-".contains(c))).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '-']).len()
}

#[cfg(test)]
mod tests {
    use super::silenced;

    #[test]
    fn nobody_is_named_and_nothing_else_changes() {
        let cases = [
            ("mit @verband dabei", "mit @\u{200d}verband dabei", "mit @\u{200d}verband dabei"),
            ("(@a@b.example.)", "(@\u{200d}a@b.example.)", "(@\u{200d}a.)"),
            ("@ü @x_y", "@\u{200d}ü @\u{200d}x_y", "@\u{200d}ü @\u{200d}x_y"),
            ("info@verband.de", "info@verband.de", "info@verband.de"),
            ("https://a.example/@b/1", "https://a.example/@b/1", "https://a.example/@b/1"),
            ("5 @ 3, @", "5 @ 3, @", "5 @ 3, @"),
        ];
        for (text, whole, short) in cases {
            assert_eq!((silenced(text, true).as_str(), silenced(text, false).as_str()), (whole, short));
        }
    }
}
