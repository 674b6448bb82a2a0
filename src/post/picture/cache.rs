//! Prepared pictures as cache entries, so that a photo is scaled once and not at every command.
//!
//! An entry is `RBP1`, the SHA-256 of all that follows, the format, three little-endian sizes, and the picture. A
//! damaged entry reads as none.

use sha2::{Digest, Sha256};

use crate::post::picture::{Format, Prepared, name_of};

/// Raised whenever the same source would give another picture.
const ALGORITHM: u32 = 1;

const MAGIC: &[u8; 4] = b"RBP1";
const DIGEST: usize = 32;
const HEAD: usize = MAGIC.len() + DIGEST + 1 + 3 * 4;

/// The key of a prepared picture: 64 hexadecimal digits that depend on the source's bytes, the width it is shown at
/// and the way it is prepared; not on its name.
pub fn cache_key(bytes: &[u8], shown_width: u32) -> String {
    let mut hash = Sha256::new();
    hash.update(b"rundbrief picture");
    hash.update(ALGORITHM.to_le_bytes());
    hash.update(shown_width.to_le_bytes());
    hash.update(bytes);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Prepared {
    /// The bytes of a cache entry. The name is not in it: it comes from the source's file name.
    pub fn to_cache(&self) -> Vec<u8> {
        let mut content = vec![match self.format {
            Format::Jpeg => 0,
            Format::Png => 1,
        }];
        for size in [self.width, self.height, self.shown_width] {
            content.extend(size.to_le_bytes());
        }
        content.extend(&self.bytes);
        [MAGIC.as_slice(), &Sha256::digest(&content), &content].concat()
    }

    /// Reads a cache entry; `None` when it is damaged or of another version.
    pub fn from_cache(entry: &[u8], source_name: &str) -> Option<Prepared> {
        let rest = entry.strip_prefix(MAGIC).filter(|_| entry.len() > HEAD)?;
        let (digest, content) = rest.split_at(DIGEST);
        if Sha256::digest(content)[..] != *digest {
            return None;
        }
        let format = match content[0] {
            0 => Format::Jpeg,
            1 => Format::Png,
            _ => return None,
        };
        let size = |index: usize| {
            let start = 1 + index * 4;
            content[start..start + 4].try_into().ok().map(u32::from_le_bytes)
        };
        let bytes = content[HEAD - MAGIC.len() - DIGEST..].to_vec();
        let name = name_of(source_name, &bytes, format);
        Some(Prepared { format, width: size(0)?, height: size(1)?, shown_width: size(2)?, name, bytes })
    }
}
