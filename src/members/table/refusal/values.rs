//! The values of a column that decides, counted, and what `where` should want of them.
//!
//! Comes in: cell by cell, trimmed. Goes out: the most frequent values and a suggestion, or that only a person can make
//! one. Holds at most two hundred values, however long the column is.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::PLACEHOLDER;
use super::asks::{Asks, refuses};
use super::cell::{Says, says};
use crate::members::table::filter::{is_no, is_yes};

/// Values of a column that are counted.
const MOST: usize = 200;
/// Characters of a value that are kept; a longer one is never suggested.
const LONGEST: usize = 40;
/// Values that a suggestion names.
const MOST_WANTED: usize = 6;

/// The values of one such column, counted.
#[derive(Debug)]
pub(in crate::members::table) struct Values {
    pub column: usize,
    asks: Asks,
    counts: BTreeMap<String, u64>,
    /// A value was too long or one too many to be kept.
    has_others: bool,
    /// A cell refuses by itself.
    refuses: bool,
}

impl Values {
    pub(in crate::members::table) fn new(column: usize, asks: Asks) -> Values {
        Values { column, asks, counts: BTreeMap::new(), has_others: false, refuses: false }
    }

    /// Counts a trimmed cell.
    pub(in crate::members::table) fn count(&mut self, cell: &str) {
        if let Some(count) = self.counts.get_mut(cell) {
            *count += 1;
            return;
        }
        self.refuses = self.refuses || refuses(cell);
        let is_long = cell.chars().nth(LONGEST).is_some();
        let shown = if is_long { cell.chars().take(LONGEST).chain(['…']).collect() } else { cell.to_owned() };
        let is_kept = self.counts.len() < MOST || self.counts.contains_key(&shown);
        if is_kept {
            *self.counts.entry(shown).or_default() += 1;
        }
        self.has_others |= (is_long || !is_kept) && !matches!(says(cell), Says::Date | Says::Decline);
    }

    /// A column of addresses is no answer to a question (`Newsletter-E-Mail`, `OPTIN_IP`), and a status without a refusal
    /// asks none.
    pub(in crate::members::table) fn matter(&self) -> bool {
        let is_address = |value: &str| value.contains('@') || value.parse::<IpAddr>().is_ok();
        let mut filled = self.filled().peekable();
        let addresses = filled.peek().is_some() && filled.all(is_address);
        !addresses && (self.asks.decides() || self.refuses)
    }

    /// At most five, the most frequent first.
    pub(in crate::members::table) fn most_frequent(&self) -> Vec<(String, u64)> {
        let mut values = self.by_frequency();
        values.truncate(5);
        values
    }

    /// What `where` should want, any of these: those who consent, or those who do not refuse. [`PLACEHOLDER`] where that
    /// cannot be told.
    pub(in crate::members::table) fn wanted(&self) -> Vec<String> {
        let wanted = match self.asks {
            Asks::Refusal => self.without_refusal(),
            Asks::Consent => self.consenting(),
            Asks::Unclear => None,
            Asks::Status => self.named(|value| !is_no(&value.to_lowercase()) && !refuses(value)),
        };
        wanted.unwrap_or_else(|| vec![PLACEHOLDER.to_owned()])
    }

    fn without_refusal(&self) -> Option<Vec<String>> {
        let no = self.filled().any(|value| is_no(&value.to_lowercase()));
        // `angemeldet` below `Abmeldung`: the heading does not say which way round it is.
        let consents = |value: &str| says(value) == Says::Consent && !is_answer(value);
        let wanted: &[&str] = match (no, self.counts.contains_key("")) {
            _ if self.filled().any(consents) => return None,
            (true, true) => &["nein", ""],
            (true, false) => &["nein"],
            (false, _) => &[""],
        };
        Some(wanted.iter().map(|value| (*value).to_owned()).collect())
    }

    fn consenting(&self) -> Option<Vec<String>> {
        let has = |what: Says| self.filled().any(|value| says(value) == what);
        let is_known = !self.has_others && !has(Says::Other);
        if has(Says::Date) {
            return is_known.then(|| vec!["*".to_owned()]);
        }
        if has(Says::Consent) {
            let named = self.named(|value| says(value) == Says::Consent);
            return named.or_else(|| is_known.then(|| vec!["*".to_owned()]));
        }
        is_known.then(|| vec!["ja".to_owned()])
    }

