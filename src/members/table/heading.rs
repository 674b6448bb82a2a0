//! Headings of a table: how they are compared, and what they usually mean.
//!
//! Comes in: a heading as somebody typed it. Goes out: its [`key`] for comparing, its [`field_name`] for templates, the
//! usual [`SYNONYMS`]. Knows no table.

use crate::finding::nearest;
use crate::members::address::{is_invisible, trim_invisible};

/// The fields with a meaning, and the headings that name them, as [`key`]s; an earlier heading wins over a later one.
pub(super) const SYNONYMS: [(&str, &[&str]); 9] = [
    (
        "email",
        &[
            "email",
            "emailadresse",
            "emailaddress",
            "mail",
            "mailadresse",
            "mailaddress",
            "emails",
            "emailadr",
            "email1",
            "email1value",
            "emailadresse1",
        ],
    ),
    ("first_name", &["vorname", "vornamen", "firstname", "givenname", "forename", "rufname"]),
    ("last_name", &["nachname", "nachnamen", "familienname", "surname", "lastname", "familyname", "zuname"]),
    (
        "name",
        &[
            "fullname",
            "vollername",
            "vorundnachname",
            "vornamenachname",
            "vornamename",
            "namevorname",
            "nachnamevorname",
            "anzeigename",
            "displayname",
        ],
    ),
    (
        "honorific",
        &["anrede", "genderanrede", "anredeform", "salutation", "formofaddress", "honorific", "geschlecht", "gender"],
    ),
    ("title", &["titel", "title", "akadtitel", "akademischertitel", "academictitle", "akadgrad", "akademischergrad"]),
    (
        "salutation",
        &[
            "briefanrede",
            "anredezeile",
            "anredebrief",
            "anredetext",
            "persoenlicheanrede",
            "mailanrede",
            "salutationline",
            "greeting",
        ],
    ),
    (
        "organisation",
        &[
            "organisation",
            "organization",
            "firma",
            "firmenname",
            "company",
            "companyname",
            "unternehmen",
            "institution",
            "einrichtung",
            "verein",
        ],
    ),
    ("language", &["sprache", "language", "sprachcode", "languagecode"]),
];

/// `Ort` and its like; apart, because a template seldom needs it.
pub(super) const CITY: [&str; 5] = ["ort", "stadt", "wohnort", "city", "town"];

/// The form in which headings are compared: lower case, umlauts as two letters, letters and digits only.
pub(in crate::members) fn key(heading: &str) -> String {
    transliterated(heading).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The name of a column in templates: `PLZ / Ort` is `plz_ort`. `None` where no letter or digit is left.
pub(super) fn field_name(heading: &str) -> Option<String> {
    let mut name = String::new();
    for c in transliterated(heading).chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') && !is_invisible_mark(c) {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    match name.chars().next() {
        None => None,
        Some('0'..='9') => Some(format!("column_{name}")),
        Some(_) => Some(name),
    }
}

/// Lower case, with German umlauts (in one character or two) written out.
fn transliterated(text: &str) -> String {
    let mut written = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'ä' => written.push_str("ae"),
            'ö' => written.push_str("oe"),
            'ü' => written.push_str("ue"),
            'ß' => written.push_str("ss"),
            // macOS writes the two dots as a character of their own.
            '\u{308}' if written.ends_with(['a', 'o', 'u']) => written.push('e'),
            _ => written.push(c),
        }
    }
    written
}

fn is_invisible_mark(c: char) -> bool {
    is_invisible(c) && !c.is_whitespace()
}

/// The column whose heading is `wanted`: as written, else in the form of [`key`].
pub(super) fn find(headings: &[String], wanted: &str) -> Option<usize> {
    let wanted = trim_invisible(wanted);
    let exact = headings.iter().position(|heading| heading == wanted);
    let wanted = key(wanted);
    exact.or_else(|| headings.iter().position(|heading| !wanted.is_empty() && key(heading) == wanted))
}

/// The column's letter in a spreadsheet program; `column` counts from 0.
pub(super) fn letter(column: usize) -> String {
    let mut letters = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        letters.insert(0, char::from(b'A' + u8::try_from(rest % 26).expect("a remainder of 26")));
        rest /= 26;
    }
    letters
}

/// `did you mean “E-Mail”? The headings are …`.
pub(super) fn did_you_mean(headings: &[String], wanted: &str) -> String {
    let named = headings.iter().map(String::as_str).filter(|heading| !heading.is_empty());
    match nearest(wanted, named) {
        Some(heading) => format!("did you mean “{heading}”? The headings are {}", listed(headings)),
        None => format!("the headings are {}", listed(headings)),
    }
}

/// The headings in quotation marks, at most thirty of them with sixty characters.
pub(super) fn listed(headings: &[String]) -> String {
    let named = || headings.iter().filter(|heading| !heading.is_empty());
    let quoted = |heading: &String| {
        let more = if heading.chars().nth(60).is_some() { "…" } else { "" };
        format!("“{}{more}”", heading.chars().take(60).collect::<String>())
    };
    let rest = named().count().saturating_sub(30);
    let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
    named().take(30).map(quoted).collect::<Vec<_>>().join(", ") + &more
}

/// A TOML key, in quotation marks where it needs them.
pub(super) fn toml_key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { toml_string(key) }
}

/// A TOML basic string.
pub(super) fn toml_string(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::{field_name, find, key, letter, toml_key, toml_string};

    #[test]
    fn headings_are_compared_without_case_spaces_and_marks() {
        for heading in ["E-Mail", "email", "E Mail", "E-MAIL:", " e.mail ", "E\u{2011}Mail"] {
            assert_eq!(key(heading), "email", "{heading}");
        }
        assert_eq!(key("Gekündigt"), key("GEKU\u{308}NDIGT"));
    }

    #[test]
    fn field_names_can_stand_in_a_template() {
        let name = |heading| field_name(heading).expect(heading);
        assert_eq!(name("PLZ / Ort"), "plz_ort");
        assert_eq!(name("Größe (cm)"), "groesse_cm");
        assert_eq!(name("2024"), "column_2024");
        assert_eq!(name("E\u{ad}Mail"), "email");
        assert_eq!(field_name("???"), None);
    }

    #[test]
    fn columns_are_found_as_written_first() {
        let headings = ["e-mail".to_owned(), "E-Mail".to_owned()];
        assert_eq!(find(&headings, "E-Mail"), Some(1));
        assert_eq!(find(&headings, "EMAIL"), Some(0));
        assert_eq!(find(&headings, ""), None);
    }

    #[test]
    fn letters_are_those_of_spreadsheet_programs() {
        assert_eq!([0, 25, 26, 701, 702].map(letter), ["A", "Z", "AA", "ZZ", "AAA"]);
    }

    #[test]
    fn toml_is_quoted_where_it_must_be() {
        assert_eq!(toml_key("Opt-out"), "Opt-out");
        assert_eq!(toml_key("Newsletter ja/nein"), "\"Newsletter ja/nein\"");
        assert_eq!(toml_string("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
    }
}
