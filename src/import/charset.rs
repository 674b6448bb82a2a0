//! From bytes to text: the character set by byte order mark, by the server, by the page, and by its bytes.
//!
//! Comes in: the bytes and what the server says. Goes out: text with `\n` line ends and without characters that no post
//! may hold, and what was left out. A page whose bytes contradict what it says is refused: to guess would garble names.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::sniff::Kind;
use super::{Input, Refused};
use crate::post::is_forbidden;

/// A page as text.
pub(super) struct Decoded {
    pub text: String,
    /// The name of the character set.
    pub charset: &'static str,
    /// What the source has wrong.
    pub slips: Vec<String>,
}

/// How far into a page its `<meta charset>` is looked for (HTML, section 13.2.3.2 says 1024; pages put it later).
const META_WITHIN: usize = 4096;

/// Decodes a page or text.
///
/// # Errors
/// [`Refused::NotItsCharset`].
pub(super) fn decode(input: &Input<'_>, kind: Kind) -> Result<Decoded, Refused> {
    let bytes = input.bytes;
    let (encoding, said) = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => (encoding, true),
        None => match stated(input, kind) {
            Some(encoding) => (encoding, true),
            None => (detected(bytes), false),
        },
    };
    let mut slips = Vec::new();
    // No text in an older set with letters of its own is UTF-8 by chance; servers with a wrong setting are many.
    let places = broken_places(bytes);
    let encoding = if encoding.is_single_byte() && places.first.is_none() && places.wide > 0 {
        slips.push(format!("the page says that it is {}, but it is UTF-8 and was read as such", encoding.name()));
        UTF_8
    } else {
        encoding
    };
    if encoding == UTF_8 && said {
        let broken = places;
        if broken.first.is_some() && broken.count * 4 > broken.wide {
            return Err(contradiction(bytes, broken.first.unwrap_or(0), encoding));
        }
        if broken.count > 0 {
            slips.push(format!("{} damaged in the page itself, shown as `\u{FFFD}`", characters(broken.count)));
        }
    }
    let (text, _, _) = encoding.decode(bytes);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let clean: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !is_forbidden(*c)).collect();
    let lost = text.chars().count() - clean.chars().count();
    if lost > 0 {
        slips.push(format!(
            "{} that no text may hold, left out",
            characters(lost).replace("character", "invisible character")
        ));
    }
    Ok(Decoded { text: clean, charset: encoding.name(), slips })
}

fn characters(count: usize) -> String {
    if count == 1 { "1 character".to_owned() } else { format!("{count} characters") }
}

/// What the server says, else what the page says.
fn stated(input: &Input<'_>, kind: Kind) -> Option<&'static Encoding> {
    let by_server = input.charset.and_then(|name| Encoding::for_label(name.trim().as_bytes()));
    by_server.or_else(|| if kind == Kind::Html { by_meta(input.bytes) } else { None }).map(|encoding| {
        // A page that can be read as ASCII to find its meta is not UTF-16 (HTML, section 13.2.3.2).
        if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding }
    })
}

fn by_meta(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(META_WITHIN)]).to_ascii_lowercase();
    let (_, behind) = start.split_once("charset=").or_else(|| start.split_once("encoding="))?;
    let label = behind.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))).unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let broken = broken_places(bytes);
    if broken.first.is_none() || broken.wide > broken.count * 4 {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"de"), Utf8Detection::Deny);
    if guess.is_single_byte() { guess } else { WINDOWS_1252 }
}

/// What is not UTF-8 in bytes.
struct Broken {
    first: Option<usize>,
    count: usize,
    /// Characters of several bytes that are UTF-8.
    wide: usize,
}

fn broken_places(bytes: &[u8]) -> Broken {
    let wide = |valid: &[u8]| valid.iter().filter(|byte| **byte >= 0xC0).count();
    let mut broken = Broken { first: None, count: 0, wide: 0 };
    let mut at = 0;
    loop {
        match std::str::from_utf8(&bytes[at..]) {
            Ok(_) => {
                broken.wide += wide(&bytes[at..]);
                return broken;
            }
            Err(error) => {
                let valid = error.valid_up_to();
                broken.wide += wide(&bytes[at..at + valid]);
                broken.first.get_or_insert(at + valid);
                broken.count += 1;
                let Some(length) = error.error_len() else { return broken };
                at += valid + length;
            }
        }
    }
}

