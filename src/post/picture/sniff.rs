//! What a file is, from its first bytes; its name may lie.

use crate::post::picture::{Format, PictureError};

/// The format of a picture that can be prepared.
///
/// # Errors
/// The name of the format that cannot, or that it is no picture, or that its end is missing.
pub(super) fn format(bytes: &[u8]) -> Result<Format, PictureError> {
    match beginning(bytes)? {
        Format::Jpeg if !jpeg_ends(bytes) => Err(PictureError::Truncated),
        format => Ok(format),
    }
}

/// The same from a file's first bytes alone.
///
/// # Errors
/// The name of the format that cannot be prepared, or that it is no picture.
pub(super) fn beginning(bytes: &[u8]) -> Result<Format, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        return Ok(Format::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        return Ok(Format::Png);
    }
    Err(foreign(bytes).map_or(PictureError::NotAPicture, PictureError::Format))
}

fn foreign(bytes: &[u8]) -> Option<&'static str> {
    // ISO 14496-12, section 4.3: the file type box names a brand.
    if bytes.get(4..8) == Some(b"ftyp") {
        let brands = &bytes[8..bytes.len().min(64)];
        let has = |brand: &[u8]| brands.windows(4).any(|found| found == brand);
        return Some(match () {
            () if has(b"avif") || has(b"avis") => "AVIF pictures",
            () if [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"].iter().any(|brand| has(*brand)) => {
                "HEIC pictures (the format of iPhones)"
            }
            () => "videos",
        });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("WebP pictures");
    }
    let known: [(&[u8], &str); 9] = [
        (b"GIF8", "GIF pictures well"),
        (b"II*\0", "TIFF pictures"),
        (b"MM\0*", "TIFF pictures"),
        (b"BM", "BMP pictures"),
        (b"\0\0\x01\0", "icon files"),
        (b"%PDF-", "PDF files"),
        (b"8BPS", "Photoshop files"),
        (b"\xFF\x0A", "JPEG XL pictures"),
        (b"\0\0\0\x0CJXL ", "JPEG XL pictures"),
    ];
    let by_magic = known.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name);
    by_magic.or_else(|| is_svg(bytes).then_some("SVG pictures"))
}

fn is_svg(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_lowercase();
    let start = start.trim_start_matches(['\u{FEFF}', ' ', '\n', '\r', '\t']);
    start.starts_with("<svg") || (start.starts_with('<') && start.contains("<svg"))
}

/// Whether an end-of-image marker follows the first scan. Decoders fill a missing rest with grey and say nothing.
/// Before the scan, an embedded preview has an end of its own (ITU T.81, annex B).
fn jpeg_ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xFF, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xFF => at += 1,
            0x01 | 0xD0..=0xD8 => at += 2,
            0xDA => return bytes[at..].windows(2).any(|pair| pair == [0xFF, 0xD9]),
            _ => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([high, low]));
            }
        }
    }
    // Past the end, or no marker where one should be: the former is a cut, the latter is for the decoder to say.
    at < bytes.len()
}

/// Whether a PNG has its last chunk.
pub(super) fn png_ends(bytes: &[u8]) -> bool {
    bytes.windows(4).rev().any(|window| window == b"IEND")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_mail_programs_do_not_show_are_named() {
        let cases: [(&[u8], &str); 11] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
            (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC"),
            (b"\0\0\0\x18ftypavif\0\0\0\0mif1miaf", "AVIF"),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", "videos"),
            (b"RIFF\x10\0\0\0WEBPVP8 ", "WebP"),
            (b"GIF89a", "GIF"),
            (b"<?xml version=\"1.0\"?>\n<!-- x --><svg xmlns=\"\">", "SVG"),
            (b"\xEF\xBB\xBF<svg>", "SVG"),
            (b"II*\0\x08", "TIFF"),
            (b"%PDF-1.7", "PDF"),
            (b"8BPS\0\x01", "Photoshop"),
        ];
        for (bytes, name) in cases {
            let error = format(bytes).expect_err(name).to_string();
            assert!(error.contains(name) && error.contains("export it as JPEG"), "{error}");
        }
    }

    #[test]
    fn other_files_are_no_pictures() {
        for bytes in [&b"Hallo"[..], b"<html></html>", b"\0\0\0\0", b"PK\x03\x04"] {
            assert_eq!(format(bytes), Err(PictureError::NotAPicture));
        }
        assert_eq!(format(b""), Err(PictureError::Empty));
    }
}
