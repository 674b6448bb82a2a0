//! What a single cell of a column says that decides.
//!
//! Comes in: a trimmed cell. Goes out: whether it consents, declines or holds a date. A cell that nobody foresaw does
//! neither: no mail follows from it.

use super::asks::refuses;
use super::vocabulary::{CONSENTED, DENIES, ENDS, NEUTRAL, OTHER_WAYS, PAPER, REFUSES_SOMETHING};
use super::words::words;
use crate::members::table::filter::{is_no, is_yes};

/// Words by which a cell says that nothing is known, or that something has ended.
const NOTHING: &[&str] = &[
    "unbekannt",
    "unknown",
    "offen",
    "ausstehend",
    "pending",
    "angefragt",
    "unbestaetigt",
    "unconfirmed",
    "none",
    "null",
    "nan",
    "na",
    "ka",
    "off",
    "aus",
    "bis",
    "until",
];

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::members::table) enum Says {
    Nothing,
    /// A plain yes, or a known way to consent: `abonniert`, `Ja (2021)`.
    Consent,
    /// A plain no, a refusal, or that there is no consent: `nie`, `widerrufen 3.5.2024`, `unbekannt`, `-`.
    Decline,
    Date,
    Other,
}

/// What a cell says in a column that asks for a consent.
pub(in crate::members::table) fn says(cell: &str) -> Says {
    if cell.is_empty() {
        Says::Nothing
    } else if declines(cell) {
        Says::Decline
    } else if is_date(cell) {
        Says::Date
    } else if consents(cell) {
        Says::Consent
    } else {
        Says::Other
    }
}

/// Whether a cell that is not empty says that there is no consent.
pub(in crate::members::table) fn declines(cell: &str) -> bool {
    let plain = cell.to_lowercase();
    if is_yes(&plain) || is_date(cell) {
        // A database's date of nothing.
        return is_date(cell) && cell.chars().filter(char::is_ascii_digit).all(|digit| digit == '0');
    }
    let words = words(cell);
    let any = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    let no = words.first().is_none_or(|first| is_no(first)) || is_no(&plain);
    no || any(DENIES) || any(REFUSES_SOMETHING) || any(ENDS) || any(NOTHING) || refuses(cell)
}

/// Whether a cell that does not decline is a known way to consent.
fn consents(cell: &str) -> bool {
    let words = words(cell);
    let any = |table: &[&str]| words.iter().any(|word| table.contains(&word.as_str()));
    let is_plain = |word: &String| {
        NEUTRAL.contains(&word.as_str())
            || CONSENTED.contains(&word.as_str())
            || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let says_yes = is_yes(&cell.to_lowercase()) || words.first().is_some_and(|first| is_yes(first));
    let elsewhere = any(PAPER) || any(OTHER_WAYS);
    !elsewhere && (says_yes || any(CONSENTED) && words.iter().all(is_plain))
}

/// `01.03.2021`, `2021-03-01 10:15`, `3/1/21`.
fn is_date(value: &str) -> bool {
    value.chars().filter(char::is_ascii_digit).count() >= 4
        && value.chars().all(|c| c.is_ascii_digit() || " .-/:TZ".contains(c))
}

#[cfg(test)]
mod tests {
    use super::{Says, says};

    #[test]
    fn what_a_cell_says_about_a_consent() {
        let cases = [
            (Says::Nothing, &[""][..]),
            (
                Says::Consent,
                &[
                    "ja",
                    "X",
                    "1",
                    "✓",
                    "Ja (2021)",
                    "Ja, per E-Mail",
                    "abonniert",
                    "angemeldet am 3.5.2021",
                    "eingewilligt",
                    "erteilt",
                    "bestätigt",
                    "Subscribed",
                    "confirmed",
                    "aktiv",
                    "liegt vor, erteilt",
                    "Double-Opt-in",
                ],
            ),
            (
                Says::Decline,
                &[
                    "nein",
                    "Nein, danke",
                    "n",
                    "0",
                    "false",
                    "✗",
                    "-",
                    "./.",
                    "nie",
                    "keine Zusendung",
                    "nicht bestätigt",
                    "unbestätigt",
                    "abbestellt",
                    "widerrufen 03.05.2024",
                    "verweigert",
                    "entzogen",
                    "ja (widerrufen)",
                    "ja, bis 2020",
                    "ausgetreten",
                    "keine Angabe",
                    "unbekannt",
                    "pending",
                    "n/a",
                    "k.A.",
                    "nur Post",
                    "unsubscribed",
                    "not subscribed",
                    "0000-00-00 00:00:00",
                    "†",
                ],
            ),
            (Says::Date, &["01.03.2021", "2021-03-01T10:15Z", "3/1/2021", "2021"]),
            (Says::Other, &["E-Mail", "Post", "ja (Post)", "Formular 2021", "Süd", "ja/Fax"]),
        ];
        for (expected, cells) in cases {
            for cell in cells {
                assert_eq!(says(cell), expected, "{cell}");
            }
        }
    }
}