    /// The values that are wanted, each once, the most frequent first and an empty cell last; all ways to say yes are `ja`.
    fn named(&self, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<String>> {
        let mut named: Vec<String> = Vec::new();
        let mut values = self.by_frequency();
        values.sort_by_key(|(value, _)| value.is_empty());
        for (value, _) in values.into_iter().filter(|(value, _)| is_wanted(value)) {
            if value.chars().nth(LONGEST).is_some() {
                return None;
            }
            let value = if is_yes(&value.to_lowercase()) { "ja".to_owned() } else { value };
            if !named.iter().any(|known| known.to_lowercase() == value.to_lowercase()) {
                named.push(value);
            }
        }
        let any = named.iter().any(|value| !value.is_empty());
        let overflows = self.counts.len() >= MOST && self.has_others;
        (any && named.len() <= MOST_WANTED && !overflows).then_some(named)
    }

    fn filled(&self) -> impl Iterator<Item = &str> {
        self.counts.keys().map(String::as_str).filter(|value| !value.is_empty())
    }

    fn by_frequency(&self) -> Vec<(String, u64)> {
        let mut values: Vec<_> = self.counts.clone().into_iter().collect();
        values.sort_by_key(|(value, count)| (u64::MAX - count, value.clone()));
        values
    }
}

/// `ja`, `Ja (2021)`: an answer to whatever the heading asks.
fn is_answer(value: &str) -> bool {
    let first = value.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    is_yes(&value.to_lowercase()) || is_yes(&first.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Asks, PLACEHOLDER, Values};

    fn values(asks: Asks, cells: &[&str]) -> Values {
        let mut values = Values::new(0, asks);
        cells.iter().for_each(|cell| values.count(cell));
        values
    }

    fn wanted(asks: Asks, cells: &[&str]) -> Vec<String> {
        values(asks, cells).wanted()
    }

    #[test]
    fn of_a_consent_only_known_ways_to_consent_are_suggested() {
        let cases: [(&[&str], &[&str]); 14] = [
            (&["Ja", "Nein", ""], &["ja"]),
            (&["", ""], &["ja"]),
            (&["nein", "nein"], &["ja"]),
            (&["ja", "X", "E-Mail"], &["ja"]),
            (&["abonniert", "abgemeldet", "abgemeldet"], &["abonniert"]),
            (&["nie", "nie", "nie", "nie", "Ja (2021)", "abbestellt"], &["Ja (2021)"]),
            (&["aktiv", "Aktiv", "bestätigt", "inaktiv"], &["Aktiv", "bestätigt"]),
            (&["01.03.2021", "", "2022-05-01"], &["*"]),
            (&["01.03.2021", "02.03.2021", "widerrufen 03.05.2024", "nein"], &["*"]),
            (&["01.03.2021", "ja", "nein"], &["*"]),
            (&["keine Zusendung", "keine Zusendung", "keine Zusendung", "E-Mail", "E-Mail", "Post"], &[PLACEHOLDER]),
            (&["nein", "E-Mail"], &[PLACEHOLDER]),
            (&["01.03.2021", "Formular"], &[PLACEHOLDER]),
            (&["ja 1", "ja 2", "ja 3", "ja 4", "ja 5", "ja 6", "ja 7", "Post"], &[PLACEHOLDER]),
        ];
        for (cells, expected) in cases {
            assert_eq!(wanted(Asks::Consent, cells), expected, "{cells:?}");
        }
    }

    #[test]
    fn of_a_refusal_those_are_wanted_who_say_no_or_nothing() {
        assert_eq!(wanted(Asks::Refusal, &["x", "", ""]), [""]);
        assert_eq!(wanted(Asks::Refusal, &["31.12.2023", ""]), [""]);
        assert_eq!(wanted(Asks::Refusal, &["ja", "nein", "", ""]), ["nein", ""]);
        assert_eq!(wanted(Asks::Refusal, &["ja (2021)", "0", ""]), ["nein", ""]);
        assert_eq!(wanted(Asks::Refusal, &["ja", "nein"]), ["nein"]);
        assert_eq!(wanted(Asks::Refusal, &[]), [""]);
        assert_eq!(wanted(Asks::Refusal, &["angemeldet", "abgemeldet", ""]), [PLACEHOLDER]);
    }

    #[test]
    fn where_a_heading_does_not_say_which_way_round_it_is_nothing_is_guessed() {
        assert_eq!(wanted(Asks::Unclear, &["ja", "nein", ""]), [PLACEHOLDER]);
        assert_eq!(wanted(Asks::Unclear, &[]), [PLACEHOLDER]);
    }

    #[test]
    fn a_status_matters_as_soon_as_one_cell_refuses() {
        assert!(!values(Asks::Status, &["aktiv", "passiv", ""]).matter());
        let status = values(Asks::Status, &["passiv", "aktiv", "aktiv", "", "", "", "ausgetreten", "verstorben"]);
        assert!(status.matter());
        assert_eq!(status.wanted(), ["aktiv", "passiv", ""]);
        assert_eq!(wanted(Asks::Status, &["a", "b", "c", "d", "e", "f", "g", "gekündigt"]), [PLACEHOLDER]);
        assert_eq!(wanted(Asks::Status, &["gekündigt"]), [PLACEHOLDER]);
        let mut long = Values::new(0, Asks::Status);
        (0..500).for_each(|n| long.count(&format!("Stufe {n}")));
        long.count("ausgetreten 2023");
        assert!(long.matter(), "also below the values that are kept");
    }

    #[test]
    fn a_value_that_is_cut_or_not_kept_is_never_suggested() {
        let long = format!("ja, {}", "sehr ".repeat(20));
        assert_eq!(wanted(Asks::Consent, &[&long, "nein"]), [PLACEHOLDER]);
        let mut dates = Values::new(0, Asks::Consent);
        (0..300).for_each(|day| dates.count(&format!("{}.{}.2021", day / 12 + 1, day % 12 + 1)));
        assert_eq!(dates.wanted(), ["*"]);
        dates.count("Formular");
        assert_eq!(dates.wanted(), [PLACEHOLDER]);
    }

    #[test]
    fn columns_of_addresses_ask_nothing() {
        assert!(!values(Asks::Consent, &["anna@example.org", ""]).matter());
        assert!(!values(Asks::Consent, &["192.0.2.1", "2001:db8::1"]).matter());
        assert!(values(Asks::Consent, &["", ""]).matter());
    }
}