fn contradiction(bytes: &[u8], at: usize, said: &'static Encoding) -> Refused {
    let byte = bytes[at];
    let (guess, _, _) = WINDOWS_1252.decode(&bytes[at..=at]);
    let meant = match guess.chars().next() {
        Some(letter) if letter.is_alphabetic() || "„“”‚‘’–—…«»€".contains(letter) => {
            format!(" (`{letter}` in Windows-1252, an older character set)")
        }
        _ => String::new(),
    };
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    Refused::NotItsCharset { said: said.name().to_owned(), line, byte, meant }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8], charset: Option<&str>) -> Result<(String, &'static str), Refused> {
        let input = Input { bytes, charset, ..Input::default() };
        decode(&input, Kind::Html).map(|decoded| (decoded.text, decoded.charset))
    }

    #[test]
    fn the_mark_wins_then_the_server_then_the_page_then_the_bytes() {
        let latin = b"<meta charset=iso-8859-1><p>Gr\xFC\xDFe";
        assert_eq!(of(latin, None).expect("decodes").0, "<meta charset=iso-8859-1><p>Grüße");
        assert_eq!(of(b"\xEF\xBB\xBFGr\xC3\xBC\xC3\x9Fe", Some("iso-8859-1")).expect("decodes").0, "Grüße");
        assert_eq!(of(b"Gr\xFC\xDFe aus M\xFCnchen", Some("windows-1252")).expect("decodes").0, "Grüße aus München");
        assert_eq!(
            of(b"<p>Gr\xFC\xDFe aus M\xFCnchen", None).expect("decodes"),
            ("<p>Grüße aus München".to_owned(), "windows-1252")
        );
        assert_eq!(of("<p>Grüße".as_bytes(), None).expect("decodes").1, "UTF-8");
    }

    #[test]
    fn bytes_that_are_not_what_the_page_says_are_refused_with_their_line() {
        let error = of(b"<meta charset=\"utf-8\">\n<p>Gr\xFC\xDFe", None).expect_err("contradicts itself");
        assert_eq!(
            error.to_string(),
            "the page says that it is UTF-8, but line 2 is not: byte 0xFC (`ü` in Windows-1252, an older character set)"
        );
    }

    #[test]
    fn utf_8_that_is_called_something_older_is_read_as_what_it_is_and_told() {
        let input = Input { bytes: "<p>Grüße".as_bytes(), charset: Some("iso-8859-1"), ..Input::default() };
        let decoded = decode(&input, Kind::Html).expect("decodes");
        assert_eq!((decoded.text.as_str(), decoded.charset), ("<p>Grüße", "UTF-8"));
        assert_eq!(decoded.slips, ["the page says that it is windows-1252, but it is UTF-8 and was read as such"]);
    }

    #[test]
    fn one_damaged_place_among_many_good_ones_is_told_and_kept() {
        let mut bytes = "<meta charset=utf-8>ÄÖÜäöüßé".as_bytes().to_vec();
        bytes.push(0xFF);
        let input = Input { bytes: &bytes, ..Input::default() };
        let decoded = decode(&input, Kind::Html).expect("decodes");
        assert_eq!(decoded.slips, ["1 character damaged in the page itself, shown as `\u{FFFD}`"]);
    }

    #[test]
    fn invisible_characters_are_left_out_and_told() {
        let input = Input { bytes: "a\u{1}b\u{FDD0}\r\nc".as_bytes(), ..Input::default() };
        let decoded = decode(&input, Kind::Text).expect("decodes");
        assert_eq!(decoded.text, "ab\nc");
        assert_eq!(decoded.slips, ["2 invisible characters that no text may hold, left out"]);
    }
}
