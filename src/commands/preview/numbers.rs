//! Numbers, times and spans as people read them in the site's language.

use std::time::Duration;

use jiff::Zoned;

use super::super::progress::duration;
use crate::render::date;
use crate::words::Words;

/// `12.345` in German, `12,345` in English.
pub fn thousands(number: u64, words: &Words) -> String {
    let digits = number.to_string();
    let mark = if words.lang() == "de" { '.' } else { ',' };
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// The entry of `key` for a number, or of `key` with `_one` for a single one.
pub fn counted(key: &str, number: u64, words: &Words) -> String {
    match number {
        1 => words.get(&format!("{key}_one")),
        number => words.fill(key, &[("number", &thousands(number, words))]),
    }
}

/// `28. November 2026, 09:00`.
pub fn moment(at: &Zoned, words: &Words) -> String {
    format!("{}, {}", date::long(words, at.date()), at.strftime("%H:%M"))
}

/// `40 s`, `3 h 20 min`, `2 Tage 4 h`.
pub fn span(long: Duration, words: &Words) -> String {
    let hours = long.as_secs() / 3_600;
    if hours < 24 {
        // Minutes and hours are written alike in both languages.
        return duration(long);
    }
    let days = counted("preview.days", hours / 24, words);
    match hours % 24 {
        0 => days,
        hours => format!("{days} {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Catalogue;

    #[test]
    fn spans_are_in_the_language_of_the_site() {
        let (german, english) = (Catalogue::built_in().for_lang("de"), Catalogue::built_in().for_lang("en"));
        let shown = |seconds: u64| {
            let long = Duration::from_secs(seconds);
            (span(long, &german), span(long, &english))
        };
        let same = |text: &str| (text.to_owned(), text.to_owned());
        assert_eq!(shown(40), same("40 s"));
        assert_eq!(shown(12_000), same("3 h 20 min"));
        assert_eq!(shown(90_000), ("1 Tag 1 h".to_owned(), "1 day 1 h".to_owned()));
        assert_eq!(shown(2 * 86_400), ("2 Tage".to_owned(), "2 days".to_owned()));
    }

    #[test]
    fn thousands_are_grouped_as_the_language_does() {
        let (german, english) = (Catalogue::built_in().for_lang("de"), Catalogue::built_in().for_lang("en"));
        assert_eq!((thousands(1_234_567, &german).as_str(), thousands(999, &german).as_str()), ("1.234.567", "999"));
        assert_eq!(thousands(12_345, &english), "12,345");
    }
}
