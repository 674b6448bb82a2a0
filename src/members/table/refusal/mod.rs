//! Columns that say who must not be written to.
//!
//! Comes in: headings, and the values that stand below them. Goes out: a [`Refusal`] with the `where` line that would
//! respect the column. Never decides by itself: a person writes the line.

use std::collections::BTreeMap;

use serde::Serialize;

use super::filter::{is_no, is_yes};
use super::heading::{toml_key, toml_string};

mod asks;

pub(super) use asks::{Asks, asks, refuses};

/// A column that looks like a refusal or a consent and stands in no `where`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    pub heading: String,
    /// The most frequent values with their number of rows, an empty cell among them; at most five.
    pub values: Vec<(String, u64)>,
    /// The line for the list's section in `config.toml`. It holds what `where` has already and all such columns, so
    /// that one line answers all of them.
    pub suggestion: String,
}

/// The values of one such column, counted.
#[derive(Debug)]
pub(super) struct Values {
    pub column: usize,
    pub asks: Asks,
    counts: BTreeMap<String, u64>,
}

impl Values {
    pub(super) fn new(column: usize, asks: Asks) -> Values {
        Values { column, asks, counts: BTreeMap::new() }
    }

    /// Counts a trimmed cell; of a column with many values only the first two hundred.
    pub(super) fn count(&mut self, cell: &str) {
        let shown: String = cell.chars().take(40).collect();
        if self.counts.len() < 200 || self.counts.contains_key(&shown) {
            *self.counts.entry(shown).or_default() += 1;
        }
    }

    /// A column of addresses is no answer to a question (`Newsletter-E-Mail`).
    pub(super) fn are_addresses(&self) -> bool {
        let mut filled = self.counts.keys().filter(|value| !value.is_empty()).peekable();
        filled.peek().is_some() && filled.all(|value| value.contains('@'))
    }

    /// At most five, the most frequent first.
    pub(super) fn most_frequent(&self) -> Vec<(String, u64)> {
        let mut values: Vec<_> = self.counts.clone().into_iter().collect();
        values.sort_by_key(|(value, count)| (u64::MAX - count, value.clone()));
        values.truncate(5);
        values
    }

    /// What `where` should want: those who consent, or those who do not refuse.
    pub(super) fn wanted(&self) -> String {
        let filled = || self.counts.iter().filter(|(value, _)| !value.is_empty());
        let any = |is: fn(&str) -> bool| filled().any(|(value, _)| is(&value.to_lowercase()));
        match self.asks {
            Asks::Refusal if any(is_no) => "nein".to_owned(),
            Asks::Refusal => String::new(),
            Asks::Consent if any(is_yes) || filled().next().is_none() || any(is_no) => "ja".to_owned(),
            Asks::Consent if filled().all(|(value, _)| is_date(value)) => "*".to_owned(),
            Asks::Consent => filled()
                .filter(|(value, _)| !refuses(value))
                .max_by_key(|(_, count)| **count)
                .map_or("ja".to_owned(), |(value, _)| value.clone()),
        }
    }
}

/// `01.03.2021`, `2021-03-01 10:15`, `3/1/21`.
fn is_date(value: &str) -> bool {
    value.chars().filter(char::is_ascii_digit).count() >= 4
        && value.chars().all(|c| c.is_ascii_digit() || " .-/:TZ".contains(c))
}

/// `where = { Newsletter = "ja", "Gekündigt" = "" }`.
pub(super) fn where_line<'a>(wanted: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<String> =
        wanted.map(|(heading, value)| format!("{} = {}", toml_key(heading), toml_string(value))).collect();
    format!("where = {{ {} }}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Asks, Values, where_line};

    fn wanted(asks: Asks, cells: &[&str]) -> String {
        let mut values = Values::new(0, asks);
        cells.iter().for_each(|cell| values.count(cell));
        values.wanted()
    }

    #[test]
    fn the_suggestion_follows_the_values() {
        assert_eq!(wanted(Asks::Consent, &["Ja", "Nein", ""]), "ja");
        assert_eq!(wanted(Asks::Consent, &["", ""]), "ja");
        assert_eq!(wanted(Asks::Consent, &["nein", "nein"]), "ja");
        assert_eq!(wanted(Asks::Consent, &["abonniert", "abgemeldet", "abgemeldet"]), "abonniert");
        assert_eq!(wanted(Asks::Consent, &["01.03.2021", "", "2022-05-01"]), "*");
        assert_eq!(wanted(Asks::Refusal, &["x", "", ""]), "");
        assert_eq!(wanted(Asks::Refusal, &["31.12.2023", ""]), "");
        assert_eq!(wanted(Asks::Refusal, &["ja", "nein", ""]), "nein");
        assert_eq!(wanted(Asks::Refusal, &[]), "");
    }

    #[test]
    fn the_line_can_be_pasted_into_the_configuration() {
        let line = where_line([("Newsletter", "ja"), ("Gekündigt", "")].into_iter());
        assert_eq!(line, "where = { Newsletter = \"ja\", \"Gekündigt\" = \"\" }");
        let table: toml::Table = line.parse().expect("TOML");
        assert_eq!(table["where"]["Gekündigt"].as_str(), Some(""));
    }
}
