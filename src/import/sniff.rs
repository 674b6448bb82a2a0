//! Whether bytes are a page or a text, by what a server says of them and by their beginning.

use super::{Input, MAX_BYTES, Refused};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Html,
    Text,
}

/// What the bytes are.
///
/// # Errors
/// They are something else: a PDF, a picture, a Word document; or too many.
pub(super) fn kind(input: &Input<'_>) -> Result<Kind, Refused> {
    let bytes = input.bytes;
    if bytes.len() > MAX_BYTES {
        return Err(Refused::TooLarge);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused::Empty);
    }
    if let Some(name) = foreign(bytes) {
        return Err(Refused::Foreign(name.to_owned()));
    }
    let said = input.media_type.map(|said| said.trim().to_ascii_lowercase());
    match said.as_deref() {
        Some("text/html" | "application/xhtml+xml") => Ok(Kind::Html),
        Some("text/plain" | "text/markdown" | "application/octet-stream") | None => {
            Ok(if looks_like_html(bytes) { Kind::Html } else { Kind::Text })
        }
        Some("application/xml" | "text/xml") if looks_like_html(bytes) => Ok(Kind::Html),
        Some(other) => Err(Refused::Foreign(format!("`{}`", printable(other)))),
    }
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 14] = [
        (b"%PDF-", "a PDF"),
        (b"PK\x03\x04", "a Word document or another zip file"),
        (b"\xD0\xCF\x11\xE0", "an old Word document"),
        (b"{\\rtf", "a rich text (RTF) document"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"\x89PNG", "a PNG picture"),
        (b"GIF8", "a GIF picture"),
        (b"RIFF", "a picture, sound or video"),
        (b"\x1F\x8B", "a gzip file"),
        (b"7z\xBC\xAF", "a 7z file"),
        (b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss", "a feed"),
        (b"<rss", "a feed"),
        (b"From: <Saved by", "a page saved as a single file (MHTML)"),
        (b"MIME-Version:", "a mail, or a page saved as a single file (MHTML)"),
    ];
    if let Some((_, name)) = known.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(name);
    }
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let start = &bytes[..bytes.len().min(4096)];
    (!utf16 && start.contains(&0)).then_some("a file of another kind")
}

/// Tags that a page has near its beginning and that no copied text has at the beginning of its first line.
fn looks_like_html(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let start = start.trim_start_matches(['\u{FEFF}', '\u{FFFD}', ' ', '\n', '\r', '\t', '\0']);
    let begins =
        ["<!doctype html", "<html", "<head", "<body", "<!--", "<article", "<main", "<div", "<p>", "<p ", "<h1"];
    let xml = start.starts_with("<?xml") && start.contains("<html");
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    let wide = utf16 && start.replace('\0', "").contains("<html");
    xml || wide || begins.iter().any(|tag| start.starts_with(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8], media_type: Option<&str>) -> Result<Kind, Refused> {
        kind(&Input { bytes, media_type, ..Input::default() })
    }

    #[test]
    fn pages_and_texts_are_told_apart() {
        assert_eq!(of(b"\n <!DOCTYPE html><p>x", None), Ok(Kind::Html));
        assert_eq!(of(b"\xEF\xBB\xBF<html>", None), Ok(Kind::Html));
        assert_eq!(of(b"Ein Text mit <p> darin", None), Ok(Kind::Text));
        assert_eq!(of(b"Ein Text", Some("text/html")), Ok(Kind::Html));
    }

    #[test]
    fn other_things_are_named() {
        assert_eq!(of(b"%PDF-1.7 x", Some("text/html")), Err(Refused::Foreign("a PDF".to_owned())));
        assert_eq!(of(b"{}", Some("application/json")), Err(Refused::Foreign("`application/json`".to_owned())));
        assert_eq!(of(b" \n", None), Err(Refused::Empty));
        assert_eq!(of(&vec![b'a'; MAX_BYTES + 1], None), Err(Refused::TooLarge));
    }
}
