//! A picture made ready for mail: turned, without metadata, scaled, in a format that every mail program shows.
//!
//! Comes in: the bytes of a file. Goes out: [`Prepared`], or a finding that says what to do. Pure: reads no file.

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
