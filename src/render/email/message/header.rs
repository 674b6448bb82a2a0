//! Header lines (RFC 5322 section 2.2, RFC 2047).
//!
//! Comes in: checked values. Goes out: whole lines with CRLF, folded at 76 characters where they have a space. Nothing
//! with a control character gets through. The encoder is lettre's own, `email-encoding`.

use std::fmt::Write;

use email_encoding::headers::rfc2047;
use email_encoding::headers::writer::EmailWriter;

/// Longest run without a space that still fits a line behind a header's name; a longer one is encoded.
const WORD: usize = 60;

/// A line's octets without CRLF (RFC 5322 section 2.1.1).
pub(super) const LONGEST_LINE: usize = 998;

/// Why a value cannot stand in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Control,
    TooLong,
    Address,
}

/// A header of free text: `Subject`.
pub(super) fn text(name: &str, value: &str) -> Result<String, Refused> {
    check_control(value)?;
    let mut line = format!("{name}: ");
    let column = line.len();
    let mut writer = EmailWriter::new(&mut line, column, 0, false);
    if stands_for_itself(value) { writer.folding().write_str(value) } else { rfc2047::encode(value, &mut writer) }
        .expect("writing to a String cannot fail");
    drop(writer);
    line.push_str("\r\n");
    Ok(line)
}

/// A header of one mailbox: From, To, Reply-To. A name is quoted, since `Dr.` bare is obsolete syntax, or encoded; the
/// address stands as it is, in UTF-8 too (RFC 6532).
pub(super) fn mailbox(name: &str, display: Option<&str>, address: &str) -> Result<String, Refused> {
    check_address(address)?;
    let display = display.map(str::trim).filter(|display| !display.is_empty());
    let mut line = format!("{name}: ");
    let column = line.len();
    let mut writer = EmailWriter::new(&mut line, column, 0, false);
    match display {
        None => writer.write_str(address),
        Some(display) => {
            check_control(display)?;
            let written = if stands_for_itself(display) {
                let quoted = display.replace('\\', "\\\\").replace('"', "\\\"");
                writer.folding().write_str(&format!("\"{quoted}\""))
            } else {
                rfc2047::encode(display, &mut writer)
            };
            writer.space();
            written.and_then(|()| writer.folding().write_str(&format!("<{address}>")))
        }
    }
    .expect("writing to a String cannot fail");
    drop(writer);
    line.push_str("\r\n");
    Ok(line)
}

/// The address that bounces of one delivery come back to (VERP): `bounce+TARGET@example.org`.
///
/// # Errors
/// A sentence if `target` has characters other than letters, digits, `-`, `_`, or makes the local part longer than 64
/// octets (RFC 5321 section 4.5.3.1.1).
pub fn return_path(bounce: &lettre::Address, target: &str) -> Result<lettre::Address, String> {
    if target.is_empty() || !target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err("the target of a return path is made of letters, digits, `-` and `_`".to_owned());
    }
    let local = format!("{}+{target}", bounce.user());
    if local.len() > 64 {
        return Err(format!("`bounce_address` {bounce} is too long for return paths; shorten it before the @"));
    }
    lettre::Address::new(local, bounce.domain()).map_err(|error| format!("`bounce_address` {bounce}: {error}"))
}

fn check_control(value: &str) -> Result<(), Refused> {
    if value.chars().any(char::is_control) { Err(Refused::Control) } else { Ok(()) }
}

fn check_address(address: &str) -> Result<(), Refused> {
    check_control(address)?;
    let (local, domain) = address.rsplit_once('@').ok_or(Refused::Address)?;
    let plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>()[],;:\\\"@".contains(c));
    let literal = |part: &str| {
        let inside = part.strip_prefix('[').and_then(|part| part.strip_suffix(']'));
        inside.is_some_and(|inside| inside.bytes().all(|b| b.is_ascii_hexdigit() || b":.IPv".contains(&b)))
    };
    if address.len() > 320 {
        Err(Refused::TooLong)
    } else if plain(local) && (plain(domain) || literal(domain)) {
        Ok(())
    } else {
        Err(Refused::Address)
    }
}

/// Printable ASCII that a reader cannot take for an encoded word and that folding does not change. A double space is
/// encoded because readers drop blanks between encoded words.
fn stands_for_itself(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !value.contains("=?")
        && !value.contains("  ")
        && !value.starts_with(' ')
        && !value.ends_with(' ')
        && value.split(' ').all(|word| word.len() <= WORD)
}

#[cfg(test)]
mod tests {
    use super::{Refused, mailbox, return_path, text};

    #[test]
    fn a_name_is_quoted_or_encoded_and_never_bare() {
        assert_eq!(
            mailbox("To", Some("Dr. Kim \"K\" Muster"), "k@example.org").as_deref(),
            Ok("To: \"Dr. Kim \\\"K\\\" Muster\" <k@example.org>\r\n")
        );
        assert_eq!(
            mailbox("To", Some("Jörg"), "j@example.org").as_deref(),
            Ok("To: =?utf-8?b?SsO2cmc=?= <j@example.org>\r\n")
        );
        assert_eq!(mailbox("To", Some(" "), "jörg@example.org").as_deref(), Ok("To: jörg@example.org\r\n"));
    }

    #[test]
    fn a_long_address_goes_to_its_own_line() {
        let address = format!("{}@{}.example.org", "a".repeat(60), "b".repeat(50));
        let line = mailbox("To", Some("Ängström"), &address).expect("valid");
        assert_eq!(line, format!("To: =?utf-8?b?w4RuZ3N0csO2bQ==?=\r\n <{address}>\r\n"));
    }

    #[test]
    fn what_looks_encoded_is_encoded() {
        assert_eq!(text("Subject", "=?utf-8?q?x?=").as_deref(), Ok("Subject: =?utf-8?b?PT91dGYtOD9xP3g/PQ==?=\r\n"));
    }

    #[test]
    fn line_breaks_and_control_characters_are_refused() {
        for value in ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
            assert_eq!(text("Subject", value), Err(Refused::Control));
            assert_eq!(mailbox("To", Some(value), "a@example.org"), Err(Refused::Control));
            assert_eq!(mailbox("To", None, &format!("{value}@example.org")), Err(Refused::Control));
        }
        for address in ["a b@example.org", "a@example.org>, <b@example.org", "a", "@", "a@"] {
            assert_eq!(mailbox("To", None, address), Err(Refused::Address), "{address}");
        }
    }

    #[test]
    fn a_return_path_names_its_target() {
        let bounce = "bounce@example.org".parse().expect("valid");
        assert_eq!(
            return_path(&bounce, "K7qf_3").map(|path| path.to_string()).as_deref(),
            Ok("bounce+K7qf_3@example.org")
        );
        assert!(return_path(&bounce, "a@b").is_err());
        assert!(return_path(&bounce, &"x".repeat(60)).is_err());
    }
}
