//! The list's `where`: which rows are meant.
//!
//! Comes in: headings with the wanted values. Goes out: for a row the columns that did not match. Knows nothing of
//! addresses.

use std::collections::BTreeMap;

use super::error::TableError;
use super::heading;
use super::refusal::{Asks, PLACEHOLDER, asks, declines, refuses};
use crate::members::address::trim_invisible;

/// All wanted values of a list.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<Wanted>);

/// What a list wants of one column.
#[derive(Debug)]
pub(super) struct Wanted {
    pub column: usize,
    heading: String,
    /// Any of them.
    values: Vec<String>,
    asks: Option<Asks>,
}

impl Filter {
    /// Finds the columns.
    ///
    /// # Errors
    /// A heading that is not there, with the nearest one; a suggestion that nobody completed.
    pub(super) fn new(headings: &[String], wanted: &BTreeMap<String, Vec<String>>) -> Result<Filter, TableError> {
        let column = |(name, values): (&String, &Vec<String>)| {
            let Some(column) = heading::find(headings, name) else {
                return Err(TableError::new(
                    format!("`where` names a column “{name}”, which the table does not have"),
                    heading::did_you_mean(headings, name),
                ));
            };
            let heading = headings[column].clone();
            if values.iter().any(|value| value.trim().eq_ignore_ascii_case(PLACEHOLDER)) {
                return Err(TableError::new(
                    format!("`where` does not say yet which value of the column “{heading}” is meant"),
                    format!("put in place of {PLACEHOLDER} what the column says of those who may be written to"),
                ));
            }
            Ok(Wanted { column, asks: asks(&heading), heading, values: values.clone() })
        };
        wanted.iter().map(column).collect::<Result<_, _>>().map(Filter)
    }

    /// Whether the column decides which rows are meant.
    pub(super) fn has(&self, column: usize) -> bool {
        self.0.iter().any(|wanted| wanted.column == column)
    }

    /// The heading of the first column whose cell is not a wanted one.
    pub(super) fn left_out_by(&self, cells: &[String]) -> Option<&str> {
        self.mismatches(cells).next().map(|wanted| wanted.heading.as_str())
    }

    /// All columns whose cells are not wanted ones.
    pub(super) fn mismatches(&self, cells: &[String]) -> impl Iterator<Item = &Wanted> {
        let cell = |column: usize| cells.get(column).map_or("", String::as_str);
        self.0.iter().filter(move |wanted| !wanted.has(cell(wanted.column)))
    }
}

impl Wanted {
    /// Whether a cell is one of the wanted ones. `"*"` is no consent of somebody whose cell refuses.
    fn has(&self, cell: &str) -> bool {
        self.values.iter().any(|value| matches(cell, value) && !(value.trim() == "*" && self.says_no(cell)))
    }

    /// Whether a cell that is not empty refuses in this column.
    fn says_no(&self, cell: &str) -> bool {
        let cell = trim_invisible(cell).trim();
        match self.asks {
            Some(Asks::Consent | Asks::Unclear) => declines(cell),
            Some(Asks::Status) => refuses(cell),
            Some(Asks::Refusal) | None => false,
        }
    }

    /// Whether a cell that is not a wanted one refuses. A column that only chooses rows (`Funktion`) is no refusal; a cell
    /// that says no is one, whatever its heading.
    pub(super) fn is_refusal(&self, cell: &str) -> bool {
        self.asks.is_some_and(Asks::decides) || is_no(&cell.to_lowercase()) || refuses(cell)
    }
}

/// Whether a cell is what `where` wants: all ways to say yes are equal, and all ways to say no; `""` wants an empty
/// cell, `"*"` any that is not empty; else the text counts, without case.
pub(super) fn matches(cell: &str, wanted: &str) -> bool {
    let (cell, wanted) = (trim_invisible(cell).to_lowercase(), trim_invisible(wanted).to_lowercase());
    match wanted.as_str() {
        "" => cell.is_empty(),
        "*" => !cell.is_empty(),
        _ => cell == wanted || (is_yes(&cell) && is_yes(&wanted)) || (is_no(&cell) && is_no(&wanted)),
    }
}

