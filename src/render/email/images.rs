//! The pictures of one mail: where each is found, and which ones travel with it.
//!
//! Comes in: prepared pictures as the mail uses them. Goes out: their `src`, and every used picture once, in reading
//! order. Loads nothing.

use std::cell::RefCell;
use std::sync::Arc;

use crate::config::{Config, Images};
use crate::post::picture::Prepared;
use crate::render::email::escape::escape;

/// A picture that the mail shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineImage {
    /// As it stands in the HTML: `cid:…`, or an address at `images_url`.
    pub src: String,
    /// The Content-ID without angle brackets (RFC 2392), when the picture travels inside the mail.
    pub cid: Option<String>,
    pub prepared: Arc<Prepared>,
}

/// Collects the pictures of a mail while it is made.
#[derive(Debug)]
pub(super) struct ImageSet<'a> {
    images: &'a Images,
    domain: String,
    used: RefCell<Vec<InlineImage>>,
}

impl<'a> ImageSet<'a> {
    pub(super) fn new(config: &'a Config) -> ImageSet<'a> {
        let domain = config.sender.from.email.domain();
        let ascii = !domain.is_empty() && domain.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
        let domain = if ascii { domain.to_owned() } else { "rundbrief.invalid".to_owned() };
        ImageSet { images: &config.email.images, domain, used: RefCell::default() }
    }

    /// The `src` of a picture, which is from now on one of the mail's.
    pub(super) fn src(&self, prepared: &Arc<Prepared>) -> String {
        let (src, cid) = match self.images {
            Images::Embed => {
                let cid = format!("{}@{}", cid_local_part(&prepared.name), self.domain);
                (format!("cid:{cid}"), Some(cid))
            }
            Images::Link { url } => (format!("{url}/{}", percent_encode(&prepared.name)), None),
        };
        let mut used = self.used.borrow_mut();
        if !used.iter().any(|image| image.src == src) {
            used.push(InlineImage { src: src.clone(), cid, prepared: Arc::clone(prepared) });
        }
        src
    }

    pub(super) fn into_used(self) -> Vec<InlineImage> {
        self.used.into_inner()
    }
}

/// Picture names end in a digest, so that a letter that becomes `-` makes no two alike.
fn cid_local_part(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' }).collect()
}

/// The HTML with the `src` of each picture replaced; text that happens to say the same stays.
pub(super) fn with_sources<'a>(
    html: &str,
    images: impl IntoIterator<Item = &'a InlineImage>,
    src: impl Fn(&InlineImage) -> String,
) -> String {
    let replaced = images.into_iter().map(|image| (escape(&image.src), escape(&src(image))));
    let replaced: Vec<(String, String)> = replaced.collect();
    let mut shown = String::with_capacity(html.len() + 1024);
    for (at, piece) in html.split('"').enumerate() {
        if at > 0 {
            shown.push('"');
        }
        let other = replaced.iter().find(|(known, _)| known == piece).map(|(_, other)| other.as_str());
        shown.push_str(other.unwrap_or(piece));
    }
    shown
}

/// Percent-encodes everything but the unreserved characters (RFC 3986, section 2.3).
pub(super) fn percent_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(char::from(byte)),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
