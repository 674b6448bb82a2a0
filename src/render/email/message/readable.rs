//! A compiled mail as a person reads it, for the report of a send.
//!
//! Comes in: a [`Compiled`], often from a sending record, and what stands for each place of a member. Goes out: its
//! headers, its text and its HTML with the pictures in it. Reads only what [`super::compile`] wrote.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::compile::Boundaries;
use super::merge::escape;
use super::{Compiled, Damaged, MemberHeader, Part, Place, Segment, quoted};

/// What a reader gets, with the same for everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readable {
    /// `Verband Beispiel <newsletter@example.org>`.
    pub from: String,
    /// Empty where there is none.
    pub reply_to: String,
    pub subject: String,
    pub text: String,
    /// A whole document; embedded pictures are in it as `data:` URLs, and a member's own links lead nowhere.
    pub html: String,
}

impl Compiled {
    /// The mail with `show(field)` in each place of a member.
    ///
    /// # Errors
    /// [`Damaged::Content`] if it is not built as this version builds mails.
    pub fn readable(&self, show: &dyn Fn(&str) -> String) -> Result<Readable, Damaged> {
        let message = self.shown_to_all(show);
        let (head, body) = cut_at(&message, "\r\n\r\n")?;
        let boundaries = Boundaries::new(&self.digest);
        let parts = parts(body, &boundaries.alternative);
        let [text, html] = parts[..] else { return Err(Damaged::Content) };
        Ok(Readable {
            from: header(head, "From").unwrap_or_default(),
            reply_to: header(head, "Reply-To").unwrap_or_default(),
            subject: header(head, "Subject").ok_or(Damaged::Content)?,
            text: unquoted(text)?.trim().to_owned(),
            html: match html.contains(&boundaries.related) {
                true => related(html, &boundaries.related)?,
                false => unquoted(html)?,
            },
        })
    }

    /// The message without the headers that differ from member to member.
    fn shown_to_all(&self, show: &dyn Fn(&str) -> String) -> String {
        let value = |index: usize| show(&self.slots[index].field);
        let mut message = Vec::new();
        for segment in &self.segments {
            match segment {
                Segment::Literal(bytes) => message.extend_from_slice(bytes),
                Segment::Slot { place: Place::Url, .. } => quoted::encode("#", &mut message),
                Segment::Slot { index, place } => {
                    quoted::encode(&escape(*place, &value(*index)).unwrap_or_default(), &mut message);
                }
                Segment::Header(MemberHeader::Subject(parts)) => {
                    let piece = |part: &Part| match part {
                        Part::Literal(literal) => literal.clone(),
                        Part::Slot(index) => value(*index),
                    };
                    let subject = parts.iter().map(piece).collect::<String>().replace(char::is_control, " ");
                    message.extend_from_slice(format!("Subject: {}\r\n", subject.trim()).as_bytes());
                }
                Segment::Header(_) => {}
            }
        }
        String::from_utf8_lossy(&message).into_owned()
    }
}

fn cut_at<'a>(text: &'a str, mark: &str) -> Result<(&'a str, &'a str), Damaged> {
    text.split_once(mark).ok_or(Damaged::Content)
}

/// What stands between the lines of a boundary (RFC 2046 section 5.1.1).
fn parts<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let line = format!("--{boundary}");
    let mut pieces = body.split(line.as_str()).skip(1);
    let mut parts = Vec::new();
    while let Some(piece) = pieces.next().filter(|piece| !piece.starts_with("--")) {
        let piece = piece.strip_prefix("\r\n").unwrap_or(piece);
        parts.push(piece.strip_suffix("\r\n").unwrap_or(piece));
    }
    parts
}

/// The HTML part with its pictures in it (RFC 2387, RFC 2397).
fn related(part: &str, boundary: &str) -> Result<String, Damaged> {
    let parts = parts(part, boundary);
    let (html, pictures) = parts.split_first().ok_or(Damaged::Content)?;
    let mut html = unquoted(html)?;
    for picture in pictures {
        let (head, content) = cut_at(picture, "\r\n\r\n")?;
        let id = header(head, "Content-ID").ok_or(Damaged::Content)?;
        let id = id.trim_matches(['<', '>']);
        let kind = header(head, "Content-Type").ok_or(Damaged::Content)?;
        let content: String = content.split_ascii_whitespace().collect();
        html = html.replace(&format!("\"cid:{id}\""), &format!("\"data:{kind};base64,{content}\""));
    }
    Ok(html)
}

/// The content of a part in quoted-printable (RFC 2045 section 6.7), as `quoted` writes it.
fn unquoted(part: &str) -> Result<String, Damaged> {
    let (_, content) = cut_at(part, "\r\n\r\n")?;
    let content = content.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(content.len());
    let mut rest = content.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (*first, after) {
            (b'=', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(Damaged::Content);
                let byte = digit(*high)? * 16 + digit(*low)?;
                bytes.push(u8::try_from(byte).map_err(|_| Damaged::Content)?);
                rest = after;
            }
            (b'=', _) => return Err(Damaged::Content),
            (b'\r', _) => rest = after,
            (other, _) => {
                bytes.push(other);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| Damaged::Content)
}

/// A header's value, unfolded and decoded.
fn header(head: &str, name: &str) -> Option<String> {
    let unfolded = head.replace("\r\n ", " ");
    let line = unfolded.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(without_quotes(&decoded(line.trim())))
}

/// Encoded words (RFC 2047) as text, in base64 alone, as `header` writes them; blanks between two of them belong to the
/// encoding.
fn decoded(value: &str) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
        let Some((word, left)) = after.split_once("?=") else { break };
        if text.is_empty() || !before.trim().is_empty() {
            text.push_str(before);
        }
        text.push_str(&String::from_utf8_lossy(&STANDARD.decode(word).unwrap_or_default()));
        rest = left;
    }
    text + rest
}

/// A mailbox whose name was quoted, as people write it.
fn without_quotes(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.split_once("\" <")) {
        Some((name, address)) => format!("{} <{address}", name.replace("\\\"", "\"").replace("\\\\", "\\")),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{decoded, without_quotes};

    #[test]
    fn headers_are_read_as_they_were_meant() {
        assert_eq!(decoded("=?utf-8?b?SsO2cmc=?= <j@example.org>"), "Jörg <j@example.org>");
        assert_eq!(decoded("=?utf-8?b?SsO2?= =?utf-8?b?cmc=?="), "Jörg");
        assert_eq!(decoded("plain"), "plain");
        assert_eq!(without_quotes("\"Dr. K \\\"x\\\"\" <k@example.org>"), "Dr. K \"x\" <k@example.org>");
        assert_eq!(without_quotes("\"Ja\", sagt sie"), "\"Ja\", sagt sie");
    }
}
