//! A picture made ready for mail: turned, without metadata, scaled, in a format that every mail program shows.
//!
//! Comes in: the bytes of a file. Goes out: [`Prepared`], or an error that says what to do. Pure: reads no file. The
//! same bytes give the same picture. Memory is bounded by [`MAX_PIXELS`], which is checked before anything is decoded.

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::post::file_name;

mod cache;
mod encode;
mod measure;
mod scale;
mod sniff;

pub use cache::cache_key;
pub use measure::measure;

/// The most pixels that are decoded: 100 megapixels.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The most bytes of a prepared picture. Embedded ones make each mail heavier by four thirds of it.
pub const MAX_BYTES: usize = 150_000;

/// The longest stem of a picture's name, in characters.
const LONGEST_STEM: usize = 40;

/// Why a picture cannot go into a mail. Each message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PictureError {
    #[error("the picture's file is empty; save the picture again")]
    Empty,
    #[error("this is not a picture; use a JPEG or PNG file")]
    NotAPicture,
    /// A format that mail programs do not show, by its name.
    #[error(
        "many mail programs do not show {0}; open the picture and export it as JPEG (or as PNG for a drawing or logo)"
    )]
    Format(&'static str),
    #[error(
        "the picture has {width} × {height} pixels, too many to open; scale it down to 4,000 pixels on its long side"
    )]
    TooLarge { width: u32, height: u32 },
    #[error("the picture's file ends too early, its lower part is missing; copy or download it again")]
    Truncated,
    /// What the decoder says.
    #[error("the picture's file is damaged ({0}); open it in a picture program and export it again")]
    Damaged(String),
}

/// A picture as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    pub bytes: Vec<u8>,
    pub format: Format,
    /// Pixels of `bytes`.
    pub width: u32,
    pub height: u32,
    /// CSS pixels that it is shown at: half the pixels for a large source, the pixels themselves for a small one.
    pub shown_width: u32,
    /// A name that is a function of the bytes and of the source's file name: `tagung-3f2a91c07b44.jpg`.
    pub name: String,
}

/// The two formats that every mail program shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
}

impl Format {
    /// The media type (RFC 2046).
    pub const fn media_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Format::Jpeg => "jpg",
            Format::Png => "png",
        }
    }
}

/// Prepares a picture that is shown `shown_width` CSS pixels wide: twice as many pixels, at most 1,200, at most 2,400
/// high, never more than the source has, and at most [`MAX_BYTES`].
///
/// Photos become JPEG, pictures with transparency PNG. Rotation (EXIF) is applied and all metadata, the location of a
/// phone's photo among them, is gone.
///
/// # Errors
/// See [`PictureError`].
pub fn prepare(bytes: &[u8], source_name: &str, shown_width: u32) -> Result<Prepared, PictureError> {
    let source = sniff::format(bytes)?;
    let scaled = scale::decode(bytes, source, shown_width)?;
    let (bytes, format, width, height) = encode::within_limit(scaled, source);
    let name = name_of(source_name, &Sha256::digest(&bytes).into(), format);
    Ok(Prepared { bytes, format, width, height, shown_width: shown_width.min(width), name })
}

/// The name of a picture whose bytes have the SHA-256 `digest`.
fn name_of(source_name: &str, digest: &[u8; 32], format: Format) -> String {
    let digits: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digits}.{}", stem(source_name), format.extension())
}

/// `Tagung Köln (1).JPG` is `tagung-koeln-1`. Never empty.
fn stem(source_name: &str) -> String {
    let file = source_name.rsplit(['/', '\\']).next().unwrap_or(source_name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| if stem.is_empty() { file } else { stem });
    let name = file_name(stem, LONGEST_STEM);
    if name.is_empty() { "picture".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn a_picture_has_a_name_without_its_folder_and_ending() {
        assert_eq!(stem("bilder/Tagung Köln (1).JPG"), "tagung-koeln-1");
        assert_eq!(stem("写真.jpg"), "picture");
        assert_eq!(stem(".jpg"), "jpg");
    }
}
