//! The release code: what a person reads aloud to say "this very content".
//!
//! Comes in: a digest of the content, or what somebody typed. Goes out: eight characters of Crockford's base 32 in two
//! groups, `K7QF-3M2X`.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 40 bits of a content's digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code([u8; 8]);

impl Code {
    /// The code of a content.
    pub fn of(digest: &[u8; 32]) -> Code {
        let bits = digest[..5].iter().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte));
        Code(std::array::from_fn(|at| ALPHABET[(bits >> (35 - 5 * at)) as usize & 31]))
    }
}

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, character) in self.0.iter().enumerate() {
            let hyphen = if at == 4 { "-" } else { "" };
            write!(f, "{hyphen}{}", char::from(*character))?;
        }
        Ok(())
    }
}

/// Reads what a person typed: in either case, with or without the hyphen, `O` for 0, `I` and `L` for 1.
impl FromStr for Code {
    type Err = String;

    fn from_str(written: &str) -> Result<Code, String> {
        let wrong = || format!("`{written}` is not a release code; it looks like K7QF-3M2X");
        let mut characters = Vec::new();
        for character in written.trim().chars().filter(|c| !matches!(c, '-' | ' ')) {
            let character = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let known = ALPHABET.iter().copied().find(|known| char::from(*known) == character);
            characters.push(known.ok_or_else(wrong)?);
        }
        characters.try_into().map(Code).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn a_code_is_the_first_40_bits_of_the_digest() {
        let mut digest = [0; 32];
        assert_eq!(Code::of(&digest).to_string(), "0000-0000");
        digest[..5].copy_from_slice(&[0xFF, 0x00, 0x00, 0x00, 0x1F]);
        assert_eq!(Code::of(&digest).to_string(), "ZW00-000Z");
        digest[5] = 1;
        assert_eq!(Code::of(&digest).to_string(), "ZW00-000Z");
    }

    #[test]
    fn what_a_person_types_is_understood() {
        let code: Code = "K01F-3M1X".parse().expect("a code");
        for typed in ["k01f-3m1x", "KOIF3M1X", " koLf 3mix "] {
            assert_eq!(typed.parse(), Ok(code), "{typed}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_an_example() {
        for typed in ["", "K7QF", "K7QF-3M2X-1", "K7QF-3M2U", "K7QF-3M2ß"] {
            let error = typed.parse::<Code>().expect_err(typed);
            assert!(error.contains("K7QF-3M2X"), "{error}");
        }
    }
}
