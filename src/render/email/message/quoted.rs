//! Quoted-printable (RFC 2045 section 6.7), cut so that stretches can be put together later.
//!
//! Comes in: text. Goes out: lines of at most 76 characters, each stretch beginning and ending at the start of a line.

/// Characters of a line before the `=` of a soft break.
const LINE: usize = 75;

/// Appends `text` to `out`, which must stand at the start of a line, as it does again afterwards: behind a soft break
/// if the text does not end with a line end. CR, LF and CRLF all become CRLF.
///
/// No line begins with a dot (RFC 5321 section 4.5.2 would double it), with `From ` (mailbox files) or with `--`
/// (boundaries), and none ends with a blank.
pub(super) fn encode(text: &str, out: &mut Vec<u8>) {
    let mut column = 0;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let plain = plain_run(rest.as_bytes(), LINE - column);
        if plain > 0 && !(column == 0 && misread_at_line_start(rest)) {
            out.extend_from_slice(&rest.as_bytes()[..plain]);
            column += plain;
            rest = &rest[plain..];
            continue;
        }
        let after = &rest[character.len_utf8()..];
        if matches!(character, '\r' | '\n') {
            out.extend_from_slice(b"\r\n");
            column = 0;
            rest = if character == '\r' { after.strip_prefix('\n').unwrap_or(after) } else { after };
            continue;
        }
        let plain = stands_for_itself(character, after);
        let length = if plain { 1 } else { 3 * character.len_utf8() };
        if column + length > LINE {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if plain && !(column == 0 && misread_at_line_start(rest)) {
            out.push(character as u8);
            column += 1;
        } else {
            column += escape(character, out);
        }
        rest = after;
    }
    if column > 0 {
        out.extend_from_slice(b"=\r\n");
    }
}

/// How many bytes, `most` at the most, stand for themselves.
fn plain_run(rest: &[u8], most: usize) -> usize {
    let run = rest.iter().take(most).take_while(|byte| matches!(byte, b' '..=b'~') && **byte != b'=').count();
    let at_line_end = rest[..run].ends_with(b" ") && matches!(rest.get(run), Some(b'\r' | b'\n'));
    run - usize::from(at_line_end)
}

fn stands_for_itself(character: char, after: &str) -> bool {
    match character {
        ' ' => !after.starts_with(['\r', '\n']),
        '!'..='~' => character != '=',
        _ => false,
    }
}

fn misread_at_line_start(rest: &str) -> bool {
    rest.starts_with('.') || rest.starts_with("From ") || rest.starts_with("--")
}

/// Writes `=XX` for each byte and gives back their length.
fn escape(character: char, out: &mut Vec<u8>) -> usize {
    const HEXADECIMAL: &[u8; 16] = b"0123456789ABCDEF";
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).as_bytes();
    for byte in bytes {
        out.extend([b'=', HEXADECIMAL[usize::from(byte >> 4)], HEXADECIMAL[usize::from(byte & 15)]]);
    }
    3 * bytes.len()
}

#[cfg(test)]
mod tests {
    use super::encode;

    fn encoded(text: &str) -> String {
        let mut out = Vec::new();
        encode(text, &mut out);
        String::from_utf8(out).expect("quoted-printable is ASCII")
    }

    #[test]
    fn dots_mailbox_lines_boundaries_and_blanks_at_line_ends_are_escaped() {
        assert_eq!(encoded(".a\n..\nFrom b\n--c\nd \n"), "=2Ea\r\n=2E.\r\n=46rom b\r\n=2D-c\r\nd=20\r\n");
    }

    #[test]
    fn a_stretch_without_a_line_end_ends_with_a_soft_break() {
        assert_eq!(encoded("Gruß "), "Gru=C3=9F =\r\n");
        assert_eq!(encoded(""), "");
    }

    #[test]
    fn a_wrapped_line_does_not_begin_with_a_dot_either() {
        let text = format!("{}.", "x".repeat(75));
        assert_eq!(encoded(&text), format!("{}=\r\n=2E=\r\n", "x".repeat(75)));
    }

    #[test]
    fn a_blank_before_a_line_end_is_escaped_wherever_the_line_breaks() {
        for length in [73, 74, 75] {
            let text = "x".repeat(length);
            let wrapped = if length + 3 > 75 { "=\r\n" } else { "" };
            assert_eq!(encoded(&format!("{text} \n")), format!("{text}{wrapped}=20\r\n"), "{length}");
        }
        assert_eq!(encoded(&format!("{}  \n", "x".repeat(74))), format!("{} =\r\n=20\r\n", "x".repeat(74)));
    }

    #[test]
    fn all_line_ends_become_one_kind() {
        assert_eq!(encoded("a\rb\nc\r\nd\n\n"), "a\r\nb\r\nc\r\nd\r\n\r\n");
    }
}
