//! Encodes a picture so that it fits into a mail.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ImageEncoder};

use crate::post::picture::{Format, MAX_BYTES, scale};

/// JPEG qualities, the best first. Below the last, fewer pixels look better than coarser ones.
const QUALITIES: [u8; 5] = [82, 74, 66, 58, 50];

/// The bytes, their format and their size in pixels; at most [`MAX_BYTES`].
pub(super) fn within_limit(picture: DynamicImage, source: Format) -> (Vec<u8>, Format, u32, u32) {
    let transparent = picture.color().has_alpha();
    let mut picture = picture;
    let mut first = 0;
    loop {
        let (bytes, format) = if transparent {
            (png(&picture), Format::Png)
        } else {
            match source {
                Format::Jpeg => (jpeg(&picture, first), Format::Jpeg),
                // Drawings and screenshots are smaller and sharper as PNG; photos are not.
                Format::Png => match png(&picture) {
                    bytes if bytes.len() <= MAX_BYTES => (bytes, Format::Png),
                    _ => (jpeg(&picture, first), Format::Jpeg),
                },
            }
        };
        let (width, height) = (picture.width(), picture.height());
        if bytes.len() <= MAX_BYTES || (width == 1 && height == 1) {
            return (bytes, format, width, height);
        }
        let factor = (MAX_BYTES as f64 / bytes.len() as f64).sqrt() * 0.95;
        let smaller = |side: u32| ((f64::from(side) * factor) as u32).max(1);
        picture = scale::shrink(picture, smaller(width), smaller(height));
        first = QUALITIES.len() - 2;
    }
}

/// The best quality that fits, from the one with the index `first` on; else the lowest.
fn jpeg(picture: &DynamicImage, first: usize) -> Vec<u8> {
    let mut step = first;
    loop {
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, QUALITIES[step])
            .encode_image(picture)
            .expect("an 8-bit RGB picture of at most 2,400 pixels a side is valid JPEG");
        if bytes.len() <= MAX_BYTES || step + 1 == QUALITIES.len() {
            return bytes;
        }
        // A step saves about a fifth; far above the limit, steps that cannot be enough are left out.
        step += if bytes.len() > MAX_BYTES * 2 { 3 } else { 1 };
        step = step.min(QUALITIES.len() - 1);
    }
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(picture.as_bytes(), picture.width(), picture.height(), picture.color().into())
        .expect("an 8-bit picture of at most 2,400 pixels a side is valid PNG");
    bytes.into_inner()
}
