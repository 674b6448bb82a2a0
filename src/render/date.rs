//! Dates as readers write them: `1. Dezember 2026`, `1 December 2026`.
//!
//! Comes in: a calendar day and the words of a language. Goes out: text. Knows no clock and no time zone.

use jiff::civil::Date;

use crate::words::Words;

/// The date with its month in words, as the language sets it (entries `date.months` and `date.long` of the catalogue).
pub fn long(words: &Words, date: Date) -> String {
    let months = words.get("date.months");
    let number = usize::from(date.month().unsigned_abs());
    let month = months.split_whitespace().nth(number - 1).unwrap_or("").to_owned();
    let (day, year) = (date.day().to_string(), date.year().to_string());
    words.fill("date.long", &[("day", &day), ("month", &month), ("year", &year)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Catalogue;

    #[test]
    fn dates_are_set_as_in_the_language() {
        let date = jiff::civil::date(2026, 12, 1);
        let catalogue = Catalogue::built_in();
        assert_eq!(long(&catalogue.for_lang("de-AT"), date), "1.\u{a0}Dezember 2026");
        assert_eq!(long(&catalogue.for_lang("en"), date), "1\u{a0}December 2026");
    }

    #[test]
    fn both_languages_name_twelve_months() {
        for lang in Catalogue::LANGUAGES {
            let months = Catalogue::built_in().for_lang(lang).get("date.months");
            assert_eq!(months.split_whitespace().count(), 12, "{lang}");
        }
    }
}
