//! Lengths of time as `30s`, `5m`, `1h`, `2d`.
//!
//! Comes in: such a text. Goes out: a [`Duration`]; and back again, for messages.

use std::time::Duration;

/// The units with their seconds, the longest first.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// The longest length of time that makes sense for a newsletter.
const MOST: Duration = Duration::from_secs(30 * 86_400);

/// How a length of time is written, for a finding's help.
pub(super) const HOW: &str = "write a number and s, m, h or d, without a space: \"30s\", \"5m\", \"1h\", \"2d\"";

/// Reads a whole number and a unit.
///
/// # Errors
/// A sentence that says what is wrong.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let wrong = || format!("`{text}` is no length of time");
    let (_, seconds) = UNITS.into_iter().find(|(unit, _)| text.ends_with(*unit)).ok_or_else(wrong)?;
    let number = &text[..text.len() - 1];
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let length = number.parse::<u64>().ok().and_then(|number| number.checked_mul(seconds)).map(Duration::from_secs);
    match length {
        Some(Duration::ZERO) => Err(format!("`{text}` is no time at all")),
        Some(length) if length <= MOST => Ok(length),
        _ => Err(format!("`{text}` is longer than {}", written(MOST))),
    }
}

/// The shortest way to write a whole number of seconds.
pub(super) fn written(length: Duration) -> String {
    let seconds = length.as_secs();
    let fitting = UNITS.into_iter().find(|(_, unit)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, size) = fitting.unwrap_or(('s', 1));
    format!("{}{unit}", seconds / size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_unit_are_a_length_of_time() {
        for (text, seconds) in
            [("30s", 30), ("5m", 300), ("1h", 3_600), ("2d", 172_800), ("90m", 5_400), (" 30d ", 2_592_000)]
        {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(
            ["5m", "90m", "120m", "86400s", "61s"].map(|text| parse(text).map(written)),
            ["5m", "90m", "2h", "1d", "61s"].map(|text| Ok(text.to_owned()))
        );
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "5", "m", "5 m", "5min", "-5m", "+5m", "1.5h", "5M", "fünf m", "٥m", "1h30m"] {
            assert_eq!(parse(text), Err(format!("`{text}` is no length of time")));
        }
        assert_eq!(parse("0s"), Err("`0s` is no time at all".to_owned()));
        for text in ["31d", "99999999999999999999d", "18446744073709551615h"] {
            assert_eq!(parse(text), Err(format!("`{text}` is longer than 30d")));
        }
    }
}
