//! Pictures as people have them, made ready for mail.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use proptest::prelude::{ProptestConfig, any, proptest};
use rundbrief::post::picture::{Format, MAX_BYTES, PictureError, Prepared, cache_key, prepare};

#[test]
fn a_phone_photo_is_turned_scaled_and_loses_its_location() {
    // Lying on its side, red at the left; EXIF orientation 6 says: turn right by 90 degrees, red is at the top.
    let lying = RgbImage::from_fn(1600, 1200, |x, _| if x < 800 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) });
    let photo = with_exif(&jpeg(&lying, 90), 6, b"GPS 51.3127N 9.4797E");
    let prepared = prepare(&photo, "bilder/Köln 1.JPG", 300).expect("a photo");
    assert_eq!((prepared.width, prepared.height, prepared.shown_width), (600, 800, 300));
    assert_eq!(prepared.format, Format::Jpeg);
    let shown = open(&prepared).into_rgb8();
    assert!(shown.get_pixel(300, 50).0[0] > 180, "red is at the top: {:?}", shown.get_pixel(300, 50));
    assert!(shown.get_pixel(300, 750).0[2] > 180, "blue is at the bottom");
    for secret in [&b"Exif"[..], b"GPS"] {
        assert!(!prepared.bytes.windows(secret.len()).any(|window| window == secret));
    }
    assert!(prepared.name.starts_with("koeln-1-") && prepared.name.ends_with(".jpg"), "{}", prepared.name);
    assert_eq!(prepared.name.len(), "koeln-1-".len() + 12 + ".jpg".len());
}

#[test]
fn the_most_detailed_photo_fits_into_a_mail() {
    let photo = jpeg(&noise(1600, 1200), 95);
    let prepared = prepare(&photo, "a.jpg", 600).expect("a photo");
    assert!(prepared.bytes.len() <= MAX_BYTES, "{}", prepared.bytes.len());
    assert!(prepared.width >= 300 && prepared.width <= 1200, "{}", prepared.width);
    assert_eq!(prepared.shown_width, prepared.width.min(600));
    assert_eq!((open(&prepared).width(), open(&prepared).height()), (prepared.width, prepared.height));
}

#[test]
fn a_small_picture_is_not_scaled_up() {
    let drawing = png(DynamicImage::ImageRgb8(RgbImage::from_pixel(100, 40, Rgb([1, 2, 3]))));
    let prepared = prepare(&drawing, "a.png", 536).expect("a drawing");
    assert_eq!((prepared.width, prepared.height, prepared.shown_width), (100, 40, 100));
    assert_eq!(prepared.format, Format::Png);
}

#[test]
fn transparency_stays_and_does_not_darken_edges() {
    let logo =
        RgbaImage::from_fn(800, 400, |x, _| if x < 401 { Rgba([255, 255, 255, 255]) } else { Rgba([0, 0, 0, 0]) });
    let prepared = prepare(&png(DynamicImage::ImageRgba8(logo)), "logo.png", 100).expect("a logo");
    assert_eq!((prepared.format, prepared.width), (Format::Png, 200));
    let shown = open(&prepared).into_rgba8();
    let edge: Vec<_> = shown.pixels().filter(|pixel| pixel.0[3] > 20).collect();
    assert!(edge.iter().all(|pixel| pixel.0[0] > 230), "white stays white where it fades out");
    assert!(shown.pixels().any(|pixel| pixel.0[3] == 0));
}

#[test]
fn a_large_transparent_picture_gets_smaller_until_it_fits() {
    let noisy = RgbaImage::from_fn(1200, 900, |x, y| {
        let Rgb([red, green, blue]) = pixel(x, y);
        Rgba([red, green, blue, if x < 100 { 0 } else { 255 }])
    });
    let prepared = prepare(&png(DynamicImage::ImageRgba8(noisy)), "a.png", 600).expect("a picture");
    assert_eq!(prepared.format, Format::Png);
    assert!(prepared.bytes.len() <= MAX_BYTES && prepared.width > 100, "{} {}", prepared.bytes.len(), prepared.width);
}

#[test]
fn a_photo_saved_as_png_becomes_jpeg_and_so_does_one_with_useless_alpha() {
    let photo = png(DynamicImage::ImageRgb8(noise(1200, 900)));
    assert_eq!(prepare(&photo, "a.png", 600).expect("a photo").format, Format::Jpeg);
    let opaque = png(DynamicImage::ImageRgba8(DynamicImage::ImageRgb8(noise(1200, 900)).into_rgba8()));
    assert_eq!(prepare(&opaque, "a.png", 600).expect("a photo").format, Format::Jpeg);
}

