//! The list's `where`: which rows are meant.
//!
//! Comes in: headings with the wanted values. Goes out: for a row the column that did not match. Knows nothing of
//! addresses.

use std::collections::BTreeMap;

use super::error::TableError;
use super::heading;
use crate::members::address::trim_invisible;

/// All wanted values of a list.
#[derive(Debug, Default)]
pub(super) struct Filter(Vec<Wanted>);

#[derive(Debug)]
struct Wanted {
    column: usize,
    heading: String,
    value: String,
}

impl Filter {
    /// Finds the columns.
    ///
    /// # Errors
    /// A heading that is not there, with the nearest one.
    pub(super) fn new(headings: &[String], wanted: &BTreeMap<String, String>) -> Result<Filter, TableError> {
        let column = |(name, value): (&String, &String)| match heading::find(headings, name) {
            Some(column) => Ok(Wanted { column, heading: headings[column].clone(), value: value.clone() }),
            None => Err(TableError::new(
                format!("`where` names a column “{name}”, which the table does not have"),
                heading::did_you_mean(headings, name),
            )),
        };
        wanted.iter().map(column).collect::<Result<_, _>>().map(Filter)
    }

    /// Whether the column decides which rows are meant.
    pub(super) fn has(&self, column: usize) -> bool {
        self.0.iter().any(|wanted| wanted.column == column)
    }

    /// The heading of the first column whose cell is not the wanted one.
    pub(super) fn left_out_by(&self, cells: &[String]) -> Option<&str> {
        self.unmatched(cells).next().map(|wanted| wanted.heading.as_str())
    }

    /// All columns whose cells are not the wanted ones.
    pub(super) fn mismatches(&self, cells: &[String]) -> impl Iterator<Item = usize> {
        self.unmatched(cells).map(|wanted| wanted.column)
    }

    fn unmatched(&self, cells: &[String]) -> impl Iterator<Item = &Wanted> {
        let cell = |column: usize| cells.get(column).map_or("", String::as_str);
        self.0.iter().filter(move |wanted| !matches(cell(wanted.column), &wanted.value))
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
    use super::matches;

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
