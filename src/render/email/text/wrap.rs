//! Lines of a limited width.
//!
//! Comes in: a text whose line ends count. Goes out: the same words in lines that fit. Breaks at plain spaces only, so
//! NBSP holds and a URL stays whole.

use super::width;

/// Wraps each line of `text` at `columns` characters. A line's own indent is kept, for its further lines too; a word
/// that is wider stands alone. No line has blanks at its end.
pub fn wrap(text: &str, columns: usize) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = line.trim_end_matches('\r');
        let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
        wrap_line(line, indent, columns, &mut lines);
    }
    lines.join("\n")
}

fn wrap_line(line: &str, indent: &str, columns: usize, lines: &mut Vec<String>) {
    let mut current = String::new();
    let mut used = 0;
    for word in line.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let wide = width(word);
        if !current.is_empty() && used + 1 + wide > columns {
            lines.push(std::mem::take(&mut current));
        }
        if current.is_empty() {
            current = format!("{indent}{word}");
            used = indent.len() + wide;
        } else {
            current.push(' ');
            current.push_str(word);
            used += 1 + wide;
        }
    }
    lines.push(current);
}

/// Bytes of the shortest token that [`find_token`] finds.
pub(super) const SHORTEST_TOKEN: usize = 23;

/// The bytes of the first slot token in `text`: `slot`, 16 lower-case hexadecimal digits, `n`, digits, `e`.
pub(super) fn find_token(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(start) = text[from..].find("slot").map(|at| at + from) {
        if let Some(length) = token_length(&text.as_bytes()[start..]) {
            return Some((start, start + length));
        }
        from = start + "slot".len();
    }
    None
}

fn token_length(bytes: &[u8]) -> Option<usize> {
    let hexadecimal = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let nonce = bytes.get(4..20)?;
    if !nonce.iter().all(hexadecimal) || bytes.get(20) != Some(&b'n') {
        return None;
    }
    let digits = bytes[21..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    (digits > 0 && bytes.get(21 + digits) == Some(&b'e')).then_some(22 + digits)
}
