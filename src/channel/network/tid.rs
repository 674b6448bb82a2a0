//! Record keys of the AT Protocol that are moments (specification "TID").
//!
//! Comes in: a moment and the delivery's digits. Goes out: 13 characters that sort by time. The same delivery has the same
//! key at every try.

/// Sorts as its digits do.
const DIGITS: &[u8; 32] = b"234567abcdefghijklmnopqrstuvwxyz";

/// The key of `millis` since 1970 for the delivery with this `id` of hexadecimal digits, which tells two of the same
/// moment apart.
pub(super) fn of(millis: i64, id: &str) -> String {
    let micros = u64::try_from(millis).unwrap_or(0).saturating_mul(1000) & ((1 << 53) - 1);
    let clock = id.get(..3).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or(0) & 0x3ff;
    let number = micros << 10 | clock;
    (0..13).rev().map(|place| char::from(DIGITS[(number >> (5 * place) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_key_has_the_form_of_the_specification() {
        // Computed in Python from the specification: 0, 53 bits of microseconds, 10 bits of a clock, five bits a digit.
        let cases = [
            (0, "000", "2222222222222"),
            (1, "fff", "222222222zczz"),
            (1_795_420_800_000, "0ab", "3n2xnxk5c227f"),
            (1_795_420_800_000, "0acfff", "3n2xnxk5c227g"),
            (1_795_420_800_001, "000", "3n2xnxk5czc22"),
        ];
        for (millis, id, key) in cases {
            assert_eq!(of(millis, id), key);
        }
        assert!(cases.map(|(.., key)| key).is_sorted());
    }
}
