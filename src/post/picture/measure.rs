//! A picture's size without decoding it, for whoever only wants to know how a mail would look.

use std::io::{BufRead, Read, Seek, SeekFrom};

use image::{ImageDecoder, ImageReader};
use sha2::{Digest, Sha256};

use crate::post::picture::{Format, MAX_PIXELS, PictureError, Prepared, name_of, scale, sniff};

/// Bytes of a file's beginning that tell its format.
const HEAD: u64 = 64;

/// What [`prepare`](super::prepare) would make of a file, as far as its head tells: all but the bytes, which are empty, and
/// the name, which is one that no other measured file has.
///
/// # Errors
/// As [`prepare`](super::prepare) for another format or too many pixels; damage that shows only on decoding is not seen.
pub fn measure(mut file: impl BufRead + Seek, path: &str, shown_width: u32) -> Result<Prepared, PictureError> {
    let damaged = |error: std::io::Error| PictureError::Damaged(error.to_string());
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(damaged)?;
    let format = sniff::beginning(&head)?;
    file.seek(SeekFrom::Start(0)).map_err(damaged)?;
    let decoder = ImageReader::with_format(file, scale::image_format(format)).into_decoder();
    let mut decoder = decoder.map_err(|error| PictureError::Damaged(error.to_string()))?;
    let (mut width, mut height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge { width, height });
    }
    let on_its_side = decoder.orientation().is_ok_and(scale::lies_on_its_side);
    (width, height) = scale::target(width, height, on_its_side, shown_width);
    if on_its_side {
        (width, height) = (height, width);
    }
    let format = if format == Format::Png && !decoder.color_type().has_alpha() { Format::Jpeg } else { format };
    let name = name_of(path, &Sha256::digest(path).into(), format);
    Ok(Prepared { bytes: Vec::new(), format, width, height, shown_width: shown_width.min(width), name })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::post::picture::prepare;

    #[test]
    fn a_measured_picture_has_the_size_of_a_prepared_one() {
        for file in ["newsletters/herbsttagung.jpg", "newsletters/logos/verband-beispiel.png"] {
            let bytes = std::fs::read(file).expect("the sample is there");
            for width in [600, 120] {
                let measured = measure(Cursor::new(&bytes), file, width).expect("a picture");
                let prepared = prepare(&bytes, file, width).expect("a picture");
                let size = |picture: &Prepared| (picture.width, picture.height, picture.shown_width);
                assert_eq!(size(&measured), size(&prepared), "{file} at {width}");
            }
        }
        assert_eq!(measure(Cursor::new(b"GIF89a"), "a.gif", 600), Err(PictureError::Format("GIF pictures well")));
        assert_eq!(measure(Cursor::new(b""), "a.gif", 600), Err(PictureError::Empty));
    }
}
