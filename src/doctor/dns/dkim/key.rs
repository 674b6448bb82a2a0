//! DKIM keys in the DNS (RFC 6376, section 3.6.1; RFC 8463).
//!
//! Pure: comes in a text, goes out what is to be said of the key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a record holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// RSA with so many bits, as far as the length of the record tells.
    Rsa {
        bits: usize,
        testing: bool,
    },
    Ed25519 {
        testing: bool,
    },
    /// `p=` is empty: the key was taken back.
    Revoked,
    /// It cannot be used; a sentence says why.
    Unusable(String),
}

/// Whether a TXT record is one of DKIM; the version may be missing.
pub fn is_dkim(text: &str) -> bool {
    tags(text).iter().any(|(name, _)| *name == "p") || text.trim_start().starts_with("v=DKIM1")
}

impl Key {
    pub fn parse(text: &str) -> Key {
        let tags = tags(text);
        let tag = |name: &str| tags.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        if tag("v").is_some_and(|version| version != "DKIM1") {
            return Key::Unusable("its version is not DKIM1".to_owned());
        }
        let Some(key) = tag("p") else { return Key::Unusable("it has no key (p=)".to_owned()) };
        let key: String = key.chars().filter(|c| !c.is_whitespace()).collect();
        if key.is_empty() {
            return Key::Revoked;
        }
        let Ok(bytes) = STANDARD.decode(&key) else {
            return Key::Unusable("its key (p=) is no base64; something was lost when it was copied".to_owned());
        };
        let testing = tag("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y"));
        match tag("k").unwrap_or("rsa") {
            "rsa" => Key::Rsa { bits: rsa_bits(bytes.len()), testing },
            "ed25519" if bytes.len() == 32 => Key::Ed25519 { testing },
            "ed25519" => Key::Unusable("its key has not the length of an Ed25519 key".to_owned()),
            other => Key::Unusable(format!("its key is of the kind {other}, which nobody knows")),
        }
    }
}

/// A SubjectPublicKeyInfo is the modulus and 30 to 38 bytes around it (RFC 5280), so the nearest usual length is right.
fn rsa_bits(bytes: usize) -> usize {
    let usual = [512, 768, 1024, 1536, 2048, 3072, 4096];
    let expected = |bits: usize| bits / 8 + 34;
    usual.into_iter().min_by_key(|bits| expected(*bits).abs_diff(bytes)).expect("there are some")
}

/// `name=value` pairs (section 3.2).
pub fn tags(text: &str) -> Vec<(&str, &str)> {
    text.split(';').filter_map(|tag| tag.split_once('=')).map(|(name, value)| (name.trim(), value.trim())).collect()
}
