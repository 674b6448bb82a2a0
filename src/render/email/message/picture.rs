//! Pictures inside the mail (RFC 2387, RFC 2392).
//!
//! Comes in: a prepared picture and its id. Goes out: a MIME part, base64 in lines of 76 characters.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use email_encoding::headers::rfc2231;
use email_encoding::headers::writer::EmailWriter;

use super::{CompileError, Embedded};

/// Characters of a line of base64.
const LINE: usize = 76;

/// Lines that are encoded at a time.
const LINES: usize = 32;

/// The pictures to embed, each once however often it is shown. They must be exactly those that the HTML shows.
pub(super) fn distinct<'a>(html: &str, pictures: &[Embedded<'a>]) -> Result<Vec<Embedded<'a>>, CompileError> {
    let shown = shown_ids(html);
    let mut distinct: Vec<Embedded<'a>> = Vec::new();
    for embedded @ Embedded { id, picture } in pictures {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b"@._-".contains(&b)) || id.len() > 200 {
            return Err(CompileError::PictureId { id: (*id).to_owned() });
        }
        if !shown.contains(id) {
            return Err(CompileError::PictureUnused { name: picture.name.clone() });
        }
        match distinct.iter().find(|known| known.id == *id) {
            Some(known) if known.picture.bytes != picture.bytes => {
                return Err(CompileError::PictureTwice { id: (*id).to_owned() });
            }
            Some(_) => {}
            None => distinct.push(*embedded),
        }
    }
    match shown.into_iter().find(|id| !pictures.iter().any(|picture| picture.id == *id)) {
        Some(missing) => Err(CompileError::PictureMissing { id: missing.to_owned() }),
        None => Ok(distinct),
    }
}

/// What stands after `cid:` in attributes and in CSS's `url(…)`.
fn shown_ids(html: &str) -> BTreeSet<&str> {
    html.match_indices("cid:")
        .filter(|(at, _)| html[..*at].ends_with(['"', '\'', '(']))
        .map(|(at, found)| {
            let id = &html[at + found.len()..];
            &id[..id.find(['"', '\'', ')', '<', '>', ' ', '&']).unwrap_or(id.len())]
        })
        .collect()
}

/// The part's headers and content, up to and with its last line end.
pub(super) fn part(Embedded { id, picture }: &Embedded<'_>, out: &mut Vec<u8>) {
    let mut disposition = String::from("Content-Disposition: inline; ");
    let column = disposition.len();
    let mut writer = EmailWriter::new(&mut disposition, column, 0, false);
    rfc2231::encode("filename", &picture.name, &mut writer).expect("writing to a String cannot fail");
    drop(writer);
    let disposition = disposition.replace(" \r\n", "\r\n");
    out.extend_from_slice(
        format!(
            "Content-Type: {}\r\nContent-ID: <{id}>\r\n{disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            picture.format.media_type()
        )
        .as_bytes(),
    );
    let mut encoded = [0; LINES * LINE];
    for bytes in picture.bytes.chunks(encoded.len() / 4 * 3) {
        let length = STANDARD.encode_slice(bytes, &mut encoded).expect("four characters for three bytes");
        for line in encoded[..length].chunks(LINE) {
            out.extend_from_slice(line);
            out.extend_from_slice(b"\r\n");
        }
    }
}

/// Bytes that [`part`] adds at most.
pub(super) fn part_length(Embedded { id, picture }: &Embedded<'_>) -> usize {
    let characters = picture.bytes.len().div_ceil(3) * 4;
    characters + 2 * characters.div_ceil(LINE) + id.len() + 3 * picture.name.len() + 200
}
