//! Decodes a picture, scales it down and turns it upright.

use std::io::Cursor;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage};

use crate::post::picture::{Format, MAX_PIXELS, PictureError, sniff};

/// The widest and highest prepared picture, in pixels.
const MAX_WIDTH: u32 = 1_200;
const MAX_HEIGHT: u32 = 2_400;

/// What a decoded picture may take in memory, in bytes.
const MAX_MEMORY: u64 = 512 * 1024 * 1024;

/// The upright picture at twice `shown_width`, or at its own size if it is smaller; 8 bits a channel, RGB or RGBA.
///
/// # Errors
/// Too many pixels (told before decoding), a damaged or truncated file.
pub(super) fn decode(bytes: &[u8], format: Format, shown_width: u32) -> Result<DynamicImage, PictureError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), image_format(format));
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let failed = |error: image::ImageError| match format {
        Format::Png if !sniff::png_ends(bytes) => PictureError::Truncated,
        _ => PictureError::Damaged(error.to_string()),
    };
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return Err(PictureError::TooLarge { width, height });
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let decoded = DynamicImage::from_decoder(decoder).map_err(failed)?;
    let (to_width, to_height) = target(width, height, lies_on_its_side(orientation), shown_width);
    let mut upright = shrink(decoded, to_width, to_height);
    upright.apply_orientation(orientation);
    Ok(upright)
}

pub(super) fn image_format(format: Format) -> ImageFormat {
    match format {
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
    }
}

pub(super) fn lies_on_its_side(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

/// The size to scale to, before turning.
pub(super) fn target(width: u32, height: u32, on_its_side: bool, shown_width: u32) -> (u32, u32) {
    let wanted = shown_width.saturating_mul(2).clamp(1, MAX_WIDTH);
    let (max_width, max_height) = if on_its_side { (MAX_HEIGHT, wanted) } else { (wanted, MAX_HEIGHT) };
    let factor = (f64::from(max_width) / f64::from(width)).min(f64::from(max_height) / f64::from(height)).min(1.0);
    let scaled = |side: u32| ((f64::from(side) * factor).round() as u32).clamp(1, side.max(1));
    (scaled(width).min(max_width), scaled(height).min(max_height))
}

/// Scales down; 16-bit and grey pictures become 8-bit RGB or RGBA.
pub(super) fn shrink(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(filter(picture, width, height).into_rgb8());
    }
    let mut pixels = picture.into_rgba8();
    if pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return DynamicImage::ImageRgb8(filter(DynamicImage::ImageRgba8(pixels), width, height).into_rgb8());
    }
    // What is transparent has a colour, too, mostly black; weighted by alpha it does not bleed into the edges.
    for_each_alpha(&mut pixels, |channel, alpha| (channel * alpha + 127) / 255);
    let mut scaled = filter(DynamicImage::ImageRgba8(pixels), width, height).into_rgba8();
    for_each_alpha(&mut scaled, |channel, alpha| (channel * 255 + alpha / 2).checked_div(alpha).unwrap_or(0).min(255));
    DynamicImage::ImageRgba8(scaled)
}

fn filter(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (picture.width(), picture.height()) == (width, height) {
        return picture;
    }
    // Averaging to twice the size first takes a tenth of the time of filtering all pixels, and nobody sees it.
    let picture = if picture.width() / 3 >= width && picture.height() / 3 >= height {
        picture.thumbnail_exact(width * 2, height * 2)
    } else {
        picture
    };
    picture.resize_exact(width, height, FilterType::Lanczos3)
}

fn for_each_alpha(pixels: &mut RgbaImage, change: impl Fn(u32, u32) -> u32) {
    for Rgba([red, green, blue, alpha]) in pixels.pixels_mut() {
        for channel in [red, green, blue] {
            *channel = u8::try_from(change(u32::from(*channel), u32::from(*alpha))).unwrap_or(u8::MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_to_twice_the_shown_width_and_never_up() {
        assert_eq!(target(4000, 3000, false, 536), (1072, 804));
        assert_eq!(target(4000, 3000, true, 536), (1429, 1072));
        assert_eq!(target(4000, 3000, false, 900), (1200, 900));
        assert_eq!(target(300, 200, false, 536), (300, 200));
        assert_eq!(target(1000, 10_000, false, 536), (240, 2400));
        assert_eq!(target(90_000, 1, false, 600), (1200, 1));
        assert_eq!(target(10, 10, false, 0), (1, 1));
    }
}
