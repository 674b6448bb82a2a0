//! Prepared pictures as cache entries, so that a photo is scaled once and not at every command.
//!
//! An entry is `RBP2`, a checksum, the format, three little-endian sizes, and the picture. The checksum is the SHA-256
//! of format, sizes and the picture's own SHA-256, which also names it, so that its bytes are hashed once. A damaged
//! entry reads as none.

use sha2::{Digest, Sha256};

use crate::post::picture::{Format, Prepared, name_of};

/// Raised whenever the same source would give another picture.
const ALGORITHM: u32 = 1;

const MAGIC: &[u8; 4] = b"RBP2";
const DIGEST: usize = 32;
/// Format and sizes.
const ABOUT: usize = 1 + 3 * 4;
const HEAD: usize = MAGIC.len() + DIGEST + ABOUT;

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
        let mut about = vec![match self.format {
            Format::Jpeg => 0,
            Format::Png => 1,
        }];
        for size in [self.width, self.height, self.shown_width] {
            about.extend(size.to_le_bytes());
        }
        let checksum = checksum(&about, &Sha256::digest(&self.bytes).into());
        [MAGIC.as_slice(), &checksum, &about, &self.bytes].concat()
    }

    /// Reads a cache entry; `None` when it is damaged or of another version.
    pub fn from_cache(mut entry: Vec<u8>, source_name: &str) -> Option<Prepared> {
        let (head, picture) = entry.split_at_checked(HEAD).filter(|(_, picture)| !picture.is_empty())?;
        let digest: [u8; DIGEST] = Sha256::digest(picture).into();
        let (known, about) = head.strip_prefix(MAGIC)?.split_at(DIGEST);
        if checksum(about, &digest) != *known {
            return None;
        }
        let format = match about[0] {
            0 => Format::Jpeg,
            1 => Format::Png,
            _ => return None,
        };
        let size = |index: usize| about.get(1 + index * 4..)?.first_chunk().copied().map(u32::from_le_bytes);
        let (width, height, shown_width) = (size(0)?, size(1)?, size(2)?);
        entry.drain(..HEAD);
        Some(Prepared { format, width, height, shown_width, name: name_of(source_name, &digest, format), bytes: entry })
    }
}

fn checksum(about: &[u8], picture: &[u8; DIGEST]) -> [u8; DIGEST] {
    Sha256::new().chain_update(about).chain_update(picture).finalize().into()
}
