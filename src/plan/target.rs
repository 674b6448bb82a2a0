//! Who a delivery goes to, without saying who that is.
//!
//! Comes in: the keyed digest of an address, or its hexadecimal digits. Goes out: the other of the two.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who a delivery goes to: the first 16 bytes of HMAC-SHA-256(site key, normalised address). Zero for a channel that
/// has one delivery a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target(pub [u8; 16]);

impl Target {
    /// The target of a channel that has one delivery a post (feed, networks).
    pub const CHANNEL: Target = Target([0; 16]);

    /// 32 lower-case hexadecimal digits.
    pub fn hex(&self) -> String {
        self.to_string()
    }

    /// The target that [`Target::hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Target> {
        let mut bytes = [0; 16];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return None;
        }
        let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = value(*high)? << 4 | value(*low)?;
        }
        Some(Target(bytes))
    }

    fn digits(&self) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 32];
        for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(self.0) {
            *pair = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        }
        digits
    }
}

fn text(digits: &[u8; 32]) -> &str {
    std::str::from_utf8(digits).expect("hexadecimal digits are ASCII")
}

/// Its hexadecimal digits.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(text(&self.digits()))
    }
}

/// As its hexadecimal digits.
impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text(&self.digits()))
    }
}

/// From its hexadecimal digits.
impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Target, D::Error> {
        /// Taken from where they stand.
        #[derive(Deserialize)]
        struct Digits<'a>(#[serde(borrow)] Cow<'a, str>);
        let Digits(digits) = Digits::deserialize(deserializer)?;
        Target::from_hex(&digits).ok_or_else(|| D::Error::custom("a target has not 16 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_digits_are_read_back_and_nothing_else_is() {
        let target = Target([0, 1, 0x9a, 0xbc, 0xde, 0xff, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xf0]);
        assert_eq!(target.hex(), "00019abcdeff060708090a0b0c0d0ef0");
        assert_eq!(Target::from_hex(&target.hex()), Some(target));
        assert_eq!(Target::from_hex(&target.hex().to_uppercase()), Some(target));
        let json = serde_json::to_string(&[target]).expect("is written");
        assert_eq!(json, r#"["00019abcdeff060708090a0b0c0d0ef0"]"#);
        assert_eq!(serde_json::from_str::<Vec<Target>>(&json).expect("is read"), [target]);
        for wrong in [
            "",
            "0",
            "00019abcdeff060708090a0b0c0d0ef",
            "00019abcdeff060708090a0b0c0d0ef00",
            "+0019abcdeff060708090a0b0c0d0ef0",
            "00019abcdeff060708090a0b0c0d0e\u{e4}",
        ] {
            assert_eq!(Target::from_hex(wrong), None, "{wrong}");
            assert!(serde_json::from_value::<Target>(serde_json::json!(wrong)).is_err(), "{wrong}");
        }
    }
}
