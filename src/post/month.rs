//! Names of months as people write them in German and English.

/// Full names by month; short forms are prefixes of at least three letters, and `mrz`.
const NAMES: [&[&str]; 12] = [
    &["januar", "january", "jänner"],
    &["februar", "february", "feber"],
    &["märz", "march", "maerz", "mrz"],
    &["april"],
    &["mai", "may"],
    &["juni", "june"],
    &["juli", "july"],
    &["august"],
    &["september"],
    &["oktober", "october"],
    &["november"],
    &["dezember", "december"],
];

/// The number of a month, 1 to 12, from its name or a short form of at least three letters.
pub(super) fn number(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    if word.chars().count() < 3 {
        return None;
    }
    let index = NAMES.iter().position(|names| names.iter().any(|name| name.starts_with(&word)))?;
    i8::try_from(index + 1).ok()
}

/// Whether a word is a month's name or a usual short form of it, and not just any word that begins like one.
pub(super) fn is_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    let full = NAMES.iter().any(|names| names.contains(&lower.as_str()));
    full || (matches!(lower.chars().count(), 3 | 4) && number(&lower).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_german_english_and_short_names() {
        assert_eq!(["Oktober", "okt", "Sept", "March", "mrz", "Jänner"].map(number), [10, 10, 9, 3, 3, 1].map(Some));
        assert_eq!(["ma", "Jahr", "Märzrevolution"].map(number), [None, None, None]);
    }

    #[test]
    fn a_word_that_begins_like_a_month_is_none() {
        assert!(is_name("Mai") && is_name("Dez") && is_name("Sept"));
        assert!(!is_name("Septem") && !is_name("Maifest"));
    }
}