#[test]
fn grey_sixteen_bit_and_print_pictures_open() {
    let grey = png(DynamicImage::ImageRgb8(noise(64, 64)).to_luma8().into());
    let deep = png(DynamicImage::ImageRgba8(RgbaImage::from_pixel(32, 32, Rgba([9, 9, 9, 100]))).into_rgba16().into());
    assert!(prepare(&grey, "a.png", 600).is_ok());
    assert_eq!(prepare(&deep, "a.png", 600).expect("16 bits").format, Format::Png);
    let print = std::fs::read("tests/cases/post/pictures/cmyk.jpg").expect("the case exists");
    let shown = open(&prepare(&print, "a.jpg", 600).expect("CMYK")).into_rgb8();
    let Rgb([red, green, blue]) = *shown.get_pixel(30, 20);
    assert!(red < 90 && green > 120 && blue > 180, "cyan stays cyan: {red} {green} {blue}");
}

#[test]
fn a_bomb_of_pixels_is_refused_before_it_is_decoded() {
    let bomb = png_head(50_000, 50_000);
    assert_eq!(prepare(&bomb, "a.png", 600), Err(PictureError::TooLarge { width: 50_000, height: 50_000 }));
    let mut jpeg_bomb = jpeg(&noise(16, 16), 80);
    let frame = jpeg_bomb.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a baseline frame");
    jpeg_bomb[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(prepare(&jpeg_bomb, "a.jpg", 600), Err(PictureError::TooLarge { width: 65_535, height: 65_535 }));
}

#[test]
fn files_that_were_cut_off_are_told_from_damaged_ones() {
    let photo = with_exif(&jpeg(&noise(400, 300), 90), 1, b"preview \xFF\xD8 \xFF\xD9 inside");
    for cut in [4, 30, photo.len() / 2, photo.len() - 2] {
        assert_eq!(prepare(&photo[..cut], "a.jpg", 600), Err(PictureError::Truncated), "{cut}");
    }
    let drawing = png(DynamicImage::ImageRgb8(noise(64, 64)));
    assert_eq!(prepare(&drawing[..drawing.len() / 2], "a.png", 600), Err(PictureError::Truncated));
    let mut damaged = drawing.clone();
    damaged[60] ^= 0xFF;
    assert!(matches!(prepare(&damaged, "a.png", 600), Err(PictureError::Damaged(_))));
}

#[test]
fn a_cache_entry_reads_back_and_a_damaged_one_does_not() {
    let source = jpeg(&noise(200, 100), 80);
    let prepared = prepare(&source, "a.jpg", 600).expect("a photo");
    let entry = prepared.to_cache();
    assert_eq!(Prepared::from_cache(entry.clone(), "a.jpg").as_ref(), Some(&prepared));
    assert!(Prepared::from_cache(entry.clone(), "b.jpg").expect("whole").name.starts_with("b-"));
    for at in [0, 10, 37, 50, entry.len() - 1] {
        let mut damaged = entry.clone();
        damaged[at] ^= 1;
        assert_eq!(Prepared::from_cache(damaged, "a.jpg"), None, "{at}");
    }
    assert_eq!(Prepared::from_cache(entry[..20].to_vec(), "a.jpg"), None);
    assert_eq!(Prepared::from_cache(Vec::new(), "a.jpg"), None);
    assert_ne!(cache_key(&source, 600), cache_key(&source, 536));
    assert_eq!(cache_key(&source, 600).len(), 64);
}

#[test]
fn the_same_source_gives_the_same_bytes_and_name() {
    let source = jpeg(&noise(900, 700), 80);
    assert_eq!(prepare(&source, "a.jpg", 300), prepare(&source, "a.jpg", 300));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_makes_the_decoder_panic(at in 0_usize..3_000, value in any::<u8>(), cut in 0_usize..3_000) {
        for mut source in [jpeg(&noise(40, 30), 80), png(DynamicImage::ImageRgb8(noise(20, 15)))] {
            let at = at % source.len();
            source[at] = value;
            let _ = prepare(&source, "a", 100);
            let _ = prepare(&source[..cut % source.len()], "a", 100);
        }
    }
}

/// A pixel of noise that is the same everywhere.
fn pixel(x: u32, y: u32) -> Rgb<u8> {
    let mixed = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35);
    let [red, green, blue, _] = (mixed ^ (mixed >> 15)).to_le_bytes();
    Rgb([red, green, blue])
}

fn noise(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, pixel)
}

fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(picture).expect("encodes");
    bytes
}

fn png(picture: DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).expect("encodes");
    bytes.into_inner()
}

fn open(prepared: &Prepared) -> DynamicImage {
    image::load_from_memory(&prepared.bytes).expect("a prepared picture opens")
}

/// Puts an EXIF segment with an orientation, and anything else, behind a JPEG's start.
fn with_exif(jpeg: &[u8], orientation: u8, more: &[u8]) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend(more);
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

/// The beginning of a PNG of the given size, with a valid check sum and no pixels.
fn png_head(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1A\n\0\0\0\x0D".to_vec();
    bytes.extend(&header);
    bytes.extend(crc(&header).to_be_bytes());
    bytes.extend(b"\0\0\0\x10IDAT");
    bytes.extend([0; 20]);
    bytes
}

/// CRC-32 as in the PNG specification, annex D.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}