/// A way to say yes, in lower case.
pub(super) fn is_yes(text: &str) -> bool {
    ["ja", "j", "yes", "y", "true", "wahr", "1", "x", "✓", "✔", "☑", "✅"].contains(&text)
}

/// A way to say no, in lower case. An empty cell is none: `where` has `""` for it.
pub(super) fn is_no(text: &str) -> bool {
    ["nein", "n", "no", "false", "falsch", "0", "☐", "✗", "✘"].contains(&text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Filter, matches};
    use crate::members::table::refusal::PLACEHOLDER;

    /// Which of the cells a column's `where` wants.
    fn chosen<'a>(heading: &str, wanted: &[&str], cells: &[&'a str]) -> Vec<&'a str> {
        let filter = filter(heading, wanted).expect("a filter");
        let is_in = |cell: &&&str| filter.left_out_by(&[(**cell).to_owned()]).is_none();
        cells.iter().filter(is_in).copied().collect()
    }

    fn filter(heading: &str, wanted: &[&str]) -> Result<Filter, String> {
        let values = wanted.iter().map(|value| (*value).to_owned()).collect();
        Filter::new(&[heading.to_owned()], &BTreeMap::from([(heading.to_owned(), values)]))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn any_of_several_values_is_wanted() {
        let cells = ["Aktiv", "passiv", "Ehrenmitglied", "", "ausgetreten"];
        assert_eq!(chosen("Status", &["aktiv", "passiv"], &cells), ["Aktiv", "passiv"]);
        assert_eq!(chosen("Status", &["aktiv", ""], &cells), ["Aktiv", ""]);
        assert_eq!(chosen("Werbesperre", &["nein", ""], &["ja", "0", "No", "", "x"]), ["0", "No", ""]);
    }

    #[test]
    fn any_value_but_none_is_no_consent_of_somebody_who_refuses() {
        let cells =
            ["01.03.2021", "widerrufen 3.5.2026", "nein", "", "-", "keine Mails", "unbekannt", "abonniert", "Post"];
        assert_eq!(chosen("Einwilligung am", &["*"], &cells), ["01.03.2021", "abonniert", "Post"]);
        assert_eq!(chosen("Newsletter Süd", &["*"], &cells), ["01.03.2021", "abonniert", "Post"]);
        assert_eq!(chosen("Status", &["*"], &["aktiv", "ausgetreten", "unbekannt"]), ["aktiv", "unbekannt"]);
        // Elsewhere it keeps its plain meaning.
        assert_eq!(chosen("Austritt", &["*"], &["31.12.2025", "nein", ""]), ["31.12.2025", "nein"]);
        assert_eq!(chosen("Ort", &["*"], &["Nie", ""]), ["Nie"]);
    }

    #[test]
    fn a_suggestion_that_nobody_completed_chooses_nobody() {
        let error = filter("Newsletter Süd", &[PLACEHOLDER]).map(|_| ()).expect_err("an error");
        assert_eq!(error, "`where` does not say yet which value of the column “Newsletter Süd” is meant");
    }

    #[test]
    fn all_ways_to_say_yes_are_equal_and_so_are_those_to_say_no() {
        for cell in ["ja", "JA ", "\u{a0}Yes", "1", "x", "X", "true", "WAHR"] {
            assert!(matches(cell, "ja") && matches(cell, "X") && !matches(cell, "nein"), "{cell}");
        }
        for cell in ["nein", "No", "0", "FALSCH"] {
            assert!(matches(cell, "nein") && !matches(cell, "ja"), "{cell}");
        }
    }

    #[test]
    fn an_empty_cell_says_neither_yes_nor_no() {
        assert!(matches(" ", "") && !matches("", "nein") && !matches("", "ja") && !matches("", "*"));
        assert!(matches("2021-03-01", "*") && !matches("x", ""));
    }

    #[test]
    fn other_values_are_compared_as_text_without_case() {
        assert!(matches("Aktives Mitglied", "aktives mitglied"));
        assert!(!matches("Ehrenmitglied", "Mitglied"));
        assert!(matches("GRÜN", "grün"));
    }
}
